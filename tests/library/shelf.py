"""A library with sources in it and no network, no decoder and no window: what the tests of library and ingest stand on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from player.errors import NetworkError, WeRememberError
from player.feed.fetch import Response
from player.feed.item import Item, Snapshot, Status, Validators, Withdrawal
from player.feed.trust import MODERATED, Policy
from player.ingest.commit import Committer, Received
from player.ingest.preparing import Preparer
from player.library import photos, sources
from player.library.library import Library, open_library
from player.library.photo import Photo
from player.pictures.pool import Done, Failed, Job, Pool
from player.pictures.prepare import Prepared
from player.units import SECOND, Digest, Nanos, Seconds, Size
from tests.fakes.clock import FakeClock

MODERATE = Policy(trust=MODERATED)
CORE_POLICY = Policy(trust=MODERATED, is_core=True)
BOUNDS = Size(2400, 1350)


def sha(content: bytes) -> Digest:
    """The SHA-256 of *content*."""
    return Digest(hashlib.sha256(content).hexdigest())


def item(name: str, content: bytes | None = None, **fields: Any) -> Item:
    """An approved item; *content* is what its picture holds, and named by it unless None."""
    given: dict[str, Any] = {"image": f"/{name}.jpg", "status": Status.APPROVED, "caption": f"Caption of {name}"}
    if content is not None:
        given |= {"sha256": sha(content), "size_in_bytes": len(content)}
    return Item(id=name, **(given | fields))


class Web:
    """Fetches pictures from memory."""

    def __init__(self) -> None:
        self.pictures: dict[str, bytes] = {}
        self.asked: list[str] = []

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        deadline_s: Seconds,
        validators: Validators | None = None,
        identity: bool = False,
    ) -> Response:
        """As a Fetcher."""
        del limit_bytes, deadline_s, validators, identity
        self.asked.append(url)
        if url not in self.pictures:
            raise NetworkError(f"{url}: not there")
        return Response(200, self.pictures[url], url=url)


class FakePool:
    """Prepares nothing: what is fetched is the picture, one byte more is the tile."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[Job], None] = lambda _: None
        """Happens between fetching and answering."""
        self.faults: dict[bytes, WeRememberError] = {}
        self.make: Callable[[bytes], Prepared] = self.made_of
        self.size = Size(1200, 800)
        self.original_size = Size(4000, 3000)

    def run(self, jobs: Iterable[Job]) -> Iterator[Done | Failed]:
        """As Pool."""
        for job in jobs:
            try:
                data = job.load()
                if data in self.faults:
                    raise self.faults[data]
            except WeRememberError as error:
                yield Failed(job.key, error)
                continue
            self.meanwhile(job)
            yield Done(job.key, self.make(data), sha(data))

    def made_of(self, data: bytes) -> Prepared:
        """What is made of *data*."""
        return Prepared(
            picture_jpeg=b"picture " + data,
            tile_jpeg=b"tile " + data,
            size=self.size,
            tile_size=Size(480, 320),
            original_size=self.original_size,
            phash="0" * 16,
            format="JPEG",
        )


