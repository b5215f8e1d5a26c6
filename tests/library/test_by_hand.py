"""What holds by hand, where it outlives a power cut; and how bright the very first picture is."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from player.library import by_hand, dark
from player.library.by_hand import Obeyed, last_light
from player.library.database import connect
from player.library.library import Library, open_library
from player.library.orders import ORDERS, Orders


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Return an open library."""
    return open_library(tmp_path / "data", writer="test")


def test_what_was_kept_last_is_what_holds(library: Library) -> None:
    """There is one state, and it is the newest."""
    with closing(library):
        connection = library.orders.connection
        assert by_hand.kept(connection) == {}
        library.orders.settle({"show": "wall"}, light=1.0, at=1)
        library.orders.settle({"show": "facade"}, light=0.4, at=2)
        assert by_hand.kept(connection) == {"show": "facade"}


def test_state_and_answer_are_there_together_or_not_at_all(library: Library) -> None:
    """Whoever hears that an order was carried out will find it so after a power cut."""
    with closing(library):
        number = library.orders.post("screen", "dark", {}, by="anna", at=1)
        done = Obeyed("dark", {}, "anna", 1, "dark", number)
        library.orders.settle({"is_dark": True}, light=0.0, at=2, obeyed=done)
        assert library.orders.result(number) == "dark"
        library.orders.connection.execute("CREATE TRIGGER refuse BEFORE UPDATE ON commands BEGIN SELECT raise(ABORT, 'no'); END")
        with pytest.raises(Exception, match="no"):
            library.orders.settle({}, light=1.0, at=3, obeyed=done)
        assert by_hand.kept(library.orders.connection) == {"is_dark": True}


def test_a_key_leaves_a_row_too(library: Library) -> None:
    """With who, when and what became of it; and nobody obeys it a second time."""
    with closing(library):
        library.orders.settle({}, light=1.0, at=9, obeyed=Obeyed("go", {"show": "wall"}, "keyboard", 8, "wall is on"))
        rows = library.orders.connection.execute("SELECT addressee, verb, arguments, by, at, done_at, result FROM commands")
        assert rows.fetchall() == [("screen", "go", '{"show": "wall"}', "keyboard", 8, 9, "wall is on")]
        assert library.orders.waiting("screen") == ()


def test_the_first_picture_is_as_bright_as_the_last(library: Library, tmp_path: Path) -> None:
    """Read before anything is opened in earnest, while others hold the file, after they closed it, and after a power cut."""
    folder = tmp_path / "data"
    assert last_light(folder) == 1.0
    library.orders.settle({}, light=0.0, at=1)
    assert last_light(folder) == 0.0
    library.orders.connection.execute("BEGIN IMMEDIATE")
    assert last_light(folder) == 0.0
    library.orders.connection.execute("ROLLBACK")
    library.close()
    assert last_light(folder) == 0.0
    with closing(open_library(folder, writer="test")) as again:
        again.orders.settle({}, light=0.6, at=2)
    assert last_light(folder) == 0.6


def test_where_nobody_can_say_the_first_picture_is_light(tmp_path: Path) -> None:
    """No folder, no file, another file, an older file: the plate is up, and nothing is made or harmed."""
    assert last_light(tmp_path / "nowhere") == 1.0
    assert not (tmp_path / "nowhere").exists()
    assert last_light(tmp_path) == 1.0
    (tmp_path / "orders.sqlite").write_bytes(b"what a bad disk gave back" * 100)
    assert last_light(tmp_path) == 1.0
    older = tmp_path / "older"
    older.mkdir()
    with closing(sqlite3.connect(older / "orders.sqlite")) as connection:
        connection.execute("CREATE TABLE identity(id TEXT)")
    assert last_light(older) == 1.0


def test_orders_of_a_version_before_are_taken_over(tmp_path: Path) -> None:
    """A file from before there were hands opens, and holds nothing by hand."""
    path = tmp_path / "orders.sqlite"
    before = next(n for n, script in enumerate(ORDERS.migrations) if script == by_hand.BY_HAND_TABLE)
    old = type(ORDERS)(ORDERS.name, ORDERS.migrations[:before], durable=True)
    connect(path, old).close()
    with closing(connect(path, ORDERS)) as connection:
        assert by_hand.kept(connection) == {}


