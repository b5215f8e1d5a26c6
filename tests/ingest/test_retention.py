"""The time to keep photos is over: everything of everybody goes, and a report stays."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from player.ingest.housekeeping import REPORT, is_over, retain
from player.library import database as databases
from player.library import journal, ranks
from player.library.leftovers import PREVIEW, SIGNED
from player.library.photo import Pick
from player.units import SECOND, Nanos
from tests.library.shelf import Shelf, item


def filled(shelf: Shelf) -> Nanos:
    """Photos of two sources, one shown, one withdrawn; return when the time is over."""
    shelf.take_in("wall", item("a", caption="Secret caption", credit="Secret credit"), item("gone"))
    shelf.publish(("a", b"A"), ("b", b"B"), ("gone", b"G"))
    shelf.take_in("other", item("b", alt="Secret alt"))
    shelf.prepare()
    ranks.note_shown(shelf.library.connection, [Pick(shelf.key("wall", "a"), "wall", 1, is_debut=False)], show="wall", at=5)
    shelf.take_in("wall", item("a", caption="Secret caption", credit="Secret credit"), withdrawn=["gone"])
    (shelf.folder / PREVIEW).write_bytes(b"the wall")
    (shelf.folder / SIGNED).mkdir()
    (shelf.folder / SIGNED / "page").write_bytes(b"Secret page")
    return shelf.clock.wall() + SECOND


def test_nothing_happens_before_its_time(shelf: Shelf) -> None:
    """Nor when no time is set."""
    after = filled(shelf)
    assert retain(shelf.library, after, after - 1) is None
    assert retain(shelf.library, None, after) is None
    assert not is_over(after, after - 1)
    assert not is_over(None, after)
    assert shelf.files()


def test_everything_goes_and_a_report_stays(shelf: Shelf) -> None:
    """Files, rows, texts, free pages, logs, the preview and the cache; tombstones and hashes of what was shown stay."""
    after = filled(shelf)
    report = retain(shelf.library, after, after, zone="Europe/Warsaw")
    assert report
    assert report.photos == {"other": 1, "wall": 2}
    assert is_over(after, after)
    assert b"Secret" not in shelf.bytes_on_disk()
    assert not any(path.is_file() for path in (shelf.folder / "pictures").rglob("*"))
    assert not (shelf.folder / PREVIEW).exists()
    assert not (shelf.folder / SIGNED).exists()
    assert [stone.item for stone in shelf.library.orders.tombstones()] == ["gone"]
    assert shelf.library.connection.execute("SELECT count(*) FROM plays").fetchone() == (1,)
    text = (shelf.folder / REPORT).read_text("utf-8")
    assert "2027-01-20 10:00:01 CET" in text
    assert "wall: 2 photos deleted" in text
    [line] = journal.lines(shelf.library.orders.connection, kind="retention")
    assert line.what == {"photos": {"other": 1, "wall": 2}, "files": 4}


def test_it_is_done_once(shelf: Shelf) -> None:
    """Called again there is nothing to do and nothing to say; should anything have come since, it goes as well."""
    after = filled(shelf)
    assert retain(shelf.library, after, after)
    before = shelf.bytes_on_disk()
    assert retain(shelf.library, after, after + SECOND) is None
    assert shelf.bytes_on_disk() == before
    shelf.show("wall", ("late", b"L"))
    assert retain(shelf.library, after, after + SECOND)
    assert shelf.files() == set()
    assert (shelf.folder / REPORT).read_text("utf-8").count("is over") == 2


def test_while_somebody_reads_it_is_not_over(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts stand in the write-ahead log until no reader needs it: the next call ends it, without another report."""
    monkeypatch.setattr(databases, "BUSY_S", 0.0)
    shelf.reopen()
    after = filled(shelf)
    with closing(sqlite3.connect(shelf.folder / "library.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM photos").fetchone()
        assert retain(shelf.library, after, after)
        assert b"Secret" in shelf.bytes_on_disk()
        reader.execute("COMMIT")
    assert retain(shelf.library, after, after) is None
    assert b"Secret" not in shelf.bytes_on_disk()
    assert (shelf.folder / REPORT).read_text("utf-8").count("is over") == 1