class Shelf:
    """An open library at a fake time of day, with what one does to it in few words."""

    def __init__(self, folder: Path, *names: str, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.folder = folder
        self.web = Web()
        self.pool = FakePool()
        self.library = self._open()
        self.sequence = 0
        self.names = names or ("wall",)
        self.declare(*self.names)

    def declare(self, *names: str) -> None:
        """Have *names* configured."""
        self.names = names
        sources.declare(self.library.connection, {name: f"https://{name}.example/feed.json" for name in names})

    def close(self) -> None:
        """Close the files."""
        self.library.close()

    def reopen(self) -> None:
        """As a restart does."""
        self.close()
        self.library = self._open()
        self.declare(*self.names)

    def _open(self) -> Library:
        library = open_library(self.folder, writer="ingest")
        if library.held_orders:  # a power cut is not what is tried here
            library.held_orders.connection.execute("PRAGMA synchronous=OFF")
        return library

    def take_in(
        self,
        name: str,
        *items: Item,
        withdrawn: Iterable[str] = (),
        policy: Policy | None = None,
        complete: bool = True,
        **fields: Any,
    ) -> Received:
        """Take in a snapshot of the source called *name*; unless *fields* say otherwise its sequence goes up."""
        if name != sources.CORE:
            self.sequence += 1
            fields.setdefault("sequence", self.sequence)
        snapshot = Snapshot(
            items=items, withdrawn=tuple(Withdrawal(each, "author") for each in withdrawn), complete=complete, **fields
        )
        policy = policy or (CORE_POLICY if name == sources.CORE else MODERATE)
        return Committer(self.library, self.clock).snapshot(name, snapshot, policy=policy, validators={})

    def preparer(self, *, bounds: Size = BOUNDS) -> Preparer:
        """What prepares, with no worker process behind it."""
        fetchers = dict.fromkeys(self.names, self.web)
        return Preparer(self.library, pool=cast("Pool", self.pool), fetchers=fetchers, bounds=bounds, clock=self.clock)

    def prepare(self, *, bounds: Size = BOUNDS) -> list[bool]:
        """Prepare all that is due now, each once."""
        preparer = self.preparer(bounds=bounds)
        return list(preparer.work(preparer.waiting()))

    def show(self, name: str, *contents: tuple[str, bytes]) -> None:
        """Take in and prepare photos that state nothing of their bytes."""
        self.publish(*contents)
        self.take_in(name, *(item(each) for each, _ in contents))
        self.prepare()

    def publish(self, *contents: tuple[str, bytes]) -> None:
        """Put pictures where items say they are."""
        for each, content in contents:
            self.web.pictures[f"/{each}.jpg"] = content

    def photo(self, name: str, each: str) -> Photo:
        """A prepared photo."""
        key = self.key(name, each)
        return photos.photos(self.library.connection, [key])[key]

    def key(self, name: str, each: str) -> int:
        """The row of an item."""
        return photos.keys_of(self.library.connection, name, [each])[each]

    def row(self, name: str, each: str, *columns: str) -> tuple[Any, ...]:
        """Columns of an item's row."""
        found = self.library.connection.execute("SELECT * FROM photos WHERE source=? AND item=?", (name, each))
        names = [column[0] for column in found.description]
        values = found.fetchone()
        return tuple(values[names.index(column)] for column in columns)

    def state(self, name: str, each: str) -> str:
        """The state of an item's row."""
        return self.row(name, each, "state")[0]

    def shown(self, key: int, at: Nanos | None = None) -> None:
        """Have a photo shown."""
        when = self.clock.wall() if at is None else at
        with self.library.connection as connection:
            connection.execute("UPDATE photos SET shown=shown+1, last_shown=? WHERE key=?", (when, key))

    def files(self) -> set[Digest]:
        """What lies in the folder of prepared pictures."""
        return {digest for digest, _ in self.library.files.stored()}

    def ranked(self) -> set[int]:
        """The photos that have a place in the order of showing."""
        return {key for (key,) in self.library.connection.execute("SELECT key FROM ranks")}

    def prepared(self) -> set[int]:
        """The photos that are approved and have a picture."""
        return {
            key
            for (key,) in self.library.connection.execute("SELECT key FROM photos WHERE state='approved' AND picture IS NOT NULL")
        }

    def wanted(self) -> set[Digest]:
        """The files that rows name."""
        rows = self.library.connection.execute(
            "SELECT picture FROM photos WHERE picture IS NOT NULL UNION SELECT tile FROM photos WHERE tile IS NOT NULL"
        )
        return {Digest(name) for (name,) in rows}

    def assert_whole(self) -> None:
        """Ranks, rows and files say the same."""
        assert self.ranked() == self.prepared()
        assert self.files() == self.wanted()

    def bytes_on_disk(self) -> bytes:
        """All that lies in the data folder's databases, logs included."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.glob("*.sqlite*")) if not path.name.endswith("-shm"))


def edited(one: Item, **fields: Any) -> Item:
    """*one*, with other fields."""
    return replace(one, **fields)


HOUR = 3600 * SECOND
