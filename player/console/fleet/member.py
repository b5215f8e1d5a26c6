"""One player: what it said last, in full; what happened at it, what it was ordered and answered, and when nobody heard it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from player.centre.store import Player, Store
from player.console.fleet import roster
from player.console.fleet.roster import PlayerRow
from player.console.looks.wording import MAX_NAME, plain
from player.units import Nanos

EVENTS: Final = 30  # the newest
ORDERS: Final = 15
OUTAGES: Final = 10
OWED: Final = 20  # withdrawals that are named
MAX_SAID: Final = 400  # characters of an event or an answer
MAX_PARTS: Final = 120  # of a report: 4096 bytes hold no more that is worth reading
DEPTH: Final = 4  # of a report; what lies deeper is none


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, as the player told it."""

    n: int
    at: Nanos
    kind: str
    what: str
    """What stands in it, in the player's words."""


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A value of a report or an order, and its name there."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class PlayerOrder:
    """An order, and what was answered."""

    seq: int
    id: str
    verb: str
    arguments: tuple[ReportPart, ...]
    by: str
    at: Nanos
    ok: bool | None
    """None: not answered yet."""
    answer: str
    """In the player's words."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A while in which nobody heard the player; without an end it goes on."""

    began: Nanos
    ended: Nanos | None


@dataclass(frozen=True, slots=True)
class Owed:
    """A withdrawal that the player has not confirmed."""

    w: int
    source: str
    item: str
    at: Nanos


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerDetail:
    """All there is to be said of a player."""

    row: PlayerRow
    enrolled_at: Nanos
    revoked_at: Nanos | None
    serial: str
    """Of its certificate."""
    boot: int
    """How often it has begun."""
    report_at: Nanos | None
    parts: tuple[ReportPart, ...]
    """Its last report, in full."""
    errors: tuple[str, ...]
    orders: tuple[PlayerOrder, ...]
    events: tuple[Happened, ...]
    outages: tuple[Outage, ...]
    owed: tuple[Owed, ...]


def detail(store: Store, name: str) -> PlayerDetail | None:
    """Return all there is to be said of a player; None: there is none of this name.

    Raises:
        LibraryError: the file cannot be read.
    """
    found = store.player(name)
    if found is None:
        return None
    (row,) = roster.rows_of(store, [found])
    said = found.said
    errors = said.get("errors")
    return PlayerDetail(
        row=row,
        enrolled_at=found.enrolled_at,
        revoked_at=found.revoked_at,
        serial=plain(found.serial, MAX_NAME),
        boot=found.boot,
        report_at=found.report_at,
        parts=tuple(_parts(said))[:MAX_PARTS],
        errors=tuple(plain(each, MAX_SAID) for each in _list(errors) if isinstance(each, str)),
        orders=orders(store, name),
        events=_events(store, name),
        outages=_outages(store, name),
        owed=_owed(store, found),
    )


def orders(store: Store, name: str, limit: int = ORDERS) -> tuple[PlayerOrder, ...]:
    """Return what a player was ordered, the newest first.

    Raises:
        LibraryError: the file cannot be read.
    """
    with store.reading() as connection:
        found = connection.execute(
            "SELECT seq, id, verb, arguments, by, at, ok, answer FROM orders WHERE id=? ORDER BY seq DESC LIMIT ?", (name, limit)
        ).fetchall()
    return tuple(order(each) for each in found)


def newest(store: Store, limit: int) -> tuple[PlayerOrder, ...]:
    """Return what players were ordered, the newest first.

    Raises:
        LibraryError: the file cannot be read.
    """
    with store.reading() as connection:
        found = connection.execute(
            "SELECT seq, id, verb, arguments, by, at, ok, answer FROM orders ORDER BY seq DESC LIMIT ?", (limit,)
        ).fetchall()
    return tuple(order(each) for each in found)


def order(found: Sequence[object]) -> PlayerOrder:
    """Return a row of the orders, safe to hand on."""
    seq, name, verb, arguments, by, at, ok, answer = found
    return PlayerOrder(
        seq=cast("int", seq),
        id=str(name),
        verb=plain(str(verb), MAX_NAME),
        arguments=arguments_of(str(arguments)),
        by=plain(str(by), MAX_NAME),
        at=cast("int", at),
        ok=None if ok is None else bool(ok),
        answer=plain(str(answer or ""), MAX_SAID),
    )


def arguments_of(written: str) -> tuple[ReportPart, ...]:
    """Return what went along with an order."""
    return tuple(_parts(_object(written)))[:MAX_PARTS]


def _events(store: Store, name: str) -> tuple[Happened, ...]:
    with store.reading() as connection:
        found = connection.execute(
            "SELECT n, at, kind, what FROM events WHERE id=? ORDER BY n DESC LIMIT ?", (name, EVENTS)
        ).fetchall()
    return tuple(Happened(n, at, plain(kind, MAX_NAME), _what(what)) for n, at, kind, what in found)


def _outages(store: Store, name: str) -> tuple[Outage, ...]:
    with store.reading() as connection:
        found = connection.execute(
            "SELECT began, ended FROM outages WHERE id=? ORDER BY began DESC LIMIT ?", (name, OUTAGES)
        ).fetchall()
    return tuple(Outage(*each) for each in found)


def _owed(store: Store, player: Player) -> tuple[Owed, ...]:
    with store.reading() as connection:
        found = connection.execute(
            "SELECT w.w, w.source, w.item, w.at FROM withdrawals AS w LEFT JOIN receipts AS r ON r.w=w.w AND r.id=?"
            " WHERE w.at>=? AND r.off_at IS NULL ORDER BY w.w DESC LIMIT ?",
            (player.id, player.enrolled_at, OWED),
        ).fetchall()
    return tuple(Owed(w, plain(source, MAX_NAME), plain(item, MAX_NAME), at) for w, source, item, at in found)


def _parts(said: Mapping[str, object], above: str = "", depth: int = DEPTH) -> Iterator[ReportPart]:
    """Yield what stands in a report, each with the names that lead to it."""
    for key, value in said.items():
        name = f"{above}{plain(key, MAX_NAME)}"
        if isinstance(value, dict) and depth > 1:
            yield from _parts(cast("Mapping[str, object]", value), f"{name} · ", depth - 1)
        elif isinstance(value, list):
            yield ReportPart(name, plain(", ".join(str(each) for each in _list(cast("object", value))), MAX_SAID))
        elif isinstance(value, bool):
            yield ReportPart(name, "yes" if value else "no")
        elif isinstance(value, str | int | float):
            yield ReportPart(name, plain(str(value)))


def _what(written: str) -> str:
    """Return what stands in an event, besides its kind and when it was."""
    parts = [each.value for each in _parts(_object(written)) if each.name not in {"kind", "at"} and each.value]
    return plain(", ".join(parts) or ("" if _object(written) else written), MAX_SAID)


def _object(written: str) -> Mapping[str, object]:
    try:
        found: object = json.loads(written)
    except (ValueError, RecursionError):
        return {}
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value)[:MAX_PARTS] if isinstance(value, list) else []
