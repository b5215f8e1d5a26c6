"""Time zones: which database counts, and which instants a local date and time of day mean.

The standard library is silent where it matters: it accepts 02:30 on a night that has none, and takes the system's rules
however old they are. Here the newer of the system's rules and the tzdata package's count, a time that does not exist is the
end of the gap, and a time that comes twice is its first as a start and its second as an end.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Final, Literal
from zoneinfo import TZPATH, ZoneInfo, available_timezones

import tzdata

from player.schedule.span import Span
from player.units import SECOND, Nanos

OLD: Final = timedelta(days=90)  # governments change their clocks at a few weeks' notice, and say so several times a year
RELEASED: Final = {
    "2025b": date(2025, 3, 23),
    "2025c": date(2025, 12, 13),
    "2026a": date(2026, 4, 3),
    "2026b": date(2026, 4, 24),
    "2026c": date(2026, 7, 10),
    "2026d": date(2026, 9, 12),
    "2026e": date(2026, 9, 30),
    "2026f": date(2026, 10, 28),
}
"""When the package of each came out. The files do not say it; a newer version than these is judged by its year."""

UTC_ZONE: Final = ZoneInfo("UTC")
_VERSION: Final = re.compile(r"#\s*version\s+(\d{4}[a-z]+)\b")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final[Nanos] = 1_000
_DAY: Final = timedelta(days=1)
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Database:
    """The rules that zones are taken from.

    Attributes:
        version: As IANA names them: `2026b`. Empty where nobody says it.
        source: Whose copy counts.
        released: When that version came out; None when it is not known here.
        system: The version of the system's copy; None: there is none, or it does not say.
        package: The version of the tzdata package's copy.
    """

    version: str
    source: Literal["system", "package"]
    released: date | None
    system: str | None
    package: str | None

    def is_old(self, today: date) -> bool:
        """Return whether the rules are more than 90 days old, as far as their date or the year in their name tells."""
        if self.released:
            return today - self.released > OLD
        return not self.version or today - date(int(self.version[:4]), 12, 31) > OLD


def choose(*, system: str | None, package: str | None) -> Database:
    """Return which of two versions counts: the newer one, and the package's where that cannot be told."""
    is_system = system is not None and (package is None or system > package)  # 2026z is followed by 2026za
    version = (system if is_system else package) or ""
    source: Literal["system", "package"] = "system" if is_system else "package"
    return Database(version, source, RELEASED.get(version), system, package)


@cache
def database() -> Database:
    """Return the rules that count, chosen once for this process."""
    return choose(system=_system_version(), package=tzdata.IANA_VERSION)


def _system_version() -> str | None:
    """Return the version of the copy that the standard library would read first; None: none is there, or it does not say."""
    for folder in map(Path, TZPATH):
        if not folder.is_dir():
            continue
        try:
            with (folder / "tzdata.zi").open(encoding="utf-8", errors="replace") as opened:
                found = _VERSION.match(opened.readline(200))
        except OSError:
            return None
        return found[1] if found else None
    return None


@cache
def zone(name: str) -> ZoneInfo:
    """Return the zone called *name*, such as `Europe/Warsaw`, by the newer rules.

    Raises:
        ValueError: There is no such zone; the message names the nearest.
    """
    if name not in _known():
        raise ValueError(f'there is no time zone "{name}"{_nearest(name)}')
    try:
        if database().source == "system":
            return ZoneInfo(name)
        with resources.files(tzdata).joinpath("zoneinfo", *name.split("/")).open("rb") as opened:
            return ZoneInfo.from_file(opened, key=name)
    except (ValueError, OSError) as error:
        raise ValueError(f'the time zone "{name}" cannot be read: {error}') from error


@cache
def _known() -> frozenset[str]:
    """Return the names of all zones; not `right/...`, which counts leap seconds that our clock does not."""
    return frozenset(available_timezones())


def _nearest(name: str) -> str:
    """Return the end of the sentence that says a zone is unknown: which one may have been meant."""
    known = {each.lower(): each for each in _known() if not each.isupper()}  # no abbreviations: IST is not MST
    cities = {each.rpartition("/")[2]: each for each in known}
    wanted = name.strip().lower().replace(" ", "_")
    for names, tried in ((known, wanted), (cities, wanted.rpartition("/")[2])):
        if found := difflib.get_close_matches(tried, names, n=1):
            return f". Did you mean {known[cities.get(found[0], found[0])]}?"
    return ": write it as IANA does, such as Europe/Warsaw"


def start_of(day: date, at: time, zone: ZoneInfo) -> Nanos:
    """Return the first instant of *day* at which a clock on the wall shows *at* or has passed it.

    A time in a gap is the end of the gap; of a time that comes twice this is the first.
    """
    return _instant(datetime.combine(day, at), zone, fold=0)


def end_of(day: date, at: time | None, zone: ZoneInfo) -> Nanos:
    """Return the instant at which something that lasts until *at* on *day* is over; None: until 24:00.

    A time in a gap is the end of the gap; of a time that comes twice this is the second. Midnight is where the next day
    begins, also on a night that has it twice: what ends at 24:00 or 00:00 never runs into the day after.
    """
    if at is None:
        return start_of(day + _DAY, time(0), zone)
    return _instant(datetime.combine(day, at), zone, fold=0 if at == time(0) else 1)


def day_span(day: date, zone: ZoneInfo) -> Span:
    """Return from *day*'s midnight to the next: 23, 24 or 25 hours, and nothing for a day that the zone left out."""
    return Span(start_of(day, time(0), zone), end_of(day, None, zone))


def local(at: Nanos, zone: ZoneInfo) -> datetime:
    """Return what clock and calendar on the wall show at an instant, to the microsecond."""
    return (_EPOCH + timedelta(microseconds=at // _MICROSECOND)).astimezone(zone)


def clock_of(at: Nanos, zone: ZoneInfo) -> str:
    """Return what the clock on the wall shows at an instant, as people write it: seconds only where there are some."""
    shown = local(at, zone)
    return f"{shown:%H:%M:%S}" if shown.second else f"{shown:%H:%M}"


@lru_cache(maxsize=1024)  # noon and midnight of the days around now are asked for again and again
def _instant(wall: datetime, zone: ZoneInfo, *, fold: Literal[0, 1]) -> Nanos:
    """Return when the wall clock shows *wall*: the first or the second time; the end of the gap when it never does."""
    first, second = (_nanos(wall.replace(tzinfo=zone, fold=each)) for each in (0, 1))
    if first <= second:
        return second if fold else first
    # In a gap the rules before it name a later instant than those after it, and the clock jumps in between.
    low, high = second, first
    while high - low > _MICROSECOND:
        middle = (low + high) // 2 // _MICROSECOND * _MICROSECOND
        if local(middle, zone).replace(tzinfo=None) < wall:
            low = middle
        else:
            high = middle
    return high


def _nanos(at: datetime) -> Nanos:
    since = at - _EPOCH
    return (since.days * _DAY_S + since.seconds) * SECOND + since.microseconds * _MICROSECOND
