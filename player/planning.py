"""`weremember plan`: what the agenda and its shows come to, said to people and to programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from player.command import length_in_words
from player.forecast import NOTHING, Asked, Known, Plan, canvas_for, forecast, known
from player.library.library import open_library
from player.rounds import Round, rounds_of
from player.schedule.agenda import utc
from player.schedule.zones import zone
from player.settings import Configuration
from player.show.capacity import SHORTEST_HOLD, Capacity
from player.show.playlist import Sides
from player.show.promise import most_tiles
from player.staging import stage_of
from player.units import SECOND, Nanos, Seconds

EXACT_S: Final = 120  # above it nobody counts tenths of a second


def plan(configuration: Configuration, asked: Asked, *, now: Nanos, say: Callable[[str], None], as_json: bool = False) -> Plan:
    """Say what the agenda comes to, and return it. Masks and outlines count as they are configured and calibrated now.

    Raises:
        LibraryError: the data folder cannot be used.
        OperatorError: there is no such agenda, or nobody has so many photos.
    """
    there, in_step = _known(configuration, now)
    stage = stage_of(configuration, canvas_for(configuration, there))
    found = forecast(configuration, asked, there, now=now, most=most_tiles(stage))
    on = {use.show for use in found.found.shows}
    rounds = [each for each in in_step if each.show in on]
    if as_json:
        told = as_object(found) | {"in_step": [asdict(each) for each in rounds]}
        say(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for line in (*in_words(found), *map(_round_in_words, rounds)):
            say(line)
    return found


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


def _round_in_words(each: Round) -> str:
    first = f", first those of the share {each.share}" if each.share else ""
    return (
        f"{each.show} is in step with {each.group}, version {each.version}: each of its {each.photos:,} photos comes once"
        f" in {_length(each.round_s)}{first}; above it counts as if it went by its own order."
    )


def _known(configuration: Configuration, now: Nanos) -> tuple[Known, tuple[Round, ...]]:
    if not configuration.data.exists():
        return NOTHING, ()
    with closing(open_library(configuration.data, writer="command line")) as library:
        return known(library), rounds_of(configuration, library, now)
