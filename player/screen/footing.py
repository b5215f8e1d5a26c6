"""Where the show stands among the slots of a programme: which one is up, and for which one the next slide was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from player.screen.instep import LEFT, Entry, Slot, Standing, entry_of
from player.screen.ready import Ready
from player.screen.scores import Scores
from player.show.on_air import Billed, Playing
from player.show.plan import Cue
from player.units import MILLISECOND, SECOND, Nanos

HAND_FADE: Final[Nanos] = 800 * MILLISECOND  # at most, of what a person wants now: with its decoding it is there in a second
LATEST: Final[Nanos] = 30 * SECOND  # that a slide is asked for ahead; who needs longer than that has another trouble


@dataclass(frozen=True, slots=True)
class Aside:
    """What is ready for the next slot while a withdrawn slide is replaced in its own."""

    ready: Ready
    entry: Entry
    billed: Billed


class Footing:
    """For the frame loop; of a show that goes by its own order it knows nothing, and costs nothing."""

    def __init__(self, scores: Scores) -> None:
        self._scores = scores
        self.asked: Entry | None = None
        """Where what was asked for takes its place; None: it goes by its own order."""
        self.slot: Slot | None = None
        """Which slot the slide that is up has; None: it goes by none."""
        self.is_by_hand = False
        """It came ahead of its time, for a person wanted it."""
        self.lost: Slot | None = None
        """Whose slide had to leave, and is being replaced."""
        self.aside: Aside | None = None
        self.not_before: Nanos = 0
        """Of a machine that missed a slot: when it may have made a slide at last, as slowly as it did."""
        self._asked_at: Nanos = 0
        self._is_overdue = False

    @property
    def is_kept(self) -> bool:
        """Whether what is up stands as it does on all walls."""
        return self.slot is not None and not self.is_by_hand

    def is_unknown(self, plays: Playing) -> bool:
        """Whether nobody has looked yet which programme counts for a show that is to be in step."""
        show, instead = plays
        return instead is None and self._scores.steps(show) is None

    def entry(self, plays: Playing, at: Standing) -> Entry | None:
        """Return where the next slide, of what *plays*, takes its place; None: it goes by its own order."""
        show, instead = plays
        steps = None if instead else self._scores.steps(show)
        return entry_of(steps, at) if steps and steps.parts else None

    def on(self, plays: Playing, t: Nanos) -> Slot | None:
        """Return the slot that is on at *t* for what *plays*."""
        show, instead = plays
        steps = None if instead else self._scores.steps(show)
        return steps.on(t) if steps else None

    def ask(self, entry: Entry | None, t: Nanos) -> None:
        """Take note of where the next slide is asked for."""
        self.asked, self._asked_at, self._is_overdue = entry, t, False

    def is_as_asked(self, entry: Entry, t: Nanos) -> bool:
        """Whether *entry* is what was asked for; or that is worth being waited for still, though it comes late."""
        asked = self.asked
        if asked is None:
            return False
        if entry.slot != asked.slot:
            return asked.is_open(t)
        if entry.enters is None or (asked.enters is not None and asked.enters > t):
            self.asked = entry
        return True

    def is_time(self, t: Nanos, *, is_held: bool) -> bool:
        """Whether the slide that was asked for comes in at *t*; not while a person holds what is up, which then has lost step."""
        if self.asked is None or (self.asked.enters is not None and t < self.asked.enters):
            return False
        self._is_overdue = self._is_overdue or is_held
        return not is_held

    def is_missed(self, t: Nanos) -> bool:
        """Whether the next slide is to be asked for anew: its slot is all but over, or a person let it pass."""
        asked = self.asked
        if asked is None or (asked.enters is not None and t < asked.enters):
            return False
        if self._is_overdue:
            self.slot = None
            return True
        if asked.slot.end - t > LEFT:
            return False
        if not asked.is_cut:  # the next slot alone would be missed likewise, for ever
            self.not_before = t + min(t - self._asked_at, LATEST)
        return True

    def cue(self, ready: Ready, t: Nanos, *, is_urgent: bool) -> Cue:
        """Return the cue of what is *ready*, begun at *t*: as if it had been there all along, where it comes a little late."""
        asked, fade = self.asked, ready.fade
        if asked is None:
            return ready.cue(t, fade)
        slot, comes = asked.slot, t if asked.enters is None else asked.enters
        start = t if asked.enters is None and t < slot.start else slot.start
        if asked.is_cut:
            fade = 0
        elif is_urgent or t - comes > fade:
            comes, fade = t, min(fade, HAND_FADE)
        return Cue(
            start=start,
            length=slot.end - start if start == slot.start else slot.length,
            fade=fade,
            slide=ready.choice.slide,
            composition=ready.composition,
            seed=ready.seed,
            enters=None if comes == start else comes,
        )

    def begin(self, cue: Cue) -> None:
        """Take note that the slide that was asked for is up as *cue*."""
        slot = self.asked.slot if self.asked else None
        self.slot, self.lost, self.asked, self._is_overdue, self.not_before = slot, None, None, False, 0
        self.is_by_hand = slot is not None and cue.start != slot.start

    def leave(self) -> None:
        """What is up goes by no slots: a person went back to it, or the clock was set."""
        self.slot, self.lost, self.asked, self._is_overdue, self.is_by_hand = None, None, None, False, False
        self.not_before = 0

    def lose(self, t: Nanos, on: Slot | None) -> bool:
        """The slide that is up had to leave at *t*; return whether another one is to stand in its slot at once.

        What had lost step, for a person wanted it or held it, is replaced by the slide of the slot that is *on*.
        """
        slot = self.slot if self.slot and self.is_kept and t < self.slot.end else on
        self.slot = None
        if slot is None or slot.end - t <= LEFT:
            return False
        self.lost = slot
        return True
