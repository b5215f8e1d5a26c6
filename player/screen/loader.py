"""The loader: a thread that chooses the next slide and makes all of it ready ahead, so that the picture never waits."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from player import log
from player.clock import Clock
from player.errors import DrawError, LibraryError
from player.films import Shelf
from player.library.database import DamagedError
from player.library.library import Library, identities, mend, open_library
from player.library.photo import Photo
from player.library.right import Rung
from player.render.protocol import Renderer
from player.screen.bench import Bench
from player.screen.chooser import Choice, Chooser, displayed, step_of, timing
from player.screen.clips import GIVEN_UP, Clips
from player.screen.instep import Slot
from player.screen.ledger import Ledger
from player.screen.programme import Bill, Programme
from player.screen.promising import Promises
from player.screen.ready import Missing, Ready
from player.screen.recall import recalled
from player.screen.scored import Scored
from player.screen.scores import Scores
from player.screen.withdrawing import Withdrawing
from player.show.director import Place, seed_of, stand_in
from player.show.layout import Measure
from player.show.on_air import Billed
from player.show.record import to_record
from player.show.scene import Composition
from player.show.slide import FilmSlide, Pace, photos_of
from player.units import SECOND, Nanos

AGAIN: Final[Nanos] = SECOND // 2  # after a fault of library or graphics card; the present picture stays meanwhile
TRIES: Final = 8  # photos whose files cannot be used, before words are shown instead: the disk may have none left
PLATE_LENGTH: Final[Nanos] = 2 * SECOND  # how soon the library is asked again whether something may be shown
STOPPING_LOOK_S: Final = 0.02
STOPPING_LOOKS: Final = 75  # so at most a second and a half: a slide that takes longer is thrown away by nobody

_log = log.get("screen")


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """One request; another one for the same place is another request."""

    place: Place
    billed: Billed
    at: Nanos
    """When it will begin, about."""
    slot: Slot | None
    """Of a programme, which it takes."""


@dataclass(frozen=True, slots=True, eq=False)
class _Recall:
    """A request for the slide before."""

    before: Nanos
    unlike: Composition
    billed: Billed


@dataclass(frozen=True, slots=True)
class _Opened:
    """The library as the loader holds it."""

    library: Library
    held: tuple[tuple[int, int], ...] | None
    choosers: dict[str, Chooser]
    """By show."""
    scored: dict[str, Scored]
    """Likewise, of shows in step."""


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
        promises: Promises | None = None,
        withdrawing: Withdrawing | None = None,
        clips: Clips | None = None,
        scores: Scores | None = None,
    ) -> None:
        """Work on *programme*; *remake* is told of photos whose files are not what they should be; *promises* are to be kept.

        *withdrawing* is what is left out though the orders do not say so yet; *clips* opens films, without it there are none;
        *scores* knows which programmes count for shows in step, without it there are no such shows.
        """
        self._withdrawing = withdrawing or Withdrawing()
        self._programme = programme
        self._renderer = renderer
        self._ledger = ledger
        self._clock = clock
        self._promises = promises
        self._clips = clips or Clips(None, frozenset(), clock)
        self._bench = Bench(programme.stage, renderer=renderer, measure=measure, clips=self._clips, remake=remake)
        self.scores = scores or Scores()
        self._shelf = Shelf(programme.data)
        self._given_up = threading.Event()  # of what is being made
        self._lock = threading.Lock()  # of the next two, for as long as it takes to set them
        self._wanted: _Wanted | _Recall | None = None
        self._made: Ready | Missing | None = None
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

    def stop(self, meanwhile: Callable[[], None] | None = None) -> None:
        """End the thread and throw away what it makes; it may wait for a graphics card, served *meanwhile*."""
        self._stopped.set()
        self._given_up.set()
        self._wake.set()
        for _ in range(STOPPING_LOOKS):
            if not self._thread.is_alive():
                break
            if meanwhile:
                meanwhile()
            self._thread.join(STOPPING_LOOK_S)
        self._want(None)

    def ask(
        self, place: Place, billed: Billed | None = None, *, at: Nanos = 0, slot: Slot | None = None, anew: bool = False
    ) -> None:
        """Ask for the slide that follows *place* in what is *billed*, to begin *at* about; in step, for that of *slot*.

        Whatever was asked for before is not wanted any more. *anew* says that what was made last may not be shown: the library is
        opened again, lest it be asked through a connection that does not see what others see.
        """
        self._is_doubted = self._is_doubted or anew
        self._want(_Wanted(place, billed or Billed(show=self._programme.show.id), at, slot))
        self._wake.set()

    def recall(self, before: Nanos, unlike: Composition, billed: Billed) -> None:
        """Ask for the last slide that began *before* an instant and does not look like what is up, instead of anything else."""
        self._want(_Recall(before, unlike, billed))
        self._wake.set()

    def take(self) -> Ready | Missing | None:
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
        return (*making, *(made.photos if isinstance(made, Ready) else ()))

    def give_back(self, ready: Ready) -> None:
        """A slide will not be shown: nothing of it is kept, and its photos' turn is still to come."""
        self._ledger.close(ready.entry)
        self._renderer.release(ready.composition)
        self._clips.let_go(ready.composition)

    def step(self) -> Nanos:
        """Do what was asked for, if anything; return how long to rest, unless something else is asked for meanwhile."""
        wanted = self._wanted
        if wanted is None:
            return self._look_at_programmes()
        rest = self._next_doubt - self._clock.monotonic() if self._is_doubted else 0
        if rest > 0:
            return rest
        try:
            opened = self._library()
            self.scores.look(opened.library, self._clock)
            made = self._make(opened, wanted) if isinstance(wanted, _Wanted) else self._recalled(opened, wanted)
        except (LibraryError, DrawError) as error:
            self._making = ()
            if isinstance(wanted, _Recall):
                self._hand_over(Missing(str(error)), wanted)
            return self._failed(error)
        self._fault.note("loader", holds=False)
        if made is None:
            self._making = ()
            self._tries += self._wanted is wanted
            return 0
        self._tries = 0
        self._hand_over(made, wanted)
        self._making = ()
        return self.scores.rest(self._clock)

    def _failed(self, error: LibraryError | DrawError) -> Nanos:
        self._fault.note("loader", holds=True, why=str(error))
        if isinstance(error, LibraryError):  # else the plate itself: a graphics card that has no room, or draws no frames
            self._let_go()
            if isinstance(error, DamagedError):
                self._mend()
        return AGAIN

    def _look_at_programmes(self) -> Nanos:
        """See which programmes count by now; return how long to rest."""
        if self.scores.is_due(self._clock):
            try:
                self.scores.look(self._library().library, self._clock)
            except LibraryError as error:
                return self._failed(error)
        return self.scores.rest(self._clock)

    def _run(self) -> None:
        while not self._stopped.is_set():
            rest = self.step()
            self._clock.wait(self._wake, rest)
            self._wake.clear()
        self._let_go()

    def _hand_over(self, made: Ready | Missing, wanted: _Wanted | _Recall) -> None:
        """Hand over what was made, unless something else is wanted by now."""
        with self._lock:
            is_wanted = self._wanted is wanted and not self._stopped.is_set()
            if is_wanted:
                self._wanted, self._made = None, made
        if not is_wanted and isinstance(made, Ready):
            self.give_back(made)

    def _want(self, wanted: _Wanted | _Recall | None) -> None:
        with self._lock:
            made, self._made, self._wanted = self._made, None, wanted
        self._given_up.set()
        if isinstance(made, Ready):
            self.give_back(made)

    def _library(self) -> _Opened:
        """Return the library, opened anew when the files in the folder are other ones than we hold."""
        folder = self._programme.data
        if self._opened and (self._is_doubted or identities(folder) != self._opened.held):
            self._let_go()
        if self._opened is None:
            self._is_doubted, self._next_doubt = False, self._clock.monotonic() + AGAIN
            self._opened = _Opened(open_library(folder, writer="loader"), identities(folder), {}, {})
        return self._opened

    def _chooser(self, opened: _Opened, bill: Bill) -> Chooser:
        """Return who chooses for a show."""
        if bill.show.id not in opened.choosers:
            promise = self._promises.of(bill.show) if self._promises else None
            opened.choosers[bill.show.id] = Chooser(
                opened.library,
                show=bill.show,
                phrases=bill.phrases,
                ledger=self._ledger,
                clock=self._clock,
                promise=promise,
                withdrawing=self._withdrawing,
                shelf=self._shelf,
            )
        return opened.choosers[bill.show.id]

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

    def _make(self, opened: _Opened, wanted: _Wanted) -> Ready | None:
        """Choose and prepare; None when a photo of it cannot be used, so that another must be chosen."""
        billed, place = wanted.billed, wanted.place
        bill = self._programme.bill(billed.show)
        chooser = self._chooser(opened, bill)
        if billed.instead:
            slide, length = stand_in(billed.instead, wanted.at)
            choice = Choice(slide=slide, picks=(), step=None, place=place, rung=Rung.LIVE)
            fade = min(SECOND, length)
        else:
            choice = self._chosen(opened, wanted, bill) if self._tries < TRIES else chooser.words(place)
            length, fade = timing(choice) if choice.slide else (PLATE_LENGTH, SECOND)
        slot = wanted.slot if choice.slide and billed.instead is None else None  # the plate never waits for the end of one
        if slot:
            length, fade = slot.length, slot.fade
        is_still = billed.is_still or bool(choice.step and not choice.step.motion)
        if isinstance(choice.slide, FilmSlide) and is_still:  # never a face that stands still; and the show goes on behind it
            choice = replace(chooser.words(place, choice.rung), place=choice.place)
            length, fade = timing(choice)
        self._making = photos_of(choice.slide) if choice.slide else ()
        seed = slot.seed if slot else seed_of(bill.show, place.ordinal)
        composition = self._bench.laid_out(choice.slide, Pace(length, fade, still=is_still), seed)
        if isinstance(choice.slide, FilmSlide):
            found = self._with_film(chooser, choice.slide, composition, wanted)
            if found is None:
                return None
            composition = found
        if not self._bench.prepare(opened.library, chooser, choice, composition):
            if choice.picks or composition.photos or isinstance(choice.slide, FilmSlide):
                return None
            choice, length, slot = replace(choice, slide=None), PLATE_LENGTH, None
            composition = self._bench.plate(Pace(length, fade), seed)
        choice = displayed(choice, composition)
        return Ready(
            choice=choice,
            billed=billed,
            ordinal=place.ordinal,
            composition=composition,
            length=length,
            fade=fade,
            seed=seed,
            entry=self._ledger.add(choice.picks),
            record=to_record(choice.slide) | _standing(choice.place) if choice.slide else {},
            show=bill.show.id,
            slot=slot,
        )

    def _chosen(self, opened: _Opened, wanted: _Wanted, bill: Bill) -> Choice:
        chooser = self._chooser(opened, bill)
        if wanted.slot is None:
            return chooser.next(wanted.place, left=wanted.billed.left(wanted.at))
        if bill.show.id not in opened.scored:
            opened.scored[bill.show.id] = Scored(
                opened.library,
                chooser,
                show=bill.show,
                phrases=bill.phrases,
                clock=self._clock,
                withdrawing=self._withdrawing,
            )
        return opened.scored[bill.show.id].choose(wanted.slot, wanted.place)

    def _recalled(self, opened: _Opened, wanted: _Recall) -> Ready | Missing:
        """Make the slide before ready; those whose files cannot be used are passed over."""
        for cue, slide in recalled(opened.library, wanted.before, self._clock, self._withdrawing):
            bill = self._programme.bill(cue.show)
            is_still = wanted.billed.is_still or not step_of(cue, bill.show).motion
            self._making = photos_of(slide)
            composition = self._bench.laid_out(slide, Pace(cue.length, cue.fade, still=is_still), cue.seed)
            choice, chooser = Choice(slide=slide, picks=(), step=None, place=Place(), rung=Rung.LIVE), self._chooser(opened, bill)
            if composition == wanted.unlike:
                continue
            if isinstance(slide, FilmSlide):
                found = None if is_still else self._with_film(chooser, slide, composition, wanted)
                if found is None:
                    continue
                composition = found
            if self._bench.prepare(opened.library, chooser, choice, composition):
                return Ready(
                    choice=choice,
                    billed=wanted.billed,
                    ordinal=cue.ordinal,
                    composition=composition,
                    length=cue.length,
                    fade=cue.fade,
                    seed=cue.seed,
                    entry=self._ledger.add(()),
                    record={},
                    show=cue.show,
                    stored=cue.start,
                )
        return Missing("there is no slide before this one")

    def _with_film(
        self, chooser: Chooser, slide: FilmSlide, composition: Composition, wanted: _Wanted | _Recall
    ) -> Composition | None:
        """Return *composition* with its film ready and with what is said in it; None when it cannot be shown now."""
        self._given_up.clear()
        if self._wanted is not wanted or self._stopped.is_set():  # something else was asked for before the line above
            return None
        stage, measure = self._bench.stage, self._bench.measure
        made = self._clips.made_ready(slide, composition, stage=stage, measure=measure, given_up=self._given_up)
        if isinstance(made, Composition):
            return made
        if made != GIVEN_UP:
            _log.warning("a film left out: it is not ready", file=slide.film.file, why=made)
            chooser.leave_out_film(slide.film.file)
        return None


def _standing(place: Place) -> dict[str, object]:
    """Return what a stored cue says of where its show stands after it, besides the step."""
    standing: dict[str, object] = {"debut": not place.debut_is_due}
    return standing | {"name": place.name} if place.name else standing
