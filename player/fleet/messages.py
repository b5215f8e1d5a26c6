"""What the centre says to players, as values: hints, releases of programmes, what is desired, orders. `voices` has the other way.

Wire format: each stands as `body` in an `envelope`; names, types and bounds here are what other versions read and write. Times
called `…_at` and `at` are milliseconds since 1970; there are no fractions. What is not known is passed over, so that a later
centre may say more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from player.fleet import topics, wire
from player.fleet.wire import Fields, Plain, WireError

MAX_ID: Final = 300  # characters of an item's id or a source's name; most are shorter than 60
MAX_REASON: Final = 80
MAX_WITHDRAWN: Final = 20  # of a hint; the feed carries the rest
MAX_SPREAD_S: Final = 3600  # a hint that lets a fetch wait for longer than the poll does hints nothing
MAX_VERSION: Final = 64
MAX_GROUPS: Final = 16
MAX_ARGUMENTS: Final = 8
MAX_ARGUMENT: Final = 300
MIN_REPORT_S: Final = 5
MAX_REPORT_S: Final = 86_400
MAX_PLAYERS: Final = 1_000_000
MAX_PROGRAMME: Final = 24 * 1024 * 1024  # bytes: 150,000 items
LAST_MS: Final = 7_258_118_400_000  # the year 2200: a later time is none, and past 2262 no row of ours could hold it
HASH_DIGITS: Final = 64
BODY_BYTES: Final = wire.MAX_BYTES - 420  # what the envelope around it takes: 300 bytes and the longest topic
EVERYWHERE: Final = "*"
LOOK: Final = "look"
"""The verb that asks for a picture now; the only one that is no order to the screen."""
FROM_AFAR: Final = frozenset(
    ("dark", "light", "auto", "go", "extend", "end", "dim", "next", "previous", "hold", "resume", "identify", "reload", LOOK)
)
"""What may be ordered by the centre. Withdrawing goes by hints; a wall is set up by people who stand before it."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A withdrawal in a hint."""

    number: int
    """The centre's, stable: receipts name it."""
    item: str
    at: int
    source: str = EVERYWHERE
    reason: str = ""

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent."""
        return {"w": self.number, "id": self.item, "at": self.at, "source": self.source, "reason": self.reason[:MAX_REASON]}


@dataclass(frozen=True, slots=True)
class Release:
    """A version of a group's programme, and when it is to be in force."""

    version: str
    hash: str
    """SHA-256 of the document."""
    activate_at: int

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent: the body of a commit."""
        return {"version": self.version, "hash": self.hash, "activate_at": self.activate_at}


@dataclass(frozen=True, slots=True)
class Coming:
    """A release that is announced, for players to fetch."""

    release: Release
    bytes: int

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent: `next` of a hint."""
        return self.release.body() | {"bytes": self.bytes}


