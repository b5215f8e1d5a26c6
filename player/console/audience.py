"""Who listens to streams, and whether there is room for one more: pure.

Of one person there are so many, however often they have logged in; and whoever only looks never takes the places of those who may
act, be it many people from one place or from many.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from player.console.door.limits import network_of
from player.console.people.roles import Role, allows
from player.console.people.rows import Person

MOST: Final = 32  # streams; each is a socket and some kilobytes
KEPT: Final = 8  # of them for those who may act
OF_ONE: Final = 8  # of one person: a browser opens no more than six
OF_NETWORK: Final = 16  # of all who only look from one place: an office with its phones


@dataclass(slots=True)
class Session:
    """One log-in, and its streams."""

    person: Person | None
    network: str
    streams: int = 0
    is_over: bool = False


class Audience:
    """All who listen. Used from one thread."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def __bool__(self) -> bool:
        return bool(self._sessions)

    def has_room(self, person: Person | None, address: str) -> bool:
        """Whether *person* may have another stream."""
        sessions = self._sessions.values()
        if _streams(sessions) >= MOST or _streams(each for each in sessions if each.person == person) >= OF_ONE:
            return False
        if _may_act(person):
            return True
        looking = [each for each in sessions if not _may_act(each.person)]
        beside = _streams(each for each in looking if each.network == network_of(address))
        return beside < OF_NETWORK and _streams(looking) < MOST - KEPT

    def enter(self, token: str, person: Person | None, address: str) -> Session:
        """Count another stream of the log-in *token* in."""
        session = self._sessions.setdefault(token, Session(person, network_of(address)))
        session.streams += 1
        return session

    def leave(self, token: str) -> None:
        """Count one of its streams out."""
        self._sessions[token].streams -= 1
        if not self._sessions[token].streams:
            del self._sessions[token]

    def sessions(self) -> dict[str, Session]:
        """Return who listens at this moment, by log-in."""
        return dict(self._sessions)


def _streams(sessions: Iterable[Session]) -> int:
    return sum(each.streams for each in sessions)


def _may_act(person: Person | None) -> bool:
    return allows(person.role if person else None, Role.OPERATOR)
