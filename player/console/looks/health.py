"""Whether all is well, in rows: of each part how it is, and a sentence that says it. Pure; what was found is an argument."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from player.console.looks.duty import INGEST, Duty
from player.console.looks.heard import Moving, Said
from player.console.looks.wording import MAX_NAME, Sentence, plain
from player.library.right import Rung
from player.library.sources import Source, Standing, standing
from player.projector.told import Told
from player.timekeeping import EARLY, ClockState
from player.units import SECOND, Nanos

GIGABYTE: Final = 1_000_000_000
LOW_DISK_BYTES: Final = GIGABYTE  # as the alarm about it has it
FULL_DISK_BYTES: Final = 20_000_000
LEFT: Final = 0.25  # of a lease, when a source that answers has been confirmed again long before
OBEYED_WITHIN: Final[Nanos] = 5 * SECOND  # a screen that runs answers an order within two frames
DONE_WITHIN: Final[Nanos] = 60 * SECOND  # ingest looks every ten seconds, and is not kept from deleting by whoever reads for long


class Level(StrEnum):
    """How bad."""

    OK = "ok"
    WARN = "warn"
    """Somebody should look at it today."""
    BAD = "bad"
    """The wall is not as it should be, or will not be soon."""


_ORDER: Final = (Level.OK, Level.WARN, Level.BAD)
_FALLEN: Final = frozenset({INGEST, "projector", "alarms"})
"""Processes that the catalogue has a sentence for."""


@dataclass(frozen=True, slots=True)
class Health:
    """How one part is."""

    part: str
    """screen, feed, clock, disk, library, process, projector, output, film, stream or sound."""
    level: Level
    sentence: Sentence
    of: str = ""
    """Which one, where there are several."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The data folder's disk."""

    free_bytes: int | None
    """None: it does not answer."""
    is_writable: bool


Sources: TypeAlias = Mapping[str, Source]


def worst(rows: Collection[Health]) -> Level:
    """Return the level of the whole."""
    return max((row.level for row in rows), key=_ORDER.index, default=Level.OK)


