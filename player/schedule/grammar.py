"""Times of a schedule as people write them, to values; whatever cannot be meant is refused with the nearest right form.

Days are in `days.py`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from player.schedule.rules import MAX_LENGTH, MAX_OFFSET, Moment, Point, Shabbat, Stretch, Sun, Word
from player.schedule.sun import HORIZON
from player.schedule.zones import UTC_ZONE, local, start_of, zone
from player.schema import did_you_mean
from player.units import FIRST_YEAR, LAST_YEAR, Nanos, Seconds, nanos, parse_duration

DARK: Final = -6.0
"""Civil dusk, in degrees: what `dark` alone means where a place is asked whether it is dark."""
LOWEST: Final = -18.0  # degrees; below that the sky grows no darker
MAX_HOURS: Final = 24  # of a day on the wall
MAX_MINUTES: Final = 60
ANY_ZONE: Final = "[Region/City]"
"""Stands in a message for the site's own zone, which whoever knows the site puts there."""

_POINT: Final = re.compile(r"(?P<what>[^@+]*?)(?P<eve>@eve)?(?P<offset>[+-][\d.]+\w+)?", re.ASCII)
_SWAPPED: Final = re.compile(r"([a-z0-9:().-]+?)([+-][\d.]+\w+)@eve", re.ASCII)
_CLOCK: Final = re.compile(r"(\d\d):(\d\d)(?::(\d\d))?", re.ASCII)
_NEARLY: Final = re.compile(r"(\d{1,2})(?:[:.h](\d{1,2}))?(am|pm)?", re.ASCII | re.IGNORECASE)
_ANGLED: Final = re.compile(r"(dark|light)(?:\(([^)]*)\))?")
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\[([^\]]+)\]|(Z|[+-](?:0\d|1[0-4]):[0-5]\d))?", re.ASCII)
_SPACED: Final = re.compile(r"(\d{4}-\d\d-\d\d) (?=\d)", re.ASCII)
_BETWEEN: Final = re.compile(r"\s+(?:until|till|bis|do)\s+|\s*(?:–|—|\.\.)\s*|\s+-\s+|(?<=\d)-(?=\d\d?:)")


def parse_stretch(text: str) -> Stretch:
    """Return what stands at `at:`, such as ``22:00 to 02:00`` or ``dark(-6)+10m to 23:30``.

    Raises:
        ValueError: it is none; the message says how to write it.
    """
    parts = re.split(r"\s+to\s+", text.strip())
    if len(parts) > len(("start", "end")) and "," in text:
        raise ValueError(
            f"a slot has one stretch: write `{text.partition(',')[0].strip()}`, and another slot for what comes after it"
        )
    if len(parts) != len(("start", "end")):
        nearly = _BETWEEN.split(text.strip())
        hint = f"{nearly[0]} to {nearly[1]}" if len(nearly) == len(("start", "end")) else "09:00 to 17:00"
        raise ValueError(f'write `{hint}`, not "{text}"')
    start, end = (parse_point(part) for part in parts)
    if start.at is None:
        raise ValueError(f"24:00 is the end of a day: to begin there, write `00:00 to {parts[1]}` and the next day")
    if start == end:
        raise ValueError(f"{parts[0]} to {parts[1]} has no length; for a whole day, write `00:00 to 24:00`")
    if end.is_eve and not start.is_eve:
        raise ValueError(f"the end is of the day before the start: write `{parts[0]}@eve to {parts[1]}`")
    return Stretch(start, end)


def parse_point(text: str) -> Point:
    """Return a time of a day: ``09:00``, ``24:00``, ``sunset@eve``, ``dark(-6)+10m``.

    Raises:
        ValueError: it is none; the message says how to write it.
    """
    tight = re.sub(r"\s+", "", text)
    match, swapped = _POINT.fullmatch(tight), _SWAPPED.fullmatch(tight)
    if swapped:
        raise ValueError(f'write {swapped[1]}@eve{swapped[2]}, not "{text}"')
    if not match:
        raise ValueError(f'write a time as 09:00, sunset, sunset@eve or sunset-30m, not "{text}"')
    return Point(_what(match["what"]), bool(match["eve"]), _offset(match["offset"] or "", text))


def parse_time(text: str) -> time:
    """Return a time by the clock, ``HH:MM`` or ``HH:MM:SS``.

    Raises:
        ValueError: it is none; the message says how to write it.
    """
    match = _CLOCK.fullmatch(text.strip())
    if not match:
        raise ValueError(f'write a time as {_nearest(text.strip())}, not "{text}"')
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        ends = f": a day ends at 24:00{_after_midnight(hour, match[2])}" if hour >= MAX_HOURS else ""
        raise ValueError(f"there is no {text.strip()}{ends}") from None


def parse_moment(text: str, length: Seconds) -> Moment:
    """Return the instant at `start:`, ``2027-01-27T09:00[America/New_York]``, and how long it lasts.

    Raises:
        ValueError: it is none; the message says how to write it.
    """
    match = _MOMENT.fullmatch(_SPACED.sub(r"\1T", text.strip(), count=1))
    if not match:
        raise ValueError(f'write an instant as 2027-01-27T09:00[America/New_York], not "{text}"')
    day, at, name, offset = match.groups()
    if not name and not offset:
        raise ValueError(f"in which zone? Write {day}T{at}{ANY_ZONE}, or {day}T{at}Z for UTC")
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise ValueError(f"there is no day {day}") from None
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise ValueError(f"an instant is from {FIRST_YEAR} to {LAST_YEAR}, not in {day[:4]}")
    begins, lasts = parse_time(at), _length(length)
    if offset:
        start = nanos(datetime.fromisoformat(f"{on}T{begins}{offset}").timestamp())
    else:
        start = start_of(on, begins, known_zone(name))
    if local(start + lasts - 1, UTC_ZONE).year > LAST_YEAR:
        raise ValueError(f"goes on beyond {LAST_YEAR}: name an earlier instant")
    return Moment(start, lasts)


