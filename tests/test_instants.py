"""Instants and days as people write them on the command line."""

from __future__ import annotations

from datetime import date

import pytest

from player.instants import day, instant
from player.units import SECOND


def test_an_instant_without_an_offset_is_local() -> None:
    """Times are read as ISO 8601; what says nothing of its zone is of the site's."""
    assert instant("2027-01-27T12:00:05Z", "Europe/Warsaw") == instant("2027-01-27T13:00:05", "Europe/Warsaw")
    assert instant("2027-01-27T12:00:05.25Z", "UTC") % SECOND == SECOND // 4


@pytest.mark.parametrize(
    "text", ["2027-07-27T14:00:05+02:00", "2027-07-27T12:00:05Z", "20270727T12:00:05+0000", "2027-07-27 14:00:05"]
)
def test_every_form_of_an_instant_is_the_same_instant(text: str) -> None:
    """With an offset, with Z, or local in summer: ISO 8601 has many ways to say one thing."""
    assert instant(text, "Europe/Warsaw") == 1_816_689_605 * SECOND


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "12:00",
        "2027-13-01T00:00:00Z",
        "2027-02-30T12:00:00Z",
        "2027-01-27T25:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2027-01-27T12:00:00 Europe/Warsaw",
    ],
)
def test_what_is_no_instant_is_refused_with_an_example(text: str) -> None:
    """Nonsense, days that do not exist and times that nobody counts are refused, and say how to write one."""
    with pytest.raises(ValueError, match="2027-01-27T12:00:05Z"):
        instant(text, "Europe/Warsaw")


def test_what_is_wrong_with_an_instant_is_said() -> None:
    """A day that is in no calendar, and a bracket that was not closed, are named as such."""
    with pytest.raises(ValueError, match="there is no day 2026-11-31: write"):
        instant("2026-11-31T22:10Z", "UTC")
    with pytest.raises(ValueError, match=r"the zone ends with a bracket.*Warsaw\]"):
        instant("2027-01-27T12:00[Europe/Warsaw", "UTC")


def test_a_day_alone_is_asked_for_its_hour() -> None:
    """The answer has that day, ready to be copied."""
    with pytest.raises(ValueError, match="write it with the hour: 2027-02-03T15:00"):
        instant("2027-02-03", "Europe/Warsaw")


def test_an_instant_may_name_its_zone_as_a_slot_does() -> None:
    """What stands behind `start:` can be copied to the command line."""
    assert instant("2027-01-27T09:00[America/New_York]", "Europe/Warsaw") == instant("2027-01-27T14:00Z", "UTC")
    with pytest.raises(ValueError, match="there is no time zone"):
        instant("2027-01-27T09:00[Mars]", "Europe/Warsaw")


def test_a_local_time_that_is_not_or_is_twice() -> None:
    """In the night when clocks go forward it is the first time that there is; when they go back, the first of both."""
    assert instant("2027-03-28T02:30", "Europe/Warsaw") == instant("2027-03-28T01:00Z", "UTC")
    assert instant("2027-10-31T02:30", "Europe/Warsaw") == instant("2027-10-31T00:30Z", "UTC")


def test_a_day_is_written_as_in_the_schedule() -> None:
    """Year, month, day; with its weekday, if it is the right one."""
    assert day("2027-01-20") == day("wed 2027-01-20") == date(2027, 1, 20)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("20.1.2027", "write 2027-01-20"),
        ("2027-02-30", "that month ends on 2027-02-28"),
        ("thu 2027-01-20", "2027-01-20 is a Wednesday"),
        ("2027-01-20..2027-01-22", "write a day as 2027-01-20"),
        ("9999-12-31", "days are from 2000-01-01 to 2200-12-31"),
        ("fri", "write a day as 2027-01-20"),
        ("hebrew 27 nisan", "write a day as 2027-01-20"),
        ("today", "write a day as 2027-01-20"),
        ("", "write a day as 2027-01-20"),
    ],
)
def test_what_is_no_day_is_refused_with_the_right_form(text: str, says: str) -> None:
    """Whatever was typed, the line says how to write it."""
    with pytest.raises(ValueError, match=says):
        day(text)
