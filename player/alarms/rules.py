"""Which alarms hold, and which of that is news: pure functions of what was found and of what was told before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias

from player.units import SECOND, Nanos

MINUTE: Final[Nanos] = 60 * SECOND
HOUR: Final[Nanos] = 60 * MINUTE

LOW_DISK_BYTES: Final = 1_000_000_000  # free beside the budget: the system needs room too
ENOUGH_DISK_BYTES: Final = 1_500_000_000  # and so much until the alarm is over: what is freed a megabyte at a time is no news
SILENT_FOR: Final[Nanos] = MINUTE  # the screen says each second how it is
OWED_WITHIN: Final[Nanos] = 72 * HOUR  # two people need a weekend to meet
MAX_SUBJECTS: Final = 64  # of one alarm: more sources than a site has


class Alarm(StrEnum):
    """What there is to be alarmed about."""

    SCREEN = "screen"
    PLATE = "plate"
    LEASE = "lease"
    MISSED = "missed"
    DARK = "dark"
    DISK = "disk"
    CLOCK = "clock"
    SIGNATURE = "signature"
    JOURNAL = "journal"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class Manner:
    """How an alarm is told, and how long it has to hold, or not to hold, for that."""

    begins: str
    ends: str
    after: Nanos = 0
    until: Nanos = 0


MANNERS: Final[Mapping[Alarm, Manner]] = {
    Alarm.SCREEN: Manner("The screen says nothing", "The screen is back", until=10 * SECOND),
    Alarm.PLATE: Manner("Words alone are shown", "Photos are shown again", after=MINUTE, until=MINUTE),
    # A feed may be late a few times in a row; its lease has run out by then all the same.
    Alarm.LEASE: Manner("A source's photos are not shown", "A source's photos are shown again", after=2 * MINUTE, until=MINUTE),
    Alarm.MISSED: Manner("A show was missed", "No show was missed of late"),
    Alarm.DARK: Manner("Dark by hand for over an hour", "No longer dark by hand", after=HOUR),
    Alarm.DISK: Manner("The disk", "The disk is well again", after=MINUTE, until=MINUTE),
    Alarm.CLOCK: Manner("The clock is not to be trusted", "The clock is trusted again", after=2 * MINUTE, until=MINUTE),
    Alarm.SIGNATURE: Manner("A signature is owed", "A signature has been given"),
    Alarm.JOURNAL: Manner("The record of withdrawals", "The record of withdrawals is whole"),
    Alarm.WITHDRAWAL: Manner("A withdrawal is not finished", "All withdrawals are finished", until=10 * SECOND),
}
"""All times beside what the facts themselves wait for."""

Key: TypeAlias = tuple[Alarm, str]
"""An alarm, and of what: a source, a role of a feed, a slot; empty where there is but one."""
Verdicts: TypeAlias = Mapping[Alarm, Mapping[str, str]]
"""By alarm: of what it holds, and the words that say more. An alarm that is missing is one that nobody could look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was found; None: nobody could look."""

    at: Nanos
    """The time of day."""
    plate: bool | None = None
    """Whether nothing may be shown but words, where there are sources."""
    silent: Mapping[str, str] | None = None
    """Sources whose word does not count, and why."""
    missed: Mapping[str, str] | None = None
    """Slots of the last hour that were missed, and their shows."""
    is_dark: bool | None = None
    """Whether somebody darkened the wall by hand."""
    free_bytes: int | None = None
    folder: str = ""
    """Why the data folder cannot be used; empty when it can."""
    is_clock_trusted: bool | None = None
    expiring: Mapping[str, Nanos] | None = None
    """What people have signed, by feed and role, and when it ends."""
    journal_fault: str | None = None
    """What is wrong with the journal, or with the record of withdrawals; empty: nothing."""
    unfinished: int | None = None
    """How many withdrawals are older than a minute, and not every byte of them is gone."""
    screen_at: Nanos | None = None
    """When the screen last said how it is; 0: never."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is remembered of one alarm."""

    is_told: bool = False
    """Whether people believe that it holds."""
    turned_at: Nanos | None = None
    """Since when it is otherwise; None: it is as they believe."""
    told_at: Nanos | None = None
    """When its beginning was told."""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """That an alarm began or ended."""

    alarm: Alarm
    of: str
    begins: bool
    at: Nanos
    why: str = ""
    lasted: Nanos | None = None
    """From the beginning, as it was told, to the end."""

    @property
    def text(self) -> str:
        """The sentence for people."""
        manner = MANNERS[self.alarm]
        more = ": ".join(filter(None, (self.of, self.why if self.begins else "")))
        after = f" (after {_in_words(self.lasted)})" if self.lasted is not None else ""
        return f"{manner.begins if self.begins else manner.ends}{f': {more}' if more else ''}{after}"


