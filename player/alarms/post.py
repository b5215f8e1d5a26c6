"""What is to be sent: letters wait for each address until they have gone, through restarts and days without a network. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final, cast

from player.alarms.rules import MANNERS, Alarm, Key, Mark, News
from player.units import SECOND, Nanos

MINUTE: Final[Nanos] = 60 * SECOND
MAX_WAITING: Final = 50  # letters for one address: an outage of a day; the oldest go
KEPT_FOR: Final[Nanos] = 24 * 60 * MINUTE  # what could not be told in a day is in the log
PAUSES: Final[tuple[Nanos, ...]] = (MINUTE // 2, MINUTE, 5 * MINUTE, 15 * MINUTE)
"""Before the next try, by how often it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something to be told to one address."""

    to: str
    alarm: str
    state: str
    """begins, ends, or test."""
    text: str
    at: Nanos
    """When it happened."""
    tries: int = 0
    due: Nanos = 0
    """Not before."""


def letters(news: Iterable[News], targets: Iterable[tuple[str, Collection[str]]], site: str) -> tuple[Letter, ...]:
    """Return what is to be sent: *targets* are addresses with the alarms that each wants to hear of."""
    wanted = [(to, frozenset(about)) for to, about in targets]
    where = f"{site}: " if site else ""
    return tuple(
        Letter(
            to=to,
            alarm=each.alarm.value,
            state="begins" if each.begins else "ends",
            text=f"{where}{each.text}",
            at=each.at,
        )
        for each in news
        for to, about in wanted
        if each.alarm.value in about
    )


def posted(waiting: Iterable[Letter], fresh: Iterable[Letter], targets: Collection[str], now: Nanos) -> tuple[Letter, ...]:
    """Return what waits: in order, none too old, not too many for one address, none for an address that is gone."""
    kept: dict[str, list[Letter]] = {}
    for letter in (*waiting, *fresh):
        if letter.to in targets and now - letter.at < KEPT_FOR:
            kept.setdefault(letter.to, []).append(letter)
    return tuple(letter for several in kept.values() for letter in several[-MAX_WAITING:])


def due(waiting: Iterable[Letter], busy: Collection[str], now: Nanos) -> tuple[Letter, ...]:
    """Return the first letter for each address whose time has come; none where one is on its way."""
    first: dict[str, Letter] = {}
    for letter in waiting:
        first.setdefault(letter.to, letter)
    return tuple(
        letter for to, letter in first.items() if to not in busy and (letter.due <= now or letter.due - now > max(PAUSES))
    )


def answered(waiting: Iterable[Letter], letter: Letter, *, is_sent: bool, now: Nanos) -> tuple[Letter, ...]:
    """Return what waits once it is known what became of *letter*."""
    later = now + PAUSES[min(letter.tries, len(PAUSES) - 1)]
    again = () if is_sent else (replace(letter, tries=letter.tries + 1, due=later),)
    return tuple(each for one in waiting for each in (again if one == letter else (one,)))


@dataclass(frozen=True, slots=True)
class Memory:
    """What outlives the process."""

    marks: Mapping[Key, Mark]
    waiting: tuple[Letter, ...] = ()


def to_record(memory: Memory) -> dict[str, object]:
    """Return *memory* as plain data for `from_record`."""
    return {
        "marks": [[alarm.value, of, asdict(mark)] for (alarm, of), mark in memory.marks.items()],
        "waiting": [asdict(letter) for letter in memory.waiting],
    }


def from_record(record: object) -> Memory:
    """Return what `to_record` described; an empty memory where it is not ours: then what holds is told again."""
    try:
        told = cast("dict[str, list[object]]", record)
        marks: dict[Key, Mark] = {}
        for alarm, of, fields in cast("list[tuple[str, str, dict[str, object]]]", told["marks"]):
            marks[Alarm(alarm), str(of)] = _mark(fields)
        waiting = tuple(_letter(fields) for fields in cast("list[dict[str, object]]", told["waiting"]))
    except (LookupError, TypeError, ValueError, AttributeError):
        return Memory({})
    return Memory({key: mark for key, mark in marks.items() if key[0] in MANNERS}, waiting)


def _mark(fields: dict[str, object]) -> Mark:
    turned, told = fields["turned_at"], fields["told_at"]
    return Mark(
        is_told=fields["is_told"] is True,
        turned_at=turned if isinstance(turned, int) else None,
        told_at=told if isinstance(told, int) else None,
        why=str(fields["why"]),
    )


def _letter(fields: dict[str, object]) -> Letter:
    at, tries, later = fields["at"], fields["tries"], fields["due"]
    if not (isinstance(at, int) and isinstance(tries, int) and isinstance(later, int)):
        raise TypeError
    to, alarm, state, text = (str(fields[name]) for name in ("to", "alarm", "state", "text"))
    return Letter(to=to, alarm=alarm, state=state, text=text, at=at, tries=max(0, tries), due=later)
