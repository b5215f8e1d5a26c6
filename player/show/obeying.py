"""What becomes of an order: pure. What is by hand afterwards, what is answered, and what is left to be done at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from player.command import (
    BRIGHTEST,
    MAX_LENGTH,
    Calibrate,
    Command,
    Dim,
    Extend,
    Go,
    Plain,
    ShowCard,
    Withdraw,
)
from player.command.replies import Remark, Reply, done, refusal, remark
from player.schedule.desired import Key, Phase, Wanted
from player.schedule.rules import MAX_OVERRUN, Do
from player.show.on_air import KEPT_KEYS, CardUp, Editing, Manual, OnAir, on_air
from player.units import Nanos

PAGE_UP: Final = refusal("page_up")
LIVE_UP: Final = refusal("live_up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What an order meets."""

    now: Nanos
    wanted: Wanted
    """What the schedule wants."""
    on: OnAir
    shows: tuple[str, ...]
    """Those that there are, in their order."""
    has_slide: bool
    """Something is up that could be held: not the plate."""
    may_identify: bool
    outputs: tuple[str, ...] = ()
    """Those that can be set up; none where one window shows the picture as it is."""
    unready: Mapping[str, str] = field(default_factory=dict[str, str])
    """Those with which the order cannot be carried out now, each with the reason."""
    cards: tuple[str, ...] = ()
    """The test cards that there are, in their order."""

    @property
    def dark(self) -> tuple[Remark, ...]:
        """What is to be said besides, when nobody can see what became of it."""
        return (remark("in_the_dark"),) if self.on.is_dark else ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of it."""

    manual: Manual
    reply: Reply
    """What is said to it."""
    act: Plain | Withdraw | None = None
    """What else is to be done now: next, previous, identify, reload, or a withdrawal."""
    changes_show: bool = False
    """Nobody should wait for the end of the slide that is up."""


def obeyed(command: Command, manual: Manual, at: Situation) -> Verdict:
    """Return what becomes of *command*."""
    match command:
        case Plain():
            return _PLAIN[command](manual, at)
        case Go(show, length):
            return _gone(show, length, manual, at)
        case Extend(length):
            return _extended(length, manual, at)
        case Dim(level):
            return _dimmed(level, manual, at)
        case Withdraw():
            return Verdict(manual, done("withdrawn"), command)
        case ShowCard() | Calibrate():
            return _set_up(command, manual, at)


def _gone(show: str, length: Nanos | None, manual: Manual, at: Situation) -> Verdict:
    if show not in at.shows:
        return Verdict(manual, refusal("no_show", show=show, shows=", ".join(at.shows)))
    by_hand = replace(manual, show=show, until=None if length is None else at.now + length, is_held=False)
    key = "show_already" if at.on.plays == (show, None) else "show"
    reply = done(key, show=show) if length is None else done(f"{key}_for", show=show, length=length)
    return Verdict(by_hand, reply.also(*at.dark), changes_show=True)


def _dimmed(level: int, manual: Manual, at: Situation) -> Verdict:
    dimmed = replace(manual, level=level)
    if level == 0:
        return Verdict(dimmed, done("dim_none"))
    then = on_air(at.wanted, dimmed, at.now)
    reply = done("dim_limited", level=level, dim=then.dim) if then.dim < BRIGHTEST else done("dim", level=level)
    return Verdict(dimmed, reply.also(remark("in_the_dark")) if then.is_dark else reply)


def _extended(length: Nanos, manual: Manual, at: Situation) -> Verdict:
    if at.on.is_by_hand:
        if manual.until is None:
            return Verdict(manual, refusal("no_end", show=at.on.show))
        until = min(manual.until + length, at.now + MAX_LENGTH)
        return Verdict(replace(manual, until=until), _goes_on(at.on.show, until - manual.until, length, MAX_LENGTH))
    key = at.wanted.key
    if key is None or at.wanted.end is None or at.wanted.phase is Phase.PREROLL:
        return Verdict(manual, refusal("no_slot_to_extend"))
    before = dict(manual.extended)
    end = max(at.wanted.end, at.now, before.get(key, at.now))
    until = max(end, min(end + length, at.wanted.end + MAX_OVERRUN))
    extended = tuple((before | {key: until}).items())[-KEPT_KEYS:]
    reply = _goes_on(at.wanted.slot or at.wanted.show, until - end, length, MAX_OVERRUN)
    return Verdict(replace(manual, extended=extended), reply)


def _goes_on(what: str, more: Nanos, asked: Nanos, most: Nanos) -> Reply:
    """Say by how much *what* goes on, and why that is less than was *asked*."""
    if more <= 0:
        return refusal("no_longer", what=what, most=most)
    if more < asked:
        return done("extended_most", what=what, length=more, most=most)
    return done("extended", what=what, length=more)


def _set_up(command: ShowCard | Calibrate, manual: Manual, at: Situation) -> Verdict:
    if not at.outputs:
        return Verdict(manual, refusal("no_outputs"))
    if command.output is not None and command.output not in at.outputs:
        return Verdict(manual, refusal("no_output", output=command.output, outputs=", ".join(at.outputs)))
    match command:
        case ShowCard(name, output, length):
            return _uncarded(output, manual, at) if name is None else _carded(name, output, length, manual, at)
        case Calibrate(output, length, is_over):
            return _uncalibrated(manual, at) if is_over else _calibrated(output, length, manual, at)


def _carded(name: str, output: str | None, length: Nanos, manual: Manual, at: Situation) -> Verdict:
    """Put a test card up; a card that stays up would be seen by everybody who came for the memorial, so it never does."""
    if name not in at.cards:
        return Verdict(manual, refusal("no_card", card=name, cards=", ".join(at.cards)))
    on = (output,) if output else tuple(each for each in at.outputs if each not in at.unready) or at.outputs[:1]
    if on[0] in at.unready:
        return Verdict(manual, refusal("no_display", output=on[0], why=at.unready[on[0]]))
    cards = (*(card for card in manual.cards if card.output not in on), *(CardUp(each, name, at.now + length) for each in on))
    reply = done("card", card=name, outputs=", ".join(on), length=length)
    return Verdict(replace(manual, cards=cards), reply.also(*at.dark))


def _uncarded(output: str | None, manual: Manual, at: Situation) -> Verdict:
    kept = tuple(card for card in manual.cards if output is not None and card.output != output)
    is_any = kept != manual.cards
    return Verdict(replace(manual, cards=kept), done("card_off").also(*at.dark) if is_any else done("card_none"))


def _calibrated(on: str | None, length: Nanos, manual: Manual, at: Situation) -> Verdict:
    output = on or next((each for each in at.outputs if each not in at.unready), at.outputs[0])
    if output in at.unready:
        return Verdict(manual, refusal("no_editing", output=output, why=at.unready[output]))
    reply = done("keys", output=output, length=length)
    return Verdict(replace(manual, editing=Editing(output, at.now + length, length)), reply.also(*at.dark))


def _uncalibrated(manual: Manual, at: Situation) -> Verdict:
    return Verdict(replace(manual, editing=None), done("keys_off").also(*at.dark) if manual.editing else done("keys_none"))


def _ended(manual: Manual, at: Situation) -> Verdict:
    if at.on.is_by_hand:
        by_hand = replace(manual, show=None, until=None, is_held=False)
        return Verdict(by_hand, done("show_over", show=at.on.show, then=at.wanted.show), changes_show=True)
    key = at.wanted.key
    if key is None:
        return Verdict(manual, refusal("no_slot_to_end", show=at.wanted.show))
    ended = (*(each for each in manual.ended if each != key), key)[-KEPT_KEYS:]
    by_hand = replace(manual, ended=ended, extended=_without(manual, key), is_held=False)
    return Verdict(by_hand, done("slot_over", slot=at.wanted.slot), changes_show=True)


def _held(manual: Manual, at: Situation) -> Verdict:
    if manual.is_held:
        return Verdict(manual, done("held_already"))
    if at.on.page:
        return Verdict(manual, PAGE_UP)  # its minutes would stand still, and the show would not begin
    if at.on.broadcast:
        return Verdict(manual, LIVE_UP)
    if not at.has_slide:
        return Verdict(manual, refusal("no_slide"))
    return Verdict(replace(manual, is_held=True), done("held").also(*at.dark))


def _resumed(manual: Manual, at: Situation) -> Verdict:
    return Verdict(replace(manual, is_held=False), done("resumed").also(*at.dark) if manual.is_held else done("not_held"))


def _next(manual: Manual, at: Situation) -> Verdict:
    if (at.on.page or at.on.broadcast) and not manual.is_held:
        return Verdict(manual, PAGE_UP if at.on.page else LIVE_UP)
    if not at.has_slide:
        return Verdict(manual, refusal("plate_up"))
    return Verdict(manual, done("next_held" if manual.is_held else "next").also(*at.dark), Plain.NEXT)


def _previous(manual: Manual, at: Situation) -> Verdict:
    if (at.on.page or at.on.broadcast) and not manual.is_held:
        return Verdict(manual, PAGE_UP if at.on.page else LIVE_UP)
    return Verdict(manual, done("previous").also(*at.dark), Plain.PREVIOUS)


def _darkened(manual: Manual, _: Situation) -> Verdict:
    return Verdict(replace(manual, is_dark=True, lit_through=None), done("dark_already" if manual.is_dark else "dark"))


def _lit(manual: Manual, at: Situation) -> Verdict:
    quiet = at.wanted.quiet
    is_quiet_dark = quiet is not None and quiet.do is Do.DARK
    lit = replace(
        manual,
        is_dark=False,
        lit_through=quiet.id if quiet and is_quiet_dark else None,
        level=manual.level or BRIGHTEST,  # no light would be a strange answer to `light`
    )
    if not at.on.is_dark and lit == manual:
        return Verdict(lit, done("light_already"))
    fields: dict[str, object] = {"quiet": quiet.id} if quiet and is_quiet_dark else {}
    fields |= {"dim": at.on.dim} if at.on.dim < BRIGHTEST else {}
    key = "light" + ("_against" if "quiet" in fields else "") + ("_dimmed" if "dim" in fields else "")
    return Verdict(lit, done(key, **fields))


def _identified(manual: Manual, at: Situation) -> Verdict:
    if not at.may_identify:
        return Verdict(manual, refusal("no_naming"))
    if at.on.is_dark:
        return Verdict(manual, refusal("light_first"))
    return Verdict(manual, done("named"), Plain.IDENTIFY)


def _automatic(manual: Manual, _: Situation) -> Verdict:
    level = manual.level or BRIGHTEST
    stays = (remark("dim_stays", level=level),) if level < BRIGHTEST else ()
    return Verdict(Manual(level=level), done("auto").also(*stays), changes_show=True)


def _reloaded(manual: Manual, _: Situation) -> Verdict:
    return Verdict(manual, done("reloaded"), Plain.RELOAD)


def _without(manual: Manual, key: Key) -> tuple[tuple[Key, Nanos], ...]:
    return tuple(each for each in manual.extended if each[0] != key)


_PLAIN: Final[dict[Plain, Callable[[Manual, Situation], Verdict]]] = {
    Plain.NEXT: _next,
    Plain.PREVIOUS: _previous,
    Plain.HOLD: _held,
    Plain.RESUME: _resumed,
    Plain.DARK: _darkened,
    Plain.LIGHT: _lit,
    Plain.END: _ended,
    Plain.AUTO: _automatic,
    Plain.IDENTIFY: _identified,
    Plain.RELOAD: _reloaded,
}
