"""The collector: what players say is read as a stranger's, written at once, and kept by the broker until then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from player.centre import collecting, ledger
from player.centre.collecting import Collector, alone, is_collecting, keep_on, link_of
from player.centre.enrolling import revoke
from player.centre.founding import Office
from player.centre.link import Arrived, Link
from player.centre.store import Player, Store, Wanted
from player.errors import LibraryError, OperatorError
from player.fleet.guard import Answer
from player.fleet.happenings import Answered, Gap, Receipt, Shown, Turn
from player.fleet.topics import Kind, of_player
from player.fleet.voices import FeedState, Picture, Report
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.broker import needs_mosquitto, until
from tests.fakes.centre import FIRST, SECOND_LIFE, enrolled, founded, player_link, running, said, speak, status
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.fleet import jpeg

MS = OPENING // MILLISECOND
JPEG = jpeg()
SIZE = (96, 54)


@dataclass
class Line:
    """A connection that brings what it is given."""

    waiting: list[Arrived] = field(default_factory=list[Arrived])
    settled: list[Arrived] = field(default_factory=list[Arrived])
    problem: str = ""

    def take(self, most: int, _patience_s: float) -> list[Arrived]:
        """Return what came."""
        found, self.waiting = self.waiting[:most], self.waiting[most:]
        return found

    def settle(self, taken: list[Arrived]) -> None:
        """Note what is kept."""
        self.settled += taken


class Hearing:
    """A collector of players a, b and c, by a fake line and clock."""

    def __init__(self, office: Office, store: Store) -> None:
        self.office, self.store, self.line, self.clock = office, store, Line(), FakeClock()
        for name in ("a", "b", "c"):
            enrolled(office, store, name)
        self.collector = Collector(store, cast("Link", self.line), self.clock)

    def hear(self, name: str, kind: Kind, content: bytes, *, old: bool = False) -> Player:
        """Let a message come, and return its player."""
        self.line.waiting.append(Arrived(of_player(name, kind), content, old, 1, 1))
        self.collector.step(0)
        found = self.store.player(name)
        assert found is not None
        return found

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return what stands in the file."""
        with self.store.reading() as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def hearing(tmp_path: Path) -> Iterator[Hearing]:
    """A collector of three players."""
    office = founded(tmp_path)
    with Store(office.folder) as store:
        yield Hearing(office, store)


def _report(**values: object) -> Report:
    feeds = {"campaign": FeedState("live", 900, 7)}
    made = Report(site="Here", show="wall", rung="live", feeds=feeds, version="0.1.0")
    return replace(made, **values)  # pyright: ignore[reportArgumentType]


def test_a_player_that_reports_is_well(hearing: Hearing) -> None:
    """Its status and report are kept, and nothing is amiss."""
    hearing.hear("a", Kind.STATUS, status(boot=4))
    player = hearing.hear("a", Kind.REPORT, said(_report()))

    assert (player.state, player.boot, player.site, player.trouble) == ("online", 4, "Here", "")
    assert player.said["show"] == "wall"
    assert (player.last_seen, player.report_at) == (OPENING, OPENING)
    assert hearing.store.counts().online == 1


def test_what_cannot_be_read_changes_nothing(hearing: Hearing) -> None:
    """Messages too long, too deep, of other types, of strangers or on no topic of ours are passed over; the next one counts."""
    hostile = [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 4000,
        b"{}" + b" " * 5000,
        b'{"state":"online"}',
        json.dumps({"state": ["online"], "boot": "1", "version": {}, "session": FIRST, "seq": 1, "ts": 1}).encode(),
        status(session="zzzzzzzz"),
        status().replace(b'"boot":1', b'"boot":1e999'),
        status().replace(b'"boot":1', b'"boot":' + b"9" * 400),
        status().replace(b"0.1.0", b"\\ud800"),
    ]
    for content in hostile:
        for kind in (Kind.STATUS, Kind.REPORT, Kind.EVENT, Kind.PICTURE):
            hearing.hear("a", kind, content)
    for topic in ("wr/1/p/stranger/status", "wr/1/p/../status", "wr/1/p/a/cmd/dark", "x", "", "wr/1/p/" + "a" * 300 + "/status"):
        hearing.line.waiting.append(Arrived(topic, status(), is_retained=False))
    hearing.collector.step(0)

    assert [player.state for player in hearing.store.players(Wanted())] == ["", "", ""]
    assert not hearing.rows("SELECT id FROM events UNION SELECT id FROM outages UNION SELECT id FROM pictures")
    assert hearing.hear("a", Kind.STATUS, status()).state == "online"


