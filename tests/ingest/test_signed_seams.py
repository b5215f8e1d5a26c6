"""Where the two answers of a signed feed, its publisher, the orders and the clock meet: what may go wrong between them."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from tuf.api.metadata import (
    MetaFile,  # pyright: ignore[reportPrivateImportUsage]  this is tuf's documented place for both
    Snapshot,  # pyright: ignore[reportPrivateImportUsage]
)

from player.errors import FeedError, LibraryError
from player.feed.fetch import Fetcher, Response
from player.feed.signed.layout import SNAPSHOT, WITHDRAWN, metadata_path
from player.ingest import housekeeping
from player.library import anchors, sources
from player.library.sources import Standing
from tests.fakes.pens import MACHINE, pen_of
from tests.fakes.repository import Repository
from tests.ingest.test_signed_intake import HOUR, YEAR, Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Desk]:
    """A desk, and a feed with one photo."""
    repository = Repository()
    repository.approve("a", b"A")

    def fetcher(*_: object) -> Fetcher:
        return repository

    monkeypatch.setattr("player.ingest.configured.fetcher_of", fetcher)
    made = Desk(tmp_path, repository)
    yield made
    made.library.close()


def test_nothing_is_confirmed_while_what_was_withdrawn_cannot_be_recorded(desk: Desk) -> None:
    """The orders are locked for that moment: what was withdrawn does not slip in with the list that still has it."""
    desk.repository.approve("b", b"B")
    desk.repository.withdraw("b")
    turn = desk.intake.turns["wall"]
    early, last = turn.asker.ask(desk.intake.before(turn.asker.source))
    desk.library.orders.connection.execute("PRAGMA busy_timeout=1")
    with closing(sqlite3.connect(desk.folder / "orders.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert isinstance(desk.intake.take_in(early), LibraryError)
    assert isinstance(desk.intake.take_in(last), LibraryError)
    assert desk.states() == {}
    assert desk.ask() is None
    assert desk.states() == {"a": "approved", "b": "withdrawn"}


def test_a_lease_is_counted_from_the_asking(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever lets the pages drip gains nothing by it."""
    get = desk.repository.get

    def drips(url: str, *, limit_bytes: int, deadline_s: float) -> Response:
        if "page-" in url:
            desk.clock.advance(HOUR // 2)
        return get(url, limit_bytes=limit_bytes, deadline_s=deadline_s)

    monkeypatch.setattr(desk.repository, "get", drips)
    assert desk.ask() is None
    assert desk.standing() is Standing.LIVE
    desk.clock.advance(HOUR // 2)
    assert desk.standing() is Standing.EXPIRED


def test_what_is_read_under_a_root_that_is_pinned_no_more_counts_for_nothing(desk: Desk) -> None:
    """Else the former publisher's versions would lock the new one out."""
    for name in "bcdef":
        desk.repository.approve(name)
    turn = desk.intake.turns["wall"]
    answers = list(turn.asker.ask(desk.intake.before(turn.asker.source)))
    other = Repository(base=desk.repository.base, officers=("Gus", "Hal", "Ida"))
    other.approve("n", b"N")
    desk.pin(other.root)
    assert all(isinstance(desk.intake.take_in(answer), FeedError) for answer in answers)
    assert anchors.versions(desk.library.orders.connection, "wall") == {}
    assert desk.states() == {}


def test_a_feed_that_signed_dates_far_ahead_holds_up_nobody_once_it_is_dropped(desk: Desk) -> None:
    """Its time was everybody's while it was configured; the next process does not believe it any more."""
    orders, connection = desk.library.orders.connection, desk.library.connection
    anchors.pin(orders, "other", anchors.Root(b"root", 1), by="me", at=1)
    far = desk.trusted.learned(desk.clock.wall() + 20 * YEAR)
    assert anchors.raise_marks(orders, "other", {}, far, root=b"root")
    sources.declare(connection, {"wall": "address", "other": "address"})
    desk.restart()
    assert isinstance(desk.ask(), FeedError)
    desk.restart()
    assert desk.ask() is None
    assert desk.standing() is Standing.LIVE


def test_a_publisher_that_lost_its_count_is_heard_all_the_same(desk: Desk) -> None:
    """It came back from a backup, and its next list of withdrawals has a version that we know, with another thing in it."""
    repository = desk.repository
    repository.approve("b", b"B")
    before, version = list(repository.withdrawn), repository.signed[WITHDRAWN].version
    repository.withdraw("b")
    desk.ask()
    repository.withdrawn, repository.signed[WITHDRAWN].version = before, version
    repository.withdraw("a")
    data = repository.files[metadata_path(WITHDRAWN, version + 1)]

    def names_bytes(snapshot: Snapshot) -> None:
        snapshot.meta["withdrawn.json"] = MetaFile(version + 1, len(data), {"sha256": hashlib.sha256(data).hexdigest()})

    repository.sign(SNAPSHOT, change=names_bytes)
    assert desk.ask() is None
    assert desk.states() == {"a": "withdrawn", "b": "withdrawn"}


def test_a_long_list_of_withdrawals_is_no_silence(desk: Desk) -> None:
    """The supervisor ends who is silent for ten seconds: one reviewer must not make ingest be ended again and again."""
    beats: list[int] = []
    desk.intake.alive = lambda: beats.append(1)
    desk.repository.withdrawn = [{"id": f"{number:x}"} for number in range(300)]
    desk.repository.sign(WITHDRAWN)
    desk.ask()
    assert len(beats) > 2 * 300  # in the feed and in its core set; and in between


def test_a_list_of_withdrawals_without_end_is_refused(desk: Desk) -> None:
    """Whoever can sign it can halt the show; but it holds up nobody else."""
    desk.repository.withdrawn = [{"id": f"{number:x}"} for number in range(50_001)]
    desk.repository.sign(WITHDRAWN)
    error = desk.ask()
    assert isinstance(error, FeedError)
    assert "more than 50,000" in str(error)


def test_a_stolen_machine_key_that_counted_too_far_locks_nobody_out_for_ever(desk: Desk) -> None:
    """New keys for the machine, by two people of the root, let its own versions begin anew; nobody else's."""
    desk.ask()
    for role in ("timestamp", "snapshot"):
        desk.repository.sign(role, version=2**50, alone=role == "timestamp")
    assert desk.ask() is None
    for role in ("timestamp", "snapshot"):
        desk.repository.signed[role].version = 10
    desk.repository.approve("b", b"B")
    assert isinstance(desk.ask(), FeedError)

    desk.repository.rotate("timestamp", [pen_of(MACHINE, 2)])
    desk.repository.rotate("snapshot", [pen_of(MACHINE, 2)])

    assert desk.ask() is None
    assert desk.states() == {"a": "approved", "b": "approved"}
    assert anchors.versions(desk.library.orders.connection, "wall")["timestamp"] < 2**50
    old = desk.repository.copy()
    desk.repository.approve("c", b"C")
    assert desk.ask() is None
    desk.repository.served = old
    assert isinstance(desk.ask(), FeedError)


def test_what_a_clock_ahead_had_ended_returns_when_it_is_put_right(desk: Desk) -> None:
    """Its end has not come after all, though its page is as it was."""
    ends = desk.repository.date(desk.repository.now + 24 * HOUR)
    desk.repository.approve("short", b"S", valid_until=ends)
    desk.ask()
    desk.clock.step(YEAR)
    housekeeping.expire(desk.library, desk.trusted.wall())
    desk.clock.step(-YEAR)
    assert desk.states()["short"] == "expired"

    for name in housekeeping.unexpire(desk.library, desk.trusted.wall()):
        desk.intake.forget(name)

    assert desk.ask() is None
    assert desk.states() == {"a": "approved", "short": "approved"}