def test_answers_of_a_version_before_are_kept(tmp_path: Path) -> None:
    """In English, as they were given; what is answered from now on has a value beside it, where somebody gives one."""
    path = tmp_path / "orders.sqlite"
    before = next(n for n, script in enumerate(ORDERS.migrations) if script == by_hand.REPLY_COLUMN)
    with closing(connect(path, type(ORDERS)(ORDERS.name, ORDERS.migrations[:before], durable=True))) as connection:
        connection.execute(
            "INSERT INTO commands(addressee, verb, arguments, by, at, done_at, result) VALUES('screen','dark','{}','x',1,2,?)",
            ("dark",),
        )

    with closing(connect(path, ORDERS)) as connection:
        orders = Orders(connection, writer="screen")
        number = orders.post("screen", "next", {}, by="x", at=3)
        waiting = orders.result_and_reply(number)
        orders.answer(number, "the next slide comes", reply="{}", at=4)

        assert orders.result_and_reply(1) == ("dark", "")
        assert waiting == (None, "")
        assert orders.result_and_reply(number) == ("the next slide comes", "{}")
        assert orders.result_and_reply(99) == (None, "")


def test_a_demand_is_one_until_it_is_taken_away(tmp_path: Path) -> None:
    """It makes the first picture dark as well; another one is another."""
    assert dark.demanded(tmp_path) is None
    dark.demand(tmp_path)
    first = dark.demanded(tmp_path)
    assert first is not None
    assert last_light(tmp_path) == 0.0
    os.utime(tmp_path / dark.NAME, ns=(first + 1, first + 1))
    assert dark.demanded(tmp_path) == first + 1
    dark.take_away(tmp_path)
    dark.take_away(tmp_path)
    assert dark.demanded(tmp_path) is None


def test_each_demand_is_another_one(tmp_path: Path) -> None:
    """However fast they come: whoever has obeyed one sees the next."""
    seen: set[int | None] = set()
    for _ in range(100):
        dark.demand(tmp_path)
        seen.add(dark.demanded(tmp_path))
    assert len(seen) == 100


def test_what_cannot_be_taken_away_is_said(tmp_path: Path) -> None:
    """So that whoever orders light can say so; what is not there any more is as good as taken away."""
    assert dark.take_away(tmp_path)
    assert dark.take_away(tmp_path, 7)
    (tmp_path / dark.NAME).mkdir()
    assert not dark.take_away(tmp_path)


def test_a_note_counts_until_it_is_forgotten(tmp_path: Path) -> None:
    """What the orders do not have yet is read from beside them, the first picture's light too; damage is no note."""
    assert by_hand.noted(tmp_path) is None
    note = by_hand.Note({"is_dark": True}, 0.0, "orders", 7)
    by_hand.note_down(tmp_path, note)
    assert by_hand.noted(tmp_path) == note
    assert last_light(tmp_path) == 0.0
    by_hand.forget_note(tmp_path)
    by_hand.forget_note(tmp_path)
    assert by_hand.noted(tmp_path) is None
    assert last_light(tmp_path) == 1.0
    for text in ("", "7", "{}", "[" * 90_000, '{"state":{},"light":Infinity,"orders":"","upto":1e999}'):
        (tmp_path / by_hand.NOTE).write_text(text)
        assert by_hand.noted(tmp_path) is None


def test_a_demand_that_is_another_one_stays(tmp_path: Path) -> None:
    """Whoever demanded darkness again is not forgotten with the demand before."""
    dark.demand(tmp_path)
    first = dark.demanded(tmp_path)
    assert first
    os.utime(tmp_path / dark.NAME, ns=(first + 1, first + 1))
    dark.take_away(tmp_path, first)
    assert dark.demanded(tmp_path) == first + 1
    dark.take_away(tmp_path, first + 1)
    assert dark.demanded(tmp_path) is None
