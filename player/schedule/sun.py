"""Where the sun stands, and when it is lower than an angle.

Declination and the equation of time are astral's (NOAA's formulas): times are within five seconds of an almanac's, and within
fifteen near the poles, where the sun moves flat. The air bends light by more than that from one day to the next. Astral's own
search for a time is not used: it raises at polar places, and knows one time for a day that may have none or two. Dark is a
state here, and known everywhere: for weeks on end in Longyearbyen, never in a summer at McMurdo.

Angles are of the sun's centre without refraction, in degrees above the horizon. Only sunrise and sunset are meant as people
see them: the upper edge, lifted by refraction, which is the centre at -0.833°.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from math import asin, cos, degrees, radians, sin
from typing import Final
from zoneinfo import ZoneInfo

from astral.sun import eq_of_time, sun_declination

from player.schedule.span import Span
from player.schedule.zones import day_span, start_of
from player.units import SECOND, Nanos

HORIZON: Final = -0.833  # degrees: half the sun's width (16') and refraction (34'), as almanacs have it

_STEP: Final[Nanos] = 3 * 3600 * SECOND  # between two looks: a day's high and low are never in one step
_REACH: Final = 0.08  # in the sine of the height; within half a step of its turn it moves by 1 - cos 22.5° = 0.076 at most
_NEAR: Final = 0.05  # seconds; times are told in whole ones
_NOTHING: Final = 1e-9  # degrees; even where the sun grazes an angle, that is milliseconds
_TRIES: Final = 100  # eight do in general; a bound, because this must end
_HALF: Final = 0.5  # seconds before and after: how a slope is measured
_DAY: Final[Nanos] = 24 * 3600 * SECOND
_DAYS_PER_CENTURY: Final = 36_525
_MINUTE: Final[Nanos] = 60 * SECOND
_J2000: Final[Nanos] = round(datetime(2000, 1, 1, 12, tzinfo=UTC).timestamp()) * SECOND


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site is: degrees north (-90 to 90) and degrees east (-180 to 180)."""

    latitude: float
    longitude: float


def elevation(at: Nanos, place: Place) -> float:
    """Return how high the sun's centre stands, in degrees; below the horizon it is negative. No refraction."""
    century = (at - _J2000) / (_DAYS_PER_CENTURY * _DAY)
    declination = radians(sun_declination(century))
    latitude = radians(place.latitude)
    minutes = (at % _DAY) / _MINUTE + eq_of_time(century) + 4 * place.longitude  # of true solar time
    hour_angle = radians(minutes / 4 - 180)
    height = sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hour_angle)
    return degrees(asin(max(-1.0, min(1.0, height))))


def sunrise(day: date, place: Place, zone: ZoneInfo) -> Nanos | None:
    """Return when the sun rises on a local day: the first time, where it does so twice. None: it does not on that day."""
    within = day_span(day, zone)
    return next((at for at, falls in _crossings(HORIZON, within, place) if not falls and at >= within.start), None)


def sunset(day: date, place: Place, zone: ZoneInfo) -> Nanos | None:
    """Return when the sun sets on a local day: the last time, where it does so twice. None: it does not on that day."""
    within = day_span(day, zone)
    return max((at for at, falls in _crossings(HORIZON, within, place) if falls and at >= within.start), default=None)


def below(angle: float, within: Span, place: Place) -> tuple[Span, ...]:
    """Return when the sun's centre is lower than *angle* degrees, in order.

    Edges lie on whole seconds and do not depend on *within*: two stretches that overlap agree about what they share. All of
    *within* where it is always so, nothing where it never is. Raises nothing.
    """
    return tuple(each for each in _spells(angle, within, place) if each.start < each.end)


def _spells(angle: float, within: Span, place: Place) -> Iterator[Span]:
    if within.start >= within.end:
        return
    opening = within.start // _STEP * _STEP
    since = opening if elevation(opening, place) < angle else None
    for at, falls in _crossings(angle, within, place):
        if falls:
            since = at
        elif since is not None:
            yield Span(max(within.start, since), min(within.end, at))
            since = None
    if since is not None:
        yield Span(max(within.start, since), within.end)


