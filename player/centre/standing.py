"""Whether all is well with a player, from what was heard of it: pure. The worse, the lower its rank, and the earlier in a list.

What a player says is hours old one day: besides the verdict stands until when it holds, unless something is heard before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from player.centre.store import FINE
from player.fleet.voices import OWN_CLOCK, Report
from player.units import MILLISECOND, SECOND, Nanos

REPORTS_MISSED: Final = 3  # in a row, and some more: they are sent without a receipt
GRACE: Final[Nanos] = 100 * SECOND
DOUBLED_FOR: Final[Nanos] = 3600 * SECOND  # where neither is heard any more: one that is heard alone ends it, see `roll`
EVERY_S: Final = 300  # between reports, where a player says nothing of it
LONGEST_LEASE: Final[Nanos] = 366 * 24 * 3600 * SECOND  # whatever a player says: what is stored is a 64-bit number
OFF_US: Final = 20_000  # more than one frame of 60 a second: two walls in step would show it
APART: Final[Nanos] = 300 * SECOND  # beyond which a player refuses orders, because one of the two clocks is wrong
OFFLINE: Final = "offline"
ONLINE: Final = "online"
_PLATE: Final = "plate"
_WELL: Final = frozenset({"live", "feed is over", "not in the configuration"})
_MAX_TROUBLE: Final = 300  # characters of a line in a table


class Rank(IntEnum):
    """By what is wrong: in the order of harm, what may show a wrong picture first."""

    STRANGER = 0
    """Revoked, and yet online: the broker has not been told."""
    DOUBLED = 10
    PLATE = 20
    LEASE = 30
    OFFLINE = 40
    SILENT = 45
    CLOCK = 50
    NOT_READY = 60
    ERRORS = 70
    NEVER = 90
    FINE = FINE
    REVOKED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a player."""

    state: str
    """`online`, `offline`, or empty: never heard of."""
    revoked_at: Nanos | None = None
    group: str = ""
    """In which it was enrolled."""
    doubled_at: Nanos | None = None
    last_seen: Nanos | None = None
    report: Report | None = None
    report_at: Nanos | None = None
    """When the report came, or was made when nobody knows that."""
    said_at: Nanos | None = None
    """When the report was made, by the player's own clock."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a player stands."""

    rank: int
    trouble: str
    """What is amiss, the worst first; empty: nothing."""
    until: Nanos | None
    """When to look again though nothing is heard; None: never."""


def judged(known: Known, now: Nanos) -> Verdict:
    """Return how a player stands *now*."""
    if known.revoked_at is not None:
        ends = _is_there_until(known, known.revoked_at)
        return Verdict(Rank.STRANGER, "revoked, and yet online: reload the broker", ends) if now < ends else _gone()
    found = sorted(_troubles(known, now))
    ends = [at for at in _ends(known) if at > now]
    if not found:
        return Verdict(Rank.FINE, "", min(ends, default=None))
    told = ", ".join(dict.fromkeys(words for _, words in found))
    return Verdict(found[0][0], _cut(told), min(ends, default=None))


def _cut(told: str) -> str:
    """Return as many whole words as there is room for, with an ellipsis where it is not all."""
    if len(told) <= _MAX_TROUBLE:
        return told
    words, _, _ = told[: _MAX_TROUBLE + 1].rpartition(" ")
    return f"{words.rstrip(' ,;:') or told[:_MAX_TROUBLE]}…"


def _is_there_until(known: Known, revoked_at: Nanos) -> Nanos:
    """Return until when one that was revoked counts as online: a broker that refuses it need not say so."""
    if known.state != ONLINE or known.last_seen is None or known.last_seen < revoked_at:
        return revoked_at
    return known.last_seen + silent_after(known.report or Report(site=""))


def _gone() -> Verdict:
    return Verdict(Rank.REVOKED, "", None)


AS_IT_SHOULD: Final = "not in step: its programme has not begun"
"""What a player says from a commit until its instant: nothing is amiss."""


def _troubles(known: Known, now: Nanos) -> Iterator[tuple[int, str]]:
    """Yield what is amiss. Of a player that is not heard, what it said last is no news: that it is not heard comes first."""
    if known.doubled_at is not None and now < known.doubled_at + DOUBLED_FOR:
        yield Rank.DOUBLED, "two players with this id"
    if not known.state:
        yield Rank.NEVER, "never heard of"
        return
    if known.state == OFFLINE:
        yield Rank.OFFLINE, OFFLINE
        return
    if known.report is None or known.report_at is None:
        return
    if now >= known.report_at + silent_after(known.report):
        yield Rank.SILENT, "online, but says nothing"
    yield from _said(known.report, known, now)


def _said(report: Report, known: Known, now: Nanos) -> Iterator[tuple[int, str]]:
    heard_at = known.report_at or now
    if report.rung == _PLATE and not report.is_dark:
        yield Rank.PLATE, "shows words alone"
    for name, feed in report.feeds.items():
        if feed.standing not in _WELL:
            yield Rank.LEASE, f"{name}: {feed.standing}"
        elif feed.lease_s is not None and now >= _lease_ends(heard_at, feed.lease_s, report):
            yield Rank.LEASE, f"{name}: lease has run out"
    yield from ((Rank.CLOCK, words) for words in _clock(report, known, heard_at))
    if report.coming is not None and not report.coming.is_ready:
        why = f": {report.coming.why}" if report.coming.why else ""
        yield Rank.NOT_READY, f"not ready for {report.coming.version}{why}"
    if known.group and report.groups and known.group not in report.groups:
        yield Rank.NOT_READY, f"not in {known.group} by its own configuration"
    yield from ((Rank.ERRORS, error) for error in report.errors if error != AS_IT_SHOULD)


def _clock(report: Report, known: Known, heard_at: Nanos) -> Iterator[str]:
    is_kept = report.clock is not None and report.clock.state != OWN_CLOCK  # one that is set by hand is set by nobody else
    if report.clock is not None and report.clock.state == "unsynced":
        yield "clock not set"
    elif is_kept and report.clock is not None and report.clock.off_us is not None and abs(report.clock.off_us) > OFF_US:
        yield f"clock {report.clock.off_us // 1000} ms off"
    if known.said_at is not None and abs(known.said_at - heard_at) > APART:
        yield f"clock {abs(known.said_at - heard_at) // (60 * SECOND)} min from ours"


def _ends(known: Known) -> Iterator[Nanos]:
    """Yield the instants at which the verdict may change by itself."""
    if known.doubled_at is not None:
        yield known.doubled_at + DOUBLED_FOR
    if known.state == ONLINE and known.report is not None and known.report_at is not None:
        yield known.report_at + silent_after(known.report)
        for feed in known.report.feeds.values():
            if feed.lease_s is not None:
                yield _lease_ends(known.report_at, feed.lease_s, known.report)


def silent_after(report: Report) -> Nanos:
    """Return how long after its last *report* a player is silent: by how often it says that one comes."""
    return REPORTS_MISSED * (EVERY_S if report.report_s is None else report.report_s) * SECOND + GRACE


def _lease_ends(heard_at: Nanos, lease_s: int, report: Report) -> Nanos:
    """Return from when on a lease is believed to have run out: between two reports it was renewed without our hearing of it."""
    return heard_at + max(min(lease_s * SECOND, LONGEST_LEASE), silent_after(report))


def said_at(ts_ms: int) -> Nanos:
    """Return the time that a player wrote on a message; a number that no clock shows is as far as one can."""
    return min(ts_ms, _LAST_MS) * MILLISECOND


_LAST_MS: Final = 7_258_118_400_000  # the year 2200: what is stored is a 64-bit number of nanoseconds
