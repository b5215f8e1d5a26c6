"""Calendars over changes of the clocks, with exceptions in other zones; and the agenda's own file, read back as it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from player.schedule.agenda import Row, agenda
from player.schedule.desired import Phase
from player.schedule.ics import Imported, imported
from player.schedule.rules import HOUR
from player.timetable import as_calendar
from player.units import SECOND, Nanos
from tests.fakes.schedules import WEEK, rules

SHOWS = ("wall", "facade", "names", "film-27")
DTSTART = "DTSTART;TZID=Europe/Warsaw:"
APPLE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Apple Inc.//macOS 15.2//EN
CALSCALE:GREGORIAN
X-WR-CALNAME:Façade
X-APPLE-CALENDAR-COLOR:#0E61B9
BEGIN:VTIMEZONE
TZID:Europe/Warsaw
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
DTSTART:19880327T020000
TZNAME:CEST
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
DTSTART:19961027T030000
TZNAME:CET
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Warsaw:20270325T220000
DTEND;TZID=Europe/Warsaw:20270326T020000
RRULE:FREQ=DAILY;UNTIL=20270330T200000Z
EXDATE;TZID=Europe/Warsaw:20270327T220000
SUMMARY:names
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT15M
DESCRIPTION:Erinnerung
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:1
RECURRENCE-ID;TZID=Europe/Warsaw:20270329T220000
DTSTART;TZID=Europe/Warsaw:20270329T233000
DTEND;TZID=Europe/Warsaw:20270330T003000
SUMMARY:wall
END:VEVENT
END:VCALENDAR
"""


def taken(content: str | bytes, *, zone: str = "Europe/Warsaw") -> Imported:
    """What becomes of a calendar, in the first months of 2027."""
    read = content if isinstance(content, bytes) else content.encode()
    return imported(read, zone=zone, shows=SHOWS, first=date(2027, 1, 15), last=date(2027, 11, 30))


def on(found: Imported, first: date, days: int, *, zone: str = "Europe/Warsaw") -> list[tuple[str, str, str]]:
    """When what was imported is on, by the wall clock of the site: start, end, show."""
    rows = agenda(rules(found.yaml.partition("schedule:\n")[2], zone), first, days)
    here = ZoneInfo(zone)
    return [(_told(row.start, here), _told(row.end, here), row.show) for row in rows if row.slot]


def _told(at: Nanos, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, zone):%m-%d %H:%M}"


def test_apple() -> None:
    """Nights over the change to summer time; an end in UTC counts the last of them, a night is out, and one is moved."""
    assert on(taken(APPLE), date(2027, 3, 25), 7) == [
        ("03-25 22:00", "03-26 02:00", "names"),
        ("03-26 22:00", "03-27 02:00", "names"),
        ("03-28 22:00", "03-29 02:00", "names"),
        ("03-29 23:30", "03-30 00:30", "wall"),
        ("03-30 22:00", "03-31 02:00", "names"),
    ]


def event(*lines: str) -> str:
    """A calendar of one event called wall."""
    return "\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:1", "SUMMARY:wall", *lines, "END:VEVENT", "END:VCALENDAR", ""])


