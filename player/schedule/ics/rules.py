"""Rules of repetition (RFC 5545, 3.3.10), walked period by period: what that costs is known before the first step."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PERIOD_DAYS: Final = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}  # at least
LONGEST_MONTH: Final = 31  # days
MAX_NUMBER: Final = 100_000  # of an interval or a count: beyond the calendar's end either way
MAX_ENTRIES: Final = 400  # of a list in a rule: every day of a year

_TOO_OFTEN: Final = {"SECONDLY": "second", "MINUTELY": "minute", "HOURLY": "hour"}
_NUMBER: Final = re.compile(r"[+-]?\d{1,6}")
_WEEKDAY: Final = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_KNOWN: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When something comes again."""

    every: str
    """DAILY, WEEKLY, MONTHLY or YEARLY."""
    interval: int = 1
    count: int | None = None
    until: str = ""
    """As it is written: a date or a time, with or without a zone. Whoever knows zones makes sense of it."""
    weekdays: tuple[tuple[int, int], ...] = ()
    """Which of its kind in the month (0: each), and the day of the week from Monday as 0."""
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0

    def steps(self, start: date, last: date) -> int:
        """Return how many days are looked at, at most, from *start* to *last*; each takes about a microsecond."""
        periods = max(0, (last - start).days) // (PERIOD_DAYS[self.every] * self.interval) + 2
        months = 12 if self.every == "YEARLY" else 1
        within = {"DAILY": 1, "WEEKLY": 7}.get(self.every, LONGEST_MONTH * (len(self.months) or months))
        return periods * (months + within + len(self.positions))


def parsed(text: str) -> Rule:
    """Return the rule that *text* is.

    Raises:
        ValueError: it is none, or one that no slot is made of; the message says why.
    """
    parts: dict[str, str] = {}
    for part in text.strip().upper().strip(";").split(";"):
        name, _, said = part.partition("=")
        parts[name.strip()] = said.strip()
    every = parts.get("FREQ", "")
    if every in _TOO_OFTEN:
        raise ValueError(f"it repeats every {_TOO_OFTEN[every]}, which no show does")
    if every not in PERIOD_DAYS:
        raise ValueError("its rule does not say how often")
    unknown = sorted(name for name in parts.keys() - _KNOWN if not name.startswith("X-"))
    if unknown:
        raise ValueError(f"its rule has {unknown[0][:20]}, which is not read here")
    rule = Rule(
        every=every,
        interval=_number(parts.get("INTERVAL", "1"), "INTERVAL"),
        count=_number(parts["COUNT"], "COUNT") if "COUNT" in parts else None,
        until=parts.get("UNTIL", ""),
        weekdays=tuple(sorted({_weekday(entry) for entry in _entries(parts, "BYDAY")})),
        month_days=_numbers(parts, "BYMONTHDAY", 31),
        months=_numbers(parts, "BYMONTH", 12),
        positions=_numbers(parts, "BYSETPOS", 366),
        week_start=_weekday(parts.get("WKST", "MO"))[1],
    )
    _refuse_unreadable(rule)
    return rule


def days(rule: Rule, start: date, *, begin: date, last: date) -> Iterator[date]:
    """Yield the days that *rule* gives from *start* to *last*, in order.

    Args:
        rule: Neither its count nor its end is looked at.
        start: The first day of the series.
        begin: Nothing before this is asked for; a rule that counts is asked from *start*.
        last: Nothing after this.
    """
    for first_of, period in _periods(rule, start, begin, last):
        found = sorted(set(period))
        if rule.positions:
            found = sorted({found[p - 1 if p > 0 else p] for p in rule.positions if abs(p) <= len(found)})
        for day in found:
            if start <= day <= last:
                yield day
        if first_of > last:
            return


