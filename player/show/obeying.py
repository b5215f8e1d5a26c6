"""What becomes of an order: pure. What is by hand afterwards, what is answered, and what is left to be done at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from player.command import (
    BRIGHTEST,
    MAX_LENGTH,
    REFUSED,
    Calibrate,
    Command,
    Dim,
    Extend,
    Go,
    Plain,
    ShowCard,
    Withdraw,
    length_in_words,
)
from player.schedule.desired import Key, Phase, Wanted
from player.schedule.rules import MAX_OVERRUN, Do
from player.show.on_air import KEPT_KEYS, CardUp, Editing, Manual, OnAir, on_air
from player.units import Nanos

IN_THE_DARK: Final = "; it is dark: `light` shows it"
PAGE_IS_UP: Final = "a title page is up until the show begins: `go SHOW` puts another show on"
NO_OUTPUTS: Final = "there are no outputs: write `outputs: [{id: wall}]` in config.yaml"
PLATE_IS_UP: Final = "no slide is up yet: the next one comes as soon as somebody may be shown"


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
    def dark(self) -> str:
        """What is to be said besides, when nobody can see what became of it."""
        return IN_THE_DARK if self.on.is_dark else ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of it."""

    manual: Manual
    said: str
    """The answer, a sentence; of an order that is not carried out it begins with `REFUSED`."""
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
            return Verdict(manual, "withdrawn", command)
        case ShowCard() | Calibrate():
            return _set_up(command, manual, at)


def _refused(manual: Manual, why: str) -> Verdict:
    """Nothing becomes of it."""
    return Verdict(manual, f"{REFUSED}{why}")


def _gone(show: str, length: Nanos | None, manual: Manual, at: Situation) -> Verdict:
    if show not in at.shows:
        return _refused(manual, f'there is no show "{show}": {", ".join(at.shows)}')
    by_hand = replace(manual, show=show, until=None if length is None else at.now + length, is_held=False)
    how_long = "until `auto`" if length is None else f"for {length_in_words(length)}"
    was_on = "already, and stays " if at.on.show == show and at.on.page is None else ""
    return Verdict(by_hand, f"{show} is on {was_on}{how_long}{at.dark}", changes_show=True)


def _dimmed(level: int, manual: Manual, at: Situation) -> Verdict:
    dimmed = replace(manual, level=level)
    if level == 0:
        return Verdict(dimmed, "dim 0: the wall is dark, until `light` or a brighter `dim`")
    then = on_air(at.wanted, dimmed, at.now)
    curfew = f" of the {then.dim} % that the schedule allows" if then.dim < BRIGHTEST else ""
    return Verdict(dimmed, f"dim {level}{curfew}{IN_THE_DARK if then.is_dark else ''}")


def _extended(length: Nanos, manual: Manual, at: Situation) -> Verdict:
    if at.on.is_by_hand:
        if manual.until is None:
            return _refused(manual, f"{at.on.show} has no end that could be put off: it is on until `auto`")
        until = min(manual.until + length, at.now + MAX_LENGTH)
        return Verdict(replace(manual, until=until), _goes_on(at.on.show, until - manual.until, length, MAX_LENGTH))
    key = at.wanted.key
    if key is None or at.wanted.end is None or at.wanted.phase is Phase.PREROLL:
        return _refused(manual, "no slot is on that could be extended: `go SHOW --for 30m` puts a show on")
    before = dict(manual.extended)
    end = max(at.wanted.end, at.now, before.get(key, at.now))
    until = max(end, min(end + length, at.wanted.end + MAX_OVERRUN))
    extended = tuple((before | {key: until}).items())[-KEPT_KEYS:]
    said = _goes_on(at.wanted.slot or at.wanted.show, until - end, length, MAX_OVERRUN)
    return Verdict(replace(manual, extended=extended), said)


def _goes_on(what: str, more: Nanos, asked: Nanos, most: Nanos) -> str:
    """Say by how much *what* goes on, and why that is less than was *asked*."""
    if more <= 0:
        return f"{REFUSED}{what} cannot go on for longer: it was put off by {length_in_words(most)} already"
    limit = f", not longer: {length_in_words(most)} is the most" if more < asked else ""
    return f"{what} goes on for {length_in_words(more)} more{limit}"


def _set_up(command: ShowCard | Calibrate, manual: Manual, at: Situation) -> Verdict:
    if not at.outputs:
        return _refused(manual, NO_OUTPUTS)
    if command.output is not None and command.output not in at.outputs:
        return _refused(manual, f'there is no output "{command.output}": {", ".join(at.outputs)}')
    match command:
        case ShowCard(name, output, length):
            return _uncarded(output, manual, at) if name is None else _carded(name, output, length, manual, at)
        case Calibrate(output, length, is_over):
            return _uncalibrated(manual, at) if is_over else _calibrated(output, length, manual, at)


