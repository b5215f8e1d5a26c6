"""A signed feed brought into the library: the whole way from its bytes to what may be shown."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from player.errors import FeedError, NetworkError, OperatorError, WeRememberError
from player.feed.fetch import Fetcher
from player.ingest.intake import Intake
from player.library import anchors, sources
from player.library.library import open_library
from player.library.right import Rung, ladder
from player.library.sources import Standing, standing
from player.library.trusted_time import TrustedClock
from player.sections import Feed
from player.settings import Configuration, Settings
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.pens import pen_of
from tests.fakes.repository import Repository

HOUR: Nanos = 3600 * SECOND
YEAR: Nanos = 365 * 24 * HOUR


class Desk:
    """An intake with one signed feed, whose root is pinned."""

    def __init__(self, folder: Path, repository: Repository) -> None:
        self.folder = folder
        self.repository = repository
        self.clock = FakeClock()
        self.begin()

    def begin(self, *, pin: bool = True) -> None:
        """Start the process."""
        self.library = open_library(self.folder, writer="ingest")
        if pin and not anchors.pinned(self.library.orders.connection, "wall"):
            self.pin(self.repository.root)
        self.trusted = TrustedClock(self.clock, boot="this one")
        self.trusted.learn(self.library)
        feed = Feed.model_validate({"kind": "jsonfeed", "url": self.repository.base, "trust": "signed"})
        configuration = Configuration(settings=Settings(feeds={"wall": feed}), playlists={}, home="/")
        self.intake = Intake(configuration, self.library, self.trusted)
        self.intake.declare()

    def pin(self, root: bytes) -> None:
        """Pin a root."""
        anchors.pin(self.library.orders.connection, "wall", anchors.Root(root, 1), by="me", at=1)

    def restart(self) -> None:
        """End the process and start another."""
        self.library.close()
        self.begin()

    def ask(self) -> WeRememberError | None:
        """Ask the feed and take in all that it answers."""
        turn, error = self.intake.turns["wall"], None
        for answer in turn.asker.ask(self.intake.before(turn.asker.source)):
            error = self.intake.take_in(answer) or error
            self.intake.ended(answer, error, self.clock.monotonic())
        return error

    def pass_time(self, length: Nanos) -> None:
        """Let time pass, here and at the publisher."""
        self.clock.advance(length)
        self.repository.advance(length)

    def states(self, source: str = "wall") -> dict[str, str]:
        """Item by item."""
        rows = self.library.connection.execute("SELECT item, state FROM photos WHERE source=?", (source,))
        return dict(rows.fetchall())

    def standing(self, source: str = "wall") -> Standing:
        """Whether its word counts."""
        return standing(sources.sources(self.library.connection)[source], self.trusted.wall())


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


def test_what_two_people_signed_is_approved(desk: Desk) -> None:
    """And one alone approves nothing."""
    assert desk.ask() is None
    assert desk.states() == {"a": "approved"}
    desk.repository.approve("b", b"B", by=("Dov",))
    assert isinstance(desk.ask(), FeedError)
    assert desk.states() == {"a": "approved"}


def test_without_a_root_nothing_is_believed(tmp_path: Path, desk: Desk) -> None:
    """It says what to do."""
    other = Desk.__new__(Desk)
    other.folder, other.repository, other.clock = tmp_path / "other", desk.repository, FakeClock()
    other.begin(pin=False)
    error = other.ask()
    other.library.close()
    assert isinstance(error, OperatorError)
    assert "weremember feed trust ROOT.json --feed wall" in str(error)


def test_a_withdrawal_counts_though_the_list_beside_it_cannot_be_believed(desk: Desk) -> None:
    """One person withdraws; that somebody broke the other list does not keep the photo up."""
    desk.ask()
    desk.repository.withdraw("a")
    desk.repository.approve("b", b"B", by=("Dov",))
    assert isinstance(desk.ask(), FeedError)
    assert desk.states() == {"a": "withdrawn"}


def test_what_was_withdrawn_comes_back_by_two_officers_alone(desk: Desk) -> None:
    """Not by an older publication, not by approving it again, not by a restart; by a reinstatement of this withdrawal it does."""
    desk.ask()
    old = desk.repository.copy()
    desk.repository.withdraw("a")
    desk.ask()
    desk.repository.served = old
    assert isinstance(desk.ask(), FeedError)
    desk.repository.served = None
    desk.repository.approve("a", b"A")
    desk.ask()
    desk.restart()
    desk.ask()
    assert desk.states() == {"a": "withdrawn"}
    desk.repository.reinstate("a")
    assert desk.ask() is None
    assert desk.states() == {"a": "approved"}
    desk.pass_time(SECOND)
    desk.repository.withdraw("a")
    desk.ask()
    assert desk.states() == {"a": "withdrawn"}


def test_versions_are_remembered_when_every_file_of_the_cache_is_lost(desk: Desk) -> None:
    """An old copy is an old copy, though nothing but the record of withdrawals remembers it."""
    old = desk.repository.copy()
    desk.repository.approve("b", b"B")
    desk.ask()
    for path in (desk.folder / "signed").rglob("*"):
        if path.is_file():
            path.unlink()
    desk.restart()
    desk.repository.served = old
    assert isinstance(desk.ask(), FeedError)
    assert desk.states() == {"a": "approved", "b": "approved"}


def test_an_idle_poll_confirms_and_reads_nothing_again(desk: Desk) -> None:
    """Two small requests; the lease runs anew, until the timestamp ends at most."""
    desk.ask()
    desk.pass_time(300 * SECOND)
    desk.repository.tick()
    asked = len(desk.repository.requests)
    assert desk.ask() is None
    assert desk.repository.requests[asked:] == ["metadata/2.root.json", "metadata/timestamp.json"]
    desk.pass_time(HOUR - SECOND)
    assert desk.standing() is Standing.LIVE
    desk.pass_time(SECOND)
    assert desk.standing() is Standing.EXPIRED


def test_one_more_approval_reads_one_page(desk: Desk) -> None:
    """The others are as they were, and what is on them stays approved."""
    desk.repository.approve_all(f"b{number}" for number in range(600))
    desk.ask()
    before = len(desk.repository.requests)
    desk.repository.approve("c", b"C")
    desk.ask()
    assert sum("page-" in path for path in desk.repository.requests[before:]) == 1
    assert len(desk.states()) == 602
    assert set(desk.states().values()) == {"approved"}


def test_what_is_on_no_page_is_hidden(desk: Desk) -> None:
    """Without a tombstone: it returns when two people list it again."""
    desk.repository.approve("b", b"B")
    desk.ask()
    desk.repository.remove("a")
    desk.ask()
    assert desk.states() == {"a": "absent", "b": "approved"}
    desk.repository.approve("a", b"A")
    desk.ask()
    assert desk.states() == {"a": "approved", "b": "approved"}


def test_a_server_that_only_repeats_itself_confirms_until_its_timestamp_ends(desk: Desk) -> None:
    """A freeze: whoever holds back what is new can do so for an hour, not longer."""
    desk.ask()
    desk.clock.advance(HOUR - SECOND)
    assert desk.ask() is None
    assert desk.standing() is Standing.LIVE
    desk.clock.advance(SECOND)
    assert isinstance(desk.ask(), FeedError)
    assert desk.standing() is Standing.EXPIRED


@pytest.mark.parametrize("step", [-57 * YEAR, -2 * HOUR])
def test_a_clock_that_is_set_back_brings_no_old_word_back(desk: Desk, step: Nanos) -> None:
    """Time goes on from what was signed, also in the next process; the lease ends when it would have."""
    desk.ask()
    desk.clock.step(step)
    desk.restart()
    assert desk.standing() is Standing.LIVE
    desk.clock.advance(HOUR)
    assert desk.standing() is Standing.EXPIRED


def test_a_clock_ten_years_ahead_shows_nothing_and_recovers(desk: Desk) -> None:
    """Everything has expired then; put right, the next poll confirms as ever."""
    desk.ask()
    desk.clock.step(10 * YEAR)
    assert isinstance(desk.ask(), FeedError)
    assert desk.standing() is Standing.EXPIRED
    desk.clock.step(-10 * YEAR)
    desk.restart()
    assert desk.ask() is None
    assert desk.standing() is Standing.LIVE


def test_the_core_set_of_the_feed_outlives_its_lease(desk: Desk) -> None:
    """It needs no confirmation; withdrawals act on it as on everything else."""
    desk.repository.keep_offline("a", "k", pictures={"a": b"A", "k": b"K"})
    desk.ask()
    assert desk.states("wall.core") == {"a": "approved", "k": "approved"}
    desk.clock.advance(2 * HOUR)
    assert desk.standing() is Standing.EXPIRED
    assert desk.standing("wall.core") is Standing.LIVE
    desk.repository.advance(2 * HOUR)
    desk.repository.withdraw("k")
    desk.ask()
    assert desk.states("wall.core") == {"a": "approved", "k": "withdrawn"}


def test_a_halt_shows_the_plate_until_it_is_lifted(desk: Desk) -> None:
    """One person may halt; nothing is purged by it."""
    desk.ask()
    desk.repository.halt()
    desk.ask()
    assert desk.standing() is Standing.HALTED
    assert ladder(desk.library, desk.trusted.wall()).rung is Rung.PLATE
    desk.repository.halt(halts=False)
    desk.ask()
    assert desk.standing() is Standing.LIVE
    assert desk.states() == {"a": "approved"}


def test_another_root_begins_with_nothing_confirmed(desk: Desk) -> None:
    """Whoever pins another root has another publisher."""
    desk.ask()
    desk.pin(Repository(officers=("Ida", "Jon", "Kay")).root)
    desk.restart()
    assert desk.standing() is Standing.UNCONFIRMED
    assert desk.ask() is not None


def test_keys_may_change_hands(desk: Desk) -> None:
    """A new root, signed by the old one's people and its own, is followed; what it says counts."""
    desk.ask()
    desk.repository.rotate("timestamp", [pen_of("machine", 2)])
    desk.repository.approve("b", b"B")
    assert desk.ask() is None
    assert desk.states() == {"a": "approved", "b": "approved"}


