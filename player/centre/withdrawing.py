"""Withdrawing everywhere: written down, told to all, and waited for until everybody who hears it has said that it is off.

What is told stays at the broker for whoever comes back later. The feed must list it as well: that is the truth, and reaches those
that hear no broker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from player.centre import hinting, ledger
from player.centre.addressees import Member, away, members
from player.centre.campaign import length_in_words, percentile
from player.centre.ledger import Confirmation, Withdrawal
from player.centre.listening import End, Line, Listening
from player.centre.signing import Signer
from player.centre.store import Store
from player.errors import OperatorError
from player.feed.text import clean, usable_id
from player.fleet.messages import EVERYWHERE, MAX_ID, MAX_REASON
from player.schedule.zones import UTC_ZONE
from player.units import SECOND, Nanos

WAIT: Final[Nanos] = 60 * SECOND
RETAINED: Final = "it will act as soon as it is back, for the hint is retained"
FED: Final = "it will act when it fetches a feed that lists it, or is told it again in turn, while a collector runs"
"""What is said where the hint has no room for it any more: that holds the newest."""
SILENT: Final = "online, no answer: make it dark (weremember fleet dark --player {id}) if it cannot wait"
BEFORE: Final = "it had it off when it was withdrawn before"
TRIES: Final = 5  # of telling, while others withdraw at the same time
_SOURCE: Final = re.compile(r"[A-Za-z0-9_-]+(\.core)?")  # what a feed may be called, and the set that it brings


@dataclass(frozen=True, slots=True)
class Waiting:
    """A player that has not confirmed."""

    id: str
    why: str
    is_online: bool
    """Whether it should have: it hears what it is told."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a withdrawal has come."""

    withdrawal: Withdrawal
    confirmed: tuple[Confirmation, ...]
    waiting: tuple[Waiting, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everybody has confirmed."""
        return not self.waiting

    @property
    def is_done(self) -> bool:
        """Whether everybody has who hears it now, and somebody had it: what nobody has was perhaps meant otherwise."""
        return not any(each.is_online for each in self.waiting) and not self.is_nowhere

    @property
    def is_nowhere(self) -> bool:
        """Whether nobody who confirmed had anything of it."""
        return bool(self.confirmed) and not any(each.is_here for each in self.confirmed)

    @property
    def took(self) -> tuple[tuple[Nanos, str], ...]:
        """Return how long each took that confirmed, the fastest first; nothing, of one that had it off before."""
        at = self.withdrawal.at
        return tuple(sorted((max(0, each.off_at - at), each.id) for each in self.confirmed if each.off_at is not None))


def progress(
    withdrawal: Withdrawal,
    known: Sequence[Member],
    said: Mapping[str, Confirmation],
    now: Nanos,
    here: ZoneInfo = UTC_ZONE,
    *,
    is_told: bool = True,
    is_retained: bool = True,
    before: Collection[str] = (),
) -> Progress:
    """Return how far *withdrawal* has come among the players *known*, of which some have *said* so.

    *is_told* is whether the broker has it to tell, *is_retained* whether it tells it to whoever comes. *before* are those that
    had it off when it was withdrawn before.
    """
    confirmed, waiting = list[Confirmation](), list[Waiting]()
    for member in known:
        found = said.get(member.id)
        if found is not None and found.off_at is not None and not member.is_doubtful(found.off_at, now):
            confirmed.append(found)
        elif is_told:
            later = RETAINED if is_retained else FED
            waiting.append(_waiting(member, found, now, here, f"{BEFORE}; {later}" if member.id in before else later))
        else:
            waiting.append(_untold(member, now, here, f" ({BEFORE})" if member.id in before else ""))
    return Progress(withdrawal, tuple(confirmed), tuple(waiting))


def of_all(said: Sequence[Mapping[str, Confirmation]]) -> dict[str, Confirmation]:
    """Return as one how far several withdrawals have come that were meant by one name: as far as the last of them."""
    first, *others = said
    found = dict(first)
    for other in others:
        found = {name: _both(each, other[name]) for name, each in found.items() if name in other}
    return found


def _both(one: Confirmation, other: Confirmation) -> Confirmation:
    off = None if one.off_at is None or other.off_at is None else max(one.off_at, other.off_at)
    gone = None if one.gone_at is None or other.gone_at is None else max(one.gone_at, other.gone_at)
    known_at = max(one.known_at, other.known_at)
    return Confirmation(one.id, known_at, off, gone, one.was_up or other.was_up, one.is_here or other.is_here)


def _waiting(member: Member, found: Confirmation | None, now: Nanos, here: ZoneInfo, later: str) -> Waiting:
    if member.is_doubled(now):
        one = "one of them has confirmed" if found is not None and found.off_at is not None else "no answer"
        return Waiting(member.id, f"two players with this id: {one}; give each its own (weremember fleet enrol)", is_online=True)
    if not member.is_online:
        return Waiting(member.id, f"{away(member, now, here)} ({later})", is_online=False)
    if found is not None:
        return Waiting(member.id, "online, knows it, and its screen has not said that it is off", is_online=True)
    # One that was enrolled, or made anew, since then has not been told yet what the hint has no room for.
    more = f" ({later})" if later.endswith(FED) else ""
    return Waiting(member.id, SILENT.format(id=member.id) + more, is_online=True)


def _untold(member: Member, now: Nanos, here: ZoneInfo, more: str) -> Waiting:
    why = "not told yet" if member.is_online else f"not told yet, {away(member, now, here)}"
    return Waiting(member.id, why + more, is_online=member.is_online)


def names_of(text: str, sources: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return source and item that *text* means: SOURCE/ID where it begins with one of *sources*, else an id in every source.

    Where it may be SOURCE/ID of a source that nobody has spoken of yet, it means both: harm runs one way.

    Raises:
        OperatorError: it names nothing, or what is too long to be told.
    """
    whole = text.strip()
    source, slash, item = whole.partition("/")
    item = item.strip()
    both = ((source, item), (EVERYWHERE, whole))
    if not slash:
        found = both[1:]
    elif source in sources:
        found = both[:1]
    else:
        found = both if _SOURCE.fullmatch(source) and usable_id(item) else both[1:]
    if any(len(each) > MAX_ID for _, each in found):
        raise OperatorError(f"a hint holds ids of at most {MAX_ID} characters: publish the withdrawal in the feed alone")
    if not all(usable_id(each) for _, each in found):  # what no feed takes; whatever one takes can be withdrawn
        raise OperatorError(f'"{clean(text, MAX_REASON)}" names no photo: write SOURCE/ID, or an ID for every source')
    return found


def record(store: Store, name: tuple[str, str], *, reason: str, by: str, at: Nanos) -> Withdrawal:
    """Write down that *name*, a source and an item, is withdrawn; the pictures of walls that are kept go at once."""
    source, item = name
    return ledger.withdraw(store, source=source, item=item, reason=clean(reason, MAX_REASON), by=by, at=at)


def announce(withdrawals: Sequence[Withdrawal], signer: Signer, line: Line) -> bool:
    """Tell everybody; return whether the hint had room for all of them.

    Raises:
        NetworkError: the broker does not have it.
    """
    has_room = False
    for _ in range(TRIES):
        known = ledger.withdrawals(signer.store)
        hint = hinting.for_everybody(known, first=withdrawals)
        line.publish_all((signer.hint(hint),))
        has_room = {each.number for each in withdrawals} <= hinting.told(hint)
        if ledger.withdrawals(signer.store) == known:
            break
        # Somebody else has withdrawn meanwhile, and what they told may lie under ours now.
    return has_room


def said_of(store: Store, withdrawals: Sequence[Withdrawal]) -> tuple[dict[str, Confirmation], frozenset[str]]:
    """Return who confirmed all of what was meant by one name; and who had it off when it was withdrawn before."""
    names = {(each.source, each.item) for each in withdrawals}
    numbers = {each.number for each in withdrawals}
    earlier = [each for each in ledger.withdrawals(store) if (each.source, each.item) in names and each.number not in numbers]
    before = {
        name
        for each in earlier[-len(names) :]
        for name, found in ledger.confirmations(store, each.number).items()
        if found.off_at is not None
    }
    return of_all([ledger.confirmations(store, each.number) for each in withdrawals]), frozenset(before)


def wait(
    withdrawals: Sequence[Withdrawal],
    signer: Signer,
    listening: Listening,
    *,
    length: Nanos,
    here: ZoneInfo,
    tell: Callable[[Progress], None],
    is_retained: bool = True,
) -> tuple[Progress, End]:
    """Wait until everybody who is online has confirmed, at most for *length*; *tell* how far it has come."""
    everybody = members(signer.store)

    def look() -> Progress:
        said, before = said_of(signer.store, withdrawals)
        known, now = listening.members(everybody), signer.clock.wall()
        return progress(withdrawals[0], known, said, now, here, is_retained=is_retained, before=before)

    def is_done() -> bool:
        found = look()
        tell(found)
        return found.is_whole or (listening.has_settled and not any(each.is_online for each in found.waiting))

    end = listening.until(is_done, length)
    return look(), end


def in_words(found: Progress) -> tuple[str, ...]:
    """Return how far a withdrawal has come, as lines: how many, how fast, then by name who has not confirmed and why."""
    count = len(found.confirmed)
    everybody = count + len(found.waiting)
    up = sum(each.was_up for each in found.confirmed)
    lines = list[str]()
    if found.is_nowhere:
        nobody = "no player" if found.is_whole else "none of the players that answered"
        lines.append(f"{nobody} had anything of it, so nothing was taken down: is it written as `weremember photos` writes it?")
    lines.append(
        f"{count:,} of {everybody:,} player{'' if everybody == 1 else 's'} {'has' if count == 1 else 'have'} confirmed that it is"
        f" off{_how_fast(found)}"
    )
    if up:
        lines.append(f"it was on the wall of {up:,} of them")
    ordered = sorted(found.waiting, key=lambda each: not each.is_online)
    return (*lines, *(f"{each.id}: {each.why}" for each in ordered))


def _how_fast(found: Progress) -> str:
    at = found.withdrawal.at
    before = sum(1 for each in found.confirmed if each.off_at is not None and each.off_at < at)
    took = found.took[before:]
    said = list[str]()
    if len(took) == 1:
        said.append(f"{took[0][1]} within {length_in_words(took[0][0])}")
    elif took:
        median = percentile([length for length, _ in took], 50) or 0
        slowest, who = took[-1]
        said.append(f"half of those within {length_in_words(median)}, the slowest ({who}) after {length_in_words(slowest)}")
    if before:
        said.append(f"{before:,} had it off before it was withdrawn from here, by the clock there")
    return f": {', '.join(said)}" if said else ""


def as_object(found: Progress) -> dict[str, object]:
    """Return the same for programs; times in seconds."""
    by_id = {each.id: each for each in found.confirmed}
    return {
        "number": found.withdrawal.number,
        "source": found.withdrawal.source,
        "id": found.withdrawal.item,
        "reason": found.withdrawal.reason,
        "at": found.withdrawal.at / SECOND,
        "players": len(found.confirmed) + len(found.waiting),
        "confirmed": [
            {"id": name, "after_s": length / SECOND, "was_up": by_id[name].was_up, "gone": by_id[name].gone_at is not None}
            for length, name in found.took
        ],
        "waiting": [{"id": each.id, "online": each.is_online, "why": each.why} for each in found.waiting],
    }
