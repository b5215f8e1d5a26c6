"""Which rendition is played: a modest one first, none that failed here, and better ones where the line is seen to bear them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from player.film.live.listed.choosing import (
    CLEAN,
    EASY,
    FEW,
    FIRST_BITS,
    GAPS_OF,
    LATE_SHARE,
    MOST_DEATHS,
    MOST_GAPS,
    MOST_LOST,
    MOST_REFUSED,
    WINDOW,
    Chooser,
    beginning,
    ladder,
)
from player.film.live.listed.media import Variant
from player.units import SECOND, Nanos, Size

FULL = Variant(url="full", bandwidth=5_000_000, size=Size(1920, 1080))
HALF = Variant(url="half", bandwidth=2_500_000, size=Size(1280, 720))
LOW = Variant(url="low", bandwidth=800_000, size=Size(640, 360))
HUGE = Variant(url="huge", bandwidth=60_000_000, size=Size(7680, 4320))
PLAIN = Variant(url="plain", bandwidth=0, size=None)
FAST = replace(FULL, url="fast", bandwidth=7_000_000, rate=59.94)
LENGTH: Nanos = 6 * SECOND


def on_top(*rungs: Variant) -> Chooser:
    """Return who was led up to the best of so many by a good line, and has seen it begin."""
    chooser = Chooser(rungs, 0)
    while chooser.rung < len(rungs) - 1:
        for _ in range(FEW):
            chooser.fetched(0, LENGTH, 0)
        assert chooser.paced(WINDOW, 0, 0)
        chooser.begun()
    return chooser


def test_what_is_of_no_use_is_left_out() -> None:
    """Far more pixels than are shown, 8K, and what the operator forbade; something always stays."""
    assert ladder([FULL, HUGE, LOW, HALF], pixels=1920 * 1080, rate=60, most_bits=0) == (LOW, HALF, FULL)
    assert ladder([FULL, HUGE, LOW, HALF], pixels=3840 * 2160 * 4, rate=60, most_bits=0) == (LOW, HALF, FULL)
    assert ladder([FULL, HALF, LOW], pixels=1280 * 720, rate=60, most_bits=0) == (LOW, HALF)
    assert ladder([FULL, HALF, LOW], pixels=1920 * 1080, rate=60, most_bits=2_500_000) == (LOW, HALF)
    assert ladder([HUGE], pixels=100, rate=60, most_bits=1) == (HUGE,)
    assert ladder([PLAIN], pixels=100, rate=60, most_bits=1) == (PLAIN,)
    assert [variant.name for variant in (FULL, PLAIN)] == ["1080p", "the only one"]


def test_frames_that_no_output_shows_are_not_decoded() -> None:
    """At 30 Hz, 1080p30 and not 1080p60, where both are there; at 60 Hz both; what comes in 60 alone stays."""
    slow = replace(FULL, rate=29.97)
    for rate, expected in ((30.0, (LOW, slow)), (29.97, (LOW, slow)), (60.0, (LOW, slow, FAST)), (59.94, (LOW, slow, FAST))):
        assert ladder([FAST, slow, LOW], pixels=1920 * 1080, rate=rate, most_bits=0) == expected
    assert ladder([FAST, LOW], pixels=1920 * 1080, rate=30.0, most_bits=0) == (LOW, FAST)


def test_what_does_not_say_how_large_it_is_is_left_out_beside_what_does() -> None:
    """Such a one is sound alone, or worse; where none says it, they stand by their bits, whatever their rates."""
    unsaid = replace(PLAIN, url="unsaid", bandwidth=3_000_000, rate=60.0)
    other = replace(PLAIN, url="other", bandwidth=4_000_000)

    assert ladder([PLAIN, FULL, unsaid], pixels=1920 * 1080, rate=60, most_bits=0) == (FULL,)
    assert ladder([other, unsaid, PLAIN], pixels=100, rate=30, most_bits=0) == (PLAIN, unsaid, other)


def test_it_begins_with_what_nearly_every_line_bears() -> None:
    """The best within so many bits; where all have more, or it is not said, the least."""
    assert beginning([LOW, HALF, FULL]) == Chooser([LOW, HALF, FULL], 0).rung == 1
    assert beginning([FULL, FAST]) == beginning([PLAIN, PLAIN]) == 0
    assert beginning([LOW, replace(HALF, bandwidth=FIRST_BITS)]) == 1


def test_it_goes_up_once_the_line_was_measured() -> None:
    """After a few segments that came with ease, and frames that came in time; not by one of both, nor by a slow one."""
    chooser = Chooser([LOW, HALF, FULL], 0)
    for _ in range(FEW):
        assert not chooser.fetched(0, LENGTH, SECOND)
    assert chooser.paced(WINDOW, 0, 2 * SECOND)
    assert chooser.rung == 2

    chooser = Chooser([LOW, HALF, FULL], 0)
    assert not chooser.paced(WINDOW, 0, SECOND)
    took = round(EASY * LENGTH * HALF.bandwidth / FULL.bandwidth)
    assert not chooser.fetched(took + SECOND // 10, LENGTH, SECOND)
    assert not any(chooser.fetched(took, LENGTH, SECOND) for _ in range(FEW - 1))
    assert chooser.fetched(took, LENGTH, SECOND)


def test_the_frames_of_the_rendition_before_prove_nothing() -> None:
    """Until its own are on screen: neither that it can be decoded nor that it cannot."""
    chooser = Chooser([LOW, HALF, FULL, FAST], 0)
    for _ in range(FEW):
        chooser.fetched(0, LENGTH, 0)
    assert chooser.paced(WINDOW, 0, 0)
    for _ in range(FEW):
        chooser.fetched(0, LENGTH, 0)
    assert not chooser.paced(WINDOW, 0, 0)
    assert not chooser.paced(WINDOW, WINDOW, 0)
    chooser.begun()
    assert chooser.paced(WINDOW, 0, 0)
    assert chooser.rung == 3


def test_it_steps_down_when_decoding_cannot_follow() -> None:
    """A tenth of two seconds' frames late is too much, a few are not."""
    chooser = on_top(LOW, HALF, FULL)
    few = int(WINDOW * LATE_SHARE)
    assert not chooser.paced(WINDOW, few, SECOND)
    assert not chooser.paced(WINDOW // 2, few, SECOND)
    assert chooser.paced(WINDOW // 2, 1, SECOND)
    assert chooser.rung == 1
    chooser.begun()
    assert chooser.paced(WINDOW, WINDOW, SECOND)
    chooser.begun()
    assert not chooser.paced(WINDOW, WINDOW, SECOND)
    assert chooser.rung == 0


def test_it_steps_down_when_the_line_cannot_follow() -> None:
    """A segment that takes nearly as long as it lasts, or never came in its time; to what needs fewer bits."""
    chooser = on_top(LOW, replace(HALF, bandwidth=9_000_000), FULL)
    assert not chooser.fetched(3 * SECOND, LENGTH, SECOND)
    assert chooser.fetched(5 * SECOND, LENGTH, SECOND)
    assert chooser.rung == 0

    chooser = on_top(LOW, HALF, FULL)
    assert chooser.unfetched(10 * SECOND, LENGTH, SECOND, is_refused=False)
    assert chooser.unfetched(4 * SECOND, 4 * SECOND, SECOND, is_refused=False)
    assert not chooser.unfetched(10 * SECOND, LENGTH, SECOND, is_refused=False)
    assert chooser.rung == 0


def test_it_steps_up_seldom_and_each_time_later() -> None:
    """After five clean minutes; when that failed, after ten; and after one that held, after five again."""
    chooser = on_top(LOW, FULL)
    chooser.paced(WINDOW, WINDOW, 0)
    chooser.begun()
    for _ in range(FEW):  # however well the line bears it
        assert not chooser.fetched(0, LENGTH, CLEAN - 1)
    assert not chooser.paced(WINDOW, 0, CLEAN - 1)
    assert chooser.paced(WINDOW, 0, CLEAN)
    assert chooser.rung == 1
    chooser.begun()
    now = CLEAN + SECOND
    assert chooser.paced(WINDOW, WINDOW, now)
    chooser.begun()
    assert not chooser.paced(WINDOW, 0, now + 2 * CLEAN - 1)
    assert chooser.paced(WINDOW, 0, now + 2 * CLEAN)
    chooser.begun()
    now += 2 * CLEAN
    chooser.paced(WINDOW, 0, now + CLEAN + 1)
    assert chooser.paced(WINDOW, WINDOW, now + CLEAN + 2)
    chooser.begun()
    assert chooser.paced(WINDOW, 0, now + 2 * CLEAN + 2)


def test_what_was_lost_by_an_accident_is_no_ladder_to_climb_for_hours() -> None:
    """Once the five minutes are over, it goes up as fast as it did at first."""
    chooser = on_top(LOW, HALF, FULL)
    for _ in range(2):
        assert chooser.unfetched(10 * SECOND, LENGTH, SECOND, is_refused=False)
    chooser.begun()
    now = CLEAN + SECOND
    for rung in (1, 2):
        for _ in range(FEW):
            chooser.fetched(0, LENGTH, now)
        assert chooser.paced(WINDOW, 0, now)
        assert chooser.rung == rung
        chooser.begun()
        now += LENGTH


@pytest.mark.parametrize(("is_refused", "most"), [(False, MOST_LOST), (True, MOST_REFUSED)])
def test_segments_that_cannot_be_had_lead_to_another(is_refused: bool, most: int) -> None:  # noqa: FBT001  a row of the table
    """Several in a row, and more of those that are missing; one that came between them begins the count anew."""
    chooser = on_top(LOW, HALF, FULL)
    for _ in range(3):
        for _ in range(most - 1):
            assert not chooser.unfetched(SECOND, LENGTH, SECOND, is_refused=is_refused)
        for _ in range(GAPS_OF):
            chooser.fetched(SECOND, LENGTH, SECOND)
    for _ in range(most - 1):
        assert not chooser.unfetched(SECOND, LENGTH, SECOND, is_refused=is_refused)
    assert chooser.unfetched(SECOND, LENGTH, SECOND, is_refused=is_refused)
    assert chooser.rung == 1


@pytest.mark.parametrize("is_refused", [False, True])
def test_what_loses_every_other_segment_is_left(is_refused: bool) -> None:  # noqa: FBT001  a row of the table
    """Or every fourth, though each that is lost is followed by one that comes; what is lost more seldom is an accident."""
    for each, is_left in ((2, True), (4, True), (6, False)):
        chooser = on_top(LOW, HALF, FULL)
        left: list[bool] = []
        for _ in range(MOST_GAPS + 2):
            left.append(chooser.unfetched(SECOND, LENGTH, SECOND, is_refused=is_refused))
            for _ in range(each - 1):
                chooser.fetched(SECOND, LENGTH, SECOND)
            if left[-1]:
                break
        assert left.count(True) == is_left
        assert len(left) == (MOST_GAPS if is_left else MOST_GAPS + 2)


def test_segments_that_are_late_are_awaited_for_two_seconds() -> None:
    """Then another rendition is gone to; one that came begins the count anew, and was no gap."""
    chooser = on_top(LOW, HALF, FULL)
    for _ in range(MOST_GAPS + 2):
        assert not any(chooser.awaited(SECOND) for _ in range(MOST_REFUSED - 1))
        chooser.fetched(SECOND, LENGTH, SECOND)
    assert [chooser.awaited(SECOND) for _ in range(MOST_REFUSED)] == [False] * (MOST_REFUSED - 1) + [True]
    assert chooser.rung == 1


def test_what_does_not_go_on_is_left_at_once() -> None:
    """For the next lower one, and from the least for a better one: another was seen to go on."""
    chooser = on_top(LOW, HALF, FULL)
    assert [(chooser.behind(SECOND), chooser.rung) for _ in range(3)] == [(True, 1), (True, 0), (True, 2)]


def test_what_no_decoder_survives_is_left() -> None:
    """Two that end before they have lasted, or one, when it is tried again; who was live for a while is none of them."""
    chooser = on_top(LOW, HALF, FULL)
    assert not chooser.died(SECOND, has_lasted=False)
    assert not chooser.died(SECOND, has_lasted=True)
    assert not any(chooser.died(SECOND, has_lasted=False) for _ in range(MOST_DEATHS - 1))
    assert chooser.died(SECOND, has_lasted=False)
    assert chooser.rung == 1

    chooser.begun()
    assert chooser.paced(WINDOW, 0, SECOND + CLEAN)
    assert chooser.died(SECOND + CLEAN, has_lasted=False)
    assert chooser.rung == 1


def test_when_all_are_broken_it_goes_round() -> None:
    """Each has its turn again and again; but what the line was seen not to bear only where there is nothing else."""
    chooser = on_top(LOW, HALF, FULL)
    seen = [chooser.rung for _ in range(7 * MOST_LOST) if chooser.unfetched(0, LENGTH, SECOND, is_refused=False)]
    assert seen == [1, 0, 2, 1, 0, 2, 1]

    assert chooser.fetched(LENGTH, LENGTH, SECOND)
    assert not chooser.fetched(LENGTH, LENGTH, SECOND)
    seen = [chooser.rung for _ in range(4 * MOST_DEATHS) if chooser.died(SECOND, has_lasted=False)]
    assert seen == [1, 0, 1, 0]

    chooser = Chooser([PLAIN], 0)
    assert not any(chooser.died(SECOND, has_lasted=False) for _ in range(9))


def test_another_list_of_renditions_keeps_about_as_many_bits() -> None:
    """The same one where it is there; else the best that needs no more; and where that is not said, the same place in the row."""
    chooser = on_top(LOW, HALF, FULL)
    chooser.resize([LOW, HALF, FULL, FAST])
    assert chooser.rung == 2
    chooser.resize([HALF, FAST])
    assert chooser.rung == 0
    chooser.resize([FULL])
    assert chooser.rung == 0
    chooser = Chooser([PLAIN, PLAIN], 0)
    chooser.resize([LOW])
    assert chooser.rung == 0
