"""When a photo was shown."""

from __future__ import annotations

from player.library import ranks, shown
from player.library.photo import Pick
from player.library.shown import Count, Play
from tests.library.shelf import Shelf, item


def test_plays_are_found_by_the_bytes_that_were_shown(shelf: Shelf) -> None:
    """Each time a photo was up is found, the newest first, also those before its bytes were edited."""
    shelf.show("wall", ("a", b"one"), ("b", b"other"))
    key, connection = shelf.key("wall", "a"), shelf.library.connection
    for at in (10, 30):
        ranks.note_shown(connection, [Pick(key, "wall", 1, is_debut=False)], show="evening", at=at)
    shelf.publish(("a2", b"two"))
    shelf.take_in("wall", item("a", image="/a2.jpg"), item("b"))
    shelf.prepare()
    ranks.note_shown(connection, [Pick(key, "wall", 2, is_debut=False)], show="morning", at=50)

    assert shown.plays(connection, key, limit=9) == (Play(50, "morning"), Play(30, "evening"), Play(10, "evening"))
    assert shown.plays(connection, key, limit=1, before=50) == (Play(30, "evening"),)
    assert shown.plays(connection, shelf.key("wall", "b"), limit=9) == ()


def test_they_are_read_from_an_index(shelf: Shelf) -> None:
    """Among fifty million plays those of one photo are not looked for one by one."""
    plan = shelf.library.connection.execute(
        "EXPLAIN QUERY PLAN SELECT at, show FROM plays WHERE photo=? AND at<? ORDER BY at DESC LIMIT 5", ("", 0)
    ).fetchall()

    assert [row[3] for row in plan] == ["SEARCH plays USING INDEX plays_by_photo (photo=? AND at<?)"]


def test_how_much_was_shown_is_counted(shelf: Shelf) -> None:
    """Showings, different photos among them, and how many ever were; from an instant on, and before another."""
    shelf.show("wall", ("a", b"one"), ("b", b"other"), ("c", b"third"))
    connection = shelf.library.connection
    for name, at in (("a", 10), ("a", 20), ("b", 30), ("a", 40)):
        ranks.note_shown(connection, [Pick(shelf.key("wall", name), "wall", 1, is_debut=False)], show="evening", at=at)

    assert shown.count(connection, 20, 40) == Count(showings=2, people=2, ever=2)
    assert shown.count(connection, 50, 60) == Count(0, 0, 2)
