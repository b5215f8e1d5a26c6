"""Answers brought into the library: what a source's word does, and what no source's fault can do."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from player.errors import FeedError, LibraryError, NetworkError, WeRememberError
from player.feed.fetch import Fetcher
from player.feed.item import Polled, Snapshot, Withdrawal
from player.ingest.asking import Answer
from player.ingest.intake import Intake
from player.library import sources
from player.library.database import DamagedError
from player.library.library import Library, open_library
from player.library.orders import Tombstone
from player.library.trusted_time import TrustedClock
from player.sections import Feed
from player.settings import Configuration, Settings
from player.units import SECOND
from tests.fakes.clock import FakeClock
from tests.fakes.publisher import Fault, Publisher
from tests.library.shelf import item


class Desk:
    """An intake with one publisher behind every address."""

    def __init__(self, folder: Path, publisher: Publisher) -> None:
        self.clock = FakeClock()
        self.trusted = TrustedClock(self.clock, boot="this one")
        self.publisher = publisher
        self.library: Library = open_library(folder, writer="ingest")
        self.intake = self.configure()

    def configure(self, *names: str, **fields: object) -> Intake:
        """Start with these feeds."""
        given = {"kind": "jsonfeed", "url": self.publisher.url, "trust": "moderated", **fields}
        feeds = {name: Feed.model_validate(given) for name in names or ("wall",)}
        configuration = Configuration(settings=Settings(feeds=feeds), playlists={}, home="/")
        self.intake = Intake(configuration, self.library, self.trusted)
        self.intake.declare()
        return self.intake

    def ask(self, name: str = "wall") -> WeRememberError | None:
        """Ask a source and take its answer in."""
        turn = self.intake.turns[name]
        error = None
        for answer in turn.asker.ask(self.intake.before(turn.asker.source)):
            error = self.intake.take_in(answer)
            self.intake.ended(answer, error, self.clock.monotonic())
        return error

    def source(self, name: str = "wall") -> sources.Source:
        """The source as the library knows it."""
        return sources.sources(self.library.connection)[name]

    def states(self) -> dict[str, str]:
        """Item by item."""
        return dict(self.library.connection.execute("SELECT item, state FROM photos").fetchall())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Desk]:
    """A desk with nothing published yet."""
    publisher = Publisher()

    def fetcher(*_: object) -> Fetcher:
        return publisher

    monkeypatch.setattr("player.ingest.configured.fetcher_of", fetcher)
    made = Desk(tmp_path, publisher)
    yield made
    made.library.close()


def test_unchanged_confirms(desk: Desk) -> None:
    """A source that answers "not modified" runs its lease anew, and nothing is written but that."""
    desk.publisher.add("a", b"A")
    assert desk.ask() is None
    desk.clock.advance(60 * SECOND)
    asked = len(desk.publisher.requests)
    assert desk.ask() is None
    assert len(desk.publisher.requests) == asked + 1
    assert desk.source().confirmed_at == desk.clock.wall()


@pytest.mark.parametrize("fault", [Fault.UNAUTHORISED, Fault.TOO_MANY, Fault.BROKEN, Fault.OFFLINE, Fault.HTML])
def test_a_failure_confirms_nothing_and_withdraws_nothing(desk: Desk, fault: Fault) -> None:
    """The lease runs on from the last good answer; the problem is noted, and forgotten when the source answers again."""
    desk.publisher.add("a", b"A")
    desk.ask()
    before = desk.source().confirmed_at
    desk.publisher.misbehave(fault)
    desk.clock.advance(60 * SECOND)
    error = desk.ask()
    assert error is not None
    assert (desk.source().confirmed_at, desk.source().problem) == (before, str(error))
    assert desk.states() == {"a": "approved"}
    desk.publisher.misbehave(None)
    desk.ask()
    assert desk.source().problem is None


def test_a_replayed_feed_is_an_error_of_its_source(desk: Desk) -> None:
    """A sequence that went back is noted and survived; the source is asked again later."""
    desk.publisher.add("a", b"A")
    desk.ask()
    desk.publisher.sequence = 1
    desk.publisher.items.clear()
    error = desk.ask()
    assert isinstance(error, FeedError)
    assert "went back" in (desk.source().problem or "")
    assert desk.states() == {"a": "approved"}


def test_what_a_broken_poll_withdrew_is_withdrawn(desk: Desk) -> None:
    """Though the poll as a whole failed."""
    for name in "abc":
        desk.publisher.add(name, name.encode())
    desk.ask()
    desk.publisher.page_size = 1
    desk.publisher.withdraw("a")
    desk.publisher.misbehave(Fault.BROKEN, "/feed-1.json")
    assert isinstance(desk.ask(), NetworkError)
    assert desk.states()["a"] == "withdrawn"


def test_a_source_that_comes_back_into_the_configuration_comes_back_whole(desk: Desk) -> None:
    """Its photos were purged meanwhile; that the feed has not changed since does not keep them away."""
    desk.publisher.add("a", b"A")
    desk.ask()
    desk.configure("other")
    assert desk.states() == {"a": "absent"}
    desk.configure("wall")
    assert desk.ask() is None
    assert desk.states() == {"a": "approved"}


@pytest.mark.parametrize(
    ("fields", "state"), [({"min_approvals": 2}, "approved"), ({"min_approvals": 3}, "pending"), ({}, "approved")]
)
def test_a_stricter_configuration_judges_an_unchanged_feed_anew(desk: Desk, fields: dict[str, int], state: str) -> None:
    """What was approved by two is not enough any more when three are asked for, at the first poll after it was written."""
    desk.publisher.add("a", b"A")
    desk.ask()
    desk.configure("wall", **fields)
    desk.ask()
    assert desk.states() == {"a": state}


def test_what_another_process_withdrew_is_purged_at_the_start(desk: Desk) -> None:
    """A tombstone whose photo is still here, after a crash half-way or from an older library, is obeyed before any poll."""
    desk.publisher.add("a", b"A")
    desk.ask()
    desk.library.orders.withdraw(Tombstone("wall", "a", None, "author"), phash=None, at=None, known_at=1)
    desk.configure("wall")
    assert desk.states() == {"a": "withdrawn"}


def test_a_restart_keeps_the_confirmation(desk: Desk) -> None:
    """A player that comes back while its network is down shows on until the lease is out."""
    desk.publisher.add("a", b"A")
    desk.ask()
    desk.publisher.misbehave(Fault.OFFLINE)
    desk.configure("wall")
    desk.ask()
    assert sources.standing(desk.source(), desk.clock.wall()) is sources.Standing.LIVE


def test_a_library_that_refuses_is_no_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk while taking in is an error of this poll."""
    monkeypatch.setattr("player.ingest.commit.photos.commit", _raising(LibraryError("full")))
    desk.publisher.add("a", b"A")
    assert str(desk.ask()) == "full"
    assert desk.source().confirmed_at is None


