"""A stretch of the show as the screen would play it: which slides come, when each begins, and in which light.

The schedule is asked as the screen asks it, so a film goes over from one show to the next, through title pages, dark and dim.
What people order by hand counts for nothing. Slides that the screen stored are taken as they were; all others are planned.
A show may be played by itself as well, as if somebody had put it on by hand: then all of it is planned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from player.clock import Clock
from player.errors import DrawError, LibraryError
from player.filming.instep import InStep, taking
from player.filming.slides import Planned, day_began, from_store, is_still, laid_out, planned, played, stored, titled, unmoved
from player.films import Shelf
from player.library import cues, ranks
from player.library.library import Library
from player.library.photo import Photo
from player.render.protocol import Renderer
from player.schedule.desired import Timetable
from player.schedule.why import reason
from player.screen.chooser import Choice, Chooser, alone, displayed, place_after, timing
from player.screen.clips import Clips
from player.screen.instep import Entry, Slot, Standing
from player.screen.ledger import Ledger
from player.screen.presenter import DARK, Picture
from player.screen.programme import Programme
from player.screen.promising import Promises
from player.settings import Configuration
from player.show.director import Place, seed_of
from player.show.light import Ramp, level_at, turned
from player.show.on_air import Billed, Manual, OnAir, Playing, next_up, on_air
from player.show.plan import FOREVER, Cue, Plan, scene_at
from player.show.remaining import slot_ends
from player.show.slide import FilmSlide, photos_of
from player.text.typeset import Typesetter
from player.units import SECOND, Nanos

PLATE_LENGTH: Final[Nanos] = 2 * SECOND  # as on the wall: how soon the library is asked again whether something may be shown
NEAR: Final[Nanos] = 2 * SECOND  # a slide that the screen began so much later than planned is still the one
TRIES: Final = 8  # photos whose files cannot be used, before words are shown instead
HURRIED: Final = 8  # slides that a person let pass within the time of one
MOST_DARK: Final = 1000  # changes of a schedule while it is dark; a year of curfews has fewer


class Stretch:
    """Plays from one instant on. For one thread, with a library of its own."""

    def __init__(
        self,
        configuration: Configuration,
        programme: Programme,
        library: Library,
        *,
        renderer: Renderer,
        typesetter: Typesetter,
        clock: Clock,
        clips: Clips,
        alone_until: Nanos | None = None,
    ) -> None:
        """Play *programme* out of *library*, to be drawn by *renderer*.

        *clock* says by whose time photos may be shown, *clips* opens films. With *alone_until* the programme's show plays from
        its first slide on, and nothing else: as if somebody had put it on by hand until then.
        """
        self._programme, self._library, self._clips = programme, library, clips
        self._renderer, self._typesetter, self._clock = renderer, typesetter, clock
        settings = configuration.settings
        self._zone, self._fallback = settings.site.zone, configuration.rules.fallback
        self._timetable = Timetable(configuration.rules)
        self._alone: OnAir | None = None
        if alone_until is not None:
            why = (reason("hand"),)
            self._alone = OnAir(show=programme.show.id, until=FOREVER, reasons=why, is_by_hand=True, ends=alone_until)
        self._promises = Promises(schedule=settings.schedule, rules=configuration.rules, stage=programme.stage)
        self._in_step = InStep(library, programme, settings, clock)
        self._slot: Slot | None = None
        """Which slot the newest slide has, if its show goes by them."""
        self._choosers: dict[str, Chooser] = {}
        self._places: dict[str, Place] = {}
        self._is_shadowed = False
        self._playing: Playing = "", None
        self._plan = Plan(programme.stage.canvas, ())
        self._next: tuple[Planned, Cue, Playing] | None = None
        self._began: Nanos = 0
        """When the newest slide did; one that looks like the one before is no cue of its own."""
        self._asks_at: Nanos = 0
        """When the slide after the one that is up is chosen: what is to come by the schedule is looked at from then."""
        self.photos: dict[int, Photo] = {}
        """Everybody who was on a slide."""

    def pictures(self, times: Iterator[Nanos], frame: Nanos, tell: Callable[[float], None]) -> Iterator[tuple[Nanos, Picture]]:
        """Yield each of *times* (UTC, rising) with what is to be seen then; equal pictures look alike.

        Args:
            times: When.
            frame: How far they are apart.
            tell: Hears how far planning is, 0 to 1, before the first.
        """
        first = next(times, None)
        if first is None:
            return
        self._begin(first, tell)
        light = self._on(first).light
        ramp = Ramp(light, light)
        yield first, self._picture(first, ramp)
        for t in times:
            self._go_on(t)
            ramp = turned(ramp, self._on(t).light, t - frame, frame=frame)
            yield t, self._picture(t, ramp)

    def _picture(self, t: Nanos, ramp: Ramp) -> Picture:
        light = level_at(ramp, t)
        return DARK if light == 0 else Picture(scene_at(self._plan, t), light)

    def _on(self, t: Nanos) -> OnAir:
        if self._alone:
            return self._alone
        on = on_air(self._timetable.wanted(t), Manual(), t)
        return on if on.show in self._programme.shows else replace(on, show=self._fallback)

    def _of(self, show: str) -> Programme:
        """Return the programme with *show* as the one that is on."""
        bill = self._programme.bill(show)
        return replace(self._programme, show=bill.show, phrases=bill.phrases)

    # The beginning

    def _begin(self, at: Nanos, tell: Callable[[float], None]) -> None:
        on = self._on(at)
        programme = self._of(on.show)
        if on.page:
            slides = (titled(on.page, at),)
        else:
            slides = self._first(programme, at, on, tell)
            self._places[programme.show.id] = slides[-1].place
        if not self._is_shadowed:
            ranks.shadow(self._library.connection)
        self._playing = on.plays
        laid = [self._laid_out(programme, _quiet(each, on)) for each in slides]
        self._plan = Plan(programme.stage.canvas, tuple(laid))
        self._note(laid)
        self._began, self._asks_at = laid[-1].appears, laid[-1].appears + laid[-1].fade
        self._slot = slides[-1].slot

    def _first(self, programme: Programme, at: Nanos, on: OnAir, tell: Callable[[float], None]) -> tuple[Planned, ...]:
        """Return the slide that is on at *at*, with the one before it where there is one."""
        library, clock, steps = self._library, self._clock, self._in_step.steps(programme.show.id)
        slides = None if self._alone else stored(library, programme, at, clock, steps)
        if slides is not None:
            return slides
        wanted = self._timetable.wanted(at)
        since = max(day_began(at, self._zone), wanted.start or 0)
        ends = slot_ends(wanted, self._timetable.wanted, since)

        def by_its_own(t: Nanos) -> tuple[Planned, ...]:
            self._is_shadowed = True
            if self._alone:
                return (next(played(library, programme, t, Place(), clock, ends=on.ends)),)
            return planned(library, programme, t, since=since, ends=ends, clock=clock, tell=tell, steps=steps)

        return self._in_step.slides(programme, at, self._on, by_its_own) or by_its_own(at)

    def _note(self, laid: list[Cue]) -> None:
        for cue in laid:
            self.photos |= {photo.key: photo for photo in (photos_of(cue.slide) if cue.slide else ())}

    # What comes next

    def _go_on(self, t: Nanos) -> None:
        """Let every slide begin whose time has come by *t*."""
        while True:
            if self._next is None and t >= self._asks_at:
                self._next = self._coming()
            if self._next is None or t < self._next[1].appears:
                return
            slide, cue, plays = self._next
            self._next, self._playing, self._slot = None, plays, slide.slot
            if plays[1] is None:
                self._places[plays[0]] = slide.place
            self._take(cue)

    def _take(self, cue: Cue) -> None:
        last, self._began = self._plan.cues[-1], cue.appears
        if cue.composition == last.composition and self._slot is None:  # the same once more: it simply stays
            self._let_go(cue)
            longer = replace(last, length=cue.end - last.start)
            self._plan = replace(self._plan, cues=(*self._plan.cues[:-1], longer))
            self._asks_at = cue.start
            return
        before, self._plan = self._plan.cues, self._plan.then(cue)
        for gone in before[: len(before) + 1 - len(self._plan.cues)]:
            self._let_go(gone)
        self._note([cue])
        self._asks_at = cue.appears + cue.fade

    def _let_go(self, cue: Cue) -> None:
        self._renderer.release(cue.composition)
        self._clips.let_go(cue.composition)

    def _laid_out(self, programme: Programme, slide: Planned) -> Cue:
        return laid_out(self._library, self._renderer, self._typesetter, programme, slide, clips=self._clips)

    def _coming(self) -> tuple[Planned, Cue, Playing]:
        """Return the slide after the one that is up, laid out, and what it belongs to."""
        billed, start, entry = self._billed()
        programme = self._of(billed.show)
        if billed.page:
            slide = titled(billed.page, start)
            slide = replace(slide, fade=min(SECOND, slide.length))
        else:
            found = self._as_stored(programme, start)
            if found is None:
                return self._chosen(programme, billed, start, entry)
            slide = found
        slide = replace(slide, still=slide.still or billed.is_still)
        return slide, self._laid_out(programme, slide), billed.plays

    def _billed(self) -> tuple[Billed, Nanos, Entry | None]:
        """Return of which show the next slide is, when it begins, and in which slot, if its show goes by any.

        In the dark the one that is up stays, as on the wall, but for that of a slot.
        """
        last, now = self._plan.cues[-1], self._asks_at
        for _ in range(MOST_DARK):
            billed, start, entry = self._due(last, now)
            on = self._on(start)
            if not on.is_dark or billed.page or billed.plays != self._playing or entry:
                return billed, start, entry
            now = on.until
        return self._due(last, now)

    def _due(self, last: Cue, now: Nanos) -> tuple[Billed, Nanos, Entry | None]:
        on = self._on(now).plays
        entry = self._entry(on, last, now)
        free = last.end if entry is None else max(now, entry.enters or now)
        billed = next_up(self._on, now=now, playing=self._playing, free=free)
        if billed.plays != on:
            entry = self._entry(billed.plays, last, now, since=billed.since)
        if entry is None:
            return billed, max(billed.due(last.end), now), None
        return billed, max(now, billed.since, entry.enters or now), entry

    def _entry(self, plays: Playing, last: Cue, now: Nanos, *, since: Nanos = 0) -> Entry | None:
        goes_on = plays == self._playing
        return self._in_step.entry(plays, Standing(t=now, cue=last, slot=self._slot, since=since, goes_on=goes_on))

    def _left(self, billed: Billed, start: Nanos) -> Nanos | None:
        """Return how long the show of a slide that begins at *start* is still on; None: nobody knows."""
        if billed.ends is None:
            wanted = self._timetable.wanted(start)
            billed = replace(billed, ends=slot_ends(wanted, self._timetable.wanted, start))
        return billed.left(start)

    def _as_stored(self, programme: Programme, start: Nanos) -> Planned | None:
        """Return the slide that the screen began about *start*, if it did and all of it may still be shown."""
        if self._alone:
            return None
        found = [cue for cue in cues.before(self._library.connection, start + NEAR, HURRIED) if cue.start > self._began]
        if not found or found[0].show != programme.show.id:
            return None
        return from_store(self._library, programme, found[0], self._clock, self._in_step.steps(programme.show.id))

    def _chosen(self, programme: Programme, billed: Billed, start: Nanos, entry: Entry | None) -> tuple[Planned, Cue, Playing]:
        """Choose the slide that begins at *start*, in its slot if it has one, and count its photos as shown."""
        show, chooser = programme.show, self._chooser(programme)
        place = self._place(show.id)
        last = self._plan.cues[-1].slide
        if billed.plays != self._playing and last:
            place = replace(place, on_screen=alone(last))
        for attempt in range(TRIES + 1):
            if attempt == TRIES:
                choice = chooser.words(place)
            elif entry:
                choice = self._in_step.choose(entry.slot, place, chooser, programme)
            else:
                choice = chooser.next(place, left=self._left(billed, start))
            choice = unmoved(choice, chooser, place, still=billed.is_still)
            length, fade = timing(choice) if choice.slide else (PLATE_LENGTH, SECOND)
            seed = seed_of(show, place.ordinal)
            slide = Planned(start, length, fade, seed, choice.slide, billed.is_still or is_still(choice), choice.place)
            slide = taking(choice, entry, start, still=billed.is_still) if entry else slide
            cue = self._tried(programme, slide, choice)
            if cue:
                ranks.count_turns(self._library.connection, displayed(choice, cue.composition).picks, at=start)
                return slide, cue, billed.plays
            for pick in choice.picks:
                chooser.leave_out(pick.key)
            if isinstance(choice.slide, FilmSlide):
                chooser.leave_out_film(choice.slide.film.file)
        raise DrawError("not even words can be drawn")

    def _tried(self, programme: Programme, slide: Planned, choice: Choice) -> Cue | None:
        """Lay a slide out; None: another one must be chosen, for a file of it cannot be used."""
        cue = self._laid_out(programme, slide)
        if cue.slide is None and (choice.picks or isinstance(choice.slide, FilmSlide)):
            self._let_go(cue)
            return None
        return cue

    def _chooser(self, programme: Programme) -> Chooser:
        show = programme.show
        if show.id not in self._choosers:
            self._choosers[show.id] = Chooser(
                self._library,
                show=show,
                phrases=programme.phrases,
                ledger=Ledger(),
                clock=self._clock,
                promise=self._promises.of(show),
                shelf=Shelf(programme.data),
            )
        return self._choosers[show.id]

    def _place(self, show: str) -> Place:
        """Return where *show* stands: as in this stretch, else as it stood when it was last on."""
        if show not in self._places:
            try:
                found = cues.last(self._library.connection, show)
            except LibraryError:
                found = None
            is_past = found is not None and found.start < self._began
            self._places[show] = replace(place_after(found), on_screen=frozenset()) if found and is_past else Place()
        return self._places[show]


def _quiet(slide: Planned, on: OnAir) -> Planned:
    return replace(slide, still=slide.still or on.is_still)
