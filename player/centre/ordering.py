"""Orders to many players at once: one signed command each, an answer from each, and by name whoever was not moved.

Nothing of it waits at the broker for longer than minutes: a player that is away does not do tomorrow what was meant for now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from player.centre import ledger
from player.centre.addressees import Member, away
from player.centre.link import Message
from player.centre.listening import SETTLING, End, Line, Listening
from player.centre.signing import Signer
from player.command import BRING_LIGHT, REFUSED, Command, Dim, Plain, in_words, row_of
from player.feed.text import clean
from player.fleet.happenings import MAX_TEXT
from player.fleet.messages import FROM_AFAR, LOOK
from player.units import SECOND, Nanos

WAIT: Final[Nanos] = 20 * SECOND  # a player answers within two frames of its screen, and the line is slow somewhere
EXPIRY: Final[Nanos] = 60 * SECOND
AT_ONCE: Final = 500  # orders that are handed to the broker at a time
MANY: Final = 11  # walls: for more than ten somebody is asked whether they mean it
PATIENCE_S: Final = 30.0  # for the broker to take those


class Outcome(Enum):
    """What became of an order at a player."""

    DONE = "done"
    REFUSED = "refused"
    SILENT = "silent"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Answered:
    """A player, and what became of the order there."""

    id: str
    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An order as it is sent."""

    verb: str
    arguments: Mapping[str, str]
    words: str
    """As a person writes it."""


@dataclass(slots=True)
class Round:
    """An order on its way: who was sent it under which number."""

    sent: dict[str, int] = field(default_factory=dict[str, int])


def asked(command: Command | None) -> Asked:
    """Return *command* as it is sent; None: a picture of the wall, now.

    Raises:
        ValueError: our own mistake: it is not to be ordered from afar.
    """
    if command is None:
        return Asked(LOOK, {}, LOOK)
    verb, arguments = row_of(command)
    if verb not in FROM_AFAR:
        raise ValueError(f"{verb} is not ordered from afar")
    return Asked(verb, arguments, in_words(command))


def questions(command: Command, chosen: int, everybody: int) -> tuple[str, ...]:
    """Return what is asked before *command* goes to so many of *everybody*.

    Twice before a whole fleet is dark; once before many walls are, and before light comes back to many: somebody on the spot may
    have made one of them dark.
    """
    is_all = chosen >= everybody
    walls = f"all {everybody:,} walls" if is_all else f"{chosen:,} walls"
    if command == Dim(0) or command is Plain.DARK:
        if is_all:
            return (
                f"Make {walls} dark?",
                "Really all of them? Only `light` or `auto` brings them back, and not those that are away by then.",
            )
        return (f"Make {walls} dark?",) if chosen >= MANY else ()
    if command not in BRING_LIGHT or chosen < min(everybody, MANY):
        return ()
    return (f"{in_words(command)} for {walls}, also where somebody on the spot has made it dark?",)


def give(
    order: Asked,
    chosen: Sequence[Member],
    signer: Signer,
    line: Line,
    listening: Listening,
    *,
    by: str,
    length: Nanos,
    here: ZoneInfo,
    tell: Callable[[int, int], None],
) -> tuple[tuple[Answered, ...], End]:
    """Send *order* to those *chosen* who are there, and wait for their answers; *tell* how many have come, and of how many.

    Who is there is known from the collector; where none runs, from the broker, which takes a moment: those who turn out to be
    there meanwhile are sent it then.

    Raises:
        NetworkError: the broker did not take it.
    """
    on_its_way = Round()

    def is_done() -> bool:
        _send(order, listening.members(chosen), on_its_way, signer, line, by=by)
        found = ledger.answers(signer.store, list(on_its_way.sent.values()))
        tell(len(found), len(chosen))
        if len(found) == len(chosen):
            return True
        there = [member.id for member in listening.members(chosen) if member.is_online]
        return listening.has_settled and all(on_its_way.sent.get(name) in found for name in there)

    end = listening.until(is_done, max(length, 2 * SETTLING))
    return outcomes(on_its_way.sent, listening.members(chosen), signer, here), end


