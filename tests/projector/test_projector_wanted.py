"""What a projector should be, by the schedule and by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.projector.section import Projector
from player.projector.wanted import HORIZON, Aim, Circumstances, Goal, Habits, Lit, ahead, goal, habits_of
from player.schedule.desired import Timetable
from player.show.on_air import Manual
from player.units import SECOND, Nanos
from tests.fakes.schedules import instant, rules

MINUTE = 60 * SECOND
HABITS = habits_of(Projector(host="10.0.0.5"))
EVENING = "slots: [{id: facade, show: one, at: '18:00 to 22:00'}]"
Z = "UTC"


def aims(text: str, moments: dict[str, Aim], *, manual: Manual | None = None, habits: Habits = HABITS) -> None:
    """At each of the moments of a day, the aim is the one named."""
    timetable = Timetable(rules(text, Z))
    found = {
        at: goal(timetable, Circumstances(manual or Manual()), instant(f"2027-01-27 {at}"), habits=habits).aim for at in moments
    }
    assert found == moments


def said(text: str, at: str, *, manual: Manual | None = None, habits: Habits = HABITS) -> Goal:
    """The goal at a moment."""
    return goal(Timetable(rules(text, Z)), Circumstances(manual or Manual()), instant(f"2027-01-27 {at}"), habits=habits)


def test_an_evening() -> None:
    """Off by day, as it is when the show is near, on and dark ten minutes early, seen, and off at the end."""
    aims(
        EVENING,
        {
            "12:00:00": Aim.OFF,
            "17:47:59": Aim.OFF,
            "17:48:00": Aim.REST,
            "17:49:59": Aim.REST,
            "17:50:00": Aim.MUTED,
            "17:59:59": Aim.MUTED,
            "18:00:00": Aim.OPEN,
            "21:59:59": Aim.OPEN,
            "22:00:00": Aim.OFF,
        },
    )


def test_it_says_why_and_until_when() -> None:
    """For the console: the show that is waited for, or the one that ends."""
    assert said(EVENING, "17:55") == Goal(Aim.MUTED, "ready for the show", instant("2027-01-27 18:00"))
    assert said(EVENING, "19:00") == Goal(Aim.OPEN, "the show is on", instant("2027-01-27 22:00"))
    assert said(EVENING, "23:00") == Goal(Aim.OFF, "no show is on", instant("2027-01-28 18:00"))


def test_a_short_pause_is_not_worth_it() -> None:
    """Between two shows that are nearer than cooling down and being early it stays on, dark; between others it goes off."""
    text = "slots: [{id: a, show: one, at: '18:00 to 19:00'}, {id: b, show: one, at: '19:12 to 20:00'},"
    text += " {id: c, show: one, at: '20:13 to 21:00'}]"
    aims(
        text, {"19:00": Aim.REST, "19:02": Aim.MUTED, "19:12": Aim.OPEN, "20:00": Aim.OFF, "20:01": Aim.REST, "20:03": Aim.MUTED}
    )


def test_shows_that_touch_are_one() -> None:
    """Nothing happens between them."""
    text = "slots: [{id: a, show: one, at: '18:00 to 19:00'}, {id: b, show: two, at: '19:00 to 20:00'}]"
    assert said(text, "18:30").turns == instant("2027-01-27 20:00")


def test_a_title_page_is_part_of_the_show() -> None:
    """It is seen from its beginning, and waited for from ten minutes before that."""
    aims(
        "slots: [{id: a, show: one, at: '18:00 to 19:00', preroll: 5m}]",
        {"17:44": Aim.REST, "17:45": Aim.MUTED, "17:55": Aim.OPEN},
    )


def test_without_slots_the_show_is_always_on() -> None:
    """And with slots, the fallback between them is seen only where that is asked for."""
    aims("{}", {"04:00": Aim.OPEN})
    aims(EVENING, {"04:00": Aim.OFF})
    aims(EVENING, {"04:00": Aim.OPEN}, habits=habits_of(Projector(host="10.0.0.5", between="shown")))


QUIET = EVENING + "\nquiet: [{id: hush, do: dark, when: {at: '20:00 to 21:00'}}]"
NIGHT = "quiet: [{id: night, do: dark, when: {at: '23:00 to 06:00'}}]"


def test_quiet_dark_mutes_and_never_switches_off_in_a_show() -> None:
    """An hour of darkness in the middle: dark, and on."""
    aims(QUIET, {"19:59": Aim.OPEN, "20:00": Aim.REST, "20:49": Aim.REST, "20:50": Aim.MUTED, "21:00": Aim.OPEN})


def test_a_dark_night_is_a_pause() -> None:
    """Where the schedule has it dark for over two hours it goes off, unless that is not wanted; and it is back in time."""
    aims(NIGHT, {"22:59": Aim.OPEN, "23:00": Aim.OFF, "03:59": Aim.OFF, "04:01": Aim.REST, "05:50": Aim.MUTED, "06:00": Aim.OPEN})
    never = Projector.model_validate({"host": "10.0.0.5", "off_in_dark": "never"})
    aims(NIGHT, {"23:00": Aim.REST, "03:00": Aim.REST, "05:50": Aim.MUTED}, habits=habits_of(never))


def test_other_quiet_is_seen() -> None:
    """Keep, still and another show are pictures."""
    aims(EVENING + "\nquiet: [{id: hush, do: still, when: {at: '20:00 to 21:00'}}]", {"20:30": Aim.OPEN})


def test_dark_by_hand_mutes_for_as_long_as_it_takes() -> None:
    """Nobody knows how long, so it stays on; the next show finds it ready; where no show is on it goes off."""
    manual = Manual(is_dark=True)
    aims(EVENING, {"12:00": Aim.OFF, "17:55": Aim.MUTED, "19:00": Aim.MUTED, "22:30": Aim.OFF}, manual=manual)
    aims(EVENING, {"19:00": Aim.MUTED}, manual=Manual(level=0))
    aims(EVENING, {"19:00": Aim.OPEN}, manual=Manual(level=1))


def test_light_by_hand_lasts_through_this_darkness_and_not_the_next() -> None:
    """`light` overrules the rule once: what comes tomorrow is dark again, and known to be."""
    manual = Manual(lit_through="night")
    timetable = Timetable(rules(NIGHT, Z))
    now = instant("2027-01-27 23:30")
    assert goal(timetable, Circumstances(manual), now, habits=HABITS).aim is Aim.OPEN
    lits = [(each.lit, each.start) for each in ahead(timetable, manual, now, is_shown_between=False)]
    assert lits == [(Lit.SHOW, now), (Lit.DARK, instant("2027-01-28 23:00"))]


def test_a_show_put_on_by_hand_is_seen_until_its_end() -> None:
    """In a pause, at once; and a slot that an operator ended is over for this time."""
    until = instant("2027-01-27 12:30")
    assert said(EVENING, "12:00", manual=Manual(show="one", until=until)) == Goal(Aim.OPEN, "the show is on", until)
    assert said(EVENING, "12:00", manual=Manual(show="one")).turns is None
    ended = Manual(ended=(("facade", instant("2027-01-27 18:00")),))
    aims(EVENING, {"17:55": Aim.OFF, "19:00": Aim.OFF}, manual=ended)
    extended = Manual(extended=((("facade", instant("2027-01-27 18:00")), instant("2027-01-27 23:00")),))
    aims(EVENING, {"22:30": Aim.OPEN, "23:00": Aim.OFF}, manual=extended)


def test_only_if_dark_follows_the_sun() -> None:
    """Ten minutes before dusk on the day itself it is on."""
    text = "slots: [{id: it, show: one, at: 'dark(-6)+10m to 23:30'}]"
    timetable = Timetable(rules(text, "Europe/Warsaw"))
    now = instant("2027-01-27 12:00", "Europe/Warsaw")
    begins = goal(timetable, Circumstances(Manual()), now, habits=HABITS).turns
    assert begins is not None
    assert goal(timetable, Circumstances(Manual()), begins - 600 * SECOND, habits=HABITS).aim is Aim.MUTED
    assert goal(timetable, Circumstances(Manual()), begins, habits=HABITS).aim is Aim.OPEN


def test_a_show_next_week_switches_nothing_today() -> None:
    """Beyond a day nobody looks."""
    text = "slots: [{id: it, show: one, start: '2027-02-10T18:00[UTC]', length: 2h}]"
    assert said(text, "12:00") == Goal(Aim.OFF, "no show is on", None)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2 * 86_400), st.integers(0, 1440), st.integers(1, 600), st.integers(0, 1440), st.integers(1, 600))
def test_the_day_ahead_has_no_gap_and_the_answer_is_its_first_part(at: int, a: int, long: int, b: int, dark: int) -> None:
    """Whatever the slots: the stretches join from now to the horizon, no two neighbours are alike, and a show is open."""

    def clock(minute: int) -> str:
        return f"{minute // 60 % 24:02}:{minute % 60:02}"

    text = f"slots: [{{id: a, show: one, at: '{clock(a)} to {clock(a + long)}'}}]\n"
    text += f"quiet: [{{id: q, do: dark, when: {{at: '{clock(b)} to {clock(b + dark)}'}}}}]"
    timetable = Timetable(rules(text, "Europe/Warsaw"))
    now: Nanos = instant("2027-03-27 12:00") + at * SECOND
    course = ahead(timetable, Manual(), now, is_shown_between=False)
    assert course[0].start == now
    assert course[-1].end == now + HORIZON
    assert all(one.end == two.start and one.lit is not two.lit for one, two in pairwise(course))
    aim = goal(timetable, Circumstances(Manual()), now, habits=HABITS).aim
    assert (aim is Aim.OPEN) == (course[0].lit is Lit.SHOW)
    if aim is Aim.OFF:  # before it is to be open again there is time to cool down and to be early
        assert all(each.start - now > HABITS.shortest_pause for each in course if each.lit is Lit.SHOW)


@pytest.mark.parametrize("early", [0, 7200])
def test_being_early_may_be_nothing_or_hours(early: int) -> None:
    """At its bounds the rule is the same."""
    habits = habits_of(Projector(host="10.0.0.5", early=early, cool=0))
    assert said(EVENING, "17:59:59" if early == 0 else "15:59:59", habits=habits).aim is Aim.OFF
    assert said(EVENING, "18:00:00" if early == 0 else "16:00:00", habits=habits).aim is (Aim.OPEN if early == 0 else Aim.MUTED)


def test_whoever_works_at_the_picture_sees_it() -> None:
    """By day, with a test card up or while the shape is edited; unless somebody wants it dark."""
    timetable, noon = Timetable(rules(EVENING, Z)), instant("2027-01-27 12:00")
    at = Circumstances(Manual(), is_attended=True)
    assert goal(timetable, at, noon, habits=HABITS) == Goal(Aim.OPEN, "somebody works at the picture")
    for manual in (Manual(is_dark=True), Manual(level=0)):
        assert goal(timetable, Circumstances(manual, is_attended=True), noon, habits=HABITS).aim is Aim.OFF


@pytest.mark.parametrize(
    ("text", "manual", "aim"),
    [
        (EVENING, Manual(), Aim.KEEP),
        (EVENING, Manual(is_dark=True), Aim.REST),
        (NIGHT, Manual(is_dark=True), Aim.MUTED),
        (EVENING, Manual(show="one"), Aim.OPEN),
        (NIGHT, Manual(), Aim.OPEN),
    ],
)
def test_without_a_clock_hands_decide_alone(text: str, manual: Manual, aim: Aim) -> None:
    """Nothing is switched by a time that nobody believes; where the show is always on, it is on."""
    at = Circumstances(manual, is_timeless=True)
    for moment in ("2027-01-27 03:00", "2027-01-27 19:00"):
        assert goal(Timetable(rules(text, Z)), at, instant(moment), habits=HABITS).aim is aim
