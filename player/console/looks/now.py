"""Now: what is on the wall, since when, why and until when, what follows, and whether all is well."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from player import repertoire
from player.console.looks import health
from player.console.looks.duty import Duty
from player.console.looks.health import Disk, Health, Level
from player.console.looks.heard import Said, Slide
from player.console.looks.wording import MAX_NAME, Sentence, plain
from player.errors import LibraryError
from player.library import browsing, dark, receipts, right
from player.library.leftovers import PREVIEW
from player.library.library import Library, is_writable
from player.library.right import Rung
from player.library.sources import Source, sources, standing
from player.projector import told as projecting
from player.settings import Configuration
from player.timekeeping import ClockState, clock_state
from player.units import SECOND, Nanos

MOST_NAMED: Final = 24  # photos of a slide that are named one by one; of a mosaic the rest is counted
BEHIND: Final[Nanos] = 3 * SECOND  # the preview follows within a second, and a tired memory card takes another
IMAGE_BYTES: Final = 4_000_000  # of the preview: it is 960 pixels wide, and 200 kB at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The presented pixels, and whether they may be seen: what is not of now may show somebody who is withdrawn."""

    is_now: bool
    """It is what is on the wall at this moment, or was two seconds ago; nothing else is given to anybody."""
    taken_at: Nanos | None
    """When it was up: a slide that stands still is kept once. None: there is none."""
    seen_at: Nanos | None
    """When the screen last said that this is how it is."""
    age_s: int
    """For how long nobody has vouched for it; 0 also where nobody knows."""
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Up:
    """A photo that is on the wall, or will be."""

    source: str
    item: str
    key: int | None
    """Its row; None: the library does not know it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A slide with its photos as rows."""

    kind: str
    count: int
    """Of photos."""
    photos: tuple[Up, ...]
    """The first of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLook:
    """A source and its word."""

    name: str
    is_core: bool
    standing: str
    """live, or why its word does not count, in the library's words."""
    confirmed_s: float | None
    """How long ago it was confirmed; None: never."""
    lease_left_s: float | None
    """None: it has no lease, or its word does not count."""
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """How everything is."""

    at: Nanos
    zone: str
    site: str
    level: Level
    """Of the worst row."""
    picture: Picture
    is_running: bool
    said: Said | None
    """What the screen said last: show, slot, why, until when, and what holds by hand."""
    slide: Shown | None
    coming: Shown | None
    """The slide that is ready to follow; None: none is, or nobody knows."""
    shows: tuple[str, ...]
    """Those that can be started."""
    health: tuple[Health, ...]
    feeds: tuple[FeedLook, ...]
    """Those whose word counts by the configuration, and their core sets."""
    rung: str
    """live, stale, core or plate: where photos come from; empty: nobody can say."""
    disk: Disk
    clock: ClockState


def look(
    configuration: Configuration,
    library: Library | None,
    at: Nanos,
    *,
    word: Said | None,
    duty: Duty,
    problem: str = "",
    kernel: Callable[[], ClockState] = clock_state,
) -> Now:
    """Return how everything is at *at* (UTC). What cannot be read is said, and is no reason to fail.

    Args:
        configuration: What is in force.
        library: Open; None: it cannot be.
        at: Now.
        word: What the screen said last.
        duty: Whether what is ordered would be done.
        problem: Why the library cannot be opened.
        kernel: Says how far the kernel believes its clock.
    """
    folder, settings = configuration.data, configuration.settings
    known, rung, slides, problem = _of_library(library, word, at, problem)
    has_schedule = bool(settings.schedule.slots or settings.schedule.quiet)
    has_photos = repertoire.has_photos(settings.shows, configuration.playlists)
    found_disk, kernel_says = disk_of(folder), kernel()
    rows = (
        health.screen(word),
        *health.darkening(word, is_dark_wanted=dark.demanded(folder) is not None),
        *health.moving(word, is_heard=configuration.has_sound),
        *health.feeds(known, settings.feeds, at, has_photos=has_photos),
        health.library(rung, problem, has_sources=bool(settings.feeds), has_photos=has_photos),
        *health.duty(duty if not problem else replace(duty, unrecorded="")),
        health.clock(word, kernel_says, is_own=settings.site.clock == "own", has_schedule=has_schedule),
        health.disk(found_disk),
        *health.projectors(tuple(settings.projectors), projecting.of_now(folder, at)),
        *health.outputs(word, [output.id for output in settings.outputs]),
    )
    return Now(
        at=at,
        zone=settings.site.zone,
        site=plain(settings.site.name, MAX_NAME),
        level=health.worst(rows),
        picture=picture_of(_written(folder / PREVIEW), word, library),
        is_running=word is not None and word.is_of_now,
        said=word,
        slide=slides[0],
        coming=slides[1],
        shows=tuple(sorted(configuration.playlists)),
        health=rows,
        feeds=tuple(_feed(source, at) for source in known.values() if source.enabled),
        rung=rung.value if rung else "",
        disk=found_disk,
        clock=kernel_says,
    )


