"""A list of segments that stands still, as when an encoder's cable was pulled: nothing of it is shown again and again."""

from __future__ import annotations

from player.film.live.listed.following import NEWS, Follower
from player.units import SECOND
from tests.fakes.streaming import COUNT
from tests.film.live.fetched.test_live_fetching import Line
from tests.film.live.listed.test_live_following import listed, taken


def test_nothing_of_a_list_that_stands_is_taken_again() -> None:
    """What was taken stays away; what comes next is begun with, as soon as it lasts until more is there."""
    follower = Follower(4 * SECOND)
    taken(follower, listed(10, 6))
    follower.rejoin()
    follower.shun()
    assert taken(follower, listed(10, 6)) == []
    assert taken(follower, listed(11, 6)) == []
    assert NEWS == 3 * SECOND
    assert taken(follower, listed(12, 6)) == [(16, True), (17, False)]
    follower.rejoin()
    assert taken(follower, listed(12, 6)) == [(16, True), (17, False)], "a list that moves is joined at its edge"


def test_what_is_far_ahead_is_joined_at_its_edge() -> None:
    """And so is what is numbered anew, and what was never taken of."""
    for media, first in ((listed(20, 6), 24), (listed(40, 6), 44), (listed(0, 4), 2)):
        follower = Follower(4 * SECOND)
        follower.shun()
        taken(follower, listed(14, 4))
        follower.rejoin()
        follower.shun()
        assert taken(follower, media)[0] == (first, True)


def test_a_station_that_stands_is_joined_where_it_goes_on() -> None:
    """However often it is joined meanwhile."""
    line = Line()
    line.go(2 * SECOND)
    line.taken()
    line.station.freeze()
    line.go(5 * SECOND)
    line.taken()
    for _ in range(10):
        line.fetching.rejoin()
        assert line.go(3 * SECOND) == []
        assert line.taken() == []
    line.station.thaw()
    line.go(SECOND)
    (_, first), *_ = line.taken()
    assert (line.station.newest - first) % COUNT <= 4
