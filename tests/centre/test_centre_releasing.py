"""Releasing a programme: when it may begin, who is ready, and that nobody switches on an announcement alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from player.centre import hinting, ledger, releasing
from player.centre.addressees import Member
from player.centre.ledger import Prepared, Release
from player.centre.link import Message
from player.centre.listening import End, Line
from player.centre.releasing import AHEAD, COMMIT_AHEAD, Readiness, Result
from player.centre.store import Store
from player.errors import NetworkError, OperatorError
from player.fleet import messages, wire
from player.fleet.happenings import Readiness as Says
from player.publish.disk import Disk
from player.schedule.zones import UTC_ZONE
from player.show.instep import measure
from player.show.playlist import PhotoStep, Step
from player.show.programme import digest
from player.units import SECOND
from tests.fakes.acting import Fleet, fleet
from tests.fakes.broker import Broker, broker, needs_mosquitto, until
from tests.fakes.clock import OPENING, PacedClock

NOW = OPENING
MINUTE = 60 * SECOND
HASH = "ab" * 32
STEPS = measure([Step(PhotoStep(), 6.0, 1.0, motion=True), Step(PhotoStep(), 9.0, 1.0, motion=True)])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A real broker for this file."""
    with broker(tmp_path_factory.mktemp("broker")) as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A centre's file."""
    with Store(tmp_path) as found:
        yield found


def release(version: str = "7", *, at: int = NOW + 20 * MINUTE, is_committed: bool = False, group: str = "memorial") -> Release:
    """Return a release."""
    return Release(group, version, digest(version.encode()), at, NOW, NOW if is_committed else None)


def test_the_first_programme_begins_on_a_whole_second(store: Store) -> None:
    """Where nothing is in force there is no border to keep to."""
    assert releasing.epoch_of(store, "memorial", NOW + 20 * MINUTE + 1, NOW, UTC_ZONE) == NOW + 20 * MINUTE + SECOND


def test_the_next_one_begins_where_a_slide_of_the_last_one_does(store: Store) -> None:
    """Rounded up to a border of the version in force, whose times were noted when it was made."""
    before = release("6", at=NOW - 5 * SECOND, is_committed=True)
    ledger.release(store, before)
    releasing.keep_facts(store, before.hash, STEPS, 1000)
    wanted = NOW + 20 * MINUTE
    found = releasing.epoch_of(store, "memorial", wanted, NOW, UTC_ZONE)
    assert wanted <= found < wanted + 10 * SECOND
    assert (found - before.activate_at) % STEPS.cycle in STEPS.offsets


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (NOW - 1, "in the past"),
        (NOW + AHEAD - SECOND, "too soon: players need 15 min; 2027-01-20 09:15 (UTC) is"),
        (NOW + 40 * 24 * 60 * MINUTE, "is the date right?"),
    ],
)
def test_a_time_that_cannot_be_is_refused(store: Store, wanted: int, why: str) -> None:
    """In the past, too soon for anybody to fetch it, weeks ahead: one line, with the time that can be."""
    with pytest.raises(OperatorError) as caught:
        releasing.epoch_of(store, "memorial", wanted, NOW, UTC_ZONE)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_a_reason_it_is_just_not_ready_yet() -> None:
    """A player that prepares it and has not said why it is not done: no colon with nothing behind it."""
    found = releasing.readiness([Member("a", state="online")], {"a": Prepared(is_ready=False, why="", at=NOW)}, NOW, UTC_ZONE)
    assert [each.why for each in found.unready] == ["not ready yet"]