def picture_of(taken_at: Nanos | None, word: Said | None, library: Library | None) -> Picture:
    """Return how far the picture that was *taken_at* is to be believed, by what the screen says of itself, and the orders."""
    sentence = _sentence(taken_at, word, library)
    return Picture(
        is_now=sentence.key == "picture.now",
        taken_at=taken_at,
        seen_at=word.at if word else None,
        age_s=(word.age or 0) // SECOND if word else 0,
        sentence=sentence,
    )


def picture_bytes(folder: Path, library: Library | None, word: Said | None) -> bytes | None:
    """Return the preview as the screen wrote it, a JPEG; None: there is none that may be seen."""
    try:
        with (folder / PREVIEW).open("rb") as file:
            taken_at = os.fstat(file.fileno()).st_mtime_ns
            content = file.read(IMAGE_BYTES)
    except OSError:
        return None
    return content if picture_of(taken_at, word, library).is_now else None


def disk_of(folder: Path) -> Disk:
    """Return how the data folder's disk is."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return Disk(None, is_writable=False)
    return Disk(free, is_writable=is_writable(folder))


def _sentence(taken_at: Nanos | None, word: Said | None, library: Library | None) -> Sentence:
    if word is None:
        return Sentence("picture.never")
    if not word.is_of_now:
        return Sentence("picture.none") if word.age is None else Sentence("picture.none_for", {"count": word.age // SECOND})
    if taken_at is None:
        return Sentence("picture.not_kept")
    # A picture that was kept before what is up began, a slide or the dark, is the one before it.
    since = _up_since(word)
    if since is not None and taken_at < since and word.at - since > BEHIND:
        return Sentence("picture.behind")
    return Sentence("picture.withheld" if _may_show_withdrawn(library, word, taken_at) else "picture.now")


def _up_since(word: Said) -> Nanos | None:
    """Return since when what is to be seen has been up: in the dark slides follow each other, and nobody sees them."""
    return word.since if word.dark_since is None else word.dark_since


def _may_show_withdrawn(library: Library | None, word: Said, taken_at: Nanos) -> bool:
    """Whether a picture of the wall may show what was withdrawn meanwhile. While nobody can say, the screen's word counts.

    Where the withdrawals are lost, that is not enough: a screen that has not noticed yet shows what it showed before.
    """
    if library is None:
        return False
    orders = library.held_orders
    if orders is None:
        since = _up_since(word)
        shows_live = word.dark_since is None and word.rung not in {Rung.CORE, Rung.PLATE}
        return shows_live or since is None or taken_at < since
    try:
        return receipts.may_show_withdrawn(orders.connection, taken_at)
    except LibraryError:
        return False


def _of_library(
    library: Library | None, word: Said | None, at: Nanos, problem: str
) -> tuple[dict[str, Source], Rung | None, tuple[Shown | None, Shown | None], str]:
    """Return sources, rung and slides, and what is wrong with the library."""
    slide, coming = (word.slide, word.coming) if word else (None, None)
    if library is not None:
        try:
            known, rung = sources(library.connection), right.ladder(library, at).rung
            return known, rung, (_shown(library, slide), _shown(library, coming)), problem or library.lost
        except LibraryError as error:
            problem = str(error)
    return {}, None, (_shown(None, slide), _shown(None, coming)), problem or "it cannot be opened"


def _shown(library: Library | None, slide: Slide | None) -> Shown | None:
    if slide is None:
        return None
    names = slide.photos[:MOST_NAMED]
    keys = browsing.keys_of_pairs(library.connection, names) if library else {}
    photos = tuple(Up(plain(source, MAX_NAME), plain(item), keys.get((source, item))) for source, item in names)
    return Shown(kind=slide.kind, count=len(slide.photos), photos=photos)


def _feed(source: Source, at: Nanos) -> FeedLook:
    left = health.lease_left(source, at)
    return FeedLook(
        name=plain(source.name, MAX_NAME),
        is_core=source.is_core,
        standing=standing(source, at).value,
        confirmed_s=None if source.confirmed_at is None else (at - source.confirmed_at) / SECOND,
        lease_left_s=None if left is None else left / SECOND,
        problem=plain(source.problem or ""),
    )


def _written(path: Path) -> Nanos | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
