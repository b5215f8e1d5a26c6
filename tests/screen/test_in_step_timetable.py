"""Walls in step go by their timetable: shows begin in one frame on all of them, amid a slot; quiet times change nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Final

import pytest

from player.schedule.rules import Daily, Do, Moment, Point, QuietRule, Rules, Slot, Stretch
from player.show.playlist import PhotoStep, WordsStep
from player.timekeeping import ClockState
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.in_step import InStep, synced
from tests.fakes.operated import plays
from tests.fakes.showing import FRAME, show_of
from tests.screen.test_in_step import NAMES, as_one, layers, slot_of

MINUTE: Final[Nanos] = 60 * SECOND
TOGETHER: Final = synced(name="together")
ALONE: Final = show_of((PhotoStep(),), name="wall", hold=23)
BEGINS: Final[Nanos] = OPENING + 2 * MINUTE


def walls(folder: Path, at: Nanos, *, quiet: tuple[QuietRule, ...] = (), **fields: object) -> tuple[InStep, InStep]:
    """Return two walls that show something of their own until they are in step from *at* on, for two minutes."""
    known: dict[str, object] = {"id": "evening", "title": "An evening", "priority": 10} | fields
    slot = Slot(show="together", when=Moment(at, 2 * MINUTE), **known)  # pyright: ignore[reportArgumentType] - whatever is named
    found: list[InStep] = []
    for name, began in (("a", OPENING), ("b", OPENING + 7 * SECOND)):
        show = InStep(folder / name, show=ALONE, others=(TOGETHER,), clock=FakeClock(wall=began))
        show.rules = Rules(zone="UTC", fallback="wall", slots=(slot,), quiet=quiet)
        show.restart()
        show.publish(*NAMES)
        show.release(show=TOGETHER)
        found.append(show)
    return found[0], found[1]


@pytest.mark.parametrize("into", [0, 200 * MILLISECOND, 1900 * MILLISECOND, 4600 * MILLISECOND, 6900 * MILLISECOND])
def test_a_show_begins_in_one_frame_on_all_walls(tmp_path: Path, into: Nanos) -> None:
    """At its instant, by a fade, with the slide of the slot and as far as that has come, whatever was up."""
    at = BEGINS + into
    first, second = walls(tmp_path, at, patience=None)
    with first, second:
        for show in (first, second):
            show.play(at - show.clock.wall() - FRAME, stride=SECOND)
            assert plays(show) == "wall"
            show.play(FRAME, stride=FRAME)
            cue = show.loop.reel.cue
            assert plays(show) == "together"
            assert cue.appears == at
            assert cue.fade > 0
        slots = slot_of(first), slot_of(second)
        assert slots[0] == slots[1]
        assert slots[0].end - at >= 5 * SECOND
        for show in (first, second):
            show.play(2 * SECOND, stride=FRAME)
        assert layers(first) == layers(second)
        assert as_one(first, second, 20 * SECOND) > 40


def test_it_ends_in_one_frame_too(tmp_path: Path) -> None:
    """What comes then is each wall's own again, from the end of the last slide on."""
    first, second = walls(tmp_path, BEGINS)
    with first, second:
        starts: list[Nanos] = []
        for show in (first, second):
            show.play_until(lambda show=show: plays(show) == "together")
            show.play_until(lambda show=show: plays(show) == "wall", stride=FRAME)
            assert show.slot is None
            starts.append(show.loop.reel.cue.start)
        assert starts[0] == starts[1] >= BEGINS + 2 * MINUTE


def test_quiet_times_change_nothing(tmp_path: Path) -> None:
    """Dark and light by the schedule: with the light all walls are where they would be without it."""
    when = Daily((), Stretch(Point(time(9, 2, 30)), Point(time(9, 3, 10))))
    quiet = (QuietRule(id="dark", do=Do.DARK, when=when),)
    first, second = walls(tmp_path, BEGINS, quiet=quiet)
    with first, second:
        for show in (first, second):
            show.play(OPENING + 189 * SECOND - show.clock.wall())
            assert show.is_dark
            show.play(5 * SECOND, stride=FRAME * 3)
            assert not show.is_dark
        assert as_one(first, second, 20 * SECOND) > 40


def test_a_title_page_gives_way_at_the_instant(tmp_path: Path) -> None:
    """Its minutes are counted down, and the slide of the slot comes."""
    first, second = walls(tmp_path, BEGINS, preroll=30 * SECOND)
    with first, second:
        for show in (first, second):
            show.play(BEGINS - show.clock.wall() - FRAME, stride=SECOND)
            assert show.slot is None
            show.play(FRAME, stride=FRAME)
            assert show.loop.reel.cue.appears == BEGINS
        assert slot_of(first) == slot_of(second)


def test_an_untrusted_clock_is_no_reason_to_go_by_it(tmp_path: Path) -> None:
    """Where nobody knows what time it is, the show goes by its own order."""
    with InStep(tmp_path) as show:
        show.publish(*NAMES)
        show.release()
        show.play(30 * SECOND)
        assert show.slot
        show.kernel = ClockState.UNSYNCED
        show.boot = "another"
        show.restart(in_order=False)
        show.play(30 * SECOND)
        assert show.slot is None
        assert show.top or not show.is_plate


def test_words_alone_can_be_in_step(tmp_path: Path) -> None:
    """A show without photos goes by its slots as well."""
    words = replace(synced((WordsStep(), WordsStep())), id="wall")
    with InStep(tmp_path / "a", show=words) as first, InStep(tmp_path / "b", show=words) as second:
        for show in (first, second):
            show.publish(*NAMES)
            show.release()
            show.play(9 * SECOND + (SECOND if show is second else 0))
        first.play(second.clock.wall() - first.clock.wall())
        assert as_one(first, second, 40 * SECOND) > 100
