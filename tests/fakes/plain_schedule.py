"""What is on, worked out a second time and as plainly as can be: slots as numbers, the sun by another formula, no memory.

It shares nothing with the player but the database of time zones. A local time becomes an instant by trying every offset that the
zone has within two days; whether a slot is on is asked of each date near. Where the sun decides, it is asked where it stands
at that very second; near the threshold the two formulas may differ, and then this says that it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import asin, atan2, cos, degrees, radians, sin
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = timedelta(1)
UNSURE: Final = 0.05  # degrees: a dozen seconds in most places, minutes at the poles


class UnsureError(Exception):
    """The sun stands so near to a threshold that another formula may say otherwise."""


@dataclass(frozen=True)
class PlainSlot:
    """A slot: minutes of the day, on the following day where the end is not after the start."""

    id: str
    priority: int
    start: int
    """Or, with *dusk*, minutes after that."""
    end: int
    weekdays: frozenset[int] = frozenset(range(7))
    first: date = date.min
    last: date = date.max
    preroll: int = 0
    dusk: float | None = None
    """It begins when the sun has been below this angle for *start* minutes, after noon."""
    only_below: float | None = None

    @property
    def text(self) -> str:
        """The slot as an operator writes it."""
        start = f"dark({self.dusk:g})+{self.start}m" if self.dusk is not None else _clock(self.start)
        names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        dates = f" {self.first}..{self.last}" if self.first != date.min else ""
        days = [f"{names[day]}{dates}" for day in sorted(self.weekdays)] if len(self.weekdays) < 7 else [dates.strip()]
        day = f", day: [{', '.join(days)}]" if days != [""] else ""
        only = f", only_if: dark({self.only_below:g})" if self.only_below is not None else ""
        about = f"id: {self.id}, show: {self.id}, priority: {self.priority}, preroll: {self.preroll}m"
        return f"  - {{{about}, at: {start} to {_clock(self.end)}{day}{only}}}"

    def is_of(self, day: date) -> bool:
        """Whether *day* is one of its days."""
        return day.weekday() in self.weekdays and self.first <= day <= self.last


@dataclass(frozen=True)
class Plain:
    """A site and its slots."""

    zone: ZoneInfo
    latitude: float
    longitude: float
    slots: Sequence[PlainSlot]

    @property
    def text(self) -> str:
        """The schedule as an operator writes it."""
        return "\n".join(["slots:", *(slot.text for slot in self.slots), ""])

    def winner(self, now: int) -> tuple[str | None, int | None, bool, list[str]]:
        """Return which slot is on at *now* (seconds since 1970), when it began, whether that is yet to come, and what it hides.

        Raises:
            UnsureError: the sun cannot be told from here.
        """
        on: list[tuple[int, int, str]] = []
        today = _local(self.zone, now).date()
        for slot in self.slots:
            for step in range(-2, 2):
                start = self._start_if_on(slot, today + step * DAY, now)
                if start is not None:
                    on.append((slot.priority, start, slot.id))
        on.sort(key=lambda each: (-each[0], -each[1], each[2]))
        if not on:
            return None, None, False, []
        return on[0][2], on[0][1], now < on[0][1], [each[2] for each in on[1:]]

    def _start_if_on(self, slot: PlainSlot, day: date, now: int) -> int | None:
        if not slot.is_of(day):
            return None
        ends_tomorrow = slot.end <= (12 * 60 if slot.dusk is not None else slot.start)
        end = _instant(self.zone, day + DAY if ends_tomorrow else day, slot.end, is_end=True)
        if slot.dusk is not None:
            return self._since_dusk(slot, day, now, end)
        start = _instant(self.zone, day, slot.start, is_end=False)
        if start >= end:
            return None
        if slot.only_below is not None:
            return start if start <= now < end and self._is_below(slot.only_below, now) else None
        return start if start - slot.preroll * 60 <= now < end else None

    def _since_dusk(self, slot: PlainSlot, day: date, now: int, end: int) -> int | None:
        then, noon = now - slot.start * 60, _instant(self.zone, day, 12 * 60, is_end=False)
        return then if noon <= then and now < end and self._is_below(slot.dusk or 0, then) else None

    def _is_below(self, angle: float, now: int) -> bool:
        height = self.elevation(now)
        if abs(height - angle) < UNSURE:
            raise UnsureError
        return height < angle

    def elevation(self, now: int) -> float:
        """Return the sun's height in degrees, by the Astronomical Almanac's formula of low precision: within 0.01° until 2050."""
        n = now / 86_400 - 10_957.5
        mean = radians(280.460 + 0.985_647_4 * n)
        anomaly = radians(357.528 + 0.985_600_3 * n)
        longitude = mean + radians(1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly))
        tilt = radians(23.439 - 0.000_000_4 * n)
        ascension = atan2(cos(tilt) * sin(longitude), cos(longitude))
        declination = asin(sin(tilt) * sin(longitude))
        sidereal = radians(280.460_618_37 + 360.985_647_366_29 * n + self.longitude)
        latitude, hour = radians(self.latitude), sidereal - ascension
        return degrees(asin(sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hour)))


@lru_cache(maxsize=4096)
def _instant(zone: ZoneInfo, day: date, minutes: int, *, is_end: bool) -> int:
    """Return when the wall clock shows so many minutes of *day*: of several instants the last one for an end, else the first."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - a time on the wall
    utc = round(wall.replace(tzinfo=UTC).timestamp())
    offsets = _offsets(zone, day)
    shown = sorted(utc - offset for offset in offsets if _local(zone, utc - offset) == wall)
    if shown:
        return shown[-1] if is_end and minutes % 1440 else shown[0]
    at = utc - max(offsets)
    while _local(zone, at) < wall:  # a gap: the first second at which the clock shows more
        at += 60 if _local(zone, at + 60) < wall else 1
    return at


@lru_cache(maxsize=64)
def _offsets(zone: ZoneInfo, day: date) -> frozenset[int]:
    """Return the seconds that the zone is ahead of UTC at any time of the days around."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    found = ((noon + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in range(-60, 61, 3))
    return frozenset(round(offset.total_seconds()) for offset in found if offset is not None)


def _local(zone: ZoneInfo, now: int) -> datetime:
    return datetime.fromtimestamp(now, zone).replace(tzinfo=None)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
