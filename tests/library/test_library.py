"""The two files together: what damage, loss and mix-ups of either come to."""

from __future__ import annotations

import fcntl
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from player.errors import LibraryError, OrdersLostError
from player.library import journal, right
from player.library.database import DamagedError, NewerError
from player.library.library import accept_loss, identities, mend, open_library
from player.units import MILLISECOND
from tests.library.denied import read_only
from tests.library.shelf import Shelf, item, sha


def filled(folder: Path) -> None:
    """A data folder with a photo on the wall, one in the core set, and one withdrawn."""
    shelf = Shelf(folder, "wall", "core")
    shelf.publish(("a", b"A"), ("gone", b"gone"), ("c", b"C"))
    shelf.take_in("wall", item("a"), item("gone"))
    shelf.take_in("core", item("c"))
    shelf.prepare()
    shelf.take_in("wall", item("a"), withdrawn=["gone"])
    shelf.close()


def orders_file(folder: Path) -> Path:
    """The orders, without what is beside them."""
    for suffix in ("-wal", "-shm"):
        (folder / f"orders.sqlite{suffix}").unlink(missing_ok=True)
    return folder / "orders.sqlite"


def damage(folder: Path, way: str) -> None:
    """Lose the orders in one of the ways that there are."""
    file = orders_file(folder)
    content = file.read_bytes()
    match way:
        case "text":
            file.write_bytes(b"what a bad disk gave back" * 500)
        case "cut":
            file.write_bytes(content[: len(content) // 2])
        case "emptied":
            file.write_bytes(b"")
        case "a page of zeros":
            at = content.index(b"author") // 4096 * 4096
            file.write_bytes(content[:at] + bytes(4096) + content[at + 4096 :])
        case "deleted":
            file.unlink()
        case _:
            other = folder / "other"
            open_library(other, writer="ingest").close()
            shutil.copy(orders_file(other), file)


WAYS = ["text", "cut", "emptied", "a page of zeros", "deleted", "swapped"]


@pytest.mark.parametrize("way", WAYS)
def test_lost_orders_leave_only_the_core_set(tmp_path: Path, way: str) -> None:
    """However they were lost: live photos are refused, the core set may be shown, and nothing is taken in or guessed."""
    filled(tmp_path)
    damage(tmp_path, way)
    for _ in range(2):  # a restart makes nothing better
        shelf = Shelf(tmp_path, "wall", "core")
        now = shelf.clock.wall()
        live, core = shelf.photo("wall", "a"), shelf.photo("core", "c")
        assert shelf.library.lost
        assert right.refusals(shelf.library, [live, core], now) == {live.key: shelf.library.lost}
        ladder = right.ladder(shelf.library, now)
        assert (ladder.rung, [source.name for source in ladder.sources]) == ("core", ["core"])
        with pytest.raises(OrdersLostError):
            shelf.take_in("wall", item("a"))
        shelf.close()


@pytest.mark.parametrize("way", WAYS)
def test_a_person_may_accept_the_loss(tmp_path: Path, way: str) -> None:
    """New orders begin with a line that says who; the old file is kept; what the library remembers stays withdrawn."""
    filled(tmp_path)
    damage(tmp_path, way)
    aside = accept_loss(tmp_path, writer="doctor", by="Ada", now=7)
    assert bool(aside) == (way != "deleted")
    assert not aside or (tmp_path / aside).exists()

    shelf = Shelf(tmp_path, "wall", "core")
    assert not shelf.library.lost
    lines = shelf.library.orders.connection.execute("SELECT kind, what FROM journal ORDER BY seq").fetchall()
    assert [kind for kind, _ in lines] == ["loss accepted", "withdrawn"]
    assert '"by":"Ada"' in lines[0][1]
    assert journal.verify(shelf.library.orders.connection).fault is None
    assert right.refusals(shelf.library, [shelf.photo("wall", "a")], shelf.clock.wall()) == {}
    assert shelf.library.orders.withdrawn_bytes([sha(b"gone")]) == {sha(b"gone"): "author"}
    shelf.take_in("wall", item("a"), item("gone"))
    assert shelf.state("wall", "gone") == "withdrawn"
    shelf.close()


def test_there_is_nothing_to_accept_when_nothing_is_lost(tmp_path: Path) -> None:
    """Sound orders are not thrown away."""
    filled(tmp_path)
    with pytest.raises(LibraryError, match="nothing is lost"):
        accept_loss(tmp_path, writer="doctor", by="Ada", now=7)
    with closing(open_library(tmp_path, writer="ingest")) as library:
        assert library.orders.tombstones()


@pytest.mark.parametrize("content", [b"not a database" * 1000, b"SQLite format 3\0" + bytes(5000)])
def test_a_damaged_library_is_set_aside_and_started_anew(tmp_path: Path, content: bytes) -> None:
    """It is renamed with the date it was last written, its companions too; the orders go on."""
    filled(tmp_path)
    (tmp_path / "library.sqlite").write_bytes(content)
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"library.sqlite{suffix}").write_bytes(b"")
    with closing(open_library(tmp_path, writer="ingest")) as library:
        assert library.was_set_aside.startswith("library.sqlite.damaged-20")
        assert (tmp_path / library.was_set_aside).read_bytes() == content
        assert not library.lost
        assert library.connection.execute("SELECT count(*) FROM photos").fetchone() == (0,)
        assert library.orders.tombstones()
    with closing(open_library(tmp_path, writer="ingest")) as library:
        assert not library.was_set_aside


def test_two_damaged_libraries_of_one_second_are_both_kept(tmp_path: Path) -> None:
    """Nothing is overwritten."""
    names: set[str] = set()
    for number in range(2):
        open_library(tmp_path, writer="ingest").close()
        path = tmp_path / "library.sqlite"
        path.write_bytes(b"damaged %d" % number * 500)
        _age(path)
        with closing(open_library(tmp_path, writer="ingest")) as library:
            names.add(library.was_set_aside)
    assert len(names) == 2
    assert all((tmp_path / name).exists() for name in names)


def test_damage_deep_inside_is_mended_when_somebody_meets_it(tmp_path: Path) -> None:
    """A page in the middle that was overwritten does not show at opening; `mend` finds it and sets the file aside."""
    with closing(open_library(tmp_path, writer="ingest")) as library:
        library.connection.executemany("INSERT INTO plays VALUES(?, ?, 'wall')", [(n, n) for n in range(5000)])
    path = tmp_path / "library.sqlite"
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 40_000] = b"\xff" * 40_000
    path.write_bytes(content)
    with closing(open_library(tmp_path, writer="ingest")) as library:
        assert not library.was_set_aside
    assert mend(tmp_path).startswith("library.sqlite.damaged-")
    assert mend(tmp_path) == ""
    with closing(open_library(tmp_path, writer="ingest")) as library:
        assert library.connection.execute("SELECT count(*) FROM plays").fetchone() == (0,)
        assert not library.lost


