"""What is to be sent: letters wait for each address until they have gone, through restarts and days without a network. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final, cast

from player.alarms.marks import Mark, News
from player.alarms.rules import HOUR, MINUTE, Alarm, Key
from player.units import Nanos

MAX_WAITING: Final = 50  # letters for one address: an outage of a day
MAX_LAST_WORDS: Final = 200  # for one address, each the last of its alarm: what is still believed wrongly without it
KEPT_FOR: Final[Nanos] = 24 * HOUR  # then only the last word on each alarm is worth telling; the rest is in the log
PAUSES: Final[tuple[Nanos, ...]] = (MINUTE // 2, MINUTE, 5 * MINUTE, 15 * MINUTE)
"""Before the next try, by how often it failed."""
BEGINS, ENDS = "begins", "ends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something to be told to one address."""

    to: str
    alarm: str
    of: str = ""
    """Of what, where an alarm has several."""
    state: str
    """begins, ends, or test."""
    text: str
    at: Nanos
    """When it became news."""
    tries: int = 0
    due: Nanos = 0
    """Not before."""

    def shifted(self, by: Nanos) -> Letter:
        """Return it for a clock that was set by so much."""
        return replace(self, at=self.at + by, due=self.due + by)


def letters(
    news: Iterable[News], targets: Mapping[str, Collection[str]], *, say: Callable[[News], str], now: Nanos
) -> tuple[Letter, ...]:
    """Return what is to be sent at *now*: *targets* are addresses with the alarms that each wants to hear of; *say* words it."""
    return tuple(
        Letter(to=to, alarm=each.alarm.value, of=each.of, state=BEGINS if each.begins else ENDS, text=say(each), at=now)
        for each in news
        for to, about in targets.items()
        if each.alarm.value in about
    )


def posted(waiting: Iterable[Letter], fresh: Iterable[Letter], targets: Collection[str], now: Nanos) -> tuple[Letter, ...]:
    """Return what waits, in order. None for an address that is gone.

    What is too old, or too much for one address, goes; but never the last word on an alarm: what somebody believes must be put
    right, and what still holds must be told, however long the network was away.
    """
    kept: dict[str, list[Letter]] = {}
    for letter in (*waiting, *fresh):
        if letter.to in targets:
            kept.setdefault(letter.to, []).append(letter)
    return tuple(letter for several in kept.values() for letter in _worth_telling(several, now))


def _worth_telling(several: list[Letter], now: Nanos) -> list[Letter]:
    last = {(letter.alarm, letter.of): index for index, letter in enumerate(several)}
    newest = len(several) - MAX_WAITING
    left = [
        letter
        for index, letter in enumerate(several)
        if last[letter.alarm, letter.of] == index or (index >= newest and now - letter.at < KEPT_FOR)
    ]
    return left[-MAX_LAST_WORDS:]


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

    def shifted(self, by: Nanos) -> Memory:
        """Return it for a clock that was set by so much: what held for a minute has held for a minute."""
        marks = {key: mark.shifted(by) for key, mark in self.marks.items()}
        return Memory(marks, tuple(letter.shifted(by) for letter in self.waiting))


def to_record(memory: Memory) -> dict[str, object]:
    """Return *memory* as plain data for `from_record`."""
    return {
        "marks": [[alarm.value, of, asdict(mark)] for (alarm, of), mark in memory.marks.items()],
        "waiting": [asdict(letter) for letter in memory.waiting],
    }


def from_record(record: object) -> Memory:
    """Return what `to_record` described, as far as it is ours; of the rest, what holds is told again."""
    told = cast("Mapping[str, object]", record if isinstance(record, dict) else {})
    marks = dict(each for each in map(_mark, _several(told.get("marks"))) if each)
    return Memory(marks, tuple(each for each in map(_letter, _several(told.get("waiting"))) if each))


def _several(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _mark(record: object) -> tuple[Key, Mark] | None:
    try:
        alarm, of, fields = cast("tuple[str, str, dict[str, object]]", record)
        instants = {name: _whole(fields[name]) for name in ("turned_at", "began_at", "stopped_at", "ended_at")}
        held, again = _whole(fields["held"]), _whole(fields["again"])
        return (Alarm(alarm), str(of)), Mark(
            is_told=fields["is_told"] is True, held=max(0, held or 0), again=max(0, again or 0), **instants
        )
    except (LookupError, TypeError, ValueError):
        return None


def _letter(record: object) -> Letter | None:
    try:
        fields = cast("Mapping[str, object]", record)
        at, tries, later = (_whole(fields[name]) for name in ("at", "tries", "due"))
        to, alarm, of, state, text = (str(fields[name]) for name in ("to", "alarm", "of", "state", "text"))
    except (LookupError, TypeError, ValueError):
        return None
    if at is None or tries is None or later is None:
        return None
    return Letter(to=to, alarm=alarm, of=of, state=state, text=text, at=at, tries=max(0, tries), due=later)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
