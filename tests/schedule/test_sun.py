"""The sun against almanacs, against another formula, at the poles, and on nights when it barely touches an angle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import asin, atan2, cos, degrees, radians, sin
from typing import Final

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from player.schedule import sun
from player.schedule.span import Span
from player.schedule.sun import HORIZON, Place, below, elevation, nightfall, sunrise, sunset
from player.schedule.zones import day_span, end_of, local, start_of, zone
from player.units import SECOND, Nanos

DAY: Final[Nanos] = 24 * 3600 * SECOND
PLACES: Final = {
    "Kraków": (Place(50.0614, 19.9366), zone("Europe/Warsaw")),
    "Oświęcim": (Place(50.0343, 19.1785), zone("Europe/Warsaw")),
    "Tel Aviv": (Place(32.0853, 34.7818), zone("Asia/Jerusalem")),
    "Jerusalem": (Place(31.7780, 35.2354), zone("Asia/Jerusalem")),
    "New York": (Place(40.7128, -74.0060), zone("America/New_York")),
    "Sydney": (Place(-33.8688, 151.2093), zone("Australia/Sydney")),
    "Longyearbyen": (Place(78.2232, 15.6267), zone("Arctic/Longyearbyen")),
    "McMurdo": (Place(-77.8500, 166.6667), zone("Antarctica/McMurdo")),
    "Reykjavík": (Place(64.1466, -21.9426), zone("Atlantic/Reykjavik")),
    "the pole": (Place(-90.0, 170.0), zone("Antarctica/McMurdo")),
    "the other pole": (Place(90.0, 0.0), zone("UTC")),
}
COMPUTED: Final = (
    ("Kraków", -0.833, "2027-01-27T06:21:11Z", "2027-01-27T15:25:10Z"),
    ("Kraków", -6, "2027-01-27T05:45:38Z", "2027-01-27T16:00:45Z"),
    ("Kraków", -0.833, "2027-06-21T02:30:33Z", "2027-06-21T18:53:27Z"),
    ("Kraków", -6, "2027-06-21T01:45:46Z", "2027-06-21T19:38:14Z"),
    ("Kraków", -0.833, "2028-02-29T05:24:53Z", "2028-02-29T16:21:16Z"),
    ("Kraków", -6, "2028-02-29T04:52:24Z", "2028-02-29T16:53:49Z"),
    ("Oświęcim", -0.833, "2027-01-27T06:24:07Z", "2027-01-27T15:28:18Z"),
    ("Oświęcim", -6, "2027-01-27T05:48:36Z", "2027-01-27T16:03:51Z"),
    ("Oświęcim", -0.833, "2026-03-29T04:26:48Z", "2026-03-29T17:10:15Z"),
    ("Oświęcim", -6, "2026-03-29T03:54:13Z", "2026-03-29T17:42:57Z"),
    ("Oświęcim", -0.833, "2026-10-25T05:21:14Z", "2026-10-25T15:32:45Z"),
    ("Oświęcim", -6, "2026-10-25T04:47:54Z", "2026-10-25T16:06:03Z"),
    ("Tel Aviv", -0.833, "2027-01-27T04:37:45Z", "2027-01-27T15:09:36Z"),
    ("Tel Aviv", -6, "2027-01-27T04:11:50Z", "2027-01-27T15:35:31Z"),
    ("Tel Aviv", -0.833, "2027-05-04T02:52:29Z", "2027-05-04T16:23:20Z"),
    ("Tel Aviv", -6, "2027-05-04T02:26:20Z", "2027-05-04T16:49:33Z"),
    ("Jerusalem", -0.833, "2027-01-29T04:34:18Z", "2027-01-29T15:10:11Z"),
    ("Jerusalem", -6, "2027-01-29T04:08:34Z", "2027-01-29T15:35:55Z"),
    ("Jerusalem", -8.5, "2027-01-29T03:56:18Z", "2027-01-29T15:48:12Z"),
    ("Jerusalem", -0.833, "2027-04-30T02:54:54Z", "2027-04-30T16:18:11Z"),
    ("Jerusalem", -6, "2027-04-30T02:29:06Z", "2027-04-30T16:44:03Z"),
    ("Jerusalem", -8.5, "2027-04-30T02:16:24Z", "2027-04-30T16:56:47Z"),
    ("New York", -0.833, "2027-01-27T12:10:35Z", "2027-01-27T22:07:18Z"),
    ("New York", -6, "2027-01-27T11:41:16Z", "2027-01-27T22:36:37Z"),
    ("New York", -0.833, "2027-03-14T11:09:35Z", "2027-03-14T23:01:30Z"),
    ("New York", -6, "2027-03-14T10:42:20Z", "2027-03-14T23:28:48Z"),
    ("Sydney", -0.833, "2027-01-26T19:11:03Z", "2027-01-27T09:03:58Z"),
    ("Sydney", -6, "2027-01-26T18:43:31Z", "2027-01-27T09:31:26Z"),
    ("Sydney", -0.833, "2027-04-03T20:09:05Z", "2027-04-04T07:47:03Z"),
    ("Sydney", -6, "2027-04-03T19:44:06Z", "2027-04-04T08:12:00Z"),
    ("Longyearbyen", -0.833, "2027-03-20T04:53:43Z", "2027-03-20T17:20:16Z"),
    ("Longyearbyen", -6, "2027-03-20T03:08:15Z", "2027-03-20T19:07:38Z"),
    ("Longyearbyen", -0.833, "2027-02-20T09:06:16Z", "2027-02-20T13:18:31Z"),
    ("Longyearbyen", -6, "2027-02-20T06:47:46Z", "2027-02-20T15:37:27Z"),
    ("Longyearbyen", -0.833, "2027-10-10T06:39:48Z", "2027-10-10T14:46:28Z"),
    ("Longyearbyen", -6, "2027-10-10T04:52:46Z", "2027-10-10T16:32:48Z"),
    ("McMurdo", -0.833, "2027-03-19T18:37:21Z", "2027-03-20T07:20:43Z"),
    ("McMurdo", -6, "2027-03-19T16:52:12Z", "2027-03-20T09:03:58Z"),
    ("McMurdo", -8.5, "2027-03-19T15:50:05Z", "2027-03-20T10:03:45Z"),
    ("McMurdo", -0.833, "2027-09-29T17:40:05Z", "2027-09-30T07:51:27Z"),
    ("McMurdo", -6, "2027-09-29T15:46:12Z", "2027-09-30T09:48:39Z"),
    ("McMurdo", -8.5, "2027-09-29T14:25:18Z", "2027-09-30T11:17:42Z"),
)
"""When the sun's centre rises above an angle, and when it falls below: PyEphem 4.2 (VSOP87), without refraction."""

