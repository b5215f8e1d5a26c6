"""Players in words: rows, what happened, what was ordered, and how far withdrawals have come; in one language, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from player.console.fleet.centre import Round
from player.console.fleet.member import Happened, Outage, PlayerOrder
from player.console.fleet.progress import Missing, WithdrawalProgress
from player.console.fleet.roster import FleetSummary, PlayerRow, State
from player.console.looks.wording import plain
from player.console.pages.saying import Speech
from player.units import SECOND, Nanos

LEVELS: Final[Mapping[State, str]] = {
    "well": "ok",
    "dark": "ok",
    "wrong": "warn",
    "offline": "bad",
    "never": "unknown",
    "revoked": "none",
}
"""By state: which mark stands beside its word."""
STANDINGS: Final[Mapping[str, str]] = {
    "lease expired": "expired",
    "halted": "halted",
    "feed is over": "ended",
    "not confirmed yet": "unconfirmed",
    "not in the configuration": "removed",
}
"""Of a source whose word does not count: the word that the catalogue has for it."""
CLOCKS: Final = frozenset({"synced", "holdover", "unsynced"})
_SHOWS: Final = ("show begun", "show ended", "show missed", "joined late")
KINDS: Final = frozenset((*_SHOWS, "answer", "gap", "not ready", "offline", "online", "ready", "receipt"))
"""Events that the catalogue has a word for; others are called what they are."""
NO_ANSWER_AFTER: Final[Nanos] = 300 * SECOND  # an order is not delivered later than that
_MS: Final = 1000  # µs
_LONG_MS: Final = 10_000  # from here on a clock is wrong by seconds


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the list."""

    row: PlayerRow
    level: str
    word: str
    lease: str
    is_lease_bad: bool
    clock: str
    last_seen: str
    picture: str
    """Names the picture, so that another one is fetched; empty: there is none."""
    taken: str


@dataclass(frozen=True, slots=True)
class OrderTold:
    """An order, and what came of it."""

    id: str
    what: str
    arguments: str
    when: str
    level: str
    word: str
    answer: str


@dataclass(frozen=True, slots=True)
class RoundTold:
    """An order to several, and how far its answers have come."""

    id: str
    what: str
    whom: str
    when: str
    level: str
    word: str
    problem: str
    answered: int
    chosen: int


@dataclass(frozen=True, slots=True)
class WithdrawalTold:
    """A withdrawal, and how far it has come."""

    progress: WithdrawalProgress
    when: str
    level: str
    word: str
    of_all: str
    of_online: str
    gone: str
    percent: int


@dataclass(frozen=True, slots=True)
class MissingTold:
    """A player that has not confirmed, and why."""

    id: str
    site: str
    level: str
    why: str


def row(found: PlayerRow, words: Speech) -> Told:
    """Return a row in words."""
    return Told(
        row=found,
        level="bad" if found.is_grave else LEVELS[found.state],
        word=words.text("level.bad" if found.is_grave and found.state == "wrong" else f"fleet.state_{found.state}"),
        lease=_lease(found, words),
        is_lease_bad=found.standing not in {"", "live"},
        clock=_clock(found, words),
        last_seen=ago(found.last_seen, words),
        picture="" if found.picture_at is None else str(found.picture_at),
        taken="" if found.picture_at is None else words.text("fleet.taken", at=words.moment(found.picture_at)),
    )


def summary(found: FleetSummary, words: Speech) -> tuple[tuple[str, str, int, str], ...]:
    """Return how many there are in each state: the filter's name, the level of its mark, the number, and the words."""
    counted = (
        ("wrong", "warn" if found.wrong else "ok", found.wrong),
        ("offline", "bad" if found.offline else "ok", found.offline),
        ("never", "unknown" if found.never else "none", found.never),
        ("online", "ok", found.online),
    )
    return tuple((state, level, count, words.text(f"fleet.of_{state}", count=count)) for state, level, count in counted)


