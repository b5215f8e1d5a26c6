"""The agenda: rows without gap or overlap that say what `desired` says, split where anything changes that people ask about."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from player.schedule.agenda import MAX_DAYS, agenda, as_object, utc
from player.schedule.desired import desired
from player.schedule.zones import day_span
from player.schedule.zones import zone as zone_called
from player.units import MILLISECOND
from tests.fakes.schedules import PLACES, instant, rules

FULL = """
slots:
  - {id: wall, show: wall, at: 00:00 to 24:00, priority: 1}
  - {id: dusk, show: facade, at: dark(-6)+10m to 02:30, priority: 20, preroll: 10m}
  - {id: fixed, show: names, at: 22:00 to 23:00, priority: 10}
quiet: [{when: {shabbat: {}}, mute: true}]
"""


@pytest.mark.parametrize("zone", list(PLACES))
def test_the_rows_say_what_is_desired(zone: str) -> None:
    """Over both switches of 2027, in every zone: they touch each other, and each is right from its first to its last moment."""
    given = rules(FULL, zone)
    for first in (date(2027, 3, 27), date(2027, 10, 30)):
        rows = agenda(given, first, 3)
        here = zone_called(zone)
        assert rows[0].start == day_span(first, here).start
        assert rows[-1].end == day_span(first + timedelta(2), here).end
        assert all(one.end == other.start for one, other in pairwise(rows))
        for row in rows:
            for at in (row.start, (row.start + row.end) // 2, row.end - 1):
                wanted = desired(at, given)
                quiet = wanted.quiet.id if wanted.quiet else None
                assert (row.slot, row.show, row.quiet, row.why) == (wanted.slot, wanted.show, quiet, wanted.why)


def test_rows_are_split_where_something_changes_and_nowhere_else() -> None:
    """Slot, show, quiet rule and why; a day that begins is no change."""
    rows = agenda(rules(FULL), date(2027, 1, 20), 8)
    for one, other in pairwise(rows):
        assert (one.slot, one.show, one.quiet, one.why) != (other.slot, other.show, other.quiet, other.why)
    alone = agenda(rules("slots: [{id: wall, show: wall, at: 00:00 to 24:00}]"), date(2027, 1, 1), 365)
    assert len(alone) == 1


def test_a_row_as_an_object() -> None:
    """UTC in ISO 8601, and what it hides; a gap says that it is one."""
    row, *_ = agenda(rules("slots: [{id: a, show: x, at: 00:00 to 12:00}]"), date(2027, 1, 20), 1)
    assert as_object(row) == {
        "start": "2027-01-19T23:00:00Z",
        "end": "2027-01-20T11:00:00Z",
        "slot": "a",
        "show": "x",
        "live": None,
        "dim": 100,
        "title": "a",
        "quiet": None,
        "why": "alone (priority 0)",
        "hides": (),
        "overlaps": (),
        "phase": "on",
        "gap": False,
    }
    (_, gap) = agenda(rules("slots: [{id: a, show: x, at: 00:00 to 12:00}]"), date(2027, 1, 20), 1)
    assert (as_object(gap)["slot"], as_object(gap)["show"], as_object(gap)["gap"]) == (None, "wall", True)
    assert utc(instant("2027-01-20 11:00") + 250 * MILLISECOND) == "2027-01-20T11:00:00.250000Z"


def test_a_date_that_a_zone_left_out_has_no_rows() -> None:
    """Apia had no 30 December 2011; the days around it touch."""
    given = rules(FULL, "Pacific/Apia")
    rows = agenda(given, date(2011, 12, 29), 3)
    assert all(one.end == other.start and one.start < one.end for one, other in pairwise(rows))


@pytest.mark.parametrize("days", [0, -1, MAX_DAYS + 1])
def test_an_agenda_without_end_is_refused(days: int) -> None:
    """Ten years are enough."""
    with pytest.raises(ValueError, match="1 to 3660 days"):
        agenda(rules(FULL), date(2027, 1, 20), days)
