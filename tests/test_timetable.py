"""`weremember agenda` for people, for programs, and as a calendar."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import icalendar
import pytest
from rich.console import Console

from player.errors import OperatorError
from player.schedule.agenda import agenda
from player.schedule.zones import zone
from player.settings import Configuration
from player.timetable import Asked, as_calendar, parse_date, print_rows, show_agenda
from tests.fakes.home import Home
from tests.fakes.schedules import instant, rules

NOW = instant("2027-01-22 12:00")
TEXT = """feeds: {}
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
        "Fri 2027-01-22 12:30:00 Europe/Warsaw (2027-01-22 11:30:00 UTC): stream (live), else one",
        "  slot noon: priority 20 over wall (10); at least until 13:00:00",
        "  hides wall",
    ]
    (only,) = json.loads(said(configuration, Asked(as_of=asked.as_of, as_json=True)))
    assert (only["slot"], only["end"]) == ("noon", "2027-01-22T12:00:00Z")
    gap = said(configuration, Asked(as_of=instant("2027-01-22 22:59")))
    assert "  gap: no slot is on: the fallback; at least until 2027-01-23 00:00:00\n  quiet: shabbat" in gap


def test_the_table_marks_gaps_and_overlaps() -> None:
    """Local time, UTC, show, why it won, what it hides; an end on a later day says so."""
    text = "slots: [{id: a, show: '[x]', at: 09:00 to 12:00}, {id: b, show: y, at: 11:00 to 24:00}]"
    out = io.StringIO()
    rows = agenda(rules(text), date(2027, 1, 20), 1)
    print_rows(rows, zone("Europe/Warsaw"), Console(file=out, width=200))
    day, gap, first, both, late = [line.split() for line in out.getvalue().splitlines()[1:]]
    assert day == ["Wed", "2027-01-20"]
    assert gap[:4] == ["00:00–09:00", "23:00–08:00", "wall", "gap"]
    assert first[:4] == ["09:00–11:00", "08:00–10:00", "[x]", "a"]
    assert both[-2:] == ["a", "(overlap)"]
    assert late[0] == "12:00–24:00"
    out.truncate(0)
    print_rows(
        agenda(rules("slots: [{id: a, show: x, at: 22:00 to 02:00}]"), date(2027, 1, 20), 2), zone("UTC"), Console(file=out)
    )
    assert "21:00–01:00 +1d" in out.getvalue()


def test_the_table_is_printed(configuration: Configuration, capsys: pytest.CaptureFixture[str]) -> None:
    """On the terminal, without anything that is asked for."""
    show_agenda(configuration, Asked(days=1), now=NOW, say=lambda _: None)
    assert "Fri 2027-01-22" in capsys.readouterr().out


def test_the_calendar_can_be_read_by_any_program(configuration: Configuration, tmp_path: Path) -> None:
    """Each slot an event named after its show, in UTC; what is a gap is none; written twice it is the same."""
    file = tmp_path / "agenda.ics"
    assert said(configuration, Asked(days=1, ics=file)) == f"{file}: 5 events"
    first = file.read_bytes()
    said(configuration, Asked(days=1, ics=file))
    assert file.read_bytes() == first
    events = icalendar.Calendar.from_ical(first).events
    assert [str(event["summary"]) for event in events] == ["one"] * 5
    assert events[0].decoded("dtstart").isoformat() == "2027-01-22T08:00:00+00:00"
    assert events[-1].decoded("dtend").isoformat() == "2027-01-22T16:00:00+00:00"
    assert len({str(event["uid"]) for event in events}) == 5
    assert b"LOCATION:Memorial" in first
    assert "VEVENT" not in as_calendar((), NOW, "").decode()


def test_what_cannot_be_done_is_said(configuration: Configuration, tmp_path: Path) -> None:
    """A folder in the file's place, and more days than anybody asks for."""
    with pytest.raises(OperatorError, match="cannot be written"):
        said(configuration, Asked(days=1, ics=tmp_path))
    with pytest.raises(OperatorError, match="Ask for 1 to 3660 days"):
        said(configuration, Asked(days=10_000))
    with pytest.raises(OperatorError, match="of our time"):
        said(configuration, Asked(first=date.max, days=5))


def test_a_day_on_the_command_line() -> None:
    """As everywhere: year, month, day."""
    assert parse_date("2027-01-20") == date(2027, 1, 20)
    with pytest.raises(ValueError, match="write a day as 2027-01-20"):
        parse_date("20.1.2027")