def ago(at: Nanos | None, words: Speech) -> str:
    """Return how long ago a player was heard; what its centre's clock has ahead is of now."""
    if at is None:
        return words.text("fleet.never_seen")
    return words.text("fleet.ago", length=words.length(max(0, words.now - at) // SECOND))


def order(found: PlayerOrder, words: Speech) -> OrderTold:
    """Return an order in words."""
    is_over = words.now - found.at > NO_ANSWER_AFTER
    if found.ok is None:
        level, key = ("warn", "unanswered") if is_over else ("none", "waits")
    else:
        level, key = ("ok", "done") if found.ok else ("bad", "refused")
    when = words.text("fleet.ordered", at=words.exactly(found.at), by=words.by(found.by))
    word = words.text(f"fleet.order_{key}")
    return OrderTold(found.id, verb(found.verb, words), _arguments(found, words), when, level, word, found.answer)


def _arguments(found: PlayerOrder, words: Speech) -> str:
    """Return what went along with an order: a show, a length of time, a level."""
    told = (
        words.length(int(each.value) // SECOND) if each.name == "length_ns" and each.value.isdecimal() else each.value
        for each in sorted(found.arguments, key=lambda each: each.name == "length_ns")
    )
    return ", ".join(told)


def round_of(found: Round, words: Speech) -> RoundTold:
    """Return an order to several in words."""
    if found.problem:
        level, key = "bad", "failed"
    elif not found.is_over:
        level, key = "none", "waits"
    else:
        level, key = ("ok", "all") if found.answered >= found.chosen else ("warn", "some")
    whom = words.text("fleet.of_group", group=found.group) if found.group else words.text("fleet.of_all")
    return RoundTold(
        id=f"round-{found.number}",
        what=verb(found.told.order, words),
        whom=whom,
        when=words.text("fleet.ordered", at=words.exactly(found.at), by=words.by(found.by)),
        level=level,
        word=words.text(f"fleet.round_{key}", answered=found.answered, count=found.chosen),
        problem=plain(found.problem),
        answered=found.answered,
        chosen=found.chosen,
    )


def verb(name: str, words: Speech) -> str:
    """Return the word for what is ordered; what has none is called what it is."""
    return words.text(f"fleet.verb_{name}") if name in VERBS else name


def event(found: Happened, words: Speech) -> tuple[str, str, str, str]:
    """Return an event: the mark of its id, when it was, its word, and what stands in it."""
    kind = words.text(f"fleet.kind_{found.kind.replace(' ', '_')}") if found.kind in KINDS else found.kind
    return str(found.n), words.exactly(found.at), kind, found.what


def outage(found: Outage, words: Speech) -> str:
    """Return a while in which nobody heard a player."""
    if found.ended is None:
        return words.text("fleet.outage_open", at=words.moment(found.began))
    length = words.length(max(0, found.ended - found.began) // SECOND)
    return words.text("fleet.outage", at=words.moment(found.began), length=length)


def withdrawal(found: WithdrawalProgress, words: Speech) -> WithdrawalTold:
    """Return how far a withdrawal has come."""
    if found.confirmed_online < found.online:
        level, key = "warn", "open"
    elif found.is_nowhere:
        level, key = "warn", "nowhere"
    elif not found.is_open:
        level, key = "ok", "whole"
    else:
        level, key = "unknown", "online"
    return WithdrawalTold(
        progress=found,
        when=words.text("receipt.known_by", at=words.exactly(found.at), by=words.by(found.by)),
        level=level,
        word=words.text(f"fleet.withdrawal_{key}"),
        of_all=words.text("fleet.confirmed_of_all", confirmed=found.confirmed, count=found.players),
        of_online=words.text("fleet.confirmed_of_online", confirmed=found.confirmed_online, count=found.online),
        gone=words.text("fleet.gone", gone=found.gone, count=found.players),
        percent=100 * found.confirmed // found.players if found.players else 0,
    )


def missing(found: Missing, words: Speech) -> MissingTold:
    """Return why a player has not confirmed."""
    level = {"offline": "bad", "never": "unknown", "double": "bad", "known": "warn", "silent": "warn"}[found.why]
    fields = {} if found.since is None else {"length": words.length(max(0, words.now - found.since) // SECOND)}
    key = "offline_ever" if found.why == "offline" and not fields else found.why
    return MissingTold(found.id, found.site, level, words.text(f"fleet.why_{key}", **fields))


def _lease(found: PlayerRow, words: Speech) -> str:
    if found.standing in {"", "live"}:
        return "" if found.lease_s is None else words.length(max(0, found.lease_s))
    key = STANDINGS.get(found.standing)
    return words.text(f"fleet.standing_{key}") if key else found.standing


def _clock(found: PlayerRow, words: Speech) -> str:
    """Return how far the clock may be believed, and how far it is off where that is known."""
    state = words.text(f"fleet.clock_{found.clock}") if found.clock in CLOCKS else found.clock
    if found.offset_us is None or found.clock == "unsynced":
        return state
    off_ms = found.offset_us / _MS
    # Signs stand before their numbers whichever way a line runs.
    said = f"{off_ms / _MS:+.0f} s" if abs(off_ms) >= _LONG_MS else f"{off_ms:+.1f} ms"
    off = f"\u2066{said.replace('-', chr(0x2212))}\u2069"
    return off if found.clock == "synced" else f"{state} · {off}"


VERBS: Final = frozenset(
    {
        "auto",
        "dark",
        "dim",
        "end",
        "extend",
        "go",
        "hold",
        "identify",
        "light",
        "look",
        "next",
        "previous",
        "reload",
        "resume",
    }
)
"""What may be ordered from afar."""