def outcomes(sent: Mapping[str, int], chosen: Sequence[Member], signer: Signer, here: ZoneInfo) -> tuple[Answered, ...]:
    """Return what became of an order at each of those *chosen*, of whom some were *sent* it."""
    found = ledger.answers(signer.store, list(sent.values()))
    now = signer.clock.wall()
    return tuple(_outcome(member, sent.get(member.id), found, now, here) for member in chosen)


def _outcome(member: Member, number: int | None, found: Mapping[int, tuple[bool, str]], now: Nanos, here: ZoneInfo) -> Answered:
    if number is None:
        return Answered(member.id, Outcome.AWAY, f"{away(member, now, here)}; it will not be done later")
    if number not in found and not member.is_online:
        return Answered(member.id, Outcome.AWAY, f"{away(member, now, here)}; it expires within {EXPIRY // SECOND} s")
    if number not in found:
        return Answered(member.id, Outcome.SILENT, f"online, no answer; obeyed within {EXPIRY // SECOND} s or not at all")
    is_done, said = found[number]
    text = clean(said, MAX_TEXT)  # a player's own words, on somebody's terminal
    if not is_done:
        return Answered(member.id, Outcome.REFUSED, text)
    if member.is_doubled(now):
        return Answered(
            member.id, Outcome.SILENT, f"one did it ({text}); two players have this id, and the other one is not known"
        )
    return Answered(member.id, Outcome.DONE, text)


def in_words_of(order: Asked, found: Sequence[Answered]) -> Iterator[str]:
    """Yield what became of *order*: first how many did it, then by name who did not, and why."""
    done = Counter(each.text for each in found if each.outcome is Outcome.DONE)
    total = sum(done.values())
    said = done.most_common(1)[0][0] if done else ""
    yield f"{total:,} of {len(found):,}: {said or order.words}"
    for text, number in done.most_common()[1:]:
        yield f"  {number:,} of them: {text}"
    order_of = {Outcome.REFUSED: 0, Outcome.SILENT: 1, Outcome.AWAY: 2}
    wrong = sorted((each for each in found if each.outcome is not Outcome.DONE), key=lambda each: order_of[each.outcome])
    for each in wrong:
        is_bare = each.outcome is Outcome.REFUSED and not each.text.startswith(REFUSED)
        yield f"{each.id}: {REFUSED if is_bare else ''}{each.text}"


def as_object(order: Asked, found: Sequence[Answered]) -> dict[str, object]:
    """Return the same for programs."""
    return {
        "order": order.words,
        "players": len(found),
        "done": sum(each.outcome is Outcome.DONE for each in found),
        "answers": [{"id": each.id, "outcome": each.outcome.value, "text": each.text} for each in found],
    }


def _send(order: Asked, chosen: Sequence[Member], on_its_way: Round, signer: Signer, line: Line, *, by: str) -> None:
    """Send *order* to those who are there and were not sent it yet."""
    there = [member.id for member in chosen if member.is_online and member.id not in on_its_way.sent]
    for begin in range(0, len(there), AT_ONCE):
        part = there[begin : begin + AT_ONCE]
        signed = [(name, *signer.order(name, order.verb, order.arguments, EXPIRY)) for name in part]
        numbers = [(number, name) for name, number, _ in signed]
        # Written down first: what is on its way and nobody knows of is what nobody can account for.
        ledger.order(signer.store, numbers, verb=order.verb, arguments=order.arguments, by=by, at=signer.clock.wall())
        on_its_way.sent |= {name: number for name, number, _ in signed}
        messages: list[Message] = [message for _, _, message in signed]
        line.publish_all(messages, patience_s=PATIENCE_S)
