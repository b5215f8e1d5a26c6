"""Rules of calendars walked period by period, and days said as the schedule's grammar says them."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import date, datetime, timedelta

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from player.schedule.days import parse_day
from player.schedule.ics.rules import days, parsed
from player.schedule.ics.writing import day_texts
from player.schedule.rules import Dates

DAYS = st.dates(date(2026, 1, 1), date(2027, 6, 30))


@given(st.lists(DAYS, min_size=1, max_size=60, unique=True).map(sorted))
def test_days_are_said_as_they_are(dates: list[date]) -> None:
    """However days are put together, the schedule's own reader finds exactly these."""
    assert _read(day_texts(dates)) == dates


@given(DAYS, st.sets(st.integers(0, 6), min_size=1), st.integers(1, 120))
def test_regular_days_are_said_shortly(first: date, weekdays: set[int], length: int) -> None:
    """Certain weekdays for a while are never more lines than weekdays."""
    dates = [day for day in (first + timedelta(n) for n in range(length)) if day.weekday() in weekdays]
    if dates:
        texts = day_texts(dates)
        assert _read(texts) == dates
        assert len(texts) <= max(2 * len(weekdays), 1)


def _read(texts: Collection[str]) -> list[date]:
    found: set[date] = set()
    for text in texts:
        for rule in parse_day(text, {}):
            assert isinstance(rule, Dates)
            assert rule.first is not None
            assert rule.last is not None
            found |= {day for n in range((rule.last - rule.first).days + 1) if rule.holds(day := rule.first + timedelta(n))}
    return sorted(found)


def _some(*values: object) -> st.SearchStrategy[str]:
    """One to four of some values, as a rule lists them."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=4, unique=True).map(lambda found: ",".join(map(str, found)))


def _rule(text: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A rule with its parts filled in."""
    return st.fixed_dictionaries(parts).map(lambda found: text.format(**found))


PLAIN = _some("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NTH = _some("1MO", "2WE", "-1SU", "5TU", "-2FR")  # never mixed with plain ones: dateutil then wants both at once, RFC 5545 either
MONTH_DAYS = _some(1, 15, 28, 29, 30, 31, -1, -2)
MONTHS = _some(*range(1, 13))
RULES = st.one_of(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    _rule("DAILY;BYDAY={days};BYMONTH={months}", days=PLAIN, months=MONTHS),
    _rule("DAILY;BYMONTHDAY={days}", days=MONTH_DAYS),
    _rule("WEEKLY;BYDAY={days};WKST={start}", days=PLAIN, start=st.sampled_from(["MO", "SU", "TH"])),
    _rule("MONTHLY;BYMONTHDAY={days}", days=MONTH_DAYS),
    _rule("MONTHLY;BYDAY={days}", days=st.one_of(PLAIN, NTH)),
    _rule("MONTHLY;BYDAY={days};BYSETPOS={nth}", days=PLAIN, nth=_some(1, 2, -1)),
    _rule("YEARLY;BYMONTH={months};BYDAY={days}", months=MONTHS, days=st.one_of(PLAIN, NTH)),
    _rule("YEARLY;BYMONTHDAY={days}", days=MONTH_DAYS),
)


@settings(deadline=None)  # dateutil looks for hundreds of years where a rule hardly ever matches
@given(RULES, st.integers(1, 5), st.dates(date(2023, 1, 1), date(2027, 1, 1)), st.integers(0, 900), st.integers(0, 400))
def test_rules_give_the_days_that_dateutil_finds(rule: str, interval: int, start: date, ahead: int, length: int) -> None:
    """Whether the walk begins at the series' first day or years later."""
    begin = start + timedelta(ahead)
    last = begin + timedelta(length)
    text = f"FREQ={rule};INTERVAL={interval}"
    oracle = rrulestr(text, dtstart=datetime.combine(start, datetime.min.time()))
    wanted = [
        each.date() for each in oracle.between(*(datetime.combine(d, datetime.min.time()) for d in (begin, last)), inc=True)
    ]

    found = list(days(parsed(text), start, begin=begin, last=last))

    assert [day for day in found if day >= begin] == wanted
    assert [day for day in days(parsed(text), start, begin=start, last=last) if day >= begin] == wanted


WORDS = ["FREQ=", ";", "DAILY", "WEEKLY", "BYDAY=", ",", "MO", "-1", "COUNT=", "9" * 30, "UNTIL=", "\n", "é", "٣"]


@given(st.lists(st.sampled_from(WORDS), max_size=8).map("".join))
def test_any_text_is_a_rule_or_a_reason(text: str) -> None:
    """Nothing but our own refusal comes out."""
    with contextlib.suppress(ValueError):
        assert parsed(text).interval >= 1


def test_what_is_listed_twice_is_one() -> None:
    """Four hundred times the same day is no more work than once."""
    once = parsed("FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=2;BYMONTH=3;BYSETPOS=-1")
    lists = {"BYDAY": "5MO", "BYMONTHDAY": "2", "BYMONTH": "3", "BYSETPOS": "-1"}
    many = ";".join(f"{name}={','.join([said] * 400)}" for name, said in lists.items())
    assert parsed(f"FREQ=MONTHLY;{many}") == once


@given(RULES, st.integers(1, 5), st.dates(date(1970, 1, 2), date(2027, 1, 1)))
def test_no_rule_gives_more_days_than_it_takes_steps(rule: str, interval: int, start: date) -> None:
    """What a walk costs is known before it begins."""
    known = parsed(f"FREQ={rule};INTERVAL={interval}")
    last = date(2028, 12, 31)
    assert sum(1 for _ in days(known, start, begin=start, last=last)) <= known.steps(start, last)
