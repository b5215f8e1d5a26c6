"""What becomes of an order, in every situation that it may meet."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from player.command import MAX_LENGTH, REFUSED, UNATTENDED, Calibrate, Command, Dim, Extend, Go, Plain, ShowCard, Withdraw
from player.command.replies import done, refusal, remark
from player.schedule.desired import Phase, Quiet, Wanted
from player.schedule.rules import MAX_OVERRUN, Do
from player.schedule.why import reason
from player.show.obeying import PAGE_UP, Situation, Verdict, obeyed
from player.show.on_air import CardUp, Editing, Manual, on_air
from player.units import SECOND, Nanos

IN_THE_DARK: Final = f"; {remark('in_the_dark')}"
NOW: Final[Nanos] = 1_800_000_000 * SECOND
END: Final = NOW + 3600 * SECOND
HOUR: Final = 3600 * SECOND
WALL: Final = Wanted(slot=None, show="wall", until=END, reasons=(reason("fallback"),))
SLOT: Final = Wanted(
    slot="evening", show="facade", start=NOW - SECOND, end=END, until=END, reasons=(reason("alone", priority=0),)
)
PREROLL: Final = replace(SLOT, start=NOW + SECOND, phase=Phase.PREROLL, title="An evening")
KEY: Final = ("evening", NOW - SECOND)
CURFEW: Final = replace(WALL, quiet=Quiet("curfew", Do.DIM, mute=False, dim=40))
NIGHT: Final = replace(WALL, quiet=Quiet("night", Do.DARK, mute=False))


def after(command: Command, manual: Manual | None = None, wanted: Wanted = WALL, **changes: bool) -> Verdict:
    """Return what becomes of *command* where this holds."""
    by_hand = manual or Manual()
    situation = Situation(
        now=NOW,
        wanted=wanted,
        on=on_air(wanted, by_hand, NOW),
        shows=("wall", "facade", "names"),
        has_slide=changes.get("has_slide", True),
        may_identify=changes.get("may_identify", True),
        outputs=("left", "right") if changes.get("has_outputs", True) else (),
        cards=("grid", "bars"),
        unready={"left": "its display is not there"} if changes.get("is_left_unready") else {},
    )
    return obeyed(command, by_hand, situation)


def test_a_show_is_put_on_for_a_time_or_until_auto() -> None:
    """It says how long, and nobody waits for the slide that is up."""
    assert after(Go("facade")) == Verdict(Manual(show="facade"), done("show", show="facade"), changes_show=True)
    assert after(Go("facade", HOUR)).manual == Manual(show="facade", until=NOW + HOUR)
    assert str(after(Go("facade", HOUR)).reply) == "facade is on for 1 h"


def test_a_show_that_there_is_not_is_not_put_on() -> None:
    """The answer names those that there are."""
    assert after(Go("fasade")) == Verdict(Manual(), refusal("no_show", show="fasade", shows="wall, facade, names"))


def test_putting_the_show_on_that_is_on_keeps_it_there() -> None:
    """Whoever orders it hears that it was on already, and how long it will be now."""
    assert after(Go("wall")) == Verdict(Manual(show="wall"), done("show_already", show="wall"), changes_show=True)
    assert str(after(Go("facade", HOUR), wanted=SLOT).reply) == "facade is on already, and stays for 1 h"
    assert str(after(Go("facade"), wanted=PREROLL).reply) == "facade is on until `auto`"


def test_another_show_ends_a_hold() -> None:
    """Whoever puts a show on wants to see it."""
    assert not after(Go("names"), Manual(is_held=True)).manual.is_held


def test_what_nobody_can_see_is_said_to_be_in_the_dark() -> None:
    """Orders are carried out in the dark as well, and their answers say so."""
    dark = Manual(is_dark=True)
    for command in (Go("names"), Plain.NEXT, Plain.PREVIOUS, Plain.HOLD, Dim(50)):
        verdict = after(command, dark)
        assert str(verdict.reply).endswith(IN_THE_DARK)
        assert verdict.manual.is_dark


@pytest.mark.parametrize(
    "manual", [Manual(), Manual(show="names"), Manual(is_held=True), Manual(lit_through="night"), Manual(level=0)]
)
@pytest.mark.parametrize("wanted", [WALL, SLOT, NIGHT])
def test_dark_is_never_refused(manual: Manual, wanted: Wanted) -> None:
    """Whatever else holds, it is dark afterwards, also where quiet time was lit by hand."""
    verdict = after(Plain.DARK, manual, wanted)
    assert str(verdict.reply) == "dark"
    assert on_air(wanted, verdict.manual, NOW).is_dark


@pytest.mark.parametrize("command", [Plain.LIGHT, Plain.AUTO])
@pytest.mark.parametrize("manual", [Manual(is_dark=True), Manual(level=0), Manual(is_dark=True, level=0, show="names")])
def test_light_and_auto_bring_light(command: Plain, manual: Manual) -> None:
    """After either the wall is not dark, not by its brightness either."""
    assert on_air(WALL, after(command, manual).manual, NOW).light == 1.0


def test_a_brightness_that_somebody_chose_stays() -> None:
    """Neither auto nor dark and light again forget that the projector is to be at 60."""
    assert after(Plain.AUTO, Manual(level=60, show="names")).manual == Manual(level=60)
    assert after(Plain.LIGHT, Manual(level=60, is_dark=True)).manual == Manual(level=60)


def test_light_holds_through_the_quiet_time_that_asks_for_dark() -> None:
    """It says against what."""
    verdict = after(Plain.LIGHT, wanted=NIGHT)
    assert str(verdict.reply) == "light, though night asks for dark"
    assert not on_air(NIGHT, verdict.manual, NOW).is_dark
    assert on_air(NIGHT, after(Plain.AUTO, verdict.manual, NIGHT).manual, NOW).is_dark


def test_orders_that_change_nothing_say_so() -> None:
    """Whoever orders twice is not left in doubt."""
    assert str(after(Plain.LIGHT).reply) == "it is light already"
    assert str(after(Plain.DARK, Manual(is_dark=True)).reply) == "dark already"
    assert str(after(Plain.HOLD, Manual(is_held=True)).reply) == "held already"
    assert str(after(Plain.RESUME).reply) == "nothing was held"


def test_only_a_slide_can_be_held() -> None:
    """The plate gives way to anybody who may be shown."""
    assert after(Plain.HOLD).manual.is_held
    assert after(Plain.HOLD, has_slide=False) == Verdict(Manual(), refusal("no_slide"))
    assert not after(Plain.RESUME, Manual(is_held=True)).manual.is_held


@pytest.mark.parametrize("command", [Plain.HOLD, Plain.NEXT, Plain.PREVIOUS])
def test_a_title_page_is_neither_held_nor_stepped(command: Plain) -> None:
    """Its minutes go by the clock, and so does what it announces; a slide that was held before may be let go all the same."""
    assert after(command, wanted=PREROLL) == Verdict(Manual(), PAGE_UP)
    assert not after(Plain.RESUME, Manual(is_held=True), PREROLL).manual.is_held
    assert after(Plain.NEXT, Manual(is_held=True), PREROLL).act is Plain.NEXT


def test_where_the_plate_is_up_no_slide_is_promised() -> None:
    """Nobody may be shown, or nobody is there yet."""
    assert after(Plain.NEXT, has_slide=False) == Verdict(Manual(), refusal("plate_up"))


def test_what_is_held_is_stepped_and_held() -> None:
    """The answer says both."""
    assert str(after(Plain.NEXT, Manual(is_held=True)).reply) == "the next slide comes, and is held"


def test_extending_puts_off_the_end_of_what_was_put_on_by_hand() -> None:
    """By so much more than it had; what has no end cannot end later."""
    assert after(Extend(HOUR), Manual(show="names", until=END)).manual.until == END + HOUR
    assert "no end that could be put off" in str(after(Extend(HOUR), Manual(show="names")).reply)


def test_extending_puts_off_the_end_of_the_slot_that_runs() -> None:
    """The schedule is told; a second time counts from the first."""
    once = after(Extend(HOUR), wanted=SLOT)
    assert once.manual.extended == ((KEY, END + HOUR),)
    assert str(once.reply) == "evening goes on for 1 h more"
    assert after(Extend(HOUR), once.manual, SLOT).manual.extended == ((KEY, END + 2 * HOUR),)


def test_a_slot_is_put_off_by_half_a_day_at_most() -> None:
    """So far the schedule goes along; what is beyond that is said, and not promised."""
    verdict = after(Extend(20 * HOUR), wanted=SLOT)
    assert verdict.manual.extended == ((KEY, END + MAX_OVERRUN),)
    assert str(verdict.reply) == "evening goes on for 12 h more, not longer: 12 h is the most"
    again = after(Extend(HOUR), verdict.manual, SLOT)
    assert again.manual == verdict.manual
    assert str(again.reply) == f"{REFUSED}evening cannot go on for longer: it was put off by 12 h already"


def test_what_was_put_on_by_hand_is_put_off_by_a_month_at_most() -> None:
    """Whoever extends and extends hears where it ends."""
    manual = Manual(show="names", until=NOW + MAX_LENGTH - HOUR)
    verdict = after(Extend(2 * HOUR), manual)
    assert verdict.manual.until == NOW + MAX_LENGTH
    assert str(verdict.reply) == "names goes on for 1 h more, not longer: 31 d is the most"
    assert "cannot go on for longer" in str(after(Extend(HOUR), verdict.manual).reply)


def test_what_has_outrun_its_end_is_extended_from_now() -> None:
    """A ceremony whose stream is alive past its end goes on for what was ordered, and not for what would be over already."""
    late = replace(SLOT, end=NOW - HOUR, phase=Phase.OVERRUN)
    verdict = after(Extend(HOUR), wanted=late)
    assert verdict.manual.extended == ((KEY, NOW + HOUR),)
    assert str(verdict.reply) == "evening goes on for 1 h more"


@pytest.mark.parametrize("wanted", [WALL, PREROLL])
def test_where_no_slot_runs_none_can_be_extended(wanted: Wanted) -> None:
    """The answer says what can be done instead."""
    verdict = after(Extend(HOUR), wanted=wanted)
    assert verdict == Verdict(Manual(), refusal("no_slot_to_extend"))


def test_the_end_of_a_slot_is_told_to_the_schedule() -> None:
    """It is over for this time, extended or not; the slot of another day is not touched."""
    verdict = after(Plain.END, Manual(extended=((KEY, END), (("other", 7), 9))), SLOT)
    assert verdict.manual == Manual(ended=(KEY,), extended=((("other", 7), 9),))
    assert verdict.changes_show
    assert after(Plain.END, verdict.manual, SLOT).manual.ended == (KEY,)


def test_the_end_of_a_show_by_hand_is_the_schedule() -> None:
    """It says what is on now."""
    verdict = after(Plain.END, Manual(show="names", until=END), SLOT)
    assert verdict == Verdict(Manual(), done("show_over", show="names", then="facade"), changes_show=True)


def test_what_is_on_between_the_slots_cannot_be_ended() -> None:
    """Something must be on."""
    assert str(after(Plain.END).reply) == f"{REFUSED}no slot is on that could be ended: wall is what is on between them"


def test_auto_is_as_if_nobody_had_touched_anything() -> None:
    """Show, hold, dark, ends and extensions: all are forgotten."""
    touched = Manual(show="names", until=END, ended=(KEY,), extended=((KEY, END),), is_dark=True, is_held=True, lit_through="x")
    assert after(Plain.AUTO, touched) == Verdict(Manual(), done("auto"), changes_show=True)


def test_auto_leaves_the_brightness_and_says_so() -> None:
    """It was set for the eyes of those who stand there, whatever is on."""
    dimmed = Manual(level=30)
    assert after(Plain.AUTO, dimmed) == Verdict(dimmed, done("auto").also(remark("dim_stays", level=30)), changes_show=True)


def test_the_display_says_its_name_only_where_that_was_allowed() -> None:
    """Before the public it says nothing of the house; in the dark nothing at all."""
    assert after(Plain.IDENTIFY).act is Plain.IDENTIFY
    assert after(Plain.IDENTIFY, may_identify=False).act is None
    assert "operator_keys: true" in str(after(Plain.IDENTIFY, may_identify=False).reply)
    assert after(Plain.IDENTIFY, Manual(is_dark=True)) == Verdict(Manual(is_dark=True), refusal("light_first"))


@pytest.mark.parametrize("command", [Plain.NEXT, Plain.PREVIOUS, Plain.RELOAD, Withdraw("p-17", "demo")])
def test_what_is_to_be_done_at_once_changes_nothing_else(command: Plain | Withdraw) -> None:
    """A hold stays one: whoever steps by hand goes on stepping."""
    held = Manual(is_held=True, show="names")
    verdict = after(command, held)
    assert verdict.act == command
    assert verdict.manual == held


def test_ended_and_extended_slots_do_not_pile_up() -> None:
    """Who ends a slot every day for a year is remembered for the last days alone."""
    manual = Manual()
    for day in range(100):
        slot = replace(SLOT, start=NOW + day)
        manual = after(Plain.END, after(Extend(HOUR), manual, slot).manual, slot).manual
    assert len(manual.ended) <= 16
    assert ("evening", NOW + 99) in manual.ended


def test_a_test_card_is_up_for_a_time() -> None:
    """On one output or all; the answer says how long and how it goes, and in the dark that nobody sees it."""
    verdict = after(ShowCard("grid"))
    assert str(verdict.reply) == "grid is on left, right for 15 min; `testcard off` takes it away"
    assert verdict.manual.cards == (CardUp("left", "grid", NOW + UNATTENDED), CardUp("right", "grid", NOW + UNATTENDED))
    other = after(ShowCard("bars", "left", 60 * SECOND), replace(verdict.manual, is_dark=True))
    assert other.manual.cards == (CardUp("right", "grid", NOW + UNATTENDED), CardUp("left", "bars", NOW + 60 * SECOND))
    assert str(other.reply) == f"bars is on left for 60 s; `testcard off` takes it away{IN_THE_DARK}"


def test_a_test_card_is_taken_away() -> None:
    """From one output or all; `auto` does that as well."""
    up = after(ShowCard("grid")).manual
    assert after(ShowCard(None, "left"), up).manual.cards == (CardUp("right", "grid", NOW + UNATTENDED),)
    assert after(ShowCard(None), up) == Verdict(Manual(), done("card_off"))
    assert after(ShowCard(None)) == Verdict(Manual(), done("card_none"))
    assert after(Plain.AUTO, up).manual == Manual()


def test_keys_edit_the_outputs_until_nobody_touches_them() -> None:
    """The first output, unless another one is named; it ends by a key, by an order, or by itself."""
    verdict = after(Calibrate())
    assert verdict.manual.editing == Editing("left", NOW + UNATTENDED)
    assert str(verdict.reply) == "keys edit left now: H shows them; Esc ends it, or 15 min without a key"
    assert after(Calibrate("right", HOUR)).manual.editing == Editing("right", NOW + HOUR, HOUR)
    assert after(Calibrate(is_over=True), verdict.manual) == Verdict(Manual(), done("keys_off"))
    assert after(Calibrate(is_over=True)) == Verdict(Manual(), done("keys_none"))


@pytest.mark.parametrize("command", [ShowCard("grid"), ShowCard(None), Calibrate(), Calibrate(is_over=True)])
def test_without_outputs_there_is_nothing_to_set_up(command: Command) -> None:
    """The answer says what to write; nothing of that kind ever stands before a plain display."""
    assert after(command, has_outputs=False) == Verdict(Manual(), refusal("no_outputs"))


def test_outputs_and_cards_that_there_are_not_are_told() -> None:
    """With those that there are."""
    for command in (ShowCard("grid", "lfet"), ShowCard(None, "lfet"), Calibrate("lfet")):
        assert after(command) == Verdict(Manual(), refusal("no_output", output="lfet", outputs="left, right"))
    assert after(ShowCard("gird")) == Verdict(Manual(), refusal("no_card", card="gird", cards="grid, bars"))


def test_a_curfew_is_said_to_whoever_wants_light() -> None:
    """Else the wall would look as if it had not heard."""
    assert str(after(Dim(60), wanted=CURFEW).reply) == "dim 60 of the 40 % that the schedule allows"
    in_the_dark = after(Dim(60), Manual(is_dark=True), wanted=CURFEW)
    assert str(in_the_dark.reply) == f"dim 60 of the 40 % that the schedule allows{IN_THE_DARK}"
    assert str(after(Plain.LIGHT, Manual(is_dark=True), wanted=CURFEW).reply) == "light, 40 % of it by the schedule"


def test_dimmed_to_nothing_is_dark_and_says_so() -> None:
    """What is brighter is light again, unless it is dark besides."""
    assert str(after(Dim(0)).reply).startswith("dim 0: the wall is dark")
    assert str(after(Plain.NEXT, Manual(level=0)).reply).endswith(IN_THE_DARK)
    assert after(Dim(50), Manual(level=0)) == Verdict(Manual(level=50), done("dim", level=50))
    assert str(after(Dim(50), Manual(level=0), wanted=NIGHT).reply) == f"dim 50{IN_THE_DARK}"


def test_an_output_that_cannot_be_edited_is_refused_with_the_reason() -> None:
    """Where none is named, editing begins at the first one that can."""
    refused = after(Calibrate("left"), is_left_unready=True)
    assert refused == Verdict(Manual(), refusal("no_editing", output="left", why="its display is not there"))
    editing = after(Calibrate(), is_left_unready=True).manual.editing
    assert editing is not None
    assert editing.output == "right"


def test_an_output_without_a_display_is_sent_no_test_card() -> None:
    """The answer says why; where none is named, the card is on those that can show it, and off is off everywhere."""
    refused = after(ShowCard("grid", "left"), is_left_unready=True)
    assert refused == Verdict(Manual(), refusal("no_display", output="left", why="its display is not there"))
    on = after(ShowCard("grid"), is_left_unready=True)
    assert str(on.reply).startswith("grid is on right for 15 min")
    assert on.manual.cards == (CardUp("right", "grid", NOW + UNATTENDED),)
    up = Manual(cards=(CardUp("left", "grid", NOW + UNATTENDED),))
    assert after(ShowCard(None, "left"), up, is_left_unready=True) == Verdict(Manual(), done("card_off"))
