"""Sources: which feeds and folders there are, when each last confirmed what it lists, and whether that still counts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from player.library.database import transaction, translated
from player.library.schema import LIBRARY
from player.units import SECOND, Nanos, Seconds

CORE: Final = "core"
"""The name of the set that the operator approved for offline use."""

_AHEAD: Final[Nanos] = 300 * SECOND  # a confirmation further in the future than this was written by another clock


def together(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the sources in which an item of source *name* is the same one: itself, and what is *known* beside it.

    A signed source brings along a set for offline use, and whoever withdraws from either means both.
    """
    suffix = f".{CORE}"
    other = name.removesuffix(suffix) if name.endswith(suffix) else f"{name}{suffix}"
    return (name, other) if other in known else (name,)


class Standing(StrEnum):
    """Whether a source's word still counts."""

    LIVE = "live"
    EXPIRED = "lease expired"
    HALTED = "halted"
    ENDED = "feed is over"
    UNCONFIRMED = "not confirmed yet"
    REMOVED = "not in the configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source as the library knows it."""

    name: str
    is_core: bool
    enabled: bool
    confirmed_at: Nanos | None
    lease_s: Seconds | None
    """None: without a lease, as the core set is."""
    halt: bool
    expired: bool
    device: int | None
    validators: str
    problem: str | None
    address: str = ""
    reviewers: int = 0
    """How many people at this player must approve each of its photos; 0: its own word is enough."""


def standing(source: Source, now: Nanos) -> Standing:
    """Say whether *source* confirms its photos at *now* (wall time)."""
    if not source.enabled:
        return Standing.REMOVED
    if source.halt:
        return Standing.HALTED
    if source.expired:
        return Standing.ENDED
    if source.confirmed_at is None:
        return Standing.UNCONFIRMED
    if source.lease_s is None:
        return Standing.LIVE
    age = now - source.confirmed_at
    return Standing.LIVE if -_AHEAD <= age < source.lease_s * SECOND else Standing.EXPIRED


def sources(connection: sqlite3.Connection) -> dict[str, Source]:
    """Return every source that the library knows, by name."""
    with translated(LIBRARY.name):
        rows = connection.execute(
            "SELECT name, is_core, enabled, confirmed_at, lease_s, halt, expired, device, validators, problem, address,"
            " reviewers FROM sources",
        ).fetchall()
    return {
        name: Source(
            name=name,
            is_core=bool(is_core),
            enabled=bool(enabled),
            confirmed_at=confirmed_at,
            lease_s=lease_s,
            halt=bool(halt),
            expired=bool(expired),
            device=device,
            validators=validators,
            problem=problem,
            address=address,
            reviewers=reviewers,
        )
        for name, is_core, enabled, confirmed_at, lease_s, halt, expired, device, validators, problem, address, reviewers in rows
    }


def declare(
    connection: sqlite3.Connection,
    addresses: Mapping[str, str],
    *,
    cores: Collection[str] = (CORE,),
    reviewers: Mapping[str, int] | None = None,
) -> None:
    """Make the sources of the configuration, by name with their addresses, the only ones whose word counts.

    A source whose address changed is a new one: it has confirmed nothing yet. All are read in full once, for what they said
    was judged by the configuration as it was then. *cores* are those approved for offline use; *reviewers* says of how many
    people at this player the photos of a source need the approval.
    """
    with transaction(connection, LIBRARY.name):
        connection.execute("UPDATE sources SET enabled=0")
        for name, address in addresses.items():
            connection.execute(
                "INSERT INTO sources(name, is_core, address, enabled, reviewers) VALUES(?,?,?,1,?)"
                " ON CONFLICT(name) DO UPDATE SET enabled=1, is_core=excluded.is_core, reviewers=excluded.reviewers,"
                " confirmed_at=CASE WHEN address=excluded.address THEN confirmed_at END,"
                " validators='{}',"
                " device=CASE WHEN address=excluded.address THEN device END, address=excluded.address",
                (name, name in cores, address, (reviewers or {}).get(name, 0)),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What one answered poll says of the source as a whole."""

    at: Nanos
    lease_s: Seconds | None
    halt: bool
    expired: bool
    validators: Mapping[str, tuple[str | None, str | None]]
    device: int | None = None


def confirm(connection: sqlite3.Connection, name: str, confirmation: Confirmation) -> None:
    """Record an answered poll. Written last, after everything that the poll brought."""
    c = confirmation
    with transaction(connection, LIBRARY.name):
        connection.execute(
            "UPDATE sources SET confirmed_at=?, lease_s=?, halt=?, expired=?, validators=?,"
            " device=coalesce(?, device), problem=NULL WHERE name=?",
            (c.at, c.lease_s, c.halt, c.expired, json.dumps(c.validators), c.device, name),
        )


def confirm_again(connection: sqlite3.Connection, name: str, at: Nanos, *, lease_s: Seconds | None = None) -> None:
    """Record that nothing has changed: the lease runs anew, for *lease_s* where the source says so anew each time."""
    with transaction(connection, LIBRARY.name):
        connection.execute(
            "UPDATE sources SET confirmed_at=?, lease_s=coalesce(?, lease_s), problem=NULL WHERE name=?", (at, lease_s, name)
        )


def note_problem(connection: sqlite3.Connection, name: str, problem: str) -> None:
    """Record why a poll confirmed nothing."""
    with transaction(connection, LIBRARY.name):
        connection.execute("UPDATE sources SET problem=? WHERE name=? AND problem IS NOT ?", (problem, name, problem))