@dataclass(frozen=True, slots=True)
class Hint:
    """That something is new."""

    spread_s: int
    """Over how long fetches are to be spread."""
    feed: int | None = None
    """The feed's version: fetch now."""
    withdrawn: tuple[Withdrawn, ...] = ()
    """The newest, the newest last: act at once."""
    coming: Coming | None = None
    """In a group's hint alone."""
    is_nothing_coming: bool = False
    """In a group's hint: what was announced before and not committed is taken back."""

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent, with as many of the newest withdrawals as fit; one that does not is left out alone."""
        rest: dict[str, Plain] = {"feed": self.feed, "spread": self.spread_s}
        rest |= {"next": self.coming.body()} if self.coming else {}
        rest |= {"nothing_next": True} if self.is_nothing_coming else {}
        told: list[dict[str, Plain]] = []
        for each in reversed(self.withdrawn[-MAX_WITHDRAWN:]):
            # One that has no room, perhaps nowhere, must not take those before it along.
            more = [each.body(), *told]
            told = more if wire.fits(rest | {"withdrawn": more}, BODY_BYTES) else told
        return rest | {"withdrawn": told}


@dataclass(frozen=True, slots=True)
class Desired:
    """What may be set from afar. Groups and share are the configuration's alone: ingest and the screen go by them."""

    players: int = 1
    """How many there are, for who comes back when."""
    report_s: int = 300

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent."""
        return {"players": self.players, "report_s": self.report_s}


@dataclass(frozen=True, slots=True)
class Order:
    """A command from afar."""

    verb: str
    expires_at: int
    arguments: Mapping[str, str]

    def body(self) -> dict[str, Plain]:
        """Return it as it is sent."""
        return {"verb": self.verb, "expires_at": self.expires_at, "arguments": dict(self.arguments)}


def hint(body: object) -> Hint:
    """Return the hint in *body*.

    Raises:
        WireError: it is none.
    """
    found = Fields(body, "the hint")
    coming = found.object_or_none("next")
    return Hint(
        spread_s=found.integer("spread", most=MAX_SPREAD_S),
        feed=found.integer_or_none("feed"),
        withdrawn=tuple(_withdrawn(each) for each in found.several("withdrawn", MAX_WITHDRAWN)),
        coming=Coming(_release(coming), coming.integer("bytes", least=1, most=MAX_PROGRAMME)) if coming else None,
        is_nothing_coming=coming is None and "nothing_next" in found and found.flag("nothing_next"),
    )


def withdrawals(body: object) -> tuple[Withdrawn, ...]:
    """Return the withdrawals in a hint that are sound, whatever else is in it: one that is not must not hide the others."""
    found: list[Withdrawn] = []
    try:
        given = Fields(body, "the hint").several("withdrawn", MAX_WITHDRAWN)
    except WireError:
        return ()
    for each in given:
        try:
            found.append(_withdrawn(each))
        except WireError:
            continue
    return tuple(found)


def commit(body: object) -> Release:
    """Return the release that *body* puts in force.

    Raises:
        WireError: it is none.
    """
    return _release(Fields(body, "the commit"))


def desired(body: object) -> Desired:
    """Return what *body* desires.

    Raises:
        WireError: it is beyond a limit.
    """
    found = Fields(body, "desired")
    return Desired(
        players=found.integer("players", least=1, most=MAX_PLAYERS),
        report_s=found.integer("report_s", least=MIN_REPORT_S, most=MAX_REPORT_S),
    )


def order(body: object, verb: str) -> Order:
    """Return the order in *body*, which came on the topic for *verb*.

    Raises:
        WireError: it is none, or for another verb.
    """
    found = Fields(body, "the order")
    if found.text("verb", topics.MAX_NAME) != verb:
        raise WireError("verb of the order is another than its topic's")
    arguments = found.named("arguments", MAX_ARGUMENTS)
    texts = {name: value for name, value in arguments.items() if isinstance(value, str) and len(name) + len(value) < MAX_ARGUMENT}
    if len(texts) < len(arguments):
        raise WireError(f"arguments of the order holds what is no text of at most {MAX_ARGUMENT} characters")
    return Order(verb, found.integer("expires_at"), texts)


def share_of(text: str) -> tuple[int, int] | None:
    """Return `2/5` as which of how many; None: it is no such share."""
    which, slash, whole = text.partition("/")
    if not (slash and which.isascii() and which.isdecimal() and whole.isascii() and whole.isdecimal()):
        return None
    return (int(which), int(whole)) if 1 <= int(which) <= int(whole) <= 9999 else None  # noqa: PLR2004 - four digits


def _withdrawn(found: object) -> Withdrawn:
    each = Fields(found, "a withdrawal")
    item, source = each.text("id", MAX_ID), each.text("source", MAX_ID)
    if not item or not source:
        raise WireError("a withdrawal names no item, or no source")
    return Withdrawn(
        number=each.integer("w"),
        item=item,
        at=min(each.integer("at"), LAST_MS),  # not refused: whatever its date, it is withdrawn
        source=source,
        reason=each.text("reason", MAX_REASON) if "reason" in each else "",
    )


def _release(found: Fields) -> Release:
    digest = found.text("hash", HASH_DIGITS)
    if len(digest) != HASH_DIGITS or not set(digest) <= set("0123456789abcdef"):
        raise WireError("hash is no SHA-256 in 64 digits")
    version = found.text("version", MAX_VERSION)
    if not version:
        raise WireError("version is empty")
    return Release(version, digest, found.integer("activate_at", most=LAST_MS))
