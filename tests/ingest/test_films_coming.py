"""Films that are withdrawn while they come, or that come twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from player.feed.item import Withdrawal
from player.feed.trust import REVIEWED, Policy
from player.ingest.films import RETRY
from player.ingest.withdrawal import complete, withdraw
from player.library import pending, receipts
from player.library.reviews import Name
from player.units import SECOND
from tests.fakes.feed_films import CLIP, FilmShelf, clip, digests
from tests.library.shelf import Shelf, item, sha

OTHER = Name("wall", "g")


@pytest.fixture(name="cellar")
def _cellar(shelf: Shelf) -> FilmShelf:
    return FilmShelf(shelf)


def _withdrawn(cellar: FilmShelf, *gone: Withdrawal) -> int:
    """Withdraw, and return how many receipts are still owed then."""
    withdraw(cellar.library, "wall", gone or [Withdrawal("f")], cellar.shelf.clock.wall(), clock=cellar.shelf.clock)
    return len(receipts.for_purge(cellar.library.orders.connection))


def test_a_withdrawn_film_comes_no_further_and_then_has_its_receipt(cellar: FilmShelf) -> None:
    """Within a second it is broken off; before that nobody says that its bytes are gone, and then they are."""
    cellar.offer(clip())
    owed: list[int] = []

    def meanwhile() -> None:
        owed.append(_withdrawn(cellar))
        cellar.shelf.clock.advance(SECOND)

    cellar.web.meanwhile = meanwhile

    assert cellar.fetch() == 1
    assert owed == [1]
    assert (cellar.shelf.state("wall", "f"), cellar.files(), cellar.looked) == ("withdrawn", set(), 0)
    assert complete(cellar.library, cellar.shelf.clock) == 1
    assert cellar.fetch() == 0


def test_a_film_whose_bytes_are_withdrawn_comes_no_further(shelf: Shelf) -> None:
    """Its source says which they are, so that nobody has to wait for the end of it."""
    cellar = FilmShelf(shelf)
    cellar.offer(clip(), clip("g"))
    owed: list[int] = []

    def meanwhile() -> None:
        owed.append(_withdrawn(cellar, Withdrawal("g")))
        cellar.shelf.clock.advance(SECOND)

    cellar.web.meanwhile = meanwhile

    assert cellar.fetch() == 1
    assert owed == [1]
    assert (cellar.shelf.state("wall", "f"), cellar.files()) == ("withdrawn", set())
    assert complete(cellar.library, cellar.shelf.clock) == 1


def test_a_film_withdrawn_while_it_is_looked_at_has_its_receipt_afterwards(cellar: FilmShelf) -> None:
    """It has its name by then and no row names it, so nobody else could delete it."""
    cellar.offer(clip())
    owed: list[int] = []
    cellar.shelf.pool.meanwhile = lambda _: owed.append(_withdrawn(cellar))

    assert cellar.fetch() == 1
    assert (owed, cellar.here(), cellar.files()) == ([1], None, set())
    assert complete(cellar.library, cellar.shelf.clock) == 1


def test_other_withdrawals_do_not_wait_for_a_film(cellar: FilmShelf) -> None:
    """It may come for an hour."""
    cellar.offer(clip(), item("a", b"A"))
    owed: list[int] = []
    cellar.web.meanwhile = lambda: owed.append(_withdrawn(cellar, Withdrawal("a")))

    assert cellar.fetch() == 1
    assert set(owed) == {0}
    assert cellar.here() is not None


def test_a_film_that_comes_slowly_is_nobodys_leftover(cellar: FilmShelf) -> None:
    """An hour without a byte: those who tidy up let it lie, and it is kept in the end."""
    cellar.offer(clip())

    def slowly() -> None:
        cellar.shelf.clock.advance(3600 * SECOND)
        assert cellar.library.files.drop_leftovers(cellar.shelf.clock.wall()) == 0

    cellar.web.meanwhile = slowly
    cellar.fetch()

    assert (cellar.shelf.row("wall", "f", "film"), cellar.files()) == ((sha(CLIP),), digests())


@pytest.mark.parametrize("said", [b"", b'{"source": "wall", "item": "f", "sha256": null, "stand_in": null}'])
def test_what_an_interrupted_fetch_left_holds_no_receipt_up(cellar: FilmShelf, said: bytes) -> None:
    """A mark that nobody has locked is tidied up, also when another process has the number of the one that left it."""
    cellar.offer(clip())
    mark = cellar.library.files.folder / "00" / f"half.mark.{os.getpid()}.part"
    mark.parent.mkdir(parents=True)
    mark.write_bytes(said)
    now = cellar.shelf.clock.wall()
    os.utime(mark, ns=(now, now))
    assert _withdrawn(cellar) == 1

    cellar.shelf.clock.advance(60 * SECOND)
    assert complete(cellar.library, cellar.shelf.clock) == 1
    assert not mark.exists()


def test_a_second_film_with_the_same_bytes_does_not_touch_the_first(shelf: Shelf) -> None:
    """The first stays on the wall, though nobody can look at the second one now."""
    cellar = FilmShelf(shelf, "f", "g")
    cellar.offer(clip())
    cellar.fetch()
    found = cellar.here()
    assert found is not None
    path = Path(found.file)
    os.utime(path, ns=(1, 1))
    cellar.restart()
    assert cellar.here() is None
    cellar.fetch()  # its bytes are what they were: it is known by its new time
    before = path.stat()
    assert cellar.here() is not None

    cellar.faults[CLIP] = "the worker was killed"
    cellar.offer(clip(), clip("g"))
    cellar.fetch()
    assert (cellar.here() is not None, cellar.here(OTHER)) == (True, None)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    cellar.faults.clear()
    cellar.shelf.clock.advance(RETRY)
    cellar.shelf.take_in("wall", clip(), clip("g"))
    cellar.fetch()
    assert (cellar.here() is not None, cellar.here(OTHER) is not None) == (True, True)


def test_a_second_film_brings_back_the_file_of_the_first(shelf: Shelf) -> None:
    """Somebody had tidied it up: the first is known by the new file's time, whatever becomes of the second."""
    cellar = FilmShelf(shelf, "f", "g")
    cellar.offer(clip())
    cellar.fetch()
    found = cellar.here()
    assert found is not None
    Path(found.file).unlink()
    cellar.faults[CLIP] = "the worker was killed"
    cellar.offer(clip(), clip("g"))
    cellar.fetch()

    assert cellar.here() is not None


def test_films_that_wait_for_reviewers_take_no_photo_its_turn(cellar: FilmShelf) -> None:
    """A film has more bytes than a thousand photos, and its own share of the disk."""
    library = cellar.library
    library.connection.execute("UPDATE sources SET reviewers=2 WHERE name='wall'")
    cellar.web.films["/f.mp4"] = CLIP
    cellar.shelf.take_in("wall", clip(), item("p"), policy=Policy(trust=REVIEWED))
    cellar.fetch()

    found = pending.to_prepare(library.connection, now=cellar.shelf.clock.wall(), limit=10, budget=len(CLIP), stored=lambda: 0)
    assert [row.item for row in found] == ["p"]


def test_a_disk_that_refuses_the_film_is_said(cellar: FilmShelf) -> None:
    """The folder that films come to cannot be written; it is tried again later."""
    folder = cellar.library.files.folder / "00"
    folder.parent.mkdir(exist_ok=True)
    folder.write_bytes(b"a file")
    cellar.offer(clip())
    cellar.fetch()

    assert "a film could not be kept" in cellar.shelf.row("wall", "f", "reason")[0]