def test_a_cut_network_is_stale_at_first(desk: Desk) -> None:
    """The error is noted; the word counts on."""
    desk.ask()
    desk.repository.instead["metadata/timestamp.json"] = NetworkError("cut")
    assert isinstance(desk.ask(), NetworkError)
    assert desk.standing() is Standing.LIVE
    assert sources.sources(desk.library.connection)["wall"].problem


def test_approvals_are_in_the_journal_with_who_signed(desk: Desk) -> None:
    """Ids, hashes and names of those whose signatures counted."""
    desk.ask()
    rows = desk.library.orders.connection.execute("SELECT what FROM journal WHERE kind='approvals'").fetchall()
    assert len(rows) == 1
    assert '"by":["Dov","Eli"]' in rows[0][0]
    assert '"a"' in rows[0][0]


def test_no_caption_of_a_withdrawn_photo_is_left_in_the_cache(desk: Desk) -> None:
    """The pages that were fetched hold it as well; they go with the photo."""
    desk.repository.approve("b", b"B")
    desk.ask()
    assert _in_cache(desk, b"This is b")
    desk.repository.withdraw("b")
    desk.ask()
    assert not _in_cache(desk, b"This is b")
    desk.repository.approve("c", b"C")
    assert desk.ask() is None


def _in_cache(desk: Desk, text: bytes) -> bool:
    return any(text in path.read_bytes() for path in (desk.folder / "signed").rglob("*") if path.is_file())
