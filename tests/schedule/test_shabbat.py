"""Shabbat against printed times, and where the sun does not set."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.schedule.shabbat import shabbat
from player.schedule.span import Span
from player.schedule.sun import HORIZON, Place, elevation, sunset
from player.schedule.zones import local, start_of, zone
from player.units import SECOND, Nanos

MINUTE: Final[Nanos] = 60 * SECOND
HOUR: Final[Nanos] = 60 * MINUTE
CANDLES: Final[Nanos] = 18 * MINUTE
STARS: Final = -8.5
PLACES: Final = {
    "Oświęcim": (Place(50.0343, 19.1785), "Europe/Warsaw"),
    "Jerusalem": (Place(31.7780, 35.2354), "Asia/Jerusalem"),
    "New York": (Place(40.7128, -74.0060), "America/New_York"),
    "Sydney": (Place(-33.8688, 151.2093), "Australia/Sydney"),
    "Apia": (Place(-13.8333, -171.7667), "Pacific/Apia"),
    "Stockholm": (Place(59.3293, 18.0686), "Europe/Stockholm"),
    "Reykjavík": (Place(64.1466, -21.9426), "Atlantic/Reykjavik"),
    "Longyearbyen": (Place(78.2232, 15.6267), "Arctic/Longyearbyen"),
    "McMurdo": (Place(-77.8500, 166.6667), "Antarctica/McMurdo"),
    "the pole": (Place(90.0, 0.0), "UTC"),
}


def _days(name: str, first: date, days: int) -> tuple[Span, ...]:
    place, where = PLACES[name]
    here = zone(where)
    within = Span(start_of(first, time(0), here), start_of(first + timedelta(days=days), time(0), here))
    return shabbat(within, place, here, candles=CANDLES, end_angle=STARS)


@pytest.mark.parametrize(
    ("latitude", "longitude", "where", "candles", "lit", "ends"),
    [
        (31.778, 35.2354, "Asia/Jerusalem", 40, "15:55", "17:15"),
        (40.7128, -74.006, "America/New_York", 18, "16:10", "17:13"),
        (43.6532, -79.3832, "America/Toronto", 18, "16:23", "17:28"),
        (51.5074, -0.1278, "Europe/London", 18, "15:35", "16:50"),
        (-26.2041, 28.0473, "Africa/Johannesburg", 18, "18:32", "19:30"),
        (48.8566, 2.3522, "Europe/Paris", 18, "16:37", "17:48"),
        (40.4168, -3.7038, "Europe/Madrid", 18, "17:30", "18:33"),
    ],
)
def test_times_are_as_they_were_printed(
    *, latitude: float, longitude: float, where: str, candles: int, lit: str, ends: str
) -> None:
    """On 6 and 7 December 2019 candle lighting and the end are those of a printed list to the minute, on three continents."""
    here = zone(where)
    week = Span(start_of(date(2019, 12, 2), time(0), here), start_of(date(2019, 12, 9), time(0), here))

    (found,) = shabbat(week, Place(latitude, longitude), here, candles=candles * MINUTE, end_angle=STARS)

    for at, printed in ((found.start, f"2019-12-06T{lit}"), (found.end, f"2019-12-07T{ends}")):
        expected = datetime.fromisoformat(printed).replace(tzinfo=here)
        assert abs(local(at, here) - expected) <= timedelta(seconds=45)


@pytest.mark.parametrize("name", PLACES)
def test_every_week_has_one(name: str) -> None:
    """At each place a year has one Shabbat a week: Saturday at eleven is in it, and it lasts about a day."""
    _, where = PLACES[name]
    here = zone(where)

    found = _days(name, date(2026, 12, 30), 53 * 7)

    assert len(found) == 53
    assert all(one.end < other.start for one, other in pairwise(found))
    for number, span in enumerate(found):
        saturday = date(2027, 1, 2) + timedelta(weeks=number)
        assert span.start < start_of(saturday, time(11), here) < span.end
        assert start_of(saturday - timedelta(days=1), time(11), here) < span.start
        assert span.end < start_of(saturday + timedelta(days=1), time(4), here)
        assert 14 * HOUR < span.end - span.start < 40 * HOUR


@pytest.mark.parametrize("name", ["Oświęcim", "Jerusalem", "New York", "Sydney", "Apia"])
def test_it_goes_from_before_sunset_to_the_stars(name: str) -> None:
    """Where the sun sets as usual, it begins 18 minutes before Friday's sunset and ends with the sun at the angle."""
    place, where = PLACES[name]
    here = zone(where)

    for span in _days(name, date(2026, 12, 30), 53 * 7):
        friday = local(span.start, here).date()
        assert friday.weekday() == 4
        assert span.start == (sunset(friday, place, here) or 0) - CANDLES
        assert local(span.end, here).date() == friday + timedelta(days=1)
        assert abs(elevation(span.end, place) - STARS) < 0.01


def test_where_the_sun_does_not_set_its_lowest_point_counts() -> None:
    """In Longyearbyen's summer it goes from 18 minutes before one midnight of the sun to the next."""
    place, _ = PLACES["Longyearbyen"]

    for span in _days("Longyearbyen", date(2027, 6, 2), 28):
        for lowest in (span.start + CANDLES, span.end):
            assert elevation(lowest, place) > HORIZON
            assert elevation(lowest, place) < min(elevation(lowest + hours * HOUR, place) for hours in (-2, 2))


def test_where_the_sun_does_not_rise_its_highest_point_counts() -> None:
    """In Longyearbyen's December it begins before the sun's noon on Friday, and ends when Saturday's noon gets no lighter."""
    place, where = PLACES["Longyearbyen"]

    for span in _days("Longyearbyen", date(2026, 12, 2), 28):
        highest = span.start + CANDLES
        assert local(highest, zone(where)).weekday() == 4
        assert elevation(highest, place) < HORIZON
        assert elevation(highest, place) > max(elevation(highest + hours * HOUR, place) for hours in (-2, 2))


def test_nights_too_white_for_stars_end_at_their_darkest() -> None:
    """In Stockholm's June the sun sets and never gets as low as the angle: the end is the middle of the night."""
    place, where = PLACES["Stockholm"]

    for span in _days("Stockholm", date(2027, 6, 9), 21):
        assert abs(elevation(span.start + CANDLES, place) - HORIZON) < 0.01
        assert elevation(span.end, place) > STARS
        assert local(span.end, zone(where)).hour == 0


@given(st.sampled_from(sorted(PLACES)), st.integers(0, 1_000_000), st.integers(0, 20 * 24 * 60))
def test_a_part_of_a_stretch_has_what_the_whole_has(name: str, start: int, length: int) -> None:
    """Every hour hears the same answer, whoever asks about more or less around it."""
    place, where = PLACES[name]
    part = Span((1_767_225_600 + start * 60) * SECOND, (1_767_225_600 + (start + length) * 60) * SECOND)
    whole = Span(part.start - 9 * 24 * HOUR, part.end + 9 * 24 * HOUR)

    found = shabbat(part, place, zone(where), candles=CANDLES, end_angle=STARS)

    around = shabbat(whole, place, zone(where), candles=CANDLES, end_angle=STARS)
    cut = (Span(max(span.start, part.start), min(span.end, part.end)) for span in around)
    assert found == tuple(span for span in cut if span.start < span.end)
