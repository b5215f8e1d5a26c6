"""What is left of a film when taking it in goes wrong: nothing may be, by the time that a withdrawal has its receipt."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from pathlib import Path

import pytest

from player.errors import LibraryError
from player.feed.item import Withdrawal
from player.ingest import withdrawal
from player.ingest.withdrawal import complete, withdraw
from player.library import films, photos, receipts
from player.library.coming import Coming
from player.library.files import WRITING, FileStore
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING
from tests.fakes.feed_films import CLIP, FilmShelf, clip, digests
from tests.library.shelf import Shelf, item, sha


@pytest.fixture(name="cellar")
def _cellar(shelf: Shelf) -> FilmShelf:
    return FilmShelf(shelf)


def _withdrawn(cellar: FilmShelf, name: str = "f") -> int:
    """Withdraw, and return how many receipts are still owed then."""
    withdraw(cellar.library, "wall", [Withdrawal(name)], cellar.shelf.clock.wall(), clock=cellar.shelf.clock)
    return len(receipts.for_purge(cellar.library.orders.connection))


def _left_by_a_kill(cellar: FilmShelf) -> Path:
    """A film that has its name, though whoever took it in never wrote the row."""
    path = cellar.library.files.film(sha(CLIP))
    path.parent.mkdir(parents=True)
    path.write_bytes(CLIP)
    return path


def _mark(cellar: FilmShelf, said: bytes) -> Path:
    path = cellar.library.files.folder / "00" / "a.mark.1.part"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(said)
    return path


@pytest.mark.parametrize("content", [CLIP, None])
def test_a_film_left_by_a_kill_is_gone_before_the_receipt(cellar: FilmShelf, content: bytes | None) -> None:
    """Whether its source states the hash or not: without one nobody knows that these are the withdrawn item's bytes."""
    cellar.offer(clip(content=content))
    path = _left_by_a_kill(cellar)

    assert (_withdrawn(cellar), path.exists()) == (0, False)


def test_a_film_that_is_looked_at_is_nobodys_leftover(cellar: FilmShelf) -> None:
    """Another withdrawal has its receipt meanwhile, and the film stays."""
    cellar.offer(clip(), item("a", b"A"))
    owed: list[int] = []
    cellar.shelf.pool.meanwhile = lambda _: owed.append(_withdrawn(cellar, "a"))

    assert cellar.fetch() == 1
    assert (owed, cellar.here() is not None, cellar.files()) == ([0], True, digests())


def test_a_film_that_has_its_row_in_the_last_moment_stays(cellar: FilmShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at the rows and the one at the marks somebody ended taking it in."""
    cellar.offer(clip(), item("a", b"A"))
    _left_by_a_kill(cellar)
    real = withdrawal.coming

    def coming(store: FileStore, now: Nanos) -> list[Coming | None]:
        cellar.fetch()
        return real(store, now)

    monkeypatch.setattr(withdrawal, "coming", coming)
    assert (_withdrawn(cellar, "a"), cellar.here() is not None) == (0, True)


def test_while_a_mark_says_nothing_no_film_is_deleted_and_no_receipt_given(cellar: FilmShelf) -> None:
    """It may be the mark of that very film."""
    cellar.offer(clip())
    path = _left_by_a_kill(cellar)
    with _mark(cellar, b"").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert (_withdrawn(cellar), path.exists()) == (1, True)

    assert complete(cellar.library, cellar.shelf.clock) == 1
    assert not path.exists()


def test_a_film_is_its_marks_also_under_another_item(cellar: FilmShelf) -> None:
    """What another item's mark names stays, and whoever withdraws these bytes waits for it."""
    cellar.offer(clip())
    path = _left_by_a_kill(cellar)
    said = json.dumps({"source": "wall", "item": "g", "sha256": sha(CLIP).upper(), "stand_in": None}).encode()
    with _mark(cellar, said).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert (_withdrawn(cellar), path.exists()) == (1, True)


def test_bytes_withdrawn_under_another_name_have_their_receipt_when_they_are_gone(shelf: Shelf) -> None:
    """g, of which nobody stated the hash, turns out to be f, which is withdrawn while g is looked at."""
    cellar = FilmShelf(shelf, "g")
    cellar.offer(clip(), clip("g", content=None))
    owed: list[int] = []
    cellar.shelf.pool.meanwhile = lambda _: owed.append(_withdrawn(cellar))

    assert cellar.fetch() == 1
    assert (owed, shelf.state("wall", "g"), cellar.files()) == ([1], "withdrawn", set())
    assert complete(cellar.library, shelf.clock) == 1


def test_without_locks_a_film_that_comes_slowly_is_not_said_to_be_gone(
    cellar: FilmShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system that has none: a minute after its first piece it still comes, and it is withdrawn then."""

    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    clock, owed = cellar.shelf.clock, list[int]()

    def meanwhile() -> None:
        if clock.wall() > OPENING + WRITING:
            owed.append(_withdrawn(cellar))
        clock.advance(WRITING - SECOND)
        for path in cellar.library.files.folder.glob("??/*.part"):
            if ".mark" not in path.name:
                os.utime(path, ns=(clock.wall(), clock.wall()))  # its bytes come all the time

    cellar.web.meanwhile = meanwhile
    cellar.offer(clip())
    cellar.fetch()

    assert (owed[:1], cellar.files()) == ([1], set())
    assert complete(cellar.library, clock) == 1


def _full(monkeypatch: pytest.MonkeyPatch, when: str, owner: object, keep: str) -> None:
    """Let the disk be full when the tile is written, when it has been written, or when the row is."""
    real, count = FileStore.write, 0

    def write(self: FileStore, content: bytes) -> object:
        nonlocal count
        count += 1
        if when == "tile" and count == 2:
            raise LibraryError("the disk is full")
        written = real(self, content)
        if when == "tile's folder" and count == 2:
            raise LibraryError("the disk is full")
        return written

    def refuse(*_: object, **__: object) -> bool:
        raise LibraryError("the disk is full")

    monkeypatch.setattr(FileStore, "write", write)
    if when == "row":
        monkeypatch.setattr(owner, keep, refuse)


@pytest.mark.parametrize("when", ["tile", "tile's folder", "row"])
def test_a_full_disk_leaves_no_page_of_a_film(cellar: FilmShelf, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """No row names it, so nobody who withdraws the film could find it."""
    _full(monkeypatch, when, films, "keep")
    cellar.offer(clip())
    cellar.fetch()

    assert (cellar.shelf.row("wall", "f", "reason"), cellar.files()) == (("the disk is full",), set())


@pytest.mark.parametrize("when", ["tile", "tile's folder", "row"])
def test_a_full_disk_leaves_nothing_of_a_photo(shelf: Shelf, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """As with films."""
    shelf.publish(("a", b"A"))
    shelf.take_in("wall", item("a"))
    with monkeypatch.context() as full:
        _full(full, when, photos, "keep_prepared")
        assert shelf.prepare() == [False]

    assert (shelf.row("wall", "a", "reason"), shelf.files()) == (("the disk is full",), set())
