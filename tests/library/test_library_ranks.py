"""The order of showing as rows: the queues' heads, what a showing changes, and a copy to plan on."""

from __future__ import annotations

from player.library import ranks, sources
from player.library.photo import Pick, Ranking
from player.units import SECOND
from tests.library.shelf import Shelf, item


def queues(shelf: Shelf, limit: int = 10) -> Ranking:
    """The queues over all sources."""
    known = list(sources.sources(shelf.library.connection).values())
    return ranks.ranking(shelf.library.connection, known, now=shelf.clock.wall(), limit=limit)


def names(shelf: Shelf, lane: str) -> list[str]:
    """The items of a queue, in order."""
    by_key = dict(shelf.library.connection.execute("SELECT key, item FROM photos").fetchall())
    return [by_key[ranked.key] for ranked in getattr(queues(shelf), lane)]


def show(shelf: Shelf, name: str, turn: int) -> None:
    """Record a showing."""
    pick = Pick(shelf.key("wall", name), "wall", turn, is_debut=False)
    ranks.note_shown(shelf.library.connection, [pick], show="wall", at=shelf.clock.wall())
    shelf.clock.advance(SECOND)


def test_newcomers_wait_in_two_lanes(shelf: Shelf) -> None:
    """There from the beginning, or come while the show was on; each lane first come first served."""
    shelf.show("wall", ("a", b"A"), ("b", b"B"))
    shelf.publish(("c", b"C"))
    shelf.take_in("wall", item("a"), item("b"), item("c"))
    shelf.prepare()
    assert (names(shelf, "unseen"), names(shelf, "news"), names(shelf, "pool")) == (["a", "b"], ["c"], [])


def test_a_showing_moves_a_photo_to_the_pool(shelf: Shelf) -> None:
    """Its count, its turn and the play are recorded; the pool is in order of turns, then of time."""
    shelf.show("wall", ("a", b"A"), ("b", b"B"), ("c", b"C"))
    for name, turn in (("b", 1), ("a", 2), ("c", 1)):
        show(shelf, name, turn)
    assert names(shelf, "pool") == ["b", "c", "a"]
    assert names(shelf, "unseen") == []
    assert shelf.row("wall", "a", "shown") == (1,)
    assert shelf.library.connection.execute("SELECT count(*) FROM plays").fetchone() == (3,)


def test_queues_are_as_long_as_asked(shelf: Shelf) -> None:
    """Over all sources together."""
    shelf.show("wall", ("a", b"A"), ("b", b"B"))
    shelf.show("other", ("c", b"C"), ("d", b"D"))
    assert len(queues(shelf, limit=3).unseen) == 3


def test_what_has_ended_is_in_no_queue(shelf: Shelf) -> None:
    """From the very moment, without waiting for anybody to tidy up."""
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a", valid_until=shelf.clock.wall() + SECOND))
    shelf.prepare()
    assert names(shelf, "unseen") == ["a"]
    shelf.clock.advance(SECOND)
    assert queues(shelf) == Ranking()


def test_an_end_that_is_moved_counts_at_once(shelf: Shelf) -> None:
    """A new end of a prepared photo reaches its rank."""
    shelf.show("wall", ("a", b"A"))
    shelf.take_in("wall", item("a", valid_until=shelf.clock.wall() + SECOND))
    shelf.clock.advance(SECOND)
    assert names(shelf, "unseen") == []


def test_planning_happens_on_a_copy(shelf: Shelf) -> None:
    """A shadow sees and changes its own ranks, in the same order; the file stays as it is."""
    shelf.show("wall", ("a", b"A"), ("b", b"B"))
    show(shelf, "a", 1)
    before = shelf.library.connection.execute("SELECT * FROM ranks ORDER BY key").fetchall()
    ranks.shadow(shelf.library.connection)
    assert (names(shelf, "pool"), names(shelf, "unseen")) == (["a"], ["b"])
    ranks.count_turns(shelf.library.connection, [Pick(shelf.key("wall", "b"), "wall", 1, is_debut=False)], at=9)
    assert names(shelf, "pool") == ["b", "a"]
    assert shelf.library.connection.execute("SELECT * FROM main.ranks ORDER BY key").fetchall() == before
    shelf.reopen()
    assert (names(shelf, "pool"), names(shelf, "unseen")) == (["a"], ["b"])


def test_counts_survive_a_restart(shelf: Shelf) -> None:
    """And an edit of the words alone."""
    shelf.show("wall", ("a", b"A"))
    show(shelf, "a", 1)
    shelf.reopen()
    shelf.take_in("wall", item("a", caption="other words"))
    assert names(shelf, "pool") == ["a"]
    assert shelf.row("wall", "a", "shown", "caption") == (1, "other words")
