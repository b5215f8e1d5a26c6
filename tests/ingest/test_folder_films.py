"""Films of a folder: known by size and time until one is fetched, and then fetched as they were listed or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from player.clock import SystemClock
from player.feed.folder import SETTLED, Scan, Stamp, scan
from player.feed.item import Withdrawal
from player.feed.local import fetcher_for
from player.feed.trust import MODERATED, Policy, State, judge
from player.ingest.films import RETRY
from player.ingest.withdrawal import complete, release, withdraw
from player.library import receipts
from player.library.reviews import Name
from player.units import SECOND, Nanos, Seconds
from tests.fakes.feed_films import CLIP, FilmShelf
from tests.library.shelf import Shelf, sha

OTHER = b"x" * len(CLIP)
HUGE = 20_000_000_000  # bytes


class Folder:
    """A folder with a film in it, and a player that shows it."""

    def __init__(self, path: Path, shelf: Shelf) -> None:
        self.path, self.shelf = path, shelf
        path.mkdir()
        self.cellar = FilmShelf(shelf, "f.mp4")
        self.cellar.folder = fetcher_for(str(path), clock=SystemClock())
        self.stamps: dict[str, Stamp] = {}

    def put(self, content: bytes, age: Nanos = 10 * SECOND) -> None:
        """Let the film's file be this, changed so long ago."""
        (self.path / "f.mp4").write_bytes(content)
        changed = self.shelf.clock.wall() - age
        os.utime(self.path / "f.mp4", ns=(changed, changed))

    def rename(self, name: str = "copy.mp4") -> None:
        """Give the film's file another name, have that one wanted, and list the folder."""
        (self.path / "f.mp4").rename(self.path / name)
        self.cellar.names = (Name("wall", name),)
        self.look()

    def look(self) -> Scan:
        """Scan it, and take in what is found."""
        found = scan(self.path, settled=self.stamps, now=self.shelf.clock.wall())
        self.stamps = found.stamps
        self.shelf.take_in("wall", *found.snapshot.items)
        return found


@pytest.fixture(name="folder")
def _folder(shelf: Shelf, tmp_path: Path) -> Folder:
    return Folder(tmp_path / "films", shelf)


def test_no_film_is_read_to_be_listed(folder: Folder) -> None:
    """Not even one of twenty gigabytes; it counts as approved without a hash, for no date says that it was edited."""
    with (folder.path / "f.mp4").open("wb") as file:
        file.truncate(HUGE)
    os.utime(folder.path / "f.mp4", ns=(1, 1))
    (found,) = folder.look().snapshot.items

    assert (found.size_in_bytes, found.sha256, found.is_film) == (HUGE, None, True)
    assert judge(found, policy=Policy(trust=MODERATED), min_approvals=1, now=folder.shelf.clock.wall()).state is State.APPROVED


def test_a_film_of_a_folder_is_fetched_and_shown(folder: Folder) -> None:
    """As it was listed; another scan of the same file changes nothing, and a sidecar changes its words alone."""
    folder.put(CLIP)
    folder.look()
    assert folder.cellar.fetch() == 1
    here = folder.cellar.here(folder.cellar.names[0])
    assert here is not None
    assert here.photo.film == sha(CLIP)

    (folder.path / "f.mp4.yaml").write_text("caption: A voice")
    folder.look()
    assert folder.cellar.fetch() == 0
    assert folder.shelf.row("wall", "f.mp4", "caption", "film") == ("A voice", sha(CLIP))


def test_a_film_that_was_written_anew_is_another_one(folder: Folder) -> None:
    """Of the same size, too: its time tells. It waits until it was left alone, and stays settled when the clock is set back."""
    folder.put(CLIP)
    folder.look()
    folder.cellar.fetch()
    folder.put(OTHER, age=SETTLED - 1)
    assert folder.look().waiting == ("f.mp4",)
    folder.shelf.clock.advance(SETTLED)
    assert folder.look().waiting == ()
    folder.shelf.clock.step(-3600 * SECOND)
    assert folder.look().waiting == ()

    assert folder.cellar.here(folder.cellar.names[0]) is None
    assert folder.cellar.fetch() == 1
    assert folder.shelf.row("wall", "f.mp4", "film") == (sha(OTHER),)