CASES: dict[str, tuple[str, date, list[tuple[str, str]]]] = {
    "exceptions in another zone, in UTC, and of a day": (
        event(
            f"{DTSTART}20270120T090000",
            "DURATION:PT1H",
            "RRULE:FREQ=DAILY;COUNT=5",
            "EXDATE;TZID=America/New_York:20270121T030000",
            "EXDATE:20270122T080000Z",
            "EXDATE;VALUE=DATE:20270123",
        ),
        date(2027, 1, 20),
        [("01-20 09:00", "01-20 10:00"), ("01-24 09:00", "01-24 10:00")],
    ),
    "a floating night over the gap": (
        event("DTSTART:20270328T013000", "DTEND:20270328T033000"),
        date(2027, 3, 27),
        [("03-28 01:30", "03-28 03:30")],
    ),
    "a day that has 23 hours": (
        event(f"{DTSTART}20270327T223000", "DTEND;TZID=Europe/Warsaw:20270328T223000"),
        date(2027, 3, 27),
        [("03-27 22:30", "03-28 22:30")],
    ),
    "a whole day that has 25": (
        event("DTSTART;VALUE=DATE:20271031", "DTEND;VALUE=DATE:20271101"),
        date(2027, 10, 30),
        [("10-31 00:00", "11-01 00:00")],
    ),
    "a series in New York between the two summers": (
        event("DTSTART;TZID=America/New_York:20270312T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3"),
        date(2027, 3, 11),
        [("03-12 15:00", "03-12 16:00"), ("03-13 15:00", "03-13 16:00"), ("03-14 14:00", "03-14 15:00")],
    ),
    "the last working day of the month, every other month": (
        event(
            f"{DTSTART}20270129T180000", "DURATION:PT2H", "RRULE:FREQ=MONTHLY;INTERVAL=2;COUNT=2;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
        ),
        date(2027, 1, 20),
        [("01-29 18:00", "01-29 20:00"), ("03-31 18:00", "03-31 20:00")],
    ),
}


@pytest.mark.parametrize(("content", "first", "expected"), CASES.values(), ids=list(CASES))
def test_a_calendar_becomes_what_is_on(content: str, first: date, expected: list[tuple[str, str]]) -> None:
    """From the bytes to the agenda, by the wall clock in Poland."""
    found = taken(content)
    assert not found.left_out
    assert [(start, end) for start, end, _ in on(found, first, 80)] == expected


def test_each_second_since_1970_is_refused_at_once() -> None:
    """By its rule, not by counting; and what is beside it is taken."""
    each = event("DTSTART:19700101T000000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY")
    found = taken(each.replace("END:VCALENDAR\n", "") + event(f"{DTSTART}20270120T090000", "DURATION:PT1H").partition("\n")[2])
    assert found.left_out == ('"wall" (1970-01-01): it repeats every second, which no show does',)
    assert found.slots == 1


@pytest.mark.parametrize("zone", ["Europe/Warsaw", "America/New_York", "Australia/Sydney", "Asia/Kathmandu", "America/St_Johns"])
def test_the_campaigns_week_comes_back_as_it_was(zone: str) -> None:
    """Written as a calendar and imported, the same shows are on at the same seconds; a title page is part of no show."""
    rows = agenda(rules(WEEK, zone), date(2027, 1, 20), 9)
    found = taken(as_calendar(rows, 0, "Hall"), zone=zone)
    again = agenda(rules(found.yaml.partition("schedule:\n")[2], zone), date(2027, 1, 20), 9)
    assert _shows(again) == _shows(rows)
    assert not found.left_out


def _shows(rows: Sequence[Row]) -> list[tuple[Nanos, Nanos, str]]:
    """Return which show is on from when to when; what follows without a gap and is the same show is one."""
    found: list[tuple[Nanos, Nanos, str]] = []
    for row in rows:
        if row.slot is None or row.phase is Phase.PREROLL:
            continue
        if found and found[-1][1:] == (row.start, row.show):
            found[-1] = found[-1][0], row.end, row.show
        else:
            found.append((row.start, row.end, row.show))
    return found


def test_the_longest_night_of_slots_comes_back() -> None:
    """Over the end of the year and over a leap day too."""
    text = "slots: [{id: a, show: wall, at: 22:00 to 02:00}, {id: b, show: names, at: 23:00 to 23:30, priority: 5}]"
    for first in (date(2027, 12, 30), date(2028, 2, 28)):
        rows = agenda(rules(text), first, 4)
        read = imported(as_calendar(rows, 0, "Hall"), zone="Europe/Warsaw", shows=SHOWS, first=first, last=first + timedelta(5))
        again = agenda(rules(read.yaml.partition("schedule:\n")[2]), first, 4)
        inner = _shows(rows)[1:-1]
        assert inner == _shows(again)[1:-1]
        assert all(end - start <= 4 * HOUR for start, end, _ in inner)
