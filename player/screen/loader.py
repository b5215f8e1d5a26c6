"""The loader: a thread that chooses the next slide and makes all of it ready ahead, so that the picture never waits."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from player import log
from player.clock import Clock
from player.errors import DrawError, LibraryError
from player.library.database import DamagedError
from player.library.library import Library, identities, mend, open_library
from player.library.photo import Photo, Pick
from player.render.protocol import Image, Renderer
from player.screen.chooser import Choice, Chooser, displayed, timing
from player.screen.ledger import Ledger
from player.screen.programme import Programme
from player.show.director import Place, seed_of
from player.show.layout import Measure, lay_out, plate
from player.show.record import to_record
from player.show.scene import Composition
from player.show.slide import Pace, photos_of
from player.units import SECOND, Digest, Nanos

AGAIN: Final[Nanos] = SECOND // 2  # after a fault of the library; the present picture stays meanwhile
IDLE: Final[Nanos] = 10 * SECOND  # whoever asks for something wakes the loader
TRIES: Final = 8  # photos whose files cannot be used, before words are shown instead: the disk may have none left
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

    @property
    def photos(self) -> tuple[Photo, ...]:
        """The photos on it."""
        return photos_of(self.choice.slide) if self.choice.slide else ()

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The picks that its showing will count."""
        return self.choice.picks


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """One request; another one for the same place is another request."""

    place: Place


