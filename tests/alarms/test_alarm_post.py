"""What waits to be told, to whom, and for how long."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from player.alarms.post import (
    KEPT_FOR,
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
from player.alarms.rules import Alarm, Key, Mark, News
from player.units import SECOND

ONE = Letter(to="env:A", alarm="plate", state="begins", text="a", at=0)
TWO = replace(ONE, text="b")
OTHER = replace(ONE, to="env:B")


def test_each_hears_what_it_asked_for() -> None:
    """Where it is comes first."""
    news = [News(alarm=Alarm.DISK, of="", begins=True, at=5, why="full"), News(alarm=Alarm.DARK, of="", begins=False, at=5)]
    found = letters(news, [("env:A", ("disk",)), ("env:B", ("disk", "dark"))], "Memorial")
    assert [(letter.to, letter.alarm, letter.state, letter.text) for letter in found] == [
        ("env:A", "disk", "begins", "Memorial: The disk: full"),
        ("env:B", "disk", "begins", "Memorial: The disk: full"),
        ("env:B", "dark", "ends", "Memorial: No longer dark by hand"),
    ]
    assert letters(news, [("env:A", ("dark",))], "")[0].text == "No longer dark by hand"


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
    """In time, in number, and to addresses that there are."""
    many = [replace(ONE, text=str(n)) for n in range(100)]
    assert [letter.text for letter in posted((), [*many, OTHER], {"env:A"}, 0)] == [str(n) for n in range(100 - MAX_WAITING, 100)]
    assert posted((ONE,), (), {"env:A"}, KEPT_FOR) == ()
    assert posted((ONE,), (TWO,), {"env:A"}, KEPT_FOR - 1) == (ONE, TWO)


MARKS = st.builds(Mark, st.booleans(), st.none() | st.integers(), st.none() | st.integers(), st.text(max_size=5))
KEYS: st.SearchStrategy[Key] = st.tuples(st.sampled_from(list(Alarm)), st.text(max_size=5))
LETTERS = st.builds(
    Letter,
    to=st.text(max_size=5),
    alarm=st.text(max_size=5),
    state=st.text(max_size=5),
    text=st.text(max_size=5),
    at=st.integers(),
    tries=st.integers(0, 9),
    due=st.integers(),
)


@given(st.dictionaries(KEYS, MARKS, max_size=4), st.lists(LETTERS, max_size=4).map(tuple))
def test_what_is_remembered_comes_back_as_it_was(marks: dict[Key, Mark], waiting: tuple[Letter, ...]) -> None:
    """Through JSON."""
    memory = Memory(marks, waiting)
    assert from_record(json.loads(json.dumps(to_record(memory)))) == memory


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["marks", "waiting", "to", "at"]), inner),
)


@given(JSON)
def test_a_memory_that_is_not_ours_is_none(record: object) -> None:
    """Whatever lies there: then what holds is told again."""
    assert isinstance(from_record(record), Memory)
    assert from_record({"marks": [["plate", "", {"is_told": True}]], "waiting": []}) == Memory({})
    assert from_record({"marks": [], "waiting": [{**to_record(Memory({}, (ONE,))), "at": SECOND}]}) == Memory({})
