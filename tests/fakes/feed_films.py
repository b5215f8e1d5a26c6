"""Films of feeds: a library, the web that they lie on, and ingest that fetches them when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, cast

from player.errors import FilmError, NetworkError
from player.feed.body import TooLargeError
from player.feed.fetch import Saver
from player.feed.item import Item, Snapshot, Withdrawal
from player.feed.trust import MODERATED, REVIEWED, Policy
from player.feed_films import Shelved, shelved
from player.film.wire import Film
from player.ingest.commit import Committer
from player.ingest.films import FilmPreparer, Terms
from player.ingest.withdrawal import complete
from player.library.reviews import Name
from player.library.sources import CORE
from player.pictures.pool import Pool
from player.show.playlist import Kind, Show
from player.units import Digest, Seconds
from tests.fakes.films_shown import Cinema, film_of
from tests.library.shelf import FakePool, Shelf, item, sha

CLIP: Final = b"a film, and its bytes"
LIMIT: Final = 1000
BUDGET: Final = 10_000
NAME: Final = Name("wall", "f")


def clip(name: str = "f", content: bytes | None = CLIP, **fields: Any) -> Item:
    """An approved film as a feed lists it; *content* is what its file holds, and named by it unless None."""
    return item(name, content, **({"image": f"/{name}.mp4", "is_film": True} | fields))


class FilmWeb:
    """Hands films out of memory, a few bytes at a time."""

    def __init__(self) -> None:
        self.films: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None
        """Happens when the first piece has come."""
        self.is_cut = False

    def save(self, url: str, take: Callable[[bytes], object], *, limit_bytes: int, deadline_s: Seconds) -> None:
        """As a Saver."""
        del deadline_s
        self.asked.append(url)
        if url not in self.films:
            raise NetworkError(f"{url}: not there")
        film = self.films[url]
        for at in range(0, len(film), 8):
            if at + 8 > limit_bytes and len(film) > limit_bytes:
                raise TooLargeError(f"{url}: larger than {limit_bytes:,} bytes")
            take(film[at : at + 8])
            self.meanwhile()
            if self.is_cut:
                raise NetworkError("ended from here")

    def cut(self) -> None:
        """As a Saver."""
        self.is_cut = True


class FilmShelf:
    """A library with a source of films, which fetches those that its playlists name."""

    def __init__(self, shelf: Shelf, *names: str, source: str = "wall") -> None:
        self.shelf = shelf
        self.library = shelf.library
        self.web = FilmWeb()
        self.names = tuple(Name(source, name) for name in names or ("f",))
        self.stopped = threading.Event()
        self.faults: dict[bytes, str] = {}
        """By content: why it cannot be shown."""
        self.looked = 0
        self.budget = BUDGET
        self.limit = LIMIT
        self.folder: Saver | None = None
        """What reads the films, where their source is a folder."""
        self._run: tuple[Terms, FilmPreparer] | None = None

    def restart(self) -> None:
        """Begin another run of ingest."""
        self._run = None

    def offer(self, *items: Item, content: bytes = CLIP, source: str = "wall") -> None:
        """Let the source list films, the files of which hold *content*."""
        for each in items:
            self.web.films.setdefault(each.image, content)
        self.shelf.take_in(source, *items)

    def fetch(self) -> int:
        """Let ingest do all that there is to do now; return how many things those were."""
        terms = Terms(
            names=self.names,
            limits=dict.fromkeys((*self.shelf.names, CORE), self.limit),
            budget=self.budget,
            target=None,
            folders=frozenset(self.shelf.names if self.folder else ()),
        )
        if self._run is None or self._run[0] != terms:
            preparer = FilmPreparer(
                self.library,
                pool=cast("Pool", self.shelf.pool),
                savers=dict.fromkeys((*self.shelf.names, CORE), self.folder or self.web),
                terms=terms,
                clock=self.shelf.clock,
                stopped=self.stopped,
                look=self._look,
            )
            self._run = terms, preparer
        count = 0
        while self._run[1].step(self.shelf.clock.wall()) and not self.stopped.is_set():
            count += 1
            assert count < len(self.names) + 3, "it is tried again and again"
        return count

    def here(self, name: Name = NAME) -> Shelved | None:
        """A film that lies here and may be shown now."""
        return shelved(self.library, [name], self.shelf.clock.wall()).get(name)

    def files(self) -> set[Digest]:
        """What lies in the folder of pictures and films, whatever it is called."""
        return {Digest(path.stem) for path in self.library.files.folder.glob("??/*")}

    def _look(self, descriptor: int) -> tuple[Film, bytes]:
        self.looked += 1
        with open(f"/proc/self/fd/{descriptor}", "rb") as file:  # noqa: PTH123 - a descriptor that is open
            content = file.read()
        if content in self.faults:
            raise FilmError(self.faults[content])
        return film_of(), b"page of " + content


def digests(content: bytes = CLIP) -> set[Digest]:
    """What is kept of a film: itself, its picture and its tile."""
    page = b"page of " + content
    return {sha(content), sha(b"picture " + page), sha(b"tile " + page)}


class FeedCinema(Cinema):
    """A show with a film of a feed in it, which lies here and may be shown."""

    def __init__(self, folder: Path, *, kinds: Sequence[Kind], others: Sequence[Show] = (), review: bool = False) -> None:
        super().__init__(folder, kinds=kinds, others=others)
        self.reviewers |= {"films": 2} if review else {}
        self.declare("films")
        self.list_film()
        self.fetch_film()

    def list_film(self, *withdrawn: str, **fields: Any) -> None:
        """Let its source list the film, once more."""
        gone = tuple(Withdrawal(each, "author") for each in withdrawn)
        snapshot = Snapshot(items=() if gone else (clip(**fields),), withdrawn=gone, complete=True, sequence=self.clock.wall())
        policy = Policy(trust=REVIEWED if "films" in self.reviewers else MODERATED)
        Committer(self.ingest, self.clock).snapshot("films", snapshot, policy=policy, validators={})
        complete(self.ingest, self.clock)

    def fetch_film(self) -> None:
        """Let ingest fetch it."""
        web = FilmWeb()
        web.films["/f.mp4"] = CLIP
        FilmPreparer(
            self.ingest,
            pool=cast("Pool", FakePool()),
            savers={"films": web},
            terms=Terms(names=(Name("films", "f"),), limits={"films": LIMIT}, budget=BUDGET, target=None),
            clock=self.clock,
            stopped=threading.Event(),
            look=lambda _: (film_of(), b"page"),
        ).step()
