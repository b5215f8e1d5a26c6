"""Gone means gone: every version's bytes are bound, and nothing of it is left on the disk when the receipt is given."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest

from player import log
from player.errors import LibraryError
from player.feed.item import Withdrawal
from player.ingest import housekeeping
from player.ingest.withdrawal import complete, tidy, withdraw
from player.library import database as databases
from player.library import journal, leftovers, receipts, traces
from player.library.leftovers import PREVIEW
from player.library.orders import Tombstone
from player.library.tombstones import WILDCARD
from player.units import SECOND
from tests.library.shelf import Shelf, item, sha


def take(shelf: Shelf, name: str, *, source: str = "wall", sha256: str | None = None) -> int:
    """Withdraw now."""
    now = shelf.clock.wall()
    return withdraw(shelf.library, source, [Withdrawal(name, "author", now, sha256)], now, clock=shelf.clock)


def bound(shelf: Shelf, *contents: bytes) -> list[bool]:
    """Whether each of these is refused from every source."""
    found = shelf.library.orders.withdrawn_bytes(sha(content) for content in contents)
    return [sha(content) in found for content in contents]


def receipts_in_journal(shelf: Shelf) -> int:
    """How many halves are written."""
    return sum(each.gone_at is not None for each in receipts.newest(shelf.library.orders.connection).values())


def test_the_bytes_before_an_edit_are_bound(shelf: Shelf) -> None:
    """Those that were fetched, and those that were only stated; all from one withdrawal."""
    shelf.publish(("a", b"first"))
    shelf.take_in("wall", item("a", b"first"))
    shelf.prepare()
    shelf.take_in("wall", item("a", b"second, never fetched"))
    shelf.publish(("a", b"third"))
    shelf.take_in("wall", item("a", b"third"))
    shelf.prepare()
    take(shelf, "a")
    assert bound(shelf, b"first", b"second, never fetched", b"third", b"another") == [True, True, True, False]


def test_the_bytes_of_an_evicted_photo_are_bound(shelf: Shelf) -> None:
    """Though the row has forgotten what it was made of."""
    shelf.show("wall", ("a", b"A"))
    shelf.shown(shelf.key("wall", "a"))
    housekeeping.make_room(shelf.library, 1, shelf.clock.wall())
    assert shelf.row("wall", "a", "original") == (None,)
    take(shelf, "a")
    assert bound(shelf, b"A") == [True]


def test_the_bytes_that_the_list_states_are_bound_unseen(shelf: Shelf) -> None:
    """An item that was never here, and a hash: those bytes are refused under any name."""
    take(shelf, "a", sha256=sha(b"A").upper())
    shelf.publish(("b", b"A"))
    shelf.take_in("other", item("b"))
    assert shelf.prepare() == [False]
    assert shelf.state("other", "b") == "withdrawn"


def test_bytes_that_were_withdrawn_are_a_refusal_in_the_journal(shelf: Shelf) -> None:
    """Whose, and why: under another id they get no tombstone of their own."""
    take(shelf, "a", sha256=sha(b"A"))
    shelf.publish(("b", b"A"))
    shelf.take_in("other", item("b"))
    shelf.prepare()
    [line] = journal.lines(shelf.library.orders.connection, kind="refused")
    assert (line.what["source"], line.what["item"]) == ("other", "b")
    assert [stone.item for stone in shelf.library.orders.tombstones()] == ["a"]


def test_withdrawn_in_every_source(shelf: Shelf) -> None:
    """A bare id goes wherever it is, and is refused in a source that is added later."""
    shelf.show("wall", ("a", b"A"))
    shelf.show("other", ("a", b"B"), ("b", b"C"))
    assert take(shelf, "a", source=WILDCARD) == 1
    assert len(shelf.files()) == 2
    assert bound(shelf, b"A", b"B", b"C") == [True, True, False]
    shelf.declare("wall", "other", "third")
    shelf.publish(("a", b"D"))
    shelf.take_in("third", item("a"))
    assert shelf.prepare() == []
    assert shelf.state("third", "a") == "withdrawn"


def test_the_receipt_waits_for_whoever_reads(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a reader holds the write-ahead log, the caption is still in it: nothing is said before it can be cut."""
    monkeypatch.setattr(databases, "BUSY_S", 0.0)
    shelf.reopen()
    shelf.take_in("wall", item("a", caption="Secret caption"))
    shelf.publish(("a", b"A"))
    shelf.prepare()
    with closing(sqlite3.connect(shelf.folder / "library.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM photos").fetchone()
        take(shelf, "a")
        assert shelf.files() == set()
        assert b"Secret" in shelf.bytes_on_disk()
        assert receipts_in_journal(shelf) == 0
        assert complete(shelf.library, shelf.clock) == 0
        reader.execute("COMMIT")
    assert complete(shelf.library, shelf.clock) == 1
    assert b"Secret" not in shelf.bytes_on_disk()
    assert receipts_in_journal(shelf) == 1


def test_nothing_is_left_beside_rows_and_pictures(shelf: Shelf) -> None:
    """What an interrupted write left, the preview from before, and libraries that were set aside go with it."""
    shelf.show("wall", ("a", b"A"))
    left = shelf.library.files.path(sha(b"left")).with_suffix(".999999.part")
    left.parent.mkdir(parents=True, exist_ok=True)
    others = [
        left,
        shelf.folder / PREVIEW,
        shelf.folder / "preview.999999.part",
        shelf.folder / "library.sqlite.damaged-20270101",
    ]
    for path in others:
        path.write_bytes(b"left")
    take(shelf, "a")
    assert not [path for path in others if path.exists()]


def test_a_preview_that_was_made_since_stays(shelf: Shelf) -> None:
    """The screen was faster: what it shows is without the photo."""
    shelf.show("wall", ("a", b"A"))
    preview = shelf.folder / PREVIEW
    preview.write_bytes(b"new")
    later = shelf.clock.wall() + SECOND
    os.utime(preview, ns=(later, later))
    take(shelf, "a")
    assert preview.exists()


def test_what_was_never_here_is_owed_no_receipt(shelf: Shelf) -> None:
    """There is nothing to prove; the line of the withdrawal says that nothing was here."""
    take(shelf, "a")
    assert receipts.for_purge(shelf.library.orders.connection) == ()
    [line] = journal.lines(shelf.library.orders.connection, kind="withdrawn")
    assert line.what["here"] is False


def test_without_a_clock_nobody_says_when(shelf: Shelf) -> None:
    """Whoever has one gives the receipt later."""
    shelf.show("wall", ("a", b"A"))
    withdraw(shelf.library, "wall", [Withdrawal("a")], shelf.clock.wall())
    assert shelf.files() == set()
    assert receipts_in_journal(shelf) == 0
    shelf.clock.advance(SECOND)
    assert complete(shelf.library, shelf.clock) == 1
    [receipt] = receipts.newest(shelf.library.orders.connection).values()
    assert receipt.gone_at == shelf.clock.wall()


def test_traces_of_nothing_are_none(shelf: Shelf) -> None:
    """Neither in one source nor in all."""
    assert traces.traces(shelf.library.connection, "wall", ["a"]) == {}
    assert traces.traces(shelf.library.connection, WILDCARD, ["a"]) == {}


def test_what_cannot_be_deleted_is_said_once_and_tried_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A poll goes on; the receipt comes when the last of it is gone."""
    shelf.show("wall", ("a", b"A"))
    undone = log.Edge(log.get("test"), begins="not yet", ends="done")
    with monkeypatch.context() as patch:
        patch.setattr(leftovers, "drop_old_preview", _refusing)
        take(shelf, "a")
        for _ in range(3):
            tidy(shelf.library, shelf.clock, undone)
    assert not undone.note("withdrawn", holds=True)
    assert receipts_in_journal(shelf) == 0
    tidy(shelf.library, shelf.clock, undone)
    assert not undone.note("withdrawn", holds=False)
    assert receipts_in_journal(shelf) == 1


def _refusing(*_: object) -> None:
    raise LibraryError("no answer")


def test_what_another_process_withdrew_meanwhile_goes_too(shelf: Shelf) -> None:
    """Recorded elsewhere at the moment at which it was taken in here: within seconds nothing of it is left."""
    shelf.show("wall", ("a", b"A"))
    shelf.library.orders.withdraw(Tombstone("wall", "a", None, "author"), phash=None, at=1, known_at=shelf.clock.wall())
    tidy(shelf.library, shelf.clock, log.Edge(log.get("test"), begins="not yet", ends="done"))
    assert shelf.files() == set()
    assert shelf.state("wall", "a") == "withdrawn"