def test_nobody_fills_the_log(hearing: Hearing, caplog: pytest.LogCaptureFixture) -> None:
    """However often a player says nonsense, and sense in between, the log has one line of it in ten minutes."""
    for _ in range(5):
        hearing.hear("a", Kind.REPORT, b"nonsense")
        hearing.hear("a", Kind.STATUS, status())

    assert [record.message for record in caplog.records] == ["a player says what cannot be read"]


def test_no_number_is_too_large_to_be_written(hearing: Hearing) -> None:
    """Times and numbers at the edge of what a message may hold are kept within what the file can hold."""
    most = 2**53 - 1
    hearing.hear("a", Kind.STATUS, status(at=most * MILLISECOND, boot=most), old=True)
    hearing.hear("a", Kind.REPORT, said(_report(disk_mb=most, feeds={"x": FeedState("live", most, most)}), at=most * MILLISECOND))
    hearing.hear("a", Kind.PICTURE, said(Picture(JPEG, *SIZE, most)))
    receipt = Receipt(number=most, source="*", item="x", known_at=most, off_at=most, gone_at=most, was_up=True, is_here=True)
    player = hearing.hear("a", Kind.EVENT, said(receipt))

    assert player.last_seen == OPENING
    assert not hearing.rows("SELECT * FROM receipts")


def test_the_will_is_an_outage_until_the_player_is_back(hearing: Hearing) -> None:
    """From the moment that the broker lost it until it speaks again is one outage, however often either is said."""
    hearing.hear("a", Kind.STATUS, status())
    hearing.clock.advance(600 * SECOND)
    hearing.hear("a", Kind.STATUS, status(online=False))
    player = hearing.hear("a", Kind.STATUS, status(online=False))
    assert (player.state, player.trouble, player.last_seen) == ("offline", "offline", OPENING)
    hearing.clock.advance(60 * SECOND)
    hearing.hear("a", Kind.STATUS, status(session=SECOND_LIFE))
    player = hearing.hear("a", Kind.STATUS, status(session=SECOND_LIFE))

    assert (player.state, player.trouble) == ("online", "")
    assert hearing.rows("SELECT * FROM outages") == [("a", OPENING + 540 * SECOND, OPENING + 660 * SECOND)]


def test_the_will_of_a_life_that_is_over_takes_nobody_off_the_list(hearing: Hearing) -> None:
    """A will that comes after the next life has spoken is no news."""
    hearing.hear("a", Kind.STATUS, status())
    hearing.hear("a", Kind.STATUS, status(session=SECOND_LIFE))

    assert hearing.hear("a", Kind.STATUS, status(online=False, session=FIRST)).state == "online"


def test_two_players_with_one_id_show(hearing: Hearing) -> None:
    """A restart is no double; two that take turns are, before all others, until an hour has passed without one."""
    hearing.hear("a", Kind.STATUS, status())
    restarted = hearing.hear("a", Kind.STATUS, status(session=SECOND_LIFE))
    doubled = hearing.hear("a", Kind.REPORT, said(_report(), session=FIRST))
    first = hearing.store.players(Wanted())[0]
    hearing.clock.advance(3600 * SECOND)
    later = hearing.hear("a", Kind.REPORT, said(_report(), session=FIRST, at=hearing.clock.wall()))

    assert (restarted.doubles, restarted.trouble) == (0, "")
    assert (doubled.doubles, doubled.trouble, first.id) == (1, "two players with this id", "a")
    assert later.trouble == ""


def test_old_words_are_no_second_player(hearing: Hearing) -> None:
    """What the broker repeats of the life before is neither a double nor newer than it is."""
    hearing.hear("a", Kind.STATUS, status(session=SECOND_LIFE))
    hearing.clock.advance(60 * SECOND)
    player = hearing.hear("a", Kind.REPORT, said(_report(), session=FIRST, at=OPENING - 60 * SECOND), old=True)
    player = hearing.hear("a", Kind.STATUS, status(session=SECOND_LIFE, at=OPENING), old=True)

    assert (player.doubles, player.last_seen, player.report_at) == (0, OPENING, OPENING - 60 * SECOND)


