"""Which time zone a calendar means: by its own name, by Windows' name, or by the hours that it keeps.

What a file says of a zone's rules is not calculated with: the names of zones are known here, and their rules are newer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from player.schedule.ics.lines import Calendar, Component

UTC: Final = "UTC"
_UTC_NAMES: Final = frozenset({"UTC", "GMT", "Z", "Etc/UTC", "Etc/GMT", "Universal", "Zulu", "Coordinated Universal Time"})
_OFFSET: Final = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?")
_SEASONS: Final = ((1, 15), (7, 15))  # a day in each half of the year, wherever the zone is


@dataclass(frozen=True, slots=True)
class Zones:
    """The zones of one calendar."""

    site: str
    """The site's own."""
    year: int
    """In which hours are compared."""
    stated: Mapping[str, Component]
    """What the file says of zones, by their names."""
    kept_here: frozenset[str]
    """Those of them that keep the site's hours: looked at once, for each date asks again."""
    shown_in: str
    """The zone that the calendar was made in, as far as it says so; else the site's."""

    def known(self, name: str) -> str | None:
        """Return the IANA name of the zone that *name* means; None when nobody can tell."""
        wanted = name.strip().strip('"')
        if wanted in _UTC_NAMES:
            return UTC
        found = _named(wanted)
        if found:
            return found
        component = self.stated.get(wanted)
        if component is None:
            return None
        located = _named(component.text("X-LIC-LOCATION"))
        return located or (self.site if wanted in self.kept_here else None)

    def is_guessed(self, name: str) -> bool:
        """Whether *name* was recognised by its hours alone."""
        wanted = name.strip().strip('"')
        component = self.stated.get(wanted)
        by_name = wanted in _UTC_NAMES or _named(wanted)
        return not by_name and component is not None and not _named(component.text("X-LIC-LOCATION"))


def zones_of(calendar: Calendar, *, site: str, year: int) -> Zones:
    """Return the zones of *calendar*, for a site in the zone *site*."""
    stated = {component.text("TZID").strip('"'): component for component in calendar.zones}
    own = next(filter(None, (component.text("X-WR-TIMEZONE") for component in calendar.itself)), "")
    hours = _offsets_of(site, year)
    kept_here = frozenset(name for name, component in stated.items() if _offsets(component) == hours)
    return Zones(site, year, stated, kept_here, _named(own) or site)


def _named(name: str) -> str | None:
    """Return the IANA name that *name* is, holds at its end (`/vendor.org/2005/Europe/Warsaw`), or is Windows' word for."""
    known = _known()
    if name.isupper():
        return None  # CET, EST: names of hours, which know no summer
    if name in known:
        return name
    if WINDOWS_TO_OLSON.get(name) in known:
        return WINDOWS_TO_OLSON[name]
    parts = name.strip("/").split("/")[-4:]
    return next((tail for i in range(len(parts) - 1) if (tail := "/".join(parts[i:])) in known), None)


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def _offsets(component: Component) -> frozenset[timedelta]:
    """Return the differences from UTC that a stated zone knows."""
    found: set[timedelta] = set()
    for stated in component.properties.get("TZOFFSETTO", ()):
        match = _OFFSET.fullmatch(stated.value.strip())
        if match:
            sign = -1 if match[1] == "-" else 1
            found.add(sign * timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0)))
    return frozenset(found)


def _offsets_of(zone: str, year: int) -> frozenset[timedelta]:
    here = ZoneInfo(zone)
    offsets = (datetime(year, month, day, 12, tzinfo=here).utcoffset() for month, day in _SEASONS)
    return frozenset(offset for offset in offsets if offset is not None)