def test_only_the_bytes_that_were_listed_are_taken(folder: Folder) -> None:
    """A file that changed since, though not in size, is put off; when it is listed again it is fetched at once."""
    folder.put(CLIP)
    folder.look()
    folder.put(OTHER, age=3 * SECOND)
    folder.cellar.fetch()

    state, reason = folder.shelf.row("wall", "f.mp4", "state", "reason")
    assert (state, "changed after it was listed" in reason, folder.cellar.files()) == ("approved", True, set())
    assert folder.cellar.fetch() == 0
    folder.look()
    assert folder.cellar.fetch() == 1
    assert folder.shelf.row("wall", "f.mp4", "film") == (sha(OTHER),)


def test_a_film_that_is_gone_when_it_is_fetched_is_put_off(folder: Folder) -> None:
    """The next scan says what became of it."""
    folder.put(CLIP)
    folder.look()
    (folder.path / "f.mp4").unlink()
    folder.cellar.fetch()

    assert "cannot be read" in folder.shelf.row("wall", "f.mp4", "reason")[0]
    folder.shelf.clock.advance(RETRY)
    assert folder.shelf.state("wall", "f.mp4") == "approved"


def test_withdrawn_bytes_are_refused_from_a_folder(folder: Folder) -> None:
    """Nobody knows them before they are fetched; then they are not kept."""
    withdraw(folder.shelf.library, "wall", [Withdrawal("elsewhere", sha256=sha(CLIP))], folder.shelf.clock.wall())
    folder.put(CLIP)
    folder.look()
    assert folder.shelf.state("wall", "f.mp4") == "approved"
    folder.cellar.fetch()

    assert (folder.shelf.state("wall", "f.mp4"), folder.cellar.files()) == ("withdrawn", set())


def test_a_film_withdrawn_before_anybody_hashed_it_is_refused_under_another_name(folder: Folder) -> None:
    """Its size and its time bind, as its bytes would; also after a restart, and when it is fetched never."""
    folder.put(CLIP)
    folder.look()
    withdraw(folder.shelf.library, "wall", [Withdrawal("f.mp4")], folder.shelf.clock.wall(), clock=folder.shelf.clock)
    folder.stamps = {}
    folder.shelf.reopen()
    folder.cellar.library = folder.shelf.library
    folder.rename()

    assert folder.shelf.row("wall", "copy.mp4", "state", "image") == ("withdrawn", "")
    assert (folder.cellar.fetch(), folder.cellar.files()) == (0, set())


def test_a_film_withdrawn_while_it_was_fetched_is_refused_under_another_name(folder: Folder) -> None:
    """It was broken off: nobody knows its hash."""
    folder.put(CLIP)
    folder.look()

    class Slow:
        def save(self, url: str, take: Callable[[bytes], object], *, limit_bytes: int, deadline_s: Seconds) -> None:
            del url, limit_bytes, deadline_s
            take(CLIP[:1])
            withdraw(folder.shelf.library, "wall", [Withdrawal("f.mp4")], folder.shelf.clock.wall(), clock=folder.shelf.clock)
            folder.shelf.clock.advance(SECOND)
            take(CLIP[1:])

        def cut(self) -> None:
            """As a Saver."""

    folder.cellar.folder = Slow()
    folder.cellar.fetch()
    folder.rename()

    assert (folder.shelf.state("wall", "f.mp4"), folder.shelf.state("wall", "copy.mp4")) == ("withdrawn", "withdrawn")


def test_a_film_that_was_renamed_goes_with_its_old_name(folder: Folder) -> None:
    """At once: it was renamed before anybody withdrew the name that people knew, and was fetched since."""
    folder.put(CLIP)
    folder.look()
    folder.rename()
    folder.cellar.fetch()
    assert folder.cellar.here(folder.cellar.names[0]) is not None
    withdraw(folder.shelf.library, "wall", [Withdrawal("f.mp4")], folder.shelf.clock.wall(), clock=folder.shelf.clock)

    assert (folder.shelf.state("wall", "copy.mp4"), folder.cellar.files()) == ("withdrawn", set())


