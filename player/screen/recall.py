"""Slides that were up before, from the stored cues: to be seen again, not counted again, and in nobody's place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from player.clock import Clock
from player.library import cues, photos, right
from player.library.cues import StoredCue
from player.library.library import Library
from player.screen.withdrawing import Withdrawing, refusals
from player.show.record import from_record, keys_in
from player.show.slide import Slide, photos_of
from player.units import Nanos

LOOK_BACK: Final = 24  # cues: further back nobody remembers what was up


def recalled(library: Library, before: Nanos, clock: Clock, withdrawing: Withdrawing) -> Iterator[tuple[StoredCue, Slide]]:
    """Yield the slides that began before an instant, the latest first; those that may not be shown any more are passed over.

    Raises:
        LibraryError: it cannot be read.
    """
    for cue in reversed(cues.before(library.connection, before - 1, LOOK_BACK)):
        slide = from_record(cue.slide, photos.photos(library.connection, keys_in(cue.slide)))
        if slide is None or refusals(withdrawing.items, photos_of(slide)):
            continue
        if not right.refusals(library, photos_of(slide), clock.wall()):
            yield cue, slide
