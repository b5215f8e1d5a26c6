"""Dates of the Hebrew calendar, as the civil days that they are by daylight. Each begins on the evening before."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, Literal, Protocol, cast

from pyluach import dates

Rule = Literal["fixed", "israel"]

NISAN: Final = 1  # months are counted as pyluach does: Nisan is 1, Tishrei 7, Adar 12, and the second Adar of a leap year 13
ADAR: Final = 12
SECOND_ADAR: Final = 13

_SPELLINGS: Final = {
    "nisan": ("nissan", "ניסן"),
    "iyar": ("iyyar", "אייר"),
    "sivan": ("siwan", "סיוון", "סיון"),
    "tammuz": ("tamuz", "תמוז"),
    "av": ("menachem av", "ab", "אב"),
    "elul": ("אלול",),
    "tishrei": ("tishri", "tishre", "תשרי"),
    "cheshvan": ("heshvan", "marcheshvan", "marheshvan", "חשוון", "חשון", "מרחשוון"),
    "kislev": ("chislev", "כסלו"),
    "tevet": ("teves", "tebet", "teveth", "טבת"),
    "shevat": ("shvat", "sh'vat", "shebat", "שבט"),
    "adar": ("אדר",),
    "adar i": ("adar 1", "adar rishon", "adar aleph", "adar alef", "אדר א", "אדר א׳"),
    "adar ii": ("adar 2", "adar sheni", "adar bet", "ve-adar", "אדר ב", "אדר ב׳"),
}
"""The names that are used here, and what else people write."""

_NAMES: Final = {spelling: name for name, others in _SPELLINGS.items() for spelling in (name, *others)}
_NUMBERS: Final = {name: number for number, name in enumerate((*list(_SPELLINGS)[:ADAR], "adar ii"), NISAN)}
_LENGTHS: Final = {"iyar": 29, "tammuz": 29, "elul": 29, "tevet": 29, "adar": 29, "adar ii": 29}
"""Of months that never have 30 days. Cheshvan and Kislev have 29 in some years; Adar I has 30, where it exists."""

_LONGEST: Final = 30
_CYCLE: Final = 19  # years, of which these many have a second Adar
_LEAP_YEARS: Final = 7
_WRITTEN: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(.+)", re.IGNORECASE)
_REMEMBRANCE: Final = (27, "nisan")  # Yom HaShoah
_MOVED: Final = {4: timedelta(days=-1), 6: timedelta(days=1)}
"""Friday to Thursday and Sunday to Monday, so that it does not touch Shabbat: Israel's law of 1959, as amended in 1997."""


class _HebrewDate(Protocol):
    """What is used of pyluach, which carries no types."""

    year: int

    def to_pydate(self) -> date: ...


class _Calendar(Protocol):
    def __call__(self, year: int, month: int, day: int) -> _HebrewDate: ...

    def from_pydate(self, pydate: date) -> _HebrewDate: ...


_HEBREW: Final = cast("_Calendar", dates.HebrewDate)


def parse(text: str) -> tuple[int, str]:
    """Return day and month of a Hebrew date as people write it: `27 nisan`, `1 Adar II`.

    Raises:
        ValueError: It is none, or no year has it; the message names the nearest right form.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if not match:
        raise ValueError(f'write a Hebrew date as day and month, such as 27 nisan, not "{text}"')
    day, month = int(match[1]), month_called(match[2])
    if not may_exist(day, month):
        nearest = min(max(day, 1), _longest(month))
        other = f" or {day} adar i" if month.startswith("adar") and day == _LONGEST else ""
        raise ValueError(f"no year has a {day} {month}, which has {_longest(month)} days: write {nearest} {month}{other}")
    return day, month


def month_called(name: str) -> str:
    """Return a month's name as it is used here, from any of its spellings.

    Raises:
        ValueError: There is no such month; the message names the nearest.
    """
    wanted = " ".join(name.lower().replace("’", "'").split())
    if wanted in _NAMES:
        return _NAMES[wanted]
    found = difflib.get_close_matches(wanted, _NAMES, n=1)
    nearest = f"Did you mean {_NAMES[found[0]]}?" if found else f"They are {', '.join(_SPELLINGS)}"
    raise ValueError(f'there is no Hebrew month "{name}". {nearest}')


def is_month(name: str) -> bool:
    """Return whether a month is called so, in any spelling."""
    return " ".join(name.lower().replace("’", "'").split()) in _NAMES


def may_exist(day: int, month: str) -> bool:
    """Return whether there are years with this date.

    Raises:
        ValueError: There is no such month.
    """
    return 1 <= day <= _longest(month_called(month))


def occurrences(day: int, month: str, rule: Rule, first: date, last: date) -> tuple[date, ...]:
    """Return the civil days by whose daylight a Hebrew date falls, from *first* to *last*, both included, in order.

    A common year has one Adar, and all three names mean it; in a leap year plain Adar is the second, as for Purim. A 30th is
    found only in years that have it.

    Args:
        day: 1 to 30.
        month: In any spelling.
        rule: `fixed`: the date itself. `israel`: 27 Nisan as Israel keeps it, on Thursday when it falls on a Friday and on
            Monday when it falls on a Sunday.
        first: The earliest day that counts, after it was moved.
        last: The latest.

    Raises:
        ValueError: There is no such month, no year has the date, or the rule is not for it.
    """
    name = month_called(month)
    if not may_exist(day, name):
        raise ValueError(f"no year has a {day} {name}")
    if rule == "israel" and (day, name) != _REMEMBRANCE:
        raise ValueError(f"rule: israel is for 27 nisan; write rule: fixed for {day} {name}")
    if first > last:
        return ()
    moves = _MOVED if rule == "israel" else {}
    fallen = (at + moves.get(at.weekday(), timedelta()) for at in _fixed(day, name, first, last))
    return tuple(at for at in fallen if first <= at <= last)


def _fixed(day: int, name: str, first: date, last: date) -> Iterator[date]:
    """Yield the date in every Hebrew year that may touch *first* to *last*, and in one more on each side."""
    for year in range(_year_of(first) - 1, _year_of(last) + 2):
        try:
            yield _HEBREW(year, _number(name, is_leap=_is_leap(year)), day).to_pydate()
        except (ValueError, OverflowError):
            continue  # this year's month has 29 days, or the year is beyond what the civil calendar here counts


def _number(name: str, *, is_leap: bool) -> int:
    if name.startswith("adar"):
        return SECOND_ADAR if is_leap and name != "adar i" else ADAR
    return _NUMBERS[name]


def _is_leap(year: int) -> bool:
    """Return whether a Hebrew year has thirteen months."""
    return (_LEAP_YEARS * year + 1) % _CYCLE < _LEAP_YEARS


def _year_of(day: date) -> int:
    return _HEBREW.from_pydate(day).year


def _longest(month: str) -> int:
    return _LENGTHS.get(month, _LONGEST)
