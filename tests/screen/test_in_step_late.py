"""Walls in step whose slides come late, leave early, or cannot be made: what is up then, and the next border is right again."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from player.show.motion import tick_at
from player.show.playlist import CandleStep, PhotoStep
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.in_step import InStep, synced
from tests.fakes.operated import plays
from tests.fakes.showing import FRAME
from tests.screen.test_in_step import NAMES, as_one, is_near_a_border, layers, slot_of, until_in_step


@contextmanager
def two(folder: Path) -> Generator[tuple[InStep, InStep]]:
    """Two walls that are in step, amid a slot."""
    with InStep(folder / "a") as first, InStep(folder / "b") as second:
        for show in (first, second):
            show.publish(*NAMES)
            show.release()
        until_in_step(first, second)
        yield first, second


def makes_nothing(show: InStep) -> None:
    """Let the loader get nowhere, and take away what it has made."""
    show.loads = False
    show.loop.reel.coming.drop()
    show.loop.reel.coming.ask(show.clock.wall())


def up_to(show: InStep, at: Nanos, stride: Nanos = 50 * MILLISECOND) -> None:
    """Play until an instant."""
    show.play(at - show.clock.wall(), stride=stride)


@pytest.mark.parametrize("late", [500 * MILLISECOND, 3 * SECOND])
def test_a_slide_that_comes_late_is_as_far_as_the_others(tmp_path: Path, late: Nanos) -> None:
    """Within its fade it is at once where it would be; after that it fades in briefly, and then looks as on all walls."""
    with two(tmp_path) as (first, second):
        border = slot_of(first).end
        makes_nothing(second)
        up_to(second, border + late)
        assert slot_of(second).end == border
        second.loads = True
        for show in (first, second):
            up_to(show, border + late + 2 * FRAME, FRAME)
        assert slot_of(second) == slot_of(first)
        if late < SECOND:
            assert layers(first) == layers(second)
        else:
            assert second.is_fading
            for show in (first, second):
                up_to(show, border + late + SECOND, FRAME)
            assert layers(first) == layers(second)
        assert as_one(first, second, 20 * SECOND) > 40


def test_a_slot_that_is_missed_is_passed_over(tmp_path: Path) -> None:
    """A wall that could make nothing for a while comes in amid a slot that is worth it; what was up stays meanwhile."""
    with two(tmp_path) as (first, second):
        before = slot_of(second)
        up = second.top
        makes_nothing(second)
        up_to(second, before.end + 20 * SECOND, 200 * MILLISECOND)
        assert second.top == up
        second.loads = True
        second.play_until(lambda: second.slot is not None and second.slot.number > before.number + 1, stride=FRAME)
        assert slot_of(second).number == slot_of(second).part.score.slot_at(second.clock.wall())
        up_to(first, second.clock.wall())
        for show in (first, second):
            show.play(2 * SECOND)
        assert as_one(first, second, 20 * SECOND) > 40


def test_whoever_joins_amid_a_long_slide_does_not_wait_for_its_end(tmp_path: Path) -> None:
    """A flame of two minutes is joined where it is."""
    show = synced((CandleStep(), PhotoStep()), hold=120)
    with InStep(tmp_path, show=show, clock=FakeClock(wall=OPENING + 30 * SECOND)) as wall:
        wall.publish(*NAMES)
        wall.release(at=OPENING)
        wall.restart()
        wall.play(3 * SECOND, stride=FRAME)
        assert slot_of(wall).number == 0
        assert wall.loop.reel.cue.start == slot_of(wall).start
        wall.play(SECOND, stride=FRAME)
        (layer,) = layers(wall)
        assert layer.tick == tick_at(wall.clock.wall() - slot_of(wall).start)


def test_another_configuration_does_not_change_step(tmp_path: Path) -> None:
    """Read again amid a slide, the picture stays, and the next border is kept."""
    with two(tmp_path) as (first, second):
        second.reload()
        assert layers(first) == layers(second)
        border = slot_of(first).end
        for show in (first, second):
            up_to(show, border + 3 * FRAME, FRAME)
        assert slot_of(second) == slot_of(first)
        assert as_one(first, second, 20 * SECOND) > 40


@pytest.mark.parametrize("before", [3 * FRAME, SECOND, 2500 * MILLISECOND])
def test_who_is_withdrawn_just_before_the_border_is_replaced_behind_it(tmp_path: Path, before: Nanos) -> None:
    """The slide that was ready is made anew without them, and comes in its slot."""
    with two(tmp_path) as (first, second):
        border = slot_of(first).end
        assert first.play_until(lambda: bool(first.ready)) is None
        for show in (first, second):
            up_to(show, border - before)
        (name, *_) = sorted(first.ready)
        for show in (first, second):
            show.withdraw(name)
            up_to(show, border + SECOND, FRAME)
            assert name not in show.up
        assert slot_of(first).start == slot_of(second).start == border
        assert layers(first) == layers(second)
        assert as_one(first, second, 20 * SECOND) > 40


def test_who_is_withdrawn_in_the_last_second_leaves_the_plate(tmp_path: Path) -> None:
    """Nobody is made ready for less than two seconds; the next slide comes in its slot."""
    with two(tmp_path) as (first, _):
        while len(first.top) != 1:
            first.play(SECOND)
        border = slot_of(first).end
        up_to(first, border - SECOND)
        (name,) = first.top
        first.withdraw(name)
        up_to(first, border - FRAME, FRAME)
        assert first.is_plate
        up_to(first, border + 2 * FRAME, FRAME)
        assert slot_of(first).start == border


def test_where_everybody_is_withdrawn_words_stand(tmp_path: Path) -> None:
    """The show goes on without photos; whoever comes with the next version is shown."""
    with two(tmp_path) as (first, second):
        for show in (first, second):
            for name in NAMES:
                show.withdraw(name)
            show.play(30 * SECOND)
            assert not show.up
        everybody = ["late 1", "late 2"]
        at = first.clock.wall() + 20 * SECOND
        for show in (first, second):
            show.publish(*everybody)
            show.release("2", at=at)
            up_to(show, at + 20 * SECOND)
        assert slot_of(first).part.version == "2"
        assert as_one(first, second, 40 * SECOND) > 60


def test_showings_are_recorded_as_ever(tmp_path: Path) -> None:
    """Whoever was on the wall in full has had a turn, should the show go by its own order again."""
    with two(tmp_path) as (first, _):
        first.play(120 * SECOND)
        shown = first.shown()
        assert sum(shown.values()) > 15
        assert first.spread() <= max(shown.values())
        stored = first.ingest.connection.execute("SELECT count(*) FROM cues").fetchone()[0]
        assert stored > 8
        assert plays(first) == "wall"


def test_nobody_waits_for_a_border_that_is_there(tmp_path: Path) -> None:
    """From one slot to the next no wall shows anything else, hour after hour."""
    with two(tmp_path) as (first, second):
        del second
        seen: list[int] = []
        for _ in range(300):
            first.play(SECOND)
            slot = slot_of(first)
            if not is_near_a_border(slot, first.clock.wall()):
                assert slot.number == slot.part.score.slot_at(first.clock.wall())
                seen.append(slot.number)
        assert len(set(seen)) == seen[-1] - seen[0] + 1
