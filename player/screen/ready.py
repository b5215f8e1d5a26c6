"""What the loader hands over: a slide that can be drawn at once, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from player.library.photo import Photo, Pick
from player.screen.chooser import Choice
from player.show.director import title_page
from player.show.on_air import Billed
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
    stored: Nanos | None = None
    """When it began the first time, if it was up before: then it is not stored nor counted, and the show stands where it did."""

    @property
    def is_own(self) -> bool:
        """Whether it is a slide of the show itself: no title page, and none that was up before."""
        return self.stored is None and self.billed.page is None

    def timely(self, start: Nanos) -> Ready | None:
        """Return it to begin at *start*; None: it is a title page, and its minutes are others by then. The plate has none."""
        page = self.billed.page
        slide, length = title_page(page, start) if page else (self.choice.slide, self.length)
        return replace(self, length=length) if self.choice.slide is None or self.choice.slide == slide else None

    @property
    def photos(self) -> tuple[Photo, ...]:
        """The photos on it."""
        return photos_of(self.choice.slide) if self.choice.slide else ()

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The picks that its showing will count."""
        return self.choice.picks


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no slide to go back to."""

    why: str