YEARBOOK: Final = (
    ("2025-01-01", ("06:00", "18:08"), ("06:39", "17:29"), ("07:20", "16:47")),
    ("2025-01-31", ("05:43", "18:45"), ("06:21", "18:07"), ("07:00", "17:28")),
    ("2025-03-22", ("04:08", "20:07"), ("04:48", "19:27"), ("05:26", "18:49")),
    ("2025-05-01", ("02:17", "21:40"), ("03:13", "20:43"), ("04:00", "19:56")),
    ("2025-06-20", None, ("02:00", "22:03"), ("03:06", "20:57")),
    ("2025-07-20", ("01:09", "23:00"), ("02:36", "21:35"), ("03:32", "20:39")),
    ("2025-09-18", ("03:49", "19:57"), ("04:30", "19:17"), ("05:08", "18:39")),
    ("2025-11-17", ("05:23", "18:07"), ("06:01", "17:29"), ("06:40", "16:49")),
)
"""Twilight at -18, -12 and -6 degrees, at 50° N 15° E in UTC+1: the Czech Astronomical Society's yearbook for 2025."""


def _at(text: str) -> Nanos:
    return round(datetime.fromisoformat(text).timestamp()) * SECOND


def _year(year: int) -> Span:
    return Span(_at(f"{year}-01-01T00:00Z"), _at(f"{year + 1}-01-01T00:00Z"))


