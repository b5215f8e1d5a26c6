"""Which show is on: what the schedule wants, and what a person has ordered by hand. Pure; dark wins over all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, cast

from player.command import BRIGHTEST, UNATTENDED
from player.schedule.desired import Facts, Key, Phase, Wanted
from player.schedule.rules import Do
from player.schedule.why import Reason, in_words, reason
from player.show.reception import Air
from player.units import SECOND, Nanos

LONGEST_HOLD: Final[Nanos] = 3600 * SECOND  # of a playlist's line: whoever waits for the end of a slide waits no longer
AHEAD: Final[Nanos] = 10 * SECOND  # before a change no slide is begun that would have less: the next show's is being made
BRIEF: Final[Nanos] = 5 * SECOND  # even for a person who wants the next slide now: less, fade and hold, would be a flash
MOST_TURNS: Final = 16  # looked at ahead of one slide: a schedule that turns more often than that is asked again at the next one
Playing: TypeAlias = "tuple[str, TitlePage | Broadcast | None]"
"""A show, its title page, or the stream that comes before it."""
KEPT_KEYS: Final = 16  # slots that were ended or extended by hand: more than a day has


@dataclass(frozen=True, slots=True)
class CardUp:
    """A test card that an output shows instead of the picture."""

    output: str
    name: str
    until: Nanos


@dataclass(frozen=True, slots=True)
class Editing:
    """Keys edit how outputs are shaped, and nothing else."""

    output: str
    """Where it began."""
    until: Nanos
    """When it is over, if no key comes until then."""
    length: Nanos = UNATTENDED
    """After the last key."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """Who has ordered what holds, and when."""

    by: str
    at: Nanos


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """What was ordered by hand and still holds."""

    show: str | None = None
    """None: the schedule's."""
    until: Nanos | None = None
    """When the show that was put on by hand is over; None: when somebody says so."""
    show_ordered: Ordered | None = None
    """Who put it on; None where nobody knows."""
    ended: tuple[Key, ...] = ()
    """Slots that are over for this time."""
    extended: tuple[tuple[Key, Nanos], ...] = ()
    """Slots that go on past their end, and until when."""
    is_dark: bool = False
    dark_ordered: Ordered | None = None
    """Who made it black; None where nobody knows."""
    lit_through: str | None = None
    """The quiet rule that would have it dark, and may not for this time."""
    is_held: bool = False
    """The slide that is up stays. Forgotten with the process: a picture that nobody holds any more must not stand for ever."""
    level: int = BRIGHTEST
    """How bright, 0 to 100."""
    cards: tuple[CardUp, ...] = ()
    """One for each output at most. Forgotten with the process, as a slide that is held."""
    editing: Editing | None = None
    """Likewise."""

    @property
    def is_black(self) -> bool:
        """Whether hands keep it dark: by that very order, or dimmed to nothing."""
        return self.is_dark or self.level == 0

    @property
    def facts(self) -> Facts:
        """What of it the schedule must know."""
        return Facts(passed=frozenset(self.ended), extended=self.extended)

    def shifted(self, by: Nanos) -> Manual:
        """Return it for a clock that was set by so much: what was put on for an hour is on for an hour."""
        return replace(
            self,
            until=None if self.until is None else self.until + by,
            show_ordered=self.show_ordered and replace(self.show_ordered, at=self.show_ordered.at + by),
            dark_ordered=self.dark_ordered and replace(self.dark_ordered, at=self.dark_ordered.at + by),
            cards=tuple(replace(card, until=card.until + by) for card in self.cards),
            editing=self.editing and replace(self.editing, until=self.editing.until + by),
        )

    def touched(self, now: Nanos) -> Manual:
        """Return it after a key of whoever edits: that is over only when no key came for its whole length."""
        return self if self.editing is None else replace(self, editing=replace(self.editing, until=now + self.editing.length))