@dataclass(frozen=True, slots=True)
class _Opened:
    """The library as the loader holds it."""

    library: Library
    chooser: Chooser
    held: tuple[tuple[int, int], ...] | None


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
        remake: Callable[[Photo], None],
    ) -> None:
        """Work on *programme*; *remake* is told of photos whose files are not what they should be."""
        self._programme = programme
        self._renderer = renderer
        self._measure = measure
        self._ledger = ledger
        self._clock = clock
        self._remake = remake
        self._lock = threading.Lock()  # of the next two, for as long as it takes to set them
        self._wanted: _Wanted | None = None
        self._made: Ready | None = None
        self._tries = 0
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._opened: _Opened | None = None
        self._making: tuple[Photo, ...] = ()
        self._is_doubted = False
        self._next_doubt: Nanos = clock.monotonic()
        self._thread = threading.Thread(target=self._run, name="loader")
        self._fault = log.Edge(_log, begins="the next slide cannot be made ready", ends="slides are made ready again")

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what was made, or is in the making, is thrown away."""
        self._stopped.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(1.5)
        self._want(None)

    def ask(self, place: Place, *, anew: bool = False) -> None:
        """Ask for the slide that follows *place*; whatever was asked for before is not wanted any more.

        *anew* says that what was made last may not be shown: the library is opened again, lest it be asked through a
        connection that does not see what others see.
        """
        self._is_doubted = self._is_doubted or anew
        self._want(_Wanted(place))
        self._wake.set()

    def take(self) -> Ready | None:
        """Return the slide that was asked for, once it is ready."""
        if self._made is None:
            return None
        with self._lock:
            made, self._made = self._made, None
        return made

    @property
    def held(self) -> tuple[Photo, ...]:
        """The photos of which anything is in memory on this side: of the slide being made, and of one that nobody took yet."""
        making, made = self._making, self._made  # in this order: what is handed over in between is in both, never in neither
        return (*making, *(made.photos if made else ()))

    def give_back(self, ready: Ready) -> None:
        """A slide will not be shown: nothing of it is kept, and its photos' turn is still to come."""
        self._ledger.close(ready.entry)
        self._renderer.release(ready.composition)

    def step(self) -> Nanos:
        """Do what was asked for, if anything; return how long to rest, unless something else is asked for meanwhile."""
        wanted = self._wanted
        if wanted is None:
            return IDLE
        rest = self._next_doubt - self._clock.monotonic() if self._is_doubted else 0
        if rest > 0:
            return rest
        try:
            opened = self._library()
            made = self._make(opened, wanted.place)
        except LibraryError as error:
            self._making = ()
            self._fault.note("loader", holds=True, why=str(error))
            self._let_go()
            if isinstance(error, DamagedError):
                self._mend()
            return AGAIN
        self._fault.note("loader", holds=False)
        if made is None:
            self._making = ()
            self._tries += 1
            return 0
        self._tries = 0
        self._hand_over(made, wanted)
        self._making = ()
        return IDLE

    def _run(self) -> None:
        while not self._stopped.is_set():
            rest = self.step()
            self._clock.wait(self._wake, rest)
            self._wake.clear()
        self._let_go()

    def _hand_over(self, made: Ready, wanted: _Wanted) -> None:
        """Hand over what was made, unless something else is wanted by now."""
        with self._lock:
            is_wanted = self._wanted is wanted and not self._stopped.is_set()
            if is_wanted:
                self._wanted, self._made = None, made
        if not is_wanted:
            self.give_back(made)

    def _want(self, wanted: _Wanted | None) -> None:
        with self._lock:
            made, self._made, self._wanted = self._made, None, wanted
        if made:
            self.give_back(made)

    def _library(self) -> _Opened:
        """Return the library, opened anew when the files in the folder are other ones than we hold."""
        folder = self._programme.data
        if self._opened and (self._is_doubted or identities(folder) != self._opened.held):
            self._let_go()
        if self._opened is None:
            self._is_doubted, self._next_doubt = False, self._clock.monotonic() + AGAIN
            library = open_library(folder, writer="loader")
            chooser = Chooser(
                library,
                show=self._programme.show,
                phrases=self._programme.phrases,
                ledger=self._ledger,
                clock=self._clock,
            )
            self._opened = _Opened(library, chooser, identities(folder))
        return self._opened

    def _let_go(self) -> None:
        if self._opened:
            self._opened.library.close()
        self._opened = None

    def _mend(self) -> None:
        """Set a library aside that is damaged in earnest: ingest fills a new one."""
        with contextlib.suppress(LibraryError):  # tried again with the next slide
            aside = mend(self._programme.data)
            if aside:
                _log.error("library.sqlite is damaged: set aside, and started anew from the feeds", file=aside)

    def _make(self, opened: _Opened, place: Place) -> Ready | None:
        """Choose and prepare; None when a photo of it cannot be used, so that another must be chosen."""
        chooser = opened.chooser
        choice = chooser.next(place) if self._tries < TRIES else chooser.words(place)
        self._making = photos_of(choice.slide) if choice.slide else ()
        length, fade = timing(choice) if choice.slide else (PLATE_LENGTH, SECOND)
        seed = seed_of(self._programme.show, place.ordinal)
        composition = self._laid_out(choice, Pace(length, fade, still=bool(choice.step and not choice.step.motion)), seed)
        images = self._images(opened, choice, composition)
        if images is None:
            return None
        try:
            self._renderer.prepare(composition, images)
        except DrawError as error:
            _log.error("a slide left out: it cannot be drawn", slide=type(choice.slide).__name__, why=str(error))
            if choice.picks:
                for pick in choice.picks:
                    chooser.leave_out(pick.key)
                return None
            choice, length = replace(choice, slide=None), PLATE_LENGTH
            composition = self._laid_out(choice, Pace(length, fade), seed)
            self._renderer.prepare(composition, {})
        choice = displayed(choice, composition)
        return Ready(
            choice=choice,
            composition=composition,
            length=length,
            fade=fade,
            seed=seed,
            entry=self._ledger.add(choice.picks),
            record=to_record(choice.slide) | {"debut": not choice.place.debut_is_due} if choice.slide else {},
            show=self._programme.show.id,
        )

    def _laid_out(self, choice: Choice, pace: Pace, seed: int) -> Composition:
        stage = self._programme.stage
        if choice.slide is None:
            return plate(stage, self._measure)
        return lay_out(choice.slide, stage=stage, pace=pace, measure=self._measure, seed=seed)

    def _images(self, opened: _Opened, choice: Choice, composition: Composition) -> dict[Digest, Image] | None:
        """Return the decoded pictures of *composition*; None when one cannot be used, which is then left out."""
        images: dict[Digest, Image] = {}
        for digest in composition.photos:
            try:
                images[digest] = decoded(opened.library.files.read(digest))
            except LibraryError as error:
                self._leave_out(opened.chooser, choice, digest, error)
                return None
        return images

    def _leave_out(self, chooser: Chooser, choice: Choice, digest: Digest, error: LibraryError) -> None:
        for photo in photos_of(choice.slide) if choice.slide else ():
            if digest in {photo.picture, photo.tile}:
                chooser.leave_out(photo.key)
                self._remake(photo)
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
