"""What a campaign came to, worked out from what the players said: pure.

Whatever nobody said is said to be missing, and never taken for nothing.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from player.units import MILLISECOND, SECOND, Nanos

BEGUN: Final = "show begun"
ENDED: Final = "show ended"
JOINED: Final = "joined late"
MISSED: Final = "show missed"
SHOWS: Final = (BEGUN, ENDED, JOINED, MISSED)
"""The kinds of events that are of interest here."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when, in nanoseconds since 1970; the end is not in it."""

    start: Nanos
    end: Nanos

    def shared(self, start: Nanos, end: Nanos) -> Nanos:
        """Return how much of *start* to *end* lies in it."""
        return max(0, min(end, self.end) - max(start, self.start))


@dataclass(frozen=True, slots=True)
class Member:
    """A player of the fleet."""

    id: str
    site: str = ""
    last_seen: Nanos | None = None
    is_online: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A show that a player said something of."""

    id: str
    kind: str
    show: str
    at: Nanos


@dataclass(frozen=True, slots=True)
class Day:
    """What a player showed on one day of UTC, as it counted itself."""

    id: str
    day: str
    photos: int
    """Showings."""
    people: int
    """Different photos among them."""
    ever: int
    """Different photos that it has shown since it was set up."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A player could not be heard."""

    id: str
    began: Nanos
    ended: Nanos | None = None
    """None: it is not heard still."""

    def length(self, span: Span, now: Nanos) -> Nanos:
        """Return how much of it lies in *span*, as far as it has come *now*."""
        return span.shared(self.began, self.ended if self.ended is not None else max(now, self.began))


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A player said that a withdrawn picture is off its wall."""

    id: str
    off_at: Nanos | None
    here: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """A withdrawal, and who confirmed it."""

    number: int
    name: str
    reason: str
    by: str
    at: Nanos
    confirmed: tuple[Confirmed, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """All that was heard of the fleet: what the figures are made of."""

    members: tuple[Member, ...] = ()
    said: tuple[Said, ...] = ()
    days: tuple[Day, ...] = ()
    outages: tuple[Outage, ...] = ()
    withdrawals: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class OnAir:
    """A show, over all players."""

    show: str
    length: Nanos
    """All players together."""
    begun: int
    players: int
    late: int
    missed: int


@dataclass(frozen=True, slots=True)
class Photos:
    """What was shown, as the players counted it."""

    showings: int = 0
    people_least: int = 0
    """So many different photos were seen at one place."""
    people_most: int = 0
    """As many, if no two players had shown the same one."""
    counted: int = 0
    """Players that said it."""
    silent: tuple[str, ...] = ()
    """Those that did not."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How long a withdrawal took to be confirmed."""

    taken: Taken
    median: Nanos | None
    slowest_percent: Nanos | None
    """The 99th percentile: of a hundred players, all but one had confirmed by then."""
    slowest: tuple[str, Nanos] | None
    missing: tuple[str, ...]
    """Who has not confirmed."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a campaign."""

    span: Span
    now: Nanos
    members: tuple[Member, ...]
    sites: tuple[tuple[str, int], ...]
    photos: Photos
    shows: tuple[OnAir, ...]
    outages: tuple[Outage, ...]
    withdrawals: tuple[Speed, ...]
    site_of: Mapping[str, str] = field(default_factory=dict[str, str])


def figures(heard: Heard, span: Span, now: Nanos) -> Figures:
    """Return what *heard* comes to within *span*, as far as it has come *now*."""
    ids = tuple(member.id for member in heard.members)
    places: defaultdict[str, int] = defaultdict(int)
    for member in heard.members:
        places[member.site] += 1
    outages = [each for each in heard.outages if each.length(span, now) > 0]
    taken = [each for each in heard.withdrawals if span.start <= each.at < span.end]
    return Figures(
        span=span,
        now=now,
        members=heard.members,
        sites=tuple(sorted(places.items())),
        photos=_photos(heard.days, ids),
        shows=_shows(heard, span, now),
        outages=tuple(sorted(outages, key=lambda each: (each.id, each.began))),
        withdrawals=tuple(speed(each, ids) for each in sorted(taken, key=lambda each: each.number)),
        site_of={member.id: member.site for member in heard.members},
    )


