"""`weremember console`: who may log in at the console, said and changed at a terminal, whether the console runs or not.

Whoever can type this can read the data folder: it asks for no password of theirs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from player.console.door.listening import addresses
from player.console.people.answers import Refused
from player.console.people.gate import People
from player.console.people.notes import Notes
from player.console.people.register import Listed
from player.console.people.roles import Role
from player.console.people.rows import Person
from player.errors import LibraryError, OperatorError
from player.library.trusted_time import trusted_clock
from player.settings import Configuration
from player.terminal import operator
from player.units import SECOND, Nanos

NOBODY: Final = "nobody yet: `weremember console code` makes a code for the first, `weremember console add` adds one"

Say = Callable[[str], None]


def users(configuration: Configuration, say: Say, *, as_json: bool = False) -> None:
    """Say who may log in.

    Raises:
        LibraryError: the file cannot be used.
    """
    with _people(configuration) as people:
        listed = people.register.listed()
    if as_json:
        say(json.dumps([_as_object(each) for each in listed], ensure_ascii=False, indent=1))
        return
    zone = ZoneInfo(configuration.settings.site.zone)
    width = max((len(each.person.name) for each in listed), default=0)
    for each in listed:
        now = f", in {each.sessions} browser{'s' * (each.sessions != 1)} now" if each.sessions else ""
        last = f"was here {_at(each.in_at, zone):%Y-%m-%d %H:%M}" if each.in_at is not None else "was never here"
        say(f"{each.person.name:<{width}}  {each.person.role.value:<8}  {last}{now}")
    if not listed:
        say(NOBODY)


def add(configuration: Configuration, name: str, role: str, password: str, say: Say) -> None:
    """Let somebody log in from now on.

    Raises:
        OperatorError: it did not happen.
        LibraryError: the file cannot be used.
    """
    with _people(configuration) as people:
        added = _done(people.register.add(name, Role(role), password, by=_by()))
    say(f"{added.name} may log in at {_address(configuration)} as {added.role.value}, and changes this password first")


def remove(configuration: Configuration, name: str, say: Say) -> None:
    """Let somebody log in no more.

    Raises:
        OperatorError: it did not happen.
        LibraryError: the file cannot be used.
    """
    with _people(configuration) as people:
        removed = _done(people.register.remove(name, by=_by()))
    say(f"{removed.name} may no longer log in; whatever they had open is closed")


def give_password(configuration: Configuration, name: str, password: str, say: Say) -> None:
    """Give somebody a new password.

    Raises:
        OperatorError: it did not happen.
        LibraryError: the file cannot be used.
    """
    with _people(configuration) as people:
        changed = _done(people.register.give_password(name, password, by=_by()))
    say(f"{changed.name} has a new password, and changes it first; whatever they had open is closed")


def give_role(configuration: Configuration, name: str, role: str, say: Say) -> None:
    """Give somebody another role.

    Raises:
        OperatorError: it did not happen.
        LibraryError: the file cannot be used.
    """
    with _people(configuration) as people:
        changed = _done(people.register.give_role(name, Role(role), by=_by()))
    say(f"{changed.name} is {changed.role.value} from now on, and logs in again")


def code(configuration: Configuration, say: Say) -> None:
    """Say a new one-time code; the one before counts no more.

    Raises:
        LibraryError: the file cannot be used.
    """
    with _people(configuration) as people:
        made = people.new_code()
    at = _at(made.until, ZoneInfo(configuration.settings.site.zone))
    say(made.text)
    say(f"makes one administrator, until {at:%H:%M}: open {_address(configuration)}set-up and type it there")


@contextmanager
def _people(configuration: Configuration) -> Generator[People]:
    """Give the block the people of a data folder that there is; one that is misspelt must not come to be one."""
    if not configuration.data.is_dir():
        raise LibraryError(f"there is no data folder {configuration.data}: is it the right one?")
    clock = trusted_clock()
    notes = Notes(configuration.data, clock)
    people = People(
        configuration.data, clock.machines, notes=notes, site=lambda: configuration.settings.site.name, is_logged=False
    )
    try:
        yield people
    finally:
        people.close()


def _done(answer: Person | Refused) -> Person:
    if isinstance(answer, Refused):
        raise OperatorError(answer.sentence)
    return answer


def _address(configuration: Configuration) -> str:
    return addresses(configuration.settings.console)[0]


def _by() -> str:
    return f"{operator()} at the command line"


def _at(instant: Nanos, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(instant // SECOND, zone)


def _as_object(each: Listed) -> dict[str, object]:
    last = None if each.in_at is None else datetime.fromtimestamp(each.in_at // SECOND, UTC).isoformat()
    return {"name": each.person.name, "role": each.person.role.value, "in_at": last, "sessions": each.sessions}
