"""What everybody is told without being asked: the signed, retained hints. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from player.centre.ledger import Release, Withdrawal, newest_of_each
from player.fleet import messages
from player.fleet.messages import Coming, Hint
from player.units import MILLISECOND

SPREAD_S: Final = 300  # over so long fetches are spread: ten thousand players are 33 requests a second then
MOST: Final = messages.MAX_WITHDRAWN


def for_everybody(withdrawals: Sequence[Withdrawal], first: Sequence[Withdrawal] = ()) -> Hint:
    """Return the hint for all: the newest of *withdrawals*, as many as fit; those to be told *first* before any other.

    What was withdrawn several times takes up one place.
    """
    wanted = [*(each for each in newest_of_each(withdrawals) if each not in first), *first]
    return Hint(SPREAD_S, withdrawn=tuple(_told(each) for each in wanted[-messages.MAX_WITHDRAWN :]))


def older(withdrawals: Sequence[Withdrawal]) -> tuple[Withdrawal, ...]:
    """Return what the hint for all has no room for, the newest first."""
    known = newest_of_each(withdrawals)
    kept = told(for_everybody(known))
    return tuple(each for each in reversed(known) if each.number not in kept)


def in_turn(older: Sequence[Withdrawal], after: int | None) -> tuple[Withdrawal, ...]:
    """Return which of the *older* ones, the newest first, are next when those down to the number *after* have had their turn."""
    return tuple(each for each in older if after is None or each.number < after)[: messages.MAX_WITHDRAWN]


def reminder(part: Sequence[Withdrawal]) -> tuple[Hint, int]:
    """Return a hint of *part*, the newest first, and the number after which the next turn begins: what had no room comes then."""
    hint = for_everybody(part)
    left = [each.number for each in part if each.number not in told(hint)]
    # One that has no room even as the first one has none anywhere: only the feed tells it.
    return hint, left[0] + 1 if left and left[0] != part[0].number else part[-1].number


def told(hint: Hint) -> frozenset[int]:
    """Return the numbers of the withdrawals that *hint* has room for."""
    body = hint.body()
    return frozenset(each.number for each in messages.withdrawals(body))


def for_group(release: Release, size: int) -> Hint:
    """Return the hint for a group: a programme to fetch, of *size* bytes."""
    return Hint(SPREAD_S, coming=Coming(as_told(release), size))


def as_told(release: Release) -> messages.Release:
    """Return *release* as players are told of it."""
    return messages.Release(release.version, release.hash, release.activate_at // MILLISECOND)


def _told(each: Withdrawal) -> messages.Withdrawn:
    return messages.Withdrawn(each.number, each.item, each.dated // MILLISECOND, each.source, each.reason[: messages.MAX_REASON])


def nothing() -> Hint:
    """Return the hint for a group that there is nothing to fetch: what was announced is taken back."""
    return Hint(SPREAD_S, is_nothing_coming=True)
