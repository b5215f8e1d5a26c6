"""What is in the file of the people, as values. Each function is given the connection, and decides nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from player.console.people.codes import Kept
from player.console.people.roles import Role
from player.console.people.sessions import MAX_OF_ONE, Span
from player.units import Nanos

_CALLED: Final = "SELECT id, name, role, hands, is_lent, hash, generation, added_at, in_at FROM users WHERE key=?"
_ALL: Final = "SELECT id, name, role, hands, is_lent, hash, generation, added_at, in_at FROM users ORDER BY key"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may log in."""

    id: int
    """Of this person alone: one who is removed and added again is another."""
    name: str
    role: Role
    hands: frozenset[str] = frozenset()
    """In whose hands their password was, by the keys of their names: theirs, and whoever gave it to them. None: nobody knows."""
    is_lent: bool = False
    """Their password is the one that somebody else gave them: it counts for nothing but to be changed."""


@dataclass(frozen=True, slots=True)
class User:
    """A person as the file has them."""

    person: Person
    hash: str
    generation: int
    """Moves with each new password and role."""
    added_at: Nanos
    in_at: Nanos | None
    """When they logged in last."""


def user_called(connection: sqlite3.Connection, key: str) -> User | None:
    """Return who is called so; *key* is what `names.key_of` makes of a name."""
    row = connection.execute(_CALLED, (key,)).fetchone()
    return _user(row) if row else None


def users(connection: sqlite3.Connection) -> tuple[User, ...]:
    """Return everybody, by name."""
    return tuple(_user(row) for row in connection.execute(_ALL))


def count(connection: sqlite3.Connection) -> int:
    """Return how many there are."""
    (found,) = connection.execute("SELECT count(*) FROM users").fetchone()
    return found


def count_of(connection: sqlite3.Connection, role: Role) -> int:
    """Return how many there are of one role."""
    (found,) = connection.execute("SELECT count(*) FROM users WHERE role=?", (role.value,)).fetchone()
    return found


def add(connection: sqlite3.Connection, person: Person, *, key: str, hashed: str, at: Nanos) -> User:
    """Add somebody whose name nobody has yet; their number is a new one."""
    cursor = connection.execute(
        "INSERT INTO users(key, name, role, hands, is_lent, hash, generation, added_at) VALUES(?, ?, ?, ?, ?, ?, 1, ?)",
        (key, person.name, person.role.value, _written(person.hands), person.is_lent, hashed, at),
    )
    return User(replace(person, id=cursor.lastrowid or 0), hashed, 1, at, None)


def remove(connection: sqlite3.Connection, person: Person) -> None:
    """Remove somebody, and end their sessions."""
    _end_all(connection, person)
    connection.execute("DELETE FROM users WHERE id=?", (person.id,))


def give_role(connection: sqlite3.Connection, person: Person, role: Role) -> None:
    """Give somebody another role, and end their sessions."""
    _end_all(connection, person)
    connection.execute("UPDATE users SET role=?, generation=generation+1 WHERE id=?", (role.value, person.id))


def give_hash(connection: sqlite3.Connection, person: Person, hashed: str) -> None:
    """Give somebody another password, which was in the hands that *person* says, and end their sessions."""
    _end_all(connection, person)
    connection.execute(
        "UPDATE users SET hash=?, hands=?, is_lent=?, generation=generation+1 WHERE id=?",
        (hashed, _written(person.hands), person.is_lent, person.id),
    )


def renew_hash(connection: sqlite3.Connection, user: User, hashed: str) -> None:
    """Keep the same password at another cost, unless it was changed meanwhile."""
    connection.execute("UPDATE users SET hash=? WHERE id=? AND generation=?", (hashed, user.person.id, user.generation))


def begin(connection: sqlite3.Connection, user: User, digest: bytes, *, at: Nanos, boot: str) -> None:
    """Begin a session, of the generation that *user* was read with; the oldest of too many end."""
    of = user.person.id
    connection.execute("INSERT INTO sessions VALUES(?, ?, ?, ?, ?, ?)", (digest, of, user.generation, at, at, boot))
    connection.execute("UPDATE users SET in_at=? WHERE id=?", (at, of))
    connection.execute(
        "DELETE FROM sessions WHERE user=? AND digest NOT IN "
        "(SELECT digest FROM sessions WHERE user=? ORDER BY digest=? DESC, seen_at DESC LIMIT ?)",
        (of, of, digest, MAX_OF_ONE),
    )


def session(connection: sqlite3.Connection, digest: bytes, boot: str) -> tuple[Person, Span] | None:
    """Return whose session it is and how old, while password, role and start of the machine are those that it began with."""
    row = connection.execute(
        "SELECT u.id, u.name, u.role, u.hands, u.is_lent, s.begun_at, s.seen_at FROM sessions s JOIN users u ON u.id=s.user "
        "WHERE s.digest=? AND s.generation=u.generation AND s.boot=?",
        (digest, boot),
    ).fetchone()
    return (_person(row[:5]), Span(*row[5:])) if row else None


def seen(connection: sqlite3.Connection, digest: bytes, at: Nanos) -> None:
    """Note that a session was used."""
    connection.execute("UPDATE sessions SET seen_at=? WHERE digest=?", (at, digest))


def end(connection: sqlite3.Connection, digests: Sequence[bytes]) -> None:
    """End sessions, where there are such."""
    connection.executemany("DELETE FROM sessions WHERE digest=?", [(digest,) for digest in digests])


def end_orphans(connection: sqlite3.Connection, boot: str) -> None:
    """End the sessions that began while their user was removed or given another password, or in another start of the machine."""
    connection.execute(
        "DELETE FROM sessions WHERE boot<>? "
        "OR NOT EXISTS(SELECT 1 FROM users u WHERE u.id=user AND u.generation=sessions.generation)",
        (boot,),
    )


def sessions(connection: sqlite3.Connection, boot: str) -> tuple[tuple[bytes, Person, Span], ...]:
    """Return all of this start of the machine that have not been ended, counting or not."""
    rows = connection.execute(
        "SELECT u.id, u.name, u.role, u.hands, u.is_lent, s.digest, s.begun_at, s.seen_at "
        "FROM sessions s JOIN users u ON u.id=s.user WHERE s.boot=?",
        (boot,),
    )
    return tuple((row[5], _person(row[:5]), Span(*row[6:])) for row in rows)


def code(connection: sqlite3.Connection) -> Kept | None:
    """Return the one-time code that was made last and was not used."""
    row = connection.execute("SELECT digest, made_at FROM codes").fetchone()
    return Kept(*row) if row else None


def keep_code(connection: sqlite3.Connection, kept: Kept | None) -> None:
    """Keep a code in place of the one before; None: there is none any more."""
    connection.execute("DELETE FROM codes")
    if kept:
        connection.execute("INSERT INTO codes VALUES(1, ?, ?)", (kept.digest, kept.made))


def _end_all(connection: sqlite3.Connection, person: Person) -> None:
    connection.execute("DELETE FROM sessions WHERE user=?", (person.id,))


def _user(row: Sequence[object]) -> User:
    hashed, generation, added_at, in_at = row[5:]
    found = _person(row[:5])
    return User(found, str(hashed), int(str(generation)), int(str(added_at)), None if in_at is None else int(str(in_at)))


def _person(row: Sequence[object]) -> Person:
    number, name, role, hands, is_lent = row
    return Person(int(str(number)), str(name), Role(str(role)), frozenset(str(hands).split()), bool(is_lent))


def _written(hands: frozenset[str]) -> str:
    return " ".join(sorted(hands))  # a name has no space in it
