"""What waits to be told, to whom, and for how long."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from player.alarms.marks import Mark, News
from player.alarms.post import (
    KEPT_FOR,
    MAX_LAST_WORDS,
    MAX_WAITING,
    PAUSES,
    Letter,
    Memory,
    answered,
    due,
    from_record,
    letters,
    posted,
    to_record,
)
from player.alarms.rules import Alarm, Finding, Key
from player.units import SECOND

ONE = Letter(to="env:A", alarm="plate", state="begins", text="a", at=0)
TWO = replace(ONE, state="ends", text="b")
OTHER = replace(ONE, to="env:B")


def test_each_hears_what_it_asked_for() -> None:
    """In the order in which it happened."""
    news = [
        News(alarm=Alarm.DISK, of="room", begins=True, at=5, finding=Finding(holds=True)),
        News(alarm=Alarm.DARK, of="", begins=False, at=5, finding=Finding(holds=False)),
    ]
    targets = {"env:A": {"disk"}, "env:B": {"disk", "dark"}}
    found = letters(news, targets, say=lambda each: each.alarm.name, now=7)
    assert [(letter.to, letter.alarm, letter.of, letter.state, letter.text, letter.at) for letter in found] == [
        ("env:A", "disk", "room", "begins", "DISK", 7),
        ("env:B", "disk", "room", "begins", "DISK", 7),
        ("env:B", "dark", "", "ends", "DARK", 7),
    ]


def test_one_at_a_time_in_order() -> None:
    """The end of an alarm never overtakes its beginning; one address never waits for another."""
    waiting = (ONE, TWO, OTHER)
    assert due(waiting, (), 0) == (ONE, OTHER)
    assert due(waiting, {"env:A"}, 0) == (OTHER,)
    assert answered(waiting, ONE, is_sent=True, now=0) == (TWO, OTHER)


def test_what_failed_is_tried_again_ever_later() -> None:
    """And what comes after it waits with it."""
    waiting = (ONE, TWO)
    now = 0
    for pause in (*PAUSES, PAUSES[-1]):
        waiting = answered(waiting, waiting[0], is_sent=False, now=now)
        assert due(waiting, (), now + pause - 1) == ()
        now += pause
        assert due(waiting, (), now) == (waiting[0],)
    assert waiting[0].tries == len(PAUSES) + 1
    assert due(waiting, (), -(10**18)) == (waiting[0],)  # the clock went back


def test_what_waits_is_bounded() -> None:
    """In time, in number, and to addresses that there are; the last word on each alarm stays, and in order."""
    turns = [replace(ONE, state=("begins", "ends")[n % 2], text=str(n)) for n in range(100)]
    kept = [letter.text for letter in posted((), [*turns, OTHER], {"env:A"}, 0)]
    assert kept == [str(n) for n in range(100 - MAX_WAITING, 100)]
    assert posted((ONE, TWO), (), {"env:A"}, KEPT_FOR - 1) == (ONE, TWO)
    assert posted((ONE, TWO), (), {"env:A"}, KEPT_FOR) == (TWO,)
    assert posted((ONE,), (), {"env:A"}, 100 * KEPT_FOR) == (ONE,)
    crowd = [replace(ONE, alarm="missed", of=str(n)) for n in range(1000)]
    assert posted(crowd, (), {"env:A"}, 0) == tuple(crowd[-MAX_LAST_WORDS:])


LETTERS_OF_ONE = st.builds(
    Letter,
    to=st.sampled_from(["env:A", "env:B"]),
    alarm=st.sampled_from(["plate", "lease"]),
    of=st.sampled_from(["a", "b"]),
    state=st.sampled_from(["begins", "ends"]),
    text=st.text(max_size=2),
    at=st.integers(-3 * KEPT_FOR, 0),
)


@given(st.lists(LETTERS_OF_ONE, max_size=30))
def test_nobody_is_left_with_a_beginning_that_has_ended(waiting: list[Letter]) -> None:
    """Whatever is left out: what is told last of each alarm is what happened last, and nothing changes places."""
    kept = posted(waiting, (), {"env:A", "env:B"}, 0)
    assert {(each.to, each.alarm, each.of): each for each in kept} == {(each.to, each.alarm, each.of): each for each in waiting}
    for to in ("env:A", "env:B"):
        mine = iter([each for each in waiting if each.to == to])
        assert all(each in mine for each in kept if each.to == to)


INSTANTS = st.none() | st.integers()
MARKS = st.builds(
    Mark,
    is_told=st.booleans(),
    turned_at=INSTANTS,
    began_at=INSTANTS,
    held=st.integers(0),
    stopped_at=INSTANTS,
    ended_at=INSTANTS,
    again=st.integers(0),
)
KEYS: st.SearchStrategy[Key] = st.tuples(st.sampled_from(list(Alarm)), st.text(max_size=5))
LETTERS = st.builds(
    Letter,
    to=st.text(max_size=5),
    alarm=st.text(max_size=5),
    of=st.text(max_size=5),
    state=st.text(max_size=5),
    text=st.text(max_size=5),
    at=st.integers(),
    tries=st.integers(0, 9),
    due=st.integers(),
)


@given(st.dictionaries(KEYS, MARKS, max_size=4), st.lists(LETTERS, max_size=4).map(tuple))
def test_what_is_remembered_comes_back_as_it_was(marks: dict[Key, Mark], waiting: tuple[Letter, ...]) -> None:
    """Through JSON; and through a clock that was set and set back."""
    memory = Memory(marks, waiting)
    assert from_record(json.loads(json.dumps(to_record(memory)))) == memory
    assert memory.shifted(SECOND).shifted(-SECOND) == memory


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["marks", "waiting", "to", "at"]), inner),
)


@given(JSON)
def test_a_memory_that_is_not_ours_is_none(record: object) -> None:
    """Whatever lies there: then what holds is told again."""
    assert isinstance(from_record(record), Memory)


def test_what_another_version_remembered_costs_no_more_than_that() -> None:
    """An alarm that this one does not know is left out; the others are not told again."""
    ours = Memory({(Alarm.DISK, "room"): Mark(is_told=True)}, (ONE,))
    record = json.loads(json.dumps(to_record(ours)))
    record["marks"] += [["weather", "", {"is_told": True}], ["plate", "", {"is_told": True}], 7]
    record["waiting"] += [{"to": "env:A"}, None, {**record["waiting"][0], "at": "noon"}]
    assert from_record(record) == ours