def known_zone(name: str) -> ZoneInfo:
    """Return the time zone called *name*.

    Raises:
        ValueError: there is none of that name, or it knows no summer time; the message has the nearest one.
    """
    if name.isupper() and name != "UTC":
        raise ValueError(f'"{name}" is an abbreviation, which knows no summer time: write Region/City, such as Europe/Warsaw')
    return zone(name)


def parse_only_if(text: str) -> float:
    """Return the angle below which the sun has to be, in degrees: ``dark``, ``dark(-8)``.

    Raises:
        ValueError: it is none; the message says how to write it.
    """
    tight = re.sub(r"\s+", "", text)
    if tight == "dark":
        return DARK
    match = _ANGLED.fullmatch(tight)
    if not match or match[1] != "dark":
        raise ValueError(f'write `dark`, or an angle as dark(-8), not "{text}"')
    return _angle(match[2], "dark")


def parse_start_as(text: str) -> Nanos | None:
    """Return how long the slide that is up may go on: 0 for ``hard``, a length for ``wait 30s``, None for ``next``.

    Raises:
        ValueError: it is none of these.
    """
    words = text.split()
    if words == ["hard"]:
        return 0
    if words == ["next"]:
        return None
    if len(words) > 1 and words[0] == "wait":
        return nanos(parse_duration(" ".join(words[1:])))
    raise ValueError(f'write hard, next, or a length as `wait 30s`, not "{text}"')


def parse_shabbat(candles: Seconds, end: float) -> Shabbat:
    """Return when Shabbat begins and ends: seconds before sunset, and the sun's angle in degrees.

    Raises:
        ValueError: the angle is no twilight's.
    """
    return Shabbat(nanos(candles), parse_twilight(end))


def parse_twilight(angle: float) -> float:
    """Return where the sun is at the end of Shabbat, in degrees.

    Raises:
        ValueError: the angle is no twilight's; the message says how to write it.
    """
    if not LOWEST <= angle < 0:
        nearest = -angle if 0 < angle <= -LOWEST else -8.5
        raise ValueError(f"the sun is 0 to {-LOWEST:g} degrees below the horizon then: write `end: {nearest:g}`, not {angle:g}")
    return angle


def _what(text: str) -> time | Sun | None:
    if text in {"24:00", "24:00:00"}:
        return None
    if text in {Word.SUNRISE.value, Word.SUNSET.value}:
        return Sun(Word(text), HORIZON)
    match = _ANGLED.fullmatch(text)
    if match:
        return Sun(Word(match[1]), _angle(match[2], match[1]))
    if text[:1].isalpha():
        word = text.partition("(")[0]
        raise ValueError(f'"{text}" is no time.{did_you_mean(word.lower(), [each.value for each in Word])}')
    return parse_time(text)


def _angle(text: str | None, word: str) -> float:
    try:
        angle = float(text or "")
    except ValueError:
        raise ValueError(f"how far below the horizon is the sun? Write {word}(-6) for civil, {word}(-12) for deep dusk") from None
    if 0 < angle <= -LOWEST:
        raise ValueError(f"{word}({angle:g}) is above the horizon: write {word}({-angle:g})")
    if not LOWEST <= angle <= 0:
        hint = f": write {word}({LOWEST:g})" if angle < LOWEST else ""
        raise ValueError(f"{word} is from 0 to {LOWEST:g} degrees, not {angle:g}{hint}")
    return angle


def _offset(text: str, whole: str) -> Nanos:
    if not text:
        return 0
    try:
        length = nanos(parse_duration(text[1:]))
    except ValueError:
        raise ValueError(f'write how much sooner or later as -30m or +1.5h, not "{text}" in "{whole}"') from None
    if length > MAX_OFFSET:
        raise ValueError(f'{text} in "{whole}" is more than 12h: name another time')
    return -length if text[0] == "-" else length


def _length(length: Seconds) -> Nanos:
    if not 0 < nanos(length) <= MAX_LENGTH:
        raise ValueError("a length is from 1s to 31d")
    return nanos(length)


def _after_midnight(hour: int, minute: str) -> str:
    """Return how to write an hour that has been counted on past midnight."""
    later = hour - MAX_HOURS
    return f"; {later:02}:{minute} as an end is the next day's" if later < MAX_HOURS // 2 and int(minute) < MAX_MINUTES else ""


def _nearest(text: str) -> str:
    """Return how *text* was probably meant."""
    match = _NEARLY.fullmatch(text.replace(" ", ""))
    if not match:
        return "09:00"
    hour = int(match[1]) % 12 + 12 * (match[3].lower() == "pm") if match[3] else int(match[1])
    minute = int(match[2] or 0)
    try:
        return f"{time(hour, minute):%H:%M}"
    except ValueError:
        return "09:00"
