"""The way to the library: one that is missing, locked, newer, damaged, or another one."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from player.console.lanes import Lanes, SlowError
from player.errors import LibraryError
from player.library.library import Library, open_library
from player.units import MILLISECOND, SECOND
from tests.fakes.console import Console


@pytest.fixture
def console(tmp_path: Path) -> Generator[Console]:
    """A console."""
    with Console(tmp_path) as console:
        yield console


def identity(library: Library) -> str:
    """Return which orders these are."""
    return library.orders.identity()


def test_a_library_is_opened_once_and_kept(console: Console) -> None:
    """Each reading after the first costs no opening."""
    seen: list[Library] = []

    for _ in range(3):
        console.run(console.desk.reader.read(seen.append))

    assert len({id(library) for library in seen}) == 1


def test_readings_at_the_same_time_each_have_their_own(console: Console) -> None:
    """SQLite's connections are for one thread at a time."""
    barrier = threading.Barrier(2)

    def look(library: Library) -> int:
        barrier.wait(5)
        return id(library)

    async def both() -> list[int]:
        return list(await asyncio.gather(console.desk.reader.read(look), console.desk.reader.read(look)))

    assert len(set(console.run(both()))) == 2


def test_no_library_is_made_where_there_is_none(tmp_path: Path) -> None:
    """The disk may just be gone; what is missing is said."""
    with Console(tmp_path, has_library=False) as console:
        with pytest.raises(LibraryError, match="there is no library"):
            console.run(console.desk.reader.read(identity))

        assert not list(console.data.glob("library.*"))


def test_a_library_of_a_newer_version_is_said(console: Console) -> None:
    """With what to do about it."""
    with sqlite3.connect(console.data / "library.sqlite") as connection:
        connection.execute("PRAGMA user_version=999")
    connection.close()

    with pytest.raises(LibraryError, match="newer version"):
        console.run(console.desk.reader.read(identity))


def test_another_library_in_its_place_is_noticed(console: Console) -> None:
    """Within a second: a deleted file would stay readable for ever, and deaf."""
    before = console.run(console.desk.reader.read(identity))
    for file in [*console.data.glob("library.sqlite*"), *console.data.glob("orders.sqlite*")]:
        file.unlink()
    open_library(console.data, writer="a test").close()
    console.clock.advance(2 * SECOND)

    assert console.run(console.desk.reader.read(identity)) != before


def test_after_an_error_the_next_reading_begins_anew(console: Console) -> None:
    """Whatever went wrong with the library that it had."""
    seen: list[Library] = []

    def fails(library: Library) -> None:
        seen.append(library)
        raise LibraryError("library.sqlite: the disk does not answer")

    with pytest.raises(LibraryError):
        console.run(console.desk.reader.read(fails))

    assert console.run(console.desk.reader.read(lambda library: library is not seen[0]))


def test_a_disk_that_hangs_is_given_up() -> None:
    """The thread hangs on, and whoever waited for it does not; what had not begun is never done."""
    release, done = threading.Event(), list[int]()

    async def tried() -> None:
        lanes = Lanes()
        with pytest.raises(SlowError):
            await lanes.run(lanes.dark, release.wait, within=10 * MILLISECOND)
        with pytest.raises(SlowError):
            await lanes.run(lanes.dark, lambda: done.append(1), within=10 * MILLISECOND)
        release.set()
        await lanes.run(lanes.dark, lambda: done.append(2))
        lanes.close()

    asyncio.run(tried())

    assert done == [2]


def test_after_the_end_nothing_is_kept(console: Console) -> None:
    """A reading that was under way closes what it had."""
    console.desk.reader.close()
    kept: list[Library] = []
    console.run(console.desk.reader.read(kept.append))

    with pytest.raises(LibraryError):
        kept[0].versions()
