"""When the campaign ends, and what of the agenda counts until then."""

from __future__ import annotations

from datetime import date

import pytest

from player.schedule.agenda import agenda
from player.schedule.campaign import campaign_end, rows_of_slides, time_left
from tests.fakes.schedules import instant, rules, schedule

NOW = instant("2027-01-22 12:00")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("days: {campaign: 2027-01-20..2027-01-27, later: 2027-05-01}", "2027-01-27 23:00"),
        ("days: {campaign: [2026-01-20..2026-01-27, 2027-01-20..2027-01-27]}", "2027-01-27 23:00"),
        ("slots: [{id: a, show: one, day: 2027-01-20..2027-03-31, at: 09:00 to 10:00}]", "2027-03-31 22:00"),
        ("slots: [{id: a, show: one, start: '2027-02-01T10:00[Europe/Warsaw]', length: 2h}]", "2027-02-01 11:00"),
        ("days: {campaign: {hebrew: 27 nisan, rule: israel}}", "2027-05-04 22:00"),
        ("days: {campaign: 2026-01-20..2026-01-27}", None),
        ("slots: [{id: a, show: one, day: mon-fri, at: 09:00 to 10:00}]", None),
        ("slots: []", None),
    ],
)
def test_the_end_of_the_campaign(text: str, end: str | None) -> None:
    """The last day that has its name; else the last date that a slot names; what comes every week ends nothing."""
    assert campaign_end(schedule(text), rules(text), NOW) == (None if end is None else instant(end))


TEXT = """
slots:
  - {id: wall, show: wall, at: 09:00 to 17:00, priority: 10}
  - {id: late, show: late, at: 10:00 to 11:00, priority: 20, preroll: 10m}
  - {id: film, show: {live: stream, else: late}, at: 12:00 to 13:00, priority: 20}
quiet:
  - {id: lunch, when: {at: 13:00 to 14:00}, do: dark}
  - {id: nap, when: {at: 14:00 to 15:00}, do: still}
"""


def test_what_counts_is_what_shows_slides() -> None:
    """No title page, no stream, no darkness; a wall that stands still shows people as well."""
    rows = list(rows_of_slides(agenda(rules(TEXT, "UTC"), date(2027, 1, 22), 1), rules(TEXT, "UTC")))
    whole_day = {"now": instant("2027-01-22 00:00"), "until": instant("2027-01-23 00:00")}
    assert time_left(rows, "late", **whole_day) == 3600
    assert time_left(rows, "wall", **whole_day) == 16 * 3600 + 8 * 3600 - 600 - 3 * 3600
    assert time_left(rows, "wall", now=instant("2027-01-22 14:30"), until=instant("2027-01-22 16:00")) == 1.5 * 3600
    assert time_left(rows, "nobody", **whole_day) == 0
