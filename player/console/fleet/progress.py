"""How far withdrawals have come: how many players have confirmed, of those that are there and of all; who has not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from player.centre.standing import DOUBLED_FOR
from player.centre.store import Store
from player.console.looks.wording import MAX_NAME, plain
from player.units import Nanos

ON_A_PAGE: Final = 12  # withdrawals: each is counted over all players
MOST_DOUBLED: Final = 500  # ids that two players have; more of them are a fault of whoever enrolled them
MISSING_ON_A_PAGE: Final = 100  # players that have not confirmed

Why: TypeAlias = Literal["offline", "never", "double", "known", "silent"]
"""It is not there, was never heard of, is two, knows and is not done, or does not say that it knows."""

_DOUBLED: Final = """
    SELECT count(*), ifnull(sum(p.state='online'), 0) FROM receipts AS r CROSS JOIN players AS p ON p.id=r.id
    WHERE r.w=? AND r.id IN ({names}) AND r.off_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalProgress:
    """A withdrawal, and how far it has come among those that belong to the fleet."""

    w: int
    source: str
    item: str
    reason: str
    at: Nanos
    by: str
    players: int
    online: int
    confirmed: int
    """So many have it off their walls."""
    confirmed_online: int
    """So many of those that are there."""
    gone: int
    """At so many the last byte is gone."""
    had: int
    """So many had anything of it."""

    @property
    def is_open(self) -> bool:
        """Whether somebody has not confirmed."""
        return self.confirmed < self.players

    @property
    def is_nowhere(self) -> bool:
        """Whether nobody who confirmed had anything of it: perhaps another name was meant."""
        return self.confirmed > 0 and not self.had


@dataclass(frozen=True, slots=True)
class Missing:
    """A player that has not confirmed."""

    id: str
    site: str
    why: Why
    since: Nanos | None
    """When it was heard of last; of one that knows, when it came to know. None: never."""


@dataclass(frozen=True, slots=True)
class WithdrawalPage:
    """Withdrawals, the newest first."""

    withdrawals: tuple[WithdrawalProgress, ...]
    older: int | None
    """The number before which the next page begins; None: there are no older ones."""


@dataclass(frozen=True, slots=True)
class WithdrawalDetail:
    """One withdrawal, and who has not confirmed it: first those that are there."""

    progress: WithdrawalProgress
    missing: tuple[Missing, ...]
    next: str
    """Where the next page of them begins; empty: there are no more."""


def listed(store: Store, now: Nanos, *, before: int | None = None, limit: int = ON_A_PAGE) -> WithdrawalPage:
    """Return withdrawals, the newest first, from *before* a number; what was withdrawn several times stands once, as the last.

    Raises:
        LibraryError: the file cannot be read.
    """
    with store.reading() as connection:
        found = connection.execute(
            "SELECT w, source, item, reason, at, by FROM withdrawals WHERE w<?"
            " AND w IN (SELECT max(w) FROM withdrawals GROUP BY source, item) ORDER BY w DESC LIMIT ?",
            (2**63 - 1 if before is None else before, limit + 1),
        ).fetchall()
    here, crowd = found[:limit], _crowd(store, now)
    return WithdrawalPage(tuple(_progress(store, each, crowd) for each in here), here[-1][0] if len(found) > limit else None)


def detail(store: Store, number: int, now: Nanos, after: str = "") -> WithdrawalDetail | None:
    """Return how far the withdrawal *number* has come; None: there is none. Who has not confirmed comes from behind *after*.

    Raises:
        LibraryError: the file cannot be read.
    """
    with store.reading() as connection:
        found = connection.execute("SELECT w, source, item, reason, at, by FROM withdrawals WHERE w=?", (number,)).fetchone()
    if found is None:
        return None
    missing, following = _missing(store, number, now, after)
    return WithdrawalDetail(_progress(store, found, _crowd(store, now)), missing, following)


def newest(store: Store) -> int | None:
    """Return the number of the newest withdrawal; None: there is none.

    Raises:
        LibraryError: the file cannot be read.
    """
    with store.reading() as connection:
        (found,) = connection.execute("SELECT max(w) FROM withdrawals").fetchone()
    return found