def _periods(rule: Rule, start: date, begin: date, last: date) -> Iterator[tuple[date, list[date]]]:
    """Yield each period's first day and the days that the rule names in it, from the one that *begin* is in."""
    ahead = max(0, (begin - start).days)
    match rule.every:
        case "DAILY":
            step = ahead // rule.interval * rule.interval
            while (day := _later(start, step)) <= last:
                yield day, [day] if _is_named(rule, day) else []
                step += rule.interval
        case "WEEKLY":
            monday = start - timedelta((start.weekday() - rule.week_start) % 7)
            wanted = {weekday for _, weekday in rule.weekdays} or {start.weekday()}
            step = ahead // (7 * rule.interval) * 7 * rule.interval
            while (first := _later(monday, step)) <= last:
                week = [_later(first, n) for n in range(7)]
                yield first, [d for d in week if d.weekday() in wanted and (not rule.months or d.month in rule.months)]
                step += 7 * rule.interval
        case _:
            length = 1 if rule.every == "MONTHLY" else 12
            month = start.year * 12 + (start.month - 1 if length == 1 else 0)
            passed = (begin.year * 12 + begin.month - 1 - month) // length - 1
            month += max(0, passed) // rule.interval * rule.interval * length
            while month < last.year * 12 + last.month:
                several = (_in_month(rule, start, m) for m in range(month, month + length))
                yield date(month // 12, month % 12 + 1, 1), [day for days_of in several for day in days_of]
                month += rule.interval * length


def _in_month(rule: Rule, start: date, month: int) -> list[date]:
    year, number = month // 12, month % 12 + 1
    months = rule.months or ((start.month,) if rule.every == "YEARLY" and not rule.month_days else ())
    if months and number not in months:
        return []
    length = calendar.monthrange(year, number)[1]
    if rule.month_days:
        named = {day if day > 0 else length + 1 + day for day in rule.month_days}
    else:
        named = set(range(1, length + 1)) if rule.weekdays else {start.day}
    asked = frozenset(rule.weekdays)
    found = (date(year, number, n) for n in named if 1 <= n <= length)
    return [day for day in found if not asked or _is_nth(day, asked, length)]


def _is_nth(day: date, asked: Collection[tuple[int, int]], length: int) -> bool:
    weekday = day.weekday()
    nths = (0, (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1))
    return any((nth, weekday) in asked for nth in nths)


def _is_named(rule: Rule, day: date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    return (
        (not rule.months or day.month in rule.months)
        and (not rule.month_days or day.day in rule.month_days or day.day - length - 1 in rule.month_days)
        and (not rule.weekdays or day.weekday() in {weekday for _, weekday in rule.weekdays})
    )


def _later(day: date, by: int) -> date:
    try:
        return day + timedelta(by)
    except OverflowError:
        return date.max


def _refuse_unreadable(rule: Rule) -> None:
    if rule.every in {"DAILY", "WEEKLY"} and any(nth for nth, _ in rule.weekdays):
        raise ValueError("its rule counts weekdays of a month, but does not repeat by months")
    if rule.every == "WEEKLY" and rule.month_days:
        raise ValueError("its rule mixes weeks with days of the month")
    if rule.every == "YEARLY" and rule.weekdays and not rule.months:
        raise ValueError("its rule counts weekdays of a whole year, which is not read here")


def _entries(parts: dict[str, str], name: str) -> list[str]:
    entries = parts[name].split(",") if parts.get(name) else []
    if len(entries) > MAX_ENTRIES:
        raise ValueError(f"its rule has {len(entries):,} entries in {name}")
    return entries


def _numbers(parts: dict[str, str], name: str, most: int) -> tuple[int, ...]:
    found: set[int] = set()
    for entry in _entries(parts, name):
        if not _NUMBER.fullmatch(entry) or not 1 <= abs(int(entry)) <= most:
            raise ValueError(f'its rule has "{entry[:20]}" as {name}')
        found.add(int(entry))
    return tuple(sorted(found))


def _number(text: str, name: str) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= MAX_NUMBER:
        raise ValueError(f'its rule has "{text[:20]}" as {name}')
    return int(text)


def _weekday(text: str) -> tuple[int, int]:
    match = _WEEKDAY.fullmatch(text.strip())
    if not match or abs(int(match[1] or 0)) > 5:  # noqa: PLR2004 - no month has a sixth
        raise ValueError(f'its rule has "{text[:20]}" as a day of the week')
    return int(match[1] or 0), WEEKDAYS.index(match[2])
