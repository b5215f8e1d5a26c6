"""What the loader hands over: a slide that can be drawn at once, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from player.library.cues import StoredCue
from player.library.photo import Photo, Pick
from player.screen.chooser import Choice
from player.screen.instep import Slot
from player.show.director import Place, stand_in
from player.show.on_air import Billed
from player.show.plan import Cue
from player.show.scene import Composition
from player.show.slide import photos_of
from player.units import Nanos


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A slide that can be drawn at once."""

    choice: Choice
    billed: Billed
    """What it was asked for as."""
    ordinal: int
    """Counts the slides of its show."""
    composition: Composition
    length: Nanos
    fade: Nanos
    seed: int
    entry: int
    """Its entry in the ledger."""
    record: dict[str, object]
    show: str
    slot: Slot | None = None
    """Which slot of a programme it takes; None: it goes by its show's own order."""
    stored: Nanos | None = None
    """When it began the first time, if it was up before: then it is not stored nor counted, and the show stands where it did."""

    @property
    def is_own(self) -> bool:
        """Whether it is a slide of the show itself: no title page, no stream, and none that was up before."""
        return self.stored is None and self.billed.instead is None

    def timely(self, start: Nanos) -> Ready | None:
        """Return it to begin at *start*; None: it is a title page, and its minutes are others by then. The plate has none."""
        instead = self.billed.instead
        slide, length = stand_in(instead, start) if instead else (self.choice.slide, self.length)
        return replace(self, length=length) if self.choice.slide is None or self.choice.slide == slide else None

    def cue(self, start: Nanos, fade: Nanos) -> Cue:
        """Return its cue, begun at *start*."""
        return Cue(
            start=start,
            length=self.length,
            fade=fade,
            slide=self.choice.slide,
            composition=self.composition,
            seed=self.seed,
        )

    def stored_as(self, start: Nanos, fade: Nanos, *, into: Nanos = 0) -> StoredCue:
        """Return the cue that is kept of it, come in at *start*: so far *into* its slide, where that is in step."""
        return StoredCue(
            show=self.show,
            ordinal=self.ordinal,
            step=self.choice.place.step,
            start=start,
            length=self.length,
            fade=fade,
            seed=self.seed,
            slide=self.record | ({"into": into} if into else {}),
        )

    def place_within(self, stood: Nanos) -> Place:
        """Return where its show stands while its film, which was seen up to *stood*, gives way to another show."""
        return replace(self.choice.place, step=self.choice.index, film=stood)

    @property
    def photos(self) -> tuple[Photo, ...]:
        """The photos on it."""
        return photos_of(self.choice.slide) if self.choice.slide else ()

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The picks that its showing will count."""
        return self.choice.picks

    @property
    def counted(self) -> tuple[Pick, ...]:
        """Those, and the film of a feed: it has no turn among photos, and yet is recorded as shown."""
        return (*self.picks, *(Pick(photo.key, photo.source, 0, is_debut=False) for photo in self.photos if photo.film))


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no slide to go back to."""

    why: str


def photos_up(cue: Cue) -> tuple[Photo, ...]:
    """Return the photos of a cue; the plate has none."""
    return photos_of(cue.slide) if cue.slide else ()
