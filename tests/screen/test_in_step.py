"""A wall that is in step: which slide is up follows from the programme and the time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from player.screen.instep import Slot
from player.show.instep import Item
from player.show.playlist import PhotoStep
from player.show.scene import Layer
from player.units import MILLISECOND, SECOND, Digest, Nanos
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.in_step import InStep, synced
from tests.fakes.showing import FRAME, show_of

NAMES = [f"{'p' if n % 3 == 0 else 'l'}{n}" for n in range(12)]
NEAR: Nanos = 2 * FRAME


def slot_of(show: InStep) -> Slot:
    """Return the slot that is up; there is one."""
    assert show.slot is not None
    return show.slot


def layers(show: InStep) -> tuple[Layer, ...]:
    """Return all that is on the wall."""
    assert show.window.scene is not None
    return show.window.scene.layers


def is_near_a_border(slot: Slot, t: Nanos) -> bool:
    """Whether *t* is within two frames of where a slot begins."""
    return min(abs(t - slot.start), abs(slot.end - t)) <= NEAR


def as_one(first: InStep, second: InStep, length: Nanos, *, stride: Nanos = 250 * MILLISECOND) -> int:
    """Let two walls play for *length*, the second one also at other instants; return at how many both looked exactly alike."""
    alike = 0
    end = first.clock.wall() + length
    while first.clock.wall() < end:
        first.play(stride, stride=stride)
        second.play(stride // 3, stride=stride // 3)
        second.play(first.clock.wall() - second.clock.wall(), stride=stride)
        assert first.clock.wall() == second.clock.wall()
        slot = slot_of(first)
        if not is_near_a_border(slot, first.clock.wall()):
            assert slot_of(second) == slot
            assert layers(first) == layers(second)
            alike += 1
    return alike


def until_in_step(*shows: InStep) -> None:
    """Play until all are in step, and stand alone on their walls."""
    for show in shows:
        show.play_until(lambda show=show: show.slot is not None and not show.is_fading, stride=50 * MILLISECOND)
    latest = max(show.clock.wall() for show in shows)
    for show in shows:
        show.play(latest - show.clock.wall(), stride=50 * MILLISECOND)


def test_the_slide_of_the_slot_is_up(tmp_path: Path) -> None:
    """From the second border on, each slide begins at its slot's start, and is the one that the programme names."""
    with InStep(tmp_path) as show:
        show.publish(*NAMES)
        show.release()
        show.play(20 * SECOND, stride=FRAME * 3)
        for _ in range(8):
            show.play(7 * SECOND + SECOND // 2, stride=FRAME * 3)
            slot = slot_of(show)
            score = slot.part.score
            assert slot.number == score.slot_at(show.clock.wall())
            assert show.loop.reel.cue.start == slot.start == score.start_of(slot.number)
            assert show.loop.reel.cue.end == slot.end
            assert show.top == {item.item for item in score.planned(slot.number)}


def test_two_walls_look_alike_whatever_they_have_shown(tmp_path: Path) -> None:
    """Other rows, another history and another start change nothing: slides, zoom, words, tiles and fades are the same."""
    with InStep(tmp_path / "a") as first, InStep(tmp_path / "b") as second:
        first.publish(*NAMES)
        second.second("other")
        second.publish("x", "y", source="other")
        for name in reversed(NAMES):
            second.publish(name)
        second.show_slides(5)  # by its own order: no programme counts yet
        everybody = first.everybody()
        at = second.clock.wall() + 20 * SECOND
        for show in (first, second):
            show.release(at=at, items=everybody)
        first.play(second.clock.wall() - first.clock.wall())
        until_in_step(first, second)
        assert as_one(first, second, 90 * SECOND) > 200


def test_the_first_version_begins_at_its_instant(tmp_path: Path) -> None:
    """Before it, the show goes by its own order; at it, slot 0 is there within a frame, whatever was up."""
    with InStep(tmp_path) as show:
        show.publish(*NAMES)
        at = OPENING + 60 * SECOND + 123 * MILLISECOND
        show.release(at=at)
        show.play(at - show.clock.wall() - FRAME, stride=FRAME)
        assert show.slot is None
        show.play(2 * FRAME, stride=FRAME)
        slot = slot_of(show)
        assert (slot.number, slot.start) == (0, at)
        assert show.is_fading


def test_a_member_that_joins_comes_in_at_the_next_border(tmp_path: Path) -> None:
    """Until then the plate stands; then it looks as the others do."""
    with InStep(tmp_path / "a") as first, InStep(tmp_path / "b") as second:
        for show in (first, second):
            show.publish(*NAMES)
            show.release()
        until_in_step(first, second)
        second.restart(in_order=False)
        assert second.is_plate or second.window.scene is None
        border = slot_of(first).end
        first.play(border - first.clock.wall() + 2 * FRAME, stride=FRAME)
        second.play(border - second.clock.wall() + 2 * FRAME, stride=FRAME)
        assert slot_of(second) == slot_of(first)
        first.play(2 * SECOND, stride=FRAME)
        second.play(2 * SECOND, stride=FRAME)
        assert as_one(first, second, 40 * SECOND) > 50


def test_a_new_version_begins_on_all_walls_at_its_instant(tmp_path: Path) -> None:
    """The last slide of the old one ends there, and the first of the new one begins."""
    with InStep(tmp_path / "a") as first, InStep(tmp_path / "b") as second:
        for show in (first, second):
            show.publish(*NAMES)
            show.release()
        until_in_step(first, second)
        at = OPENING + 5 * 33_000 * MILLISECOND
        for show in (first, second):
            show.release("2", at=at, items=show.everybody()[:9])
        as_one(first, second, at - first.clock.wall() - 2 * SECOND)
        assert slot_of(first).part.version == "1"
        as_one(first, second, 60 * SECOND)
        assert slot_of(first).part.version == "2"
        assert slot_of(first).number == slot_of(first).part.score.slot_at(first.clock.wall())


def test_a_withdrawn_photo_gives_way_to_the_same_one_everywhere(tmp_path: Path) -> None:
    """It leaves at once, another stands in its slot from the slot's own start, and the next border is kept."""
    with InStep(tmp_path / "a") as first, InStep(tmp_path / "b") as second:
        for show in (first, second):
            show.publish(*NAMES)
            show.release()
        until_in_step(first, second)
        for _ in range(4):
            while len(first.top) != 1 or slot_of(first).end - first.clock.wall() < 4 * SECOND or first.is_fading:
                as_one(first, second, 500 * MILLISECOND)
            (name,) = first.top
            before = slot_of(first)
            for show in (first, second):
                show.withdraw(name)
                show.frame()
                assert name not in show.up
                show.play(200 * MILLISECOND, stride=FRAME)
            assert slot_of(first) == before
            assert first.top
            assert name not in first.top
            assert layers(first) == layers(second)
            assert as_one(first, second, 20 * SECOND) > 40


def test_what_is_missing_here_changes_nothing_elsewhere(tmp_path: Path) -> None:
    """Another photo stands in for it on this wall alone; slots without it are the same."""
    with InStep(tmp_path / "a") as first, InStep(tmp_path / "b") as second:
        first.publish(*NAMES)
        second.publish(*NAMES[1:])
        for show in (first, second):
            show.release(items=first.everybody())
        until_in_step(first, second)
        alike = other = 0
        for _ in range(160):
            first.play(SECOND)
            second.play(SECOND)
            slot = slot_of(first)
            if is_near_a_border(slot, first.clock.wall()):
                continue
            assert slot_of(second) == slot
            assert NAMES[0] not in second.up
            if NAMES[0] in first.top:
                assert second.top
                other += 1
            elif not first.is_fading:
                assert layers(first) == layers(second)
                alike += 1
        assert alike > 60
        assert other


def test_a_playlist_that_differs_goes_by_its_own_order(tmp_path: Path) -> None:
    """A programme that was made for other steps does not count."""
    with InStep(tmp_path) as show:
        show.publish(*NAMES)
        show.release(made_for="0" * 64)
        show.play(60 * SECOND)
        assert show.slot is None
        assert len(show.slides) > 5


def test_it_goes_on_in_the_dark(tmp_path: Path) -> None:
    """With the light the slide of the slot is there, on all walls."""
    with InStep(tmp_path / "a") as first, InStep(tmp_path / "b") as second:
        for show in (first, second):
            show.publish(*NAMES)
            show.release()
        until_in_step(first, second)
        assert second.obeyed("dark")
        second.play(25 * SECOND)
        assert second.is_dark
        assert second.obeyed("light")
        second.play(3 * SECOND)
        first.play(second.clock.wall() - first.clock.wall())
        assert as_one(first, second, 20 * SECOND) > 40


def test_whoever_holds_a_slide_is_in_step_again_later(tmp_path: Path) -> None:
    """A person may hold what is up; once it is let go, the next border is kept."""
    with InStep(tmp_path / "a") as first, InStep(tmp_path / "b") as second:
        for show in (first, second):
            show.publish(*NAMES)
            show.release()
        until_in_step(first, second)
        second.obeyed("hold")
        held = second.top
        second.play(25 * SECOND)
        assert second.top == held
        assert second.slot is None
        second.obeyed("resume")
        first.play(second.clock.wall() - first.clock.wall())
        border = slot_of(first).end
        second.play(border - second.clock.wall() - 2 * FRAME, stride=FRAME)
        assert second.top == held
        second.play(2 * SECOND, stride=FRAME)
        first.play(second.clock.wall() - first.clock.wall())
        assert slot_of(second).start == border
        assert as_one(first, second, 20 * SECOND) > 40


def test_whoever_wants_the_next_slide_has_it_at_once(tmp_path: Path) -> None:
    """And is in step again where its slot ends; likewise after going back."""
    with InStep(tmp_path / "a") as first, InStep(tmp_path / "b") as second:
        for show in (first, second):
            show.publish(*NAMES)
            show.release()
        until_in_step(first, second)
        for order in ("next", "previous"):
            slot = slot_of(first)
            before = second.top
            second.obeyed(order)
            second.play(1500 * MILLISECOND, stride=FRAME)
            assert second.top != before
            assert second.slot is None
            first.play(second.clock.wall() - first.clock.wall())
            second.play(14 * SECOND, stride=FRAME * 4)
            first.play(second.clock.wall() - first.clock.wall(), stride=FRAME * 4)
            assert slot_of(first).number > slot.number
            if is_near_a_border(slot_of(first), first.clock.wall()) or first.is_fading:
                first.play(2 * SECOND, stride=FRAME * 4)
                second.play(2 * SECOND, stride=FRAME * 4)
            assert as_one(first, second, 20 * SECOND) > 40


def test_a_show_by_hand_that_is_in_step_comes_amid_its_slot(tmp_path: Path) -> None:
    """Somebody puts it on: what is up then is what is up on all walls."""
    shows = synced(), show_of((PhotoStep(),), name="alone")
    with InStep(tmp_path / "a", show=shows[0]) as first, InStep(tmp_path / "b", show=shows[1], others=shows[:1]) as second:
        for show in (first, second):
            show.publish(*NAMES)
            show.release(show=shows[0])
        until_in_step(first)
        second.play(first.clock.wall() - second.clock.wall())
        assert second.slot is None
        while not SECOND // 2 < first.clock.wall() - slot_of(first).start < SECOND:
            first.play(SECOND // 4)
        second.play(first.clock.wall() - second.clock.wall(), stride=FRAME * 4)
        second.obeyed("go", "wall")
        second.play(1200 * MILLISECOND, stride=FRAME)
        first.play(second.clock.wall() - first.clock.wall())
        assert slot_of(second) == slot_of(first)
        assert layers(second) == layers(first)


def test_a_clock_that_is_set_a_little_is_followed(tmp_path: Path) -> None:
    """A step of some milliseconds moves no picture; the next slide begins where its slot is by the new time."""
    with InStep(tmp_path) as show:
        show.publish(*NAMES)
        show.release()
        until_in_step(show)
        show.clock.step(60 * MILLISECOND)
        slot = slot_of(show)
        show.play(2 * SECOND, stride=FRAME)
        assert show.loop.reel.cue.start == slot.start
        show.play(slot.end - show.clock.wall() - FRAME, stride=FRAME)
        assert slot_of(show) == slot
        show.play(2 * FRAME, stride=FRAME)
        assert slot_of(show).number == slot.number + 1


def test_a_clock_that_is_set_far_is_followed_at_the_next_border(tmp_path: Path) -> None:
    """The picture that is up goes on; the slot that comes then is the one of the new time."""
    for by in (3600 * SECOND, -1000 * SECOND):
        clock = FakeClock(wall=OPENING + 5000 * SECOND)
        with InStep(tmp_path / f"{by}", clock=clock) as show:
            show.publish(*NAMES)
            show.release()
            until_in_step(show)
            up = show.top
            show.clock.step(by)
            show.play(1500 * MILLISECOND, stride=FRAME)
            assert show.top == up
            assert show.slot is None
            show.play_until(lambda show=show: show.slot is not None, within=30 * SECOND, stride=FRAME)
            slot = slot_of(show)
            assert 0 <= show.clock.wall() - slot.start <= 2 * FRAME


def test_where_few_are_here_they_are_shown(tmp_path: Path) -> None:
    """Of three hundred in the programme, a wall that has six of them shows those; and nobody who is made of other bytes."""
    with InStep(tmp_path) as show:
        show.publish(*NAMES[:7])
        here = show.everybody()
        other = replace(here[0], sha256=Digest("f" * 64))
        absent = [Item("wall", f"absent {n}", Digest(f"{n:064}"), is_portrait=bool(n % 2)) for n in range(300)]
        show.release(items=[other, *here[1:], *absent])
        until_in_step(show)
        seen: set[str] = set()
        for _ in range(40):
            show.play(4 * SECOND)
            assert show.slot
            seen |= show.up
        assert seen == {item.item for item in here[1:]}
