"""The schedule as frozen values: what the file says, understood, and not yet laid out in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import Final, Literal, TypeAlias

from player.schedule.hebrew import Rule
from player.schedule.sun import Place
from player.units import SECOND, Nanos

NOON: Final = time(12)
_MORNING: Final = time(6)
Join: TypeAlias = Literal["midway", "restart", "skip"]


class Word(Enum):
    """What the sun does, as a time of a day."""

    SUNRISE = "sunrise"
    SUNSET = "sunset"
    DARK = "dark"
    """The evening's darkness begins: the sun is below an angle."""
    LIGHT = "light"
    """The night's darkness ends."""

    @property
    def is_of_the_morning(self) -> bool:
        """Whether it comes before noon; the others come after."""
        return self is Word.SUNRISE or self is Word.LIGHT


@dataclass(frozen=True, slots=True)
class Sun:
    """A word for what the sun does."""

    word: Word
    angle: float
    """Degrees, negative below the horizon."""


@dataclass(frozen=True, slots=True)
class Point:
    """A time of a day, by the clock or by the sun."""

    at: time | Sun | None
    """None: 24:00."""
    is_eve: bool = False
    """Of the day before."""
    offset: Nanos = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one point of a day to another."""

    start: Point
    end: Point
    earliest: time | None = None
    """No sooner than this is what the sun decides: the start if that is a word for the sun, else the end."""
    latest: time | None = None

    @property
    def has_sun(self) -> bool:
        """Whether it asks where the place is."""
        return isinstance(self.start.at, Sun) or isinstance(self.end.at, Sun)

    @property
    def ends_next_day(self) -> bool:
        """Whether the end is of the day after the one that is written, so that it comes after the start.

        By the words alone, never by where the sun is that day: else `17:00 to sunset` would last an hour in summer and a
        day in winter. The evening is after 12:00; sunrise and light are taken for 06:00.
        """
        start, end = self.start, self.end
        if end.at is None or start.is_eve != end.is_eve:
            return False
        if isinstance(end.at, Sun):
            is_from_morning = start.at.word.is_of_the_morning if isinstance(start.at, Sun) else (start.at or NOON) < NOON
            return end.at.word.is_of_the_morning and not is_from_morning
        if isinstance(start.at, Sun):
            return end.at <= (_MORNING if start.at.word.is_of_the_morning else NOON)
        return start.at is None or end.at <= start.at


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates from the first to the last, or those of them that are certain weekdays."""

    first: date | None = None
    """None: without beginning or end."""
    last: date | None = None
    weekdays: frozenset[int] | None = None
    """0 is Monday; None: all."""

    def holds(self, day: date) -> bool:
        """Whether *day* is one of them."""
        if self.first is not None and self.last is not None and not self.first <= day <= self.last:
            return False
        return self.weekdays is None or day.weekday() in self.weekdays


@dataclass(frozen=True, slots=True)
class HebrewDate:
    """A day of the Hebrew calendar, in every year that has it."""

    day: int
    month: str
    rule: Rule


DayRule: TypeAlias = Dates | HebrewDate


@dataclass(frozen=True, slots=True)
class Daily:
    """On certain days, a stretch of each."""

    days: tuple[DayRule, ...]
    """Empty: every day."""
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant for every site, and how long it lasts."""

    start: Nanos
    length: Nanos


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A show and when it is on."""

    id: str
    show: str
    """What is played; where there is a stream, while that is not to be had."""
    when: Daily | Moment
    live: str | None = None
    """The stream that comes before the show whenever it is alive."""
    title: str = ""
    priority: int = 0
    dark_below: float | None = None
    """Only while the sun is below this angle, in degrees."""
    preroll: Nanos = 0
    overrun: Nanos = 0
    """How long it may go on past its end while its stream is alive."""
    patience: Nanos | None = 0
    """How long the slide that is up may go on when the slot begins; None: until it ends by itself."""
    join: Join = "midway"

    @property
    def has_sun(self) -> bool:
        """Whether it asks where the place is."""
        return self.dark_below is not None or (isinstance(self.when, Daily) and self.when.stretch.has_sun)


FULL_LIGHT: Final = 100
"""Percent."""


class Do(Enum):
    """What quiet means; the later one here is the stronger, and wins where two rules hold. Dimming adds to all of them."""

    KEEP = "keep"
    """The picture goes on."""
    DIM = "dim"
    """It goes on, less bright."""
    STILL = "still"
    """Nothing moves."""
    SHOW = "show"
    """Another show."""
    DARK = "dark"


STRENGTH: Final = {do: strength for strength, do in enumerate(Do)}


@dataclass(frozen=True, slots=True)
class Shabbat:
    """From the lighting of the candles to the end of twilight."""

    candles: Nanos
    """Before sunset."""
    end_angle: float
    """Degrees, negative below the horizon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietRule:
    """When the site is quiet, and what that means there."""

    id: str
    when: Daily | Shabbat
    do: Do
    show: str | None = None
    dim: int = FULL_LIGHT
    """How bright the wall may be at most, in percent."""
    mute: bool = False

    @property
    def has_sun(self) -> bool:
        """Whether it asks where the place is."""
        return isinstance(self.when, Shabbat) or self.when.stretch.has_sun


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything that decides what is on."""

    zone: str
    fallback: str
    """The show for whenever no slot is on; it needs no clock."""
    place: Place | None = None
    slots: tuple[Slot, ...] = ()
    quiet: tuple[QuietRule, ...] = ()


HOUR: Final[Nanos] = 3600 * SECOND
MAX_OFFSET: Final[Nanos] = 12 * HOUR  # past that another day would be meant
MAX_PREROLL: Final[Nanos] = 6 * HOUR  # nobody looks at a countdown for longer
MAX_OVERRUN: Final[Nanos] = 12 * HOUR  # past that another plan is needed
MAX_LENGTH: Final[Nanos] = 31 * 24 * HOUR  # of one ceremony; a longer show is written by its days
REACH_BEFORE: Final = 2  # days that a slot may begin before its own: the eve, an offset and a preroll
REACH_AFTER: Final = 3  # days that it may end after its own: past midnight, an offset and an overrun
