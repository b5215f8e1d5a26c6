"""Which alarms hold, by what was found."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, get_args

import pytest

from player.alarms.marks import WAITS
from player.alarms.rules import (
    CARE,
    CHANGED,
    FOLDER,
    HOUR,
    LOST,
    MINUTE,
    OVER,
    REMOVED,
    ROOM,
    SILENT,
    UNSTEADY,
    Alarm,
    Facts,
    Finding,
    Missed,
    verdicts,
)
from player.sections import AlarmName
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING

WELL: Final = Facts(
    at=OPENING,
    plate=False,
    sources={"wall": ""},
    missed=(),
    is_dark=False,
    free_bytes=10**10,
    is_clock_trusted=True,
    expiring={"campaign, approved": OPENING + 100 * HOUR},
    signed=("campaign",),
    is_journal_whole=True,
    lost="",
    unfinished=0,
    screen_silent=SECOND,
    steady={"screen": True, "ingest": True},
    projectors={"left": ""},
    care={"left": ""},
    outputs={"left": ""},
    wired=("left",),
    streams={"ceremony": False},
)
SOON: Final = OPENING + 50 * HOUR
ILL: Final = Facts(
    at=OPENING,
    plate=True,
    sources={"wall": "lease expired"},
    missed=(Missed(show="film", start=OPENING, why="the clock was set"),),
    is_dark=True,
    free_bytes=10**8,
    is_clock_trusted=False,
    clock_fault="nobody has told it the time",
    expiring={"campaign, approved": SOON, "campaign, root": OPENING + 100 * HOUR},
    signed=("campaign",),
    is_journal_whole=False,
    journal_fault="line 3 of ingest: changed",
    lost="orders.sqlite is gone",
    unfinished=2,
    screen_silent=3 * MINUTE,
    steady={"screen": False, "ingest": False},
    projectors={"left": "does not answer"},
    care={"left": "its lamp is old"},
    outputs={"left": "its display is not there"},
    wired=("left",),
    streams={"ceremony": True},
)


def test_the_configuration_knows_every_alarm() -> None:
    """By the same names, in the same order, and each knows how long it waits."""
    assert get_args(AlarmName) == tuple(alarm.value for alarm in Alarm)
    assert set(WAITS) == set(Alarm)


def test_nothing_holds_while_all_is_well() -> None:
    """Every alarm was looked at; of missed shows there is nothing to look at."""
    found = verdicts(WELL, {})
    assert not any(finding.holds for finding in found.values())
    assert {alarm for alarm, _ in found} == set(Alarm) - {Alarm.MISSED}


def test_everything_holds_when_nothing_is_well() -> None:
    """Each with the words that say more."""
    assert {key: (each.why, each.moment) for key, each in verdicts(ILL, {}).items() if each.holds} == {
        (Alarm.SCREEN, SILENT): ("", None),
        (Alarm.SCREEN, UNSTEADY): ("", None),
        (Alarm.INGEST, ""): ("", None),
        (Alarm.PLATE, ""): ("", None),
        (Alarm.LEASE, "wall"): ("lease expired", None),
        (Alarm.MISSED, f"{OPENING} film"): ("the clock was set", None),
        (Alarm.DARK, ""): ("", None),
        (Alarm.DISK, ROOM): ("0.1 GB", None),
        (Alarm.CLOCK, ""): ("nobody has told it the time", None),
        (Alarm.SIGNATURE, "campaign, approved"): ("", SOON),
        (Alarm.JOURNAL, CHANGED): ("line 3 of ingest: changed", None),
        (Alarm.JOURNAL, LOST): ("orders.sqlite is gone", None),
        (Alarm.WITHDRAWAL, ""): ("2", None),
        (Alarm.PROJECTOR, "left"): ("does not answer", None),
        (Alarm.PROJECTOR, f"left{CARE}"): ("its lamp is old", None),
        (Alarm.OUTPUT, "left"): ("its display is not there", None),
        (Alarm.STREAM, "ceremony"): ("", None),
    }


def test_what_nobody_could_look_at_is_left_open() -> None:
    """No facts, no verdicts: not even that all is well. That the folder can be used is known by its having been looked at."""
    assert verdicts(Facts(at=OPENING), {(Alarm.LEASE, "wall"): True}) == {(Alarm.DISK, FOLDER): Finding(holds=False)}


def test_the_disk_is_well_again_only_with_room_to_spare() -> None:
    """What frees a megabyte and fills it again is no news."""
    key = (Alarm.DISK, ROOM)
    for free, is_told, holds in ((0.9, False, True), (1.2, False, False), (1.2, True, True), (1.6, True, False)):
        assert verdicts(replace(WELL, free_bytes=round(free * 1e9)), {key: is_told})[key].holds == holds


def test_a_folder_that_cannot_be_used_is_an_alarm_of_its_own() -> None:
    """Whatever room there is: a disk that was full and then fails is news."""
    found = verdicts(replace(WELL, free_bytes=10**8, folder="/data may not be written"), {(Alarm.DISK, ROOM): True})
    assert found[Alarm.DISK, FOLDER] == Finding(holds=True, why="/data may not be written")
    assert found[Alarm.DISK, ROOM].holds


@pytest.mark.parametrize("trouble", [replace(ILL, folder="gone"), replace(ILL, free_bytes=1000)])
def test_a_screen_that_cannot_write_is_not_called_silent(trouble: Facts) -> None:
    """It says how it is by a file: without room for it, its silence means nothing."""
    assert (Alarm.SCREEN, SILENT) not in verdicts(trouble, {})


@pytest.mark.parametrize(("silent", "holds"), [(0, False), (59 * SECOND, False), (MINUTE, True)])
def test_a_screen_that_says_nothing(silent: Nanos, *, holds: bool) -> None:
    """For a minute."""
    assert verdicts(replace(WELL, screen_silent=silent), {})[Alarm.SCREEN, SILENT].holds == holds


def test_a_source_that_was_taken_out_is_not_said_to_be_well() -> None:
    """Nor is a signature said to have been given when its feed is gone; one that cannot be read just now stays as it was."""
    known = {(Alarm.LEASE, "old"): True, (Alarm.SIGNATURE, "old, root"): True, (Alarm.SIGNATURE, "campaign, root"): True}
    found = verdicts(WELL, known)
    assert found[Alarm.LEASE, "old"] == found[Alarm.SIGNATURE, "old, root"] == Finding(holds=False, why=REMOVED)
    assert (Alarm.SIGNATURE, "campaign, root") not in found


def test_after_the_day_on_which_everything_is_deleted() -> None:
    """Sources that nobody asks any more and a wall of words are what was wanted."""
    found = verdicts(replace(ILL, is_over=True), {})
    assert found[Alarm.PLATE, ""] == found[Alarm.LEASE, "wall"] == Finding(holds=False, why=OVER)


def test_a_missed_show_is_an_alarm_for_each_time() -> None:
    """The one of an hour ago is over, the same show of today is new."""
    key = (Alarm.MISSED, f"{OPENING - HOUR} film")
    found = verdicts(ILL, {key: True})
    assert not found[key].holds
    assert found[Alarm.MISSED, f"{OPENING} film"].holds
