"""A player is ready for a programme when its playlist is the same and the photos are here; until then it says what is missing."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import pytest

from player.library import programmes
from player.library.programmes import State
from player.show.playlist import Show
from player.units import SECOND
from tests.ingest.following import BEGINS, DOCUMENT, GROUP, RECIPE, SHOW, Follow, Follower, followers, items
from tests.library.shelf import Shelf, item


@pytest.fixture
def follow(shelf: Shelf) -> Generator[Follow]:
    """What makes a player of the group."""
    with followers(shelf) as made:
        yield made


def follower(follow: Follow, *names: str, shows: dict[str, Show] | None = None) -> Follower:
    """Return a player with a programme of *names* here, whose screen shows what the others' do."""
    made = follow(**({} if shows is None else {"shows": shows}))
    made.announce(replace(DOCUMENT, items=items(*names)))
    made.fetching.step()
    made.say({"wall": RECIPE})
    return made


def test_a_player_is_ready_when_all_photos_are_here(follow: Follow, shelf: Shelf) -> None:
    """Approved, prepared, and with the original that the programme names."""
    made = follower(follow, "a", "b", "c")
    assert (made.look().missing, made.look().why) == (3, "3 of 3 photos are not here yet")

    shelf.show("wall", ("a", b"a"), ("b", b"other bytes"))
    assert made.look().missing == 2

    shelf.show("wall", ("a", b"a"), ("b", b"other bytes"), ("c", b"c"))
    shelf.take_in("wall", item("a", b"a"), item("b", b"b"), item("c", b"c"))
    shelf.publish(("b", b"b"))
    shelf.prepare()
    known = made.look()
    assert (known.missing, known.why, known.is_ready) == (0, "", True)


def test_nobody_waits_for_whom_was_withdrawn(follow: Follow, shelf: Shelf) -> None:
    """By its source, or from all at once, known here or not; a withdrawal is no other version."""
    shelf.show("wall", ("a", b"a"), ("b", b"b"))
    made = follower(follow, "a", "b", "c", "d")
    shelf.take_in("wall", item("a"), withdrawn=["b"])
    assert made.look().missing == 2

    shelf.take_in("wall", item("a"), withdrawn=["b", "c", "d"])
    assert made.look().is_ready


def test_nobody_waits_for_the_bytes_of_whom_was_withdrawn(follow: Follow, shelf: Shelf) -> None:
    """The same photo by another name is shown nowhere."""
    shelf.show("wall", ("a", b"a"), ("z", b"b"))
    made = follower(follow, "a", "b")
    assert made.look().missing == 1

    shelf.take_in("wall", item("a"), withdrawn=["z"])
    assert made.look().is_ready


def test_a_few_that_nobody_can_fetch_hold_nothing_up(follow: Follow, shelf: Shelf) -> None:
    """One in a hundred: their places show others."""
    names = [f"p{n}" for n in range(200)]
    made = follower(follow, *names)
    shelf.show("wall", *((name, name.encode()) for name in names[3:]))
    while shelf.prepare():
        pass
    known = made.look()
    assert (known.missing, known.is_ready) == (3, False)

    shelf.show("wall", *((name, name.encode()) for name in names[2:]))
    known = made.look()
    assert (known.missing, known.is_ready, known.why) == (2, True, "")


def test_a_feed_that_is_no_longer_configured_lacks_all_of_its_photos(follow: Follow, shelf: Shelf) -> None:
    """They are never shown then."""
    shelf.show("wall", ("a", b"a"))
    made = follower(follow, "a")
    assert made.look().is_ready
    shelf.declare("other")
    assert made.look().missing == 1


@pytest.mark.parametrize(
    ("shows", "recipes", "expected"),
    [
        ({}, {"wall": RECIPE}, 'it has no playlist "wall"'),
        ({"wall": replace(SHOW, sync="east")}, {"wall": RECIPE}, 'its playlist "wall" does not say sync: memorial'),
        ({"wall": SHOW}, None, 'its screen has not said what its playlist "wall" comes to'),
        ({"wall": SHOW}, {}, 'its screen has not said what its playlist "wall" comes to'),
        ({"wall": SHOW}, {"wall": "0" * 64}, 'its playlist "wall" differs'),
        ({"wall": SHOW}, {"wall": RECIPE}, ""),
    ],
)
def test_who_would_show_something_else_is_not_ready(
    follow: Follow, shelf: Shelf, shows: dict[str, Show], recipes: dict[str, str] | None, expected: str
) -> None:
    """And says what differs."""
    shelf.show("wall", ("a", b"a"))
    made = follower(follow, "a", shows=shows)
    made.recipes = recipes

    assert made.look().why == expected


def test_a_screen_that_said_it_long_ago_says_nothing(follow: Follow, shelf: Shelf) -> None:
    """It does not run, or has another playlist by now."""
    shelf.show("wall", ("a", b"a"))
    made = follower(follow, "a")
    shelf.clock.advance(3600 * SECOND)
    made.readiness.look()

    assert "has not said" in made.all()[0].why


def test_nothing_is_counted_again_while_nothing_moves(follow: Follow, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """To look costs a third of a second with 120,000 photos."""
    shelf.show("wall", ("a", b"a"))
    made = follower(follow, "a")
    assert made.look().is_ready

    def counted(*_: object) -> None:
        raise AssertionError("photos were counted")

    monkeypatch.setattr(made.readiness, "_missing", counted)
    made.look()


def test_what_has_begun_is_looked_at_no_more(follow: Follow, shelf: Shelf) -> None:
    """Except once, where it came late: a photo that leaves is replaced, and is no matter for whoever asks who is ready."""
    shelf.show("wall", ("a", b"a"))
    made = follower(follow, "a")
    shelf.clock.advance(BEGINS + SECOND - shelf.clock.wall())
    assert made.look().is_ready
    shelf.take_in("wall", withdrawn=["a"])
    shelf.show("other", ("x", b"x"))
    assert made.look().is_ready


def test_a_document_that_this_version_cannot_read_is_fetched_anew(follow: Follow) -> None:
    """It was taken by another one; refused, it is asked for once more at the next start."""
    made = follower(follow, "a")
    name = made.all()[0].hash
    programmes.took(made.library.connection, GROUP, name, b"{}")
    made.start()

    assert made.look().state is State.REFUSED
    made.start()
    assert made.fetch().state is State.HERE
