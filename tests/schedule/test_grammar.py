"""What may be written in a schedule, and what is refused: with its reason and the nearest right form."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.schedule import days, grammar
from player.schedule.rules import HOUR, Dates, HebrewDate, Point, Sun, Word
from player.schedule.sun import HORIZON
from player.units import SECOND
from tests.fakes.schedules import instant

MINUTE = 60 * SECOND

POINTS: dict[str, Point] = {
    "09:00": Point(time(9)),
    "09:00:30": Point(time(9, 0, 30)),
    "24:00": Point(None),
    "sunrise": Point(Sun(Word.SUNRISE, HORIZON)),
    "sunset@eve": Point(Sun(Word.SUNSET, HORIZON), is_eve=True),
    "sunset-30m": Point(Sun(Word.SUNSET, HORIZON), offset=-30 * MINUTE),
    "sunset + 1.5h": Point(Sun(Word.SUNSET, HORIZON), offset=90 * MINUTE),
    "dark(-6)+10m": Point(Sun(Word.DARK, -6), offset=10 * MINUTE),
    "light(-8.5)@eve-1h": Point(Sun(Word.LIGHT, -8.5), is_eve=True, offset=-HOUR),
    "18:00@eve": Point(time(18), is_eve=True),
    "09:00+90s": Point(time(9), offset=90 * SECOND),
}


@pytest.mark.parametrize(("text", "expected"), POINTS.items(), ids=list(POINTS))
def test_times_of_a_day(text: str, expected: Point) -> None:
    """By the clock or by the sun, on the day or its eve, sooner or later."""
    assert grammar.parse_point(text) == expected


STRETCHES: dict[str, str] = {
    "09:00-17:00": "write `09:00 to 17:00`",
    "09:00 - 17:00": "write `09:00 to 17:00`",
    "09:00 until 17:00": "write `09:00 to 17:00`",
    "09:00 – 17:00": "write `09:00 to 17:00`",
    "09:00": "write `09:00 to 17:00`, not",
    "": "write `09:00 to 17:00`, not",
    "09:00 to 09:00": "09:00 to 09:00 has no length; for a whole day, write `00:00 to 24:00`",
    "24:00 to 02:00": "24:00 is the end of a day: to begin there, write `00:00 to 02:00` and the next day",
    "20:00 to sunset@eve": "the end is of the day before the start",
    "9:00 to 17:00": "write a time as 09:00",
    "5pm to 23:00": "write a time as 17:00",
    "17.30 to 23:00": "write a time as 17:30",
    "9 to 17:00": "write a time as 09:00",
    "25:00 to 26:00": "there is no 25:00: a day ends at 24:00",
    "09:60 to 17:00": "there is no 09:60",
    "24:01 to 02:00": "there is no 24:01: a day ends at 24:00",
    "sundown to 23:00": '"sundown" is no time.',
    "sunst to 23:00": 'Did you mean "sunset"?',
    "Dark(-6) to 23:00": 'Did you mean "dark"?',
    "dark to 23:00": "how far below the horizon is the sun? Write dark(-6)",
    "dark() to 23:00": "Write dark(-6)",
    "dark(6) to 23:00": "dark(6) is above the horizon: write dark(-6)",
    "dark(-40) to 23:00": "dark is from 0 to -18 degrees, not -40",
    "dark(nan) to 23:00": "dark is from 0 to -18 degrees",
    "sunset+30 to 23:00": 'write how much sooner or later as -30m or +1.5h, not "+30"',
    "sunset+13h to 23:00": "is more than 12h",
    "sunset@evening to 23:00": "write a time as 09:00, sunset, sunset@eve or sunset-30m",
    "sunset-30m@eve to 23:00": 'write sunset@eve-30m, not "sunset-30m@eve"',
    "dark(-6)+10m@eve to 23:00": "write dark(-6)@eve+10m",
}


@pytest.mark.parametrize(("text", "expected"), STRETCHES.items(), ids=list(STRETCHES))
def test_a_stretch_that_cannot_be_meant_is_refused(text: str, expected: str) -> None:
    """With the reason, and how to write it."""
    with pytest.raises(ValueError, match=r".") as refused:
        grammar.parse_stretch(text)
    assert expected in str(refused.value)


NEXT_DAY = {
    "09:00 to 17:00": False,
    "22:00 to 02:00": True,
    "00:00 to 24:00": False,
    "22:00 to 00:00": True,
    "17:00 to sunset": False,
    "20:00 to sunrise": True,
    "02:00 to sunrise": False,
    "sunset to 16:30": False,
    "dark(-6) to 02:00": True,
    "dark(-6) to 24:00": False,
    "sunrise to 09:00": False,
    "sunrise to 02:00": True,
    "sunrise to sunset": False,
    "dark(-6) to light(-6)": True,
    "sunset to dark(-8.5)": False,
    "sunset@eve to 24:00": False,
    "sunset@eve to 02:00": False,
    "sunset@eve to 02:00@eve": True,
    "22:00@eve to sunrise": False,
}


@pytest.mark.parametrize(("text", "expected"), NEXT_DAY.items(), ids=list(NEXT_DAY))
def test_an_end_at_or_before_the_start_is_on_the_next_day(text: str, expected: bool) -> None:  # noqa: FBT001 - a row
    """By what is written, never by where the sun happens to be: 17:00 to sunset is no night in winter."""
    assert grammar.parse_stretch(text).ends_next_day is expected


DAYS: dict[str, tuple[object, ...]] = {
    "2027-01-27": (Dates(date(2027, 1, 27), date(2027, 1, 27)),),
    "wed 2027-01-27": (Dates(date(2027, 1, 27), date(2027, 1, 27), frozenset({2})),),
    "Wednesday 2027-01-27": (Dates(date(2027, 1, 27), date(2027, 1, 27), frozenset({2})),),
    "2027-01-20..2027-01-27": (Dates(date(2027, 1, 20), date(2027, 1, 27)),),
    "mon": (Dates(weekdays=frozenset({0})),),
    "mon-fri": (Dates(weekdays=frozenset(range(5))),),
    "sat-mon": (Dates(weekdays=frozenset({5, 6, 0})),),
    "campaign": (Dates(date(2027, 1, 20), date(2027, 1, 27)),),
    "sat campaign": (Dates(date(2027, 1, 20), date(2027, 1, 27), frozenset({5})),),
    "mon-fri 2027-01-20..2027-01-27": (Dates(date(2027, 1, 20), date(2027, 1, 27), frozenset(range(5))),),
    "hebrew 27 nisan israel": (HebrewDate(27, "nisan", "israel"),),
    "hebrew 10 Tevet": (HebrewDate(10, "tevet", "fixed"),),
}


@pytest.mark.parametrize(("text", "expected"), DAYS.items(), ids=list(DAYS))
def test_days(text: str, expected: tuple[object, ...]) -> None:
    """Dates, ranges, weekdays, names, and days of the Hebrew calendar."""
    named = {"campaign": (Dates(date(2027, 1, 20), date(2027, 1, 27)),)}
    assert days.parse_day(text, named) == expected


NO_DAYS: dict[str, str] = {
    "fri 2027-01-23": "2027-01-23 is a Saturday: write sat 2027-01-23",
    "mon-thu 2027-01-23": "2027-01-23 is a Saturday: write sat 2027-01-23",
    "2027-02-30": "there is no day 2027-02-30: that month ends on 2027-02-28",
    "2027-13-01": "there is no day 2027-13-01",
    "2027-1-5": 'write 2027-01-05, not "2027-1-5"',
    "27.1.2027": 'write 2027-01-27, not "27.1.2027"',
    "27/01/2027": 'write 2027-01-27, not "27/01/2027"',
    "2027-01-27..2027-01-20": "ends before it begins: write 2027-01-20..2027-01-27",
    "2027-01-20 to 2027-01-27": "write 2027-01-20..2027-01-27",
    "2027-01-20 - 2027-01-27": "write 2027-01-20..2027-01-27",
    "2027-01-20 .. 2027-01-27": "write 2027-01-20..2027-01-27",
    "campain": 'there is no day "campain". Did you mean "campaign"?',
    "wensday": 'Did you mean "wednesday"?',
    "sat campain": 'Did you mean "campaign"?',
    "": "is empty",
    "hebrew 30 iyar": "no year has a 30 iyar, which has 29 days: write 29 iyar",
    "hebrew 31 nisan": "write 30 nisan",
    "hebrew 27 nissann": "Did you mean nisan?",
    "hebrew": "write a Hebrew date as day and month",
    "hebrew 10 tevet israel": "rule: israel is for 27 nisan",
    "sat hebrew": 'there is no day "sat hebrew".',
    "sat memorial": "has no weekday of its own",
}


@pytest.mark.parametrize(("text", "expected"), NO_DAYS.items(), ids=list(NO_DAYS))
def test_a_day_that_cannot_be_meant_is_refused(text: str, expected: str) -> None:
    """With the reason, and the right one."""
    named = {"campaign": (Dates(date(2027, 1, 20), date(2027, 1, 27)),), "memorial": (HebrewDate(27, "nisan", "israel"),)}
    with pytest.raises(ValueError, match=r".") as refused:
        days.parse_day(text, named)
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-01-27T09:00[America/New_York]", "2027-01-27 14:00"),
        ("2027-01-27 09:00:30[America/New_York]", "2027-01-27 14:00:30"),
        ("2027-01-27T15:00[Europe/Warsaw]", "2027-01-27 14:00"),
        ("2027-01-27T14:00Z", "2027-01-27 14:00"),
        ("2027-01-27T15:30+01:30", "2027-01-27 14:00"),
        ("2027-03-28T02:30[Europe/Warsaw]", "2027-03-28 01:00"),
        ("2027-10-31T02:30[Europe/Warsaw]", "2027-10-31 00:30"),
    ],
)
def test_one_instant_for_every_site(text: str, expected: str) -> None:
    """In a zone or in UTC; a gap moves forward, and a repeated hour is its first."""
    moment = grammar.parse_moment(text, 5400)
    assert (moment.start, moment.length) == (instant(expected), 5400 * SECOND)


NO_MOMENTS: dict[str, str] = {
    "2027-01-27T09:00": "in which zone? Write 2027-01-27T09:00[Region/City], or 2027-01-27T09:00Z for UTC",
    "2027-01-27": "write an instant as 2027-01-27T09:00[America/New_York]",
    "2027-01-27T09:00[America/NewYork]": "Did you mean America/New_York?",
    "2027-01-27T09:00[EST]": '"EST" is an abbreviation, which knows no summer time',
    "2027-02-29T09:00[Europe/Warsaw]": "there is no day 2027-02-29",
    "2027-01-27T25:00[Europe/Warsaw]": "there is no 25:00",
    "2027-01-27T24:00Z": "there is no 24:00: a day ends at 24:00",
    "2027-01-27T09:00+99:00": "write an instant as 2027-01-27T09:00[America/New_York]",
    "tomorrow": "write an instant as 2027-01-27T09:00[America/New_York]",
}


@pytest.mark.parametrize(("text", "expected"), NO_MOMENTS.items(), ids=list(NO_MOMENTS))
def test_an_instant_that_cannot_be_meant_is_refused(text: str, expected: str) -> None:
    """With the reason, and how to write it."""
    with pytest.raises(ValueError, match=r".") as refused:
        grammar.parse_moment(text, 5400)
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"), [("hard", 0), ("next", None), ("wait 30s", 30 * SECOND), ("wait 1.5 m", 90 * SECOND)]
)
def test_how_a_slot_begins(text: str, expected: int | None) -> None:
    """At once, with the next slide, or within a time."""
    assert grammar.parse_start_as(text) == expected


@pytest.mark.parametrize("text", ["soft", "", "wait", "wait long", "30s"])
def test_no_way_to_begin(text: str) -> None:
    """The message names the three ways, or how a length is written."""
    with pytest.raises(ValueError, match=r"hard, next|length of time"):
        grammar.parse_start_as(text)


@pytest.mark.parametrize(("text", "expected"), [("dark", -6.0), ("dark(-8)", -8.0), ("dark( -12 )", -12.0)])
def test_only_if_it_is_dark(text: str, expected: float) -> None:
    """Civil dusk, unless an angle is named."""
    assert grammar.parse_only_if(text) == expected


@pytest.mark.parametrize("text", ["light(-6)", "rain", "dark(6)", "dark()", ""])
def test_no_condition(text: str) -> None:
    """Only darkness is one."""
    with pytest.raises(ValueError, match="dark"):
        grammar.parse_only_if(text)


@settings(max_examples=300, deadline=None)
@given(st.text("0123456789:.-+@() abdeghiklnorstuv[]TZ/", max_size=40) | st.text(max_size=30))
def test_no_text_crashes_the_grammar(text: str) -> None:
    """Whatever is written is a value or a ValueError."""
    parsers: tuple[Callable[[str], object], ...] = (
        grammar.parse_stretch,
        grammar.parse_only_if,
        grammar.parse_start_as,
        grammar.parse_time,
        lambda text: grammar.parse_moment(text, 60),
        lambda text: days.parse_day(text, {}),
    )
    for parse in parsers:
        with suppress(ValueError):
            parse(text)
