"""What should be on now: one pure function of time and rules. Nothing waits for an event, so nothing can be missed.

`desired` is the meaning; `Timetable` gives the same answers and remembers them. The agenda is printed from the same sheets.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final, TypeAlias

from player.schedule.resolve import Calendar, Occurrence, Quieted
from player.schedule.rules import FULL_LIGHT, MAX_OVERRUN, REACH_AFTER, REACH_BEFORE, STRENGTH, Do, Join, Rules
from player.schedule.span import Span
from player.schedule.why import Reason, in_words, reason
from player.schedule.zones import clock_of, day_span, local
from player.units import Nanos

KEPT_ANSWERS: Final = 4  # now, and what comes after it and after that: whoever plans ahead asks for them in turn
KEPT_SHEETS: Final = 8  # days that a timetable remembers: today, tomorrow, and what somebody looked at
MOST_DARK: Final = (
    8  # quiet times, one after the other: whoever is told until when it is dark needs no week of nights that never end
)
MAX_NAMED: Final = 5  # slots that a reason names; those that are hidden are listed in full beside it
_DAY: Final = timedelta(days=1)

Key: TypeAlias = tuple[str, Nanos]
"""A slot once: its id and its start."""


class Phase(Enum):
    """How far a slot is."""

    PREROLL = "preroll"
    """Not yet begun: its title page is up."""
    ON = "on"
    OVERRUN = "overrun"
    """Past its end, because its stream is alive or an operator extended it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules cannot know. Whoever asks keeps them, over restarts too."""

    live: frozenset[str] = frozenset()
    """The streams that are alive now."""
    passed: frozenset[Key] = frozenset()
    """Slots that are over for this time: ended by an operator, or not joined because they had begun."""
    extended: tuple[tuple[Key, Nanos], ...] = ()
    """Slots that an operator lets go on, and until when: up to 12 hours past their end."""


NOTHING: Final = Facts()


@dataclass(frozen=True, slots=True)
class Quiet:
    """The quiet rule in force."""

    id: str
    do: Do
    mute: bool
    """Whether this rule, or another one that holds at the same time, asks for silence."""
    dim: int = FULL_LIGHT
    """How bright the wall may be by this rule, or another one that holds at the same time, in percent: the least counts."""
    dark_until: Nanos | None = None
    """Where it asks for dark: until when it and those after it do; None: it does not, or for longer than anybody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What should be on at an instant, and why."""

    slot: str | None
    """None: no slot is on, so it is the fallback."""
    show: str
    """What is played; where there is a stream, while that is not to be had."""
    own_show: str | None = None
    """What the slot itself plays, whatever a quiet rule puts in its place; None: no slot is on."""
    live: str | None = None
    """The stream that comes before the show whenever it is alive."""
    title: str = ""
    start: Nanos | None = None
    """When the slot begins, or began; its preroll is before that."""
    end: Nanos | None = None
    """When it ends, or should have."""
    until: Nanos
    """Before this the answer stays the same."""
    phase: Phase = Phase.ON
    quiet: Quiet | None = None
    reasons: tuple[Reason, ...]
    """Why it is what it is."""
    hides: tuple[str, ...] = ()
    """The slots that would be on without this one, the strongest first."""
    overlaps: tuple[str, ...] = ()
    """Those of them that have the same priority: a mistake in the file, but one with a clear answer."""
    ordinal: int | None = None
    """The slot's local date, as `date.toordinal`."""
    join: Join = "midway"
    """How to take part in a slot that has begun already."""
    patience: Nanos | None = 0
    """How long the slide that is up may go on when the slot begins; None: until it ends by itself."""

    @property
    def why(self) -> str:
        """Return the reasons in English."""
        return in_words(self.reasons)

    @property
    def is_own(self) -> bool:
        """Whether nothing is played in place of what the slot itself plays."""
        return self.own_show in {None, self.show}

    @property
    def is_quieted(self) -> bool:
        """Whether a quiet rule says what is played: then it is that, and no title page before the slot either."""
        return self.quiet is not None and self.quiet.do is Do.SHOW

    @property
    def key(self) -> Key | None:
        """Name the slot, this time; None for the fallback."""
        return None if self.slot is None or self.start is None else (self.slot, self.start)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One local date, from midnight to midnight, without a gap."""

    span: Span
    wanted: tuple[Wanted, ...]
    """In order; each until the next one begins."""
    starts: tuple[Nanos, ...]
    """When each begins."""

    def at(self, now: Nanos) -> Wanted:
        """Return what is wanted at *now*, an instant of this date."""
        return self.wanted[bisect_right(self.starts, now) - 1]


@dataclass(frozen=True, slots=True)
class _Near:
    """Whatever may be on at some time of a local date."""

    span: Span
    slots: tuple[tuple[Nanos, Nanos, Occurrence], ...]
    """Each with when it is first shown and when it ends, the strongest first."""
    quiet: tuple[Quieted, ...]


def desired(now: Nanos, rules: Rules, facts: Facts = NOTHING) -> Wanted:
    """Return what should be on at *now*. Total: there is always an answer.

    One slot wins: that of the highest priority, among equals the one that begins later, then the first by its id.
    """
    calendar = Calendar(rules)
    return _choose(now, _near(calendar, _date_of(now, calendar)), calendar, facts)


class Timetable:
    """Rules with their answers at hand: the same as `desired`, at a thousandth of the work. For one thread."""

    def __init__(self, rules: Rules) -> None:
        self.calendar = Calendar(rules)
        self._sheets: dict[date, tuple[_Near, Sheet]] = {}
        self._today: tuple[_Near, Sheet] | None = None
        self._answers: tuple[tuple[Facts, Nanos, Wanted], ...] = ()
        """The last answers that facts had a part in, each with from when on it holds: until its end."""

    def wanted(self, now: Nanos, facts: Facts = NOTHING) -> Wanted:
        """Return what should be on at *now*."""
        today = self._today
        if today is None or not today[1].span.start <= now < today[1].span.end:
            today = self._today = self._day(_date_of(now, self.calendar))
        near, sheet = today
        if facts == NOTHING:
            return sheet.at(now)
        for asked, since, known in self._answers:
            if since <= now < known.until and asked == facts:
                return known
        found = _choose(now, near, self.calendar, facts)
        self._answers = (*self._answers, (facts, now, found))[-KEPT_ANSWERS:]
        return found

    def sheet(self, day: date) -> Sheet:
        """Return all of a local date."""
        return self._day(day)[1]

    def _day(self, day: date) -> tuple[_Near, Sheet]:
        if day not in self._sheets:
            while len(self._sheets) >= KEPT_SHEETS:
                del self._sheets[next(iter(self._sheets))]
            near = _near(self.calendar, day)
            self._sheets[day] = near, _sheet(near, self.calendar)
        return self._sheets[day]


def _date_of(now: Nanos, calendar: Calendar) -> date:
    """Return the date whose sheet *now* is on: the local one, but for a clock that goes back over midnight."""
    day = local(now, calendar.zone).date()
    span = day_span(day, calendar.zone)
    return day - _DAY if now < span.start else day + _DAY if now >= span.end else day


def _near(calendar: Calendar, day: date) -> _Near:
    span = day_span(day, calendar.zone)
    slots = [*calendar.moments(), *(each for of in _days_near(day) for each in calendar.slots(of))]
    # An operator may extend it.
    touching = [each for each in slots if each.shown_from < span.end and each.shown_to + MAX_OVERRUN > span.start]
    return _Near(
        span,
        tuple((each.shown_from, each.span.end, each) for each in sorted(touching, key=_rank)),
        tuple(each for each in _quiet_near(calendar, day) if each.span.start < span.end and each.span.end > span.start),
    )


def _days_near(day: date) -> list[date]:
    return [day + step * _DAY for step in range(-REACH_AFTER, REACH_BEFORE + 1)]


def _quiet_near(calendar: Calendar, day: date) -> list[Quieted]:
    weeks = {day - day.weekday() * _DAY, *_days_near(day)}
    return [each for of in sorted(weeks) for each in calendar.quiet(of)]


def _sheet(near: _Near, calendar: Calendar) -> Sheet:
    span = near.span
    starts = sorted({span.start, *(at for at in _turns(near, NOTHING) if span.start < at < span.end)})
    on: list[list[tuple[Occurrence, Phase]]] = [[] for _ in starts]
    for shown_from, end, each in near.slots:  # the strongest first, and so they stay
        for i in range(bisect_left(starts, shown_from), bisect_left(starts, end)):
            on[i].append((each, Phase.PREROLL if starts[i] < each.span.start else Phase.ON))
    ends = [*starts[1:], span.end]
    found = [_wanted(starts[i], ends[i], on[i], near.quiet, calendar) for i in range(len(starts))]
    return Sheet(span, tuple(found), tuple(starts))


def _turns(near: _Near, facts: Facts) -> Iterator[Nanos]:
    """Yield every instant at which the answer may change."""
    for shown_from, end, each in near.slots:
        yield from (shown_from, each.span.start, end)
        if each.slot.live in facts.live:
            yield each.shown_to
    yield from (until for _, until in facts.extended)
    for quieted in near.quiet:
        yield from (quieted.span.start, quieted.span.end)
    yield near.span.end  # the next local date is another sheet


def _choose(now: Nanos, near: _Near, calendar: Calendar, facts: Facts) -> Wanted:
    """Return the answer at one instant of the date that *near* is of."""
    until = min(at for at in _turns(near, facts) if at > now)
    on = _phases(now, (each for shown_from, _, each in near.slots if shown_from <= now), facts)
    return _wanted(now, until, on, near.quiet, calendar)


def _phases(now: Nanos, slots: Iterable[Occurrence], facts: Facts) -> list[tuple[Occurrence, Phase]]:
    found = ((each, _phase(now, each, facts)) for each in slots)
    return [(each, phase) for each, phase in found if phase]


def _wanted(
    now: Nanos, until: Nanos, on: list[tuple[Occurrence, Phase]], quieted: tuple[Quieted, ...], calendar: Calendar
) -> Wanted:
    """Return the one winner, with all that people ask about it; those that are *on* come with the strongest first."""
    quiet, quiet_show = _quiet(now, quieted, calendar)
    if not on:
        show = quiet_show or calendar.rules.fallback
        return Wanted(slot=None, show=show, until=until, quiet=quiet, reasons=(reason("fallback"),))
    (winner, phase), *others = on
    slot = winner.slot
    return Wanted(
        slot=slot.id,
        show=quiet_show or slot.show,
        own_show=slot.show,
        live=None if quiet_show else slot.live,
        title=slot.title or slot.id,
        start=winner.span.start,
        end=winner.span.end,
        until=until,
        phase=phase,
        quiet=quiet,
        reasons=tuple(_reasons(winner, phase, [each for each, _ in others], calendar)),
        hides=tuple([each.slot.id for each, _ in others]),
        overlaps=tuple([each.slot.id for each, _ in others if each.slot.priority == slot.priority]),
        ordinal=winner.day.toordinal(),
        join=slot.join,
        patience=slot.patience,
    )


def _rank(occurrence: Occurrence) -> tuple[int, Nanos, str]:
    """Return what slots are sorted by, the winner first."""
    return -occurrence.slot.priority, -occurrence.span.start, occurrence.slot.id


def _phase(now: Nanos, occurrence: Occurrence, facts: Facts) -> Phase | None:
    """Return how far a slot is at *now*; None when it is not on."""
    if facts.passed and occurrence.key in facts.passed:
        return None
    if occurrence.span.start <= now < occurrence.span.end:
        return Phase.ON
    if occurrence.shown_from <= now < occurrence.span.start:
        return Phase.PREROLL
    if now < occurrence.span.end:
        return None
    is_late = occurrence.slot.live in facts.live and now < occurrence.shown_to
    is_extended = any(key == occurrence.key and now < until for key, until in facts.extended)
    return Phase.OVERRUN if is_late or is_extended else None


def _quiet(now: Nanos, quiet: tuple[Quieted, ...], calendar: Calendar) -> tuple[Quiet | None, str | None]:
    """Return the strongest of the quiet rules that hold, and the show that it asks for, if any."""
    held = [each.rule for each in quiet if each.span.start <= now < each.span.end]
    if not held:
        return None, None
    strongest = max(held, key=lambda rule: (STRENGTH[rule.do], -rule.dim))  # the first of equals
    dim = min(rule.dim for rule in held)
    until = _dark_until(now, calendar) if strongest.do is Do.DARK else None
    return Quiet(strongest.id, strongest.do, any(rule.mute for rule in held), dim, until), strongest.show


def _dark_until(now: Nanos, calendar: Calendar) -> Nanos | None:
    """Return when no rule asks for dark any more; none is stronger."""
    for _ in range(MOST_DARK):
        near = _quiet_near(calendar, local(now, calendar.zone).date())
        ends = [each.span.end for each in near if each.rule.do is Do.DARK and each.span.start <= now < each.span.end]
        if not ends:
            return now
        now = max(ends)
    return None


def _reasons(winner: Occurrence, phase: Phase, others: list[Occurrence], calendar: Calendar) -> Iterator[Reason]:
    priority = winner.slot.priority
    if phase is Phase.PREROLL:
        yield reason("begins", at=clock_of(winner.span.start, calendar.zone))
    if phase is Phase.OVERRUN:
        yield reason("overrun", at=clock_of(winner.span.end, calendar.zone))
    below = [f"{each.slot.id} ({each.slot.priority})" for each in others if each.slot.priority < priority]
    equal = [each for each in others if each.slot.priority == priority]
    if below:
        yield _naming("over", below, priority=priority)
    else:
        yield reason("equal" if equal else "alone", priority=priority)
    if equal:
        is_later = equal[0].span.start < winner.span.start
        yield _naming("later" if is_later else "name", [each.slot.id for each in equal])


def _naming(key: str, slots: list[str], **fields: object) -> Reason:
    """Return a reason that names *slots*, and says how many more there are."""
    named, more = ", ".join(slots[:MAX_NAMED]), len(slots) - MAX_NAMED
    return reason(f"{key}_more", **fields, slots=named, more=more) if more > 0 else reason(key, **fields, slots=named)
