"""Agenda, plan, import, status and alarms as somebody types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from player import status
from player.alarms import trial
from player.clock import Clock
from player.settings import Configuration
from tests.fakes.site import Site

ROOT: Final = Path(__file__).parents[2]
SCHEDULE: Final = """schedule:
  slots:
    - {id: day, show: wall, at: 09:00 to 17:00, priority: 10}
"""
WEEK: Final = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:wall\nDTSTART:20270120T080000Z\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A place with one slot a day."""
    return Site(tmp_path, rest=SCHEDULE)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("agenda", "--from", "2027-02-30"), "there is no day 2027-02-30: that month ends on 2027-02-28"),
        (("agenda", "--from", "fri"), 'write a day as 2027-01-20, not "fri"'),
        (("agenda", "--days", "many"), "'many' is not a valid integer"),
        (("agenda", "--as-of", "nonsense"), "write an instant as 2027-01-27T12:00:05Z or 2027-01-27T12:00[Europe/Warsaw], not"),
        (("agenda", "--as-of", "2027-01-27T12:00", "--days", "2"), "leave --from, --days and --ics out"),
        (("agenda", "--json", "--ics", "a.ics"), "choose one"),
        (("plan", "--photos", "all"), "'all' is not a valid integer"),
        (("plan", "--from", "27.1.2027"), "write 2027-01-27"),
        (("schedule", "import"), "Missing argument 'FILE.ics'"),
        (("status", "--json", "--watch"), "choose one"),
        (("status", "--watch"), "--watch needs a terminal"),
    ],
)
def test_wrong_words_are_one_line_and_status_2(site: Site, words: tuple[str, ...], says: str) -> None:
    """What is wrong, and how to write it."""
    done = site.command(*words)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("agenda", "--days", "100000"), "an agenda is of 1 to 3660 days, not 100000"),
        (("agenda", "--days", "0"), "an agenda is of 1 to 3660 days, not 0"),
        (("agenda", "--ics", "/nowhere/week.ics"), "/nowhere/week.ics cannot be written"),
        (("plan", "--photos", "-1"), "a plan is for at least 1 photo"),
        (("schedule", "import", "/nowhere/week.ics"), "/nowhere/week.ics cannot be read"),
        (("alarm", "test"), "nobody is told anything: write `alarms:"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_1(site: Site, words: tuple[str, ...], says: str) -> None:
    """No traceback, whatever is asked for."""
    done = site.command(*words)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert says in done.stderr


def test_the_agenda_in_its_forms(site: Site, tmp_path: Path) -> None:
    """As a table, as objects, for one moment, and as a calendar that can be read in again."""
    assert "09:00–17:00" in site.command("agenda", "--from", "2027-01-20", "--days", "1").stdout
    found = json.loads(site.command("agenda", "--from", "2027-01-20", "--days", "1", "--json").stdout)
    assert [each["slot"] for each in found] == [None, "day", None]
    assert "slot   day" in site.command("agenda", "--as-of", "2027-01-20T09:00").stdout
    file = str(tmp_path / "week.ics")
    assert site.command("agenda", "--from", "2027-01-20", "--days", "2", "--ics", file).stdout == f"{file}: 2 events\n"
    again = site.command("schedule", "import", file, "--from", "2027-01-20").stdout
    assert "day: [wed 2027-01-20, thu 2027-01-21], at: 09:00 to 17:00" in again


def test_an_import_without_slots_is_a_problem(site: Site, tmp_path: Path) -> None:
    """For a script that would go on with an empty file."""
    file = tmp_path / "week.ics"
    file.write_text(WEEK)
    assert site.command("schedule", "import", str(file), "--from", "2027-01-20").exit_code == 0
    assert site.command("schedule", "import", str(file), "--from", "2027-01-21").exit_code == 1


def test_the_plan_in_its_forms(site: Site) -> None:
    """For people and for programs."""
    words = ("plan", "--photos", "100", "--from", "2027-01-20", "--days", "2")
    assert "Everyone has been seen once by " in site.command(*words).stdout
    assert json.loads(site.command(*words, "--json").stdout)["photos"] == 100


def test_status_says_whether_a_player_runs(site: Site) -> None:
    """Status 1 where none does, in words and as an object."""
    done = site.command("status")
    assert done.exit_code == 1
    assert "has never run here" in done.stdout
    assert json.loads(site.command("status", "--json").stdout)["is_running"] is False


def test_status_follows_until_it_is_ended(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--watch` stays on a terminal."""
    followed: list[Configuration] = []

    def watch(configuration: Configuration, _clock: Clock, _ended: threading.Event) -> None:
        followed.append(configuration)

    monkeypatch.setattr(status, "watch", watch)
    monkeypatch.setattr(status, "is_terminal", lambda: True)
    assert site.command("status", "--watch").exit_code == 0
    assert len(followed) == 1


@pytest.mark.parametrize("is_well", [True, False])
def test_an_alarm_that_did_not_arrive_is_status_1(site: Site, monkeypatch: pytest.MonkeyPatch, *, is_well: bool) -> None:
    """`alarm test` is for the day before."""

    def try_all(_configuration: Configuration, _say: Callable[[str], None]) -> bool:
        return is_well

    monkeypatch.setattr(trial, "try_all", try_all)
    assert site.command("alarm", "test").exit_code == (0 if is_well else 1)


def test_a_reader_that_has_seen_enough_is_no_error(site: Site) -> None:
    """`agenda | head` ends in silence."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    words = [sys.executable, "-m", "player", "agenda", "--days", "400", "--config", str(site.config)]
    with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
