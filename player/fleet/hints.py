"""What a hint asks of this player: pure. Which withdrawals are new, and when to fetch."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from player.fleet.messages import MAX_SPREAD_S, Hint, Withdrawn
from player.fleet.wire import Fields, WireError
from player.units import MILLISECOND, SECOND, Nanos

USUAL_SPREAD: Final[Nanos] = 300 * SECOND  # where a hint does not say, or says nonsense


@dataclass(frozen=True, slots=True)
class Fetch:
    """That the feed is to be asked before its time."""

    feed: int
    """The version that it should have then."""
    at: Nanos
    """Monotonic."""


def new(withdrawn: Collection[Withdrawn], known: Collection[int]) -> tuple[Withdrawn, ...]:
    """Return those of *withdrawn* whose numbers are not *known*, each once."""
    found = {each.number: each for each in withdrawn if each.number not in known}
    return tuple(found.values())


def fetch(hint: Hint, *, player: str, seq: int, newest: int | None, now: Nanos) -> Fetch | None:
    """Return when to fetch what a hint says to be new; None: nothing of the feed is.

    Args:
        hint: As it came.
        player: Our id.
        seq: The hint's number.
        newest: The highest version that a hint has named before; None: there was none.
        now: Monotonic.
    """
    if hint.feed is None or (newest is not None and hint.feed <= newest):
        return None
    return Fetch(hint.feed, now + delay(player, seq, hint.spread_s * SECOND))


def spread_of(body: object) -> Nanos:
    """Return over how long what a hint asks for is to be spread, whatever else is in it."""
    try:
        return Fields(body, "the hint").integer("spread", most=MAX_SPREAD_S) * SECOND
    except WireError:
        return USUAL_SPREAD


def delay(player: str, seq: int, spread: Nanos) -> Nanos:
    """Return how long to wait, 0 to *spread*: evenly over all players, another one at each hint, and the same when told again."""
    if spread < MILLISECOND:
        return 0
    digest = hashlib.sha256(f"{player} {seq}".encode()).digest()
    return int.from_bytes(digest[:8]) % (spread // MILLISECOND + 1) * MILLISECOND
