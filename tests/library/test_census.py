"""How many there are to show, and how many have been."""

from __future__ import annotations

from pathlib import Path

from player.library import sources
from player.library.census import Census, bytes_each, census
from player.library.photo import Pick
from player.library.ranks import note_shown
from tests.library.shelf import Shelf, item


def test_everyone_approved_counts_whether_prepared_or_waiting(tmp_path: Path) -> None:
    """Two of which one was shown, and one that comes later; who waits to be prepared anew has been shown all the same."""
    shelf = Shelf(tmp_path)
    shelf.show("wall", ("a", b"A"), ("b", b"B"))
    picks = [Pick(shelf.key("wall", "a"), "wall", 1, is_debut=False)]
    note_shown(shelf.library.connection, picks, show="one", at=shelf.clock.wall())
    before, each = census(shelf.library.connection), bytes_each(shelf.library.connection)
    shelf.take_in("wall", item("a", b"A"), item("b", b"B"), item("c", b"C"))

    found = census(shelf.library.connection)

    assert (before.photos, before.prepared, before.shown, before.unseen) == (2, 2, 1, 1)
    assert (before.portraits, each > 0) == (0, True)
    assert (found.photos, found.prepared, found.shown, found.unseen) == (3, 0, 1, 2)
    shelf.close()


def test_sources_that_are_gone_count_no_more(tmp_path: Path) -> None:
    """Nor does an empty library divide by nothing; of core sets alone, those are the crowd."""
    shelf = Shelf(tmp_path)
    assert census(shelf.library.connection) == Census(photos=0, portraits=0, prepared=0, shown=0)
    shelf.show("wall", ("a", b"A"))
    sources.declare(shelf.library.connection, {"wall": "https://wall.example/feed.json"}, cores=("wall",))
    assert census(shelf.library.connection).photos == 1
    sources.declare(shelf.library.connection, {})
    assert census(shelf.library.connection).photos == 0
    shelf.close()