def speed(taken: Taken, ids: Iterable[str]) -> Speed:
    """Return how long *taken* took, and which of the players *ids* have not confirmed it."""
    took = sorted((max(0, each.off_at - taken.at), each.id) for each in taken.confirmed if each.off_at is not None)
    done = {name for _, name in took}
    lengths = [length for length, _ in took]
    return Speed(
        taken,
        percentile(lengths, 50),
        percentile(lengths, 99),
        (took[-1][1], took[-1][0]) if took else None,
        tuple(name for name in ids if name not in done),
    )


def percentile(lengths: Sequence[Nanos], percent: int) -> Nanos | None:
    """Return the smallest of the sorted *lengths* that so many of a hundred do not exceed (nearest rank); None of none."""
    return lengths[max(1, math.ceil(len(lengths) * percent / 100)) - 1] if lengths else None


def _photos(days: Iterable[Day], ids: Sequence[str]) -> Photos:
    """Add up what players counted: showings add up, people do not, for the same ones are seen at many places."""
    showings: defaultdict[str, int] = defaultdict(int)
    people: defaultdict[str, int] = defaultdict(int)
    several: defaultdict[str, int] = defaultdict(int)
    ever: defaultdict[str, int] = defaultdict(int)
    for each in days:
        showings[each.id] += each.photos
        people[each.id] = max(people[each.id], each.people)
        several[each.id] += each.people
        ever[each.id] = max(ever[each.id], each.ever)
    most = {name: min(several[name], max(ever[name], people[name])) for name in showings}
    return Photos(
        showings=sum(showings.values()),
        people_least=max(people.values(), default=0),
        people_most=sum(most.values()),
        counted=len(showings),
        silent=tuple(name for name in ids if name not in showings),
    )


def _shows(heard: Heard, span: Span, now: Nanos) -> tuple[OnAir, ...]:
    length: defaultdict[str, Nanos] = defaultdict(int)
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    players: defaultdict[str, set[str]] = defaultdict(set)
    known = {member.id: now if member.is_online else member.last_seen or 0 for member in heard.members}
    for player, said in _by_player(heard.said).items():
        for each in said:
            if span.start <= each.at < span.end:
                counts[each.kind, each.show] += 1
        for show, start, end in _stretches(said, known.get(player, 0)):
            inside = span.shared(start, end)
            if inside:
                length[show] += inside
                players[show].add(player)
    names = sorted({*length, *(show for _, show in counts)})
    return tuple(
        OnAir(
            show=name,
            length=length[name],
            begun=counts[BEGUN, name],
            players=len(players[name]),
            late=counts[JOINED, name],
            missed=counts[MISSED, name],
        )
        for name in names
    )


def _by_player(said: Iterable[Said]) -> dict[str, list[Said]]:
    found: defaultdict[str, list[Said]] = defaultdict(list)
    for each in sorted(said, key=lambda each: each.at):
        found[each.id].append(each)
    return found


def _stretches(said: Sequence[Said], until: Nanos) -> Iterable[tuple[str, Nanos, Nanos]]:
    """Yield from when to when a player had which show on: until it said that it ended or that another began, else *until*.

    *until* is when the player was last heard: what it did after that nobody knows.
    """
    on: Said | None = None
    for each in said:
        if each.kind == MISSED:
            continue
        if on is not None and (each.kind != ENDED or each.show == on.show):
            yield on.show, on.at, each.at
            on = None
        if each.kind in {BEGUN, JOINED}:
            on = each
    if on is not None:
        yield on.show, on.at, max(on.at, until)


def length_in_words(length: Nanos) -> str:
    """Return a length of time as a report writes it: `340 ms`, `12.5 s`, `8 min`, `3 h 20 min`."""
    if length < SECOND:
        return f"{length // MILLISECOND} ms"
    seconds = length / SECOND
    if seconds < 120:  # noqa: PLR2004 - below two minutes people count in seconds
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min"