def screen(said: Said | None) -> Health:
    """Return how the screen is."""
    if said is None:
        return _row("screen", Level.BAD, "never")
    if said.is_of_now:
        level, word = _shows(said)
        return _row("screen", level, word)
    if said.age is None:
        return _row("screen", Level.BAD, "silent")
    return _row("screen", Level.BAD, "silent_for", count=said.age // SECOND)


def darkening(said: Said | None, *, is_dark_wanted: bool) -> Iterator[Health]:
    """Yield that the screen has been told to be dark and does not say that it is."""
    is_running = said is not None and said.is_of_now
    if is_dark_wanted and not (said is not None and is_running and said.is_dark):
        yield _row("screen", Level.WARN if is_running else Level.BAD, "dark_wanted", of="dark")


def duty(found: Duty) -> Iterator[Health]:
    """Yield what would not be done, and who does not do it. Of the screen itself, and of us, others tell."""
    if found.unanswered > OBEYED_WITHIN:
        yield _row("screen", Level.BAD, "deaf", of="orders", count=found.unanswered // SECOND)
    if found.unrecorded:
        yield _row("library", Level.BAD, "unrecorded", of="withdrawals", why=plain(found.unrecorded))
    for name in found.unsteady:
        if name in _FALLEN:
            yield _row("process", Level.BAD if name == INGEST else Level.WARN, f"down_{name}", of=name)
    if found.undone > DONE_WITHIN:
        yield _row("process", Level.WARN, "late", of="deleting", count=found.undone // SECOND)


def _shows(said: Said) -> tuple[Level, str]:
    """Return how good what a screen shows is that runs, and the word for it."""
    is_by_order = said.dark_ordered is not None or said.dim == 0
    what = (
        (bool(said.cards), Level.WARN, "cards"),
        (bool(said.editing), Level.WARN, "editing"),
        (said.is_dark, Level.WARN if is_by_order else Level.OK, "dark"),
        (said.slide.kind == "plate", Level.WARN, "plate"),
    )
    return next(((level, word) for holds, level, word in what if holds), (Level.OK, "runs"))


def feeds(known: Sources, configured: Collection[str], now: Nanos, *, has_photos: bool = True) -> Iterator[Health]:
    """Yield how each source is whose word counts by the configuration; a core set needs none.

    *has_photos*: whether there are photos in any show that may be on.
    """
    there = {name: source for name, source in known.items() if source.enabled and not source.is_core}
    for name in sorted({*configured, *there}):
        source = there.get(name)
        yield _feed(source, now) if source else _row("feed", Level.WARN, "unasked", of=name, name=name)
    if not configured and not there and has_photos:
        yield _row("feed", Level.WARN, "none")


def _feed(source: Source, now: Nanos) -> Health:
    word, name = standing(source, now), plain(source.name, MAX_NAME)
    left = lease_left(source, now)
    about: dict[str, object] = {"name": name, "problem": plain(source.problem or "")}
    match word:
        case Standing.LIVE:
            is_ending = left is not None and left < LEFT * (source.lease_s or 0) * SECOND
            if source.problem or is_ending:
                worse = "troubled" if source.problem else "ending"
                return _row("feed", Level.WARN, worse, of=name, count=(left or 0) // SECOND, **about)
            age = 0 if source.confirmed_at is None else max(0, now - source.confirmed_at) // SECOND
            return _row("feed", Level.OK, "live", of=name, count=age, **about)
        case Standing.UNCONFIRMED:
            return _row("feed", Level.WARN, "problem" if source.problem else "unconfirmed", of=name, **about)
        case Standing.ENDED:
            return _row("feed", Level.WARN, "ended", of=name, **about)
        case Standing.HALTED:
            return _row("feed", Level.BAD, "halted", of=name, **about)
        case _:
            return _row("feed", Level.BAD, "expired", of=name, **about)


def lease_left(source: Source, now: Nanos) -> Nanos | None:
    """Return for how long a source's word counts without being confirmed; None: without end, or it does not count."""
    if standing(source, now) is not Standing.LIVE or source.lease_s is None or source.confirmed_at is None:
        return None
    return max(0, source.confirmed_at + round(source.lease_s * SECOND) - now)


def clock(said: Said | None, kernel: ClockState, *, is_own: bool, has_schedule: bool) -> Health:
    """Return how far the time of day is believed: by the screen that runs, else by the kernel.

    A clock that is not believed keeps a schedule waiting; where there is none, nobody waits.
    """
    if said is not None and said.is_of_now and said.is_clock_trusted is not None:
        if said.is_clock_trusted:
            return _row("clock", Level.OK, "own" if is_own else "trusted")
        word = "early" if said.clock_why == EARLY else "untold"
        return _row("clock", Level.BAD, f"{word}_waits") if has_schedule else _row("clock", Level.WARN, word)
    if is_own:
        return _row("clock", Level.OK, "own")
    return {
        ClockState.SYNCED: _row("clock", Level.OK, "trusted"),
        ClockState.HOLDOVER: _row("clock", Level.OK, "holdover"),
        ClockState.UNSYNCED: _row("clock", Level.BAD if has_schedule else Level.WARN, "unsynced"),
    }[kernel]


def disk(found: Disk) -> Health:
    """Return how much room there is."""
    if found.free_bytes is None:
        return _row("disk", Level.BAD, "silent")
    free = f"{found.free_bytes / GIGABYTE:.1f}"
    if not found.is_writable:
        return _row("disk", Level.BAD, "read_only")
    if found.free_bytes < FULL_DISK_BYTES:
        return _row("disk", Level.BAD, "full")
    return _row("disk", Level.WARN if found.free_bytes < LOW_DISK_BYTES else Level.OK, "free", gigabytes=free)


def library(rung: Rung | None, problem: str, *, has_sources: bool, has_photos: bool = True) -> Health:
    """Return what may be shown: from which rung, or why nobody can say. *has_photos*: as for `feeds`."""
    if problem:
        return _row("library", Level.BAD, "problem", why=plain(problem))
    if not (has_sources or has_photos):
        return _row("library", Level.OK, "needless")
    match rung:
        case Rung.LIVE:
            return _row("library", Level.OK, "live")
        case Rung.STALE | Rung.CORE:
            return _row("library", Level.WARN, rung.value)
        case _:
            return _row("library", Level.BAD if has_sources else Level.WARN, "plate")


def projectors(names: Collection[str], told: Mapping[str, Told] | None) -> Iterator[Health]:
    """Yield how each projector is; *told* is what their process says, None: nothing for a minute."""
    for name in names:
        found = told.get(name) if told is not None else None
        if found is None:
            yield _row("projector", Level.WARN, "unwatched", of=name, name=name)
            continue
        grave = [worry for worry in found.worries if worry not in found.care]
        level = Level.BAD if grave else Level.WARN if found.care else Level.OK
        words = "; ".join([*grave, *found.care] or [found.says])
        yield _row("projector", level, "says", of=name, name=name, says=plain(words))


def outputs(said: Said | None, ids: Collection[str]) -> Iterator[Health]:
    """Yield how each output is, as far as the screen says something of it."""
    told = {str(each.get("id")): each for each in said.outputs} if said is not None and said.is_of_now else {}
    for name in ids:
        each = told.get(name)
        if each is None:
            continue
        if each.get("display"):
            yield _row("output", Level.OK, "on", of=name, name=name, display=plain(str(each["display"]), MAX_NAME))
        else:
            yield _row("output", Level.BAD, "missing", of=name, name=name, why=plain(str(each.get("why") or "")))


def moving(said: Said | None, *, is_heard: bool) -> Iterator[Health]:
    """Yield how each film and stream is that is open, and whether they are heard, where they are to be."""
    if said is None or not said.is_of_now:
        return
    for each in said.moving:
        yield _stream(each) if each.is_live else _film(each)
    wants_sound = is_heard and any(each.has_sound and each.state == "ready" for each in said.moving)
    if wants_sound and not said.sound.device:
        yield _row("sound", Level.WARN, "nowhere", why=said.sound.why)
    elif wants_sound and said.sound.is_muted:
        yield _row("sound", Level.OK, "muted")
    elif wants_sound:
        word = "broken" if said.sound.dropouts else "heard"
        yield _row("sound", Level.OK, word, device=said.sound.device, count=said.sound.dropouts)


def _stream(each: Moving) -> Health:
    name = each.name
    match each.state:
        case "ready" if each.latency:
            behind = f"{each.latency / SECOND:.1f}"
            return _row("stream", Level.OK, "behind", of=name, name=name, seconds=behind, rendition=each.rendition)
        case "ready":
            return _row("stream", Level.OK, "live", of=name, name=name)
        case "stalled":
            return _row("stream", Level.WARN, "stalled", of=name, name=name)
        case "failed":
            return _row("stream", Level.BAD, "failed", of=name, name=name, why=each.why)
        case "ended":
            return _row("stream", Level.OK, "ended", of=name, name=name)
        case _:
            return _row("stream", Level.OK, "opening", of=name, name=name)


def _film(each: Moving) -> Health:
    match each.state:
        case "ready" | "ended":  # the last picture is in memory, which for a short film is before the first one is seen
            return _row("film", Level.OK, "ready", of=each.name, name=each.name)
        case "failed":
            return _row("film", Level.WARN, "failed", of=each.name, name=each.name, why=each.why)
        case _:
            return _row("film", Level.OK, "opening", of=each.name, name=each.name)


def _row(part: str, level: Level, word: str, *, of: str = "", **fields: object) -> Health:
    return Health(part, level, Sentence(f"health.{part}.{word}", fields), of)
