"""Between polls: ends that pass, the budget, files that nothing needs."""

from __future__ import annotations

import os

import pytest

from player.ingest import housekeeping
from player.ingest.housekeeping import DAY, has_room, make_room
from player.ingest.service import prepare_waiting
from player.library import cues
from player.library.photos import stored_bytes
from player.sections import Storage
from player.settings import Configuration, Settings
from player.units import SECOND
from tests.library.shelf import Shelf, item, sha

EACH = len(b"picture A") + len(b"tile A")  # what one photo takes


def configured(budget: int) -> Configuration:
    """A configuration with this budget, smaller than an operator may write."""
    storage = Storage().model_copy(update={"budget": budget})
    return Configuration(settings=Settings(feeds={}).model_copy(update={"storage": storage}), playlists={}, home="/")


def test_what_was_shown_longest_ago_makes_room(shelf: Shelf) -> None:
    """As many as it takes; what was never shown stays, and so does what was shown last."""
    shelf.show("wall", *((name, name.encode()) for name in "ABCD"))
    for at, name in enumerate("BAC", start=1):
        shelf.shown(shelf.key("wall", name), at)
    assert make_room(shelf.library, 3 * EACH + 5, shelf.clock.wall()) == 1
    assert [bool(shelf.row("wall", name, "picture")[0]) for name in "ABCD"] == [True, False, True, True]
    assert shelf.row("wall", "B", "state") == ("approved",)
    shelf.assert_whole()


def test_within_the_budget_nothing_goes(shelf: Shelf) -> None:
    """Full to the last byte is within it."""
    shelf.show("wall", ("A", b"A"), ("B", b"B"))
    for name in "AB":
        shelf.shown(shelf.key("wall", name))
    assert make_room(shelf.library, 2 * EACH, shelf.clock.wall()) == 0


def test_what_was_evicted_is_prepared_again_a_day_later(shelf: Shelf) -> None:
    """Not at once, or it would push out the next one, in a circle."""
    shelf.show("wall", ("A", b"A"))
    shelf.shown(shelf.key("wall", "A"))
    make_room(shelf.library, 1, shelf.clock.wall())
    assert shelf.prepare() == []
    shelf.clock.advance(DAY)
    assert shelf.prepare() == [True]


def test_a_full_budget_without_anything_shown_stops_preparing(shelf: Shelf) -> None:
    """Nothing is thrown away unseen for the sake of the next."""
    shelf.show("wall", ("A", b"A"))
    assert has_room(shelf.library, EACH + 1)
    assert not has_room(shelf.library, EACH)
    assert make_room(shelf.library, 1, shelf.clock.wall()) == 0
    shelf.shown(shelf.key("wall", "A"))
    assert has_room(shelf.library, EACH)


def test_preparing_keeps_within_the_budget(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """While newcomers are prepared batch by batch, what was shown makes room for them; the rest waits."""
    budget = 10 * EACH
    names = [chr(ord("A") + number) for number in range(20)]
    shelf.show("wall", *((name, name.encode()) for name in names[:10]))
    for name in names[:5]:
        shelf.shown(shelf.key("wall", name))
    shelf.publish(*((name, name.encode()) for name in names[10:]))
    shelf.take_in("wall", *(item(name) for name in names))
    monkeypatch.setattr("player.ingest.preparing.BATCH", 2)
    preparer = shelf.preparer()
    while prepare_waiting(preparer, shelf.library, configured(budget)):
        assert stored_bytes(shelf.library.connection) <= budget + 2 * EACH
    assert all(shelf.row("wall", name, "picture")[0] is None for name in names[:5])
    assert 10 <= len(shelf.prepared()) <= 11
    shelf.assert_whole()


def test_nothing_is_counted_while_nothing_waits(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked each second, and counting a hundred thousand rows three times was half a core, for ever."""
    shelf.show("wall", ("a", b"A"))

    def counted(_: object) -> int:
        raise AssertionError("what is stored was counted")

    monkeypatch.setattr("player.library.photos.stored_bytes", counted)
    assert prepare_waiting(shelf.preparer(), shelf.library, configured(10**9)) == 0


def test_nothing_is_prepared_while_the_orders_are_lost(shelf: Shelf) -> None:
    """What is withdrawn is not known then."""
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a"))
    preparer, held = shelf.preparer(), shelf.library.held_orders
    shelf.library.held_orders = None
    assert prepare_waiting(preparer, shelf.library, configured(10**9)) == 0
    shelf.library.held_orders = held
    assert prepare_waiting(preparer, shelf.library, configured(10**9)) == 1


def test_ends_pass_without_a_poll(shelf: Shelf) -> None:
    """However many at once; their files go."""
    end = shelf.clock.wall() + SECOND
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a", valid_until=end), *(item(f"i{n}", valid_until=end) for n in range(600)))
    shelf.prepare()
    shelf.clock.advance(SECOND)
    assert housekeeping.expire(shelf.library, shelf.clock.wall()) == 601
    assert housekeeping.expire(shelf.library, shelf.clock.wall()) == 0
    shelf.assert_whole()


def test_a_sweep_takes_old_files_that_nobody_names(shelf: Shelf) -> None:
    """A young one may belong to a row that is being written."""
    shelf.show("wall", ("A", b"A"))
    old, young = shelf.library.files.write(b"old"), shelf.library.files.write(b"young")
    for digest in (old, *shelf.wanted()):
        os.utime(shelf.library.files.path(digest), (1, 1))
    now = max(written for _, written in shelf.library.files.stored()) + SECOND
    assert housekeeping.sweep(shelf.library, now) == 1
    assert shelf.files() == {young, *shelf.wanted()}


def test_lost_files_are_made_again(shelf: Shelf) -> None:
    """Picture or tile: the photo is prepared anew, and what was left of it goes."""
    shelf.show("wall", ("A", b"A"), ("B", b"B"), ("C", b"C"))
    shelf.library.files.delete(sha(b"picture A"))
    shelf.library.files.delete(sha(b"tile B"))
    assert housekeeping.find_missing(shelf.library) == 2
    shelf.assert_whole()
    assert shelf.prepare() == [True, True]
    assert len(shelf.files()) == 6


def test_old_cues_go(shelf: Shelf) -> None:
    """After a week; plays after a quarter."""
    connection = shelf.library.connection
    now = shelf.clock.wall()
    for ordinal, start in enumerate((now - 8 * DAY, now)):
        cues.store(
            connection,
            cues.StoredCue(show="wall", ordinal=ordinal, step=0, start=start, length=1, fade=1, seed=1, slide={}),
        )
    connection.executemany("INSERT INTO plays VALUES(?, 1, 'wall')", [(now - 91 * DAY,), (now - 89 * DAY,)])
    housekeeping.prune(shelf.library, now)
    assert len(cues.before(connection, now, 9)) == 1
    assert connection.execute("SELECT count(*) FROM plays").fetchone() == (1,)
