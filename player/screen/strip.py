"""What is up: the cues of the plan, what is prepared of them, and whether the newest has been counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from player.screen.crew import Crew
from player.screen.ready import Ready
from player.screen.screening import Screening
from player.show.motion import complete_from
from player.show.plan import Cue, Plan, cue_at, lowest_at, plate_cue
from player.show.scene import Composition, Scene
from player.units import Nanos

MOST_LAYERS: Final = 3  # fades at once: two more than a slide alone cost 5 ms of a frame's 16


class Strip:
    """Puts cues up, and lets go of what no fade can show any more."""

    def __init__(self, crew: Crew, screening: Screening, *, plate: Composition, plan: Plan) -> None:
        self._crew, self._screening, self._plate = crew, screening, plate
        self.plan = plan
        self.is_moved = True
        """Another scene may be due than the one that was asked for last."""
        self.is_counted = True
        self.current: Ready | None = None
        """What the newest cue was made ready as."""

    @property
    def cue(self) -> Cue:
        """The newest cue."""
        return self.plan.cues[-1]

    def shift(self, by: Nanos) -> None:
        """Move everything in time: the clock was set."""
        self.plan, self.is_moved = self.plan.shifted(by), True

    def has_room(self, t: Nanos) -> bool:
        """Whether one more slide may fade in at *t*."""
        cues = self.plan.cues
        return cue_at(cues, t) - lowest_at(cues, t) + 1 < MOST_LAYERS

    def put(self, ready: Ready, cue: Cue, *, is_cut: bool = False) -> None:
        """Put *ready* up as *cue*, over what is there; or, by a cut, in place of it."""
        self.leave()
        before = self.plan.cues
        self.plan = self.plan.then(cue)
        kept = len(self.plan.cues) - 1
        self._forget(before[: len(before) - kept])
        if is_cut:
            self._forget(self.plan.cues[:-1])
            self.plan = replace(self.plan, cues=(cue,))
        self.current, self.is_counted, self.is_moved = ready, False, True

    def extend(self, end: Nanos) -> None:
        """Let the newest cue stay until *end*; nothing is drawn."""
        cue = replace(self.cue, length=end - self.cue.start)
        self.plan, self.is_moved = replace(self.plan, cues=(*self.plan.cues[:-1], cue)), True

    def give_way(self) -> None:
        """Let the newest cue give way to anything that is ready."""
        self.plan, self.is_moved = self.plan.giving_way(), True

    def keep_newest(self) -> None:
        """Let the newest cue alone be up, whatever it was fading in over."""
        self._forget(self.plan.cues[:-1])
        self.plan, self.is_moved = replace(self.plan, cues=(self.cue,)), True

    def clear(self, t: Nanos) -> None:
        """Let the plate alone be up: whatever else is wrong, what was withdrawn does not stay."""
        self.leave()
        self._forget(self.plan.cues)
        self.plan, self.is_moved = replace(self.plan, cues=(plate_cue(self._plate, t),)), True

    def count(self, t: Nanos, seen: Scene | None) -> None:
        """Once the new slide stands in full: its photos were shown, and what it replaced is forgotten; *seen* is what is up."""
        cue = self.cue
        layers = seen.layers if seen else ()
        if len(layers) != 1 or layers[0].composition != cue.composition:
            return
        if len(self.plan.cues) > 1 and t >= cue.appears + cue.fade:
            self._forget(self.plan.cues[:-1])
            self.plan = replace(self.plan, cues=(cue,))
        if self.is_counted or self.current is None:
            return
        appeared = complete_from(cue.composition, 0)
        if t < max(cue.appears + cue.fade, cue.start + appeared if appeared else 0):
            return
        self.is_counted = True
        self._crew.writer.shown(self.current.counted, entry=self.current.entry, show=self.current.show, at=t)

    def leave(self) -> None:
        """The present slide ends; if it never stood in full, nobody on it was shown."""
        if self.current and not self.is_counted:
            self._crew.writer.shown((), entry=self.current.entry, show=self.current.show, at=0)
        self.current, self.is_counted = None, True

    def _forget(self, cues: Iterable[Cue]) -> None:
        for cue in cues:
            if cue.composition is not self._plate:
                self._crew.renderer.release(cue.composition)
                self._screening.let_go(cue.composition)
