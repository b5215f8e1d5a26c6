"""Publishers and ingest in memory: what fills the library of a show under test."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from player.errors import LibraryError, WeRememberError
from player.feed.item import Validators
from player.feed.jsonfeed import parse
from player.feed.poll import poll
from player.feed.trust import MODERATED, REVIEWED, Policy
from player.ingest import housekeeping
from player.ingest.commit import Committer
from player.ingest.reviewed import Reviewed
from player.ingest.withdrawal import complete
from player.library import pending, photos, right, sources
from player.library.database import translated
from player.library.library import open_library
from player.library.photo import Photo
from player.library.photos import WHOLE, PreparedRow, ToPrepare
from player.library.sources import CORE
from player.units import Digest, Size
from tests.fakes.cheap import tiny
from tests.fakes.clock import FakeClock
from tests.fakes.publisher import Publisher


class TakingIn:
    """A library, who publishes for it, and ingest, which acts when it is told to."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.folder = folder
        self.clock = clock
        self.publishers = {"wall": Publisher()}
        self.is_online = True
        self.known: dict[Digest, Photo] = {}
        self.reviewers: dict[str, int] = {}
        """Of sources that people at the player approve: how many must."""
        self._validators: dict[str, dict[str, Validators]] = {}
        self.ingest = open_library(self.folder, writer="ingest")
        self.declare()

    # The site

    def declare(self, *names: str) -> None:
        """Make sources of the publishers, and of *names*."""
        addresses = {name: f"of {name}" for name in (*self.publishers, *names)}
        sources.declare(self.ingest.connection, addresses, reviewers=self.reviewers)
        self.reviewed = Reviewed(self.ingest)

    def review(self, *names: str) -> None:
        """Let two people at the player approve what these sources list."""
        self.reviewers |= dict.fromkeys(names or ("wall",), 2)
        self.declare()

    def second(self, name: str) -> Publisher:
        """Add another feed."""
        self.publishers[name] = Publisher(base=f"https://{name}.example")
        self.declare()
        return self.publishers[name]

    # The publisher

    @property
    def publisher(self) -> Publisher:
        """The first feed."""
        return self.publishers["wall"]

    def publish(self, *names: str, source: str = "wall") -> None:
        """Publish photos; a name with a p at its front is a portrait."""
        for name in names:
            self.publishers[source].add(name, name.encode())
        self.poll()

    def withdraw(self, name: str, source: str = "wall") -> None:
        """Withdraw a photo, and let ingest hear of it at once."""
        self.publishers[source].withdraw(name)
        self.poll()

    def poll(self) -> None:
        """Let ingest ask every feed, and prepare what is new; a feed that fails changes nothing."""
        if not self.is_online:
            return
        for name, publisher in self.publishers.items():
            with contextlib.suppress(WeRememberError):
                self._take_in(name, publisher)
        self.prepare()

    def _take_in(self, name: str, publisher: Publisher) -> None:
        polled = poll(publisher.url, parse=parse, fetcher=publisher, validators=self._validators.get(name, {}))
        self._validators[name] = polled.validators
        if polled.snapshot is None:
            sources.confirm_again(self.ingest.connection, name, self.clock.wall())
            return
        policy = Policy(trust=REVIEWED if name in self.reviewers else MODERATED, is_core=name == CORE)
        committer = Committer(self.ingest, self.clock)
        committer.snapshot(name, polled.snapshot, policy=policy, validators=polled.validators)
        complete(self.ingest, self.clock)

    def prepare(self) -> None:
        """Prepare whatever waits, as tiny pictures of one colour."""
        now = self.clock.wall()
        while waiting := photos.to_prepare(self.ingest.connection, now=now, limit=50, pixels=0):
            for job in waiting:
                self._prepare(job)
        while waiting := pending.to_prepare(self.ingest.connection, now=now, limit=50, budget=10**9, stored=lambda: 0):
            for job in waiting:
                self._prepare(job)
        self.settle()

    def settle(self) -> None:
        """Act on what reviewers have said."""
        if self.reviewers:
            self.reviewed.step(self.clock.wall())
            rows = self.ingest.connection.execute("SELECT key FROM ranks").fetchall()
            for photo in photos.photos(self.ingest.connection, [key for (key,) in rows]).values():
                self._know(photo)

    def _know(self, photo: Photo | None) -> None:
        if photo:
            self.known[photo.picture] = self.known[photo.tile] = photo

    def _prepare(self, job: ToPrepare) -> None:
        size, tile_size = (Size(800, 1200), Size(200, 300)) if job.item.startswith("p") else (Size(1500, 1000), Size(300, 200))
        row = PreparedRow(
            original=hashlib.sha256(job.item.encode()).hexdigest(),
            picture=self.ingest.files.write(tiny(f"{job.item} picture")),
            tile=self.ingest.files.write(tiny(f"{job.item} tile")),
            size=size,
            tile_size=tile_size,
            stored_bytes=1000,
            phash="0" * 16,
            prepared_for=WHOLE,
        )
        assert photos.keep_prepared(self.ingest.connection, job, row)
        self._know(photos.photos(self.ingest.connection, [job.key]).get(job.key))

    def reopen_ingest(self) -> None:
        """Let ingest do what it does when the files are other ones: open anew, and ask everybody for everything."""
        self.ingest.close()
        self.ingest = open_library(self.folder, writer="ingest")
        self._validators.clear()
        self.declare()
        self.poll()

    def expire(self) -> None:
        """Let ingest tidy up."""
        housekeeping.expire(self.ingest, self.clock.wall())

    # What the library says

    def turns(self, *names: str) -> dict[str, int]:
        """Return the turns of all in the pool of *names* (all live sources), by item."""
        wanted = names or tuple(source.name for source in right.ladder(self.ingest, self.clock.wall()).sources)
        with translated("library.sqlite"):
            rows = self.ingest.connection.execute(
                "SELECT p.item, r.turn, r.source FROM ranks r JOIN photos p ON p.key=r.key WHERE r.has_joined=1"
            ).fetchall()
        return {item: turn for item, turn, source in rows if source in wanted}

    def spread(self, *names: str) -> int:
        """Return by how many turns the members of the pool differ."""
        turns = self.turns(*names).values()
        return max(turns) - min(turns) if turns else 0

    def shown(self) -> dict[str, int]:
        """Return how often each photo of the library was shown in full, by item."""
        return dict(self.ingest.connection.execute("SELECT item, shown FROM photos").fetchall())

    def library_state(self) -> object:
        """Return what is another value whenever something was written."""
        with contextlib.suppress(LibraryError):
            return self.ingest.versions(), self.ingest.connection.total_changes
        return object()  # closed by the test