def test_damage_is_no_sources_fault(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on to whoever can set the library aside."""
    monkeypatch.setattr("player.ingest.commit.photos.commit", _raising(DamagedError("damaged")))
    desk.publisher.add("a", b"A")
    with pytest.raises(DamagedError):
        desk.ask()


def test_an_answer_that_nobody_foresaw_costs_its_source_one_poll(desk: Desk) -> None:
    """Whatever a parser should let through: the error is noted, the others go on."""
    answer = Answer(desk.intake.turns["wall"].asker.source, Polled(Snapshot(items=(item("\ud800"),), sequence=1)))
    error = desk.intake.take_in(answer)
    assert isinstance(error, FeedError)
    desk.publisher.add("a", b"A")
    assert desk.ask() is None


def test_a_folder_on_another_disk_changes_nothing(desk: Desk) -> None:
    """Neither the photos nor the confirmation."""
    config = desk.intake.turns["wall"].asker.source
    desk.intake.take_in(Answer(config, Polled(Snapshot(items=(item("a"),), complete=True)), device=1))
    confirmed = desk.source().confirmed_at
    desk.clock.advance(SECOND)
    error = desk.intake.take_in(Answer(config, Polled(Snapshot(items=(item("b"),), complete=True)), device=2))
    assert "another disk" in str(error)
    assert (desk.source().confirmed_at, desk.states()) == (confirmed, {"a": "approved"})


def test_turns_come_when_they_are_due(desk: Desk) -> None:
    """At once at first, then after the interval; who is being asked is not asked twice; lost orders ask nobody."""
    desk.publisher.add("a", b"A")
    (turn,) = desk.intake.due(desk.clock.monotonic())
    turn.is_asked = True
    assert desk.intake.due(desk.clock.monotonic()) == []
    desk.ask()
    assert desk.intake.due(desk.clock.monotonic()) == []
    desk.clock.advance(60 * SECOND)
    assert desk.intake.due(desk.clock.monotonic()) == [turn]
    held, desk.library.held_orders = desk.library.held_orders, None
    assert desk.intake.due(desk.clock.monotonic()) == []
    desk.library.held_orders = held


def test_failures_are_counted_until_one_succeeds(desk: Desk) -> None:
    """And an answer to an earlier configuration's question settles nothing."""
    desk.publisher.misbehave(Fault.BROKEN)
    desk.ask()
    desk.ask()
    turn = desk.intake.turns["wall"]
    assert turn.failures == 2
    assert turn.due >= desk.clock.monotonic() + 30 * SECOND
    desk.publisher.misbehave(None)
    desk.ask()
    assert turn.failures == 0
    old = turn.asker.source
    desk.configure("wall", every=5)
    desk.intake.turns["wall"].is_asked = True
    desk.intake.ended(Answer(old), None, 0)
    assert desk.intake.turns["wall"].is_asked


def test_files_that_settle_are_asked_for_within_a_second(desk: Desk) -> None:
    """A picture that is being copied does not wait for the next interval."""
    turn = desk.intake.turns["wall"]
    desk.intake.ended(Answer(turn.asker.source, waiting=1), None, desk.clock.monotonic())
    assert turn.due <= desk.clock.monotonic() + SECOND


def test_withdrawals_come_before_all_else(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are recorded though everything that the same poll brought fails."""
    desk.publisher.add("a", b"A")
    desk.ask()
    monkeypatch.setattr("player.ingest.commit.receive", _raising(FeedError("not believed")))
    desk.publisher.withdraw("a")
    assert str(desk.ask()) == "not believed"
    assert desk.states() == {"a": "withdrawn"}
    answer = Answer(desk.intake.turns["wall"].asker.source, error=NetworkError("x"), withdrawn=(Withdrawal("z"),))
    desk.intake.take_in(answer)
    assert desk.library.orders.withdrawn_items("wall", ["z"]) == {"z": "by its publisher"}


def _raising(error: WeRememberError) -> Callable[..., None]:
    def act(*_: object, **__: object) -> None:
        raise error

    return act