def test_a_damaged_library_without_orders_beside_it_is_a_loss(tmp_path: Path) -> None:
    """Both gone at once is no first start: somebody had withdrawals here."""
    filled(tmp_path)
    orders_file(tmp_path).unlink()
    (tmp_path / "library.sqlite").write_bytes(b"not a database" * 1000)
    with closing(open_library(tmp_path, writer="ingest")) as library:
        assert "orders.sqlite is gone" in library.lost


def test_a_new_library_takes_the_orders_that_are_there(tmp_path: Path) -> None:
    """When only `library.sqlite` is gone, the withdrawals hold."""
    filled(tmp_path)
    for file in tmp_path.glob("library.sqlite*"):
        file.unlink()
    with closing(open_library(tmp_path, writer="ingest")) as library:
        assert not library.lost
        assert [each.item for each in library.orders.tombstones()] == ["gone"]


def test_files_deleted_or_replaced_while_open_are_noticed(tmp_path: Path) -> None:
    """Identities change, or are none, when either file is another one than was opened."""
    with closing(open_library(tmp_path, writer="ingest")):
        held = identities(tmp_path)
        assert held is not None
        assert identities(tmp_path) == held
        shutil.rmtree(tmp_path)
        assert identities(tmp_path) is None
        open_library(tmp_path, writer="ingest").close()
        assert identities(tmp_path) not in {held, None}
        (tmp_path / "orders.sqlite").unlink()
        assert identities(tmp_path) is None


