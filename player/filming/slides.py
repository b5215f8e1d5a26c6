"""The slides of a show as they come, without a screen: stored ones as they were, others planned, laid out and made ready to draw.

Nothing is written: planning goes on in a private copy of the ranks. The right to show is asked at the present moment, always.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from player import log
from player.clock import Clock
from player.errors import LibraryError
from player.films import Shelf
from player.library import cues, photos, ranks, right
from player.library.cues import StoredCue
from player.library.library import Library, open_library
from player.library.schema import LIBRARY
from player.render.protocol import Image, Renderer
from player.screen.chooser import Choice, Chooser, place_after, step_of, timing
from player.screen.clips import Clips
from player.screen.decoding import decoded
from player.screen.ledger import Ledger
from player.screen.programme import Programme
from player.show.director import Place, seed_of, title_page
from player.show.layout import lay_out, plate
from player.show.on_air import TitlePage
from player.show.plan import Cue
from player.show.record import from_record, keys_in
from player.show.scene import Composition
from player.show.slide import FilmSlide, Pace, Slide, photos_of
from player.text.typeset import Typesetter
from player.units import SECOND, Digest, Nanos

WRITER: Final = "render"

_log = log.get("filming")


@dataclass(frozen=True, slots=True)
class Planned:
    """A slide with its time, not laid out yet."""

    start: Nanos
    length: Nanos
    fade: Nanos
    seed: int
    slide: Slide | None
    still: bool
    place: Place = field(default_factory=Place)
    """Where its show stands after it."""


def titled(page: TitlePage, at: Nanos) -> Planned:
    """Return the title page as it is at *at*."""
    slide, length = title_page(page, at)
    return Planned(at, length, 0, 0, slide, still=True)


@contextlib.contextmanager
def opened(folder: Path) -> Generator[Library]:
    """Open the library in *folder* as it is; where there is none yet, an empty one that is forgotten afterwards."""
    with contextlib.ExitStack() as stack:
        if not (folder / LIBRARY.name).exists():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        library = open_library(folder, writer=WRITER)
        stack.callback(library.close)
        yield library


def stored(library: Library, programme: Programme, at: Nanos, clock: Clock) -> tuple[Planned, ...] | None:
    """Return the stored cue that is on at *at* and the one before it; None when there is none or a photo of it is gone."""
    found = cues.before(library.connection, at)
    if not found or found[-1].show != programme.show.id or at >= found[-1].start + found[-1].length:
        return None
    planned = [from_store(library, programme, cue, clock) for cue in found]
    if planned[-1] is None:
        return None
    return tuple(each for each in planned if each)


def from_store(library: Library, programme: Programme, cue: StoredCue, clock: Clock) -> Planned | None:
    """Return a cue of the programme's show as it was; None: a photo of it is gone, or may not be shown now."""
    slide = from_record(cue.slide, photos.photos(library.connection, keys_in(cue.slide)))
    if slide is None or right.refusals(library, photos_of(slide), clock.wall()):
        return None
    is_fixed = not step_of(cue, programme.show).motion
    return Planned(cue.start, cue.length, cue.fade, cue.seed, slide, is_fixed, place_after(cue))


def planned(
    library: Library,
    programme: Programme,
    at: Nanos,
    *,
    since: Nanos,
    ends: Nanos | None,
    clock: Clock,
    tell: Callable[[float], None],
) -> tuple[Planned, ...]:
    """Play the show forward to *at* in a private copy of the ranks; return the slide that is on then and the one before.

    The show began at *since* and *ends* at another instant; None: nobody knows.
    """
    start, place, leaving = _beginning(library, programme, at, since)
    began = start
    before = from_store(library, programme, leaving, clock) if leaving else None
    show = played(library, programme, start, place, clock, ends=ends)
    while True:
        this = next(show)
        if at < this.start + this.length:
            return (before, this) if before else (this,)
        if this.slide is None:  # nothing may be shown now, so nothing is planned either
            return (replace(this, start=at),)
        before = this
        tell((this.start + this.length - began) / max(1, at - began))


