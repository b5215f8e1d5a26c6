"""What should be on: one winner at every instant, the same from memory as from scratch, before a restart and after."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.schedule.desired import KEPT_ANSWERS, Facts, Phase, Timetable, Wanted, desired
from player.schedule.resolve import Calendar, Occurrence
from player.schedule.rules import HOUR, Do
from player.schedule.zones import day_span, local
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.schedules import PLACES, WEEK, instant, rules

MINUTE: Final = 60 * SECOND
EVERYTHING: Final = """
slots:
  - {id: all, show: a, at: 00:00 to 24:00, priority: -1, day: mon-fri}
  - {id: night, show: b, at: 22:00 to 02:30, priority: 5}
  - {id: gap, show: c, at: 02:30 to 03:00, priority: 5}
  - {id: dusk, show: d, at: dark(-6)+10m to 23:30, priority: 7, preroll: 20m}
  - {id: eve, show: e, at: sunset@eve-1h to 01:00, day: [sat, sun], priority: 6}
  - {id: dim, show: f, at: 04:00 to 21:00, only_if: dark(-3), priority: 4}
  - {id: nisan, show: g, at: sunset@eve to 24:00, day: {hebrew: 27 nisan, rule: israel}, priority: 8}
  - {id: here, show: h, start: '2028-02-29T00:30[Europe/Warsaw]', length: 3d, preroll: 2h, priority: 3}
  - {id: noon, show: i, at: 11:00 to 13:00, priority: 2}
  - {id: lunch, show: j, at: 12:30 to 14:00, priority: 2}
  - {id: ahead, show: k, at: 00:00-90m to 00:30, priority: 9, day: sun}
quiet:
  - {when: {shabbat: {}}, do: still, mute: true}
  - {when: {at: 23:00 to 06:00}, do: dark}
  - {when: {day: sat, at: 12:00 to 20:00}, do: {show: silent}}