@dataclass(frozen=True, slots=True)
class TitlePage:
    """The name of what is about to begin."""

    title: str
    begins: Nanos | None
    """None: it has begun, and its stream is awaited."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A live stream that is on."""

    stream: str
    source: str
    """What it is called where moving pictures are kept; another one each time it is opened anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnAir:
    """What is on at an instant."""

    show: str
    until: Nanos
    """Before this the answer stays the same, unless a person says otherwise."""
    reasons: tuple[Reason, ...]
    """Why it is on."""
    slot: str | None = None
    is_by_hand: bool = False
    ends: Nanos | None = None
    """When what was put on by hand is over; None: nobody knows."""
    latest: Nanos = 0
    """By when it is to be seen, even if the slide before it has not had its time."""
    page: TitlePage | None = None
    """What is up instead, until the show begins."""
    broadcast: Broadcast | None = None
    """What is up instead, for as long as it comes."""
    is_still: bool = False
    """Nothing but fades moves."""
    is_dark: bool = False
    """By hand, by a quiet rule, or dimmed to nothing: a black wall is a dark one, whoever asks."""
    is_held: bool = False
    level: int = BRIGHTEST
    """What an operator has ordered, 0 to 100."""
    dim: int = BRIGHTEST
    """What the schedule leaves of that, 0 to 100: a curfew."""
    cards: tuple[CardUp, ...] = ()
    """What outputs show instead of the picture."""
    editing: Editing | None = None

    @property
    def why(self) -> str:
        """Return the reasons in English."""
        return in_words(self.reasons)

    @property
    def plays(self) -> Playing:
        """What is to be seen, as far as it makes a difference to whoever looks."""
        return self.show, self.page or self.broadcast

    @property
    def light(self) -> float:
        """How bright the wall is to be, 0 to 1."""
        return 0.0 if self.is_dark else self.level / BRIGHTEST * self.dim / BRIGHTEST

    def card_on(self, output: str) -> str | None:
        """Return the test card that an output shows; None: the picture."""
        return next((card.name for card in self.cards if card.output == output), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """Of which show the next slide is, and when its time has come."""

    show: str
    page: TitlePage | None = None
    broadcast: Broadcast | None = None
    is_still: bool = False
    ends: Nanos | None = None
    """When its show is over, as far as that is known."""
    since: Nanos = 0
    """Not before."""
    latest: Nanos | None = None
    """At the latest then; None: when the slide before it has had its time."""

    @property
    def plays(self) -> Playing:
        """What it will be, as `OnAir.plays`."""
        return self.show, self.page or self.broadcast

    @property
    def instead(self) -> TitlePage | Broadcast | None:
        """What it will be in place of a slide of the show itself."""
        return self.page or self.broadcast

    def left(self, at: Nanos) -> Nanos | None:
        """Return how long its show is still on *at* an instant; None where nobody knows."""
        return None if self.ends is None else self.ends - at

    def due(self, end: Nanos) -> Nanos:
        """Return when it begins, if the slide before it has had its time at *end*."""
        return max(self.since, end if self.latest is None else min(end, self.latest))


def on_air(wanted: Wanted, manual: Manual, now: Nanos, *, air: Air = Air.OTHERWISE, source: str = "") -> OnAir:
    """Return what is on at *now*: the schedule's *wanted*, unless somebody put a show on by hand and its time is not over.

    Test cards and editing end by themselves, too. *air* says whether the stream comes that *wanted* has, and as which *source*.
    """
    manual = _lasting(manual, now)
    by_hand = manual.show is not None and (manual.until is None or now < manual.until)
    quiet = wanted.quiet
    is_quiet_dark = quiet is not None and quiet.do is Do.DARK and quiet.id != manual.lit_through
    dim = quiet.dim if quiet is not None else BRIGHTEST
    is_still = quiet is not None and quiet.do is Do.STILL
    instead = None if by_hand else _instead(wanted, Air.OTHERWISE if is_still else air, source)
    ends = [card.until for card in manual.cards] + [each.until for each in (manual.editing,) if each]
    until = wanted.until if manual.until is None or not by_hand else min(wanted.until, manual.until)
    reasons = (reason("hand"),) if by_hand else (*wanted.reasons, *_of_stream(wanted, instead))
    if quiet is not None and dim < BRIGHTEST:
        reasons = (*reasons, reason("dim", dim=dim, rule=quiet.id))
    return OnAir(
        show=manual.show if by_hand and manual.show else wanted.show,
        until=min(until, *ends) if ends else until,
        reasons=reasons,
        slot=None if by_hand else wanted.slot,
        is_by_hand=by_hand,
        ends=manual.until if by_hand else None,
        latest=0 if by_hand else _latest(wanted),
        page=instead if isinstance(instead, TitlePage) else None,
        broadcast=instead if isinstance(instead, Broadcast) else None,
        is_still=is_still,
        is_dark=manual.is_dark or is_quiet_dark or manual.level == 0,
        is_held=manual.is_held,
        level=manual.level,
        dim=dim,
        cards=manual.cards,
        editing=manual.editing,
    )


def settled(manual: Manual, wanted: Wanted, now: Nanos) -> Manual:
    """Return *manual* without what is over."""
    if manual.show is not None and manual.until is not None and now >= manual.until:
        manual = replace(manual, show=None, until=None)
    if manual.lit_through is not None and (wanted.quiet is None or wanted.quiet.id != manual.lit_through):
        manual = replace(manual, lit_through=None)
    return _lasting(manual, now)


def signed(manual: Manual, before: Manual, order: Ordered) -> Manual:
    """Return *manual*, which an *order* has made of *before*, with who made it so where that is news."""
    is_same_show = (manual.show, manual.until) == (before.show, before.until)
    return replace(
        manual,
        show_ordered=None if manual.show is None else before.show_ordered if is_same_show else order,
        dark_ordered=None if not manual.is_black else before.dark_ordered if before.is_black else order,
    )


def next_up(ask: Callable[[Nanos], OnAir], *, now: Nanos, playing: Playing | None, free: Nanos, least: Nanos = AHEAD) -> Billed:
    """Return of which show the slide after the one that is up will be.

    Args:
        ask: What is on at an instant.
        now: The present one.
        playing: What the slide that is up belongs to; None while there is none.
        free: When the slide that is up has had its time.
        least: How long a slide must have before another show's turn, to be begun at all.
    """
    on = ask(now)
    if playing is not None and on.plays != playing:
        return _billed(on, latest=on.latest)
    turn = on
    for _ in range(MOST_TURNS):
        instant = turn.until
        if instant > max(free, now) + least:
            break
        turn = ask(instant)
        if turn.plays != on.plays:
            return _billed(turn, since=instant, latest=max(instant, turn.latest))
    return _billed(on)


def to_record(manual: Manual) -> dict[str, object]:
    """Return what of *manual* outlives the process, as plain data for `from_record`."""
    return {
        "show": manual.show,
        "until": manual.until,
        "show_ordered": _told(manual.show_ordered),
        "ended": [list(key) for key in manual.ended],
        "extended": [[*key, until] for key, until in manual.extended],
        "is_dark": manual.is_dark,
        "dark_ordered": _told(manual.dark_ordered),
        "lit_through": manual.lit_through,
        "level": manual.level,
    }


def from_record(record: Mapping[str, object]) -> Manual:
    """Return what `to_record` described; nothing by hand where there is none, or it is not ours."""
    if not record:
        return Manual()
    try:
        ended = cast("list[tuple[str, int]]", record["ended"])
        extended = cast("list[tuple[str, int, int]]", record["extended"])
        until, level = cast("int | None", record["until"]), cast("int", record["level"])
        return Manual(
            show=_name(record["show"]),
            until=None if until is None else int(until),
            show_ordered=_ordered(record.get("show_ordered")),
            ended=tuple((str(slot), int(start)) for slot, start in ended),
            extended=tuple(((str(slot), int(start)), int(end)) for slot, start, end in extended),
            is_dark=bool(record["is_dark"]),
            dark_ordered=_ordered(record.get("dark_ordered")),
            lit_through=_name(record["lit_through"]),
            level=min(BRIGHTEST, max(0, int(level))),
        )
    except (LookupError, TypeError, ValueError, OverflowError):
        return Manual(is_dark=bool(record.get("is_dark")))


def _lasting(manual: Manual, now: Nanos) -> Manual:
    """Return *manual* without test cards and editing whose time is over."""
    if all(now < card.until for card in manual.cards) and (manual.editing is None or now < manual.editing.until):
        return manual
    editing = manual.editing if manual.editing and now < manual.editing.until else None
    return replace(manual, cards=tuple(card for card in manual.cards if now < card.until), editing=editing)


def _told(order: Ordered | None) -> list[object] | None:
    return [order.by, order.at] if order else None


def _ordered(value: object) -> Ordered | None:
    """Return who ordered something, as `_told` said it; None where nobody knows: that makes nothing else less true."""
    match value:
        case [str(by), int(at)]:
            return Ordered(by, at)
        case _:
            return None


def _name(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("no name")
    return value


def _billed(on: OnAir, *, since: Nanos = 0, latest: Nanos | None = None) -> Billed:
    return Billed(
        show=on.show,
        page=on.page,
        broadcast=on.broadcast,
        is_still=on.is_still,
        ends=on.ends,
        since=since,
        latest=latest,
    )


def _instead(wanted: Wanted, air: Air, source: str) -> TitlePage | Broadcast | None:
    """Return what is up in place of the show that is wanted: before it, or for the sake of a stream."""
    if wanted.start is None or wanted.is_quieted:
        return None
    title = wanted.title or wanted.show
    if wanted.phase is Phase.PREROLL:
        return TitlePage(title, wanted.start)
    if wanted.live is None or air is Air.OTHERWISE:
        return None
    return Broadcast(wanted.live, source) if air is Air.STREAM else TitlePage(title, None)


def _of_stream(wanted: Wanted, instead: TitlePage | Broadcast | None) -> tuple[Reason, ...]:
    if wanted.live is None or wanted.phase is Phase.PREROLL or wanted.is_quieted:
        return ()
    key = "live" if isinstance(instead, Broadcast) else "awaited" if instead else "no_stream"
    return (reason(key, stream=wanted.live),)


def _latest(wanted: Wanted) -> Nanos:
    # A stream is cut over to when it comes, and left when it stands: no slide is waited for.
    if wanted.start is None or wanted.phase is Phase.PREROLL or wanted.live is not None:
        return 0
    return wanted.start + (LONGEST_HOLD if wanted.patience is None else wanted.patience)
