"""The next day in a line."""

from __future__ import annotations

from player.outlook import next_day
from tests.fakes.schedules import instant, rules


def test_the_next_day_has_the_times_of_its_changes() -> None:
    """What is on now, then each change with its local time; dark is told as dark, and one show in two slots is one."""
    text = """
        slots:
          - {id: a, show: day, at: 09:00 to 12:00}
          - {id: b, show: day, at: 12:00 to 17:00}
          - {id: c, show: facade, at: 18:00 to 23:00}
        quiet: [{when: {at: 23:00 to 06:00}, do: dark}]
    """
    now = instant("2027-01-20 10:00", "Europe/Warsaw")
    assert next_day(rules(text), now) == (
        "day, wall from 17:00, facade from 18:00, dark from 23:00, wall from 06:00, day from 09:00"
    )


def test_a_curfew_is_a_change() -> None:
    """It says how bright the wall may be from then on."""
    text = "quiet: [{when: {at: 22:00 to 23:00}, do: {dim: 40}}]"
    said = next_day(rules(text), instant("2027-01-20 10:00", "Europe/Warsaw"))
    assert said == "wall, wall (dim 40) from 22:00, wall from 23:00"


def test_without_a_change_it_is_one_word() -> None:
    """The fallback, for ever."""
    assert next_day(rules("slots: []"), instant("2027-01-20 10:00")) == "wall"


def test_a_day_of_many_changes_is_cut_short() -> None:
    """After eight of them the agenda says the rest."""
    slots = ", ".join(f"{{id: s{hour}, show: s{hour}, at: {hour:02}:00 to {hour + 1:02}:00}}" for hour in range(23))
    said = next_day(rules(f"slots: [{slots}]"), instant("2027-01-20 00:30", "Europe/Warsaw"))
    assert said.startswith("s0, s1 from 01:00, ")
    assert said.endswith("s7 from 07:00, and 17 more changes (weremember agenda)")


def test_seconds_are_told_where_there_are_some() -> None:
    """05:37:30 is not 05:37, neither here nor in the reason that the agenda gives."""
    found = rules("slots: [{id: a, show: day, at: 05:37:30 to 06:00}]")
    assert next_day(found, instant("2027-01-20 04:00", "Europe/Warsaw")).startswith("wall, day from 05:37:30, wall from 06:00")
    two = rules(
        "slots: [{id: a, show: day, at: 05:00 to 06:00, priority: 1}, {id: b, show: two, at: 05:37:30 to 06:00, priority: 2}]"
    )
    assert "05:37:30" in next_day(two, instant("2027-01-20 04:00", "Europe/Warsaw"))
