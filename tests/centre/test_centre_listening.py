"""What is heard while somebody waits: who is there, who is two, and what is nobody's business."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from player.centre.addressees import Member, members
from player.centre.link import Arrived, Message
from player.centre.listening import QUIET, SETTLING, End, Listening
from player.centre.store import Store
from player.fleet import topics
from player.fleet.topics import Kind
from player.fleet.voices import Report, Stamp, Status, Voice, payload
from player.units import SECOND
from tests.fakes.acting import enrol
from tests.fakes.clock import FakeClock

ONE, TWO = "aaaaaaaa", "bbbbbbbb"
HERE, AWAY = Status(is_online=True, boot=1, version=""), Status(is_online=False, boot=1, version="")


class Line:
    """A connection that brings what it is given."""

    def __init__(self) -> None:
        self.waiting: list[Arrived] = []
        self.settled: list[Arrived] = []

    def publish_all(self, messages: Iterable[Message], *, patience_s: float = 0) -> None:
        """Say nothing."""

    def take(self, most: int, patience_s: float) -> list[Arrived]:
        """Return what came."""
        del patience_s
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
        return taken

    def settle(self, taken: Iterable[Arrived]) -> None:
        """Note what is kept."""
        self.settled += taken


class Room:
    """Somebody who waits for player a."""

    def __init__(self, store: Store) -> None:
        self.store, self.line, self.clock, self.stopped = store, Line(), FakeClock(), threading.Event()
        enrol(store, "a")
        self.known = members(store)
        self.listening = Listening(self.line, store, self.clock, self.stopped, self.known)

    def hear(self, voice: Voice, session: str = ONE, *, player: str = "a", old: bool = False) -> Member:
        """Let something be said, and return player a."""
        kind = Kind.STATUS if isinstance(voice, Status) else Kind.REPORT
        said = payload(voice, Stamp(session, 1, 1))
        self.line.waiting.append(Arrived(topics.of_player(player, kind), said, old, 1, 1))
        self.listening.look()
        return self.listening.members(self.known)[0]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A centre with one player."""
    with Store(tmp_path) as store:
        yield Room(store)


def test_who_is_there_is_known_by_its_own_word(room: Room) -> None:
    """Online and offline, whatever the file says; one that is back is not made away by the will of the one before."""
    assert not room.known[0].is_online
    assert room.hear(HERE, old=True).is_online
    assert not room.hear(AWAY).is_online
    assert room.hear(HERE, TWO).is_online
    assert room.hear(AWAY, ONE).is_online
    assert not room.listening.members(room.known)[0].is_doubled(room.clock.wall())


def test_two_that_take_turns_are_noticed(room: Room) -> None:
    """A player that begins anew has another session; one whose session comes back is two."""
    now = room.clock.wall()
    for session in (ONE, TWO):
        assert not room.hear(HERE, session).is_doubled(now)
    assert room.hear(HERE, ONE).is_doubled(now)


def test_strangers_and_nonsense_change_nothing(room: Room) -> None:
    """Somebody who is not enrolled, a topic of nobody, bytes that are no message: acknowledged, and nothing else."""
    room.hear(HERE, player="stranger")
    for topic, said in (("wr/1/p/a/status", b"{"), ("", b""), ("wr/1/p/a/event", b'{"kind":"x"}')):
        room.line.waiting.append(Arrived(topic, said, is_retained=False, number=2, connection=1))
    assert room.listening.look()
    assert len(room.line.settled) == 4
    assert not room.listening.members(room.known)[0].is_online


def test_it_settles_when_the_broker_has_nothing_more_to_repeat(room: Room) -> None:
    """Two seconds at least, and one without an old word: with ten thousand players that takes longer."""
    room.clock.advance(SETTLING - SECOND // 2)
    assert not room.listening.has_settled
    room.hear(HERE, old=True)
    room.clock.advance(SECOND // 2)
    assert not room.listening.has_settled
    room.clock.advance(QUIET)
    assert room.listening.has_settled


def test_waiting_ends_in_one_of_three_ways(room: Room) -> None:
    """Done, too late, or stopped by a person; what is done when it is asked for the first time needs no waiting."""
    began = room.clock.monotonic()
    assert room.listening.until(lambda: True, SECOND) is End.DONE
    assert room.clock.monotonic() == began
    assert room.listening.until(lambda: False, SECOND) is End.LATE
    assert SECOND <= room.clock.monotonic() - began < 2 * SECOND
    room.stopped.set()
    assert room.listening.until(lambda: False, SECOND) is End.STOPPED


def test_who_is_ready_is_heard_in_reports_as_well(room: Room) -> None:
    """The programme that a player prepares stands in its report, which is retained: also what it said before anybody listened."""
    from player.fleet.voices import Next

    room.hear(Report(site="Here", coming=Next("7", is_ready=True)), old=True)
    coming, at = room.listening.coming["a"]
    assert (coming.version, coming.is_ready, at) == ("7", True, 1_000_000)
