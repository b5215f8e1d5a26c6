"""What of the journal somebody elsewhere has not been told."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from player.errors import LibraryError
from player.library import receipts, untold
from player.library.library import Library, open_library
from player.units import SECOND
from tests.fakes.clock import OPENING


@pytest.fixture
def library(tmp_path: Path) -> Generator[Library]:
    """A library whose journal has ten lines of two kinds, a second apart."""
    opened = open_library(tmp_path / "data", writer="screen")
    for number in range(1, 11):
        opened.orders.note("odd" if number % 2 else "even", {"n": number}, at=OPENING + number * SECOND)
    yield opened
    opened.close()


def test_lines_come_in_the_order_of_their_numbers(library: Library) -> None:
    """After the one that was told last, of the kinds that are asked for, no more than are wanted."""
    orders = library.orders.connection

    found = untold.lines(orders, "screen", after=3, kinds=("odd", "even"), limit=4)

    assert [line.number for line in found] == [4, 5, 6, 7]
    assert [line.what["n"] for line in untold.lines(orders, "screen", after=3, kinds=("odd",), limit=9)] == [5, 7, 9]
    assert untold.lines(orders, "ingest", after=0, kinds=("odd",), limit=9) == ()


def test_lines_that_are_given_up_are_passed_over(library: Library) -> None:
    """Of their kinds alone."""
    found = untold.lines(library.orders.connection, "screen", after=0, kinds=("odd", "even"), limit=9, given_up=("odd",), floor=7)

    assert [line.number for line in found] == [2, 4, 6, 8, 9, 10]


def test_of_too_many_lines_the_newest_stay(library: Library) -> None:
    """Up to which number the others are, and how many; nothing where they are not too many."""
    orders = library.orders.connection

    assert untold.surplus(orders, "screen", after=0, kinds=("odd",), most=2) == (5, 3)
    assert untold.surplus(orders, "screen", after=3, kinds=("odd",), most=2) == (5, 1)
    assert untold.surplus(orders, "screen", after=0, kinds=("odd",), most=5) == (0, 0)


def test_a_head_and_a_time_are_found(library: Library) -> None:
    """The last line of each writer, and the last one before an instant."""
    orders = library.orders.connection

    assert untold.heads(orders) == {"screen": 10}
    assert untold.before(orders, "screen", OPENING + 4 * SECOND) == 3
    assert untold.before(orders, "screen", OPENING) == 0
    assert untold.before(orders, "nobody", OPENING) == 0


def test_a_cursor_is_kept(library: Library) -> None:
    """The last one; what somebody else wrote there is none."""
    assert untold.cursor(library.connection) is None
    untold.keep(library.connection, {"a": 1})
    untold.keep(library.connection, {"a": 2})
    assert untold.cursor(library.connection) == {"a": 2}

    for text in ("{", "9" * (untold.MAX_CHARS + 1)):
        library.connection.execute("UPDATE meta SET value=? WHERE key='fleet'", (text,))
        assert untold.cursor(library.connection) is None


def test_a_file_that_is_gone_is_an_error_of_ours(library: Library) -> None:
    """In a line, for whoever asks."""
    orders = library.orders.connection
    library.close()

    with pytest.raises(LibraryError):
        untold.heads(orders)


def test_receipts_of_items_are_found_in_every_source(library: Library) -> None:
    """Of those that are asked for."""
    orders = library.orders.connection
    for number, (source, item) in enumerate((("wall", "p-1"), ("second", "p-1"), ("second", "p-2"))):
        receipts.begin(orders, source, item, OPENING + number)

    found = receipts.of_items(orders, ["p-1", "p-3"])

    assert {item: {each.source for each in rows} for item, rows in found.items()} == {"p-1": {"second", "wall"}}