def nightfall(angle: float, day: date, place: Place, zone: ZoneInfo) -> Nanos:
    """Return when the sun falls to *angle* in the evening of a local day. There always is an answer.

    The evening lasts from the sun's highest point nearest that day's noon until the next, so it may reach past midnight.
    Where the sun does not get so low, this is its lowest point; where it is never so high, its highest: what the hour of
    nightfall moves towards as such days come near.
    """
    highest = _highest(start_of(day, time(12), zone), place)
    evening = Span(highest, _highest(highest + _DAY, place))
    fallen = (at for at, falls in _crossings(angle, evening, place) if falls and at >= highest)
    limit = highest if elevation(highest, place) < angle else (highest + evening.end) // (2 * SECOND) * SECOND
    return next(fallen, limit)


def _highest(near: Nanos, place: Place) -> Nanos:
    """Return when the sun passes the meridian, the time that is nearest to *near*, in whole seconds."""
    century = (near - _J2000) / (_DAYS_PER_CENTURY * _DAY)
    minutes = 720 - 4 * place.longitude - eq_of_time(century)
    first = near // _DAY * _DAY + round(minutes * 60) * SECOND
    return first + round((near - first) / _DAY) * _DAY


def _crossings(angle: float, within: Span, place: Place) -> Iterator[tuple[Nanos, bool]]:
    """Yield when the sun passes *angle*, in whole seconds, and whether it falls.

    Begins at the step that *within* begins in, and ends before *within* ends. Looks are taken at fixed instants, so that
    every question about the same hour has the same answer.
    """
    looks = _looks(angle, within, place)
    before, was = next(looks)
    for at, height in looks:
        if (was < angle) != (height < angle):
            found = _root(lambda when: _height(when, place) - angle, before, at)
            crossing = round(found) * SECOND
            if crossing >= within.end:
                return
            yield crossing, height < angle
        before, was = at, height


def _looks(angle: float, within: Span, place: Place) -> Iterator[tuple[float, float]]:
    """Yield instants, in seconds since 1970, and how high the sun stands then: every step, and each turn that is near *angle*."""
    steps = range(within.start // _STEP - 1, -(-within.end // _STEP) + 2)
    seen = [(step * _STEP / SECOND, _look(step, place)) for step in steps]
    turns = dict[float, float]()
    for (before, was), (_, height), (after, then) in zip(seen, seen[1:], seen[2:], strict=False):
        turns_here = (height - was) * (then - height) < 0
        if turns_here and abs(sin(radians(height)) - sin(radians(angle))) < _REACH:
            turn = _root(lambda when: _height(when + _HALF, place) - _height(when - _HALF, place), before, after)
            turns[turn] = _height(turn, place)
    beginning, end = seen[1][0], seen[-2][0]
    inside = [look for look in turns.items() if beginning < look[0] < end]
    yield from sorted([*seen[1:-1], *inside])


@lru_cache(maxsize=1024)  # a site asks about a few angles and the days around now, and each look serves them all
def _look(step: int, place: Place) -> float:
    return elevation(step * _STEP, place)


def _height(seconds: float, place: Place) -> float:
    return elevation(round(seconds * SECOND), place)


def _root(of: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function passes zero that has different signs at *low* and *high* (the Illinois method)."""
    at_low, at_high = of(low), of(high)
    if (at_low < 0) == (at_high < 0):
        return (low + high) / 2  # a day at the pole may turn twice within a step, by a thousandth of a degree
    side = 0
    for _ in range(_TRIES):
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        value = of(middle)
        if abs(value) < _NOTHING:
            return middle
        if (value < 0) == (at_low < 0):
            low, at_low = middle, value
            at_high = at_high / 2 if side < 0 else at_high
            side = -1
        else:
            high, at_high = middle, value
            at_low = at_low / 2 if side > 0 else at_low
            side = 1
        if high - low < _NEAR:
            break
    return (low + high) / 2
