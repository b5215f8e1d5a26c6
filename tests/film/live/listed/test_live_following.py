"""Which segment comes next: none twice, none older than it need be, and the edge after every loss."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from player.film.live.listed.following import Follower, Step, beside, edge
from player.film.live.listed.media import Media, Segment
from player.units import SECOND, Nanos


def listed(first: int, count: int, *, new: int = -1, head: str = "", has_ended: bool = False) -> Media:
    """Return a playlist of segments of two seconds."""
    numbers = range(first, first + count)
    segments = tuple(
        Segment(number=number, url=str(number), length=2 * SECOND, head=head, is_new=number == new) for number in numbers
    )
    return Media(segments=segments, target=2 * SECOND, has_ended=has_ended)


def taken(follower: Follower, media: Media) -> list[tuple[int, bool]]:
    """Return all that is fetched of a playlist."""
    found: list[tuple[int, bool]] = []
    while (step := follower.step(media)) is not None:
        found.append((step.segment.number, step.is_apart))
    return found


def test_it_begins_as_far_behind_as_was_asked_for() -> None:
    """And never with the newest alone."""
    assert edge(listed(0, 10), 6 * SECOND) == 7
    assert edge(listed(0, 10), 0) == 8
    assert edge(listed(0, 2), 60 * SECOND) == 0


def test_one_after_another() -> None:
    """Each once; only the first is apart."""
    follower = Follower(4 * SECOND)
    assert taken(follower, listed(10, 6)) == [(14, True), (15, False)]
    assert taken(follower, listed(10, 6)) == []
    assert taken(follower, listed(12, 6)) == [(16, False), (17, False)]


def test_who_was_away_joins_the_edge() -> None:
    """When what was next is no longer listed; and when told to."""
    follower = Follower(4 * SECOND)
    taken(follower, listed(10, 6))
    assert taken(follower, listed(30, 6)) == [(34, True), (35, False)]
    follower.rejoin()
    assert taken(follower, listed(30, 6)) == [(34, True), (35, False)]


def test_what_begins_anew_is_apart() -> None:
    """A discontinuity, another head."""
    follower = Follower(4 * SECOND)
    taken(follower, listed(10, 6))
    assert taken(follower, listed(12, 6, new=17)) == [(16, False), (17, True)]
    assert taken(follower, listed(13, 6, head="b")) == [(18, True)]


def test_a_station_that_was_restarted_counts_anew() -> None:
    """From nought, or far back: it is joined there, not waited for."""
    follower = Follower(4 * SECOND)
    taken(follower, listed(1000, 6))
    assert taken(follower, listed(0, 4)) == [(2, True), (3, False)]
    follower = Follower(4 * SECOND)
    taken(follower, listed(1000, 6))
    assert taken(follower, listed(999, 5)) == []
    assert taken(follower, listed(100, 6)) == [(104, True), (105, False)]


def test_its_end() -> None:
    """Through when the last was taken; one that was over before we came is not begun."""
    follower = Follower(4 * SECOND)
    taken(follower, listed(10, 6))
    ended = listed(12, 6, has_ended=True)
    assert not follower.is_through(ended)
    taken(follower, ended)
    assert follower.is_through(ended)
    late = Follower(4 * SECOND)
    assert taken(late, ended) == []
    assert late.is_through(ended)
    assert not late.is_through(listed(10, 6))
    assert late.step(Media(segments=(), target=SECOND, has_ended=False)) is None


def clocked(first: int, count: int, start: Nanos, length: Nanos) -> Media:
    """Return a playlist that says when its segments begin."""
    segments = tuple(Segment(number=first + index, url="", length=length, start=start + index * length) for index in range(count))
    return Media(segments=segments, target=length, has_ended=False)


def test_sound_begins_beside_its_pictures() -> None:
    """By the clock on the wall; else by the distance to the newest, and with the same number where that is about there."""
    pictures, sound = clocked(100, 10, 0, 4 * SECOND), clocked(7, 30, -10 * SECOND, 2 * SECOND)
    assert beside(pictures.segments[5], pictures, sound) == 7 + 15
    assert beside(pictures.segments[5], pictures, clocked(7, 5, 30 * SECOND, SECOND)) == 7

    assert beside(listed(0, 10).segments[6], listed(0, 10), listed(0, 10)) == 6
    assert beside(listed(0, 10).segments[6], listed(0, 10), listed(0, 11)) == 6
    assert beside(listed(0, 10).segments[6], listed(0, 10), listed(500, 10)) == 506
    assert beside(listed(0, 10).segments[2], listed(0, 10), listed(500, 4)) == 500
    assert beside(listed(0, 10).segments[2], listed(0, 10), listed(0, 0)) is None


def test_a_step_can_be_taken_back() -> None:
    """What is not there yet is next again."""
    follower, media = Follower(4 * SECOND), listed(10, 6)
    step = follower.step(media)
    assert step is not None
    follower.again(step.segment)

    assert follower.step(media) == Step(step.segment, is_apart=False)
    follower.begin(12)
    assert taken(follower, media) == [(12, False), (13, False), (14, False), (15, False)]


def test_a_number_that_is_left_out_is_a_hole() -> None:
    """What follows it does not follow what was before it."""
    whole = listed(10, 6)
    media = replace(whole, segments=(*whole.segments[:4], *whole.segments[5:]))
    follower = Follower(4 * SECOND)
    follower.begin(13)

    assert taken(follower, media) == [(13, False), (15, True)]


@given(
    st.lists(st.lists(st.integers(0, 200), max_size=12), min_size=1, max_size=6),
    st.integers(0, 20),
    st.sampled_from(["", "rejoin", "shun", "begin"]),
)
def test_it_is_at_home_in_every_list(lists: list[list[int]], latency_s: int, order: str) -> None:
    """However a list numbers its segments, there is a next one or there is none, and an end to them."""
    follower = Follower(latency_s * SECOND)
    for numbers in lists:
        segments = tuple(Segment(number=number, url="a", length=2 * SECOND) for number in numbers)
        media = Media(segments=segments, target=2 * SECOND, has_ended=False)
        if order == "begin":
            follower.begin(100)
        elif order:
            follower.rejoin()
        if order == "shun":
            follower.shun()
        for _ in range(len(segments) + 2):
            follower.step(media)
        assert follower.step(media) is None
