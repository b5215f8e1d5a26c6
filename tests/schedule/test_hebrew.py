"""Hebrew dates against days that were kept, against another reckoning, and as people write them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.schedule.hebrew import Rule, may_exist, occurrences, parse

ALWAYS: Final = (date(1950, 1, 1), date(2100, 12, 31))
MONTHS: Final = (
    "nisan",
    "iyar",
    "sivan",
    "tammuz",
    "av",
    "elul",
    "tishrei",
    "cheshvan",
    "kislev",
    "tevet",
    "shevat",
    "adar",
    "adar i",
    "adar ii",
)


def _new_year(year: int) -> date:
    """Return 1 Tishrei by the rule of the moon's conjunction (Reingold and Dershowitz, Calendrical Calculations, chapter 8)."""

    def elapsed(each: int) -> int:
        months = (235 * each - 234) // 19
        day = 29 * months + (12_084 + 13_753 * months) // 25_920
        return day + 1 if 3 * (day + 1) % 7 < 3 else day

    before, this, after = (elapsed(each) for each in (year - 1, year, year + 1))
    delay = 2 if after - this == 356 else 1 if this - before == 382 else 0
    return date.fromordinal(-1_373_427 - 1 + 1 + this + delay)


def test_the_new_year_is_that_of_another_reckoning() -> None:
    """For 150 years, 1 Tishrei falls where the rule of the moon's conjunction puts it."""
    found = occurrences(1, "tishrei", "fixed", *ALWAYS)

    years = range(5711, 5711 + len(found))
    assert len(found) == 151
    assert list(found) == [_new_year(year) for year in years]


@pytest.mark.parametrize(
    ("day", "month", "expected"),
    [
        (1, "tishrei", ["2026-09-12", "2027-10-02", "2028-09-21", "2029-09-10", "2030-09-28"]),
        (15, "nisan", ["2026-04-02", "2027-04-22", "2028-04-11", "2029-03-31", "2030-04-18"]),
        (14, "adar", ["2026-03-03", "2027-03-23", "2028-03-12", "2029-03-01", "2030-03-19"]),
        (14, "adar ii", ["2026-03-03", "2027-03-23", "2028-03-12", "2029-03-01", "2030-03-19"]),
        (14, "adar i", ["2026-03-03", "2027-02-21", "2028-03-12", "2029-03-01", "2030-02-17"]),
        (25, "kislev", ["2026-12-05", "2027-12-25", "2028-12-13", "2029-12-02", "2030-12-21"]),
        (9, "av", ["2026-07-23", "2027-08-12", "2028-08-01", "2029-07-21", "2030-08-08"]),
        (10, "tevet", ["2026-12-20", "2028-01-09", "2028-12-28", "2029-12-16"]),
    ],
)
def test_feasts_and_fasts_fall_where_calendars_print_them(day: int, month: str, expected: list[str]) -> None:
    """New year, Passover, Purim in common and leap years, Hanukkah and fasts of 2026 to 2030."""
    found = occurrences(day, month, "fixed", date(2026, 1, 1), date(2030, 12, 31))

    assert [each.isoformat() for each in found] == sorted(expected)


@pytest.mark.parametrize(
    ("year", "kept", "itself"),
    [
        (2019, "05-02", "05-02"),
        (2020, "04-21", "04-21"),
        (2021, "04-08", "04-09"),  # a Friday
        (2022, "04-28", "04-28"),
        (2023, "04-18", "04-18"),
        (2024, "05-06", "05-05"),  # a Sunday
        (2025, "04-24", "04-25"),  # a Friday
        (2026, "04-14", "04-14"),
        (2027, "05-04", "05-04"),
        (2028, "04-24", "04-23"),  # a Sunday
        (2029, "04-12", "04-12"),
        (2030, "04-30", "04-30"),
    ],
)
def test_the_day_of_remembrance_is_when_israel_keeps_it(year: int, kept: str, itself: str) -> None:
    """27 Nisan is kept a day before a Friday and a day after a Sunday, and by the fixed rule on the date itself."""
    within = (date(year, 1, 1), date(year, 12, 31))

    assert occurrences(27, "nisan", "israel", *within) == (date.fromisoformat(f"{year}-{kept}"),)
    assert occurrences(27, "nisan", "fixed", *within) == (date.fromisoformat(f"{year}-{itself}"),)


def test_the_day_of_remembrance_never_touches_shabbat() -> None:
    """For 150 years it is a Monday, Tuesday or Thursday by Israel's rule, a day from the date at most, once a year."""
    kept = occurrences(27, "nisan", "israel", *ALWAYS)
    itself = occurrences(27, "nisan", "fixed", *ALWAYS)

    assert {each.weekday() for each in kept} == {0, 1, 3}
    assert {one - other for one, other in zip(kept, itself, strict=True)} == {timedelta(days=days) for days in (-1, 0, 1)}
    assert [each.year for each in kept] == list(range(1950, 2101))


