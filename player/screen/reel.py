"""What plays: the plan, and how it grows with the slides that the loader makes ready; and what must leave it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from player import log
from player.library.right import Rung
from player.screen.billing import Billing
from player.screen.coming import Coming
from player.screen.crew import Crew
from player.screen.farewell import Farewell
from player.screen.footing import HAND_FADE, Footing
from player.screen.instep import Slot
from player.screen.ready import Missing, Ready, photos_up
from player.screen.screening import Screening
from player.screen.strip import Strip
from player.screen.welcome import Welcome
from player.show.director import Place
from player.show.plan import FOREVER, Cue, Plan
from player.show.scene import Composition, Scene
from player.show.slide import FilmSlide, LiveSlide
from player.units import MILLISECOND, Nanos

IN_TIME: Final[Nanos] = 100 * MILLISECOND  # a slide that comes no later than this still starts where the plan has it

_log = log.get("screen")


class Reel:
    """Lets slides begin when their time has come, and leave when they may not be shown."""

    def __init__(self, crew: Crew, farewell: Farewell, billing: Billing, *, plate: Composition, plan: Plan) -> None:
        self._crew, self._farewell, self._billing = crew, farewell, billing
        self._screening = Screening(crew.clips, crew.writer)
        self.strip = Strip(crew, self._screening, plate=plate, plan=plan)
        self._footing = Footing(crew.loader.scores)
        self._recalled: Ready | None = None
        self._going_back: list[Callable[[str], None]] = []
        """Who waits to hear what became of going back, the first of them for what the loader is at."""
        self._stands_at: Nanos = FOREVER
        """When what is up began the first time, among the stored cues."""
        self.coming = Coming(crew.loader, billing, self.strip, self._footing, self._going_back)
        self._is_hurried = False
        """Words stand for want of photos, and there is one now: it need not wait for their end."""
        self._rung: Rung | None = None
        """Where what is up came from; the plate for want of anybody."""
        self._door = Welcome(crew.watch, crew.writer, crew.clock, has_photos=crew.has_photos)

    @property
    def plan(self) -> Plan:
        """What was decided so far."""
        return self.strip.plan

    @property
    def cue(self) -> Cue:
        """The newest cue."""
        return self.strip.cue

    @property
    def ready(self) -> Ready | None:
        """What comes next, once it can be drawn."""
        return self.coming.ready

    @property
    def is_counted(self) -> bool:
        """Whether who is up has been counted."""
        return self.strip.is_counted

    @property
    def slot(self) -> Slot | None:
        """Which slot of a programme is up, as on all walls that show it; None: what is up goes by none."""
        return self._footing.slot if self._footing.is_kept else None

    @property
    def place(self) -> Place:
        """Where the show of the next slide stands."""
        return self._billing.place(self.coming.billed.show if self.coming.billed else self._billing.on.show)

    @property
    def rung(self) -> str:
        """Where photos come from."""
        return self._door.rung or ""

    def shift(self, by: Nanos) -> None:
        """Move everything in time: the clock was set, the picture goes on."""
        self.strip.shift(by)
        self.coming.asks_at = None if self.coming.asks_at is None else self.coming.asks_at + by
        self._door.shift(by)
        self._screening.shift(by)
        if self._footing.asked or self._footing.slot:  # the slots are where they were
            self.coming.drop()
            self.coming.drop_aside()
            self._footing.leave()
            self.coming.asks_at = 0

    def close(self) -> None:
        """Give back what was made ready and will not be shown."""
        for ready in (self.coming.ready, self._recalled):
            if ready:
                self._crew.loader.give_back(ready)
        self.coming.ready = self._recalled = None
        self.coming.drop_aside()

    # What comes next

    def hurry(self, t: Nanos) -> None:
        """Let the next slide begin as soon as it is ready: a person wants it now."""
        self.coming.is_urgent = True
        self.coming.rebill(t)

    def change(self, t: Nanos) -> None:
        """Let the show that is on now begin as soon as its slide is ready, if another one is up."""
        if self._billing.playing is not None and self._billing.on.plays != self._billing.playing:
            self.coming.is_urgent = True
        self.coming.rebill(t)

    def back(self, answer: Callable[[str], None], t: Nanos) -> None:
        """Go back to the slide before what is up; *answer* hears what became of it."""
        self._going_back.append(answer)
        if len(self._going_back) == 1:
            self._recall(t)

    def advance(self, t: Nanos) -> None:
        """Let the next slide begin when its time has come and it is ready; until then the present one stays."""
        if self.coming.asks_at is not None and t >= self.coming.asks_at:
            self.coming.asks_at = None
            if self.ready is None:
                self.coming.ask(t)
        over = self._screening.over(self.cue, t, is_still=self._billing.on.is_still)
        if over is not None:
            self._end_early(over, t)
        self._take(t)
        if self._recalled:
            self._return(self._recalled, t)
        if self._footing.is_missed(t) and not self._billing.on.is_held:
            self.coming.drop()
            self.coming.ask(t)
        ready, cue = self.coming.ready, self.cue
        if ready is None or not self._is_time(ready, t):
            return
        due = ready.billed.due(cue.end)
        is_free = cue.length == 0 or self.coming.is_urgent
        start = due if 0 <= t - due <= IN_TIME and not is_free else t
        is_good = not self._crew.watch.refused(ready.photos) and self._screening.is_whole(ready.composition)
        timely = ready.timely(start) if is_good else None
        if timely is None:
            self.coming.decline(t)
            return
        ready, is_urgent = timely, self.coming.is_urgent
        self._is_hurried = self.coming.is_urgent = False
        self.coming.ready = None
        if ready.slot:
            self._begin(ready, self._footing.cue(ready, t, is_urgent=is_urgent))
        elif ready.composition == cue.composition:
            self._extend(ready, start)
        else:
            self._begin(ready, ready.cue(start, min(ready.fade, HAND_FADE) if is_urgent else ready.fade))

    def _end_early(self, over: Nanos, t: Nanos) -> None:
        """The film that is up is *over* sooner than its length says: something else comes then, or as soon as there is any."""
        if over <= t:
            self.strip.give_way()
            if self.coming.asks_at is not None and self.ready is None:
                self.coming.ask(t)
        else:
            self.strip.extend(over)

    def _is_time(self, ready: Ready, t: Nanos) -> bool:
        cue, on = self.cue, self._billing.on
        if t < ready.billed.since or not self.strip.has_room(t):
            return False
        if ready.slot:
            return self._footing.is_time(t, is_held=on.is_held and cue.length > 0 and not self.coming.is_urgent)
        if cue.length == 0 or self.coming.is_urgent:  # the plate gives way to anything that may be shown
            return True
        if (on.is_held and not isinstance(cue.slide, FilmSlide | LiveSlide)) or (
            on.is_dark and ready.billed.page is None and ready.billed.plays == self._billing.playing
        ):
            return False  # the minutes of a title page go on in the dark: with the light they are true
        if self._is_hurried and t >= cue.start + cue.fade:
            return True
        return t >= ready.billed.due(cue.end)

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
            self.coming.ready = made
            if self._crew.watch.refused(made.photos):
                self.coming.decline(t)  # refused while it was being made

    def _recall(self, t: Nanos) -> None:
        if self.ready is None:
            self.coming.asks_at = t  # whatever the loader is at now is given up for this
        billed = self.coming.billed or self.coming.next(t)[0]
        self._crew.loader.recall(self._stands_at, self.cue.composition, billed)

    def _return(self, recalled: Ready, t: Nanos) -> None:
        if not self.strip.has_room(t):
            return
        self._recalled = None
        if self._crew.watch.refused(recalled.photos):
            self._crew.loader.give_back(recalled)
            self._went_back("the slide before may not be shown any more", t)
            return
        self._begin(recalled, recalled.cue(t, min(recalled.fade, HAND_FADE)))
        self._went_back("", t)

    def _went_back(self, why_not: str, t: Nanos) -> None:
        self._going_back.pop(0)(why_not)
        if self._going_back:
            self._recall(t)

    # What is up

    def _begin(self, ready: Ready, cue: Cue, *, is_cut: bool = False) -> None:
        current, footing = self.strip.current, self._footing
        if current and (place := self._screening.interrupted(self.cue, current, cue.start, by=ready)):
            self._billing.stands(current.show, place)
        if ready.slot:
            is_cut = footing.asked is not None and footing.asked.is_cut
            footing.begin(cue)
        else:
            footing.leave()
            if self.ready and self.ready.slot:  # a person went back, and this has its time: what comes then is another slot's
                self.coming.drop()
        self.strip.put(ready, cue, is_cut=is_cut)
        self._go_on(ready, cue.appears, cue.fade, into=cue.appears - cue.start)
        if is_cut and footing.aside:
            self.coming.put_back(footing.aside)

    def _extend(self, ready: Ready, start: Nanos) -> None:
        """The same picture once more: it simply stays, and nothing is drawn."""
        self._footing.leave()
        self.strip.extend(start + ready.length)
        self._crew.loader.give_back(ready)
        self._go_on(ready, start, 0)

    def _go_on(self, ready: Ready, start: Nanos, fade: Nanos, *, into: Nanos = 0) -> None:
        self._stands_at = start if ready.stored is None else ready.stored
        if ready.stored is None:
            self._billing.begin(ready.billed.plays)
            self._billing.note()
            self.coming.wants_photo = False
        if ready.is_own:
            self._billing.stands(ready.billed.show, ready.choice.place)
            self._rung = ready.choice.rung
        is_seen = not (ready.slot and self._billing.on.is_dark)
        stored = ready.stored_as(start, fade, into=into) if is_seen and ready.is_own and ready.choice.slide else None
        self._screening.begin(stored)
        if stored:
            self._crew.writer.store(stored)
        self.coming.asks_at = start + fade  # a fade needs the processor for itself: the next slide is made in the hold

    def count(self, t: Nanos, seen: Scene | None) -> None:
        """Once the new slide stands in full: its photos were shown, and what it replaced is forgotten; *seen* is what is up."""
        self.strip.count(t, seen)

    # What may not be shown

    def drop_refused(self, t: Nanos) -> bool:
        """Ask whether everything that is up, and what comes next, may be shown; what may not is in the plan no more.

        Return whether anything left.
        """
        watch = self._crew.watch
        if self.ready and watch.refused(self.ready.photos):
            self.coming.decline(t)
        if self._footing.aside and watch.refused(self._footing.aside.ready.photos):
            self.coming.drop_aside()
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
            self.strip.keep_newest()
        return True

    def clear(self, t: Nanos) -> None:
        """Let the plate alone be up: whatever else is wrong, what was withdrawn does not stay."""
        self._footing.slot = None
        self.strip.clear(t)

    def _cut(self, t: Nanos, refused: Collection[int]) -> None:
        """Replace everything at once by the next slide, if it is ready and may be shown, else by the plate."""
        # Whoever else was on a slide that never stood in full is still due: nobody may get ahead of them.
        current, footing = self.strip.current, self._footing
        due = () if self.strip.is_counted or not current else current.picks
        turn = min((pick.turn for pick in due if pick.key not in refused), default=None)
        is_replaced = footing.lose(t, self.coming.slot_on(t))
        self.clear(t)
        self._take(t)
        ready = self.ready
        if is_replaced:
            self.coming.put_aside()
            self.coming.ask(t)
        elif ready and ready.slot:
            self.coming.rebill(t)  # it comes in its own slot, in a moment; unless that is further than the next border now
        elif ready and turn is not None and any(pick.turn > turn for pick in ready.picks):
            self.coming.decline(t)
        elif ready and ready.billed.since <= t:
            self.coming.ready = None
            self._begin(ready, ready.cue(t, 0), is_cut=True)
        elif turn is not None and ready is None and not footing.asked:
            self.coming.ask(t)  # what is in the making counts on their having been shown

    # Who may come

    def welcome(self, t: Nanos) -> None:
        """Let a newcomer be next, though another slide is ready; and at once where words stand for want of anybody."""
        arrivals = self._door.look(t)
        if arrivals is None or self._footing.asked:
            return  # of a programme everybody's turn is known
        stands_for_nobody = self._rung is Rung.PLATE and not (self.coming.billed and self.coming.billed.instead)
        if arrivals.anybody and not self._is_hurried and stands_for_nobody:
            self._is_hurried = self.coming.wants_photo = True
        elif not self._door.is_due(arrivals.news, self.coming.ready, debut_is_due=self.place.debut_is_due):
            return
        self._door.let_in(arrivals.news)
        self.coming.drop()
        self.coming.ask(t)
