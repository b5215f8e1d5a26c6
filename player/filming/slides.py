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
from player.screen.instep import LEFT, Slot, Standing, Steps, entry_of
from player.screen.ledger import Ledger
from player.screen.programme import Programme
from player.show.director import Place, seed_of, title_page
from player.show.layout import lay_out, plate
from player.show.on_air import TitlePage
from player.show.plan import FOREVER, Cue
from player.show.record import from_record, keys_in
from player.show.scene import Composition, Fill
from player.show.slide import FilmSlide, Pace, Slide, photos_of
from player.text.typeset import Typesetter
from player.units import SECOND, Digest, Nanos, Size

WRITER: Final = "render"
OWN_ORDER: Final = Steps()
"""No programme counts."""
_NOTHING: Final = Composition(Size(1, 1), Fill((0, 0, 0)))  # when a slide comes is no matter of how the one before it looks
BARE: Final = Cue(start=0, length=0, fade=0, slide=None, composition=_NOTHING)

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
    slot: Slot | None = None
    """Which slot of a programme it takes; None: it goes by its show's own order."""
    enters: Nanos | None = None
    """When it begins to appear, where that is not its start."""

    @property
    def appears(self) -> Nanos:
        """When it begins to appear."""
        return self.start if self.enters is None else self.enters

    @property
    def end(self) -> Nanos:
        """When the next one may begin."""
        return self.start + self.length

    @property
    def pace(self) -> Pace:
        """What it is laid out for; that of a slot is the slot's, wherever another version cuts it short."""
        length, fade = (self.slot.length, self.slot.fade) if self.slot else (self.length, self.fade)
        return Pace(length, fade, still=self.still)


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


def stored(
    library: Library, programme: Programme, at: Nanos, clock: Clock, steps: Steps = OWN_ORDER
) -> tuple[Planned, ...] | None:
    """Return the stored cue that is on at *at* and the one before it; None when there is none or a photo of it is gone.

    *steps* are the programmes that count for the show; None as well when the slide of another slot is up by then.
    """
    found = cues.before(library.connection, at)
    if not found or found[-1].show != programme.show.id:
        return None
    planned = [from_store(library, programme, cue, clock, steps) for cue in found]
    up = planned[-1]
    if up is None or (at >= up.end and not _stood(library, programme, up, at)) or follows_by(steps, up, at):
        return None
    return tuple(each for each in planned if each)


def _stood(library: Library, programme: Programme, up: Planned, at: Nanos) -> bool:
    """Whether *up* was still up at *at*: in step it stands in the next slot, where another version leaves that too short."""
    return bool(programme.show.sync) and cues.before(library.connection, up.end + LEFT, 1)[-1].start > at


def follows_by(steps: Steps, up: Planned, at: Nanos) -> bool:
    """Whether the slide of a slot has followed *up* by *at*."""
    asked = up.appears + up.fade
    cue = replace(BARE, start=up.start, length=up.length, fade=up.fade, enters=up.enters)
    entry = entry_of(steps, Standing(t=asked, cue=cue, slot=up.slot)) if steps.parts else None
    return entry is not None and max(asked, entry.enters or asked) <= at


def from_store(library: Library, programme: Programme, cue: StoredCue, clock: Clock, steps: Steps = OWN_ORDER) -> Planned | None:
    """Return a cue of the programme's show as it was; None: a photo of it is gone, or may not be shown now."""
    slide = from_record(cue.slide, photos.photos(library.connection, keys_in(cue.slide)))
    if slide is None or right.refusals(library, photos_of(slide), clock.wall()):
        return None
    into = cue.slide.get("into")
    start = cue.start - (into if isinstance(into, int) else 0)
    slot = steps.on(start)
    if slot and (slot.start, slot.seed) != (start, cue.seed):
        slot = None  # of another version, or a person wanted it
    return Planned(
        start,
        slot.end - start if slot else cue.length,
        cue.fade,
        cue.seed,
        slide,
        not step_of(cue, programme.show).motion,
        place_after(cue),
        slot,
        None if start == cue.start else cue.start,
    )


def planned(
    library: Library,
    programme: Programme,
    at: Nanos,
    *,
    since: Nanos,
    ends: Nanos | None,
    clock: Clock,
    tell: Callable[[float], None],
    steps: Steps = OWN_ORDER,
) -> tuple[Planned, ...]:
    """Play the show forward to *at* in a private copy of the ranks; return the slide that is on then and the one before.

    The show began at *since* and *ends* at another instant; None: nobody knows. It goes by its own order up to *at*, after which
    programmes count for it as *steps* have it: shortly before the first begins, no other slide is begun.
    """
    start, place, leaving = _beginning(library, programme, at, since)
    began = start
    before = from_store(library, programme, leaving, clock) if leaving else None
    show = played(library, programme, start, place, clock, ends=ends)
    while True:
        this = next(show)
        if at < this.end or follows_by(steps, this, FOREVER - 1):
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
    pace, slide = planned.pace, planned.slide
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
        enters=planned.enters,
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
