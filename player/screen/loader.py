"""The loader: a thread that chooses the next slide and makes all of it ready ahead, so that the picture never waits."""

from __future__ import annotations

import contextlib
import queue
import threading
from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from player import log
from player.clock import Clock
from player.errors import LibraryError, WeRememberError
from player.library.files import FileStore
from player.library.library import Library, identities, open_library
from player.library.photo import Photo, Pick
from player.render.protocol import Image, Renderer
from player.screen.chooser import Choice, Chooser, timing
from player.screen.ledger import Ledger
from player.screen.programme import Programme
from player.show.director import Place, seed_of
from player.show.layout import Measure, lay_out, plate
from player.show.record import to_record
from player.show.scene import Composition
from player.show.slide import Pace, photos_of
from player.units import SECOND, Digest, Nanos

AGAIN: Final[Nanos] = SECOND // 2  # after a fault of the library or a file; the present picture stays meanwhile
PLATE_LENGTH: Final[Nanos] = 2 * SECOND  # how soon the library is asked again whether something may be shown

_log = log.get("screen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A slide that can be drawn at once."""

    choice: Choice
    composition: Composition
    length: Nanos
    fade: Nanos
    seed: int
    entry: int
    """Its entry in the ledger."""
    record: dict[str, object]
    show: str
    lags: dict[str, int]
    """By how much sources that were away are to be lifted."""

    @property
    def photos(self) -> tuple[Photo, ...]:
        """The photos on it."""
        return photos_of(self.choice.slide) if self.choice.slide else ()

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The picks that its showing will count."""
        return self.choice.picks


class Loader:
    """Makes one slide ready at a time, on request."""

    def __init__(
        self,
        programme: Programme,
        *,
        renderer: Renderer,
        measure: Measure,
        ledger: Ledger,
        clock: Clock,
    ) -> None:
        self._programme = programme
        self._renderer = renderer
        self._measure = measure
        self._ledger = ledger
        self._clock = clock
        self._asked: queue.SimpleQueue[tuple[Place, int] | None] = queue.SimpleQueue()
        self._ready: queue.SimpleQueue[tuple[Ready, int]] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._generation = 0
        self._thread = threading.Thread(target=self._run, name="loader")
        self._fault = log.Edge(_log, begins="the next slide cannot be made ready", ends="slides are made ready again")

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a slide in the making is thrown away."""
        self._stopped.set()
        self._asked.put(None)
        self._thread.join(1.5)

    def ask(self, place: Place) -> None:
        """Ask for the slide that follows *place*; whatever was asked for before is not wanted any more."""
        self._generation += 1
        self._asked.put((place, self._generation))

    def take(self) -> Ready | None:
        """Return the slide that was asked for, once it is ready."""
        with contextlib.suppress(queue.Empty):
            while True:
                ready, generation = self._ready.get_nowait()
                if generation == self._generation:
                    return ready
                self.give_back(ready)
        return None

    def give_back(self, ready: Ready) -> None:
        """A slide will not be shown: nothing of it is kept, and its photos' turn is still to come."""
        self._ledger.close(ready.entry)
        self._renderer.release(ready.composition)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with contextlib.closing(open_library(self._programme.data, writer="loader")) as library:
                    self._serve(library, identities(library.folder))
            except LibraryError as error:
                self._fault.note("loader", holds=True, why=str(error))
                self._clock.wait(self._stopped, AGAIN)

    def _serve(self, library: Library, held: tuple[tuple[int, int], ...] | None) -> None:
        chooser = Chooser(
            library,
            show=self._programme.show,
            phrases=self._programme.phrases,
            ledger=self._ledger,
            clock=self._clock,
        )
        request = self._asked.get()
        while request is not None and not self._stopped.is_set():
            while not self._asked.empty():
                request = self._asked.get()  # only the latest is wanted
                if request is None:
                    return
            place, generation = request
            if identities(library.folder) != held:
                self._asked.put(request)
                raise LibraryError("the data folder was replaced: opened anew")
            try:
                ready = self._make(chooser, library.files, place)
            except WeRememberError:
                self._asked.put(request)
                raise
            if ready:
                self._fault.note("loader", holds=False)
                self._ready.put((ready, generation))
                request = self._asked.get()
            else:
                self._clock.wait(self._stopped, AGAIN // 10)

    def _make(self, chooser: Chooser, files: FileStore, place: Place) -> Ready | None:
        """Choose and prepare; None when a photo's file could not be read, so that another must be chosen."""
        choice = chooser.next(place)
        length, fade = timing(choice) if choice.slide else (PLATE_LENGTH, SECOND)
        seed = seed_of(self._programme.show, place.ordinal)
        stage = self._programme.stage
        if choice.slide is None:
            composition = plate(stage, self._measure)
        else:
            still = bool(choice.step and not choice.step.motion)
            pace = Pace(length, fade, still=still)
            composition = lay_out(choice.slide, stage=stage, pace=pace, measure=self._measure, seed=seed)
        images: dict[Digest, Image] = {}
        for digest in composition.photos:
            try:
                images[digest] = decoded(files.read(digest))
            except LibraryError as error:
                self._broken(chooser, choice, digest, error)
                return None
        self._renderer.prepare(composition, images)
        return Ready(
            choice=choice,
            composition=composition,
            length=length,
            fade=fade,
            seed=seed,
            entry=self._ledger.add(choice.picks),
            record=to_record(choice.slide) if choice.slide else {},
            show=self._programme.show.id,
            lags=chooser.lag(),
        )

    def _broken(self, chooser: Chooser, choice: Choice, digest: Digest, error: LibraryError) -> None:
        for photo in photos_of(choice.slide) if choice.slide else ():
            if digest in {photo.picture, photo.tile}:
                chooser.broken.add(photo.key)
                _log.warning("photo left out: its file cannot be used", source=photo.source, item=photo.item, why=str(error))


def decoded(jpeg: bytes) -> Image:
    """Return a prepared picture as RGB.

    Raises:
        LibraryError: it cannot be decoded, though its hash was right.
    """
    bgr = cast("NDArray[np.uint8] | None", cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))
    if bgr is None:
        raise LibraryError("a prepared picture cannot be decoded")
    return cast("NDArray[np.uint8]", cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB, dst=bgr))