def test_what_a_film_was_before_it_was_written_anew_is_bound_too(folder: Folder) -> None:
    """Somebody kept a copy of it, with its time; the film itself may be shown as it is now, until its name is withdrawn."""
    folder.put(CLIP)
    folder.look()
    copy = folder.path / "kept.mp4"
    shutil.copy2(folder.path / "f.mp4", copy)
    folder.put(OTHER, age=5 * SECOND)
    folder.look()
    assert (folder.shelf.state("wall", "f.mp4"), folder.shelf.state("wall", "kept.mp4")) == ("approved", "approved")
    withdraw(folder.shelf.library, "wall", [Withdrawal("kept.mp4")], folder.shelf.clock.wall(), clock=folder.shelf.clock)
    assert folder.shelf.state("wall", "f.mp4") == "approved"

    withdraw(folder.shelf.library, "wall", [Withdrawal("f.mp4")], folder.shelf.clock.wall(), clock=folder.shelf.clock)
    copy.rename(folder.path / "again.mp4")
    folder.look()
    assert folder.shelf.state("wall", "again.mp4") == "withdrawn"


def test_another_film_is_none_the_worse_for_a_withdrawn_one(folder: Folder) -> None:
    """Of the same size, and from another moment; likewise the withdrawn name itself stays withdrawn whatever lies there."""
    folder.put(CLIP)
    folder.look()
    withdraw(folder.shelf.library, "wall", [Withdrawal("f.mp4")], folder.shelf.clock.wall(), clock=folder.shelf.clock)
    folder.put(OTHER, age=9 * SECOND)
    folder.rename("other.mp4")

    assert folder.shelf.state("wall", "other.mp4") == "approved"


def test_a_renamed_film_comes_back_with_the_name_that_was_withdrawn(folder: Folder) -> None:
    """Whoever takes the withdrawal back need not know under which other name the film was refused."""
    folder.put(CLIP)
    folder.look()
    library, now = folder.shelf.library, folder.shelf.clock.wall()
    withdraw(library, "wall", [Withdrawal("f.mp4")], now)
    folder.rename()
    library.orders.lift("wall", "f.mp4", None, by="ops", at=now)

    assert release(library, "wall", "f.mp4") == 2
    folder.look()
    assert (folder.shelf.state("wall", "copy.mp4"), folder.cellar.fetch()) == ("approved", 1)


@pytest.mark.parametrize("when", ["it comes", "it is looked at"])
def test_while_a_renamed_film_is_taken_in_its_old_name_has_no_receipt(folder: Folder, when: str) -> None:
    """Its bytes are here still, though nobody has hashed those of the name that is withdrawn."""
    folder.put(CLIP)
    folder.look()
    folder.rename()
    library, clock, owed = folder.shelf.library, folder.shelf.clock, list[int]()

    def meanwhile() -> None:
        withdraw(library, "wall", [Withdrawal("f.mp4")], clock.wall(), clock=clock)
        owed.append(len(receipts.for_purge(library.orders.connection)))
        clock.advance(SECOND)

    class Slow:
        def save(self, url: str, take: Callable[[bytes], object], *, limit_bytes: int, deadline_s: Seconds) -> None:
            del url, limit_bytes, deadline_s
            take(CLIP[:1])
            meanwhile()
            take(CLIP[1:])

        def cut(self) -> None:
            """As a Saver."""

    if when == "it comes":
        folder.cellar.folder = Slow()
    else:
        folder.shelf.pool.meanwhile = lambda _: meanwhile()
    folder.cellar.fetch()

    assert (owed, folder.shelf.state("wall", "copy.mp4"), folder.cellar.files()) == ([1], "withdrawn", set())
    assert complete(library, clock) == 1
