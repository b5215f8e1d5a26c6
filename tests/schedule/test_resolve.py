"""Rules laid out in time: what a slot is on a certain date, where clocks and sun are at their worst."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from datetime import date, timedelta

import pytest

from player.schedule.resolve import KEPT, Calendar
from player.schedule.rules import HOUR
from player.schedule.zones import day_span, local
from player.units import SECOND
from tests.fakes.schedules import PLACES, instant, rules, slot

MINUTE = 60 * SECOND


def spans(fields: str, zone: str, day: str) -> list[tuple[str, str]]:
    """When the slot with *fields* is on, in local time, on one date; to the minute."""
    calendar = Calendar(rules(slot(fields), zone))
    found = calendar.occurrences(calendar.rules.slots[0], date.fromisoformat(day))
    return [
        (f"{local(each.span.start, calendar.zone):%d %H:%M}", f"{local(each.span.end, calendar.zone):%d %H:%M}") for each in found
    ]


WARSAW: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "fixed": ("at: 09:00 to 17:00", "2027-01-20", [("20 09:00", "20 17:00")]),
    "over midnight": ("at: 22:00 to 02:00", "2027-01-22", [("22 22:00", "23 02:00")]),
    "a whole day": ("at: 00:00 to 24:00", "2027-01-20", [("20 00:00", "21 00:00")]),
    "a whole day of 23 hours": ("at: 00:00 to 24:00", "2027-03-28", [("28 00:00", "29 00:00")]),
    "a start in the gap": ("at: 02:30 to 05:00", "2027-03-28", [("28 03:00", "28 05:00")]),
    "an end in the gap": ("at: 01:00 to 02:30", "2027-03-28", [("28 01:00", "28 03:00")]),
    "all in the gap": ("at: 02:10 to 02:50", "2027-03-28", []),
    "after dusk in winter": ("at: dark(-6)+10m to 23:30", "2027-01-20", [("20 17:03", "20 23:30")]),
    "after dusk in summer": ("at: dark(-6)+10m to 23:30", "2027-06-21", [("21 21:51", "21 23:30")]),
    "until the sun sets, after it did": ("at: 17:00 to sunset", "2027-01-20", []),
    "until the sun sets, before it does": ("at: 17:00 to sunset", "2027-06-21", [("21 17:00", "21 20:56")]),
    "from the sun's set to tea": ("at: sunset to 16:30", "2027-01-10", [("10 16:02", "10 16:30")]),
    "a night": ("at: dark(-6) to light(-6)", "2027-01-20", [("20 16:53", "21 06:54")]),
    "a day": ("at: light(-6) to dark(-6)", "2027-01-20", [("20 06:55", "20 16:53")]),
    "from the eve": ("at: sunset@eve to 24:00", "2027-01-20", [("19 16:15", "21 00:00")]),
    "not before": ("at: sunset to 23:00, earliest: 17:00", "2027-01-20", [("20 17:00", "20 23:00")]),
    "not after": ("at: sunset to 23:00, latest: 19:30", "2027-06-21", [("21 19:30", "21 23:00")]),
    "an end not after": ("at: 17:00 to sunset, latest: 20:00", "2027-06-21", [("21 17:00", "21 20:00")]),
    "an end not before": ("at: 15:00 to sunset, earliest: 17:00", "2027-01-20", [("20 15:00", "20 17:00")]),
    "only if dark": ("at: 16:00 to 23:00, only_if: dark", "2027-01-20", [("20 16:53", "20 23:00")]),
    "only if dark, twice a day": (
        "at: 04:00 to 23:00, only_if: dark",
        "2027-01-20",
        [("20 04:00", "20 06:55"), ("20 16:53", "20 23:00")],
    ),
    "only if dark, when it is not": ("at: 10:00 to 12:00, only_if: dark", "2027-01-20", []),
    "another weekday": ("at: 09:00 to 17:00, day: mon-fri", "2027-01-23", []),
    "27 Nisan on a Tuesday": (
        "at: 09:00 to 17:00, day: {hebrew: 27 nisan, rule: israel}",
        "2027-05-04",
        [("04 09:00", "04 17:00")],
    ),
    "27 Nisan on a Sunday": ("at: 09:00 to 17:00, day: {hebrew: 27 nisan, rule: israel}", "2028-04-23", []),
    "and moved to Monday": (
        "at: 09:00 to 17:00, day: {hebrew: 27 nisan, rule: israel}",
        "2028-04-24",
        [("24 09:00", "24 17:00")],
    ),
    "27 Nisan on a Sunday, not moved": ("at: 09:00 to 17:00, day: {hebrew: 27 nisan}", "2028-04-23", [("23 09:00", "23 17:00")]),
    "a leap day": ("at: 09:00 to 17:00, day: 2028-02-29", "2028-02-29", [("29 09:00", "29 17:00")]),
    "over the end of a year": ("at: 23:00 to 01:00", "2027-12-31", [("31 23:00", "01 01:00")]),
}


@pytest.mark.parametrize(("fields", "day", "expected"), WARSAW.values(), ids=list(WARSAW))
def test_a_slot_on_a_date_in_warsaw(fields: str, day: str, expected: list[tuple[str, str]]) -> None:
    """Every kind of time, in winter, in summer and as the clocks change."""
    assert spans(fields, "Europe/Warsaw", day) == expected


POLAR: dict[str, tuple[str, str, str, list[tuple[str, str]]]] = {
    "dark all day: the evening counts from noon": (
        "Arctic/Longyearbyen",
        "at: dark(-6)+10m to 23:30",
        "2026-12-21",
        [("21 12:10", "21 23:30")],
    ),
    "never dark: not on": ("Arctic/Longyearbyen", "at: dark(-6)+10m to 23:30", "2027-06-21", []),
    "never dark in January at McMurdo": ("Antarctica/McMurdo", "at: dark(-6)+10m to 23:30", "2027-01-27", []),
    "dark all day in June at McMurdo": (
        "Antarctica/McMurdo",
        "at: dark(-6)+10m to 23:30",
        "2027-06-21",
        [("21 12:10", "21 23:30")],
    ),
    "never dark, but at the latest then": (
        "Antarctica/McMurdo",
        "at: dark(-6) to 23:30, latest: 21:00",
        "2027-01-27",
        [("27 21:00", "27 23:30")],
    ),
    "dark all day, but at the earliest then": (
        "Arctic/Longyearbyen",
        "at: dark(-6) to 23:30, earliest: 17:00",
        "2026-12-21",
        [("21 17:00", "21 23:30")],
    ),
    "a night without end": ("Arctic/Longyearbyen", "at: dark(-6) to light(-6)", "2026-12-21", [("21 12:00", "22 12:00")]),
    "a day without end": ("Arctic/Longyearbyen", "at: light(-6) to dark(-6)", "2027-06-21", [("21 00:00", "22 00:00")]),
    "no day": ("Arctic/Longyearbyen", "at: light(-6) to dark(-6)", "2026-12-21", []),
    "until it is dark, when it was dark": ("Arctic/Longyearbyen", "at: 09:00 to dark(-6)", "2026-12-21", []),
    "until it is dark, when it is not going to be": (
        "Arctic/Longyearbyen",
        "at: 09:00 to dark(-6)",
        "2027-06-21",
        [("21 09:00", "22 00:00")],
    ),
    "until it is light, when it was": ("Arctic/Longyearbyen", "at: 20:00 to light(-6)", "2027-06-21", []),
    "no sunset: not on": ("Arctic/Longyearbyen", "at: sunset to 23:30", "2026-12-21", []),
    "no sunset, and long set": (
        "Arctic/Longyearbyen",
        "at: sunset to 23:30, earliest: 15:00, latest: 20:00",
        "2026-12-21",
        [("21 15:00", "21 23:30")],
    ),
    "no sunset, and not to set": (
        "Arctic/Longyearbyen",
        "at: sunset to 23:30, earliest: 15:00, latest: 20:00",
        "2027-06-21",
        [("21 20:00", "21 23:30")],
    ),
    "no sunrise, and long up": (
        "Arctic/Longyearbyen",
        "at: sunrise to 12:00, earliest: 06:00",
        "2027-06-21",
        [("21 06:00", "21 12:00")],
    ),
    "only if dark, and it is": (
        "Arctic/Longyearbyen",
        "at: 09:00 to 17:00, only_if: dark",
        "2026-12-21",
        [("21 09:00", "21 17:00")],
    ),
    "only if dark, and it never is": ("Antarctica/McMurdo", "at: 00:00 to 24:00, only_if: dark", "2027-01-27", []),
    "a sun that is hours behind the clock": (
        "Asia/Shanghai",
        "at: dark(-6) to 23:30",
        "2027-01-20",
        [("20 20:30", "20 23:30")],
    ),
}


@pytest.mark.parametrize(("zone", "fields", "day", "expected"), POLAR.values(), ids=list(POLAR))
def test_a_slot_where_the_sun_does_not_do_as_elsewhere(zone: str, fields: str, day: str, expected: list[tuple[str, str]]) -> None:
    """Dark is a state: always so or never so is an answer, and never an error."""
    assert spans(fields, zone, day) == expected


KINDS: dict[str, int] = {"dark(-6)+10m to 23:30": 12, "17:00 to sunset": 10, "sunset to 16:30": 5, "light(-6) to 12:00": 13}
"""Stretches, and how many hours each may have at most, wherever it is."""


@pytest.mark.parametrize("zone", list(PLACES))
def test_a_slot_of_the_sun_stays_what_it_is(zone: str) -> None:
    """On no day between 2026 and 2032, however the sun stands, does an evening become a day, or a day raise anything."""
    for text, hours in KINDS.items():
        calendar = Calendar(rules(slot(f"at: {text}"), zone))
        for step in range(0, 7 * 365, 23):
            day = date(2026, 1, 1) + timedelta(step)
            for each in calendar.slots(day):
                assert 0 < each.span.end - each.span.start <= hours * HOUR, day
                assert each.span.start >= day_span(day, calendar.zone).start - HOUR, day


def test_an_instant_is_the_same_everywhere() -> None:
    """One start in New York's time, asked in Apia."""
    found = Calendar(rules(slot("start: '2027-01-27T09:00[America/New_York]', length: 90m"), "Pacific/Apia")).moments()
    assert [(each.span.start, each.day) for each in found] == [(instant("2027-01-27 14:00"), date(2027, 1, 28))]


