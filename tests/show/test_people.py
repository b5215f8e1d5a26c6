"""Whose photos a programme has: a sequence as any other, in less room."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.show.people import Items
from tests.show.test_instep import people


@given(st.lists(st.booleans(), max_size=20), st.integers(-25, 25), st.integers(-25, 25))
def test_they_are_what_was_put_in(shapes: list[bool], first: int, last: int) -> None:
    """One by one, from either end, in parts, and as a whole."""
    plain = people(shapes)
    kept = Items(plain)

    assert (list(kept), len(kept), tuple(kept[first:last])) == (list(plain), len(plain), plain[first:last])
    assert [*kept.names()] == [kept.name(at) for at in range(len(kept))] == [each.name for each in plain]
    assert kept.shapes == bytes(shapes)
    assert kept == plain
    assert kept == Items(plain)
    assert kept != (*plain, *people([True]))
    assert kept != list(plain)
    if -len(plain) <= first < len(plain):
        assert kept[first] == plain[first]
    else:
        with pytest.raises(IndexError):
            kept[first]


def test_the_garbage_collector_has_nothing_to_walk_through() -> None:
    """A hundred thousand objects would hold up a frame by 60 ms, again and again."""
    kept = Items(people([False] * 1000))
    columns = [each for each in gc.get_referents(kept) if not isinstance(each, type)]

    assert len(columns) == 4
    assert not any(gc.is_tracked(each) for column in columns for each in gc.get_referents(column))
    assert len(kept) == 1000
    assert repr(kept) == "Items of 1,000 photos"
