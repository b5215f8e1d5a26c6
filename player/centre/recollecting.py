"""What was heard of the fleet within some days, read from the centre's file: what the figures of a campaign are made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, cast

from player.centre import ledger
from player.centre.campaign import SHOWS, Confirmed, Day, Heard, Member, Outage, Said, Span, Taken
from player.centre.store import Store
from player.units import MILLISECOND, Nanos

SHOWN: Final = "shown/"
"""In the notes, for each player and day of UTC: `shown/oswiecim-1/2027-01-27`, what it counted."""
_SHOWN: Final = re.compile(rf"{SHOWN}([a-z0-9-]+)/(\d{{4}}-\d\d-\d\d)")
_LAG: Final[Nanos] = 366 * 24 * 3600 * 1_000_000_000  # an event told later than that after it happened is of another campaign
_MOST: Final = 2**53


def heard(store: Store, span: Span, days: tuple[str, str]) -> Heard:
    """Return what was heard that concerns *span*, whose first and last day of UTC are *days*.

    Raises:
        LibraryError: the file cannot be read.
    """
    with store.reading() as connection:
        players = connection.execute(
            "SELECT id, site, last_seen, state FROM players WHERE revoked_at IS NULL ORDER BY id"
        ).fetchall()
        marks = ",".join("?" * len(SHOWS))
        events = connection.execute(
            f"SELECT id, at, kind, what FROM events WHERE kind IN ({marks}) AND at>=? ORDER BY n", (*SHOWS, span.start - _LAG)
        ).fetchall()
        outages = connection.execute(
            "SELECT id, began, ended FROM outages WHERE began<? AND (ended IS NULL OR ended>?)", (span.end, span.start)
        ).fetchall()
        counted = connection.execute("SELECT key, value FROM meta WHERE key>=? AND key<?", (SHOWN, SHOWN + "~")).fetchall()
    ids = {name for name, *_ in players}
    return Heard(
        members=tuple(Member(name, site, last_seen, state == "online") for name, site, last_seen, state in players),
        said=tuple(each for row in events if (each := _said(*row)) is not None and each.at < span.end and each.id in ids),
        days=tuple(each for each in _days(counted, days) if each.id in ids),
        outages=tuple(Outage(*row) for row in outages if row[0] in ids),
        withdrawals=tuple(_withdrawn(store, span)),
    )


def _withdrawn(store: Store, span: Span) -> Iterator[Taken]:
    """Yield what was withdrawn within *span*: several times is once, from the first time on, and done where the last one is."""
    first: dict[tuple[str, str], ledger.Withdrawal] = {}
    last: dict[tuple[str, str], int] = {}
    for each in ledger.withdrawals(store):
        if span.start <= each.at < span.end:
            first.setdefault((each.source, each.item), each)
            last[each.source, each.item] = each.number
    for name, each in first.items():
        done = ledger.confirmations(store, last[name])
        said = [found for found in ledger.confirmations(store, each.number).values() if found.id in done]
        confirmed = tuple(Confirmed(found.id, found.off_at if done[found.id].off_at else None, found.is_here) for found in said)
        yield Taken(each.number, each.name, each.reason, each.by, each.at, confirmed)


def _said(player: str, at: Nanos, kind: str, what: str) -> Said | None:
    """Return what a player said of a show, at the time that it says itself: it may have told it hours later."""
    found = _object(what)
    show, when = found.get("show"), found.get("at")
    if not isinstance(show, str) or not show:
        return None
    is_time = isinstance(when, int) and not isinstance(when, bool) and abs(at - when * MILLISECOND) < _LAG
    return Said(player, kind, show, when * MILLISECOND if is_time and isinstance(when, int) else at)


def _days(rows: list[tuple[str, str]], days: tuple[str, str]) -> Iterator[Day]:
    for key, value in rows:
        match = _SHOWN.fullmatch(key)
        found = _object(value)
        numbers = [found.get(name) for name in ("photos", "people", "ever")]
        whole = [each for each in numbers if isinstance(each, int) and not isinstance(each, bool) and 0 <= each < _MOST]
        if match and days[0] <= match[2] <= days[1] and len(whole) == len(numbers):
            yield Day(match[1], match[2], *whole)


def _object(text: str) -> dict[str, object]:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}