def test_two_versions_do_not_overlap(store: Store) -> None:
    """While one is on its way no other is begun; another group's, or one that nobody can commit any more, is in nobody's way."""
    ledger.release(store, release("6"))
    with pytest.raises(OperatorError, match=r"version 6 of memorial is announced for 2027-01-20 09:20 \(UTC\) already"):
        releasing.epoch_of(store, "memorial", NOW + 30 * MINUTE, NOW, UTC_ZONE)
    releasing.epoch_of(store, "school", NOW + 30 * MINUTE, NOW, UTC_ZONE)
    releasing.epoch_of(store, "memorial", NOW + 60 * MINUTE, NOW + 18 * MINUTE, UTC_ZONE)
    ledger.committed(store, "memorial", release("6").hash, NOW)
    with pytest.raises(OperatorError, match="is committed for"):
        releasing.epoch_of(store, "memorial", NOW + 60 * MINUTE, NOW + 18 * MINUTE, UTC_ZONE)


@pytest.mark.parametrize("version", ["", " ", " 7", "x" * 65, "a\nb"])
def test_versions_are_names(version: str) -> None:
    """Nothing, blanks, half a line, or more than fits on the wire is no version."""
    with pytest.raises(OperatorError):
        releasing.check_version(version)
    assert releasing.check_version("2027-01-27 evening") == "2027-01-27 evening"


def test_who_is_not_ready_is_named_with_the_reason() -> None:
    """Not ready and why, silent, away, two with one id: each told apart; only the silent one is still to be waited for."""
    members = [
        Member("ready", state="online"),
        Member("differs", state="online"),
        Member("silent", state="online"),
        Member("away", state="offline", last_seen=NOW),
        Member("two", state="online", doubled_at=NOW),
    ]
    said = {
        "ready": Prepared(is_ready=True, why="", at=NOW),
        "two": Prepared(is_ready=True, why="", at=NOW),
        "differs": Prepared(is_ready=False, why="its playlist\x1b[2J wall differs", at=NOW),
    }
    found = releasing.readiness(members, said, NOW, UTC_ZONE)
    assert found.ready == ("ready",)
    assert {each.id: each.why for each in found.unready}["differs"] == "not ready: its playlist[2J wall differs"
    assert [each.id for each in found.unready if each.is_due] == ["silent"]


def test_a_quorum_waits_for_those_who_have_yet_to_speak() -> None:
    """Nine of ten are enough only when the tenth has had its say; of a hundred per cent nobody may be missing."""
    away, due = releasing.Unready("x", "", is_due=False), releasing.Unready("x", "", is_due=True)
    nine = tuple(str(n) for n in range(9))
    assert Readiness(nine, (away,)).is_settled(90)
    assert not Readiness(nine, (due,)).is_settled(90)
    assert not Readiness(nine, (away,)).is_settled(100)
    assert not Readiness(nine, (away,)).suffices(91)
    assert not Readiness((), (away,)).suffices(1)


def test_what_came_of_it_is_said_in_a_line() -> None:
    """Committed, stopped, too few, too late: each its own sentence."""
    some, everybody = Readiness(("a",), (releasing.Unready("b", "not ready: why", is_due=False),)), Readiness(("a", "b"), ())

    def first(found: Readiness, end: End, percent: int, *, committed: bool = False) -> str:
        line, *rest = releasing.in_words(Result(release(), found, committed, end), percent, UTC_ZONE)
        assert rest == ([] if found is everybody else ["b: not ready: why"])
        return line

    assert first(everybody, End.DONE, 100, committed=True).endswith(
        "2 of 2 are ready, and memorial switches at 2027-01-20 09:20 (UTC)"
    )
    assert "the others join as soon as they have it" in first(some, End.DONE, 50, committed=True)
    assert "all were asked for; everybody stays with what is on" in first(some, End.LATE, 100)
    assert "90 % were asked for" in first(some, End.LATE, 90)
    assert first(some, End.STOPPED, 100).startswith("stopped: 1 of 2 are ready, and nothing is committed; run it again")
    assert "too late" in first(everybody, End.LATE, 100)


