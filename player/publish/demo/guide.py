"""Tells the demonstration to whoever is at the terminal."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from player.clock import Clock, SystemClock
from player.errors import OperatorError
from player.publish.demo.scenes import Kind
from player.publish.demo.site import perform
from player.publish.demo.wall import LOG, Player, Processes
from player.screen.window import has_display
from player.settings import Configuration
from player.units import SECOND, Size

WINDOW: Final = Size(960, 540)  # beside the terminal that tells what is to be seen
_STYLES: Final = {Kind.HEADING: "bold", Kind.RESULT: "green", Kind.STATES: "dim", Kind.TROUBLE: "bold red"}
_MARKS: Final = {Kind.RESULT: "→", Kind.TROUBLE: "!"}
_WIDTH: Final = 88  # characters a line, to be read at a glance between two looks at the screen


def run(*, folder: Path | None, windowed: Size | None, has_screen: bool, stopped: threading.Event) -> bool:
    """Give the demonstration on this computer; return whether every scene came to pass.

    Args:
        folder: Kept afterwards; None: one that is removed at the end.
        windowed: The size of the window.
        has_screen: Whether a screen is started, or only what fetches and prepares.
        stopped: Ends it early.

    Raises:
        WeRememberError: as `perform`; also when the folder is not empty.
    """
    clock, console = SystemClock(), Console(highlight=False)
    with _home(folder) as home:
        say = _Guide(console, clock)
        say("A signed feed, all of it on this computer, with keys made for these two minutes. Ctrl-C ends it.", Kind.LINE)
        if not has_screen:
            say("No screen is started: the last line of each scene is what the player would say.", Kind.LINE)
        elif not has_display():
            say(
                f"There is no display here. The player runs all the same: its picture is {home / 'data' / 'preview.jpg'}",
                Kind.LINE,
            )

        def player_of(configuration: Configuration) -> Player:
            return Processes(configuration, clock=clock, windowed=windowed or WINDOW, has_screen=has_screen)

        is_well = perform(home, player_of, clock=clock, stopped=stopped, say=say)
        if folder:
            say(f"Everything is in {home}; its log is {home / LOG}.", Kind.LINE)
    return is_well


class _Guide:
    """Writes what is told, with how long it has been going on."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._began = clock.monotonic()

    def __call__(self, line: str, kind: Kind, /) -> None:
        """Write one line."""
        since_s = (self._clock.monotonic() - self._began) // SECOND
        mark = f"{since_s // 60}:{since_s % 60:02}" if kind is Kind.HEADING else _MARKS.get(kind, "")
        row = Table.grid(padding=(0, 1))
        row.add_column(width=5, justify="right")
        row.add_column(max_width=_WIDTH)
        row.add_row(mark, Text(line), style=_STYLES.get(kind))
        if kind is Kind.HEADING:
            self._console.print()
        self._console.print(row)


@contextmanager
def _home(folder: Path | None) -> Generator[Path]:
    """Yield the folder of the demonstration."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="weremember-demo-") as made:
            yield Path(made)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise OperatorError(f"{folder} cannot be used: {error.strerror}") from error
    if not is_empty:
        raise OperatorError(f"{folder} is not empty: name a new folder")
    yield folder.absolute()