def played(
    library: Library, programme: Programme, start: Nanos, place: Place, clock: Clock, *, ends: Nanos | None
) -> Iterator[Planned]:
    """Play the show on from *start* and *place*, for ever, in a private copy of the ranks; *ends* as in `planned`."""
    ranks.shadow(library.connection)
    show, shelf = programme.show, Shelf(programme.data)
    chooser = Chooser(library, show=show, phrases=programme.phrases, ledger=Ledger(), clock=clock, shelf=shelf)
    while True:
        left = None if ends is None else ends - start
        choice = unmoved(chooser.next(place, left=left), chooser, place)
        length, fade = timing(choice) if choice.slide else (2 * SECOND, 0)
        seed = seed_of(programme.show, place.ordinal)
        ranks.count_turns(library.connection, choice.picks, at=start)
        yield Planned(start, length, fade, seed, choice.slide, is_still(choice), choice.place)
        start, place = start + length, choice.place


def day_began(at: Nanos, zone: str) -> Nanos:
    """Return the local midnight before *at*."""
    local = datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(zone))
    midnight = datetime(local.year, local.month, local.day, tzinfo=ZoneInfo(zone))
    return int(midnight.astimezone(UTC).timestamp()) * SECOND


def _beginning(library: Library, programme: Programme, at: Nanos, since: Nanos) -> tuple[Nanos, Place, StoredCue | None]:
    """Return when planning begins, where the show stands then, and the stored cue that gives way.

    That is after the last cue stored since midnight that had ended by *at*, else at midnight. One that is on at *at* is
    planned anew: when planning is asked for, something on it may not be shown any more.
    """
    found = [cue for cue in cues.before(library.connection, at) if cue.show == programme.show.id and cue.start >= since]
    if not found:
        return since, Place(), None
    newest = found[-1]
    if newest.start + newest.length <= at:
        return newest.start + newest.length, place_after(newest), newest
    if len(found) > 1:
        return newest.start, place_after(found[0]), found[0]
    step = (newest.step - 1) % len(programme.show.steps)
    return newest.start, Place(ordinal=newest.ordinal, step=step), None


def unmoved(choice: Choice, chooser: Chooser, place: Place, *, still: bool = False) -> Choice:
    """Return *choice* after *place*; where nothing may move, words instead of a film, as on the wall."""
    if isinstance(choice.slide, FilmSlide) and (still or is_still(choice)):
        return replace(chooser.words(place, choice.rung), place=choice.place)
    return choice


def is_still(choice: Choice) -> bool:
    """Whether nothing on it but fades is to move, by its playlist."""
    return bool(choice.step and not choice.step.motion)


def laid_out(
    library: Library,
    renderer: Renderer,
    typesetter: Typesetter,
    programme: Programme,
    planned: Planned,
    *,
    clips: Clips | None = None,
) -> Cue:
    """Lay a slide out and prepare it, its film opened by *clips*; one whose files cannot be read becomes the plate."""
    pace = Pace(planned.length, planned.fade, still=planned.still)
    slide = planned.slide
    composition = (
        lay_out(slide, stage=programme.stage, pace=pace, measure=typesetter, seed=planned.seed)
        if slide
        else plate(programme.stage, typesetter)
    )
    if isinstance(slide, FilmSlide):
        composition = _opened(slide, composition, programme, typesetter, clips)
        slide = slide if composition.clips else None
    images: dict[Digest, Image] = {}
    try:
        images = {digest: decoded(library.files.read(digest)) for digest in composition.photos}
    except LibraryError:
        slide, composition = None, plate(programme.stage, typesetter)
    renderer.prepare(composition, images)
    return Cue(
        start=planned.start,
        length=planned.length,
        fade=planned.fade,
        slide=slide,
        composition=composition,
        seed=planned.seed,
    )


def _opened(
    slide: FilmSlide, composition: Composition, programme: Programme, typesetter: Typesetter, clips: Clips | None
) -> Composition:
    """Return *composition* with its film opened, and what is said in it; the plate where it cannot be shown."""
    why: Composition | str = "nobody opens films here"
    if clips is not None:
        why = clips.made_ready(slide, composition, stage=programme.stage, measure=typesetter, given_up=threading.Event())
    if isinstance(why, Composition):
        return why
    _log.warning("a film left out: it cannot be shown", file=slide.film.file, why=why)
    return plate(programme.stage, typesetter)
