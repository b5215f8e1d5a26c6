"""The frame loop: compares the wanted scene with the presented one, and draws only when they differ.

It never locks, decodes, waits for a disk or logs per frame. Whatever takes time is another thread's.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from player import log
from player.errors import DrawError
from player.library.cues import StoredCue
from player.library.photo import Photo
from player.library.right import Rung
from player.render.protocol import Image
from player.screen.crew import Crew, Ending
from player.screen.farewell import Farewell
from player.screen.loader import Ready
from player.screen.showtime import ShowTime
from player.screen.window import Pressed
from player.show.director import Place
from player.show.motion import complete_from
from player.show.plan import Cue, Plan, scene_at
from player.show.scene import Composition, Scene
from player.show.slide import photos_of
from player.units import MILLISECOND, SECOND, Nanos

LOOK_EVERY: Final = 4  # frames between looks at the window's events: asking costs as much as all else that a still slide does
WELCOME_EVERY: Final[Nanos] = SECOND // 4  # how often newcomers are looked for while the library is being written
IN_TIME: Final[Nanos] = 100 * MILLISECOND  # a slide that comes no later than this still starts where the plan has it

_log = log.get("screen")


class Loop:
    """Presents a plan, and lets it grow with what the loader makes ready."""

    def __init__(self, crew: Crew, *, plate: Composition, plan: Plan | None, place: Place) -> None:
        """Begin with *plan*, whose compositions are prepared, or with the plate; the show stands at *place*."""
        self._crew = crew
        self._plate = plate
        self._time = ShowTime(crew.clock)
        now = self._time.now(crew.clock.monotonic())
        self.plan = plan or Plan(plate.canvas, (self._plate_cue(now),))
        self.place = place
        self._ready: Ready | None = None
        self._current: Ready | None = None
        self._is_counted = True
        self._presented: Scene | None = None
        self._until: Nanos = 0
        self._tick: Nanos = 0
        """When what is being drawn is shown (monotonic)."""
        self._waited: Nanos = 0
        self._never = threading.Event()
        self._farewell = Farewell(crew.watch, crew.loader, crew.writer, crew.clock)
        self._asks_at: Nanos | None = None
        """When the next slide is to be asked for; None: it was."""
        self._wants_reload = False
        self._rung: Rung | None = None
        """Where what is up came from; the plate for want of anybody."""
        self._told_rung: Rung | None = None
        self._is_hurried = False
        """Words stand for want of photos, and there is one now: it need not wait for their end."""
        self._next_welcome: Nanos = 0
        self._welcomed: int | None = None
        self._answered: set[int] = set()
        self._is_fresh = True
        """What is presented is not in the preview yet."""
        self._drawing = log.Edge(_log, begins="a picture could not be drawn; the last one stays", ends="pictures are drawn again")

    def run(self, stopped: threading.Event, reload: threading.Event) -> Ending:
        """Present until something ends it."""
        crew = self._crew
        interval = round(SECOND / crew.window.fps)
        deadline = crew.clock.monotonic()
        self._ask()
        frames = 0
        while not stopped.is_set():
            frames += 1
            happened = tuple(crew.window.pressed()) if frames % LOOK_EVERY == 0 else ()
            began = crew.clock.monotonic()
            if crew.keys.end_asked(happened, began):
                return Ending.ASKED
            if Pressed.RESIZED in happened:
                return Ending.RESIZED
            # What is drawn now is drawn for the next tick, and shown at it: frames that take unequally long stay even.
            self._tick, self._waited = max(deadline + interval, began), 0
            self.frame(self._tick)
            if reload.is_set() or self._wants_reload or crew.watch.configuration_was_mended:
                return Ending.RELOAD
            ended = crew.clock.monotonic()
            crew.trace.worked(self._tick, ended, ended - began - self._waited)
            deadline = self._tick
            crew.clock.wait(stopped, deadline - ended)
        return Ending.STOPPED

    def frame(self, monotonic: Nanos) -> None:
        """Do everything of one frame."""
        crew = self._crew
        step = self._time.step(monotonic)
        if step:
            _log.warning("the clock was set; the picture goes on", by_ms=step // MILLISECOND)
            self.plan = self.plan.shifted(step)
            self._asks_at = None if self._asks_at is None else self._asks_at + step
            self._next_welcome += step
            self._until = 0
        t = self._time.now(monotonic)
        if crew.watch.moved(monotonic):
            is_news = self._farewell.hear()
            if self._ask_rights(t) or is_news:
                self._show_preview(monotonic)  # drawn anew: nothing of it is left there, nor where frames are made
            self._obey()
            self._welcome(t)
        self._advance(t)
        if t >= self._until:
            self._present(t, monotonic)
        self._farewell.answer(self._presented)
        self._count(t)
        if self._is_fresh and self._presented and crew.writer.wants_preview(monotonic):
            self._show_preview(monotonic)
        crew.heartbeat.beat(monotonic, presented=self._until > 0 and crew.watch.answers, rung=self._told_rung or "")

    def close(self) -> None:
        """Give back what was made ready and will not be shown."""
        if self._ready:
            self._crew.loader.give_back(self._ready)
            self._ready = None

    def _present(self, t: Nanos, monotonic: Nanos) -> bool:
        """Present the scene of *t*; return whether that is what is on screen now."""
        scene = scene_at(self.plan, t)
        self._until = max(scene.until, 1)
        if scene == self._presented:
            return True
        image = self._drawn(scene)
        if image is None:
            self._until = 0  # again at the next frame; and until then nothing is presented, which the supervisor hears
            return False
        self._is_fresh = not self._crew.writer.wants_preview(monotonic)
        if not self._is_fresh:
            self._crew.writer.preview(image, monotonic)  # before it is presented: then the memory is the window's again
        self._wait_for_tick()
        self._crew.window.present(image)
        self._crew.trace.presented(monotonic)
        self._presented = scene
        return True

    def _wait_for_tick(self) -> None:
        """Wait until what was drawn is to be shown."""
        now = self._crew.clock.monotonic()
        if self._tick > now:
            self._crew.clock.wait(self._never, self._tick - now)
            self._waited += self._crew.clock.monotonic() - now

    def _show_preview(self, monotonic: Nanos) -> None:
        image = self._drawn(self._presented) if self._presented else None
        if image is not None:
            self._crew.writer.preview(image, monotonic)
            self._is_fresh = False

    def _drawn(self, scene: Scene) -> Image | None:
        """Draw *scene*; None when that fails, which only a fault of ours can make it do."""
        try:
            image = self._crew.renderer.draw(scene, self._crew.window.memory())
        except DrawError as error:
            self._drawing.note("draw", holds=True, why=str(error))
            return None
        self._drawing.note("draw", holds=False)
        return image

    def _advance(self, t: Nanos) -> None:
        """Let the next slide begin when its time has come and it is ready; until then the present one stays."""
        crew, cue = self._crew, self.plan.cues[-1]
        if self._asks_at is not None and t >= self._asks_at:
            self._ask()
        if self._ready is None:
            self._ready = crew.loader.take()
            if self._ready and crew.watch.refused(self._ready.photos):
                self._decline()  # refused while it was being made
        is_waiting = cue.length == 0  # the plate, until there is something to show
        ready = self._ready
        is_hurried = self._is_hurried and t >= cue.start + cue.fade
        if ready is None or (t < cue.end and not is_waiting and not is_hurried):
            return
        if crew.watch.refused(ready.photos):
            self._decline()
            return
        start = cue.end if 0 <= t - cue.end <= IN_TIME and not is_waiting else t
        self._is_hurried = False
        if ready.composition == cue.composition:
            self._extend(cue, ready, start)
        else:
            self._begin(ready, start, fade=ready.fade)

    def _begin(self, ready: Ready, start: Nanos, *, fade: Nanos) -> None:
        self._leave()
        self.plan = self.plan.then(
            Cue(
                start=start,
                length=ready.length,
                fade=fade,
                slide=ready.choice.slide,
                composition=ready.composition,
                seed=ready.seed,
            ),
        )
        self._current, self._is_counted = ready, False
        self._go_on(ready, start, fade)

    def _extend(self, cue: Cue, ready: Ready, start: Nanos) -> None:
        """The same picture once more: it simply stays, and nothing is drawn."""
        self.plan = replace(self.plan, cues=(*self.plan.cues[:-1], replace(cue, length=start + ready.length - cue.start)))
        self._crew.loader.give_back(ready)
        self._go_on(ready, start, 0)

    def _go_on(self, ready: Ready, start: Nanos, fade: Nanos) -> None:
        crew, place = self._crew, self.place
        self._ready, self.place, self._until = None, ready.choice.place, 0
        self._rung = ready.choice.rung
        if ready.choice.slide:
            crew.writer.store(
                StoredCue(
                    show=ready.show,
                    ordinal=place.ordinal,
                    step=ready.choice.place.step,
                    start=start,
                    length=ready.length,
                    fade=fade,
                    seed=ready.seed,
                    slide=ready.record,
                ),
            )
        self._asks_at = start + fade  # a fade needs the processor for itself: the next slide is made in the hold

    def _ask(self, *, anew: bool = False) -> None:
        """Ask for the next slide now."""
        self._asks_at = None
        self._crew.loader.ask(self.place, anew=anew)

    def _decline(self) -> None:
        """What was made ready may not be shown any more."""
        if self._ready:
            self._crew.loader.give_back(self._ready)
            self._ready = None
            self._ask(anew=True)

    def _count(self, t: Nanos) -> None:
        """Once the new slide stands in full: its photos were shown, and what it replaced is forgotten."""
        cue = self.plan.cues[-1]
        layers = self._presented.layers if self._presented else ()
        if len(layers) != 1 or layers[0].composition != cue.composition:
            return
        if len(self.plan.cues) > 1 and t >= cue.start + cue.fade:
            self._forget(self.plan.cues[:-1])
            self.plan = replace(self.plan, cues=(cue,))
        if self._is_counted or self._current is None or t < cue.start + complete_from(cue.composition, cue.fade):
            return
        self._is_counted = True
        self._crew.writer.shown(self._current.picks, entry=self._current.entry, show=self._current.show, at=t)

    def _leave(self) -> None:
        """The present slide ends; if it never stood in full, nobody on it was shown."""
        if self._current and not self._is_counted:
            self._crew.writer.shown((), entry=self._current.entry, show=self._current.show, at=0)
        self._current, self._is_counted = None, True

    def _ask_rights(self, t: Nanos) -> bool:
        """Ask whether everything that is up, and what comes next, may be shown; what may not leaves now, by a cut.

        Return whether anything left.
        """
        crew = self._crew
        if self._ready and crew.watch.refused(self._ready.photos):
            self._decline()
        by_cue = [(cue, _photos(cue)) for cue in self.plan.cues]
        refused = crew.watch.refused([photo for _, photos in by_cue for photo in photos])
        if not refused:
            return False
        leaving = [photo for _, photos in by_cue for photo in photos if photo.key in refused]
        self._farewell.leave(leaving)
        for photo in leaving:
            why = refused[photo.key]
            _log.warning("photo leaves the screen", source=photo.source, item=photo.item, why=why)
            crew.writer.left(f"{photo.source}/{photo.item}", why, at=crew.clock.wall())
        last = self.plan.cues[-1]
        if any(photo.key in refused for photo in _photos(last)):
            self._cut(t, refused.keys())
        else:
            self._forget(self.plan.cues[:-1])
            self.plan = replace(self.plan, cues=(last,))
        now = crew.clock.monotonic()
        if not self._present(t, now):  # whatever else is wrong, what was withdrawn does not stay
            self._leave()
            self._forget(self.plan.cues)
            self.plan = replace(self.plan, cues=(self._plate_cue(t),))
            self._present(t, now)
        self._farewell.answer(self._presented)
        return True

    def _cut(self, t: Nanos, refused: Collection[int]) -> None:
        """Replace everything at once by the next slide, if it is ready and may be shown, else by the plate."""
        crew = self._crew
        # Whoever else was on a slide that never stood in full is still due: nobody may get ahead of them.
        due = () if self._is_counted or not self._current else self._current.picks
        turn = min((pick.turn for pick in due if pick.key not in refused), default=None)
        self._leave()
        self._forget(self.plan.cues)
        ready, self._ready = self._ready or crew.loader.take(), None
        self.plan = replace(self.plan, cues=(self._plate_cue(t),))
        if ready and (crew.watch.refused(ready.photos) or (turn is not None and any(p.turn > turn for p in ready.picks))):
            crew.loader.give_back(ready)
            self._ask(anew=True)
        elif ready:
            self._begin(ready, t, fade=0)
            self.plan = replace(self.plan, cues=self.plan.cues[-1:])
        elif turn is not None:
            self._ask()  # what is in the making counts on their having been shown

    def _welcome(self, t: Nanos) -> None:
        """Let a newcomer be next, though another slide is ready; and at once where words stand for want of anybody."""
        if t < self._next_welcome:
            return
        self._next_welcome = t + WELCOME_EVERY
        ready, loader = self._ready, self._crew.loader
        arrivals = self._crew.watch.arrivals()
        self._tell_rung(arrivals.rung)
        if arrivals.anybody and not self._is_hurried and self._rung is Rung.PLATE:
            self._is_hurried = True
            self.place = replace(self.place, wants_photo=True)
        elif not self._is_due(arrivals.news):
            return
        self._welcomed = arrivals.news
        self._ready = None
        if ready:
            loader.give_back(ready)
        self._ask()

    def _tell_rung(self, rung: Rung) -> None:
        """Say once where photos come from, when that has changed."""
        if rung is not self._told_rung:
            say = _log.info if rung is Rung.LIVE else _log.warning
            say("showing", rung=rung.value, what=rung.in_words)
            self._told_rung = rung
            self._crew.writer.rung(rung.value, at=self._crew.clock.wall())

    def _is_due(self, news: int | None) -> bool:
        """Whether the photo *news* is to take the place of what is ready; nobody is let in twice."""
        ready = self._ready
        if news in {None, self._welcomed} or not self.place.debut_is_due or ready is None:
            return False
        return bool(ready.picks) and not any(pick.is_debut for pick in ready.picks)

    def _forget(self, cues: tuple[Cue, ...]) -> None:
        for cue in cues:
            if cue.composition is not self._plate:
                self._crew.renderer.release(cue.composition)

    def _plate_cue(self, t: Nanos) -> Cue:
        return Cue(start=t, length=0, fade=0, slide=None, composition=self._plate)

    def _obey(self) -> None:
        """Answer the commands that wait."""
        crew = self._crew
        for command in crew.watch.commands():
            if command.id in self._answered:
                continue  # the answer is on its way to the disk
            self._answered.add(command.id)
            is_reload = command.verb == "reload"
            self._wants_reload = self._wants_reload or is_reload
            result = "read again" if is_reload else f"unknown command {command.verb}"
            crew.writer.answer(command.id, result, at=crew.clock.wall())


def _photos(cue: Cue) -> tuple[Photo, ...]:
    return photos_of(cue.slide) if cue.slide else ()
