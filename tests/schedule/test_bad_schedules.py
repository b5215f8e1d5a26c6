"""What people get wrong in a schedule, as `check` tells them: the line, the reason, and the nearest right form."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.fakes.home import Home

HEAD: Final = "feeds: {}\nshow: one\nsite: {zone: Europe/Warsaw, latitude: 50.0343, longitude: 19.1785}\nschedule:\n"
A: Final = "id: a, show: one"
NINE: Final = "at: 09:00 to 10:00"
SLOTS: dict[str, str] = {
    f"{A}, day: 'mon, wed', {NINE}": "day: several days are a list: write [mon, wed]",
    f"{A}, day: weekend, {NINE}": 'day: there is no day "weekend": write sat-sun',
    f"{A}, day: workdays, {NINE}": 'day: there is no day "workdays": write mon-fri',
    f"{A}, day: daily, {NINE}": 'day: there is no day "daily": leave the key out for every day',
    f"{A}, day: mon-fir, {NINE}": 'day: there is no day "mon-fir". Did you mean "mon-fri"?',
    f"{A}, day: 01/27/2027, {NINE}": 'day: write 2027-01-27, not "01/27/2027"',
    f"{A}, day: 27 nisan, {NINE}": "day: write a day of the Hebrew calendar as {hebrew: 27 nisan}",
    f"{A}, day: {{hebrew: 27 nisan, rule: isreal}}, {NINE}": 'day: there is no rule "isreal". Did you mean "israel"?',
    f"{A}, day: {{hebrew: 30 iyar}}, {NINE}": "day: no year has a 30 iyar, which has 29 days: write 29 iyar",
    f"{A}, day: sat 2027-01-25..2027-01-27, {NINE}": (
        "day: there is no such day: the weekday is not among the dates: 2027-01-25..2027-01-27 has mon, tue, wed"
    ),
    f"{A}, at: [09:00, 17:00]": "at: write `09:00 to 17:00`, not a list; each stretch is a slot of its own",
    f"{A}, at: '09:00 to 12:00, 13:00 to 17:00'": (
        "at: a slot has one stretch: write `09:00 to 12:00`, and another slot for what comes after it"
    ),
    f"{A}, at: 22:00 to 25:30": "at: there is no 25:30: a day ends at 24:00; 01:30 as an end is the next day's",
    f"{A}, at: 22:00 to 99:99": "at: there is no 99:99: a day ends at 24:00",
    f"{A}, at: dark(-40) to 23:00": "at: dark is from 0 to -18 degrees, not -40: write dark(-18)",
    f"{A}, day: 2027-03-28, at: 02:10 to 02:50": "at: never happens: the clocks are set forward past all of it",
    f"{A}, {NINE}, preroll: 1d": "preroll: is from 0s to 6h",
    f"{A}, start: '2027-01-27T09:00Z', length: 0m": "length: is from 1s to 31d",
    f"id: a, show: {{live: x}}, {NINE}": "show: else is missing: what is shown while there is no x? Write {live: x, else: NAME}",
    f"id: a, show: {{live: x, else: one}}, {NINE}, overrun: 60m": 'overrun: write {hold: while-live, max: 60m}, not "60m"',
    f"id: a, show: {{live: x, else: one}}, {NINE}, overrun: {{max: 13h}}": "overrun.max: is from 1s to 12h",
}
QUIET: dict[str, str] = {
    "when: shabbat": 'when: write {shabbat: {}}, or {at: 22:00 to 06:00} with or without a day, not "shabbat"',
    "when: {shabbat: {end: 8.5}}": (
        "when.shabbat.end: the sun is 0 to 18 degrees below the horizon then: write `end: -8.5`, not 8.5"
    ),
    "when: {shabbat: {end: -80}}": (
        "when.shabbat.end: the sun is 0 to 18 degrees below the horizon then: write `end: -8.5`, not -80"
    ),
    "when: {shabbat: {candles: 3h}}": "when.shabbat.candles: is from 0s to 2h",
}


@pytest.mark.parametrize(("slot", "expected"), SLOTS.items(), ids=list(SLOTS))
def test_a_mistake_in_a_slot_is_told_with_what_was_meant(tmp_path: Path, slot: str, expected: str) -> None:
    """One problem, in its line, in words that say how to write it."""
    text = f"{HEAD}  slots:\n    - {{{slot}}}\n"
    assert Home(tmp_path).problems(text) == [f"config.yaml:6 schedule.slots.0.{expected}"]


@pytest.mark.parametrize(("rule", "expected"), QUIET.items(), ids=list(QUIET))
def test_a_mistake_in_a_quiet_rule_is_told_with_what_was_meant(tmp_path: Path, rule: str, expected: str) -> None:
    """The same for quiet times."""
    text = f"{HEAD}  quiet:\n    - {{{rule}}}\n"
    assert Home(tmp_path).problems(text) == [f"config.yaml:6 schedule.quiet.0.{expected}"]
