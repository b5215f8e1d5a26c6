"""What a local time means on every switch day of seven years, and whose rules count."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest
import tzdata
from hypothesis import given
from hypothesis import strategies as st

from player.schedule import zones
from player.schedule.span import Span
from player.schedule.zones import Database, choose, database, day_span, end_of, local, start_of, zone
from player.units import SECOND, Nanos

HOUR: Final[Nanos] = 3600 * SECOND
QUARTER: Final[Nanos] = 15 * 60 * SECOND  # the change of every zone here, and where it happens, is a multiple of it
FIRST: Final = date(2026, 1, 1)
LAST: Final = date(2032, 12, 31)
ZONES: Final = (
    "Europe/Warsaw",
    "Europe/Dublin",  # its winter is the exception
    "America/New_York",
    "America/Havana",  # has midnight twice
    "America/Santiago",  # loses midnight
    "America/Nuuk",  # switches on a Saturday evening
    "Africa/Casablanca",  # an hour back for Ramadan, the last time in 2026
    "Africa/Cairo",
    "Asia/Jerusalem",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Australia/Sydney",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",
    "Pacific/Chatham",
    "Antarctica/Troll",  # two hours
    "Antarctica/McMurdo",
    "Arctic/Longyearbyen",
)


def _at(text: str) -> Nanos:
    return round(datetime.fromisoformat(text).timestamp()) * SECOND


@cache
def _switch_days(name: str) -> tuple[date, ...]:
    """Return the local dates around each change of a zone's offset, found by looking every twelve hours."""
    here = zone(name)
    found: list[date] = []
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while at.year <= LAST.year:
        after = at + timedelta(hours=12)
        if at.astimezone(here).utcoffset() != after.astimezone(here).utcoffset():
            middle = at.astimezone(here).date()
            found += [middle + timedelta(days=number) for number in (-1, 0, 1, 2)]
        at = after
    return tuple(sorted(set(found)))


def _shown(day: date, here: ZoneInfo) -> dict[datetime, list[Nanos]]:
    """Return when a clock on the wall shows each quarter around a day: none, once or twice."""
    shown: defaultdict[datetime, list[Nanos]] = defaultdict(list)
    begin = _at(f"{day}T00:00Z") - 30 * HOUR
    for number in range(84 * 4):
        at = begin + number * QUARTER
        shown[local(at, here).replace(tzinfo=None)].append(at)
    return shown