@pytest.mark.parametrize(("after_s", "trouble"), [(990, ""), (1010, "campaign: lease has run out, online, but says nothing")])
def test_who_falls_silent_is_noticed(hearing: Hearing, after_s: int, trouble: str) -> None:
    """After three reports that did not come a player is silent, and a lease that was told is believed no more."""
    hearing.hear("a", Kind.STATUS, status())
    hearing.hear("a", Kind.REPORT, said(_report(feeds={"campaign": FeedState("live", 900, 7)})))
    for _ in range(after_s // 10):
        hearing.clock.advance(10 * SECOND)
        hearing.collector.step(0)
    found = hearing.store.player("a")

    assert found is not None
    assert found.trouble == trouble


def test_a_receipt_is_written_once_for_what_was_withdrawn(hearing: Hearing) -> None:
    """Off the wall, then gone: one row, also when the broker says both twice. For what nobody withdrew there is none."""
    number = ledger.withdraw(hearing.store, source="*", item="x", reason="", by="me", at=OPENING).number
    for gone in (None, MS + 9, None):
        receipt = Receipt(
            number=number, source="f", item="x", known_at=MS, off_at=MS + 5, gone_at=gone, was_up=True, is_here=True
        )
        hearing.hear("a", Kind.EVENT, said(receipt))
    unknown = Receipt(number=5, source="f", item="y", known_at=MS, off_at=MS, gone_at=None, was_up=False, is_here=False)
    hearing.hear("b", Kind.EVENT, said(unknown))
    by_feed = Receipt(number=None, source="f", item="x", known_at=MS, off_at=MS, gone_at=None, was_up=False, is_here=False)
    hearing.hear("c", Kind.EVENT, said(by_feed))

    found = ledger.confirmations(hearing.store, number)
    assert (found["a"].off_at, found["a"].gone_at) == ((MS + 5) * MILLISECOND, (MS + 9) * MILLISECOND)
    assert set(found) == {"a", "c"}
    assert len(hearing.rows("SELECT * FROM receipts")) == 2


def test_an_answer_counts_from_whom_was_asked(hearing: Hearing) -> None:
    """The answer to an order is its player's; another's to the same number is not."""
    ledger.order(hearing.store, [(7, "a")], verb="dark", arguments={}, by="me", at=OPENING)
    hearing.hear("b", Kind.EVENT, said(Answered(Answer(7, is_done=True, text="mine"))))
    assert not ledger.answers(hearing.store, [7])
    hearing.hear("a", Kind.EVENT, said(Answered(Answer(7, is_done=False, text="locked"))))

    assert ledger.answers(hearing.store, [7]) == {7: (False, "locked")}


def test_shows_are_remembered_once_and_within_bounds(hearing: Hearing, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that comes twice stands once; of more than are kept the oldest go."""
    monkeypatch.setattr("player.centre.roll.MAX_EVENTS", 10)
    for n in range(12):
        for _ in range(2):
            hearing.hear("a", Kind.EVENT, said(Shown(Turn.BEGUN, f"wall-{n}", "day", MS)))
    assert len(hearing.rows("SELECT * FROM events")) == 12
    hearing.hear("a", Kind.EVENT, said(Gap(3)))
    hearing.clock.advance(collecting.BOUND_EVERY)
    hearing.collector.step(0)

    rows = hearing.rows("SELECT kind, what FROM events ORDER BY n")
    assert len(rows) == 10
    assert rows[-1][0] == "gap"
    assert json.loads(str(rows[0][1]))["show"] == "wall-3"


def test_a_picture_that_may_show_what_is_withdrawn_is_not_kept(hearing: Hearing) -> None:
    """After a withdrawal no picture of a wall is kept before that wall has said that it is off, or that was taken before."""
    hearing.hear("a", Kind.PICTURE, said(Picture(JPEG, *SIZE, MS)))
    assert hearing.store.picture("a") == (JPEG, OPENING)
    number = ledger.withdraw(hearing.store, source="*", item="x", reason="", by="me", at=OPENING).number
    assert hearing.store.picture("a") is None
    hearing.clock.advance(10 * SECOND)
    hearing.hear("a", Kind.PICTURE, said(Picture(JPEG, *SIZE, MS + 1000)))
    assert hearing.store.picture("a") is None
    off = Receipt(number=number, source="*", item="x", known_at=MS, off_at=MS + 2000, gone_at=None, was_up=True, is_here=True)
    hearing.hear("a", Kind.EVENT, said(off))
    hearing.hear("a", Kind.PICTURE, said(Picture(JPEG, *SIZE, MS + 1999)))
    assert hearing.store.picture("a") is None
    hearing.hear("a", Kind.PICTURE, said(Picture(JPEG, *SIZE, MS + 2001)))
    assert hearing.store.picture("a") is not None
    hearing.hear("b", Kind.PICTURE, said(Picture(b"<svg onload=x>", 10, 10, MS + 9000)))
    assert hearing.store.picture("b") is None


def test_one_that_is_revoked_and_yet_online_comes_first(hearing: Hearing) -> None:
    """A player that is revoked and still heard stands before all others; when it is heard no more it is on no list."""
    hearing.hear("b", Kind.STATUS, status())
    revoke(hearing.office, hearing.store, "b", OPENING)
    hearing.hear("b", Kind.STATUS, status())
    first = hearing.store.players(Wanted())[0]
    assert (first.id, "reload the broker" in first.trouble) == ("b", True)

    hearing.hear("b", Kind.STATUS, status(online=False))
    assert {player.id for player in hearing.store.players(Wanted())} == {"a", "c"}


def test_what_could_not_be_written_is_tried_again(hearing: Hearing, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk nothing is acknowledged to the broker; when there is room, the same batch is written, and then it is."""
    line, failing = hearing.line, [True, True]
    write = ledger.keep_receipts

    def full(*args: object) -> None:
        if failing:
            failing.pop()
            assert not line.settled
            raise LibraryError("fleet.sqlite: the disk is full: free some space")
        write(*args)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(ledger, "keep_receipts", full)
    number = ledger.withdraw(hearing.store, source="*", item="x", reason="", by="me", at=OPENING).number
    receipt = Receipt(number=number, source="f", item="x", known_at=MS, off_at=MS, gone_at=None, was_up=True, is_here=True)
    line.waiting.append(Arrived(of_player("a", Kind.EVENT), said(receipt), is_retained=False, number=1, connection=1))

    class Until(FakeClock):
        def is_set(self) -> bool:
            return bool(line.settled)

    keep_on(hearing.collector, hearing.clock, cast("collecting.threading.Event", Until()))

    assert set(ledger.confirmations(hearing.store, number)) == {"a"}


def test_one_collector_for_a_centre(hearing: Hearing) -> None:
    """While one collects another is refused; when it has ended the next one may; and others know that it is there."""
    folder = hearing.office.folder
    with alone(folder), pytest.raises(OperatorError, match="collected already"), alone(folder):
        pass
    with alone(folder):
        hearing.collector.step(0)

    assert is_collecting(hearing.store, OPENING + 10 * SECOND)
    assert not is_collecting(hearing.store, OPENING + 60 * SECOND)


@needs_mosquitto
def test_what_is_said_while_the_collector_is_away_is_taken_in_later(tmp_path: Path) -> None:
    """Through the real broker: what players must not lose waits there while no collector runs, and is taken in by the next."""
    with running(tmp_path) as (office, _), Store(office.folder) as store:
        done = enrolled(office, store, "a")
        clock = FakeClock()
        with player_link(office, done, "a") as player:
            with link_of(office).open() as link:
                speak(player, "a", Kind.STATUS, status(), is_retained=True)
                collector = Collector(store, link, clock)
                until(lambda: collector.step(0.1) or _state(store) == "online")
            for n in range(60):  # the collector is away
                speak(player, "a", Kind.EVENT, said(Shown(Turn.BEGUN, f"show-{n}", "day", MS), seq=n + 2))
            with link_of(office).open() as link:
                collector = Collector(store, link, clock)
                until(lambda: collector.step(0.1) < 0 or _events(store) == 60)


def _state(store: Store) -> str:
    found = store.player("a")
    return found.state if found else ""


def _events(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute("SELECT count(*) FROM events").fetchone()[0]


def test_a_burst_of_reports_is_a_few_transactions(hearing: Hearing) -> None:
    """Two thousand reports of three players are one batch: each player's row is written once, with its last word."""
    for n in range(collecting.BATCH):
        hearing.line.waiting.append(
            Arrived(of_player("abc"[n % 3], Kind.REPORT), said(_report(slide=f"n{n}"), seq=n + 1), is_retained=False)
        )
    hearing.collector.step(0)

    assert not hearing.line.waiting
    found: Nanos = hearing.collector.taken
    assert found == collecting.BATCH
    player = hearing.store.player("c")
    assert player is not None
    assert player.said["slide"] == f"n{collecting.BATCH - 1 - (collecting.BATCH - 1 - 2) % 3}"
