"""What the wall answers for a withdrawal: from when on it was without the photo, once nothing of it is in memory either."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from player.clock import Clock
from player.library.photo import Photo
from player.library.receipts import Receipt
from player.library.tombstones import WILDCARD
from player.screen.loader import Loader
from player.screen.watch import Watch
from player.screen.writer import Writer
from player.show.plan import Cue
from player.show.scene import Scene
from player.units import Digest, Nanos


class Farewell:
    """Keeps the withdrawals that the frame loop owes an answer; costs nothing while there are none."""

    def __init__(self, watch: Watch, loader: Loader, writer: Writer, clock: Clock) -> None:
        self._watch = watch
        self._loader = loader
        self._writer = writer
        self._clock = clock
        self._owed: dict[tuple[str, str, Nanos], Receipt] = {}
        self._answered: set[tuple[str, str, Nanos]] = set()
        self._leaving: set[Digest] = set()
        self._films_leaving: set[str] = set()
        """What the films are called, of what has to leave, where moving pictures are kept."""

    def hear(self) -> bool:
        """Take in the withdrawals that wait for an answer; return whether one is news. Called before the rights are asked."""
        waiting = {each.key: each for each in self._watch.withdrawals()}
        if not waiting and not self._answered:
            return False
        self._answered &= waiting.keys()  # what is answered waits no more; until then the answer is on its way to the disk
        news = waiting.keys() - self._owed.keys() - self._answered
        left = self._writer.withdrawing.left
        for key in news:
            each = waiting[key]
            self._owed[key] = replace(each, was_up=each.was_up or (each.source, each.item) in left)
            left.discard((each.source, each.item))
        return bool(news)

    def leave(self, photos: Iterable[Photo], cues: Iterable[Cue]) -> None:
        """Take note of photos that are up on *cues*, or were a moment ago, and may not be any more."""
        withdrawing = self._writer.withdrawing
        self._films_leaving |= {clip.source for cue in cues for clip in cue.composition.clips}
        for photo in photos:
            withdrawing.left |= withdrawing.items & {(photo.source, photo.item), (WILDCARD, photo.item)}
            self._leaving |= {photo.picture, photo.tile}
            for key, each in self._owed.items():
                if photo.item == each.item and each.source in {photo.source, WILDCARD}:
                    self._owed[key] = replace(each, was_up=True)

    def answer(self, presented: Scene | None) -> None:
        """Answer what is owed, if what is *presented* is without all that had to leave, and the loader holds none of it."""
        if presented and not (self._leaving.isdisjoint(presented.photos) and self._films_leaving.isdisjoint(presented.sources)):
            return  # it could not be drawn without them; tried again with the next frame
        self._leaving.clear()
        self._films_leaving.clear()
        if not self._owed:
            return
        at = self._clock.wall()
        self._owed = {key: each if each.off_at else replace(each, off_at=at) for key, each in self._owed.items()}
        if self._watch.refused(self._loader.held):
            return  # being made at this moment: given back as soon as it is
        self._writer.off_screen(tuple(self._owed.values()), at=at)
        self._answered |= self._owed.keys()
        self._owed.clear()