def still_open(store: Store, now: Nanos) -> int:
    """Return how many of the newest withdrawals somebody has not confirmed who is there.

    Raises:
        LibraryError: the file cannot be read.
    """
    return sum(each.confirmed_online < each.online for each in listed(store, now).withdrawals)


@dataclass(frozen=True, slots=True)
class _Crowd:
    """Those of whom confirmations are waited for."""

    players: int
    online: int
    doubled: tuple[str, ...]
    """Ids that two players have: only one of them may have confirmed."""


def _crowd(store: Store, now: Nanos) -> _Crowd:
    counts = store.counts()
    with store.reading() as connection:
        doubled = connection.execute(
            "SELECT id FROM players WHERE doubled_at>? AND revoked_at IS NULL ORDER BY doubled_at DESC LIMIT ?",
            (now - DOUBLED_FOR, MOST_DOUBLED),
        ).fetchall()
    return _Crowd(counts.players, counts.online, tuple(name for (name,) in doubled))


def _progress(store: Store, found: tuple[int, str, str, str, Nanos, str], crowd: _Crowd) -> WithdrawalProgress:
    """Count over all receipts, which lie together, and take off what does not count: each player looked up takes far longer."""
    w, source, item, reason, at, by = found
    with store.reading() as connection:
        confirmed, gone, had = connection.execute(
            "SELECT count(off_at), count(gone_at), ifnull(sum(here), 0) FROM receipts WHERE w=?", (w,)
        ).fetchone()
        revoked, revoked_gone, away = connection.execute(
            "SELECT ifnull(sum(p.revoked_at>0 AND r.off_at>=0), 0), ifnull(sum(p.revoked_at>0 AND r.gone_at>=0), 0),"
            " ifnull(sum(p.revoked_at IS NULL AND r.off_at>=0), 0) FROM players AS p INDEXED BY players_worst_first"
            " CROSS JOIN receipts AS r ON r.w=? AND r.id=p.id WHERE p.revoked_at IS NOT NULL OR p.state<>'online'",
            (w,),
        ).fetchone()
        doubled, doubled_online = connection.execute(
            _DOUBLED.format(names=",".join("?" * len(crowd.doubled))),
            (w, *crowd.doubled),
        ).fetchone()
    return WithdrawalProgress(
        w=w,
        source=plain(source, MAX_NAME),
        item=plain(item, MAX_NAME),
        reason=plain(reason),
        at=at,
        by=plain(by, MAX_NAME),
        players=crowd.players,
        online=crowd.online,
        confirmed=confirmed - revoked - doubled,
        confirmed_online=confirmed - revoked - away - doubled_online,
        gone=gone - revoked_gone,
        had=had,
    )


def _missing(store: Store, number: int, now: Nanos, after: str) -> tuple[tuple[Missing, ...], str]:
    is_away, _, name = after.partition(".")
    with store.reading() as connection:
        found = connection.execute(
            "SELECT p.id, p.site, p.state, p.last_seen, r.known_at, p.doubled_at>? FROM players AS p"
            " LEFT JOIN receipts AS r ON r.w=? AND r.id=p.id WHERE p.revoked_at IS NULL"
            " AND (r.off_at IS NULL OR p.doubled_at>?)"
            " AND (p.state<>'online', p.id) > (?, ?) ORDER BY p.state<>'online', p.id LIMIT ?",
            (now - DOUBLED_FOR, number, now - DOUBLED_FOR, int(is_away or 0), name, MISSING_ON_A_PAGE + 1),
        ).fetchall()
    here = found[:MISSING_ON_A_PAGE]
    following = f"{int(here[-1][2] != 'online')}.{here[-1][0]}" if len(found) > MISSING_ON_A_PAGE else ""
    return tuple(_one(each) for each in here), following


def _one(found: tuple[str, str, str, Nanos | None, Nanos | None, int | None]) -> Missing:
    name, site, state, last_seen, known_at, is_double = found
    where = plain(site, MAX_NAME)
    if is_double:
        return Missing(name, where, "double", last_seen)
    if state != "online":
        return Missing(name, where, "offline" if state else "never", last_seen)
    return Missing(name, where, "silent" if known_at is None else "known", last_seen if known_at is None else known_at)
