"""The journal and the commands as one list."""

from __future__ import annotations

import json

import pytest

from player.library import chronicle
from player.library.chronicle import COMMAND, Entry, Mark, entries, kinds
from tests.library.shelf import Shelf


@pytest.fixture
def told(shelf: Shelf) -> Shelf:
    """Twenty lines of two kinds, and ten commands between them, some at the same instant."""
    orders = shelf.library.orders
    for n in range(20):
        orders.note("plays" if n % 2 else "rung", {"n": n}, at=n)
    for n in range(10):
        orders.post("screen", "next", {"n": str(n)}, by="Olek", at=2 * n)
    return shelf


def walked(shelf: Shelf, limit: int, *, of: tuple[str, ...] = ()) -> list[Entry]:
    """All lines, newest first, page by page."""
    found: list[Entry] = []
    while page := entries(shelf.library.orders.connection, limit=limit, kinds=of, before=found[-1].mark if found else None):
        found += page
    return found


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_pages_have_every_line_once(told: Shelf, limit: int) -> None:
    """Whatever a page's size, lines and commands come each once, the newest first."""
    marks = [entry.mark for entry in walked(told, limit)]

    assert len(marks) == 30
    assert marks == sorted(set(marks), reverse=True)


def test_forwards_is_backwards_turned_around(told: Shelf) -> None:
    """From a mark onwards the list runs from the oldest to the newest."""
    connection = told.library.orders.connection
    backwards = walked(told, 100)

    forwards = entries(connection, limit=100, after=Mark(-1, "", 0))

    assert list(forwards) == list(reversed(backwards))
    assert entries(connection, limit=2, after=forwards[4].mark) == forwards[5:7]


@pytest.mark.parametrize(("of", "count"), [(("rung",), 10), ((COMMAND,), 10), (("rung", COMMAND), 20), (("nothing",), 0)])
def test_kinds_are_told_apart(told: Shelf, of: tuple[str, ...], count: int) -> None:
    """Of one kind, of several, or commands alone."""
    found = walked(told, 4, of=of)

    assert len(found) == count
    assert {entry.kind for entry in found} <= set(of)


def test_there_is_a_list_of_kinds(told: Shelf) -> None:
    """Those that the journal has, and commands."""
    assert kinds(told.library.orders.connection) == (COMMAND, "plays", "rung")


def test_a_long_line_is_cut_unless_all_of_it_is_wanted(told: Shelf) -> None:
    """Five hundred approvals in one line are a beginning on a page, and whole in an export."""
    told.library.orders.note("approvals", {"items": ["x" * 100] * 100}, at=99)
    connection = told.library.orders.connection

    (cut,) = entries(connection, limit=1)
    (whole,) = entries(connection, limit=1, is_whole=True)

    assert cut.is_cut
    assert len(cut.what) == chronicle.MAX_WHAT
    assert whole.what.startswith(cut.what)
    assert whole.hash and whole.prev  # noqa: PT018 - both or neither


def test_what_a_command_came_to_stands_in_its_line(told: Shelf) -> None:
    """Who gave it, what it was, and the answer, whatever somebody wrote into its row."""
    orders = told.library.orders
    number = orders.post("screen", "go", {"show": "evening"}, by="Olek", at=200)
    orders.answer(number, "evening", at=201)
    orders.connection.execute("UPDATE commands SET arguments='{[' WHERE id=?", (number,))

    (entry,) = entries(orders.connection, limit=1)

    assert entry.kind == COMMAND
    for part in ('"by":"Olek"', '"verb":"go"', '"result":"evening"', '"done_at":201', '"arguments":"{["'):
        assert part in entry.what


def test_a_command_has_its_reply_as_a_value(told: Shelf) -> None:
    """Where whoever answered gave one; the others are as they were."""
    orders = told.library.orders
    orders.answer(1, "dark", reply='{"refused":false}', at=100)

    found = {entry.mark.number: json.loads(entry.what) for entry in walked(told, 100, of=(COMMAND,))}

    assert (found[1]["result"], found[1]["reply"]) == ("dark", {"refused": False})
    assert "reply" not in found[2]
