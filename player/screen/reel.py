"""What plays: the plan, and how it grows with the slides that the loader makes ready; and what must leave it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Final

from player import log
from player.library.right import Rung
from player.screen.billing import Billing, is_same
from player.screen.chooser import alone
from player.screen.crew import Crew
from player.screen.farewell import Farewell
from player.screen.ready import Missing, Ready, photos_up
from player.screen.screening import Screening
from player.screen.welcome import Welcome
from player.show.director import Place
from player.show.motion import complete_from
from player.show.on_air import Billed
from player.show.plan import FOREVER, Cue, Plan, cue_at, lowest_at, plate_cue
from player.show.scene import Composition, Scene
from player.show.slide import FilmSlide, LiveSlide
from player.units import MILLISECOND, Nanos

IN_TIME: Final[Nanos] = 100 * MILLISECOND  # a slide that comes no later than this still starts where the plan has it
HAND_FADE: Final[Nanos] = 800 * MILLISECOND  # at most, of what a person wants now: with its decoding it is there in a second
MOST_LAYERS: Final = 3  # fades at once: two more than a slide alone cost 5 ms of a frame's 16

_log = log.get("screen")


class Reel:
    """Lets slides begin when their time has come, and leave when they may not be shown."""

    def __init__(self, crew: Crew, farewell: Farewell, billing: Billing, *, plate: Composition, plan: Plan) -> None:
        self._crew, self._farewell, self._billing = crew, farewell, billing
        self._plate, self.plan = plate, plan
        self.ready: Ready | None = None
        self.is_moved = True
        """Another scene may be due than the one that was asked for last."""
        self.is_counted = True
        self._current: Ready | None = None
        self._recalled: Ready | None = None
        self._going_back: list[Callable[[str], None]] = []
        """Who waits to hear what became of going back, the first of them for what the loader is at."""
        self._stands_at: Nanos = FOREVER
        """When what is up began the first time, among the stored cues."""
        self._billed: Billed | None = None
        self._asks_at: Nanos | None = None
        """When the next slide is to be asked for; None: it was."""
        self._is_doubted = False
        """What was made last may not be shown: the loader is to open the library anew."""
        self._is_urgent = False
        """A person wants the next slide now."""
        self._is_hurried = False
        """Words stand for want of photos, and there is one now: it need not wait for their end."""
        self._wants_photo = False
        self._rung: Rung | None = None
        """Where what is up came from; the plate for want of anybody."""
        self._door = Welcome(crew.watch, crew.writer, crew.clock, has_photos=crew.has_photos)
        self._screening = Screening(crew.clips, crew.writer)

    @property
    def cue(self) -> Cue:
        """The newest cue."""
        return self.plan.cues[-1]

    @property
    def place(self) -> Place:
        """Where the show of the next slide stands."""
        return self._billing.place(self._billed.show if self._billed else self._billing.on.show)

    @property
    def rung(self) -> str:
        """Where photos come from."""
        return self._door.rung or ""

    def shift(self, by: Nanos) -> None:
        """Move everything in time: the clock was set, the picture goes on."""
        self.plan = self.plan.shifted(by)
        self._asks_at = None if self._asks_at is None else self._asks_at + by
        self._door.shift(by)
        self._screening.shift(by)
        self.is_moved = True

    def close(self) -> None:
        """Give back what was made ready and will not be shown."""
        for ready in (self.ready, self._recalled):
            if ready:
                self._crew.loader.give_back(ready)
        self.ready = self._recalled = None

    # What comes next

    def ask(self, t: Nanos) -> None:
        """Ask for the next slide now; while the one before is being looked for, as soon as it is found."""
        self._billed = self._next(t)
        if self._going_back:
            self._asks_at = t
            return
        self._asks_at = None
        place = self._billing.place(self._billed.show)
        if self._billed.plays != self._billing.playing and self.cue.slide:
            place = replace(place, on_screen=alone(self.cue.slide))
        if self._wants_photo:
            place = replace(place, wants_photo=True)
        begins = max(t, self._billed.due(self.cue.end))
        self._crew.loader.ask(place, self._billed, at=begins, anew=self._is_doubted)
        self._is_doubted = False

    def rebill(self, t: Nanos) -> None:
        """Ask for another slide, if it is another show's turn than when the next one was asked for."""
        free, waits = self._free(t), self._asks_at
        billed = self._next(t)
        if self._billed and is_same(billed, self._billed, max(t, free), t):
            return
        if waits is not None and not self._is_urgent and (billed.plays == self._billing.playing or billed.since > waits):
            return  # it is asked for in a moment, and as it is then
        self._drop_ready()
        self.ask(t)

    def hurry(self, t: Nanos) -> None:
        """Let the next slide begin as soon as it is ready: a person wants it now."""
        self._is_urgent = True
        self.rebill(t)

    def change(self, t: Nanos) -> None:
        """Let the show that is on now begin as soon as its slide is ready, if another one is up."""
        if self._billing.playing is not None and self._billing.on.plays != self._billing.playing:
            self._is_urgent = True
        self.rebill(t)

    def back(self, answer: Callable[[str], None], t: Nanos) -> None:
        """Go back to the slide before what is up; *answer* hears what became of it."""
        self._going_back.append(answer)
        if len(self._going_back) == 1:
            self._recall(t)

    def advance(self, t: Nanos) -> None:
        """Let the next slide begin when its time has come and it is ready; until then the present one stays."""
        if self._asks_at is not None and t >= self._asks_at:
            self._asks_at = None
            if self.ready is None:
                self.ask(t)
        over = self._screening.over(self.cue, t, is_still=self._billing.on.is_still)
        if over is not None:
            self._end_early(over, t)
        self._take(t)
        if self._recalled:
            self._return(self._recalled, t)
        ready, cue = self.ready, self.cue
        if ready is None or not self._is_time(ready, t):
            return
        due = ready.billed.due(cue.end)
        is_free = cue.length == 0 or self._is_urgent
        start = due if 0 <= t - due <= IN_TIME and not is_free else t
        is_good = not self._crew.watch.refused(ready.photos) and self._screening.is_whole(ready.composition)
        timely = ready.timely(start) if is_good else None
        if timely is None:
            self._decline(t)
            return
        ready = timely
        fade = min(ready.fade, HAND_FADE) if self._is_urgent else ready.fade
        self._is_hurried = self._is_urgent = False
        self.ready = None
        if ready.composition == cue.composition:
            self._extend(cue, ready, start)
        else:
            self._begin(ready, start, fade=fade)

    def _end_early(self, over: Nanos, t: Nanos) -> None:
        """The film that is up is *over* sooner than its length says: something else comes then, or as soon as there is any."""
        cue = self.cue
        ended = self.plan.giving_way() if over <= t else replace(self.plan, cues=(*self.plan.cues[:-1], _until(cue, over)))
        self.plan, self.is_moved = ended, True
        if over <= t and self._asks_at is not None and self.ready is None:
            self.ask(t)

    def _free(self, t: Nanos) -> Nanos:
        """Return when what is up has had its time."""
        return t if self._is_urgent or self.cue.length == 0 else self.cue.end

    def _next(self, t: Nanos) -> Billed:
        """Return what comes after the slide that is up."""
        return self._billing.next(t, self._free(t), is_urgent=self._is_urgent or self.cue.length == 0)

    def _is_time(self, ready: Ready, t: Nanos) -> bool:
        cue, on = self.cue, self._billing.on
        if t < ready.billed.since or not self._has_room(t):
            return False
        if cue.length == 0 or self._is_urgent:  # the plate gives way to anything that may be shown
            return True
        if (on.is_held and not isinstance(cue.slide, FilmSlide | LiveSlide)) or (
            on.is_dark and ready.billed.page is None and ready.billed.plays == self._billing.playing
        ):
            return False  # the minutes of a title page go on in the dark: with the light they are true
        if self._is_hurried and t >= cue.start + cue.fade:
            return True
        return t >= ready.billed.due(cue.end)

    def _has_room(self, t: Nanos) -> bool:
        cues = self.plan.cues
        return cue_at(cues, t) - lowest_at(cues, t) + 1 < MOST_LAYERS

    def _take(self, t: Nanos) -> None:
        if self._recalled or (self.ready and not self._going_back):
            return
        made = self._crew.loader.take()
        if made is None:
            return
        if isinstance(made, Missing):
            self._went_back(made.why, t)
        elif made.stored is not None:
            self._recalled = made
        else:
            self.ready = made
            if self._crew.watch.refused(made.photos):
                self._decline(t)  # refused while it was being made

    def _decline(self, t: Nanos) -> None:
        """What was made ready may not be shown any more, or would not be true."""
        self._drop_ready()
        self._is_doubted = True
        self.ask(t)

    def _recall(self, t: Nanos) -> None:
        if self.ready is None:
            self._asks_at = t  # whatever the loader is at now is given up for this
        billed = self._billed or self._next(t)
        self._crew.loader.recall(self._stands_at, self.cue.composition, billed)

    def _return(self, recalled: Ready, t: Nanos) -> None:
        if not self._has_room(t):
            return
        self._recalled = None
        if self._crew.watch.refused(recalled.photos):
            self._crew.loader.give_back(recalled)
            self._went_back("the slide before may not be shown any more", t)
            return
        self._begin(recalled, t, fade=min(recalled.fade, HAND_FADE))
        self._went_back("", t)

    def _went_back(self, why_not: str, t: Nanos) -> None:
        self._going_back.pop(0)(why_not)
        if self._going_back:
            self._recall(t)

    # What is up

    def _begin(self, ready: Ready, start: Nanos, *, fade: Nanos) -> None:
        if self._current and (place := self._screening.interrupted(self.cue, self._current, start, by=ready)):
            self._billing.stands(self._current.show, place)
        self._leave()
        cue = Cue(
            start=start,
            length=ready.length,
            fade=fade,
            slide=ready.choice.slide,
            composition=ready.composition,
            seed=ready.seed,
        )
        before = self.plan.cues
        self.plan = self.plan.then(cue)
        kept = len(self.plan.cues) - 1
        self._forget(before[: len(before) - kept])
        self._current, self.is_counted = ready, False
        self._go_on(ready, start, fade)

    def _extend(self, cue: Cue, ready: Ready, start: Nanos) -> None:
        """The same picture once more: it simply stays, and nothing is drawn."""
        self.plan = replace(self.plan, cues=(*self.plan.cues[:-1], replace(cue, length=start + ready.length - cue.start)))
        self._crew.loader.give_back(ready)
        self._go_on(ready, start, 0)

    def _go_on(self, ready: Ready, start: Nanos, fade: Nanos) -> None:
        self.is_moved = True
        self._stands_at = start if ready.stored is None else ready.stored
        if ready.stored is None:
            self._billing.begin(ready.billed.plays)
            self._billing.note()
            self._wants_photo = False
        if ready.is_own:
            self._billing.stands(ready.billed.show, ready.choice.place)
            self._rung = ready.choice.rung
        stored = ready.stored_as(start, fade) if ready.is_own and ready.choice.slide else None
        self._screening.begin(stored)
        if stored:
            self._crew.writer.store(stored)
        self._asks_at = start + fade  # a fade needs the processor for itself: the next slide is made in the hold

    def count(self, t: Nanos, seen: Scene | None) -> None:
        """Once the new slide stands in full: its photos were shown, and what it replaced is forgotten; *seen* is what is up."""
        cue = self.cue
        layers = seen.layers if seen else ()
        if len(layers) != 1 or layers[0].composition != cue.composition:
            return
        if len(self.plan.cues) > 1 and t >= cue.start + cue.fade:
            self._forget(self.plan.cues[:-1])
            self.plan = replace(self.plan, cues=(cue,))
        if self.is_counted or self._current is None or t < cue.start + complete_from(cue.composition, cue.fade):
            return
        self.is_counted = True
        self._crew.writer.shown(self._current.counted, entry=self._current.entry, show=self._current.show, at=t)

    def _leave(self) -> None:
        """The present slide ends; if it never stood in full, nobody on it was shown."""
        if self._current and not self.is_counted:
            self._crew.writer.shown((), entry=self._current.entry, show=self._current.show, at=0)
        self._current, self.is_counted = None, True

    def _forget(self, cues: Iterable[Cue]) -> None:
        for cue in cues:
            if cue.composition is not self._plate:
                self._crew.renderer.release(cue.composition)
                self._screening.let_go(cue.composition)

    # What may not be shown

    def drop_refused(self, t: Nanos) -> bool:
        """Ask whether everything that is up, and what comes next, may be shown; what may not is in the plan no more.

        Return whether anything left.
        """
        watch = self._crew.watch
        if self.ready and watch.refused(self.ready.photos):
            self._decline(t)
        if self._recalled and watch.refused(self._recalled.photos):
            self._crew.loader.give_back(self._recalled)
            self._recalled = None
            self._went_back("the slide before may not be shown any more", t)
        by_cue = [(cue, photos_up(cue)) for cue in self.plan.cues]
        refused = watch.refused([photo for _, photos in by_cue for photo in photos])
        if not refused and not any(map(self._screening.refused, self.plan.cues)):
            return False
        leaving = [photo for _, photos in by_cue for photo in photos if photo.key in refused]
        self._farewell.leave(leaving, [cue for cue, up in by_cue if any(photo.key in refused for photo in up)])
        for photo in leaving:
            why = refused[photo.key]
            _log.warning("photo leaves the screen", source=photo.source, item=photo.item, why=why)
            self._crew.writer.left(f"{photo.source}/{photo.item}", why, at=self._crew.clock.wall())
        last = self.cue
        if any(photo.key in refused for photo in photos_up(last)) or self._screening.refused(last):
            self._cut(t, refused.keys())
        else:
            self._forget(self.plan.cues[:-1])
            self.plan = replace(self.plan, cues=(last,))
            self.is_moved = True
        return True

    def clear(self, t: Nanos) -> None:
        """Let the plate alone be up: whatever else is wrong, what was withdrawn does not stay."""
        self._leave()
        self._forget(self.plan.cues)
        self.plan = replace(self.plan, cues=(plate_cue(self._plate, t),))
        self.is_moved = True

    def _cut(self, t: Nanos, refused: Collection[int]) -> None:
        """Replace everything at once by the next slide, if it is ready and may be shown, else by the plate."""
        # Whoever else was on a slide that never stood in full is still due: nobody may get ahead of them.
        due = () if self.is_counted or not self._current else self._current.picks
        turn = min((pick.turn for pick in due if pick.key not in refused), default=None)
        self.clear(t)
        self._take(t)
        ready = self.ready
        if ready and turn is not None and any(pick.turn > turn for pick in ready.picks):
            self._decline(t)
        elif ready and ready.billed.since <= t:
            self.ready = None
            self._begin(ready, t, fade=0)
            self.plan = replace(self.plan, cues=self.plan.cues[-1:])
        elif turn is not None and ready is None:
            self.ask(t)  # what is in the making counts on their having been shown

    # Who may come

    def welcome(self, t: Nanos) -> None:
        """Let a newcomer be next, though another slide is ready; and at once where words stand for want of anybody."""
        arrivals = self._door.look(t)
        if arrivals is None:
            return
        stands_for_nobody = self._rung is Rung.PLATE and not (self._billed and self._billed.instead)
        if arrivals.anybody and not self._is_hurried and stands_for_nobody:
            self._is_hurried = self._wants_photo = True
        elif not self._door.is_due(arrivals.news, self.ready, debut_is_due=self.place.debut_is_due):
            return
        self._door.let_in(arrivals.news)
        self._drop_ready()
        self.ask(t)

    def _drop_ready(self) -> None:
        if self.ready:
            self._crew.loader.give_back(self.ready)
            self.ready = None


def _until(cue: Cue, end: Nanos) -> Cue:
    return replace(cue, length=end - cue.start)