def test_another_process_is_heard_of(tmp_path: Path) -> None:
    """Two numbers move: the first for the library, the second for the orders."""
    with closing(open_library(tmp_path, writer="screen")) as screen, closing(open_library(tmp_path, writer="ingest")) as ingest:
        before = screen.versions()
        ingest.orders.note("kind", {}, at=1)
        after = screen.versions()
        assert (before[0] == after[0], before[1] == after[1]) == (True, False)
        ingest.connection.execute("INSERT INTO plays VALUES(1, 1, 'wall')")
        assert screen.versions()[0] != after[0]


@pytest.mark.parametrize("file", ["library.sqlite", "orders.sqlite"])
def test_a_newer_data_folder_is_refused(tmp_path: Path, file: str) -> None:
    """Neither file is set aside or called lost: the program is to be updated."""
    filled(tmp_path)
    shelf = open_library(tmp_path, writer="ingest")
    connection = shelf.connection if file == "library.sqlite" else shelf.orders.connection
    connection.execute("PRAGMA user_version=99")
    shelf.close()
    with pytest.raises(NewerError, match=f"{file} was written by a newer version"):
        open_library(tmp_path, writer="ingest")


def test_a_read_only_folder_can_be_shown_from(tmp_path: Path) -> None:
    """Photos are allowed and withdrawals hold; whoever wants to write is told what to do."""
    filled(tmp_path)
    with read_only(tmp_path) as folder, closing(open_library(folder, writer="screen")) as library:
        assert not library.lost
        assert [each.item for each in library.orders.tombstones()] == ["gone"]
        with pytest.raises(LibraryError, match="read-only"):
            library.orders.note("kind", {}, at=1)


def test_unread_withdrawals_on_a_read_only_disk_are_lost(tmp_path: Path) -> None:
    """A log of the orders that cannot be read may hold a withdrawal: only the core set is shown."""
    filled(tmp_path)
    with closing(open_library(tmp_path, writer="ingest")) as library:
        library.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        library.orders.note("kind", {}, at=1)
        (tmp_path / "copy").mkdir()
        for name in ("library.sqlite", "orders.sqlite", "orders.sqlite-wal"):
            shutil.copy(tmp_path / name, tmp_path / "copy" / name)
    with read_only(tmp_path / "copy") as folder, closing(open_library(folder, writer="screen")) as library:
        assert "last changes cannot be read" in library.lost


def test_a_damaged_library_that_cannot_be_set_aside_says_so(tmp_path: Path) -> None:
    """On a read-only disk it is an error in words."""
    filled(tmp_path)
    (tmp_path / "library.sqlite").write_bytes(b"not a database" * 1000)
    with read_only(tmp_path) as folder, pytest.raises(LibraryError, match="damaged and cannot be set aside"):
        open_library(folder, writer="screen")


def test_a_file_where_the_data_folder_should_be(tmp_path: Path) -> None:
    """It says what is in the way."""
    (tmp_path / "data").write_text("a file")
    with pytest.raises(LibraryError, match="cannot be made"):
        open_library(tmp_path / "data", writer="ingest")


def test_damage_while_open_is_told_as_damage(tmp_path: Path) -> None:
    """Whoever reads a damaged page hears which file it is."""
    with closing(open_library(tmp_path, writer="ingest")) as library:
        (page,) = library.connection.execute("SELECT rootpage FROM sqlite_master WHERE name='sources'").fetchone()
        (size,) = library.connection.execute("PRAGMA page_size").fetchone()
    with (tmp_path / "library.sqlite").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with closing(open_library(tmp_path, writer="ingest")) as library, pytest.raises(DamagedError, match=r"library\.sqlite"):
        right.ladder(library, 0)


def _age(path: Path) -> None:
    import os

    os.utime(path, (1_700_000_000, 1_700_000_000))


def test_nobody_waits_for_ever_for_somebody_who_is_opening(tmp_path: Path) -> None:
    """A process that was stopped while it opened the files keeps its turn: the others say so, and go on without."""
    open_library(tmp_path, writer="one").close()
    with (tmp_path / ".opening").open("wb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        with pytest.raises(LibraryError, match="another process is opening"):
            open_library(tmp_path, writer="two", patience=MILLISECOND)
    open_library(tmp_path, writer="two", patience=0).close()
