"""Days of a schedule as people write them: dates, ranges, weekdays, days by name, and days of the Hebrew calendar."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from player.schedule import hebrew
from player.schedule.rules import Dates, DayRule, HebrewDate
from player.schema import did_you_mean
from player.units import FIRST_YEAR, LAST_YEAR

RULES: Final[tuple[hebrew.Rule, ...]] = ("fixed", "israel")
"""Of a Hebrew date: the date itself, or 27 Nisan as Israel keeps it."""
MAX_DAYS: Final = 200  # lines in one list of days; past that a range is meant

_LONG: Final = tuple(name.lower() for name in calendar.day_name)
WEEKDAYS: Final = tuple(name[:3] for name in _LONG)
_MONTHS: Final = 12
_LONGEST: Final = 31
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_RANGE: Final = re.compile(r"(\S+?)\s*(?:\.{2,3}|–|—|\s(?:to|until|-)\s)\s*(\S+)")
_BACKWARDS: Final = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
_LOOSE: Final = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", re.ASCII)
_MEANT: Final = {
    **dict.fromkeys(("weekend", "weekends"), "write sat-sun"),
    **dict.fromkeys(("weekday", "weekdays", "workday", "workdays"), "write mon-fri"),
    **dict.fromkeys(("daily", "always", "everyday", "all"), "leave the key out for every day"),
}
"""What people write, and what they mean."""
_NAME: Final = re.compile(r"[A-Za-z][\w-]*", re.ASCII)


def parse_day(text: str, named: Mapping[str, tuple[DayRule, ...]] | None) -> tuple[DayRule, ...]:
    """Return one day, range, weekday or name of `day:`.

    Args:
        text: ``2027-01-27``, ``wed 2027-01-27``, ``2027-01-20..2027-01-27``, ``mon-fri``, ``sat campaign``,
            ``hebrew 27 nisan israel``.
        named: what is under `days:`; None while that is not known yet, and every name is taken for one.

    Raises:
        ValueError: it cannot be meant; the message says why, and how to write it.
    """
    words = text.split(maxsplit=1)
    if "," in text:
        raise ValueError(f"several days are a list: write [{', '.join(text.replace(',', ' ').split())}]")
    if not words:
        raise ValueError("is empty: write a day as 2027-01-27, or leave the key out for every day")
    if words[0].lower() == "hebrew":
        return (_hebrew(words[1] if len(words) > 1 else ""),)
    weekdays = _weekdays(words[0])
    rest = text.strip() if weekdays is None else (words[1] if len(words) > 1 else "")
    if not rest:
        return (Dates(weekdays=weekdays),)
    if not rest[0].isdigit():
        return _filtered(_by_name(rest, text, named), weekdays, text)
    first, last = _dates(rest)
    if weekdays is not None and first == last and first.weekday() not in weekdays:
        right = WEEKDAYS[first.weekday()]
        raise ValueError(f"{first} is a {_LONG[first.weekday()].capitalize()}: write {right} {first}")
    return _filtered((Dates(first, last),), weekdays, text)


def hebrew_text(day: object, rule: object) -> str:
    """Return ``{hebrew: 27 nisan, rule: israel}`` as the one line that `parse_day` reads."""
    return f"hebrew {day} {rule}"


def is_name(text: str) -> bool:
    """Whether a day may be called so: a word that is no weekday."""
    return _NAME.fullmatch(text) is not None and _weekdays(text) is None and text.lower() != "hebrew"


def _weekdays(word: str) -> frozenset[int] | None:
    """Return the weekdays that a word names, 0 is Monday; None when it names none."""
    ends = [_weekday(part) for part in re.split(r"-|\.\.|–", word.lower())]
    match ends:
        case [int(only)]:
            return frozenset({only})
        case [int(first), int(last)]:
            return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
        case _:
            return None


def _weekday(word: str) -> int | None:
    names = WEEKDAYS if len(word) == len(WEEKDAYS[0]) else _LONG
    return names.index(word) if word in names else None


def _filtered(rules: tuple[DayRule, ...], weekdays: frozenset[int] | None, text: str) -> tuple[DayRule, ...]:
    """Return *rules* on certain weekdays alone."""
    if weekdays is None:
        return rules
    dated = [rule for rule in rules if isinstance(rule, Dates)]
    if len(dated) < len(rules):
        raise ValueError(f'"{text}": a day of the Hebrew calendar has no weekday of its own')
    both = (weekdays if rule.weekdays is None else weekdays & rule.weekdays for rule in dated)
    return tuple(Dates(rule.first, rule.last, left) for rule, left in zip(dated, both, strict=True))


def _by_name(name: str, text: str, named: Mapping[str, tuple[DayRule, ...]] | None) -> tuple[DayRule, ...]:
    if named is None and is_name(name):
        return ()
    if named is None or name not in named:
        if name.lower() in _MEANT:
            raise ValueError(f'there is no day "{text}": {_MEANT[name.lower()]}')
        spans = [f"{first}-{last}" for first in WEEKDAYS for last in WEEKDAYS] if "-" in name else []
        nearest = did_you_mean(name.lower(), [*(named or ()), *WEEKDAYS, *_LONG, *spans])
        hint = nearest if "?" in nearest else " Write a day as 2027-01-27, mon-fri, or a name from `days:`."
        raise ValueError(f'there is no day "{text}".{hint}')
    return named[name]


def _dates(text: str) -> tuple[date, date]:
    if _DATE.fullmatch(text):
        return _date(text), _date(text)
    match = _RANGE.fullmatch(text)
    if not match:
        _date(text)
        raise ValueError(f'write days as 2027-01-20..2027-01-27, not "{text}"')
    first, last = _date(match[1]), _date(match[2])
    if text != f"{first}..{last}":
        raise ValueError(f'write {first}..{last}, not "{text}"')
    if last < first:
        raise ValueError(f"ends before it begins: write {last}..{first}")
    return first, last


def _date(text: str) -> date:
    loose, backwards = _LOOSE.fullmatch(text), _BACKWARDS.fullmatch(text)
    parts = tuple(map(int, loose.groups() if loose else reversed(backwards.groups()) if backwards else ()))
    if not parts and hebrew.is_month(text.partition(" ")[2]):
        raise ValueError(f"write a day of the Hebrew calendar as {{hebrew: {text}}}")
    if not parts:
        raise ValueError(f'write a day as 2027-01-27, not "{text}"')
    try:
        found = date(*parts)
    except ValueError:
        year, month, day = parts
        if backwards and day <= _MONTHS < month <= _LONGEST:
            raise ValueError(f'write {year}-{day:02}-{month:02}, not "{text}"') from None
        raise ValueError(f"there is no day {text}{_last_of(*parts)}") from None
    if not _DATE.fullmatch(text):
        raise ValueError(f'write {found}, not "{text}"')
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"days are from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31, not {text}")
    return found


def _last_of(year: int, month: int, _day: int) -> str:
    if not (1 <= month <= _MONTHS and year):
        return ""
    return f": that month ends on {year}-{month:02}-{calendar.monthrange(year, month)[1]}"


def _hebrew(text: str) -> HebrewDate:
    words = text.split()
    rules: dict[str, hebrew.Rule] = {rule: rule for rule in RULES}
    rule = rules[words.pop()] if words and words[-1] in rules else RULES[0]
    day, month = hebrew.parse(" ".join(words))
    hebrew.occurrences(day, month, rule, date.max, date.min)  # refuses a rule that is not for this date
    return HebrewDate(day, month, rule)
