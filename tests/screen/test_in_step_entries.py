"""Which slot the next slide takes, and when it comes in: decided by the programmes, the time and what is up alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from player.screen.instep import BRIEF, LEFT, LONGEST_WAIT, STAY, Entry, Part, Slot, Standing, Steps, entry_of
from player.show.instep import Item, Score
from player.show.layout import plate
from player.show.plan import FOREVER, Cue, Plan, plate_cue, scene_at
from player.show.slide import Stage
from player.units import SECOND, Digest, Nanos
from tests.fakes.in_step import synced
from tests.fakes.measure import FixedMeasure
from tests.fakes.wall import CANVAS

EPOCH: Final[Nanos] = 1_000_000 * SECOND
LENGTH: Final[Nanos] = 7_500_000_000
"""Of each of four slots."""
PLATE: Final = plate(Stage(CANVAS), FixedMeasure())
ITEMS: Final = [Item("wall", f"{n}", Digest(f"{n:064}"), is_portrait=False) for n in range(9)]


def part(version: str = "1", *, epoch: Nanos = EPOCH, until: Nanos = FOREVER) -> Part:
    """Return a programme that counts."""
    score = Score.of(version * 64, epoch=epoch, steps=synced().steps, items=ITEMS)
    return Part(group="memorial", version=version, score=score, until=until)


STEPS: Final = Steps((part(),))


def cue(slot: Slot | None = None, *, t: Nanos = EPOCH, length: Nanos = 0) -> Cue:
    """Return what is up: the slide of a slot, or something from *t* on; the plate, if that has no length."""
    if slot:
        return Cue(start=slot.start, length=slot.end - slot.start, fade=SECOND, slide=None, composition=PLATE)
    return Cue(start=t, length=length, fade=SECOND if length else 0, slide=None, composition=PLATE)


def at(t: Nanos, up: Slot | None = None, **fields: object) -> Standing:
    """Return what a decision at *t* starts from."""
    known: dict[str, object] = {"t": t, "cue": cue(up, t=t), "slot": up} | fields
    return Standing(**known)  # pyright: ignore[reportArgumentType] - whatever a test names


@given(st.integers(-(10**6), 10**15))
def test_slots_follow_each_other_without_a_gap(after: int) -> None:
    """At every instant one slot is on, and the one that follows begins where it ends."""
    t = EPOCH + after
    on = STEPS.on(t)
    if after < 0:
        assert on is None
        return
    assert on is not None
    assert on.start <= t < on.end
    following = STEPS.following(on.end)
    assert following is not None
    assert (following.number, following.start) == (on.number + 1, on.end)
    assert STEPS.following(t) == (on if t == on.start else following)


def test_a_version_ends_where_the_next_begins() -> None:
    """Its last slot is cut short there, and none of it comes after."""
    switch = EPOCH + 2 * LENGTH + 3 * SECOND
    steps = Steps((part(until=switch), part("2", epoch=switch)))
    last = steps.on(switch - 1)
    first = steps.on(switch)
    assert last is not None
    assert first is not None
    assert (last.part.version, last.end) == ("1", switch)
    assert (first.part.version, first.number, first.start) == ("2", 0, switch)
    assert steps.following(last.start + 1) == first
    known_late = replace(last, end=last.start + LENGTH)
    assert entry_of(steps, at(switch - SECOND, known_late)) == Entry(first, switch)


def test_what_is_in_step_is_followed_by_the_next_slot() -> None:
    """At its very border; while that is being late, it is waited for as long as it is worth it."""
    up = STEPS.on(EPOCH)
    assert up is not None
    due = part().slot(1)
    for t in (EPOCH + SECOND, up.end, due.end - LEFT - 1):
        assert entry_of(STEPS, at(t, up)) == Entry(due, due.start)
    passed = entry_of(STEPS, at(due.end - LEFT, up))
    assert passed
    assert passed.slot.number == 2


def test_whoever_joins_comes_in_at_a_border() -> None:
    """At the next one where the plate is up; what else is up has its few seconds first."""
    joins = entry_of(STEPS, at(EPOCH + SECOND))
    assert joins == Entry(part().slot(1), EPOCH + LENGTH)
    short = cue(t=EPOCH + LENGTH - 2 * SECOND, length=20 * SECOND)
    later = entry_of(STEPS, at(EPOCH + LENGTH - SECOND, cue=short, goes_on=False))
    assert later == Entry(part().slot(2), EPOCH + 2 * LENGTH)
    assert short.start + SECOND + STAY > EPOCH + LENGTH


def test_nobody_waits_long_for_a_border() -> None:
    """Of a long slide, what is left is shown."""
    score = Score.of("3" * 64, epoch=EPOCH, steps=synced(hold=300).steps, items=ITEMS)
    steps = Steps((Part(group="memorial", version="3", score=score, until=FOREVER),))
    on = steps.on(EPOCH)
    assert on is not None
    assert entry_of(steps, at(on.end - LONGEST_WAIT - 1)) == Entry(on, None)
    joins = entry_of(steps, at(on.end - LONGEST_WAIT))
    assert joins
    assert joins.slot.number == 1


def test_a_show_begins_amid_a_slot_and_never_for_a_flash() -> None:
    """At its instant with the slide that is on then; with the one after it, where that has not five seconds left."""
    for into, number in ((0, 0), (SECOND, 0), (LENGTH - BRIEF, 0), (LENGTH - BRIEF + 1, 1), (LENGTH - 1, 1)):
        since = EPOCH + into
        assert entry_of(STEPS, at(since - 5 * SECOND, since=since)) == Entry(part().slot(number), since)


def test_what_had_to_leave_is_replaced_in_its_slot() -> None:
    """At once and by a cut, if it is worth it still and its programme counts."""
    lost = STEPS.on(EPOCH)
    assert lost is not None
    assert entry_of(STEPS, at(EPOCH + SECOND, lost=lost)) == Entry(lost, None, is_cut=True)
    for steps, t in ((STEPS, lost.end - LEFT), (Steps((part("2"),)), EPOCH + SECOND)):
        found = entry_of(steps, at(t, lost=lost))
        assert found
        assert not found.is_cut


def test_a_person_has_the_next_slide_at_once() -> None:
    """Of another show, the one that is on, unless that has only a moment left."""
    up = STEPS.on(EPOCH)
    assert up is not None
    assert entry_of(STEPS, at(EPOCH + SECOND, up, is_urgent=True)) == Entry(part().slot(1), None)
    for into, number in ((SECOND, 0), (LENGTH - BRIEF, 1)):
        other = at(EPOCH + into, is_urgent=True, goes_on=False)
        assert entry_of(STEPS, other) == Entry(part().slot(number), None)


def test_what_a_person_wanted_has_its_time() -> None:
    """Then its wall falls into step at the next border."""
    wanted = cue(t=EPOCH + 3 * SECOND, length=LENGTH)
    found = entry_of(STEPS, at(EPOCH + 4 * SECOND, part().slot(3), cue=wanted, is_by_hand=True))
    assert found == Entry(part().slot(2), EPOCH + 2 * LENGTH)


def test_before_the_first_version_a_show_goes_by_itself() -> None:
    """Until what is up would have to give way to its beginning in a moment."""
    up = cue(t=EPOCH - 40 * SECOND, length=25 * SECOND)
    assert entry_of(STEPS, at(EPOCH - 39 * SECOND, cue=up)) is None
    up = cue(t=EPOCH - 40 * SECOND, length=33 * SECOND)
    assert entry_of(STEPS, at(EPOCH - 39 * SECOND, cue=up)) == Entry(part().slot(0), EPOCH)
    assert entry_of(Steps(), at(EPOCH)) is None


def test_a_cue_may_come_in_later_than_it_began() -> None:
    """It fades from then on, and what moves on it is as far as if it had been there; before that, what was up stays."""
    before = plate_cue(PLATE, EPOCH)
    late = replace(cue(t=EPOCH + 10 * SECOND, length=20 * SECOND), enters=EPOCH + 15 * SECOND, fade=2 * SECOND)
    plan = Plan(CANVAS, (before, late))
    (alone,) = scene_at(plan, EPOCH + 15 * SECOND - 1).layers
    assert alone.at == 15 * SECOND - 1
    layers = scene_at(plan, EPOCH + 16 * SECOND).layers
    assert [(layer.at, layer.opacity) for layer in layers] == [(16 * SECOND, 1.0), (6 * SECOND, 0.5)]
    assert plan.shifted(SECOND).cues[1].appears == EPOCH + 16 * SECOND
    assert scene_at(plan, EPOCH).until == EPOCH + 15 * SECOND


def test_a_version_that_is_learned_of_late_does_not_hold_up_what_was_before_it() -> None:
    """A wall that comes to know it amid one of its long slides joins there, and does not keep its last picture for minutes."""
    score = Score.of("3" * 64, epoch=EPOCH - 100 * SECOND, steps=synced(hold=300).steps, items=ITEMS)
    steps = Steps((Part(group="memorial", version="3", score=score, until=FOREVER),))
    up = part().slot(0)
    assert entry_of(steps, at(EPOCH + SECOND, up)) == Entry(steps.parts[0].slot(0), None)
    soon = Steps((part("2", epoch=EPOCH - 2 * SECOND),))
    following = soon.following(up.end)
    assert following is not None
    assert entry_of(soon, at(EPOCH + SECOND, up)) == Entry(following, following.start)


def test_what_a_person_wanted_has_its_time_among_long_slides() -> None:
    """Where the next border after it is far, its wall falls into step amid a slot, and not before it has had its time."""
    score = Score.of("3" * 64, epoch=EPOCH, steps=synced(hold=30).steps, items=ITEMS)
    steps = Steps((Part(group="memorial", version="3", score=score, until=FOREVER),))
    wanted = cue(t=EPOCH + 3 * SECOND, length=30 * SECOND)
    for t in (EPOCH + 4 * SECOND, EPOCH + 20 * SECOND):
        found = entry_of(steps, at(t, cue=wanted, is_by_hand=True))
        assert found
        assert found.enters is not None
        assert found.enters >= wanted.end


def test_who_makes_slides_slowly_asks_for_one_further_ahead() -> None:
    """For one that it can have made by then, whenever it is asked again."""
    up = part().slot(0)
    missed = part().slot(1).end - LEFT
    ready = missed + 11 * SECOND
    for t in (missed, missed + SECOND, ready - 1):
        found = entry_of(STEPS, at(t, up, not_before=ready))
        assert found == Entry(part().slot(4), part().slot(4).start)
    assert part().slot(3).start < ready <= part().slot(4).start
