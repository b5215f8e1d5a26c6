"""Shabbat, from candle lighting to the stars. Offered to a site, which decides what it does then."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from player.schedule.span import Span
from player.schedule.sun import HORIZON, Place, nightfall
from player.schedule.zones import local
from player.units import Nanos

_FRIDAY: Final = 4  # as datetime counts weekdays
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)


def shabbat(within: Span, place: Place, zone: ZoneInfo, *, candles: Nanos, end_angle: float) -> tuple[Span, ...]:
    """Return every Shabbat that *within* touches, cut to it: from candle lighting on Friday to the stars on Saturday.

    Where the sun does not set, or does not get as low as *end_angle*, its lowest point that night counts; where it does not
    rise, its highest. Both are what the true times move towards as such days come near. A site that follows another custom
    writes fixed times.

    Args:
        within: What is asked about.
        place: Where the site is.
        zone: Whose Fridays and Saturdays are meant.
        candles: How long before sunset it begins: 18 minutes for most, 40 in Jerusalem.
        end_angle: How low the sun's centre is at its end, in degrees: -8.5 for three small stars.
    """
    if within.start >= within.end:
        return ()
    first, last = local(within.start, zone).date(), local(within.end, zone).date()
    friday = first - timedelta(days=(first.weekday() - _FRIDAY) % 7)
    found: list[Span] = []
    while friday <= last + _DAY:  # far from its zone's meridian candle lighting may be on Thursday's side of midnight
        start = nightfall(HORIZON, friday, place, zone) - candles
        end = nightfall(end_angle, friday + _DAY, place, zone)
        cut = Span(max(start, within.start), min(end, within.end))
        if cut.start < cut.end:
            found.append(cut)
        friday += _WEEK
    return tuple(found)
