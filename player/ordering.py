"""Leaving commands for running processes, and waiting for what becomes of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from player.clock import SystemClock
from player.command import BRING_LIGHT, REFUSED, Command, Plain, in_words, lasts, row_of
from player.command.replies import done, remark, written
from player.errors import LibraryError
from player.library import dark
from player.library.library import Library, open_library
from player.settings import Configuration
from player.terminal import operator
from player.units import MILLISECOND, SECOND, Nanos

ADDRESSEES: Final = ("screen", "ingest")
CONSOLE: Final = "console"  # reads orders while it is open to anybody
SCREEN: Final = "screen"
WRITER: Final = "command line"
NOBODY: Final = done("nobody")
WAIT: Final[Nanos] = 5 * SECOND
LOOK_EVERY: Final[Nanos] = 50 * MILLISECOND


def order(folder: Path, command: Command, say: Callable[[str], None]) -> bool:
    """Leave *command* for the screen that works in the data *folder*, *say* what became of it; return whether it was obeyed.

    What says how the wall is to be (dark, light, auto, dim) is left there unanswered, and done as soon as a screen runs; anything
    else is not: a player that is started tomorrow shall not obey it. For withdrawals there is `player.withdrawals`.

    Raises:
        LibraryError: the data folder cannot be used.
        OrdersLostError: commands cannot be kept.
    """
    _refuse_missing(folder)
    lies_there = dark.demanded(folder)
    if command is Plain.DARK:
        dark.demand(folder)  # before anything that a process which hangs could make wait
    try:
        with closing(open_library(folder, writer=WRITER)) as library:
            number = _post(library, command)
            if command in BRING_LIGHT and lies_there is not None and not dark.take_away(folder, lies_there):
                say(str(remark("stays", path=folder / dark.NAME)))
            return _is_obeyed(library, command, number, say)
    except LibraryError as error:
        if command is not Plain.DARK:
            raise
        say(f"dark within a second, if a screen runs; it cannot be put on record: {error}")
        return True


def _post(library: Library, command: Command) -> int:
    verb, arguments = row_of(command)
    return library.orders.post(SCREEN, verb, arguments, by=operator(), at=SystemClock().wall())


def _is_obeyed(library: Library, command: Command, number: int, say: Callable[[str], None]) -> bool:
    clock, never = SystemClock(), threading.Event()
    ends = clock.monotonic() + WAIT
    while clock.monotonic() < ends:
        result = library.orders.result(number)
        if result is not None:
            say(result)
            return not result.startswith(REFUSED)
        clock.wait(never, LOOK_EVERY)
    if lasts(command):
        say(f"no screen has answered within {WAIT // SECOND} s; {in_words(command)} is done as soon as one runs")
    else:
        library.orders.answer(number, str(NOBODY), reply=written(NOBODY), at=clock.wall())
        say(f"no screen has answered within {WAIT // SECOND} s: is the player running? (weremember run)")
    return False


def order_all(configuration: Configuration, verb: str, say: Callable[[str], None]) -> list[str]:
    """Leave *verb* for every process that reads orders, tell what each answers, and return those that did not.

    Raises:
        LibraryError: the data folder cannot be used.
        OrdersLostError: commands cannot be kept.
    """
    _refuse_missing(configuration.data)
    clock = SystemClock()
    never = threading.Event()
    with closing(open_library(configuration.data, writer=WRITER)) as library:
        by = operator()
        addressees = (*ADDRESSEES, *([CONSOLE] if configuration.settings.console.enabled else []))
        open_commands = {addressee: library.orders.post(addressee, verb, {}, by=by, at=clock.wall()) for addressee in addressees}
        ends = clock.monotonic() + WAIT
        while open_commands and clock.monotonic() < ends:
            for addressee, command in list(open_commands.items()):
                result = library.orders.result(command)
                if result is not None:
                    say(f"{addressee}: {result}")
                    del open_commands[addressee]
            clock.wait(never, LOOK_EVERY)
        for command in open_commands.values():
            library.orders.answer(command, str(NOBODY), reply=written(NOBODY), at=clock.wall())
    return list(open_commands)


def _refuse_missing(data: Path) -> None:
    if not data.is_dir():
        raise LibraryError(f"there is no data folder {data}: is it the right one?")
