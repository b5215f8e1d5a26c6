"""Which show is on: the schedule's, a hand's before it, and dark before all."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.schedule.desired import Phase, Quiet, Wanted
from player.schedule.rules import Do
from player.schedule.why import reason
from player.show.on_air import (
    BRIEF,
    LONGEST_HOLD,
    Billed,
    CardUp,
    Editing,
    Manual,
    OnAir,
    Ordered,
    TitlePage,
    from_record,
    next_up,
    on_air,
    settled,
    signed,
    to_record,
)
from player.units import SECOND, Nanos

NOW: Final[Nanos] = 1_800_000_000 * SECOND
LATER: Final = NOW + 3600 * SECOND
WALL: Final = Wanted(slot=None, show="wall", until=LATER, reasons=(reason("fallback"),))
SLOT: Final = Wanted(
    slot="evening", show="facade", start=NOW - SECOND, end=LATER, until=LATER, reasons=(reason("alone", priority=0),)
)
DARK: Final = Quiet("night", Do.DARK, mute=False)
CURFEW: Final = replace(SLOT, quiet=Quiet("curfew", Do.DIM, mute=False, dim=40))

orders: Final = st.none() | st.builds(Ordered, st.text(max_size=3), st.integers(NOW - 9, NOW))
manuals: Final = st.builds(
    Manual,
    show_ordered=orders,
    dark_ordered=orders,
    show=st.none() | st.sampled_from(("wall", "names")),
    until=st.none() | st.integers(NOW - 9, NOW + 9),
    ended=st.lists(st.tuples(st.text(max_size=3), st.integers(0, 9)), max_size=3).map(tuple),
    extended=st.lists(st.tuples(st.tuples(st.text(max_size=3), st.integers(0, 9)), st.integers(0, 9)), max_size=3).map(tuple),
    is_dark=st.booleans(),
    lit_through=st.none() | st.just("night"),
    is_held=st.booleans(),
    level=st.integers(0, 100),
    cards=st.lists(st.builds(CardUp, st.sampled_from("ab"), st.just("grid"), st.integers(NOW - 9, NOW + 9)), max_size=2).map(
        tuple
    ),
    editing=st.none() | st.builds(Editing, st.just("a"), st.integers(NOW - 9, NOW + 9)),
)
wanteds: Final = st.sampled_from(
    (WALL, SLOT, CURFEW, replace(WALL, quiet=DARK), replace(SLOT, phase=Phase.PREROLL, start=NOW + SECOND))
)


@given(wanteds, manuals, st.integers(NOW - 20, NOW + 20))
def test_dark_wins_over_all(wanted: Wanted, manual: Manual, now: Nanos) -> None:
    """Whoever asked for dark, or dimmed it to nothing, gets it, whatever else is on; and nothing else makes it dark."""
    on = on_air(wanted, manual, now)
    is_quiet = wanted.quiet is not None and wanted.quiet.do is Do.DARK and manual.lit_through is None
    curfew = wanted.quiet.dim if wanted.quiet else 100
    assert on.is_dark == (manual.is_dark or is_quiet or manual.level == 0)
    assert on.light == pytest.approx(0.0 if on.is_dark else manual.level / 100 * curfew / 100)


@given(wanteds, manuals, st.integers(NOW - 20, NOW + 20))
def test_a_show_by_hand_is_on_until_its_time_is_over(wanted: Wanted, manual: Manual, now: Nanos) -> None:
    """It comes before the schedule while it lasts, and the schedule is there again in the very instant of its end."""
    on = on_air(wanted, manual, now)
    lasts = manual.show is not None and (manual.until is None or now < manual.until)
    assert on.is_by_hand == lasts
    assert on.show == (manual.show if lasts else wanted.show)
    if lasts and manual.until is not None:
        assert on.until <= manual.until
        assert on_air(wanted, manual, manual.until).show == wanted.show


@given(wanteds, manuals, st.integers(NOW - 20, NOW + 20))
def test_forgetting_what_is_over_changes_nothing(wanted: Wanted, manual: Manual, now: Nanos) -> None:
    """Time may take from what was ordered by hand; what is on stays the same."""
    kept = settled(manual, wanted, now)
    assert on_air(wanted, kept, now) == on_air(wanted, manual, now)
    assert settled(kept, wanted, now) == kept


def test_light_by_hand_ends_with_the_quiet_time_that_it_was_for() -> None:
    """Who lights the wall on one night has not lit it for the next."""
    lit = Manual(lit_through="night")
    assert settled(lit, replace(WALL, quiet=DARK), NOW) == lit
    assert settled(lit, WALL, NOW) == Manual()
    assert settled(lit, replace(WALL, quiet=Quiet("other", Do.DARK, mute=False)), NOW) == Manual()


@given(manuals)
def test_what_was_ordered_comes_back_from_its_record(manual: Manual) -> None:
    """Everything outlives a restart but a hold, test cards and editing: nobody may be there any more who would end them."""
    assert from_record(to_record(manual)) == replace(manual, is_held=False, cards=(), editing=None)


@pytest.mark.parametrize("who", [7, "Ada", ["Ada"], ["Ada", "noon"], {"by": "Ada"}])
def test_who_ordered_it_may_be_unknown(who: object) -> None:
    """Whatever else was ordered counts all the same; so does a record of an earlier version."""
    record = to_record(Manual(show="names", is_dark=True)) | {"dark_ordered": who}
    del record["show_ordered"]
    assert from_record(record) == Manual(show="names", is_dark=True)


def test_it_is_known_who_ordered_what_holds() -> None:
    """Who began it, whoever says the same again; and nobody any more once it is over."""
    ada, olek = Ordered("Ada", NOW), Ordered("Olek", LATER)
    dark = signed(Manual(is_dark=True), Manual(), ada)
    assert (dark.dark_ordered, dark.show_ordered) == (ada, None)
    assert signed(dark, dark, olek) == dark
    assert signed(replace(dark, is_dark=False), dark, olek) == Manual()
    assert signed(Manual(level=0), Manual(), olek).dark_ordered == olek

    names = signed(replace(dark, show="names"), dark, olek)
    assert (names.dark_ordered, names.show_ordered) == (ada, olek)
    longer = signed(replace(names, until=LATER), names, ada)
    assert longer.show_ordered == ada
    assert longer.shifted(5).show_ordered == Ordered("Ada", NOW + 5)


@pytest.mark.parametrize("record", [{}, {"is_dark": True}, {"is_dark": True, "until": "soon", "level": []}, {"show": 7}])
def test_a_record_that_is_not_ours_is_nothing_but_perhaps_dark(record: dict[str, object]) -> None:
    """What cannot be read orders nothing; a wall that was dark stays dark."""
    assert from_record(record) == Manual(is_dark="is_dark" in record)


def test_what_was_put_on_for_an_hour_is_on_for_an_hour() -> None:
    """Setting the clock does not shorten it; what has no end is not touched."""
    assert Manual(show="wall", until=NOW).shifted(5).until == NOW + 5
    assert Manual(show="wall").shifted(5) == Manual(show="wall")


def test_the_schedule_hears_what_was_ended_and_extended() -> None:
    """Both are facts for whoever decides which slot wins."""
    key = ("evening", NOW)
    facts = Manual(ended=(key,), extended=((key, LATER),)).facts
    assert facts.passed == {key}
    assert facts.extended == ((key, LATER),)


def test_before_a_slot_its_title_page_is_on() -> None:
    """During the preroll it is not the show that is to be seen."""
    ahead = replace(SLOT, phase=Phase.PREROLL, title="Ceremony", start=LATER)
    assert on_air(ahead, Manual(), NOW).page == TitlePage("Ceremony", LATER)
    assert on_air(SLOT, Manual(), NOW).page is None
    assert on_air(ahead, Manual(show="wall"), NOW).page is None


def test_what_a_quiet_time_puts_on_has_no_title_page_before_it() -> None:
    """What is wanted then is that show: no minutes are counted down to one that does not begin."""
    ahead = replace(SLOT, show="wall", own_show="facade", phase=Phase.PREROLL, start=LATER, quiet=Quiet("q", Do.SHOW, mute=False))
    assert on_air(ahead, Manual(), NOW).page is None
    assert on_air(replace(ahead, quiet=Quiet("q", Do.STILL, mute=False)), Manual(), NOW).page is not None


# What comes next


def asked(*turns: tuple[Nanos, str], latest: Nanos = 0) -> list[OnAir]:
    """Return what is on from each instant to the next."""
    ends = [*(at for at, _ in turns[1:]), NOW + 10**18]
    return [OnAir(show=show, until=end, reasons=(), latest=max(at, latest)) for (at, show), end in zip(turns, ends, strict=True)]


def next_of(turns: list[OnAir], *, now: Nanos, playing: str | None, free: Nanos) -> Billed:
    """Return what comes next when *turns* follow each other."""

    def ask(t: Nanos) -> OnAir:
        return next(turn for turn in turns if t < turn.until)

    return next_up(ask, now=now, playing=(playing, None) if playing else None, free=free)


def test_the_next_slide_is_of_the_show_that_is_on() -> None:
    """Where nothing changes, it comes after the one that is up."""
    turns = asked((NOW, "wall"), (LATER, "facade"))
    billed = next_of(turns, now=NOW, playing="wall", free=NOW + 9 * SECOND)
    assert billed == Billed(show="wall")
    assert billed.due(NOW + 9 * SECOND) == NOW + 9 * SECOND


@pytest.mark.parametrize("before", [-3 * SECOND, 0, BRIEF - 1])
def test_a_show_that_begins_before_the_next_slide_could_stand_is_made_ready_for_its_instant(before: Nanos) -> None:
    """The last slide of a show stays a moment longer rather than that one begins which would be gone at once."""
    change = NOW + 9 * SECOND
    billed = next_of(asked((NOW, "wall"), (change, "facade")), now=NOW, playing="wall", free=change - before)
    assert billed == Billed(show="facade", since=change, latest=change)
    assert billed.due(change - before) == change


def test_a_show_that_is_on_while_another_is_up_begins_as_soon_as_it_can() -> None:
    """After an order by hand, or when its slide came late, nobody waits for the end of the slide that is up."""
    billed = next_of(asked((NOW - 9, "facade")), now=NOW, playing="wall", free=LATER)
    assert billed.due(LATER) <= NOW


def test_a_slot_may_wait_for_the_slide_that_is_up() -> None:
    """With patience it begins after that slide, but no later than it has patience for."""
    change, patience = NOW + 9 * SECOND, 30 * SECOND
    turns = asked((NOW, "wall"), (change, "facade"), latest=change + patience)
    billed = next_of(turns, now=NOW, playing="wall", free=change + BRIEF)
    assert billed == Billed(show="facade", since=change, latest=change + patience)
    assert billed.due(change + 12 * SECOND) == change + 12 * SECOND
    assert billed.due(change + 99 * SECOND) == change + patience
    assert next_of(turns, now=change + 1, playing="wall", free=LATER).latest == change + patience


@pytest.mark.parametrize(("patience", "waits"), [(0, 0), (30 * SECOND, 30 * SECOND), (None, LONGEST_HOLD)])
def test_patience_counts_from_the_beginning_of_the_slot(patience: Nanos | None, waits: Nanos) -> None:
    """A slot that comes back after another one does not wait again; a title page and a hand never do."""
    slot = replace(SLOT, patience=patience)
    assert on_air(slot, Manual(), NOW).latest == NOW - SECOND + waits
    assert on_air(replace(slot, phase=Phase.PREROLL), Manual(), NOW).latest == 0
    assert on_air(slot, Manual(show="wall"), NOW).latest == 0


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from("abc")), min_size=1, max_size=8), st.integers(0, 60), st.data())
def test_what_comes_next_is_what_is_on_when_it_comes(changes: list[tuple[int, str]], at: int, data: st.DataObject) -> None:
    """Whatever the schedule: at the instant that the next slide is due, its show is the one that is on."""
    starts = {NOW + second * SECOND: show for second, show in changes} | {NOW: "a"}
    turns = asked(*sorted(starts.items()))
    now = NOW + at * SECOND
    free = now + data.draw(st.integers(0, 20)) * SECOND
    playing = data.draw(st.sampled_from("abc"))
    billed = next_of(turns, now=now, playing=playing, free=free)
    due = max(now, billed.due(free))
    on = next(turn for turn in turns if due < turn.until)
    assert billed.show == on.show


def test_a_curfew_leaves_a_share_of_what_the_operator_wants() -> None:
    """Half of forty percent is a fifth; it is said why, also beside a show put on by hand; light by hand is no way out."""
    on = on_air(CURFEW, Manual(level=50), NOW)
    assert on.light == pytest.approx(0.2)
    assert on.why == "alone (priority 0); at most 40 % bright (curfew)"
    by_hand = on_air(CURFEW, Manual(show="wall", lit_through="curfew"), NOW)
    assert (by_hand.light, by_hand.why) == (0.4, "put on by hand; at most 40 % bright (curfew)")


def test_cards_and_editing_end_by_themselves() -> None:
    """The picture is back in the very instant of a card's end, and whoever asks is told when to ask again."""
    manual = Manual(cards=(CardUp("left", "grid", NOW + 5), CardUp("right", "bars", NOW + 9)), editing=Editing("left", NOW + 7))
    on = on_air(SLOT, manual, NOW)
    assert (on.card_on("left"), on.card_on("right"), on.card_on("top"), on.until) == ("grid", "bars", None, NOW + 5)
    later = on_air(SLOT, manual, NOW + 7)
    assert (later.card_on("left"), later.card_on("right"), later.editing, later.until) == (None, "bars", None, NOW + 9)
    assert settled(manual, SLOT, NOW + 9) == Manual()


def test_every_key_puts_off_the_end_of_editing() -> None:
    """Whoever works at a wall for two hours is not thrown out; whoever went home is, after the whole length."""
    editing = Editing("left", NOW + 7, length=60)
    assert Manual(editing=editing).touched(NOW + 5).editing == replace(editing, until=NOW + 65)
    assert Manual().touched(NOW) == Manual()


def test_a_clock_that_is_set_moves_cards_and_editing() -> None:
    """Fifteen minutes are fifteen minutes."""
    manual = Manual(cards=(CardUp("left", "grid", NOW),), editing=Editing("left", NOW))
    assert manual.shifted(60) == Manual(cards=(CardUp("left", "grid", NOW + 60),), editing=Editing("left", NOW + 60))