"""


@cache
def _everything(zone: str) -> Timetable:
    return Timetable(rules(EVERYTHING, zone))


class Slow:
    """The answer by looking at every slot on every date near, with a memory for dates alone."""

    def __init__(self, zone: str) -> None:
        self.calendar = Calendar(rules(EVERYTHING, zone))
        self.known: dict[date, tuple[Occurrence, ...]] = {}

    def _on(self, day: date) -> tuple[Occurrence, ...]:
        if day not in self.known:
            slots = self.calendar.rules.slots
            self.known[day] = tuple(each for slot in slots for each in self.calendar.occurrences(slot, day))
        return self.known[day]

    def answer(self, now: Nanos) -> tuple[str | None, Nanos | None, str | None, tuple[str, ...]]:
        """Slot, start, quiet rule, and what is hidden."""
        today = local(now, self.calendar.zone).date()
        near = [today + timedelta(step) for step in range(-5, 6)]
        on = [each for day in near for each in self._on(day) if each.span.start - each.slot.preroll <= now < each.span.end]
        quiet = [
            each.rule
            for day in [*near, today - timedelta(6)]
            for each in self.calendar.quiet(day)
            if each.span.start <= now < each.span.end
        ]
        loudest = max(quiet, key=lambda rule: list(Do).index(rule.do), default=None)
        on.sort(key=lambda each: each.slot.id)
        on.sort(key=lambda each: (each.slot.priority, each.span.start), reverse=True)
        quiet_id = loudest.id if loudest else None
        if not on:
            return None, None, quiet_id, ()
        return on[0].slot.id, on[0].span.start, quiet_id, tuple(each.slot.id for each in on[1:])


@cache
def _slow(zone: str) -> Slow:
    return Slow(zone)


def _as_slow(wanted: Wanted) -> tuple[str | None, Nanos | None, str | None, tuple[str, ...]]:
    return wanted.slot, wanted.start, wanted.quiet.id if wanted.quiet else None, wanted.hides


def _switches(zone: str) -> list[date]:
    """Every date from 2026 to 2032 that is no 24 hours long."""
    days = (date(2026, 1, 1) + timedelta(step) for step in range(7 * 365 + 2))
    here = ZoneInfo(zone)
    noons = [(day, datetime(day.year, day.month, day.day, tzinfo=here).utcoffset()) for day in days]
    return [day for (day, now), (_, then) in pairwise(noons) if now != then]


@pytest.mark.parametrize("zone", list(PLACES))
def test_memory_and_brute_force_agree_on_every_switch_day(zone: str) -> None:
    """From 2026 to 2032, at each change and just before it: one winner, the same by both ways, and no gap between answers."""
    timetable, slow = _everything(zone), _slow(zone)
    for day in [*_switches(zone), date(2027, 1, 27), date(2028, 2, 29), date(2031, 12, 31)]:
        sheet = timetable.sheet(day)
        assert sheet.span == day_span(day, timetable.calendar.zone)
        assert sheet.starts[0] == sheet.span.start
        for start, until in zip(sheet.starts, [*sheet.starts[1:], sheet.span.end], strict=True):
            assert sheet.at(start).until == until
            assert sheet.at(until - 1) is sheet.at(start)
            assert _as_slow(timetable.wanted(start)) == slow.answer(start), local(start, timetable.calendar.zone)
            assert _as_slow(timetable.wanted(until - 1)) == slow.answer(until - 1)


BEGIN, END = instant("2026-01-01 00:00"), instant("2033-01-01 00:00")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(PLACES)), st.integers(BEGIN, END))
def test_a_restart_changes_nothing(zone: str, now: Nanos) -> None:
    """A timetable that has been asked a hundred times, and the pure function that knows nothing, say the same."""
    asked = _everything(zone)
    wanted = asked.wanted(now)
    assert wanted == desired(now, asked.calendar.rules)
    assert _as_slow(wanted) == _slow(zone).answer(now)
    assert wanted.until > now
    assert replace(asked.wanted(wanted.until - 1), until=0) == replace(wanted, until=0)


def test_the_campaigns_week_in_warsaw() -> None:
    """What the file says, hour by hour."""
    timetable = Timetable(rules(WEEK))

    def show_at(text: str) -> tuple[str, str | None]:
        wanted = timetable.wanted(instant(text, "Europe/Warsaw"))
        return wanted.show, wanted.slot

    assert show_at("2027-01-20 08:59:59") == ("wall", None)
    assert show_at("2027-01-20 09:00") == ("wall", "wall")
    assert show_at("2027-01-20 17:00") == ("wall", None)
    assert show_at("2027-01-20 17:04") == ("facade", "facade")
    assert show_at("2027-01-22 23:29:59") == ("facade", "facade")
    assert show_at("2027-01-22 23:30") == ("names", "late")
    assert show_at("2027-01-23 01:59:59") == ("names", "late")
    assert show_at("2027-01-23 02:00") == ("wall", None)
    assert show_at("2027-01-27 14:54:59") == ("wall", "wall")
    assert show_at("2027-01-27 14:55") == ("film-27", "ceremony")
    assert show_at("2027-01-27 16:30") == ("wall", "wall")
    assert show_at("2027-01-28 12:00") == ("wall", None)


def test_a_ceremony_is_wanted_with_all_that_the_loop_needs() -> None:
    """Its title page before, its stream, how it begins, and how to join it late."""
    at = instant("2027-01-27 14:00")
    before, on = (desired(now, rules(WEEK)) for now in (at - MILLISECOND, at))
    assert (before.phase, before.start, before.until) == (Phase.PREROLL, at, at)
    assert before.why == "begins at 15:00; priority 100 over wall (10)"
    assert (on.phase, on.title, on.live, on.show) == (Phase.ON, "The ceremony", "ceremony-27", "film-27")
    assert (on.start, on.end, on.key) == (at, at + 90 * MINUTE, ("ceremony", at))
    assert (on.patience, on.join, on.hides) == (30 * SECOND, "restart", ("wall",))
    assert on.ordinal == date(2027, 1, 27).toordinal()


def test_a_ceremony_holds_what_is_below_while_it_is_live() -> None:
    """Past its end, for as long as its stream is alive, and for an hour at most."""
    timetable = Timetable(rules(WEEK))
    end = instant("2027-01-27 15:30")
    live = Facts(live=frozenset({"ceremony-27"}))
    held = timetable.wanted(end, live)
    assert (held.slot, held.phase, held.until) == ("ceremony", Phase.OVERRUN, end + 30 * MINUTE)
    assert timetable.wanted(end + 50 * MINUTE, live).until == end + HOUR
    assert timetable.wanted(end + 50 * MINUTE, live).hides == ("facade",)
    assert timetable.wanted(end + HOUR - 1, live).slot == "ceremony"
    assert timetable.wanted(end + HOUR, live).slot == "facade"
    assert timetable.wanted(end).slot == "wall"
    assert timetable.wanted(end, Facts(live=frozenset({"another"}))).slot == "wall"


def test_a_slot_that_is_passed_over_shows_what_it_hid() -> None:
    """Ended by an operator, or begun before the player did: this time alone."""
    timetable = Timetable(rules(WEEK))
    now = instant("2027-01-22 21:30")
    late = timetable.wanted(now + 2 * HOUR)
    facade = timetable.wanted(now)
    assert facade.key is not None
    assert timetable.wanted(now, Facts(passed=frozenset({facade.key}))).slot == "late"
    assert late.slot == "late"
    assert timetable.wanted(now + 24 * HOUR, Facts(passed=frozenset({facade.key}))).slot == "facade"


def test_a_slot_is_extended_also_over_midnight() -> None:
    """Until the time that the operator gave it, and its answers say when that is."""
    timetable = Timetable(rules(WEEK))
    end = instant("2027-01-20 22:30")
    key = timetable.wanted(end - 1).key
    assert key is not None
    facts = Facts(extended=((key, end + 2 * HOUR),))
    assert timetable.wanted(end - 1, facts).phase is Phase.ON
    for now in (end, end + HOUR, end + 2 * HOUR - 1):
        wanted = timetable.wanted(now, facts)
        assert (wanted.slot, wanted.phase) == ("facade", Phase.OVERRUN)
        assert wanted.until <= end + 2 * HOUR
        assert wanted == desired(now, timetable.calendar.rules, facts)
    assert timetable.wanted(end + 2 * HOUR, facts).slot is None


def test_equal_priorities_have_one_winner_all_the_same() -> None:
    """The later start, then the first by name; and the answer says that this is a mistake of the file."""
    two = """
        slots:
          - {id: b, show: b, at: 09:00 to 12:00}
          - {id: a, show: a, at: 09:00 to 13:00}
          - {id: c, show: c, at: 10:00 to 11:00}
    """
    timetable = Timetable(rules(two, "UTC"))
    first, later = (timetable.wanted(instant(f"2027-01-20 {at}")) for at in ("09:30", "10:30"))
    assert (first.slot, first.overlaps) == ("a", ("b",))
    assert first.why == "priority 0; overlaps b of the same priority, and is the first by name"
    assert (later.slot, later.overlaps) == ("c", ("a", "b"))
    assert later.why.endswith("overlaps a, b of the same priority, and begins later")


def test_the_strongest_quiet_wins_and_any_of_them_mutes() -> None:
    """Dark before another show before still before going on."""
    text = """
        slots: [{id: day, show: day, at: 00:00 to 24:00}]
        quiet:
          - {when: {at: 10:00 to 20:00}, do: keep, mute: true}
          - {when: {at: 12:00 to 18:00}, do: still}
          - {id: names, when: {at: 14:00 to 16:00}, do: {show: silent}}
          - {when: {at: 15:00 to 17:00}, do: dark}
    """
    timetable = Timetable(rules(text, "UTC"))
    seen = [timetable.wanted(instant(f"2027-01-20 {hour}:30")) for hour in (10, 12, 14, 15, 19)]
    assert [(each.quiet.id, each.quiet.do, each.show) for each in seen if each.quiet] == [
        ("quiet", Do.KEEP, "day"),
        ("quiet-2", Do.STILL, "day"),
        ("names", Do.SHOW, "silent"),
        ("quiet-3", Do.DARK, "day"),
        ("quiet", Do.KEEP, "day"),
    ]
    assert [each.own_show for each in seen] == ["day"] * 5
    assert [each.is_own for each in seen] == [True, True, False, True, True]
    assert all(each.quiet and each.quiet.mute for each in seen)
    assert timetable.wanted(instant("2027-01-20 09:00")).quiet is None


@pytest.mark.parametrize(
    ("text", "at", "until"),
    [
        ("[{when: {at: 23:30 to 06:00}, do: dark}]", "2027-01-20 23:45", "2027-01-21 06:00"),
        ("[{when: {at: 23:30 to 06:00}, do: dark}]", "2027-01-21 05:59", "2027-01-21 06:00"),
        (
            "[{when: {at: 22:00 to 24:00}, do: dark}, {when: {at: 00:00 to 07:00}, do: dark}]",
            "2027-01-20 22:00",
            "2027-01-21 07:00",
        ),
        (
            "[{when: {at: 22:00 to 23:00}, do: dark}, {when: {at: 22:30 to 23:30}, do: still}]",
            "2027-01-20 22:45",
            "2027-01-20 23:00",
        ),
        ("[{when: {at: 00:00 to 24:00}, do: dark}]", "2027-01-20 12:00", None),
        ("[{when: {at: 22:00 to 23:00}, do: still}]", "2027-01-20 22:45", None),
    ],
)
def test_it_is_known_until_when_it_is_dark(text: str, at: str, until: str | None) -> None:
    """Through all that follow each other without a gap, slots or no slots; not of anything else, nor of what never ends."""
    timetable = Timetable(rules(f"{{slots: [{{id: late, show: a, at: 23:40 to 01:00}}], quiet: {text}}}", "UTC"))
    quiet = timetable.wanted(instant(at)).quiet
    assert quiet is not None
    assert quiet.dark_until == (None if until is None else instant(until))


def test_a_curfew_dims_whatever_else_is_quiet() -> None:
    """The darkest of all dims that hold counts beside the strongest rule, for light and motion are two things; dark is dark."""
    text = """
        slots: [{id: day, show: day, at: 00:00 to 24:00}]
        quiet:
          - {when: {at: 10:00 to 20:00}, do: keep}
          - {id: dusk, when: {at: 11:00 to 19:00}, do: {dim: 60}}
          - {id: curfew, when: {at: 12:00 to 18:00}, do: {dim: 40%}}
          - {id: rest, when: {at: 14:00 to 18:00}, do: still}
          - {id: names, when: {at: 15:00 to 18:00}, do: {show: silent}}
          - {id: night, when: {at: 16:00 to 17:00}, do: dark}
    """
    timetable = Timetable(rules(text, "UTC"))
    seen = [timetable.wanted(instant(f"2027-01-20 {hour}:30")).quiet for hour in (10, 11, 12, 14, 15, 16, 18)]
    assert [(each.id, each.do, each.dim) for each in seen if each] == [
        ("quiet", Do.KEEP, 100),
        ("dusk", Do.DIM, 60),
        ("curfew", Do.DIM, 40),
        ("rest", Do.STILL, 40),
        ("names", Do.SHOW, 40),
        ("night", Do.DARK, 40),
        ("dusk", Do.DIM, 60),
    ]


def test_nothing_written_is_the_fallback_for_ever() -> None:
    """Without slots the configuration's show is on."""
    wanted = desired(instant("2027-01-20 12:00"), rules("{}"))
    assert (wanted.slot, wanted.show, wanted.quiet, wanted.key) == (None, "wall", None, None)
    assert wanted.until == instant("2027-01-21 00:00", "Europe/Warsaw")


