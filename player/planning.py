"""`weremember plan`: what the agenda and its shows come to for the photos there are, or for a number of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Final

from player.command import length_in_words
from player.errors import OperatorError
from player.library.canvas import canvas_of
from player.library.census import Census, bytes_each, census
from player.library.library import open_library
from player.schedule.agenda import agenda, utc
from player.schedule.campaign import campaign_end, live_time, rows_of_slides
from player.schedule.zones import local, zone
from player.settings import Configuration
from player.show.capacity import SHORTEST_HOLD, Capacity, Row, capacity
from player.show.playlist import Sides
from player.show.promise import Crowd, most_tiles
from player.staging import stage_of
from player.units import SECOND, Nanos, Seconds, Size

DAYS: Final = 8
"""How many days are looked at where nothing in the schedule has an end: a week, and today's weekday again."""
PORTRAITS: Final = 0.5  # of photos that nobody has seen yet: half of what phones take is upright
BYTES_EACH: Final = 450_000  # of a prepared photo that nobody has seen yet, for a Full HD wall
FULL_HD: Final = Size(1920, 1080)
MAX_PHOTOS: Final = 10_000_000  # ten times what a library holds
EXACT_S: Final = 120  # above it nobody counts tenths of a second
_NOBODY: Final = Census(photos=0, portraits=0, prepared=0, shown=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to know."""

    photos: int | None = None
    """None: those in the library; else so many that nobody has seen yet."""
    first: date | None = None
    """None: from now on."""
    days: int | None = None
    """None: to the end of the campaign."""
    as_json: bool = False


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


def plan(configuration: Configuration, asked: Asked, *, now: Nanos, say: Callable[[str], None]) -> Plan:
    """Say what the agenda comes to, and return it.

    Raises:
        LibraryError: the data folder cannot be used.
        OperatorError: there is no such agenda, or nobody has so many photos.
    """
    found = planned(configuration, asked, now=now)
    if asked.as_json:
        say(json.dumps(as_object(found), ensure_ascii=False, indent=1))
    else:
        for line in in_words(found):
            say(line)
    return found


def planned(configuration: Configuration, asked: Asked, *, now: Nanos) -> Plan:
    """Return what the agenda comes to.

    Raises:
        LibraryError: the data folder cannot be used.
        OperatorError: there is no such agenda, or nobody has so many photos.
    """
    if asked.photos is not None and not 1 <= asked.photos <= MAX_PHOTOS:
        raise OperatorError(f"a plan is for at least 1 photo and at most {MAX_PHOTOS:,}, not {asked.photos:,}")
    there, each, canvas = _library(configuration)
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
    share = there.portraits / there.prepared if there.prepared else PORTRAITS
    crowd = Crowd(there.photos if asked.photos is None else asked.photos, share)
    seen = there.shown if asked.photos is None else 0
    stage = stage_of(configuration, canvas)
    shows = {name: configuration.show(name) for name in configuration.playlists}
    return Plan(
        start=from_now,
        end=until,
        zone=rules.zone,
        crowd=crowd,
        seen=seen,
        found=capacity(list(seen_rows), shows, crowd, most=most_tiles(stage), seen=seen),
        stored_at_once=configuration.settings.storage.budget // (each or BYTES_EACH),
        live_s=live_time(rows, rules, now=from_now, until=until),
    )


def as_object(plan: Plan) -> dict[str, object]:
    """Return *plan* as JSON has it: times in UTC, ISO 8601."""
    found = plan.found
    return {
        "from": utc(plan.start),
        "to": utc(plan.end),
        "photos": found.photos,
        "portraits": round(plan.crowd.portraits, 3),
        "seen_before": plan.seen,
        "showings": found.showings,
        "shows": [asdict(use) for use in found.shows],
        "everyone_at": None if found.everyone_at is None else utc(found.everyone_at),
        "unseen": found.unseen,
        "share": {**asdict(found.share), "seconds": found.share.seconds},
        "fits_with": {"hold_s": found.hold, "mosaic": found.mosaic, "adds_mosaic": found.adds_mosaic},
        "stored_at_once": plan.stored_at_once,
        "unknown_shows": found.unknown,
        "live_s": plan.live_s,
    }


def in_words(plan: Plan) -> Iterator[str]:
    """Yield *plan* as lines for people."""
    found, crowd = plan.found, plan.crowd
    before = f", {plan.seen:,} of them seen before" if plan.seen else ""
    if crowd.photos:
        yield f"{crowd.photos:,} photos{before}; {crowd.portraits:.0%} portraits"
    else:
        yield "No photos yet; `--photos 120000` makes a plan for so many"
    yield f"{_local(plan.start, plan)} to {_local(plan.end, plan)}, {plan.zone}:"
    for use in found.shows:
        tiles = f", mosaics of {_sides(use.mosaic)}" if use.mosaic else ""
        yield f"  {use.show}: {use.on_s / 3600:,.1f} h, {use.showings:,} showings{tiles}"
    for name in found.unknown:
        yield f"  {name}: not a playlist, so not counted"
    if plan.live_s:
        yield f"  live: {plan.live_s / 3600:,.1f} h without slides, so not counted"
    if crowd.photos:
        yield from _result(plan)
    if crowd.photos > plan.stored_at_once:
        yield (
            f"The storage budget holds about {plan.stored_at_once:,} prepared photos at a time;"
            " others are fetched as shown ones make room."
        )
        yield "  `storage: {budget: …}` changes that."


def _result(plan: Plan) -> Iterator[str]:
    found, share = plan.found, plan.found.share
    if found.unseen:
        yield f"Not everyone is seen: {found.unseen:,} photos are not."
        yield from _remedies(found)
    elif found.everyone_at is not None:
        yield f"Everyone has been seen once by {_local(found.everyone_at, plan)}."
    else:
        yield "Everyone has been seen."
    parts = [
        f"{_length(share.alone_s)} alone on the wall" if share.alone_s else "",
        f"{_length(share.paired_s)} beside another one" if share.paired_s else "",
        f"{_length(share.tiled_s)} as one of {share.tiles} tiles or fewer" if share.tiled_s else "",
    ]
    yield f"Each photo is shown {share.times:,.1f} times on average, {_length(share.seconds)} in all:"
    yield from (f"  {part}" for part in parts if part)


def _remedies(found: Capacity) -> Iterator[str]:
    if found.hold is not None:
        yield f"  All would be with `hold: {found.hold:g}s` for photos."
    if found.mosaic is not None:
        where = "and one in every show that has none" if found.adds_mosaic else "instead of those that there are"
        yield f"  All would be with mosaics of {_sides(found.mosaic)}, {where}."
    if found.hold is None and found.mosaic is None:
        yield f"  Neither {SHORTEST_HOLD:g} s for each photo nor the smallest tiles that can be read would do: give it more time."


def _length(seconds: Seconds) -> str:
    return f"{seconds:.1f} s" if seconds < EXACT_S else length_in_words(round(seconds * SECOND))


def _sides(size: Sides) -> str:
    return f"{size[0]} x {size[1]}"


def _local(at: Nanos, plan: Plan) -> str:
    moment = datetime.fromtimestamp(at // SECOND, zone(plan.zone))
    if moment.time().isoformat() == "00:00:00" and at == plan.end:
        return f"{moment - timedelta(1):%a %Y-%m-%d} 24:00"
    return f"{moment:%a %Y-%m-%d %H:%M}"


def _library(configuration: Configuration) -> tuple[Census, int, Size]:
    size = configuration.settings.display.size or FULL_HD
    if not configuration.data.exists():
        return _NOBODY, 0, size
    with closing(open_library(configuration.data, writer="command line")) as library:
        return census(library.connection), bytes_each(library.connection), canvas_of(library) or size
