"""Lists of names: what is read of a file, how names fall on pages, and how long they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.show.naming import (
    LEAST_S,
    MAX_BYTES,
    MAX_LETTERS,
    MAX_NAMES,
    RollFaultError,
    edges,
    reading_of,
    reading_time,
    roll_of,
)
from player.units import Seconds

LEAST, FADE = 9.0, 1.6


def names_of(count: int) -> tuple[str, ...]:
    """Stand-ins for people."""
    return tuple(f"Name {i}" for i in range(1, count + 1))


def leaves(count: int, a_page: int, over: Seconds | None = None) -> list[tuple[tuple[str, ...], Seconds]]:
    """Read a list from its beginning to its end; return its pages."""
    reading = reading_of(names_of(count), a_page, least=LEAST, fade=FADE, over=over)
    found: list[tuple[tuple[str, ...], Seconds]] = []
    at = 0
    while True:
        leaf = reading.leaf(at)
        found.append((leaf.names, leaf.hold))
        at = leaf.following
        if not at:
            return found


def test_a_name_in_each_line_of_any_script() -> None:
    """With a mark of bytes or without, from any system; what is empty or begins with # is a remark."""
    text = "\ufeffName 1\r\n\r\n# a remark\r\n  שם   2 \r\nИмя 3\r  #another\rاسم 4\n名前 5"
    roll = roll_of(text.encode())
    assert roll.names == ("Name 1", "שם 2", "Имя 3", "اسم 4", "名前 5")
    assert roll.lines == (1, 4, 5, 7, 8)


def test_what_turns_text_about_is_taken_out() -> None:
    """A mark of direction in one name cannot turn another about; joiners, which some scripts write with, stay."""
    assert roll_of("\u202eName\u2069 1\u200f\nنام\u200cها 2\n".encode()).names == ("Name 1", "نام\u200cها 2")


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"Name 1\nName\x1b[2J 2\n", 2, "U\\+001B"),
        ("Name 1\n\nName\u2028 2\n".encode(), 3, "U\\+2028"),
        (b"Name 1\nName \xff\n", 2, "save it as UTF-8"),
        ("שם 1\n".encode("utf-16"), 1, "save it as UTF-8"),
        (b"Name 1\n" + b"a" * (MAX_LETTERS + 1), 2, "a name of 121 letters"),
        (b"\n# nobody\n", 1, "no names"),
        (b"a" * (MAX_BYTES + 1), 1, "larger than 8 MB"),
        (b"N\n" * (MAX_NAMES + 1), MAX_NAMES + 1, "more than 100,000 names"),
        (b"\n" * (2 * MAX_NAMES + 1), 2 * MAX_NAMES + 1, "more than 200,000 lines"),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(content: bytes, line: int, message: str) -> None:
    """One fault, where it stands."""
    with pytest.raises(RollFaultError, match=message) as caught:
        roll_of(content)
    assert caught.value.line == line


def test_names_are_left_out_by_their_lines() -> None:
    """Those that stay keep theirs."""
    kept = roll_of(b"Name 1\n\nName 2\nName 3\n").without(frozenset({3}))
    assert (kept.names, kept.lines) == (("Name 1", "Name 3"), (1, 4))


@given(st.integers(1, 400), st.integers(1, 40))
def test_everyone_is_on_one_page_and_pages_are_as_full_as_each_other(count: int, a_page: int) -> None:
    """In their order, nobody twice, no page with more than it has room for, and none with one name beside full ones."""
    pages = leaves(count, a_page)
    assert [name for names, _ in pages for name in names] == list(names_of(count))
    sizes = [len(names) for names, _ in pages]
    assert max(sizes) <= a_page
    assert max(sizes) - min(sizes) <= 1
    assert list(edges(count, a_page))[-1] == count


@given(st.integers(1, 200), st.integers(1, 20), st.none() | st.floats(4, 86_400))
def test_nobody_is_up_for_less_than_it_takes_to_read_them_all(count: int, a_page: int, over: Seconds | None) -> None:
    """However little time there is; and a page stands at least as long as the playlist says."""
    for names, hold in leaves(count, a_page, over):
        assert hold >= min(3600, max(LEAST, sum(map(reading_time, names)))) - 1e-6


def test_a_name_has_time_by_its_letters() -> None:
    """Thirteen letters a second, two and a half seconds at least."""
    assert reading_time("Name 1") == LEAST_S
    assert reading_time("N" * 65) == pytest.approx(5)


def test_a_list_takes_the_time_that_it_is_given() -> None:
    """Spread over an hour, pages stand longer, all in the same proportion; the whole is known beforehand."""
    pages = leaves(120, 12, over=3600)
    assert sum(FADE + hold for _, hold in pages) == pytest.approx(3600)
    assert len({hold for _, hold in pages}) == 1
    assert reading_of(names_of(120), 12, least=LEAST, fade=FADE, over=3600).whole == pytest.approx(3600)
    slow = reading_of(names_of(120), 12, least=LEAST, fade=FADE, over=4)
    assert slow.whole == pytest.approx(10 * (FADE + 12 * LEAST_S))


def test_what_is_left_of_a_list_takes_the_time_that_is_left() -> None:
    """Wherever it stands: read slower where there is time, and never faster than it can be read."""
    reading = reading_of(names_of(120), 12, least=LEAST, fade=FADE, over=None)
    for first, left in ((0, 3600.0), (60, 900.0), (108, 90.0), (120, 3600.0)):
        at, took = first, 0.0
        for _ in range(10 if first in {0, 120} else (120 - first) // 12):
            leaf = reading.within(at, left - took).leaf(at)
            at, took = leaf.following, took + FADE + leaf.hold
        assert at == 0
        assert took == pytest.approx(left)
    for too_little in (1.0, -9.0):
        assert reading.within(0, too_little).leaf(0) == reading.leaf(0)


def test_a_list_goes_on_wherever_it_stood() -> None:
    """In the middle of a page too, when the wall has another shape now; one that became shorter begins anew."""
    reading = reading_of(names_of(20), 10, least=LEAST, fade=FADE, over=None)
    assert reading.leaf(7).names == names_of(20)[7:10]
    assert reading.leaf(10).following == 0
    assert reading.leaf(99).names == names_of(20)[:10]


def test_columns_are_made_for_nearly_all_names() -> None:
    """The longest of a list is named apart; how full the fullest page is, is known beforehand."""
    listed = (*names_of(40), "N" * 100)
    reading = reading_of(listed, 12, least=LEAST, fade=FADE, over=None)
    assert {len(name) for name in reading.models[:-1]} == {len("Name 40")}
    assert reading.models[-1] == "N" * 100
    assert reading.fullest == 11
    assert reading_of(("One",), 12, least=LEAST, fade=FADE, over=None).models == ("One", "One")
