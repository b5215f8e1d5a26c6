"""What is ordered from the console: by the same functions as at a terminal, in the name of who asks.

A withdrawal is on record before the broker is asked for anything, so that it is not lost with a connection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

from player.centre import ledger, ordering, withdrawing
from player.centre.addressees import Member, chosen
from player.centre.ledger import Withdrawal
from player.centre.ordering import Answered
from player.centre.store import Store
from player.command import Command, Dim, Extend, Go, Plain
from player.console.fleet.shapes import Told, WithdrawAsked
from player.console.fleet.voice import Voice
from player.errors import OperatorError
from player.library.tombstones import WILDCARD
from player.units import SECOND, Nanos

MINUTE: Final[Nanos] = 60 * SECOND
REASON: Final = "by the operator"
"""Where nobody gave another."""


def command_of(told: Told) -> Command | None:
    """Return what is ordered, as players obey it; None: a picture of the wall, now."""
    length = None if told.minutes is None else told.minutes * MINUTE
    match told.order:
        case "look":
            return None
        case "go":
            return Go(told.show or "", length)
        case "extend":
            return Extend(length or MINUTE)
        case "dim":
            return Dim(told.level or 0)
        case _:
            return Plain(told.order)


def meant(everybody: tuple[Member, ...], *, name: str | None = None, group: str | None = None) -> tuple[Member, ...]:
    """Return the player called *name*, those in *group*, or all.

    Raises:
        OperatorError: there is nobody.
    """
    return chosen(everybody, ids=(name,) if name else (), group=group, everybody=name is None and group is None)


def questions(told: Told, found: tuple[Member, ...], everybody: tuple[Member, ...]) -> int:
    """Return how often somebody is asked whether they mean it: as often as at a terminal."""
    command = command_of(told)
    return 0 if command is None else len(ordering.questions(command, len(found), len(everybody)))


def give(
    told: Told,
    voice: Voice,
    found: tuple[Member, ...],
    *,
    by: str,
    length: Nanos,
    here: ZoneInfo,
    tell: Callable[[int, int], None],
) -> tuple[Answered, ...]:
    """Order something of those *found*, and return what became of it there; *tell* how many have answered, and of how many.

    Raises:
        NetworkError: the broker did not take it.
        LibraryError: it could not be written down.
    """
    order = ordering.asked(command_of(told))
    answers, _ = ordering.give(
        order, found, voice.signer, voice.line, voice.listening, by=by, length=length, here=here, tell=tell
    )
    return answers


def record(store: Store, given: WithdrawAsked, *, by: str, at: Nanos) -> Withdrawal:
    """Write down that something is withdrawn, everywhere and for ever.

    Raises:
        OperatorError: it names nothing that can be told.
        LibraryError: it could not be written down.
    """
    source = given.source.strip() or WILDCARD
    text = given.item.strip()
    names = withdrawing.names_of(text, ledger.sources(store))  # the same limits, and meanings, as at a terminal
    if source != WILDCARD:
        names = ((source, text),)
    reason = " ".join(given.reason.split()) or REASON
    first, *_ = [withdrawing.record(store, name, reason=reason, by=by, at=at) for name in names]
    return first


def announce(withdrawal: Withdrawal, voice: Voice) -> None:
    """Tell all players.

    Raises:
        NetworkError: the broker does not have it.
        OperatorError: it is too long to be told: the feed alone can.
    """
    if not withdrawing.announce((withdrawal,), voice.signer, voice.line):
        raise OperatorError("the hint has no room for it: publish the withdrawal in the feed as well")