@pytest.mark.parametrize("now", [0, 1, SECOND, instant("2100-02-28 12:00"), instant("1999-12-31 23:59")])
def test_any_time_has_an_answer(now: Nanos) -> None:
    """Also 1970, where a machine without a clock is."""
    assert desired(now, rules(EVERYTHING)).until > now


def test_what_is_remembered_stays_little() -> None:
    """A week of days, however long it runs."""
    timetable = Timetable(rules(WEEK))
    now = instant("2027-01-20 12:00")
    for step in range(40):
        timetable.wanted(now + step * 24 * HOUR)
    assert len(timetable._sheets) <= 8


def test_an_answer_that_facts_had_a_part_in_is_kept_while_it_holds() -> None:
    """Not past its end, not before its beginning, and not for other facts."""
    timetable = Timetable(rules(WEEK))
    end = instant("2027-01-27 15:30")
    live = Facts(live=frozenset({"ceremony-27"}))
    first = timetable.wanted(end, live)
    assert timetable.wanted(first.until - 1, live) is first
    assert timetable.wanted(first.until, live) == desired(first.until, timetable.calendar.rules, live)
    assert timetable.wanted(end, live) == first
    assert timetable.wanted(end - 1, live).phase is Phase.ON
    assert timetable.wanted(end).slot == "wall"
    assert timetable.wanted(end, Facts(passed=frozenset({("ceremony", instant("2027-01-27 14:00"))}))).slot == "wall"


def test_answers_that_are_asked_for_in_turn_are_each_kept() -> None:
    """Whoever plans ahead asks what is on now, and what comes then, and then, frame after frame."""
    timetable = Timetable(rules(WEEK))
    facts, at = Facts(passed=frozenset({("ceremony", instant("2027-01-27 14:00"))})), instant("2027-01-27 00:30")
    turns: list[Wanted] = []
    for _ in range(KEPT_ANSWERS):
        turns.append(timetable.wanted(at, facts))
        at = turns[-1].until
    assert all(timetable.wanted(turn.until - 1, facts) is turn for _ in range(3) for turn in turns)
    for step in range(40):
        timetable.wanted(at + step * HOUR, facts)
    assert len(timetable._answers) == KEPT_ANSWERS
