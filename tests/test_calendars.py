"""`weremember schedule import`: what comes out, what is said of the rest, and what is refused quickly."""

from __future__ import annotations

import io
import os
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from player.calendars import Asked, import_calendar
from player.errors import OperatorError
from player.schedule.ics import MAX_BYTES
from player.settings import Configuration
from tests.fakes.home import Home
from tests.fakes.schedules import instant

NOW: Final = instant("2027-01-15 12:00")
HEAD: Final = "BEGIN:VCALENDAR\nVERSION:2.0\n"
ONE: Final = "BEGIN:VEVENT\nSUMMARY:one\nDTSTART:20270120T080000Z\nDTEND:20270120T160000Z\nEND:VEVENT\n"
CANCELLED: Final = "BEGIN:VEVENT\nSUMMARY:lunch\nSTATUS:CANCELLED\nDTSTART:20270121T110000Z\nDURATION:PT1H\nEND:VEVENT\n"
EACH_SECOND: Final = "BEGIN:VEVENT\nSUMMARY:one\nDTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY\nEND:VEVENT\n"
END: Final = "END:VCALENDAR\n"


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A site in Warsaw."""
    return Home(tmp_path).clean("feeds: {}\nshow: one\nsite: {zone: Europe/Warsaw}\n")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A calendar with one event, and one that was called off."""
    path = tmp_path / "week.ics"
    path.write_text(HEAD + ONE + CANCELLED + END)
    return path


def taken(configuration: Configuration, asked: Asked, pipe: bytes = b"") -> tuple[int, list[str], list[str]]:
    """How many slots there are, what is printed, and what is noted beside it."""
    said: list[str] = []
    noted: list[str] = []
    count = import_calendar(configuration, asked, now=NOW, say=said.append, note=noted.append, pipe=io.BytesIO(pipe))
    return count, said, noted


def test_slots_are_printed_and_the_rest_is_noted(configuration: Configuration, file: Path) -> None:
    """The slots alone go where a file may be made of them."""
    count, said, noted = taken(configuration, Asked(file=file))
    assert count == 1
    assert "{id: one, show: one, day: wed 2027-01-20, at: 09:00 to 17:00, priority: 40}" in said[0]
    assert noted == ["Left out, or to be looked at:", '  "lunch" (2027-01-21) is cancelled']


def test_a_calendar_may_come_by_a_pipe(configuration: Configuration, file: Path) -> None:
    """`-` is what another program writes."""
    assert taken(configuration, Asked(file=Path("-")), file.read_bytes()) == taken(configuration, Asked(file=file))


def test_only_the_days_that_are_asked_for(configuration: Configuration, file: Path) -> None:
    """From today for a year, unless somebody says otherwise."""
    assert taken(configuration, Asked(file=file, first=date(2027, 1, 20), days=1))[0] == 1
    count, said, noted = taken(configuration, Asked(file=file, first=date(2027, 1, 21), days=1))
    assert (count, said) == (0, ["# Nothing in this calendar becomes a slot."])
    assert "  1 event lies outside 2027-01-21 to 2027-01-21" in noted
    assert taken(configuration, Asked(file=file, first=date(2026, 1, 20)))[0] == 1
    assert taken(configuration, Asked(file=file, first=date(2026, 1, 19)))[0] == 0


@pytest.mark.parametrize("days", [0, -1, 732, 100_000])
def test_more_days_than_anybody_reviews_are_refused(configuration: Configuration, file: Path, days: int) -> None:
    """Two years, as far as a calendar is read."""
    with pytest.raises(OperatorError, match="for 1 to 731 days, not"):
        taken(configuration, Asked(file=file, days=days))


def test_the_end_of_time_is_refused(configuration: Configuration, file: Path) -> None:
    """Not a fault of ours."""
    with pytest.raises(OperatorError, match="beyond our calendar"):
        taken(configuration, Asked(file=file, first=date.max, days=2))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no BEGIN:VCALENDAR"),
        (b"\x00\xff\xfe\x80" * 1000, "no BEGIN:VCALENDAR"),
        (b"A" * (MAX_BYTES + 1), "larger than 1 MB"),
        (b"BEGIN:X\n" * 1000, "events within events"),
    ],
    ids=["empty", "binary", "large", "deep"],
)
def test_what_is_no_calendar_is_refused(configuration: Configuration, tmp_path: Path, content: bytes, says: str) -> None:
    """In one line, whatever the file is."""
    file = tmp_path / "bad.ics"
    file.write_bytes(content)
    with pytest.raises(OperatorError, match=says):
        taken(configuration, Asked(file=file))


def test_a_huge_file_is_not_read(configuration: Configuration, tmp_path: Path) -> None:
    """Two gigabytes of nothing: one byte more than is allowed is enough to know."""
    file = tmp_path / "huge.ics"
    with file.open("wb") as opened:
        os.truncate(opened.fileno(), 2_000_000_000)
    with pytest.raises(OperatorError, match="larger than 1 MB"):
        taken(configuration, Asked(file=file))


def test_what_cannot_be_opened_is_named(configuration: Configuration, tmp_path: Path) -> None:
    """A folder, and a file that is not there."""
    for file in (tmp_path, tmp_path / "nowhere.ics"):
        with pytest.raises(OperatorError, match=f"{file} cannot be read: "):
            taken(configuration, Asked(file=file))


def test_each_second_since_1970_is_left_out(configuration: Configuration, tmp_path: Path) -> None:
    """Nobody waits for the two billion."""
    file = tmp_path / "seconds.ics"
    file.write_text(HEAD + EACH_SECOND + END)
    count, _, noted = taken(configuration, Asked(file=file))
    assert count == 0
    assert noted[1:] == ['  "one" (1970-01-01): it repeats every second, which no show does']
