"""Tests of `player.show.reception`: when a stream is on, awaited or replaced, instant by instant."""

from __future__ import annotations

import random

from player.show.reception import APART, AWAITED, STEADY, STILL, Air, Received, Reception
from player.units import MILLISECOND, SECOND, Nanos

STEP: Nanos = 50 * MILLISECOND
NOBODY = Received(None)


def test_before_its_slot_nothing_of_it_is_missed() -> None:
    """A stream that does not come for an hour before its slot is as good as one that was asked for a moment ago."""
    reception = Reception(0)
    reception.tick(3600 * SECOND, NOBODY, start=3600 * SECOND)
    assert reception.air is Air.PAGE
    reception.tick(3600 * SECOND + AWAITED + 1, NOBODY, start=3600 * SECOND)
    assert reception.air is Air.OTHERWISE


def test_what_was_given_up_ahead_of_its_slot_is_awaited_in_it() -> None:
    """It was opened long before: its title stands for 15 seconds from the start on, not from the opening; then it is heeded."""
    reception, start, given_up = Reception(0), 60 * SECOND, Received(None, is_given_up=True)
    for now in (0, 20 * SECOND, start, start + AWAITED):
        reception.tick(now, given_up, start=start)
        assert reception.air is Air.PAGE
    reception.tick(start + AWAITED + 1, given_up, start=start)
    assert reception.air is Air.OTHERWISE


def test_a_slot_that_is_joined_late_waits_as_long_as_one_that_begins() -> None:
    """The stream was asked for just now, though the slot began an hour ago."""
    reception = Reception(3600 * SECOND)
    reception.tick(3601 * SECOND, NOBODY, start=0)
    assert reception.air is Air.PAGE


def test_it_is_alive_only_once_it_was_on_in_its_slot() -> None:
    """Before its slot it holds nothing, in it and for a stall it does, and no longer."""
    reception = Reception(0)
    reception.tick(SECOND, Received(SECOND), start=10 * SECOND)
    assert (reception.air, reception.is_alive) == (Air.STREAM, False)
    reception.tick(10 * SECOND, Received(10 * SECOND), start=10 * SECOND)
    assert reception.is_alive
    reception.tick(20 * SECOND, Received(10 * SECOND), start=10 * SECOND)
    assert (reception.air, reception.is_alive) == (Air.PAGE, True)
    reception.tick(26 * SECOND, Received(10 * SECOND), start=10 * SECOND)
    assert (reception.air, reception.is_alive) == (Air.OTHERWISE, False)


def test_a_stall_shows_the_title_for_fifteen_seconds_however_long_it_was_on() -> None:
    """Counted from its last picture, and not from the beginning of its slot."""
    reception = Reception(0)
    for now in range(0, 600 * SECOND, SECOND):
        reception.tick(now, Received(now), start=0)
    stalled = 599 * SECOND
    seen: dict[Nanos, Air] = {}
    for late in range(0, 30 * SECOND, STEP):
        reception.tick(stalled + late, Received(stalled), start=0)
        seen[late] = reception.air
    assert [seen[late] for late in (STILL, STILL + STEP, AWAITED, AWAITED + STEP)] == [
        Air.STREAM,
        Air.PAGE,
        Air.PAGE,
        Air.OTHERWISE,
    ]


def test_whatever_a_stream_does_no_face_stands_and_no_wall_flickers() -> None:
    """Over a thousand breaks at random: it is on only while it moves, and what left stays away for three seconds."""
    dice = random.Random(27)
    reception, now, newest = Reception(0), 0, 0
    left: Nanos | None = None
    before = Air.PAGE
    for _ in range(2000):
        is_sent, length = dice.random() < 0.5, dice.choice((STEP, SECOND, 3 * SECOND, 20 * SECOND))
        end = now + length
        while now < end:
            now += STEP
            newest = now if is_sent else newest
            reception.tick(now, Received(newest or None, is_given_up=dice.random() < 0.01), start=0)
            if reception.air is Air.STREAM:
                assert now - newest <= STILL
                if before is not Air.STREAM and left is not None:
                    assert now - left >= APART
            elif before is Air.STREAM:
                left = now - STEP
            before = reception.air


def test_what_comes_back_is_steady() -> None:
    """One frame in between does not bring it back."""
    reception, now = Reception(0), 10 * SECOND
    reception.tick(now, Received(now), start=0)
    now += 31 * SECOND
    reception.tick(now, Received(now), start=0)
    reception.tick(now + 8 * SECOND, Received(now), start=0)
    back = now + 8 * SECOND
    while back < now + 8 * SECOND + STEADY:
        reception.tick(back, Received(back), start=0)
        assert reception.air is not Air.STREAM
        back += STEP
    reception.tick(back, Received(back), start=0)
    assert reception.air is Air.STREAM


def test_what_goes_on_flickering_leaves_the_wall_to_the_other_show() -> None:
    """Each time it breaks off soon it must be steady for twice as long; then it is no longer awaited, and calm forgives it."""
    reception, now, comes, seen = Reception(0), 0, 0, [Air.PAGE]
    while now < 300 * SECOND:
        now += STEP
        is_sent = now % (10 * SECOND) < 6 * SECOND
        comes = now if is_sent else comes
        reception.tick(now, Received(comes or None), start=0)
        seen += [reception.air] if reception.air is not seen[-1] else []
    assert seen.count(Air.STREAM) <= 5
    assert seen[-1] is Air.OTHERWISE
    end = now + 60 * SECOND
    while now < end:
        now += STEP
        reception.tick(now, Received(now), start=0)
    assert reception.air is Air.STREAM
    reception.tick(now + 4 * SECOND, Received(now), start=0)
    back = now + 4 * SECOND
    while reception.air is not Air.STREAM:
        back += STEP
        reception.tick(back, Received(back), start=0)
    assert back - now <= 4 * SECOND + STEADY + 2 * STEP
