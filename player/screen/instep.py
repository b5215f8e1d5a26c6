"""Shows in step on the wall: the slots of the programmes that count, and which of them the next slide takes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from player.show.instep import Score
from player.show.on_air import AHEAD, BRIEF
from player.show.plan import Cue
from player.units import SECOND, Nanos

STAY: Final[Nanos] = 4 * SECOND  # what is up stands so long at least before its show falls into step: a playlist's shortest hold
LONGEST_WAIT: Final[Nanos] = 15 * SECOND  # for a border, by whoever joins; a flame has minutes, and is joined amid its slot
LEFT: Final[Nanos] = 2 * SECOND  # of a slot, for its slide to be begun late: making it takes one of them


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """A programme, for as long as it counts."""

    group: str
    version: str
    score: Score
    until: Nanos
    """When the next version begins, as far as that is known; the last slot is cut short there."""

    @property
    def begins(self) -> Nanos:
        """When its first slot begins."""
        return self.score.epoch

    def slot(self, number: int) -> Slot:
        """Return a slot by its number."""
        start = self.score.start_of(number)
        end = min(start + self.score.length_of(number), self.until)
        return Slot(hash=self.score.hash, number=number, start=start, end=end, part=self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place on the grid of a programme, which one slide takes on all walls."""

    hash: str
    number: int
    start: Nanos
    end: Nanos
    part: Part = field(compare=False, repr=False)

    @property
    def length(self) -> Nanos:
        """How long its slide is made for, wherever it is cut short."""
        return self.part.score.length_of(self.number)

    @property
    def is_stub(self) -> bool:
        """Whether another version begins so soon after it that its slide is not worth being made."""
        return self.end - self.start <= LEFT

    @property
    def fade(self) -> Nanos:
        """How long it takes to appear."""
        return self.part.score.fade_of(self.number)

    @property
    def seed(self) -> int:
        """Of what moves on its slide."""
        return self.part.score.seed(self.number)


@dataclass(frozen=True, slots=True)
class Steps:
    """The programmes of a group that count, or will: the earliest first."""

    parts: tuple[Part, ...] = ()
    why_not: str = ""
    """Why there is none for now, or why one that is committed does not count here."""

    def on(self, t: Nanos) -> Slot | None:
        """Return the slot that is on at *t*; None: no programme counts then."""
        for part in reversed(self.parts):
            if part.begins <= t:
                return part.slot(part.score.slot_at(t)) if t < part.until else None
        return None

    def up(self, t: Nanos) -> Slot | None:
        """Return the slot whose slide is up at *t* on walls that have been in step for a while."""
        on = self.on(t)
        return self.on(on.start - 1) if on and on.is_stub else on

    def after(self, slot: Slot) -> Slot | None:
        """Return the slot that follows *slot*, which may be cut short by now: another version begins within it."""
        until = next((part.until for part in self.parts if part.score.hash == slot.hash), slot.end)
        return self.following(min(slot.end, until))

    def has(self, slot: Slot) -> bool:
        """Whether *slot* is of a programme that counts."""
        return any(part.score.hash == slot.hash for part in self.parts)

    def following(self, t: Nanos) -> Slot | None:
        """Return the first slot that begins at *t* or later; None: none will, as far as is known.

        One that another version cuts off as it begins is never begun.
        """
        on = self.on(t)
        if on is not None:
            due = on if on.start == t else on.part.slot(on.number + 1) if on.end < on.part.until else None
            if due and not due.is_stub:
                return due
            t = on.part.until
        return next((part.slot(0) for part in self.parts if part.begins >= t), None)


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the next slide takes its place."""

    slot: Slot
    enters: Nanos | None
    """When it comes in; None: as soon as it is ready."""
    is_cut: bool = False
    """It stands at once, in place of one that had to leave."""

    def is_open(self, t: Nanos) -> bool:
        """Whether it has come, and is worth being begun still."""
        return (self.enters is None or self.enters <= t) and self.slot.end - t > LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a decision starts from."""

    t: Nanos
    cue: Cue
    """What is up."""
    slot: Slot | None = None
    """Which slot the slide that is up has, if it goes by them."""
    lost: Slot | None = None
    """Whose slide had to leave."""
    since: Nanos = 0
    """When its show's turn comes; later than *t* only where it is not on yet."""
    is_urgent: bool = False
    """Somebody wants the next slide now."""
    goes_on: bool = True
    """What is up is of that show already."""
    is_by_hand: bool = False
    """A person wanted what is up: it has its time, and then its wall falls into step again."""
    not_before: Nanos = 0
    """Slides are made so slowly here that none would be ready sooner."""


def entry_of(steps: Steps, at: Standing) -> Entry | None:
    """Return where the next slide takes its place; None: nothing counts by then, and the show goes by its own order."""
    if at.since > at.t:
        return _at_its_turn(steps, at.since)
    if at.lost and at.lost.end - at.t > LEFT and steps.has(at.lost):
        return Entry(at.lost, None, is_cut=True)
    on = steps.on(at.t)
    return _before_all(steps, at) if on is None else _next(steps, on, at)


def _next(steps: Steps, on: Slot, at: Standing) -> Entry | None:
    """The next slot, if what is up goes by slots; else whoever joins comes in at a border, and a person's wish ahead of it."""
    if at.goes_on and at.slot and (at.is_urgent or not at.is_by_hand):
        due = steps.after(at.slot)
        # Of a version that began before this wall came to know it, the next border may be minutes away.
        is_near = at.is_urgent or (due is not None and due.start - max(at.t, at.slot.end) <= LONGEST_WAIT)
        if due and is_near and due.end - at.t > LEFT:
            return Entry(due, None if at.is_urgent else due.start)
    if at.is_urgent:
        amid = not at.goes_on and on.end - at.t > BRIEF
        return Entry(on if amid else steps.following(on.end) or on, None)
    since = max(at.t, at.not_before, at.cue.end if at.is_by_hand else 0)
    amid, joins = steps.on(since), steps.following(max(since, _free(at)))
    if amid and (joins is None or (joins.start - since > LONGEST_WAIT and amid.end - since > BRIEF)):
        return Entry(amid, since if since > at.t else None)
    return Entry(joins, joins.start) if joins else None


def _at_its_turn(steps: Steps, since: Nanos) -> Entry | None:
    """A show begins when the schedule says so, amid a slot; one that would be a flash gives way to the next, ahead of time."""
    on = steps.on(since)
    if on is None:
        first = steps.following(since)
        return Entry(first, first.start) if first and first.start - since <= AHEAD else None
    due = steps.following(on.end) if on.end - since < BRIEF else None
    return Entry(due or on, since)


def _before_all(steps: Steps, at: Standing) -> Entry | None:
    """The first version begins by itself: whatever is up then gives way, and nothing is begun that would have less time."""
    first, free = steps.following(at.t), at.t if at.is_urgent else max(at.t, at.cue.end)
    return Entry(first, first.start) if first and first.start - free <= AHEAD else None


def _free(at: Standing) -> Nanos:
    """Return when what is up, which goes by no slots, may give way to what does: the plate at once."""
    cue = at.cue
    if at.is_by_hand:
        return max(at.t, cue.end)
    return max(at.t, cue.appears if cue.length == 0 else min(cue.end, cue.appears + cue.fade + STAY))
