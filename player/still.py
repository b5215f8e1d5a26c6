"""One instant of a show as a picture: the same every time, from the library, without a window, writing nothing."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from PIL import Image as Picture

from player.clock import Clock
from player.errors import LibraryError, OperatorError
from player.library import cues, photos, ranks, right
from player.library.cues import StoredCue
from player.library.library import Library, open_library
from player.library.schema import LIBRARY
from player.render.cpu import CpuRenderer
from player.render.protocol import Image
from player.schedule.desired import desired
from player.screen.chooser import Choice, Chooser, place_after, timing
from player.screen.decoding import decoded
from player.screen.ledger import Ledger
from player.screen.programme import Programme, programme_of
from player.settings import Configuration
from player.show.director import Place, seed_of, title_page
from player.show.layout import lay_out, plate
from player.show.on_air import Manual, TitlePage, on_air
from player.show.plan import Cue, Plan, scene_at
from player.show.record import from_record, keys_in
from player.show.slide import Pace, Slide, photos_of
from player.staging import stage_of
from player.text.typeset import Typesetter
from player.units import SECOND, Digest, Nanos, Size

WRITER: Final = "render"


@dataclass(frozen=True, slots=True)
class Planned:
    """A slide with its time, not laid out yet."""

    start: Nanos
    length: Nanos
    fade: Nanos
    seed: int
    slide: Slide | None
    still: bool


def save(image: Image, out: Path) -> None:
    """Write a BGRA canvas as the picture that the file's name asks for.

    Raises:
        OperatorError: it cannot be written, or the name asks for no picture.
    """
    rgb = np.ascontiguousarray(image[:, :, 2::-1])
    try:
        Picture.fromarray(rgb).save(out, quality=92)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise OperatorError(f"{out} cannot be written: {reason}. Name a .png or .jpg file in a folder that exists") from error


def still(
    configuration: Configuration,
    at: Nanos,
    wanted: Size | None,
    clock: Clock,
    tell: Callable[[float], None],
) -> Image:
    """Return the canvas at *at* (UTC nanoseconds) of the show that is on then, BGRA; *tell* hears how far planning is, 0 to 1.

    The schedule says which, or that its title page is up; what is ordered by hand, and how bright the wall is, count for nothing.
    Cues that the screen stored are taken as they are; beyond them the show is planned from the counts as stored. The
    right to show is asked at the present moment.
    """
    typesetter = Typesetter()
    stage = stage_of(configuration, wanted)
    size = stage.canvas
    programme = programme_of(
        configuration,
        stage,
        lambda language, text: typesetter.fonts.speakable(language, text) is not None,
    )
    wanted_then = desired(at, configuration.rules)
    on = on_air(wanted_then, Manual(), at)
    bill = programme.bill(on.show)
    programme = replace(programme, show=bill.show, phrases=bill.phrases)
    since = max(_day_began(at, configuration.settings.site.zone), wanted_then.start or 0)
    with opened(programme.data) as library:
        planned = (
            (_title(on.page, at),)
            if on.page
            else _stored(library, programme, at, clock) or _planned(library, programme, at, since=since, clock=clock, tell=tell)
        )
        renderer = CpuRenderer(size, typesetter)
        plan = Plan(size, tuple(laid_out(library, renderer, typesetter, programme, each) for each in planned))
        return renderer.draw(scene_at(plan, at))


def _title(page: TitlePage, at: Nanos) -> Planned:
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


def _stored(library: Library, programme: Programme, at: Nanos, clock: Clock) -> tuple[Planned, ...] | None:
    """Return the stored cue that is on at *at* and the one before it; None when there is none or a photo of it is gone."""
    found = cues.before(library.connection, at)
    if not found or found[-1].show != programme.show.id or at >= found[-1].start + found[-1].length:
        return None
    planned = [_from_store(library, programme, cue, clock) for cue in found]
    if planned[-1] is None:
        return None
    return tuple(each for each in planned if each)


def _from_store(library: Library, programme: Programme, cue: StoredCue, clock: Clock) -> Planned | None:
    slide = from_record(cue.slide, photos.photos(library.connection, keys_in(cue.slide)))
    if slide is None or right.refusals(library, photos_of(slide), clock.wall()):
        return None
    before = (cue.step - 1) % len(programme.show.steps)
    return Planned(cue.start, cue.length, cue.fade, cue.seed, slide, not programme.show.steps[before].motion)


def _planned(
    library: Library,
    programme: Programme,
    at: Nanos,
    *,
    since: Nanos,
    clock: Clock,
    tell: Callable[[float], None],
) -> tuple[Planned, ...]:
    """Play the show forward to *at* in a private copy of the ranks; return the slide that is on then and the one before."""
    start, place, leaving = _beginning(library, programme, at, since)
    began = start
    before = _from_store(library, programme, leaving, clock) if leaving else None
    show = played(library, programme, start, place, clock)
    while True:
        this = next(show)
        if at < this.start + this.length:
            return (before, this) if before else (this,)
        if this.slide is None:  # nothing may be shown now, so nothing is planned either
            return (replace(this, start=at),)
        before = this
        tell((this.start + this.length - began) / max(1, at - began))


def played(library: Library, programme: Programme, start: Nanos, place: Place, clock: Clock) -> Iterator[Planned]:
    """Play the show on from *start* and *place*, for ever, in a private copy of the ranks."""
    ranks.shadow(library.connection)
    chooser = Chooser(library, show=programme.show, phrases=programme.phrases, ledger=Ledger(), clock=clock)
    while True:
        choice = chooser.next(place)
        length, fade = timing(choice) if choice.slide else (2 * SECOND, 0)
        yield Planned(start, length, fade, seed_of(programme.show, place.ordinal), choice.slide, _is_still(choice))
        ranks.count_turns(library.connection, choice.picks, at=start)
        start, place = start + length, choice.place


def _day_began(at: Nanos, zone: str) -> Nanos:
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


def _is_still(choice: Choice) -> bool:
    return bool(choice.step and not choice.step.motion)


def laid_out(
    library: Library,
    renderer: CpuRenderer,
    typesetter: Typesetter,
    programme: Programme,
    planned: Planned,
) -> Cue:
    """Lay a slide out and prepare it; one whose files cannot be read becomes the plate."""
    pace = Pace(planned.length, planned.fade, still=planned.still)
    slide = planned.slide
    composition = (
        lay_out(slide, stage=programme.stage, pace=pace, measure=typesetter, seed=planned.seed)
        if slide
        else plate(programme.stage, typesetter)
    )
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
