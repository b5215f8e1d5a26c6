"""The register: who there is, and changing that, with a line in the journal for each change.

Who changes it is an administrator at the console, who is asked again whether they still are; or, as words, whoever is at the
machine: they can do all of it anyway, and whoever gets a password from there owes it to nobody at the console.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from player import log
from player.clock import Clock
from player.console.people import names, rows
from player.console.people.answers import Refused, Why, refused
from player.console.people.hashing import BusyError, Hashing
from player.console.people.notes import Notes
from player.console.people.passwords import common_words, settled, weakness
from player.console.people.roles import Role
from player.console.people.rows import Person, User
from player.console.people.sessions import is_over
from player.console.people.store import Store
from player.units import Nanos

By: TypeAlias = Person | str
"""Who changes something: an administrator at the console, or somebody at the machine, in words."""

MAX_PEOPLE: Final = 100  # a list that one page shows, and a check of which one is nobody's work

_log = log.get("console")


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody in the list of people."""

    person: Person
    added_at: Nanos
    in_at: Nanos | None
    """When they logged in last; None: never."""
    sessions: int
    """How many browsers know them now."""


class Register:
    """Who may log in. What takes a password takes its time: call from a thread that may wait."""

    def __init__(
        self, store: Store, clock: Clock, hashing: Hashing, *, notes: Notes, site: Callable[[], str], is_logged: bool
    ) -> None:
        self._store = store
        self._notes = notes
        self._clock = clock
        self._hashing = hashing
        self._site = site
        self._is_logged = is_logged

    def listed(self) -> tuple[Listed, ...]:
        """Return everybody, by name.

        Raises:
            LibraryError: the file cannot be read.
        """
        now = self._clock.wall()
        with self._store.reading() as connection:
            users = rows.users(connection)
            sessions = rows.sessions(connection, self._store.boot)
        alive = [person.id for _, person, span in sessions if not is_over(span, person.role, now)]
        return tuple(Listed(user.person, user.added_at, user.in_at, alive.count(user.person.id)) for user in users)

    def add(self, name: str, role: Role, password: str, *, by: By, address: str = "") -> Person | Refused:
        """Let somebody log in from now on, and take a password of their own first.

        Raises:
            LibraryError: the file cannot be used.
        """
        settled_name = checked_name(name)
        if settled_name is None:
            return Refused(Why.NAME)
        hashed = self.hashed(password, name, address)
        if isinstance(hashed, Refused):
            return hashed
        key = names.key_of(settled_name)
        with self._notes.open() as note, self._store.changing() as connection:
            giver = _as_of_now(connection, by)
            if giver is None:
                return Refused(Why.LEFT)
            if problem := room_beside(rows.user_called(connection, key), rows.count(connection)):
                return problem
            person = Person(0, settled_name, role, _hands(key, giver), is_lent=True)
            user = rows.add(connection, person, key=key, hashed=hashed, at=self._clock.wall())
            note("added", user.person, _name(by))
        self._tell("somebody may log in", name=user.person.name, role=role.value, by=_name(by))
        return user.person

    def remove(self, name: str, *, by: By) -> Person | Refused:
        """Let somebody log in no more, and end their sessions at once.

        Raises:
            LibraryError: the file cannot be used.
        """
        with self._notes.open() as note, self._store.changing() as connection:
            found = _to_be_changed(connection, names.key_of(name), by)
            if isinstance(found, Refused):
                return found
            user, _ = found
            if _is_last(connection, user):
                return Refused(Why.LAST)
            note("removed", user.person, _name(by))
            rows.remove(connection, user.person)
        self._tell("somebody may no longer log in", name=user.person.name, by=_name(by))
        return user.person

    def give_role(self, name: str, role: Role, *, by: By) -> Person | Refused:
        """Give somebody another role; they log in again, and have another session by that.

        Raises:
            LibraryError: the file cannot be used.
        """
        with self._notes.open() as note, self._store.changing() as connection:
            found = _to_be_changed(connection, names.key_of(name), by)
            if isinstance(found, Refused):
                return found
            user, _ = found
            if role is user.person.role:
                return user.person
            if _is_last(connection, user):
                return Refused(Why.LAST)
            person = replace(user.person, role=role)
            note("another role", person, _name(by))
            rows.give_role(connection, user.person, role)
        self._tell("somebody has another role", name=user.person.name, role=role.value, by=_name(by))
        return person

    def give_password(self, name: str, password: str, *, by: By, address: str = "") -> Person | Refused:
        """Give somebody a new password, because they forgot theirs, and end their sessions at once. They take another first.

        Raises:
            LibraryError: the file cannot be used.
        """
        key = names.key_of(name)
        with self._store.reading() as connection:
            if rows.user_called(connection, key) is None:
                return Refused(Why.UNKNOWN)
        hashed = self.hashed(password, name, address)
        if isinstance(hashed, Refused):
            return hashed
        with self._notes.open() as note, self._store.changing() as connection:
            found = _to_be_changed(connection, key, by)
            if isinstance(found, Refused):
                return found
            user, giver = found
            person = replace(user.person, hands=_hands(key, giver), is_lent=True)
            note("given a password", person, _name(by))
            rows.give_hash(connection, person, hashed)
        self._tell("somebody has a new password", name=person.name, by=_name(by))
        return person

    def _tell(self, event: str, **fields: str) -> None:
        if self._is_logged:
            _log.info(event, **fields)

    def hashed(self, password: str, name: str, address: str) -> str | Refused:
        """Return what is kept of a new password of somebody called *name*, unless it is one of those that are not taken."""
        found = weakness(password, common=common_words(), own=(name, self._site()))
        if found:
            return refused(found)
        try:
            return self._hashing.new(settled(password), by=address)
        except BusyError:
            return Refused(Why.BUSY)


def checked_name(name: str) -> str | None:
    """Return *name* as it will be shown; None: it is none."""
    try:
        return names.checked(name)
    except ValueError:
        return None


def room_beside(other: User | None, count: int) -> Refused | None:
    """Return why somebody cannot be added where there are *count*, and *other* has the name already."""
    if other is not None:
        return Refused(Why.TAKEN)
    return Refused(Why.FULL) if count >= MAX_PEOPLE else None


def _as_of_now(connection: sqlite3.Connection, by: By) -> By | None:
    """Return who changes something as they stand now; None: they may not any more."""
    if isinstance(by, str):
        return by
    user = rows.user_called(connection, names.key_of(by.name))
    return user.person if user and user.person.id == by.id and user.person.role is Role.ADMIN else None


def _to_be_changed(connection: sqlite3.Connection, key: str, by: By) -> tuple[User, By] | Refused:
    """Return who is to be changed, and who changes them, both as they stand now."""
    giver = _as_of_now(connection, by)
    if giver is None:
        return Refused(Why.LEFT)
    user = rows.user_called(connection, key)
    return Refused(Why.UNKNOWN) if user is None else (user, giver)


def _hands(key: str, by: By) -> frozenset[str]:
    """Return in whose hands a password is that *by* gives to whoever is called *key*.

    It stays so when they change it: whoever made somebody up can do that in their name as well.
    """
    if isinstance(by, str):
        return frozenset({key})
    return by.hands | {key} if by.hands else frozenset()


def _name(by: By) -> str:
    return by if isinstance(by, str) else by.name


def _is_last(connection: sqlite3.Connection, user: User) -> bool:
    return user.person.role is Role.ADMIN and rows.count_of(connection, Role.ADMIN) <= 1
