"""A wall that goes by a schedule: with a clock that may be right or wrong, and a person who may come late."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from player.library import journal
from player.schedule.rules import Moment, QuietRule, Rules, Slot
from player.show.playlist import FactStep, WordsStep
from player.timekeeping import ClockState
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING
from tests.fakes.operated import NAMES, WORDS, plays
from tests.fakes.showing import FRAME, Showing, show_of

MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
BEGINS: Final[Nanos] = OPENING + MINUTE
LONG: Final = show_of((WordsStep(),), name="long", hold=3600)
LINES: Final = show_of((FactStep(text="One", source="a"), FactStep(text="Two", source="a"), WordsStep()), name="lines")
"""A playlist whose lines one can tell apart."""


def slot(show: str = "words", start: Nanos = BEGINS, length: Nanos = MINUTE, **fields: object) -> Slot:
    """Return a slot of one instant."""
    known: dict[str, object] = {"id": show, "title": "An evening", "priority": 10} | fields
    return Slot(show=show, when=Moment(start, length), **known)  # pyright: ignore[reportArgumentType] - whatever a test names


def timed(
    folder: Path, *slots: Slot, quiet: tuple[QuietRule, ...] = (), zone: str = "UTC", names: Iterable[str] = NAMES
) -> Showing:
    """Return a wall with these slots at 09:00; photos are there."""
    show = Showing(folder, others=(WORDS, LONG, LINES))
    show.rules = Rules(zone=zone, fallback="wall", slots=slots, quiet=quiet)
    show.publish(*names)
    show.restart()
    return show


def starts_anew(show: Showing, at: Nanos | None = None, *, kernel: ClockState = ClockState.UNSYNCED) -> None:
    """Let the machine be off, and start at a time of its own; nobody has told it yet whether that is right."""
    show.boot = f"not {show.boot}"
    show.kernel = kernel
    if at is not None:
        show.clock.step(at - show.clock.wall())
    show.blind()
    show.restart()
    show.poll()


def puts_right(show: Showing, by: Nanos = 0) -> None:
    """Let a time server be heard, which sets the clock *by* so much."""
    show.clock.step(by)
    show.kernel = ClockState.SYNCED
    show.blind(3 * SECOND)
    show.poll()


def is_on(show: Showing, name: str, within: Nanos = 2 * SECOND) -> bool:
    """Whether a slide of the show called *name* has begun after a while, at 60 frames a second."""
    show.play(within, stride=FRAME)
    return plays(show) == name


def plays_up_to(show: Showing, at: Nanos) -> None:
    """Play in long strides until two seconds before an instant."""
    show.play(max(0, at - 2 * SECOND - show.clock.wall()))


def missed(show: Showing) -> list[tuple[str, str]]:
    """Return which slots were missed, and why, as the journal has it."""
    lines = journal.lines(show.ingest.orders.connection, kind="missed")
    return [(str(line.what["slot"]), str(line.what["why"])) for line in lines]