def test_the_document_is_written_whole_into_every_folder(tmp_path: Path) -> None:
    """Where the centre keeps what it publishes, and beside the feed, under its own hash."""
    files = releasing.put(b"{}", digest(b"{}"), (tmp_path / "public", tmp_path / "feed"), Disk())
    assert [file.read_bytes() for file in files] == [b"{}", b"{}"]
    assert {file.relative_to(tmp_path).parts[1:] for file in files} == {("programmes", f"{digest(b'{}')}.json")}


def test_the_hint_of_a_group_is_what_players_read() -> None:
    """Version, hash, when and how large; it fits into a message."""
    body = hinting.for_group(release(), 24_000_000).body()
    coming = messages.hint(body).coming
    assert coming is not None
    assert (coming.release, coming.bytes) == (hinting.as_told(release()), 24_000_000)
    assert wire.fits(body, messages.BODY_BYTES)


def test_readiness_for_what_was_never_announced_is_not_kept(store: Store) -> None:
    """Whoever says that they are ready for something else fills no file; the last word of a player counts."""
    ledger.release(store, release())

    def says(named: str, why: str = "", at: int = NOW) -> None:
        told = Says(is_ready=not why, group="memorial", version="7", hash=named, why=why)
        ledger.keep_readiness(store, [("a", told, at)])

    says(HASH)
    says(release().hash)
    says(release().hash, "404", NOW + 1)
    says(release().hash)  # on its way for longer
    assert ledger.readiness(store, "memorial", HASH) == {}
    assert ledger.readiness(store, "memorial", release().hash)["a"].why == "404"


def differs(coming: messages.Release) -> str:
    """Say that another playlist lies here."""
    return f"its playlist {coming.version} differs"


def see_through(centre: Fleet, wanted: Release, percent: int = 100) -> Result:
    """Announce and wait, as the command does."""
    with centre.listening() as (link, listening):
        ledger.release(centre.store, wanted)
        releasing.announce(wanted, 1000, centre.signer, link)
        return releasing.see_through(
            wanted,
            centre.members,
            centre.signer,
            link,
            listening,
            percent=percent,
            here=UTC_ZONE,
            tell=lambda found: None if found.members else pytest.fail("nobody"),
        )


@needs_mosquitto
def test_all_are_ready_and_it_is_committed(tmp_path: Path, server: Broker) -> None:
    """Announced, confirmed by all, committed; the commit is retained, so whoever comes later has it as well."""
    wanted = release("r1", group="one")
    with fleet(tmp_path, server, "r-1", "r-2", clock=PacedClock(), group="one") as centre:
        with centre.player("r-1", groups=("one",)) as first, centre.player("r-2", groups=("one",)):
            result = see_through(centre, wanted)
            until(lambda: first.committed, "the commit")
        assert (result.is_committed, result.readiness.unready) == (True, ())
        assert first.committed == [hinting.as_told(wanted)]
        with centre.player("r-2", groups=("one",)) as late:
            until(lambda: late.committed, "the retained commit")
        (kept,) = ledger.releases(centre.store, "one")
        assert kept.committed_at is not None


class Broken:
    """A line that breaks as soon as something is said."""

    def __init__(self, line: Line) -> None:
        self.take, self.settle = line.take, line.settle

    def publish_all(self, messages: Iterable[Message], *, patience_s: float = 0.0) -> None:
        """Break."""
        del messages, patience_s
        raise NetworkError("the line broke")


@needs_mosquitto
def test_a_commit_is_on_record_before_anybody_hears_it(tmp_path: Path, server: Broker) -> None:
    """The line breaks with the commit: some may switch, so it is committed here as well, and the collector says it again."""
    wanted = release("r6", group="six")
    with fleet(tmp_path, server, "z-1", clock=PacedClock(), group="six") as centre:
        with centre.player("z-1", groups=("six",)), centre.listening() as (link, listening):
            ledger.release(centre.store, wanted)
            releasing.announce(wanted, 1000, centre.signer, link)
            with pytest.raises(NetworkError, match="is committed, and perhaps not all have heard of it"):
                releasing.see_through(
                    wanted,
                    centre.members,
                    centre.signer,
                    Broken(link),
                    listening,
                    percent=100,
                    here=UTC_ZONE,
                    tell=lambda _: None,
                )
        (kept,) = ledger.releases(centre.store, "six")
        assert kept.committed_at is not None


