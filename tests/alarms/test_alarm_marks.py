"""Which of what holds is news: once when it begins, once when it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.alarms.marks import MAX_SUBJECTS, WAITS, Mark, News, judged
from player.alarms.rules import HOUR, MINUTE, Alarm, Finding, Key
from player.units import SECOND, Nanos

HOLDS, NOT = Finding(holds=True), Finding(holds=False)
PLATE: Key = (Alarm.PLATE, "")
LOOK = 5 * SECOND


class Told:
    """What people hear as findings follow each other."""

    def __init__(self, key: Key = PLATE) -> None:
        self.key = key
        self.marks: Mapping[Key, Mark] = {}
        self.now: Nanos = 0
        self.heard: list[News] = []

    def live(self, length: Nanos, *, holds: bool | None) -> list[tuple[Nanos, bool]]:
        """Look for so long, every five seconds; return when something was told, and whether it begins."""
        found: list[tuple[Nanos, bool]] = []
        for _ in range(length // LOOK):
            self.now += LOOK
            self.marks, news = judged(self.marks, {} if holds is None else {self.key: HOLDS if holds else NOT}, self.now)
            found += [(self.now, each.begins) for each in news]
            self.heard += news
        return found


@pytest.mark.parametrize("alarm", list(Alarm))
def test_each_is_told_once_when_it_begins_and_once_when_it_ends(alarm: Alarm) -> None:
    """After it has held for its time, and after it has not; in between there is silence, and it says since when."""
    wait, told = WAITS[alarm], Told((alarm, "x"))
    assert told.live(2 * HOUR, holds=True) == [(LOOK + wait.begins, True)]
    assert told.live(2 * HOUR, holds=False) == [(2 * HOUR + LOOK + wait.ends, False)]
    assert [(each.at, each.began_at) for each in told.heard] == [(LOOK, None), (2 * HOUR + LOOK, LOOK)]
    assert told.marks == {}


def test_a_moment_is_no_news() -> None:
    """A plate at a start, a feed that is late once in a while."""
    told = Told()
    for _ in range(50):
        assert told.live(30 * SECOND, holds=True) == []
        assert told.live(90 * SECOND, holds=False) == []


def test_what_holds_half_of_the_time_is_told_once() -> None:
    """Words for half a minute and photos for another, all night: one alarm, and one end when it stays well."""
    told = Told()
    heard = [each for _ in range(200) for holds in (True, False) for each in told.live(30 * SECOND, holds=holds)]
    assert [begins for _, begins in heard] == [True]
    assert [begins for _, begins in told.live(HOUR, holds=False)] == [False]


def test_what_ends_and_begins_again_is_believed_later_and_later() -> None:
    """Ten minutes ill and ten minutes well, for a day: a few messages, not a hundred; in the end what holds is what was told."""
    told = Told()
    heard = [each for _ in range(72) for holds in (True, False) for each in told.live(10 * MINUTE, holds=holds)]
    assert len(heard) == 7
    assert [begins for _, begins in told.live(2 * HOUR, holds=False)] == [False]
    assert told.live(10 * MINUTE, holds=True) == [(told.now - 10 * MINUTE + LOOK + WAITS[Alarm.PLATE].begins, True)]


def test_an_hour_of_darkness_is_an_hour_in_one_piece() -> None:
    """Light for a moment begins it anew."""
    told = Told((Alarm.DARK, ""))
    assert told.live(50 * MINUTE, holds=True) == []
    assert told.live(MINUTE, holds=False) == []
    assert told.live(59 * MINUTE, holds=True) == []
    assert len(told.live(2 * MINUTE, holds=True)) == 1


def test_what_could_not_be_looked_at_stays_as_it_was() -> None:
    """Neither does it end, nor does the wait for its beginning go on."""
    told = Told()
    told.live(2 * MINUTE, holds=True)
    assert told.live(HOUR, holds=None) == told.live(2 * MINUTE, holds=True) == []
    assert len(told.live(2 * MINUTE, holds=True)) == 1
    assert told.live(HOUR, holds=None) == []
    assert told.marks[PLATE].is_told


def test_a_clock_that_went_back_unseen_costs_one_wait() -> None:
    """Never a wait of years; one that was seen to be set costs nothing."""
    told = Told()
    told.live(2 * MINUTE, holds=True)
    told.marks = {key: mark.shifted(-HOUR) for key, mark in told.marks.items()}
    told.now -= HOUR
    assert len(told.live(2 * MINUTE, holds=True)) == 1
    told = Told()
    told.now = 1000 * HOUR
    told.live(2 * MINUTE, holds=True)
    told.now = 0
    assert told.live(3 * MINUTE, holds=True) == []
    assert len(told.live(MINUTE, holds=True)) == 1


def test_no_list_fills_the_memory() -> None:
    """So many of one alarm, and no more; what is already known keeps its place."""
    crowd = {(Alarm.LEASE, f"{n:04}"): HOLDS for n in range(1000)}
    marks, _ = judged({(Alarm.LEASE, "zz"): Mark(is_told=True)}, crowd | {(Alarm.LEASE, "zz"): HOLDS}, 0)
    assert len(marks) == MAX_SUBJECTS
    assert (Alarm.LEASE, "zz") in marks


def test_the_gravest_is_told_first() -> None:
    """When several are news at once: in the order in which they are listed."""
    keys: Iterable[Key] = [(Alarm.SIGNATURE, "a, root"), (Alarm.MISSED, "1 film"), (Alarm.JOURNAL, "lost")]
    _, news = judged({}, dict.fromkeys(keys, HOLDS), 0)
    assert [each.alarm for each in news] == [Alarm.MISSED, Alarm.SIGNATURE, Alarm.JOURNAL]


@given(st.lists(st.sampled_from([True, False, None]), max_size=60), st.sampled_from(list(Alarm)))
def test_beginnings_and_ends_take_turns(holds: list[bool | None], alarm: Alarm) -> None:
    """Whatever happens, an end follows a beginning and a beginning an end; and what is believed in the end is what was told."""
    marks: dict[Key, Mark] = {}
    heard: list[bool] = []
    for minute, each in enumerate(holds):
        found = {} if each is None else {(alarm, "x"): HOLDS if each else NOT}
        marks, news = judged(marks, found, minute * 40 * MINUTE)
        heard += [one.begins for one in news]
    assert heard == [n % 2 == 0 for n in range(len(heard))]
    assert marks.get((alarm, "x"), Mark()).is_told == (len(heard) % 2 == 1)