@pytest.mark.parametrize(("name", "angle", "up", "down"), COMPUTED)
def test_times_are_those_of_another_theory_of_the_sun(name: str, angle: float, up: str, down: str) -> None:
    """Rising and falling through an angle are within five seconds of VSOP87, and within fifteen where the sun moves flat."""
    place, _ = PLACES[name]
    middle = (_at(up) + _at(down)) // 2

    before, after = below(angle, Span(middle - DAY // 2, middle + DAY // 2), place)

    tolerance = (15 if abs(place.latitude) > 70 else 5) * SECOND
    assert abs(before.end - _at(up)) <= tolerance
    assert abs(after.start - _at(down)) <= tolerance


@pytest.mark.parametrize(("day", "astronomical", "nautical", "civil"), YEARBOOK)
def test_twilight_is_as_a_yearbook_prints_it(
    day: str, astronomical: tuple[str, str] | None, nautical: tuple[str, str], civil: tuple[str, str]
) -> None:
    """The three twilights of a year are those of a printed almanac to the minute; in June the deepest does not end."""
    within = Span(_at(f"{day}T00:00+01:00"), _at(f"{day}T00:00+01:00") + DAY)

    for angle, printed in ((-18, astronomical), (-12, nautical), (-6, civil)):
        spans = below(angle, within, Place(50, 15))
        found = (spans[0].end, spans[1].start) if spans else None
        if printed is None or found is None:
            assert printed is found
            continue
        for at, text in zip(found, printed, strict=True):
            assert abs(at - _at(f"{day}T{text}+01:00")) <= 45 * SECOND


def _by_the_stars(at: Nanos, place: Place) -> float:
    """Return the sun's height by sidereal time, as the Astronomical Almanac's page C5 has it: within 0.01° until 2050."""
    n = (at - _at("2000-01-01T12:00Z")) / DAY
    g = radians(357.528 + 0.9856003 * n)
    ecliptic = radians(280.460 + 0.9856474 * n + 1.915 * sin(g) + 0.020 * sin(2 * g))
    tilt = radians(23.439 - 0.0000004 * n)
    ascension = atan2(cos(tilt) * sin(ecliptic), cos(ecliptic))
    declination = asin(sin(tilt) * sin(ecliptic))
    hour_angle = radians(280.46062 + 360.98564737 * n + place.longitude) - ascension
    latitude = radians(place.latitude)
    return degrees(asin(sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hour_angle)))


INSTANTS: Final = st.integers(_at("2026-01-01T00:00Z") // SECOND, _at("2033-01-01T00:00Z") // SECOND).map(lambda s: s * SECOND)
ANYWHERE: Final = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))
ANGLES: Final = st.floats(-20, 5)
A_FEW_DAYS: Final = st.integers(0, 5 * 86_400).map(lambda s: s * SECOND)


@given(INSTANTS, ANYWHERE)
def test_the_height_is_that_of_another_formula(at: Nanos, place: Place) -> None:
    """Anywhere, at any time until 2032, the equation of time and sidereal time agree within 0.03°."""
    assert abs(elevation(at, place) - _by_the_stars(at, place)) < 0.03


