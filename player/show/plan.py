"""The plan: cues in time. Which scene is on at an instant is a pure function of the plan and the instant."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from player.show.motion import is_burning, layer_at, rest_from, said_until, tick_at
from player.show.scene import TICKS, Composition, Scene
from player.show.slide import Slide
from player.show.transition import fade
from player.units import SECOND, Nanos, Size

FOREVER: Final[Nanos] = 2**62
"""Later than any show: the last cue stays up until there is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A slide given its place in the show, and laid out."""

    start: Nanos
    length: Nanos
    """To the next cue's start, if that is ready by then: the fade in and the hold."""
    fade: Nanos
    """How long it takes to appear; 0 is a cut."""
    slide: Slide | None
    """None: the plate."""
    composition: Composition
    seed: int = 0
    enters: Nanos | None = None
    """When it begins to appear, where that is not its start: it then is at once as far as if it had been there all along."""

    @property
    def end(self) -> Nanos:
        """When the next cue may begin."""
        return self.start + self.length

    @property
    def appears(self) -> Nanos:
        """When it begins to appear."""
        return self.start if self.enters is None else self.enters

    def shifted(self, by: Nanos) -> Cue:
        """Return the cue moved in time."""
        return replace(self, start=self.start + by, enters=None if self.enters is None else self.enters + by)


@dataclass(frozen=True, slots=True)
class Plan:
    """What was decided so far, oldest first; never empty."""

    canvas: Size
    cues: tuple[Cue, ...]

    def then(self, cue: Cue) -> Plan:
        """Return the plan with *cue* after all others, without what no fade can show any more.

        Where *cue* comes before the one before it stands in full, that one goes on fading in beneath.
        """
        return replace(self, cues=(*self.cues[lowest_at(self.cues, cue.appears) :], cue))

    def giving_way(self) -> Plan:
        """Return the plan with what is up giving way to anything that is ready."""
        return replace(self, cues=(*self.cues[:-1], replace(self.cues[-1], length=0)))

    def shifted(self, by: Nanos) -> Plan:
        """Return the plan moved in time: the clock was set, the picture goes on."""
        return replace(self, cues=tuple(cue.shifted(by) for cue in self.cues))


def plate_cue(plate: Composition, t: Nanos) -> Cue:
    """Return the cue of the plate from *t* on, which gives way to anything."""
    return Cue(start=t, length=0, fade=0, slide=None, composition=plate)


def cue_at(cues: Sequence[Cue], t: Nanos) -> int:
    """Return the index of the cue on screen at *t*; the first one before it has begun."""
    return max(0, bisect_right(cues, t, key=lambda cue: cue.appears) - 1)


def lowest_at(cues: Sequence[Cue], t: Nanos) -> int:
    """Return the index of the lowest cue that can be seen at *t*: the newest one that stands in full, or the first there is."""
    i = cue_at(cues, t)
    while i and fade(t, cues[i].appears, cues[i].fade) < 1:
        i -= 1
    return i


def scene_at(plan: Plan, t: Nanos) -> Scene:
    """Return everything that is on screen at *t*, and until when it stays as it is."""
    cues, top, lowest = plan.cues, cue_at(plan.cues, t), lowest_at(plan.cues, t)
    cue = cues[top]
    mixes = [fade(t, each.appears, each.fade) if i else 1.0 for i, each in enumerate(cues[lowest : top + 1])]
    layers = tuple(
        layer_at(each.composition, t - each.start, mix) for each, mix in zip(cues[lowest : top + 1], mixes, strict=True)
    )
    following = cues[top + 1].appears if top + 1 < len(cues) else FOREVER
    return Scene(plan.canvas, layers, min(_still_until(cue, t, mixes[-1]), following))


def _still_until(cue: Cue, t: Nanos, mix: float) -> Nanos:
    """Until when nothing moves: at once, while something does; before a move that waits, until it begins."""
    if mix < 1 or cue.composition.clips:
        return t
    elapsed = t - cue.start
    flicker = cue.start - (-(tick_at(elapsed) + 1) * SECOND // TICKS) if is_burning(cue.composition) else FOREVER
    change = said_until(cue.composition, elapsed)
    unsaid = FOREVER if change is None else cue.start + change
    return min(flicker, unsaid, _unmoved_until(cue, t, elapsed))


def _unmoved_until(cue: Cue, t: Nanos, elapsed: Nanos) -> Nanos:
    """Until when no figure moves."""
    moves = [m for m in cue.composition.moves if m.first != m.last]
    if not moves or elapsed >= rest_from(cue.composition):
        return FOREVER
    if any(m.begin <= elapsed < m.begin + m.length for m in moves):
        return t
    return cue.start + min(m.begin for m in moves if m.begin > elapsed)