def test_the_range_is_of_the_day_that_is_kept() -> None:
    """A day that was moved into the range counts, one that was moved out of it does not; both ends are included."""
    assert occurrences(27, "nisan", "israel", date(2025, 4, 24), date(2025, 4, 24)) == (date(2025, 4, 24),)
    assert not occurrences(27, "nisan", "israel", date(2025, 4, 25), date(2025, 4, 25))
    assert occurrences(27, "nisan", "israel", date(2024, 5, 6), date(2024, 5, 6)) == (date(2024, 5, 6),)
    assert not occurrences(27, "nisan", "israel", date(2024, 5, 5), date(2024, 5, 5))
    assert not occurrences(27, "nisan", "israel", date(2025, 4, 25), date(2025, 4, 24))


@pytest.mark.parametrize(("month", "share"), [("cheshvan", (0.4, 0.5)), ("kislev", (0.7, 0.85)), ("adar i", (0.3, 0.4))])
def test_a_thirtieth_is_found_only_in_years_that_have_it(month: str, share: tuple[float, float]) -> None:
    """In a year whose month has 29 days its 30th is left out, not moved to another day."""
    found = occurrences(30, month, "fixed", *ALWAYS)

    assert share[0] < len(found) / 151 < share[1]
    assert {(each - timedelta(days=1)) in occurrences(29, month, "fixed", *ALWAYS) for each in found} == {True}


@given(st.sampled_from(MONTHS), st.integers(1, 30), st.dates(date(1960, 1, 1), date(2090, 1, 1)), st.integers(0, 4_000))
def test_any_range_has_the_days_that_a_longer_one_has(month: str, day: int, first: date, length: int) -> None:
    """What is found does not depend on where one begins to look, is in order, and comes about once a year."""
    if not may_exist(day, month):
        return
    last = first + timedelta(days=length)

    found = occurrences(day, month, "fixed", first, last)

    assert found == tuple(each for each in occurrences(day, month, "fixed", *ALWAYS) if first <= each <= last)
    assert all((other - one).days >= 350 for one, other in pairwise(found))


def test_all_of_history_can_be_asked() -> None:
    """From the first to the last day that a calendar here has, nothing is raised."""
    assert len(occurrences(27, "nisan", "israel", date.min, date.max)) == 9999


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("27 nisan", (27, "nisan")),
        ("27 Nissan", (27, "nisan")),
        ("  27th of  Nisan ", (27, "nisan")),
        ("27 ניסן", (27, "nisan")),
        ("1 Adar II", (1, "adar ii")),
        ("1 adar 2", (1, "adar ii")),
        ("1 Adar Sheni", (1, "adar ii")),
        ("30 adar  i", (30, "adar i")),
        ("29 adar", (29, "adar")),
        ("30 Marcheshvan", (30, "cheshvan")),
        ("30 kislev", (30, "kislev")),
        ("15 Sh'vat", (15, "shevat")),
        ("15 sh’vat", (15, "shevat")),
        ("10 Teves", (10, "tevet")),
        ("9 Menachem Av", (9, "av")),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, expected: tuple[int, str]) -> None:
    """Months are known by their usual spellings, in Latin and in Hebrew letters, with either Adar."""
    assert parse(text) == expected
    assert may_exist(*expected)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("27 nissen", "Did you mean nisan?"),
        ("27 april", "They are nisan, iyar"),
        ("nisan 27", "such as 27 nisan"),
        ("nisan", "such as 27 nisan"),
        ("", "such as 27 nisan"),
        ("30 iyar", "no year has a 30 iyar, which has 29 days: write 29 iyar"),
        ("31 nisan", "which has 30 days: write 30 nisan"),
        ("0 nisan", "write 1 nisan"),
        ("30 adar", "write 29 adar or 30 adar i"),
        ("30 adar ii", "write 29 adar ii or 30 adar i"),
        ("5787-01-27", "such as 27 nisan"),
    ],
)
def test_what_is_no_date_is_refused_with_the_nearest(text: str, says: str) -> None:
    """A misspelt month, a day that no year has and a date the wrong way round are told how to be written."""
    with pytest.raises(ValueError, match=r"write|Hebrew month") as refused:
        parse(text)

    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("day", "month", "rule", "says"),
    [
        (30, "iyar", "fixed", "no year has a 30 iyar"),
        (0, "nisan", "fixed", "no year has a 0 nisan"),
        (5, "iyar", "israel", "rule: israel is for 27 nisan"),
        (1, "smarch", "fixed", "no Hebrew month"),
    ],
)
def test_what_no_year_has_is_not_looked_for(day: int, month: str, rule: Rule, says: str) -> None:
    """A day that cannot be, a month that is none, and Israel's rule for another day are errors, not empty answers."""
    with pytest.raises(ValueError, match=says):
        occurrences(day, month, rule, *ALWAYS)
