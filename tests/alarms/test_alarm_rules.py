"""Which alarms hold, and which of that is news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.alarms.rules import HOUR, MANNERS, MAX_SUBJECTS, MINUTE, Alarm, Facts, Key, Mark, News, judged, verdicts
from player.sections import AlarmName
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING

WELL: Final = Facts(
    at=OPENING,
    plate=False,
    silent={},
    missed={},
    is_dark=False,
    free_bytes=10**10,
    is_clock_trusted=True,
    expiring={"campaign, approved": OPENING + 100 * HOUR},
    journal_fault="",
    unfinished=0,
    screen_at=OPENING - SECOND,
)
ILL: Final = Facts(
    at=OPENING,
    plate=True,
    silent={"wall": "lease expired"},
    missed={"ceremony": "film"},
    is_dark=True,
    free_bytes=10**8,
    is_clock_trusted=False,
    expiring={"campaign, approved": OPENING + 50 * HOUR, "campaign, root": OPENING + 100 * HOUR},
    journal_fault="broken at ingest 3 (changed)",
    unfinished=2,
    screen_at=OPENING - 3 * MINUTE,
)


class Told:
    """What people hear as facts follow each other."""

    def __init__(self) -> None:
        self.marks: Mapping[Key, Mark] = {}

    def hear(self, facts: Facts, at: Nanos = 0) -> list[str]:
        """What is news, *at* so long after the opening."""
        moved = replace(facts, at=OPENING + at, screen_at=None)
        told = [key for key, mark in self.marks.items() if mark.is_told]
        self.marks, news = judged(self.marks, verdicts(moved, told), OPENING + at)
        return [each.text for each in news]


def test_the_configuration_knows_every_alarm() -> None:
    """By the same names, in the same order, and each has its words."""
    assert get_args(AlarmName) == tuple(alarm.value for alarm in Alarm) == tuple(alarm.value for alarm in MANNERS)


def test_nothing_holds_while_all_is_well() -> None:
    """Every alarm was looked at."""
    assert verdicts(WELL) == {alarm: {} for alarm in Alarm}


def test_everything_holds_when_nothing_is_well() -> None:
    """Each with the words that say more."""
    assert verdicts(ILL) == {
        Alarm.SCREEN: {"": "for 3 min"},
        Alarm.PLATE: {"": "nothing may be shown"},
        Alarm.LEASE: {"wall": "lease expired"},
        Alarm.MISSED: {"ceremony": "film"},
        Alarm.DARK: {"": "weremember light, or auto, ends it"},
        Alarm.DISK: {"": "0.1 GB are free"},
        Alarm.CLOCK: {"": "nobody has told this machine the time"},
        Alarm.SIGNATURE: {"campaign, approved": "ends in 2 d"},
        Alarm.JOURNAL: {"": "broken at ingest 3 (changed)"},
        Alarm.WITHDRAWAL: {"": "2 known for over a minute, and some bytes are still there"},
    }


def test_what_nobody_could_look_at_is_left_open() -> None:
    """No facts, no verdicts: not even that all is well."""
    assert verdicts(Facts(at=OPENING)) == {}


@pytest.mark.parametrize(
    ("alarm", "after", "until"),
    [
        (Alarm.PLATE, MINUTE, MINUTE),
        (Alarm.LEASE, 2 * MINUTE, MINUTE),
        (Alarm.DARK, HOUR, 0),
        (Alarm.DISK, MINUTE, MINUTE),
        (Alarm.JOURNAL, 0, 0),
        (Alarm.SIGNATURE, 0, 0),
        (Alarm.MISSED, 0, 0),
    ],
)
def test_each_is_told_once_when_it_begins_and_once_when_it_ends(alarm: Alarm, after: Nanos, until: Nanos) -> None:
    """After it has held for its time, and after it has not; in between there is silence."""
    found, none = {alarm: verdicts(ILL)[alarm]}, {alarm: dict[str, str]()}
    marks: dict[Key, Mark] = {}
    heard: list[tuple[Nanos, bool]] = []
    for minute in range(200):
        now = minute * MINUTE
        marks, news = judged(marks, found if minute < 100 else none, now)
        heard += [(now, each.begins) for each in news]
    assert heard == [(after, True), (100 * MINUTE + until, False)]
    assert marks == {}


def test_what_comes_and_goes_is_no_news() -> None:
    """A feed that is late every other minute; a plate between two photos."""
    told = Told()
    heard = [told.hear(replace(WELL, plate=minute % 2 == 0), minute * MINUTE // 2) for minute in range(50)]
    assert [text for several in heard for text in several] == []


def test_the_sentences() -> None:
    """What it is, of what, how it is; and at the end for how long."""
    told = Told()
    told.hear(ILL)
    assert told.hear(ILL, 3 * MINUTE) == [
        "The clock is not to be trusted: nobody has told this machine the time",
        "The disk: 0.1 GB are free",
        "A source's photos are not shown: wall: lease expired",
        "Words alone are shown: nothing may be shown",
    ]
    told.hear(WELL, HOUR)
    assert told.hear(WELL, HOUR + MINUTE) == [
        "The clock is trusted again (after 58 min)",
        "The disk is well again (after 58 min)",
        "A source's photos are shown again: wall (after 58 min)",
        "Photos are shown again (after 58 min)",
        "All withdrawals are finished (after 61 min)",
    ]


def test_each_source_is_its_own_alarm() -> None:
    """The second one that goes silent is news, and so is the first one that is back."""
    told = Told()
    lost = replace(WELL, silent={"a": "lease expired"})
    both = replace(WELL, silent={"a": "lease expired", "b": "halted"})
    told.hear(lost)
    assert told.hear(both, 2 * MINUTE) == ["A source's photos are not shown: a: lease expired"]
    assert told.hear(both, 4 * MINUTE) == ["A source's photos are not shown: b: halted"]
    told.hear(replace(both, silent={"b": "halted"}), 5 * MINUTE)
    assert told.hear(replace(both, silent={"b": "halted"}), 6 * MINUTE) == ["A source's photos are shown again: a (after 4 min)"]


def test_the_disk_is_well_again_only_with_room_to_spare() -> None:
    """What frees a megabyte and fills it again is no news."""
    told = Told()
    for at, free in enumerate((0.9, 0.9, 1.2, 0.99, 1.4)):
        heard = told.hear(replace(WELL, free_bytes=round(free * 1e9)), at * MINUTE)
        assert heard == (["The disk: 0.9 GB are free"] if at == 1 else [])
    told.hear(replace(WELL, free_bytes=2 * 10**9), HOUR)
    assert told.hear(replace(WELL, free_bytes=2 * 10**9), 2 * HOUR) == ["The disk is well again (after 119 min)"]


def test_a_folder_that_cannot_be_used_is_the_disks_alarm() -> None:
    """Whatever room there is."""
    assert verdicts(replace(WELL, folder="/data may not be written"))[Alarm.DISK] == {"": "/data may not be written"}


@pytest.mark.parametrize(
    ("said", "holds"), [(-2 * MINUTE, True), (-59 * SECOND, False), (30 * SECOND, False), (2 * MINUTE, True)]
)
def test_a_screen_that_says_nothing(said: Nanos, holds: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """For a minute; or whose word is of another time of day."""
    assert bool(verdicts(replace(WELL, screen_at=OPENING + said))[Alarm.SCREEN]) == holds


def test_what_could_not_be_looked_at_stays_as_it_was() -> None:
    """Neither does it end, nor does the wait for its beginning go on."""
    told = Told()
    told.hear(replace(WELL, plate=True))
    told.hear(replace(WELL, plate=None), MINUTE // 2)
    assert told.hear(replace(WELL, plate=True), MINUTE) == []
    assert told.hear(replace(WELL, plate=True), 2 * MINUTE) == ["Words alone are shown: nothing may be shown"]
    assert told.hear(replace(WELL, plate=None), 10 * MINUTE) == []
    assert told.marks[Alarm.PLATE, ""].is_told


def test_a_clock_that_goes_back_costs_one_wait() -> None:
    """Never a wait of years."""
    told = Told()
    words = replace(WELL, plate=True, expiring={})
    told.hear(words, 1000 * HOUR)
    assert told.hear(words, 0) == []
    assert told.hear(words, MINUTE) == ["Words alone are shown: nothing may be shown"]


def test_no_feed_fills_the_memory() -> None:
    """So many sources, and no more."""
    crowd = {f"{n:04}": "lost" for n in range(1000)}
    marks, _ = judged({}, {Alarm.LEASE: crowd}, 0)
    assert len(marks) == MAX_SUBJECTS


def test_an_end_whose_beginning_nobody_remembers() -> None:
    """Is told without a length."""
    assert News(alarm=Alarm.DARK, of="", begins=False, at=0).text == "No longer dark by hand"


@given(st.lists(st.sampled_from([True, False, None]), max_size=60), st.sampled_from(list(Alarm)))
def test_beginnings_and_ends_take_turns(holds: list[bool | None], alarm: Alarm) -> None:
    """Whatever happens, an end follows a beginning and a beginning an end; and what is believed in the end is what was told."""
    marks: dict[Key, Mark] = {}
    heard: list[bool] = []
    for minute, each in enumerate(holds):
        found = {} if each is None else {alarm: {"x": "why"} if each else {}}
        marks, news = judged(marks, found, minute * 40 * MINUTE)
        heard += [one.begins for one in news]
    assert heard == [n % 2 == 0 for n in range(len(heard))]
    assert marks.get((alarm, "x"), Mark()).is_told == (len(heard) % 2 == 1)
