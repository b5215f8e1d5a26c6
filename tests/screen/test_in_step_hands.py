"""Walls in step whose slides a person wanted, or that are made slowly: what was wanted has its time, and nothing stands still."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from player.screen.instep import Slot
from player.show.playlist import PhotoStep
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.in_step import InStep, synced
from tests.fakes.showing import FRAME
from tests.screen.test_in_step import NAMES, slot_of, until_in_step

LONG: Final = 30.0
"""Seconds that each slide stands: rather more than whoever joins waits for a border."""


def wall(folder: Path, *, hold: float = LONG) -> InStep:
    """Return a wall of photos alone that is in step."""
    show = InStep(folder, show=synced((PhotoStep(),), hold=hold))
    show.publish(*NAMES)
    show.release()
    until_in_step(show)
    return show


def on_the_grid(show: InStep) -> Slot:
    """Return the slot that is on by the clock, whatever is up."""
    steps = show.loader.scores.steps("wall")
    slot = steps.on(show.clock.wall()) if steps else None
    assert slot is not None
    return slot


def until_into(show: InStep, into: Nanos) -> None:
    """Play until so far into the slot after the next."""
    show.play(slot_of(show).end + slot_of(show).length + into - show.clock.wall())


@pytest.mark.parametrize("order", ["next", "previous"])
@pytest.mark.parametrize("hold", [12.0, LONG])
def test_what_a_person_wanted_among_long_slides_has_its_time(tmp_path: Path, hold: float, order: str) -> None:
    """It does not give way at once to the slide that was up before, though the next border is far."""
    with wall(tmp_path, hold=hold) as show:
        until_into(show, 4 * SECOND)
        before = show.top
        show.obeyed(order)
        show.play(1500 * MILLISECOND, stride=FRAME)
        wanted = show.top
        assert wanted != before
        show.play(9 * SECOND)
        assert show.top == wanted
        show.play(60 * SECOND)
        assert slot_of(show) == on_the_grid(show)


@pytest.mark.parametrize("order", ["next", "previous"])
def test_what_a_person_wanted_is_replaced_when_it_is_withdrawn(tmp_path: Path, order: str) -> None:
    """The plate stands only for as long as the slide of the slot is being made, not until the next border."""
    with wall(tmp_path, hold=12.0) as show:
        until_into(show, 3 * SECOND)
        show.obeyed(order)
        show.play(3 * SECOND, stride=FRAME)
        assert show.slot is None
        (name,) = show.top
        show.withdraw(name)
        show.play(SECOND, stride=FRAME)
        assert show.top
        assert name not in show.up
        assert slot_of(show) == on_the_grid(show)
        show.play(40 * SECOND)
        assert slot_of(show) == on_the_grid(show)


def test_a_held_slide_that_is_withdrawn_is_replaced(tmp_path: Path) -> None:
    """Long after its slot, too."""
    with wall(tmp_path, hold=12.0) as show:
        show.obeyed("hold")
        show.play(40 * SECOND)
        show.play(on_the_grid(show).end + 3 * SECOND - show.clock.wall())
        (name,) = show.top
        show.withdraw(name)
        show.play(SECOND, stride=FRAME)
        assert show.top
        assert name not in show.up
        assert slot_of(show) == on_the_grid(show)


def test_slides_that_take_longer_than_a_slot_come_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where making one takes longer than it stands, fewer are shown; none stands for ever."""
    with wall(tmp_path, hold=4.0) as show:
        loader = show.loader
        step, ask, ready_at = loader.step, loader.ask, 0

        def asked(*given: object, **named: object) -> None:
            """Let nine seconds pass until what is asked for is made."""
            nonlocal ready_at
            ready_at = show.clock.monotonic() + 9 * SECOND
            ask(*given, **named)  # pyright: ignore[reportArgumentType] - whatever it is asked with

        def slowly() -> Nanos:
            return step() if show.clock.monotonic() >= ready_at else SECOND

        with monkeypatch.context() as slow:
            slow.setattr(loader, "step", slowly)
            slow.setattr(loader, "ask", asked)
            before = len(show.slides)
            show.play(180 * SECOND, stride=4 * FRAME)
            assert len(show.slides) - before >= 5
        show.play(30 * SECOND, stride=4 * FRAME)
        assert slot_of(show) == on_the_grid(show)
        before = len(show.slides)
        show.play(55 * SECOND, stride=4 * FRAME)
        assert len(show.slides) - before >= 9
