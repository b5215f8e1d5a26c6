"""One winner at each second, from 2026 to 2032, in every zone that is hard: against a second schedule that shares no code."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.schedule.agenda import agenda
from player.schedule.desired import Phase, Timetable, Wanted, desired
from player.schedule.zones import day_span, local
from player.schedule.zones import zone as zone_called
from player.units import SECOND
from tests.fakes.plain_schedule import Plain, PlainSlot, UnsureError
from tests.fakes.schedules import PLACES, rules

ZONES: Final = tuple(zone for zone in PLACES if zone != "UTC")
FIRST, LAST = date(2026, 1, 1), date(2032, 12, 31)
SPECIAL: Final = (
    date(2026, 12, 31),
    date(2027, 1, 27),
    date(2028, 2, 28),
    date(2028, 2, 29),
    date(2031, 12, 31),
    date(2032, 2, 29),
)
SLOTS: Final = (
    PlainSlot("all", -1, 0, 1440, frozenset(range(5))),
    PlainSlot("night", 5, 22 * 60, 150),
    PlainSlot("two", 5, 150, 180),
    PlainSlot("one", 4, 60, 120, preroll=30),
    PlainSlot("midnight", 6, 23 * 60 + 30, 1440),
    PlainSlot("early", 6, 0, 45, frozenset({6, 0})),
    PlainSlot("evening", 7, 10, 23 * 60 + 30, dusk=-6),
    PlainSlot("dim", 3, 240, 1260, only_below=-3),
    PlainSlot("leap", 9, 600, 900, first=date(2028, 2, 29), last=date(2028, 3, 1), preroll=120),
    PlainSlot("noon", 2, 660, 780),
    PlainSlot("lunch", 2, 750, 840),
)


@cache
def _plain(zone: str) -> Plain:
    place = PLACES[zone]
    return Plain(zone_called(zone), place.latitude, place.longitude, SLOTS)


@cache
def _switches(zone: str) -> list[date]:
    """Every date on which the clocks change, and the one after it."""
    here = zone_called(zone)
    noons = [datetime(2026, 1, 1, 12, tzinfo=here) + timedelta(step) for step in range((LAST - FIRST).days + 1)]
    changed = [then.date() for now, then in pairwise(noons) if now.utcoffset() != then.utcoffset()]
    return [day + timedelta(step) for day in changed for step in (0, 1)]


def _agrees(wanted: Wanted, plain: Plain, now: int, *, sun: frozenset[str]) -> bool:
    """Compare with what the plain schedule says; False when that does not know. When the sun began something, it cannot say."""
    try:
        slot, start, is_ahead, hides = plain.winner(now)
    except UnsureError:
        return False
    at = local(now * SECOND, plain.zone)
    assert (wanted.slot, list(wanted.hides)) == (slot, hides), at
    assert (wanted.phase is Phase.PREROLL) is is_ahead, at
    assert slot in sun or wanted.start == (None if start is None else start * SECOND), at
    return True


SUN: Final = frozenset({"evening", "dim"})


@pytest.mark.parametrize("zone", ZONES)
def test_there_is_one_winner_and_it_is_the_right_one(zone: str) -> None:
    """At each turning point, a second before it and one after, and at chance moments, on every switch day of seven years."""
    plain, timetable = _plain(zone), Timetable(rules(_plain(zone).text, zone))
    chance = random.Random(zone)
    days = sorted({*_switches(zone), *SPECIAL})
    asked = unsure = 0
    for day in days:
        sheet = timetable.sheet(day)
        length = (sheet.span.end - sheet.span.start) // SECOND
        turns = {at // SECOND + step for at in (*sheet.starts, sheet.span.end) for step in (-1, 0, 1)}
        for now in sorted(turns) + [sheet.span.start // SECOND + chance.randrange(length) for _ in range(20)]:
            wanted = timetable.wanted(now * SECOND)
            asked += 1
            unsure += not _agrees(wanted, plain, now, sun=SUN)
    assert asked > 20 * len(SPECIAL)
    assert unsure < asked / (2 if abs(plain.latitude) > 60 else 8)


@pytest.mark.parametrize("zone", ZONES)
def test_sheets_and_agenda_part_the_time_exactly(zone: str) -> None:
    """No second is in two rows or in none; each answer is true until it says, and then something else is, or a day begins."""
    given_rules = rules(_plain(zone).text, zone)
    timetable, here = Timetable(given_rules), zone_called(zone)
    for day in [*_switches(zone)[::6], *SPECIAL]:
        sheet = timetable.sheet(day)
        assert sheet.span == day_span(day, here)
        assert [*sheet.starts, sheet.span.end] == sorted({*sheet.starts, sheet.span.end})
        assert [each.until for each in sheet.wanted] == [*sheet.starts[1:], sheet.span.end]
        for start, each in zip(sheet.starts, sheet.wanted, strict=True):
            assert timetable.wanted(start) is timetable.wanted(each.until - 1) is each
            then = timetable.wanted(each.until)
            is_hidden = bool(each.hides)  # a slot that begins behind another one changes nothing that is told
            assert replace(then, until=0) != replace(each, until=0) or is_hidden or each.until == sheet.span.end
        rows = agenda(given_rules, day, 1)
        assert (rows[0].start, rows[-1].end) == (sheet.span.start, sheet.span.end)
        assert all(one.end == other.start for one, other in pairwise(rows))
        assert {row.start for row in rows} <= set(sheet.starts)


MINUTES: Final = st.integers(0, 1439)
DAYS: Final = st.one_of(st.just(frozenset(range(7))), st.frozensets(st.integers(0, 6), min_size=1, max_size=3))


@st.composite
def slots(draw: st.DrawFn) -> list[PlainSlot]:
    """Slots by the clock, some about the hours in which clocks are changed, some on the half hour, some without any reason."""
    count = draw(st.integers(1, 6))
    hours = st.one_of(MINUTES, st.sampled_from([0, 30, 60, 90, 119, 120, 121, 150, 180, 181, 1380, 1439]))
    found: list[PlainSlot] = []
    for number in range(count):
        start = draw(hours)
        end = draw(st.one_of(hours, st.just(1440)).filter(lambda end, start=start: end != start))
        priority, preroll = draw(st.integers(0, 3)), draw(st.sampled_from([0, 0, 5, 90]))
        found.append(PlainSlot(f"s{number}", priority, start, end, draw(DAYS), preroll=preroll))
    return found


@settings(max_examples=80, deadline=None)
@given(st.data(), slots(), st.sampled_from(ZONES))
def test_any_schedule_has_the_winner_that_the_plain_one_has(data: st.DataObject, written: list[PlainSlot], zone: str) -> None:
    """Whatever slots by the clock people write, on whichever day; also from scratch, which is what a restart is."""
    plain = Plain(zone_called(zone), 0, 0, written)
    given_rules = rules(plain.text, zone)
    timetable = Timetable(given_rules)
    day = data.draw(st.sampled_from(_switches(zone) or SPECIAL) | st.dates(FIRST, LAST))
    sheet = timetable.sheet(day)
    for at in sheet.starts:
        for now in (at // SECOND - 1, at // SECOND, at // SECOND + 1):
            assert _agrees(timetable.wanted(now * SECOND), plain, now, sun=frozenset())
    now = data.draw(st.integers(sheet.span.start // SECOND, sheet.span.end // SECOND - 1))
    assert _agrees(timetable.wanted(now * SECOND), plain, now, sun=frozenset())
    assert timetable.wanted(now * SECOND) == desired(now * SECOND, given_rules)