def test_quiet_has_dates_and_shabbats() -> None:
    """A daily rule belongs to its date, Shabbat to the Monday before it."""
    text = "quiet:\n- {when: {shabbat: {candles: 40m}}}\n- {when: {day: sun, at: 22:00 to 06:00}, do: dark}\n"
    calendar = Calendar(rules(text, "Asia/Jerusalem"))
    (shabbat,) = calendar.quiet(date(2027, 1, 18))
    assert shabbat.rule.id == "shabbat"
    assert abs(shabbat.span.start - instant("2027-01-22 16:24", "Asia/Jerusalem")) < 2 * MINUTE
    assert abs(shabbat.span.end - instant("2027-01-23 17:44", "Asia/Jerusalem")) < 3 * MINUTE
    (night,) = calendar.quiet(date(2027, 1, 24))
    assert (night.rule.id, night.span.end - night.span.start) == ("quiet", 8 * HOUR)


def test_without_a_place_nothing_asks_the_sun() -> None:
    """The file is refused before; what is asked all the same has an answer."""
    without = rules(
        "slots: [{id: a, show: x, at: sunset to 23:00}, {id: b, show: x, at: dark(-6) to 23:00, only_if: dark}]\n"
        "quiet: [{when: {shabbat: {}}}]",
        "Europe/London",
    )
    assert without.place is None
    calendar = Calendar(without)
    assert calendar.slots(date(2027, 1, 18)) == ()
    assert calendar.quiet(date(2027, 1, 18)) == ()


def test_memory_is_bounded() -> None:
    """A player that runs for years keeps some weeks of dates."""
    calendar = Calendar(rules(slot("at: dark(-6) to 23:00")))
    for step in range(2 * KEPT):
        calendar.slots(date(2027, 1, 1) + timedelta(step))
    assert len(calendar._slots) == KEPT
    assert len(calendar._nights) <= KEPT
