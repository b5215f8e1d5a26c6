"""The screen's eye on the library."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from player.library import sources
from player.library.library import Library, open_library
from player.library.photo import Photo
from player.screen.watch import LOOK_EVERY, Watch
from player.units import MILLISECOND, SECOND, Digest, Size
from tests.fakes.clock import FakeClock

UNKNOWN = Photo(
    key=7,
    source="wall",
    item="x",
    picture=Digest("0" * 64),
    tile=Digest("1" * 64),
    size=Size(3, 2),
    tile_size=Size(3, 2),
)


@pytest.fixture
def library(tmp_path: Path) -> Generator[Library]:
    """Another process's hold on the same folder."""
    opened = open_library(tmp_path / "data", writer="ingest")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FakeClock:
    """Time by hand."""
    return FakeClock()


@pytest.fixture
def watch(library: Library, clock: FakeClock) -> Generator[Watch]:
    """A watch that has looked once."""
    watch = Watch(library.folder, clock)
    assert watch.moved(clock.monotonic())
    yield watch
    watch.close()


def test_nothing_moves_while_nothing_is_written(watch: Watch, clock: FakeClock) -> None:
    """Between two looks a quiet library asks for nothing."""
    for _ in range(50):
        clock.advance(16 * MILLISECOND)
        assert not watch.moved(clock.monotonic())


def test_what_another_process_writes_is_seen_at_the_next_frame(watch: Watch, clock: FakeClock, library: Library) -> None:
    """A row in either file is seen at once, and once."""
    clock.advance(16 * MILLISECOND)
    sources.declare(library.connection, {"wall": "somewhere"})
    assert watch.moved(clock.monotonic())
    assert not watch.moved(clock.monotonic())
    library.orders.note("test", {}, at=0)
    assert watch.moved(clock.monotonic())
    assert not watch.moved(clock.monotonic())


def test_once_a_second_it_is_asked_in_any_case(watch: Watch, clock: FakeClock) -> None:
    """Leases run out though nobody writes anything."""
    clock.advance(LOOK_EVERY)
    assert watch.moved(clock.monotonic())


def test_what_the_library_does_not_know_may_not_be_shown(watch: Watch) -> None:
    """An unknown photo is refused, with a reason; no photos are no refusals."""
    assert watch.refused([UNKNOWN]) == {7: "not in the library"}
    assert watch.refused([]) == {}


def test_without_a_library_nothing_may_be_shown(tmp_path: Path, clock: FakeClock) -> None:
    """A folder that cannot be made refuses every photo, and says that the screen is deaf."""
    (tmp_path / "file").write_text("in the way")
    watch = Watch(tmp_path / "file" / "data", clock)
    assert watch.moved(clock.monotonic())
    assert watch.refused([UNKNOWN]) == {7: "the library cannot be read"}
    assert not watch.answers
    assert not watch.commands()
    watch.close()


def test_deaf_it_hears_again_when_the_folder_is_back(tmp_path: Path, clock: FakeClock) -> None:
    """It tries again at every look, and says so when it can read."""
    (tmp_path / "file").write_text("in the way")
    watch = Watch(tmp_path / "file" / "data", clock)
    assert watch.moved(clock.monotonic())
    (tmp_path / "file").unlink()
    clock.advance(SECOND)
    assert watch.moved(clock.monotonic())
    assert watch.answers
    watch.close()


def test_a_deleted_folder_is_not_read_through_the_old_handle(watch: Watch, clock: FakeClock, library: Library) -> None:
    """Deleted files stay readable through an open handle: a second later the watch holds the new ones."""
    held = watch._held
    shutil.rmtree(library.folder)
    clock.advance(SECOND)
    assert watch.moved(clock.monotonic())
    assert watch._held != held
    assert watch.refused([UNKNOWN]) == {7: "not in the library"}


@pytest.mark.parametrize("name", ["library.sqlite", "orders.sqlite"])
def test_a_file_that_holds_something_else_is_noticed(watch: Watch, clock: FakeClock, library: Library, name: str) -> None:
    """Overwritten in place, a file has the same inode, and its pages are still in memory: its beginning tells."""
    before = watch._library
    for connection in (library.connection, library.orders.connection):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    watch.moved(clock.monotonic())
    (library.folder / name).write_bytes(b"what a bad disk gave back" * 400)
    clock.advance(SECOND)
    assert watch.moved(clock.monotonic())
    assert watch._library is not before
    assert watch._library is not None
    assert bool(watch._library.lost) == (name == "orders.sqlite")


def test_commands_for_the_screen_are_heard(watch: Watch, library: Library) -> None:
    """What a person ordered is there with its name until it is answered; what is for others is not."""
    number = library.orders.post("screen", "reload", {}, by="operator", at=1)
    library.orders.post("ingest", "reload", {}, by="operator", at=1)
    assert [(c.id, c.verb, c.by) for c in watch.commands() or ()] == [(number, "reload", "operator")]
    library.orders.answer(number, "read again", at=2)
    assert not watch.commands()


def test_a_mended_configuration_is_noticed(library: Library, clock: FakeClock) -> None:
    """While the configuration is faulty, each look asks whether it is another one."""
    changed = False
    watch = Watch(library.folder, clock, faulty=lambda: changed)
    watch.moved(clock.monotonic())
    assert not watch.configuration_was_mended
    changed = True
    clock.advance(SECOND)
    watch.moved(clock.monotonic())
    assert watch.configuration_was_mended
    watch.close()
