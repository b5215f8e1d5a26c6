"""`weremember agenda` for people, for programs, and as a calendar."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import click
import icalendar
import pytest
from rich.console import Console

from player.errors import OperatorError
from player.schedule.agenda import agenda
from player.settings import Configuration
from player.timesheet import print_table, table
from player.timetable import Asked, as_calendar, show_agenda
from tests.fakes.home import Home
from tests.fakes.schedules import instant, rules

NOW = instant("2027-01-22 12:00")
TEXT = """feeds: {}
streams: {stream: {url: https://live.example/stream.m3u8}}
show: one
site: {name: Memorial, zone: Europe/Warsaw, latitude: 50.0343, longitude: 19.1785}
schedule:
  slots:
    - {id: wall, show: one, at: 09:00 to 17:00, priority: 10}
    - {id: noon, show: {live: stream, else: one}, at: 12:00 to 13:00, priority: 20, preroll: 5m}
  quiet: [{when: {shabbat: {}}, mute: true}]
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A site with two slots a day."""
    return Home(tmp_path).clean(TEXT)


def said(configuration: Configuration, asked: Asked) -> str:
    """What is printed."""
    lines: list[str] = []
    show_agenda(configuration, asked, now=NOW, say=lines.append)
    return "\n".join(lines)


def test_the_agenda_of_programs_is_a_list_of_objects(configuration: Configuration) -> None:
    """From today on, unless another day is named."""
    objects = json.loads(said(configuration, Asked(days=1, as_json=True)))
    assert [(each["slot"], each["start"], each["quiet"]) for each in objects] == [
        (None, "2027-01-21T23:00:00Z", None),
        ("wall", "2027-01-22T08:00:00Z", None),
        ("noon", "2027-01-22T10:55:00Z", None),
        ("noon", "2027-01-22T11:00:00Z", None),
        ("wall", "2027-01-22T12:00:00Z", None),
        ("wall", "2027-01-22T15:02:08Z", "shabbat"),
        (None, "2027-01-22T16:00:00Z", "shabbat"),
    ]
    other = json.loads(said(configuration, Asked(first=date(2027, 6, 1), days=1, as_json=True)))
    assert other[0]["start"] == "2027-05-31T22:00:00Z"


def test_one_instant(configuration: Configuration) -> None:
    """What would be on then, why, and until when; as an object too."""
    asked = Asked(as_of=instant("2027-01-22 11:30"))
    assert said(configuration, asked).splitlines() == [
        "Fri 2027-01-22 12:30:00 Europe/Warsaw, 2027-01-22 11:30:00 UTC",
        "  show   stream (live), else one",
        "  slot   noon: priority 20 over wall (10)",
        "  until  13:00:00 at least",
        "  hides  wall",
    ]
    (only,) = json.loads(said(configuration, Asked(as_of=asked.as_of, as_json=True)))
    assert (only["slot"], only["end"]) == ("noon", "2027-01-22T12:00:00Z")
    gap = said(configuration, Asked(as_of=instant("2027-01-22 22:59")))
    assert gap.splitlines()[1:] == [
        "  show   one",
        "  slot   none: the fallback",
        "  until  Sat 2027-01-23 00:00:00 at least",
        "  quiet  shabbat: keep, mute",
    ]


def lines_of(text: str, days: int, width: int) -> list[str]:
    """The agenda of a schedule as the lines of a table."""
    meant = rules(text)
    return [click.unstyle(line) for line in table(agenda(meant, date(2027, 1, 20), days), meant, width)]


def test_the_table_marks_gaps_and_overlaps() -> None:
    """Local time, UTC, show, why it won, what it hides; an end on a later day says so."""
    text = "slots: [{id: a, show: '[x]', at: 09:00 to 12:00}, {id: b, show: y, at: 11:00 to 24:00}]"
    day, gap, first, both, late = [line.split() for line in lines_of(text, 1, 200)[1:]]
    assert day == ["Wed", "2027-01-20"]
    assert gap == ["00:00–09:00", "23:00", "wall", "gap", "the", "fallback"]
    assert first[:4] == ["09:00–11:00", "08:00", "[x]", "a"]
    assert both[-2:] == ["a", "(overlap)"]
    assert late[0] == "12:00–24:00"
    over_midnight = lines_of("slots: [{id: a, show: x, at: 22:00 to 02:00}]", 2, 80)
    assert any(line.startswith("22:00–02:00 +1d") for line in over_midnight)


def test_the_table_fits_an_old_terminal() -> None:
    """At 80 columns a plain day has a line for each stretch; what a slot hides is in its reason."""
    text = """
        days: {campaign: 2027-01-20..2027-01-27}
        slots:
          - {id: day, show: wall, day: campaign, at: 09:00 to 17:00, priority: 10}
          - {id: facade, show: facade, day: campaign, at: dark(-6)+10m to 23:30, priority: 20, only_if: dark}
        quiet: [{when: {at: 23:30 to 06:00}, do: dark}]
    """
    lines = lines_of(text, 1, 80)
    assert all(len(line) <= 80 for line in lines)
    assert lines[2:] == [
        "00:00–06:00     23:00     wall (dark)  gap     quiet  the fallback",
        "06:00–09:00     05:00     wall         gap            the fallback",
        "09:00–17:00     08:00     wall         day            alone (priority 10)",
        "17:00–17:03:20  16:00     wall         gap            the fallback",
        "17:03:20–23:30  16:03:20  facade       facade         alone (priority 20)",
        "23:30–24:00     22:30     wall (dark)  gap     quiet  the fallback",
    ]


def test_a_curfew_is_told_beside_what_it_dims() -> None:
    """How bright, behind the show; with what else is quiet, too."""
    text = """
        slots: [{id: day, show: wall, at: 09:00 to 24:00}]
        quiet:
          - {id: curfew, when: {at: 22:00 to 24:00}, do: {dim: 40}}
          - {id: rest, when: {at: 23:00 to 24:00}, do: still}
    """
    lines = lines_of(text, 1, 120)
    at = lines[0].index("show")
    assert [line[at:].partition("  ")[0] for line in lines[2:]] == ["wall", "wall", "wall (dim 40)", "wall (still, dim 40)"]


def test_names_that_are_too_long_are_folded() -> None:
    """However long, wide or many they are, no line is wider than the terminal, and none is lost."""
    show, slot = "מיר געדענקען " * 3, "a" * 64
    hidden = ", ".join(f"{{id: hidden-{n}, show: x, at: 09:00 to 12:00, priority: {n}}}" for n in range(9))
    lines = lines_of(f"slots: [{{id: {slot}, show: {show}, at: 09:00 to 12:00, priority: 99}}, {hidden}]", 1, 120)
    assert all(len(line) <= 120 for line in lines)
    together = "".join("".join(lines).split())
    assert all(f"hidden-{n}" in together for n in range(9))


@pytest.mark.parametrize("is_terminal", [True, False])
def test_only_a_terminal_is_coloured(*, is_terminal: bool) -> None:
    """What goes to a file, or to another program, is plain, and in lines that nobody folded."""
    meant = rules("slots: [{id: a, show: x, at: 09:00 to 12:00}, {id: b, show: y, at: 11:00 to 12:00}]")
    out = io.StringIO()
    print_table(agenda(meant, date(2027, 1, 20), 1), meant, Console(file=out, width=80, force_terminal=is_terminal))
    assert ("\x1b[" in out.getvalue()) is is_terminal
    assert ("hides" in out.getvalue()) is not is_terminal


def test_the_table_is_printed(configuration: Configuration, capsys: pytest.CaptureFixture[str]) -> None:
    """On the terminal, without anything that is asked for."""
    show_agenda(configuration, Asked(days=1), now=NOW, say=lambda _: None)
    assert "Fri 2027-01-22" in capsys.readouterr().out


def test_the_calendar_can_be_read_by_any_program(configuration: Configuration, tmp_path: Path) -> None:
    """Each slot an event named after its show, in UTC; a gap is none, nor is a title page; written twice it is the same."""
    file = tmp_path / "agenda.ics"
    assert said(configuration, Asked(days=1, ics=file)) == f"{file}: 4 events"
    first = file.read_bytes()
    said(configuration, Asked(days=1, ics=file))
    assert file.read_bytes() == first
    events = icalendar.Calendar.from_ical(first).events
    assert [str(event["summary"]) for event in events] == ["one"] * 4
    assert events[0].decoded("dtstart").isoformat() == "2027-01-22T08:00:00+00:00"
    assert events[-1].decoded("dtend").isoformat() == "2027-01-22T16:00:00+00:00"
    assert len({str(event["uid"]) for event in events}) == 4
    assert b"LOCATION:Memorial" in first
    assert "VEVENT" not in as_calendar((), NOW, "").decode()


def test_what_cannot_be_done_is_said(configuration: Configuration, tmp_path: Path) -> None:
    """A folder in the file's place, and more days than anybody asks for."""
    with pytest.raises(OperatorError, match="cannot be written"):
        said(configuration, Asked(days=1, ics=tmp_path))
    with pytest.raises(OperatorError, match="of 1 to 3660 days, not 10000"):
        said(configuration, Asked(days=10_000))
    with pytest.raises(OperatorError, match="no such agenda"):
        said(configuration, Asked(first=date.max, days=5))
