"""What the agenda and its shows come to from an instant on: for the photos there are, or for a number of them.

How many tiles of a mosaic can be read on a wall is an argument: whoever asks knows that wall, or takes a plain one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from player.errors import OperatorError
from player.films import with_films
from player.library.canvas import canvas_of, tiles_of
from player.library.census import Census, bytes_each, census
from player.library.library import Library
from player.rolls import with_readings
from player.schedule.agenda import agenda
from player.schedule.campaign import campaign_end, live_time, rows_of_slides
from player.schedule.zones import local, zone
from player.settings import Configuration
from player.show.capacity import Capacity, Row, capacity
from player.show.layout import names_on
from player.show.promise import Crowd, most_tiles
from player.show.slide import Stage
from player.units import Nanos, Seconds, Size

DAYS: Final = 8
"""How many days are looked at where nothing in the schedule has an end: a week, and today's weekday again."""
PORTRAITS: Final = 0.5  # of photos that nobody has seen yet: half of what phones take is upright
BYTES_EACH: Final = 450_000  # of a prepared photo that nobody has seen yet, for a Full HD wall
FULL_HD: Final = Size(1920, 1080)
MAX_PHOTOS: Final = 10_000_000  # ten times what a library holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to know."""

    photos: int | None = None
    """None: those in the library; else so many that nobody has seen yet."""
    first: date | None = None
    """None: from now on."""
    days: int | None = None
    """None: to the end of the campaign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The answer, with what it was made of."""

    start: Nanos
    end: Nanos
    zone: str
    crowd: Crowd
    seen: int
    found: Capacity
    stored_at_once: int
    """How many prepared photos the storage budget holds."""
    live_s: Seconds = 0.0
    """How long streams are planned in that time, in which nobody's photo is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a library says of photos and wall."""

    crowd: Census
    each: int
    """Bytes of a prepared photo; 0: there are none yet."""
    canvas: Size | None
    """As the screen last had it."""
    tiles: int | None
    """How many tiles of a mosaic could be read on that wall, at most; None: it has not said."""


NOTHING: Final = Known(crowd=Census(photos=0, portraits=0, prepared=0, shown=0), each=0, canvas=None, tiles=None)
"""What is known where nothing ever ran."""


def known(library: Library) -> Known:
    """Return what *library* says.

    Raises:
        LibraryError: it cannot be read.
    """
    connection = library.connection
    return Known(crowd=census(connection), each=bytes_each(connection), canvas=canvas_of(library), tiles=tiles_of(library))


def canvas_for(configuration: Configuration, found: Known) -> Size:
    """Return how large the wall is taken to be."""
    return found.canvas or configuration.settings.display.size or FULL_HD


def forecast(configuration: Configuration, asked: Asked, found: Known, *, now: Nanos, most: int | None = None) -> Plan:
    """Return what the agenda comes to.

    Args:
        configuration: With the agenda and its shows.
        asked: What somebody wants to know.
        found: What is known of photos and wall.
        now: UTC.
        most: How many tiles can be read on the wall at most; None: as the screen found, else as on a wall without outputs.

    Raises:
        OperatorError: there is no such agenda, or nobody has so many photos.
    """
    if asked.photos is not None and not 1 <= asked.photos <= MAX_PHOTOS:
        raise OperatorError(f"a plan is for at least 1 photo and at most {MAX_PHOTOS:,}, not {asked.photos:,}")
    rules = configuration.rules
    here = zone(rules.zone)
    today = local(now, here).date()
    end = campaign_end(configuration.settings.schedule, rules, now) if asked.days is None else None
    first = asked.first or today
    to_the_end = max(1, (local(end - 1, here).date() - first).days + 1) if end else DAYS
    days = to_the_end if asked.days is None else asked.days
    try:
        rows = agenda(rules, first, days)
    except (ValueError, OverflowError) as error:
        raise OperatorError(f"there is no such agenda: {error}") from error
    from_now = now if asked.first is None else rows[0].start
    until = max(from_now, min(rows[-1].end, end or rows[-1].end))
    seen_rows = (
        Row(max(row.start, from_now), min(row.end, until), row.show)
        for row in rows_of_slides(rows, rules)
        if row.end > from_now and row.start < until
    )
    there = found.crowd
    share = there.portraits / there.prepared if there.prepared else PORTRAITS
    crowd = Crowd(there.photos if asked.photos is None else asked.photos, share)
    seen = there.shown if asked.photos is None else 0
    plain = Stage(canvas_for(configuration, found), configuration.settings.display.margin)
    read = {name: with_readings(configuration.show(name), names_on(plain)) for name in configuration.playlists}
    shows = {name: with_films(show, (), configuration.data) for name, show in read.items()}
    return Plan(
        start=from_now,
        end=until,
        zone=rules.zone,
        crowd=crowd,
        seen=seen,
        found=capacity(list(seen_rows), shows, crowd, most=most or found.tiles or most_tiles(plain), seen=seen),
        stored_at_once=configuration.settings.storage.budget // (found.each or BYTES_EACH),
        live_s=live_time(rows, rules, now=from_now, until=until),
    )
