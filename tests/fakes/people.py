"""People of a console who cost nothing to check, in a folder of a test."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.console.people.answers import Entered, Refused
from player.console.people.gate import People
from player.console.people.hashing import Cost, Hashing
from player.console.people.notes import Note, Notes
from player.console.people.roles import Role
from player.console.people.rows import Person

CHEAP: Final = Cost(8, 1)
"""The least that Argon2 can do: a tenth of a millisecond."""
PASSWORD: Final = "zmierzch kot rower"  # noqa: S105 - of nobody
OTHER: Final = "three small boats leave"
FIRST: Final = "seven quiet lamps tonight"
"""What somebody is given who then takes the usual password."""
HOME: Final = "127.0.0.1"
AWAY: Final = "192.0.2.7"


class Untold(Notes):
    """Notes that nobody takes."""

    @contextmanager
    def open(self) -> Generator[Note]:
        """Take none."""
        yield _untold


def _untold(done: str, to: Person, by: str) -> None:
    del done, to, by


def people_in(folder: Path, clock: Clock, *, cost: Cost = CHEAP, notes: Notes | None = None) -> People:
    """Return the people kept in *folder*, without a journal unless there are *notes*."""
    notes = notes or Untold(folder, clock)
    return People(folder, clock, notes=notes, hashing=Hashing(cost), site=lambda: "Kraków kiosk 7")


def with_admin(folder: Path, clock: Clock) -> People:
    """Return people of whom Ada is the administrator."""
    people = people_in(folder, clock)
    added(people, "Ada", Role.ADMIN)
    return people


def added(people: People, name: str, role: Role) -> Person:
    """Add somebody, who has taken the usual password."""
    assert isinstance(people.register.add(name, role, FIRST, by="a test"), Person)
    first = entered(people.log_in(name, FIRST, address=HOME))
    changed = entered(people.change_password(first.token, FIRST, PASSWORD, address=HOME))
    people.log_out(changed.token)
    return changed.person


def entered(answer: Entered | Refused) -> Entered:
    """Return how somebody came in, who must."""
    assert isinstance(answer, Entered), answer
    return answer


def refused(answer: Entered | Refused | Person) -> Refused:
    """Return why somebody was refused, who must be."""
    assert isinstance(answer, Refused), answer
    return answer


def log_in(people: People, name: str = "Ada", *, address: str = HOME, former: str = "") -> Entered:
    """Let somebody in with the usual password."""
    return entered(people.log_in(name, PASSWORD, address=address, former=former))
