"""What a signed source hangs on, and that it never goes back."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from player.library import anchors
from player.library.anchors import Root, SignedTime
from player.library.database import connect
from player.library.orders import ORDERS

FIRST = Root(b'{"root": 1}', 1)


@pytest.fixture
def connection(tmp_path: Path) -> Generator[sqlite3.Connection]:
    """New orders."""
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as opened:
        yield opened


def test_nothing_is_pinned_at_first(connection: sqlite3.Connection) -> None:
    """A source without a root is believed in nothing."""
    assert anchors.pinned(connection, "wall") is None
    assert anchors.versions(connection, "wall") == {}
    assert anchors.signed_time(connection, "wall") is None
    assert anchors.signed_times(connection) == []


def test_a_pinned_root_is_kept_by_source(connection: sqlite3.Connection) -> None:
    """Each feed has its own."""
    anchors.pin(connection, "wall", FIRST, by="me", at=1)
    assert anchors.pinned(connection, "wall") == FIRST
    assert anchors.pinned(connection, "other") is None


def test_versions_never_go_down(connection: sqlite3.Connection) -> None:
    """Each role for itself."""
    _raise(connection, "wall", {"targets": 4, "approved": 9}, None)
    _raise(connection, "wall", {"targets": 5, "approved": 8}, None)
    assert anchors.versions(connection, "wall") == {"targets": 5, "approved": 9}


def test_signed_time_never_goes_back(connection: sqlite3.Connection) -> None:
    """The newest stays, with when it was learned."""
    newest = SignedTime(20, "a", 5)
    _raise(connection, "wall", {}, newest)
    _raise(connection, "wall", {}, SignedTime(10, "b", 9))
    assert anchors.signed_times(connection) == [newest]


def test_what_is_known_already_writes_nothing(connection: sqlite3.Connection, tmp_path: Path) -> None:
    """An idle poll costs no disk: nobody who watches the file is woken."""
    _raise(connection, "wall", {"targets": 4}, SignedTime(10, "a", 1))
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as watcher:
        before = watcher.execute("PRAGMA data_version").fetchone()

        _raise(connection, "wall", {"targets": 4}, SignedTime(10, "a", 2))

        assert watcher.execute("PRAGMA data_version").fetchone() == before


def test_another_root_begins_anew(connection: sqlite3.Connection) -> None:
    """Marks were made under the root before: with them, the new publisher would look like an old copy."""
    anchors.pin(connection, "wall", FIRST, by="me", at=1)
    _raise(connection, "wall", {"targets": 4}, SignedTime(10, "a", 1))
    _raise(connection, "other", {"targets": 7}, None)

    anchors.pin(connection, "wall", Root(b"another", 3), by="me", at=2)

    assert anchors.versions(connection, "wall") == {}
    assert anchors.signed_time(connection, "wall") is None
    assert anchors.versions(connection, "other") == {"targets": 7}


def test_marks_of_a_root_that_is_pinned_no_more_lock_nobody_out(connection: sqlite3.Connection) -> None:
    """A poll was under way under the root before: what it reached is not the new publisher's to surpass."""
    anchors.pin(connection, "wall", FIRST, by="me", at=1)
    anchors.pin(connection, "wall", Root(b"another", 3), by="me", at=2)

    assert not anchors.raise_marks(connection, "wall", {"targets": 4}, SignedTime(10, "a", 1), root=FIRST.content)

    assert anchors.versions(connection, "wall") == {}
    assert anchors.signed_times(connection) == []


def _raise(connection: sqlite3.Connection, source: str, versions: dict[str, int], time: SignedTime | None) -> None:
    """As what is believed under the root that is pinned, which is the first unless it is another."""
    if anchors.pinned(connection, source) is None:
        anchors.pin(connection, source, FIRST, by="me", at=1)
    pinned = anchors.pinned(connection, source)
    assert pinned
    assert anchors.raise_marks(connection, source, versions, time, root=pinned.content)