@given(INSTANTS, A_FEW_DAYS, ANYWHERE, ANGLES)
@example(_at("2027-06-20T00:00Z"), 3 * DAY, Place(90, 0), -0.833)
@example(_at("2027-03-18T00:00Z"), 5 * DAY, Place(-89.95, 0), -0.2)
def test_a_stretch_is_parted_into_lower_and_not(start: Nanos, length: Nanos, place: Place, angle: float) -> None:
    """Spans are in order, apart and inside; within them the sun is lower than the angle, between them it is not."""
    within = Span(start, start + length)

    spans = below(angle, within, place)

    edges = [within.start, *(edge for span in spans for edge in (span.start, span.end)), within.end]
    assert edges == sorted(edges)
    assert all(span.start < span.end for span in spans)
    assert all(one.end < other.start for one, other in pairwise(spans))
    for index, (one, other) in enumerate(pairwise(edges)):
        if other - one > 4 * SECOND:  # a second for rounding, at each edge, and one to spare
            for at in (one + 2 * SECOND, (one + other) // 2, other - 2 * SECOND):
                assert (elevation(at, place) < angle) == bool(index % 2)


@given(INSTANTS, st.tuples(A_FEW_DAYS, A_FEW_DAYS, A_FEW_DAYS), ANYWHERE, ANGLES)
def test_a_part_of_a_stretch_has_the_same_edges(start: Nanos, days: tuple[Nanos, ...], place: Place, angle: float) -> None:
    """Whoever asks about an hour alone hears what he would hear about the week around it, to the nanosecond."""
    lead, length, rest = days
    part = Span(start + lead, start + lead + length)
    whole = Span(start, part.end + rest)

    cut = (Span(max(span.start, part.start), min(span.end, part.end)) for span in below(angle, whole, place))

    assert below(angle, part, place) == tuple(span for span in cut if span.start < span.end)


@given(INSTANTS, st.floats(-85, 85), st.floats(-180, 180))
def test_a_night_that_barely_is_one_is_found(start: Nanos, latitude: float, longitude: float) -> None:
    """However short the sun is lower than an angle, it is seen; a trace lower, and it never is."""
    place = Place(latitude, longitude)
    within = Span(start, start + DAY)
    lowest = min(range(within.start, within.end, 60 * SECOND), key=lambda at: elevation(at, place))
    lowest = min(range(lowest - 60 * SECOND, lowest + 60 * SECOND, SECOND), key=lambda at: elevation(at, place))
    assume(within.start + 3600 * SECOND < lowest < within.end - 3600 * SECOND)  # at an edge, the sun only passes
    assume(elevation(lowest, place) > -80)  # right below the earth it turns within a second
    around = Span(lowest - 3600 * SECOND, lowest + 3600 * SECOND)

    found = below(elevation(lowest, place) + 1e-4, around, place)

    assert len(found) == 1
    assert found[0].start < lowest < found[0].end
    assert not below(elevation(lowest, place) - 1e-6, around, place)


@pytest.mark.parametrize(
    ("name", "angle", "first", "last", "expected"),
    [
        ("Longyearbyen", HORIZON, "2026-11-01T00:00Z", "2027-02-10T00:00Z", "always"),
        ("Longyearbyen", -6, "2026-11-20T00:00Z", "2027-01-20T00:00Z", "always"),
        ("Longyearbyen", HORIZON, "2027-04-25T00:00Z", "2027-08-20T00:00Z", "never"),
        ("McMurdo", -6, "2026-10-25T00:00Z", "2027-02-10T00:00Z", "never"),
        ("McMurdo", HORIZON, "2027-05-01T00:00Z", "2027-08-10T00:00Z", "always"),
        ("the pole", HORIZON, "2026-10-01T00:00Z", "2027-03-15T00:00Z", "never"),
        ("the pole", HORIZON, "2027-04-01T00:00Z", "2027-09-15T00:00Z", "always"),
        ("the other pole", -18, "2026-11-20T00:00Z", "2027-01-25T00:00Z", "always"),
    ],
)
def test_dark_is_known_where_the_sun_stays_away(name: str, angle: float, first: str, last: str, expected: str) -> None:
    """For weeks at a polar place it is always dark or never, and nothing is raised."""
    within = Span(_at(first), _at(last))

    assert below(angle, within, PLACES[name][0]) == ((within,) if expected == "always" else ())


def test_a_pole_has_one_night_a_year() -> None:
    """At the pole the sun sets once and rises once, around the equinoxes."""
    (night,) = below(HORIZON, _year(2027), PLACES["the pole"][0])

    assert datetime.fromtimestamp(night.start / SECOND, UTC).date() == date(2027, 3, 22)
    assert datetime.fromtimestamp(night.end / SECOND, UTC).date() == date(2027, 9, 21)


def test_nothing_is_asked_of_nothing() -> None:
    """An empty stretch, or one that ends before it starts, has no dark in it."""
    now = _at("2027-01-27T20:00Z")

    assert below(-6, Span(now, now), PLACES["Kraków"][0]) == ()
    assert below(-6, Span(now, now - DAY), PLACES["Kraków"][0]) == ()


@pytest.mark.parametrize(
    ("name", "day", "up", "down"),
    [
        ("Oświęcim", "2027-01-27", "07:24", "16:28"),
        ("Jerusalem", "2027-01-29", "06:34", "17:10"),
        ("New York", "2027-01-27", "07:10", "17:07"),
        ("Sydney", "2027-01-27", "06:11", "20:04"),
        ("Longyearbyen", "2027-01-27", None, None),
        ("Longyearbyen", "2027-06-21", None, None),
        ("McMurdo", "2027-01-27", None, None),
        ("the pole", "2027-06-21", None, None),
    ],
)
def test_sunrise_and_sunset_belong_to_a_local_day(name: str, day: str, up: str | None, down: str | None) -> None:
    """They are given for the day on the site's calendar, also far east of Greenwich; None where there is none."""
    place, zone = PLACES[name]
    on = date.fromisoformat(day)

    rises, sets = sunrise(on, place, zone), sunset(on, place, zone)

    told = [at if at is None else f"{local(at, zone):%Y-%m-%d %H:%M}" for at in (rises, sets)]
    assert told == [up and f"{day} {up}", down and f"{day} {down}"]


def test_no_sunset_is_lost_or_told_twice_where_it_wanders_over_midnight() -> None:
    """In Reykjavík one June day has no sunset before midnight and one has two; of two, the evening's counts."""
    place, zone = PLACES["Reykjavík"]
    days = [date(2027, 6, 1) + timedelta(days=number) for number in range(60)]
    within = Span(start_of(days[0], time(0), zone), end_of(days[-1], None, zone))
    all_sunsets = [span.start for span in below(HORIZON, within, place) if span.start > within.start]

    told = [at for day in days if (at := sunset(day, place, zone)) is not None]

    assert len(told) < len(days)
    assert set(told) < set(all_sunsets)
    assert [local(at, zone).hour for at in set(all_sunsets) - set(told)] == [0]
    assert told == sorted(told)


def test_a_sunrise_that_comes_twice_is_the_first() -> None:
    """Where the sun rises just after midnight and again just before, the day's sunrise is the first."""
    place = Place(66.5, 5.0)
    here = zone("UTC")
    twice = [
        (day, ends) for number in range(365) if len(ends := _rises(day := date(2027, 1, 1) + timedelta(days=number), place)) > 1
    ]

    assert twice
    for day, ends in twice:
        assert sunrise(day, place, here) == ends[0]


def _rises(day: date, place: Place) -> list[Nanos]:
    within = day_span(day, zone("UTC"))
    return [span.end for span in below(HORIZON, within, place) if span.end < within.end]


def _evenings(name: str) -> Iterator[tuple[date, Nanos]]:
    place, zone = PLACES[name]
    for number in range(365):
        day = date(2027, 1, 1) + timedelta(days=number)
        yield day, nightfall(-8.5, day, place, zone)


@pytest.mark.parametrize("name", PLACES)
def test_every_day_has_an_evening(name: str) -> None:
    """Nightfall is known for each day of a year at each place, after the day before's, and never a day and a half away."""
    _, zone = PLACES[name]
    evenings = list(_evenings(name))

    assert all(one < other for (_, one), (_, other) in pairwise(evenings))
    for day, at in evenings:
        assert start_of(day, time(0), zone) <= at < start_of(day + timedelta(days=1), time(12), zone) + DAY // 2


def test_nightfall_moves_towards_midnight_as_the_nights_grow_white() -> None:
    """In Longyearbyen it comes to the sun's lowest point in spring, and goes from there in autumn, without a leap."""
    place, _ = PLACES["Longyearbyen"]
    evenings = dict(_evenings("Longyearbyen"))
    white = [day for day, at in evenings.items() if elevation(at, place) > -8.4]
    dark = [day for day, at in evenings.items() if elevation(at, place) < -8.6]

    assert date(2027, 6, 21) in white
    assert date(2027, 12, 21) in dark
    moved = [abs(other - one - DAY) for one, other in pairwise(evenings.values())]
    assert max(moved) < 3 * 3600 * SECOND  # a first night that gets as dark lasts hours at once: the sun moves so flat


def test_a_year_of_darkness_is_little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A year at a place asks where the sun is fewer than 15,000 times: a fifteenth of a second on a small machine."""
    asked = 0
    real = sun.elevation

    def count(at: Nanos, place: Place) -> float:
        nonlocal asked
        asked += 1
        return real(at, place)

    monkeypatch.setattr(sun, "elevation", count)
    for angle in (HORIZON, -6, -18):
        asked = 0
        assert below(angle, _year(2028), PLACES["Kraków"][0])
        assert asked < 15_000
