"""The frame loop: compares the wanted picture with the presented one, and draws only when they differ.

It never locks, decodes, waits for a disk or logs per frame. Whatever takes time is another thread's.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from player import log
from player.screen.billing import Billing
from player.screen.crew import Crew, Ending, Handover
from player.screen.farewell import Farewell
from player.screen.hand import Hand
from player.screen.keyboard import Key
from player.screen.orders_heard import Heard
from player.screen.presenter import DARK, Picture, Presenter
from player.screen.reel import Reel
from player.screen.showtime import ShowTime
from player.screen.telling import Frames, told
from player.screen.window import Pressed
from player.show.director import Place
from player.show.light import level_at, turned
from player.show.plan import FOREVER, Plan, plate_cue, scene_at
from player.show.scene import Composition
from player.timekeeping import Trust
from player.units import MILLISECOND, SECOND, Nanos

LOOK_EVERY: Final = 4  # frames between looks at a window that no key is expected at: asking costs as much as a still slide

_log = log.get("screen")


class Loop:
    """Presents a plan, and lets it grow with what the loader makes ready."""

    def __init__(self, crew: Crew, billing: Billing, *, plate: Composition, before: Handover) -> None:
        """Go on from what was *before*; the compositions of its plan are prepared."""
        self._crew = crew
        self._billing = billing
        self._time = before.time or ShowTime(crew.clock)
        now = self._time.now(crew.clock.monotonic())
        billing.playing = before.playing if before.plan else None
        billing.is_recalled = before.is_recalled
        billing.go_by(self._time.belief, now, started=self._time.now(self._time.began))
        billing.look(now)
        self._interval = round(SECOND / crew.easel.fps)
        self._ramp = before.ramp
        self._farewell = Farewell(crew.watch, crew.loader, crew.writer, crew.clock)
        plan = before.plan or Plan(plate.canvas, (plate_cue(plate, now),))
        self.reel = Reel(crew, self._farewell, billing, plate=plate, plan=plan)
        self.presenter = Presenter(crew.easel, crew.writer, clock=crew.clock, trace=crew.trace)
        self._hand = Hand(
            crew,
            self.reel,
            billing,
            heard=before.heard or Heard(),
            is_known=before.manual is not None,
            first_light=before.ramp.last,
        )
        self._frames = Frames()
        self._until: Nanos = 0
        """Before this nothing changes on screen: nobody need ask for another picture."""

    @property
    def handover(self) -> Handover:
        """What the next session goes on from."""
        billing = self._billing
        return Handover(
            plan=self.reel.plan,
            ramp=self._ramp,
            manual=billing.manual if self._hand.is_known else None,
            playing=billing.playing,
            time=self._time,
            attendance=billing.attendance,
            is_recalled=billing.is_recalled,
            heard=self._hand.heard,
            airing=self._crew.airing,
            writer=self._crew.writer,
        )

    @property
    def place(self) -> Place:
        """Where the show of the next slide stands."""
        return self.reel.place

    def begin(self) -> None:
        """Ask for the first slide; if another show is on than is up, as soon as it can be."""
        self._change(self._time.now(self._crew.clock.monotonic()))

    def run(self, stopped: threading.Event, reload: threading.Event) -> Ending:
        """Present until something ends it."""
        crew, presenter = self._crew, self.presenter
        deadline = crew.clock.monotonic()
        self.begin()
        frames = 0
        while not stopped.is_set():
            frames += 1
            look_every = 1 if crew.operator_keys or self._hand.is_editing else LOOK_EVERY
            happened = tuple(crew.easel.pressed()) if frames % look_every == 0 else ()
            began = crew.clock.monotonic()
            if crew.keys.end_asked(happened, began, is_editing=self._hand.is_editing):
                return Ending.ASKED
            if Pressed.RESIZED in happened:
                return Ending.RESIZED
            # What is drawn now is drawn for the next tick, and shown at it: frames that take unequally long stay even.
            is_late = began > deadline + self._interval
            presenter.tick, presenter.waited = max(deadline + self._interval, began), 0
            self.frame(presenter.tick, happened)
            if reload.is_set() or self._hand.wants_reload or crew.watch.configuration_was_mended:
                return Ending.RELOAD
            ended = crew.clock.monotonic()
            work = ended - began - presenter.waited
            crew.trace.worked(presenter.tick, ended, work)
            self._frames.worked(work, is_late=is_late)
            deadline = presenter.tick
            crew.easel.rest()
            crew.clock.wait(stopped, deadline - crew.clock.monotonic())
        return Ending.STOPPED

    def frame(self, monotonic: Nanos, happened: Sequence[Pressed | Key] = ()) -> None:
        """Do everything of one frame, in which this *happened* at the window."""
        crew, reel, presenter = self._crew, self.reel, self.presenter
        if crew.films:
            crew.films.tick(monotonic)
        is_other_time = self._look_at_the_clock(monotonic)
        t = self._time.now(monotonic)
        if happened:
            self._hand.press(happened, t)
        if crew.watch.moved(monotonic):
            is_news = self._farewell.hear()
            if self._drop_refused(t, monotonic) or is_news:
                if crew.fitting:
                    crew.fitting.wipe()
                presenter.show_preview(monotonic)  # drawn anew: nothing of it is left there, nor where frames are made
            self._hand.remember(t)
            self._hand.obey(t)
            reel.welcome(t)
        is_other_stream = self._watch_streams(t, monotonic)
        if self._billing.look(t):
            self._open_streams(monotonic)
            if is_other_time or is_other_stream:
                self._change(t)
            else:
                reel.coming.rebill(t)
            self._hand.keep()
            self._attend(t)
        reel.advance(t)
        self._hand.fit(t, monotonic)
        self._present(t, monotonic)
        self._hear(t)
        self._farewell.answer(presenter.scene)
        reel.count(t, presenter.scene)
        presenter.keep_preview(monotonic)
        if crew.writer.wants_status(monotonic):
            now = crew.clock.wall()
            outputs = crew.fitting.standings if crew.fitting else ()
            films = crew.films.told() if crew.films else None
            said = told(
                self._billing,
                reel,
                self._frames,
                ramp=self._ramp,
                t=t,
                at=now,
                outputs=outputs,
                draws=crew.draws,
                films=films,
                scores=crew.loader.scores,
            )
            crew.writer.status(said, monotonic)
        crew.heartbeat.beat(monotonic, presented=self._until > 0 and crew.watch.answers, rung=reel.rung)

    def close(self) -> None:
        """Give back what was made ready and will not be shown."""
        self._hand.end()
        self.reel.close()

    def _look_at_the_clock(self, monotonic: Nanos) -> bool:
        """Go on with the picture though the clock was set; return whether what is on by the clock is to be asked anew."""
        step, billing = self._time.step(monotonic, is_in_step=self.reel.slot is not None), self._billing
        belief, t = self._time.belief, self._time.now(monotonic)
        if step:
            _log.warning("the clock was set; the picture goes on", by_ms=step // MILLISECOND)
            self.reel.shift(step)
            self._ramp = replace(self._ramp, start=self._ramp.start + step)
            self._hand.label_until += step
            self._until = 0
        elif belief.trust is billing.belief.trust:
            billing.belief = belief
            return False
        billing.go_by(belief, t, step=step, started=self._time.now(self._time.began))
        return True

    def _watch_streams(self, t: Nanos, monotonic: Nanos) -> bool:
        """Return whether a stream has come or gone: then something else is to be seen at once."""
        airing = self._crew.airing
        if airing is None or not airing.step(t, monotonic, self.reel.plan):
            return False
        self._billing.look_again()
        return True

    def _open_streams(self, monotonic: Nanos) -> None:
        airing, billing = self._crew.airing, self._billing
        if airing:
            airing.look([each for each in (billing.wanted, billing.coming) if each], monotonic)

    def _change(self, t: Nanos) -> None:
        """Let the show that is on be seen, at once unless a person holds the slide that is up."""
        if self._billing.manual.is_held:
            self.reel.coming.rebill(t)
        else:
            self.reel.change(t)

    def _attend(self, t: Nanos) -> None:
        """See to it that the schedule is worked out ahead, and that others write down what was missed and what was not."""
        crew, attendance = self._crew, self._billing.attendance
        crew.writer.up(self._billing.up, at=crew.clock.wall())
        if self._time.belief.trust is Trust.TRUSTED:
            crew.planner.attend(attendance.at(t))
        times = attendance.to_look_back(t)
        if times:
            crew.planner.look_back(*times)
        found = crew.planner.looked_back()
        if found:
            missed = attendance.missed(found.until, found.ended, self._billing.manual.ended)
            crew.writer.missed(missed, at=crew.clock.wall())
        if attendance.is_changed:
            attendance.is_changed = False
            crew.writer.attended(replace(attendance.attended, boot=self._time.boot, vouched=self._time.belief.vouched))

    def _drop_refused(self, t: Nanos, monotonic: Nanos) -> bool:
        """Let what may not be shown leave now, by a cut; return whether anything left."""
        reel, up = self.reel, self.reel.cue
        if not reel.drop_refused(t):
            return False
        if reel.cue is not up:
            self._hand.release(t)
        if not self._present(t, monotonic):
            reel.clear(t)
            self._present(t, monotonic)
        self._farewell.answer(self.presenter.scene)
        return True

    def _present(self, t: Nanos, monotonic: Nanos) -> bool:
        """Present what is to be seen at *t*, if that may be something else than before; return whether it is up now."""
        light = self._hand.light
        if light != self._ramp.last:
            # From the last frame on, so that the first one after an order shows something of it.
            self._ramp = turned(self._ramp, light, t - self._interval, frame=self._interval)
            self._until = 0
        if self.reel.strip.is_moved:
            self.reel.strip.is_moved, self._until = False, 0
        if t < self._until and not self.presenter.is_due(monotonic):
            return True
        picture, until = self._picture(t)
        if self.presenter.present(picture, monotonic):
            self._until = max(until, 1)
            return True
        self._until = 0  # again at the next frame; and until then nothing is presented, which the supervisor hears
        return False

    def _hear(self, t: Nanos) -> None:
        """Let what is up be heard as it is seen; nothing in quiet times that are mute."""
        films, quiet = self._crew.films, self._billing.wanted.quiet
        if films:
            films.mute(is_muted=quiet is not None and quiet.mute)
            films.hear(self.presenter.scene, level_at(self._ramp, t))

    def _picture(self, t: Nanos) -> tuple[Picture, Nanos]:
        """Return what is to be seen at *t*, and until when that stays as it is."""
        ramp = self._ramp
        light = level_at(ramp, t)
        steady = t if t < ramp.end else FOREVER
        if light == 0:
            return DARK, steady
        label, label_until = self._crew.label, self._hand.label_until
        if label is not None and t < label_until and self._crew.fitting is None:  # else each output says its own
            scene = scene_at(Plan(label.canvas, (plate_cue(label, t),)), t)
            return Picture(scene, light), min(steady, label_until)
        scene = scene_at(self.reel.plan, t)
        return Picture(scene, light), min(steady, scene.until)