@needs_mosquitto
def test_without_all_nobody_switches(tmp_path: Path, server: Broker) -> None:
    """One is not ready: in time nothing is committed, it is taken back, and everybody stays as they are."""
    wanted = release("r2", group="two", at=NOW + COMMIT_AHEAD + 120 * SECOND)
    with fleet(tmp_path, server, "t-1", "t-2", clock=PacedClock(), group="two") as centre:
        with (
            centre.player("t-1", groups=("two",)) as first,
            centre.player("t-2", groups=("two",), ready=differs),
        ):
            result = see_through(centre, wanted)
            assert (result.is_committed, first.committed) == (False, [])
        assert ("t-2", "not ready: its playlist r2 differs") in [(each.id, each.why) for each in result.readiness.unready]
        assert ledger.releases(centre.store, "two") == ()
        with centre.player("t-1", groups=("two",)) as later, centre.listening() as (_, listening):
            listening.until(lambda: listening.has_settled, 60 * SECOND)
            assert (later.announced, later.committed) == ([], [])


@needs_mosquitto
def test_a_quorum_is_enough(tmp_path: Path, server: Broker) -> None:
    """One of two is away: with half of them asked for, those that are ready switch."""
    with (
        fleet(tmp_path, server, "u-1", "u-2", clock=PacedClock(), group="three") as centre,
        centre.player("u-1", groups=("three",)),
    ):
        result = see_through(centre, release("r3", group="three"), percent=50)
    assert (result.is_committed, result.end, result.readiness.ready) == (True, End.DONE, ("u-1",))


@needs_mosquitto
def test_stopped_it_goes_on_where_it_stood(tmp_path: Path, server: Broker) -> None:
    """Ctrl-C commits nothing and takes nothing back; said again, those that were ready are ready still."""
    wanted = release("r4", group="four")
    with fleet(tmp_path, server, "x-1", "x-2", clock=PacedClock(), group="four") as centre:
        with centre.player("x-1", groups=("four",)) as first:
            with centre.listening() as (link, listening):
                ledger.release(centre.store, wanted)
                releasing.announce(wanted, 1000, centre.signer, link)
                listening.until(lambda: bool(ledger.readiness(centre.store, "four", wanted.hash)), 600 * SECOND)
            centre.stopped.set()
            stopped = see_through(centre, wanted)
            assert (stopped.end, stopped.is_committed, first.committed) == (End.STOPPED, False, [])
        assert releasing.known_as(centre.store, "four", "r4") == wanted
        centre.stopped.clear()
        with centre.player("x-2", groups=("four",)):
            assert see_through(centre, wanted).is_committed


@needs_mosquitto
def test_taken_back_the_group_is_told_what_is_in_force(tmp_path: Path, server: Broker) -> None:
    """Whoever comes later fetches what is on, not what was given up; what is committed is not taken back."""
    now, coming = release("on", group="five", at=NOW - 60 * SECOND, is_committed=True), release("r5", group="five")
    with fleet(tmp_path, server, "y-1", clock=PacedClock(), group="five") as centre:
        ledger.release(centre.store, now)
        ledger.release(centre.store, coming)
        releasing.keep_facts(centre.store, now.hash, STEPS, 2)
        with centre.listening() as (link, _):
            releasing.announce(coming, 1000, centre.signer, link)
            releasing.drop(coming, centre.signer, link)
            with pytest.raises(OperatorError, match="is committed"):
                releasing.drop(now, centre.signer, link)
        with centre.player("y-1", groups=("five",)) as player:
            until(lambda: player.announced, "the hint")
        assert [each.version for each in player.announced] == ["on"]
        assert [each.version for each in ledger.releases(centre.store, "five")] == ["on"]
