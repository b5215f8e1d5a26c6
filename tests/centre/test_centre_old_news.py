"""What is over is not believed for longer than it lasts: a crashed broker's memory, a second player, a revoked one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from player.centre.addressees import members
from player.centre.collecting import Collector
from player.centre.enrolling import revoke
from player.centre.founding import Office
from player.centre.ledger import Confirmation, Withdrawal
from player.centre.link import Arrived, Link
from player.centre.roll import ALONE
from player.centre.store import Player, Store
from player.centre.withdrawing import progress
from player.fleet.topics import Kind, of_player
from player.fleet.voices import Report
from player.units import SECOND, Nanos
from tests.fakes.centre import FIRST, SECOND_LIFE, enrolled, founded, said, status
from tests.fakes.clock import OPENING, FakeClock


@dataclass
class Line:
    """A connection that brings what it is given."""

    waiting: list[Arrived] = field(default_factory=list[Arrived])
    problem: str = ""

    def take(self, _most: int, _patience_s: float) -> list[Arrived]:
        """Return what came."""
        found, self.waiting = self.waiting, []
        return found

    def settle(self, _taken: list[Arrived]) -> None:
        """Nothing is kept here."""


class Hearing:
    """A collector of one player, by a fake line and clock."""

    def __init__(self, office: Office, store: Store) -> None:
        self.office, self.store, self.line, self.clock = office, store, Line(), FakeClock()
        enrolled(office, store, "a")
        self.collector = Collector(store, cast("Link", self.line), self.clock)

    @property
    def player(self) -> Player:
        """How it stands."""
        found = self.store.player("a")
        assert found is not None
        return found

    def hear(self, kind: Kind, content: bytes, *, old: bool = False) -> Player:
        """Let a message come."""
        self.line.waiting.append(Arrived(of_player("a", kind), content, old, 1, 1))
        self.collector.step(0)
        return self.player

    def report(self, slide: str, *, session: str = FIRST, seq: int, at: Nanos | None = None, old: bool = False) -> Player:
        """Let a report come."""
        made = said(Report(site="", slide=slide), session=session, seq=seq, at=self.clock.wall() if at is None else at)
        return self.hear(Kind.REPORT, made, old=old)

    def later(self, length: Nanos) -> Player:
        """Let time pass."""
        self.clock.advance(length)
        self.collector.step(0)
        return self.player


@pytest.fixture
def hearing(tmp_path: Path) -> Iterator[Hearing]:
    """A collector of one player."""
    office = founded(tmp_path)
    with Store(office.folder) as store:
        yield Hearing(office, store)


def test_an_old_report_replaces_none_that_is_newer(hearing: Hearing) -> None:
    """A broker that crashed repeats what it had minutes ago: by number within a life, whatever the clock; a newer one counts."""
    hearing.report("now", seq=9)
    kept = hearing.report("before", seq=8, at=OPENING + 5 * SECOND, old=True)
    assert (kept.said["slide"], kept.report_at) == ("now", OPENING)
    assert hearing.report("next", seq=10, at=OPENING - 5 * SECOND, old=True).said["slide"] == "next"


def test_an_old_report_of_another_life_counts_by_its_time(hearing: Hearing) -> None:
    """The life before says nothing new; one that began while nobody listened does."""
    hearing.report("now", session=FIRST, seq=2)
    before = hearing.report("before", session=SECOND_LIFE, seq=900, at=OPENING - SECOND, old=True)
    assert before.said["slide"] == "now"
    after = hearing.report("after", session=SECOND_LIFE, seq=1, at=OPENING + SECOND, old=True)
    assert after.said["slide"] == "after"


def test_an_old_status_brings_nobody_back(hearing: Hearing) -> None:
    """Lost since then, or of a process that has begun again since: it stays as it is; that it came back meanwhile is believed."""
    hearing.hear(Kind.STATUS, status(seq=1, boot=3))
    hearing.report("x", seq=5)
    hearing.clock.advance(600 * SECOND)
    hearing.hear(Kind.STATUS, status(online=False, boot=3))
    assert hearing.hear(Kind.STATUS, status(seq=1, boot=3), old=True).state == "offline"
    assert hearing.hear(Kind.STATUS, status(session=SECOND_LIFE, boot=2), old=True).state == "offline"

    hearing.report("y", seq=8, old=True)
    assert hearing.hear(Kind.STATUS, status(seq=7, boot=3), old=True).state == "online"
    assert hearing.hear(Kind.STATUS, status(online=False, session=SECOND_LIFE, boot=2), old=True).state == "online"


def test_two_players_are_one_again_when_one_alone_is_heard(hearing: Hearing) -> None:
    """Some minutes after the last turn, by a word of the one that is left; silence of both ends it no sooner than before."""
    for session in (FIRST, SECOND_LIFE, FIRST):
        doubled = hearing.hear(Kind.STATUS, status(session=session))
    assert doubled.trouble == "two players with this id"
    assert hearing.later(ALONE - SECOND).trouble == "two players with this id"
    hearing.report("x", seq=3)
    assert hearing.later(SECOND).trouble == "two players with this id", "it was not heard alone for so long"

    assert hearing.report("x", seq=4).trouble == ""
    assert not members(hearing.store)[0].is_doubled(hearing.clock.wall())


def test_what_was_confirmed_before_there_were_two_stays_confirmed(hearing: Hearing) -> None:
    """However long they take turns; what was confirmed about then may be the word of one of them."""
    hearing.clock.advance(3600 * SECOND)
    for session in (FIRST, SECOND_LIFE, FIRST, SECOND_LIFE):
        hearing.hear(Kind.STATUS, status(session=session))
        hearing.clock.advance(240 * SECOND)
    known, now = members(hearing.store), hearing.clock.wall()
    assert known[0].is_doubled(now)
    withdrawn = Withdrawal(number=7, source="*", item="x", reason="", by="me", at=OPENING)
    for off_at, is_whole in ((OPENING + SECOND, True), (OPENING + 3600 * SECOND, False), (now, False)):
        off = Confirmation("a", off_at, off_at, None, was_up=True, is_here=True)
        assert progress(withdrawn, known, {"a": off}, now).is_whole is is_whole


def test_one_that_is_revoked_is_online_by_what_it_says_since(hearing: Hearing) -> None:
    """What it said before, or the broker repeats, is no sign of life; one that is heard is online until it falls silent."""
    hearing.hear(Kind.STATUS, status())
    hearing.clock.advance(10 * SECOND)
    revoke(hearing.office, hearing.store, "a", hearing.clock.wall())
    assert hearing.player.trouble == ""
    hearing.clock.advance(10 * SECOND)
    assert hearing.hear(Kind.STATUS, status(at=OPENING + 90 * SECOND), old=True).trouble == ""

    assert "reload the broker" in hearing.report("x", seq=3).trouble
    assert "reload the broker" in hearing.later(900 * SECOND).trouble
    assert hearing.later(110 * SECOND).trouble == ""