def verdicts(facts: Facts, told: Collection[Key] = ()) -> Verdicts:
    """Return which alarms hold by *facts*, given those that were *told* and have not ended."""
    found: dict[Alarm, Mapping[str, str]] = {}

    def note(alarm: Alarm, holds: bool | None, why: str) -> None:  # noqa: FBT001 - the middle of three that belong together
        if holds is not None:
            found[alarm] = {"": why} if holds else {}

    note(Alarm.PLATE, facts.plate, "nothing may be shown")
    note(Alarm.DARK, facts.is_dark, "weremember light, or auto, ends it")
    is_trusted = facts.is_clock_trusted
    note(Alarm.CLOCK, None if is_trusted is None else not is_trusted, "nobody has told this machine the time")
    fault = facts.journal_fault
    note(Alarm.JOURNAL, None if fault is None else bool(fault), fault or "")
    late = facts.unfinished
    note(Alarm.WITHDRAWAL, None if late is None else late > 0, f"{late} known for over a minute, and some bytes are still there")
    note(Alarm.DISK, *_disk(facts, is_told=(Alarm.DISK, "") in told))
    if facts.screen_at is not None:
        age = facts.at - facts.screen_at
        since = f"for {_in_words(age)}" if facts.screen_at else "since it was started"
        note(Alarm.SCREEN, not -SILENT_FOR <= age < SILENT_FOR, since)
    if facts.silent is not None:
        found[Alarm.LEASE] = facts.silent
    if facts.missed is not None:
        found[Alarm.MISSED] = facts.missed
    if facts.expiring is not None:
        soon = {of: end for of, end in facts.expiring.items() if end - facts.at < OWED_WITHIN}
        found[Alarm.SIGNATURE] = {of: _ends(end - facts.at) for of, end in soon.items()}
    return found


def judged(marks: Mapping[Key, Mark], found: Verdicts, now: Nanos) -> tuple[dict[Key, Mark], tuple[News, ...]]:
    """Return what is remembered from now on, and what is news.

    An alarm that nobody could look at stays as it was, and the wait for its end or its beginning starts anew.
    """
    known: dict[Key, Mark] = {}
    news: list[News] = []
    holding = {(alarm, of): why for alarm, each in found.items() for of, why in list(each.items())[:MAX_SUBJECTS]}
    for key in sorted(marks.keys() | holding.keys()):
        mark, fresh = _turned(key, marks.get(key, Mark()), holding.get(key), is_seen=key[0] in found, now=now)
        if mark != Mark():
            known[key] = mark
        news += fresh
    return known, tuple(news)


def _turned(key: Key, mark: Mark, why: str | None, *, is_seen: bool, now: Nanos) -> tuple[Mark, list[News]]:
    """Return the mark of one alarm, and its news: *why* it holds, None when it does not."""
    holds = why is not None
    if not is_seen or holds == mark.is_told:
        return replace(mark, turned_at=None), []
    since = now if mark.turned_at is None else min(mark.turned_at, now)  # the clock may have gone back
    manner = MANNERS[key[0]]
    if now - since < (manner.after if holds else manner.until):
        return replace(mark, turned_at=since), []
    if holds:
        return Mark(is_told=True, told_at=now, why=why), [News(alarm=key[0], of=key[1], begins=True, at=now, why=why)]
    lasted = None if mark.told_at is None else max(0, now - mark.told_at)
    return Mark(), [News(alarm=key[0], of=key[1], begins=False, at=now, lasted=lasted)]


def _disk(facts: Facts, *, is_told: bool) -> tuple[bool | None, str]:
    if facts.folder:
        return True, facts.folder
    if facts.free_bytes is None:
        return None, ""
    low = facts.free_bytes < (ENOUGH_DISK_BYTES if is_told else LOW_DISK_BYTES)
    return low, f"{facts.free_bytes / 1e9:.1f} GB are free"


def _ends(left: Nanos) -> str:
    return f"ends in {_in_words(left)}" if left > 0 else "has ended"


def _in_words(length: Nanos) -> str:
    minutes = max(0, length) // MINUTE
    if minutes < 120:  # noqa: PLR2004 - beyond two hours nobody counts minutes
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"  # noqa: PLR2004 - nor hours beyond two days