def _carded(name: str, output: str | None, length: Nanos, manual: Manual, at: Situation) -> Verdict:
    """Put a test card up; a card that stays up would be seen by everybody who came for the memorial, so it never does."""
    if name not in at.cards:
        return _refused(manual, f'there is no test card "{name}": {", ".join(at.cards)}')
    on = (output,) if output else tuple(each for each in at.outputs if each not in at.unready) or at.outputs[:1]
    if on[0] in at.unready:
        return _refused(manual, f"{on[0]} cannot show it: {at.unready[on[0]]}")
    cards = (*(card for card in manual.cards if card.output not in on), *(CardUp(each, name, at.now + length) for each in on))
    said = f"{name} is on {', '.join(on)} for {length_in_words(length)}; `testcard off` takes it away{at.dark}"
    return Verdict(replace(manual, cards=cards), said)


def _uncarded(output: str | None, manual: Manual, at: Situation) -> Verdict:
    kept = tuple(card for card in manual.cards if output is not None and card.output != output)
    is_any = kept != manual.cards
    return Verdict(replace(manual, cards=kept), f"the picture is back{at.dark}" if is_any else "no test card was up")


def _calibrated(on: str | None, length: Nanos, manual: Manual, at: Situation) -> Verdict:
    output = on or next((each for each in at.outputs if each not in at.unready), at.outputs[0])
    if output in at.unready:
        return _refused(manual, f"{output} cannot be edited: {at.unready[output]}")
    said = f"keys edit {output} now: H shows them; Esc ends it, or {length_in_words(length)} without a key{at.dark}"
    return Verdict(replace(manual, editing=Editing(output, at.now + length, length)), said)


def _uncalibrated(manual: Manual, at: Situation) -> Verdict:
    return Verdict(replace(manual, editing=None), f"editing is over{at.dark}" if manual.editing else "nobody was editing")


def _ended(manual: Manual, at: Situation) -> Verdict:
    if at.on.is_by_hand:
        by_hand = replace(manual, show=None, until=None, is_held=False)
        return Verdict(by_hand, f"{at.on.show} is over; the schedule has {at.wanted.show}", changes_show=True)
    key = at.wanted.key
    if key is None:
        return _refused(manual, f"no slot is on that could be ended: {at.wanted.show} is what is on between them")
    ended = (*(each for each in manual.ended if each != key), key)[-KEPT_KEYS:]
    by_hand = replace(manual, ended=ended, extended=_without(manual, key), is_held=False)
    return Verdict(by_hand, f"{at.wanted.slot} is over for this time; `auto` takes that back", changes_show=True)


def _held(manual: Manual, at: Situation) -> Verdict:
    if manual.is_held:
        return Verdict(manual, "held already")
    if at.on.page:
        return _refused(manual, PAGE_IS_UP)  # its minutes would stand still, and the show would not begin
    if not at.has_slide:
        return _refused(manual, "there is no slide to hold yet")
    return Verdict(replace(manual, is_held=True), f"held, until `resume`{at.dark}")


def _resumed(manual: Manual, at: Situation) -> Verdict:
    return Verdict(replace(manual, is_held=False), f"it goes on{at.dark}" if manual.is_held else "nothing was held")


def _next(manual: Manual, at: Situation) -> Verdict:
    if at.on.page and not manual.is_held:
        return _refused(manual, PAGE_IS_UP)
    if not at.has_slide:
        return _refused(manual, PLATE_IS_UP)
    held = ", and is held" if manual.is_held else ""
    return Verdict(manual, f"the next slide comes{held}{at.dark}", Plain.NEXT)


def _previous(manual: Manual, at: Situation) -> Verdict:
    if at.on.page and not manual.is_held:
        return _refused(manual, PAGE_IS_UP)
    return Verdict(manual, f"the slide before is up again{at.dark}", Plain.PREVIOUS)


def _darkened(manual: Manual, _: Situation) -> Verdict:
    return Verdict(replace(manual, is_dark=True, lit_through=None), "dark already" if manual.is_dark else "dark")


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
        return Verdict(lit, "it is light already")
    curfew = f", {at.on.dim} % of it by the schedule" if at.on.dim < BRIGHTEST else ""
    return Verdict(lit, f"light, though {quiet.id} asks for dark{curfew}" if quiet and is_quiet_dark else f"light{curfew}")


def _identified(manual: Manual, at: Situation) -> Verdict:
    if not at.may_identify:
        return _refused(manual, "the display is not named before the public: `display: {operator_keys: true}` allows it")
    if at.on.is_dark:
        return _refused(manual, "it is dark: `light` first")
    return Verdict(manual, "the display says its name for 5 s", Plain.IDENTIFY)


def _automatic(manual: Manual, _: Situation) -> Verdict:
    level = manual.level or BRIGHTEST
    dimmed = f"; dim {level} stays" if level < BRIGHTEST else ""
    return Verdict(Manual(level=level), f"back to the schedule{dimmed}", changes_show=True)


def _reloaded(manual: Manual, _: Situation) -> Verdict:
    return Verdict(manual, "read again", Plain.RELOAD)


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