@pytest.mark.parametrize("name", ZONES)
def test_every_quarter_of_every_switch_day_is_what_a_clock_on_the_wall_shows(name: str) -> None:
    """A start is the first instant that shows its time, an end the last; in a gap both are where the clock jumps to."""
    here = zone(name)
    for day in _switch_days(name):
        shown = _shown(day, here)
        order = sorted((at, wall) for wall, instants in shown.items() for at in instants)
        for minutes in range(0, 24 * 60, 15):
            at = time(minutes // 60, minutes % 60)
            wanted = datetime.combine(day, at)
            instants = shown.get(wanted) or [min(instant for instant, wall in order if wall > wanted)]

            assert start_of(day, at, here) == instants[0]
            assert end_of(day, at, here) == instants[-1 if minutes else 0]


@pytest.mark.parametrize("name", ZONES)
def test_days_follow_each_other_without_a_gap(name: str) -> None:
    """For seven years each day begins where the last one ended, and only switch days are not 24 hours long."""
    here, day = zone(name), FIRST
    before = day_span(day - timedelta(days=1), here)
    while day <= LAST:
        span = day_span(day, here)
        assert span.start == before.end
        assert local(span.start, here).date() == day
        hours = (span.end - span.start) / HOUR
        assert hours == 24 or (day in _switch_days(name) and hours in {22, 23, 23.5, 24.5, 25, 26})
        day, before = day + timedelta(days=1), span


def test_the_zones_tried_here_do_switch() -> None:
    """All but three of them change their clocks within these years, each of those at least seven times."""
    still = {name for name in ZONES if len(_switch_days(name)) < 7 * 4}

    assert still <= {"Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca"}


@pytest.mark.parametrize(
    ("name", "day", "at", "start", "end"),
    [
        ("Europe/Warsaw", "2027-03-28", "02:30", "2027-03-28T01:00Z", "2027-03-28T01:00Z"),
        ("Europe/Warsaw", "2026-10-25", "02:30", "2026-10-25T00:30Z", "2026-10-25T01:30Z"),
        ("Europe/Warsaw", "2026-10-25", "03:00", "2026-10-25T02:00Z", "2026-10-25T02:00Z"),
        ("Europe/Warsaw", "2027-01-27", "09:00", "2027-01-27T08:00Z", "2027-01-27T08:00Z"),
        ("Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03T14:45Z", "2027-04-03T15:15Z"),
        ("Australia/Lord_Howe", "2027-10-03", "02:15", "2027-10-02T15:30Z", "2027-10-02T15:30Z"),
        ("America/Havana", "2027-11-07", "00:00", "2027-11-07T04:00Z", "2027-11-07T04:00Z"),
        ("America/Havana", "2027-11-07", "00:30", "2027-11-07T04:30Z", "2027-11-07T05:30Z"),
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00Z", "2011-12-30T10:00Z"),
    ],
)
def test_times_that_come_twice_or_never(name: str, day: str, at: str, start: str, end: str) -> None:
    """A gap moves forward to its end; a repeated hour is its first as a start and its second as an end; midnight is one."""
    on, clock, here = date.fromisoformat(day), time.fromisoformat(at), zone(name)

    assert start_of(on, clock, here) == _at(start)
    assert end_of(on, clock, here) == _at(end)


def test_what_lasts_until_midnight_ends_where_the_next_day_begins() -> None:
    """On Havana's night with two midnights, 24:00 and the next day's 00:00 are the first: no two days share an hour."""
    here, day, following = zone("America/Havana"), date(2027, 11, 6), date(2027, 11, 7)

    assert end_of(day, None, here) == end_of(following, time(0), here) == start_of(following, time(0), here)


def test_a_day_that_a_zone_left_out_is_empty() -> None:
    """Samoa had no 30 December 2011: nothing fits into it, and the days around it are whole."""
    here = zone("Pacific/Apia")
    before, never, after = (day_span(date(2011, 12, day), here) for day in (29, 30, 31))

    assert never == Span(before.end, before.end)
    assert after.start == before.end
    assert [(span.end - span.start) / HOUR for span in (before, after)] == [24, 24]


TIMES: Final = st.times()
DAYS: Final = st.dates(FIRST, LAST)
NAMES: Final = st.sampled_from(ZONES)


@given(NAMES, st.data())
def test_a_later_time_is_never_earlier(name: str, data: st.DataObject) -> None:
    """Whatever the clocks do, of two local times the later one starts no sooner and ends no sooner."""
    days = st.sampled_from(_switch_days(name) or (FIRST,)) | DAYS
    one, other = sorted(data.draw(st.tuples(days, TIMES)) for _ in range(2))
    here = zone(name)

    assert start_of(*one, here) <= start_of(*other, here)
    assert end_of(*one, here) <= end_of(*other, here)
    assert start_of(*one, here) <= end_of(*one, here)
    assert end_of(*one, here) <= end_of(one[0], None, here)


@given(NAMES, DAYS, TIMES)
def test_a_start_shows_its_time_or_a_later_one(name: str, day: date, at: time) -> None:
    """At its start a clock on the wall shows the time that was meant, unless it jumps over it; a moment before, it does not."""
    here, wanted = zone(name), datetime.combine(day, at)
    start = start_of(day, at, here)

    assert local(start, here).replace(tzinfo=None) >= wanted
    assert local(start - 1_000, here).replace(tzinfo=None) < wanted


@given(st.integers(_at("1990-01-01T00:00Z"), _at("2040-01-01T00:00Z")), NAMES)
def test_an_instant_keeps_its_microsecond(at: Nanos, name: str) -> None:
    """No instant moves by being told in local time: floating point would lose a tenth of a microsecond, and an hour its fold."""
    told = local(at, zone(name))

    assert (told - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) == at // 1_000


@pytest.mark.parametrize(
    ("system", "package", "version", "source"),
    [
        ("2025b", "2026f", "2026f", "package"),
        ("2026f", "2026f", "2026f", "package"),
        ("2027a", "2026f", "2027a", "system"),
        ("2026za", "2026z", "2026za", "system"),
        (None, "2026f", "2026f", "package"),
        ("2026f", None, "2026f", "system"),
        (None, None, "", "package"),
    ],
)
def test_the_newer_rules_count(system: str | None, package: str | None, version: str, source: str) -> None:
    """Of the system's rules and the package's the newer ones are used; where the system does not say, the package's."""
    chosen = choose(system=system, package=package)

    assert (chosen.version, chosen.source) == (version, source)
    assert (chosen.system, chosen.package) == (system, package)


@pytest.mark.parametrize(
    ("version", "today", "expected"),
    [
        ("2026f", date(2027, 1, 26), False),  # 90 days after 28 October
        ("2026f", date(2027, 1, 27), True),
        ("2027q", date(2028, 3, 30), False),  # unknown here, and perhaps of December 2027
        ("2027q", date(2028, 4, 1), True),
        ("2019a", date(2026, 11, 21), True),
        ("", date(2026, 11, 21), True),
    ],
)
def test_rules_grow_old_after_ninety_days(version: str, today: date, expected: bool) -> None:  # noqa: FBT001  a row of the table
    """Rules are old 90 days after they came out; of a version that this program never heard of, after its year's end."""
    assert choose(system=version, package=None).is_old(today) is expected


def test_the_package_that_is_installed_has_its_day_here() -> None:
    """Whoever brings a newer tzdata writes down when it came out."""
    assert tzdata.IANA_VERSION in zones.RELEASED
    assert database().package == tzdata.IANA_VERSION
    assert database().version >= tzdata.IANA_VERSION


@pytest.mark.parametrize(
    ("first_line", "expected"), [("# version 2025b\n", "2025b"), ("# redo posix_only\n", None), (None, None), ("\0\xff", None)]
)
def test_the_systems_version_is_read_from_its_rules(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, first_line: str | None, expected: str | None
) -> None:
    """The first folder that exists counts, as for the standard library; without its file of rules nobody knows."""
    folder = tmp_path / "zoneinfo"
    folder.mkdir()
    if first_line is not None:
        (folder / "tzdata.zi").write_text(f"{first_line}# ddeps backzone\n", "latin-1")
    monkeypatch.setattr(zones, "TZPATH", (str(tmp_path / "none"), str(folder)))

    database.cache_clear()
    try:
        assert database().system == expected
    finally:
        database.cache_clear()


def test_without_a_system_the_package_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any rules of its own uses the package's."""
    monkeypatch.setattr(zones, "TZPATH", ())
    database.cache_clear()
    try:
        assert database() == choose(system=None, package=tzdata.IANA_VERSION)
    finally:
        database.cache_clear()


def test_zones_are_taken_from_the_rules_that_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system's rules are the newer ones, a zone is the standard library's own; else it is the package's."""
    newer = Database("2099a", "system", None, "2099a", "2026f")
    monkeypatch.setattr(zones, "database", lambda: newer)

    assert zone.__wrapped__("Europe/Warsaw") is ZoneInfo("Europe/Warsaw")

    monkeypatch.setattr(zones, "database", lambda: choose(system=None, package="2026f"))
    assert zone.__wrapped__("Europe/Warsaw") is not ZoneInfo("Europe/Warsaw")
    assert zone.__wrapped__("Europe/Warsaw").key == "Europe/Warsaw"


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("America/Vancouver", -7),
        ("America/Edmonton", -6),
        ("America/Winnipeg", -5),
        ("America/Havana", -4),
        ("Africa/Casablanca", 0),
    ],
)
def test_laws_of_2026_are_known_in_the_campaigns_week(name: str, hours: int) -> None:
    """In January 2027 five places are an hour off where a copy of 2025 is believed."""
    assert local(_at("2027-01-27T12:00Z"), zone(name)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("Europe/Warsow", "Did you mean Europe/Warsaw?"),
        ("Europe/Krakow", "Europe/"),
        ("europe/warsaw", "Did you mean Europe/Warsaw?"),
        ("Warsaw", "Did you mean Europe/Warsaw?"),
        ("New York", "Did you mean America/New_York?"),
        ("right/Europe/Warsaw", "Did you mean Europe/Warsaw?"),
        ("../../etc/passwd", "such as Europe/Warsaw"),
        ("Europe", "Europe"),
        ("", "such as Europe/Warsaw"),
        ("Ω" * 5_000, "such as Europe/Warsaw"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest(name: str, nearest: str) -> None:
    """What is no zone's name, or a path, or one that counts leap seconds, is refused with what may have been meant."""
    with pytest.raises(ValueError, match="there is no time zone") as refused:
        zone(name)

    assert nearest in str(refused.value)


def test_a_zone_that_cannot_be_read_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A damaged installation is told as such, not as a misspelling."""

    def elsewhere(_package: object) -> Path:
        return tmp_path

    monkeypatch.setattr(zones.resources, "files", elsewhere)
    monkeypatch.setattr(zones, "database", lambda: choose(system=None, package="2026f"))

    with pytest.raises(ValueError, match="cannot be read"):
        zone.__wrapped__("Europe/Warsaw")
