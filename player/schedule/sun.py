"""Where the sun stands, and when it is lower than an angle.

Declination and the equation of time are astral's (NOAA's formulas): times are within five seconds of an almanac's, and within
fifteen near the poles, where the sun moves flat. The air bends light by more than that from one day to the next. Astral's own
search for a time is not used: it raises at polar places, and knows one time for a day that may have none or two. Dark is a
state here, and known everywhere: for weeks on end in Longyearbyen, never in a summer at McMurdo. Its formulas are asked
once for each midnight, and a cubic tells what is in between: a fifth of the work, and a ten-millionth of a degree off.

Angles are of the sun's centre without refraction, in degrees above the horizon. Only sunrise and sunset are meant as people
see them: the upper edge, lifted by refraction, which is the centre at -0.833°.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from math import asin, cos, degrees, pi, radians, sin
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from astral.sun import eq_of_time, sun_declination

from player.schedule.span import Span
from player.schedule.zones import day_span, start_of
from player.units import SECOND, Nanos

HORIZON: Final = -0.833  # degrees: half the sun's width (16') and refraction (34'), as almanacs have it

_STEP: Final[Nanos] = 3 * 3600 * SECOND  # between two looks: a day's high and low are never in one step
_STEP_S: Final = _STEP // SECOND
_NEAR: Final = 0.05  # seconds; times are told in whole ones
_NOTHING: Final = 2e-11  # in the sine: a thousand-millionth of a degree; even where the sun grazes an angle, milliseconds
_TRIES: Final = 100  # eight do in general; a bound, because this must end
_HALF: Final = 0.5  # seconds before and after: how a slope is measured
_DAY: Final[Nanos] = 24 * 3600 * SECOND
_DAY_S: Final = _DAY // SECOND
_DAYS_PER_CENTURY: Final = 36_525
_MINUTES_PER_DEGREE: Final = 4  # that the earth turns
_NOON: Final = 0.5  # of a day
_Cubic: TypeAlias = tuple[float, float, float, float]
_J2000: Final[Nanos] = round(datetime(2000, 1, 1, 12, tzinfo=UTC).timestamp()) * SECOND


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site is: degrees north (-90 to 90) and degrees east (-180 to 180)."""

    latitude: float
    longitude: float


def elevation(at: Nanos, place: Place) -> float:
    """Return how high the sun's centre stands, in degrees; below the horizon it is negative. No refraction."""
    return degrees(asin(max(-1.0, min(1.0, _sine(at / SECOND, place)))))


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
    opening = within.start // _STEP
    since = opening * _STEP if _look(opening, place) < sin(radians(angle)) else None
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
    wanted = sin(radians(angle))
    before, *looks = _looks(within.start // _STEP, -(-within.end // _STEP), place)
    was_below = before[1] < wanted
    for look in looks:
        is_below = look[1] < wanted
        if is_below is not was_below:
            crossing = _passing(wanted, before, look, place)
            if crossing >= within.end:
                return
            yield crossing, is_below
        before, was_below = look, is_below


@lru_cache(maxsize=512)  # many slots of a day ask whether it is dark, by the same angle
def _passing(wanted: float, before: tuple[float, float], after: tuple[float, float], place: Place) -> Nanos:
    """Return when the sine of the sun's height passes *wanted* between two looks, in whole seconds."""
    (first, was), (last, then) = before, after
    return round(_root(lambda when: _sine(when, place) - wanted, (first, was - wanted), (last, then - wanted))) * SECOND


@lru_cache(maxsize=64)  # a day's slots ask about the same few stretches, each with its own angle
def _looks(first: int, last: int, place: Place) -> tuple[tuple[float, float], ...]:
    """Return instants, in seconds since 1970, and the sine of the sun's height then: every step, and each turn in between.

    Between two of them the sun only rises or only falls.
    """
    seen = [(float(step * _STEP_S), _look(step, place)) for step in range(first, last + 1)]
    turns = filter(None, (_turn(step, place) for step in range(first, last + 1)))
    return tuple(sorted([*seen, *(turn for turn in turns if seen[0][0] < turn[0] < seen[-1][0])]))


@lru_cache(maxsize=1024)  # a site asks about a few angles and the days around now, and each look serves them all
def _look(step: int, place: Place) -> float:
    return _sine(step * _STEP_S, place)


@lru_cache(maxsize=1024)
def _turn(step: int, place: Place) -> tuple[float, float] | None:
    """Return when the sun is at its highest or lowest within a step of this one, and the sine; None: it just goes on."""
    was, sine, then = (_look(each, place) for each in (step - 1, step, step + 1))
    if (sine - was) * (then - sine) >= 0:
        return None

    def slope(when: float) -> float:
        return _sine(when + _HALF, place) - _sine(when - _HALF, place)

    before, after = (step - 1) * _STEP_S, (step + 1) * _STEP_S
    turn = _root(slope, (before, slope(before)), (after, slope(after)))
    return turn, _sine(turn, place)


def _sine(seconds: float, place: Place) -> float:
    """Return the sine of the height of the sun's centre; it rises and falls with the height."""
    day = int(seconds // _DAY_S)
    part = seconds / _DAY_S - day
    (d0, d1, d2, d3), (e0, e1, e2, e3) = _motion(day)
    declination = d0 + part * (d1 + part * (d2 + part * d3))
    equation = e0 + part * (e1 + part * (e2 + part * e3))
    hour_angle = 2 * pi * (part - _NOON) + equation + radians(place.longitude)
    latitude = radians(place.latitude)
    return sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hour_angle)


@lru_cache(maxsize=512)
def _motion(day: int) -> tuple[_Cubic, _Cubic]:
    """Return declination and equation of time, in radians, on a day that is so many days after 1970-01-01, in UTC."""
    centuries = [(each * _DAY - _J2000) / (_DAYS_PER_CENTURY * _DAY) for each in range(day - 1, day + 3)]
    declination = _through(*(radians(sun_declination(century)) for century in centuries))
    return declination, _through(*(radians(eq_of_time(century) / _MINUTES_PER_DEGREE) for century in centuries))


def _through(yesterday: float, today: float, tomorrow: float, then: float) -> _Cubic:
    """Return the cubic through four midnights (Lagrange's): by powers of the part of the day since the second of them."""
    second = (yesterday + tomorrow) / 2 - today
    third = (then - yesterday) / 6 + (today - tomorrow) / 2
    return today, tomorrow - today - second - third, second, third


def _root(of: Callable[[float], float], first: tuple[float, float], last: tuple[float, float]) -> float:
    """Return where a function passes zero between two places; it comes with its value there (the Illinois method)."""
    (low, at_low), (high, at_high) = first, last
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
