"""Whatever happens in whatever order, rows, ranks, files and tombstones say the same."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from player.errors import NetworkError, PictureError
from player.feed.item import Status
from player.ingest import housekeeping
from player.ingest.withdrawal import finish
from player.library import photos, right, traces
from player.units import SECOND, Size
from tests.library.shelf import HOUR, Shelf, item, sha

SOURCES = st.sampled_from(["wall", "other"])
NAMES = st.sampled_from("abcd")
CONTENTS = st.sampled_from([b"A", b"B", b"C"])
FAULTS = st.sampled_from([PictureError("truncated"), NetworkError("no route"), None])
BOUNDS = st.sampled_from([Size(2400, 1350), Size(4800, 2700)])


class Life(RuleBasedStateMachine):
    """A library through feeds, failures, restarts and a full disk."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="life-"))
        self.shelf = Shelf(self.folder / "data", "wall", "other")
        self.withdrawn: set[tuple[str, str]] = set()
        self.bytes: set[str] = set()

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.shelf.close()
        shutil.rmtree(self.folder)

    @rule(source=SOURCES, names=st.sets(NAMES, min_size=1), edit=st.integers(0, 2), content=CONTENTS, is_stated=st.booleans())
    def list_approved(self, source: str, names: set[str], edit: int, content: bytes, *, is_stated: bool) -> None:
        """A complete snapshot: what it does not list is absent."""
        for name in names:
            self.shelf.publish((name, content))
        stated = content if is_stated else None
        self.shelf.take_in(source, *(item(n, stated, modified_at=edit, approved_at=edit) for n in sorted(names)))

    @rule(source=SOURCES, name=NAMES, status=st.sampled_from([Status.PENDING, Status.UNKNOWN]))
    def list_pending(self, source: str, name: str, status: Status) -> None:
        """An incomplete snapshot with one item that is not approved any more."""
        self.shelf.take_in(source, item(name, status=status), complete=False)

    @rule(source=SOURCES, name=NAMES)
    def withdraw(self, source: str, name: str) -> None:
        """An explicit withdrawal."""
        if name in photos.keys_of(self.shelf.library.connection, source, [name]):
            for row in traces.traces(self.shelf.library.connection, source, [name])[name]:
                self.bytes |= row.digests
        self.shelf.take_in(source, complete=False, withdrawn=[name])
        self.withdrawn.add((source, name))

    @rule(fault=FAULTS, content=CONTENTS, bounds=BOUNDS)
    def prepare(self, fault: PictureError | NetworkError | None, content: bytes, bounds: Size) -> None:
        """Prepare what is due, one kind of bytes failing."""
        self.shelf.pool.faults = {content: fault} if fault else {}
        self.shelf.prepare(bounds=bounds)
        self.shelf.clock.advance(61 * SECOND)

    @rule(source=SOURCES, name=NAMES, bounds=BOUNDS)
    def withdraw_while_preparing(self, source: str, name: str, bounds: Size) -> None:
        """The withdrawal comes between fetching and keeping."""
        self.shelf.pool.faults = {}
        self.shelf.pool.meanwhile = lambda _: self.withdraw(source, name)
        self.shelf.prepare(bounds=bounds)
        self.shelf.pool.meanwhile = lambda _: None

    @rule()
    def evict(self) -> None:
        """The budget is full: all that was shown goes."""
        for key in self.shelf.prepared():
            self.shelf.shown(key)
        housekeeping.make_room(self.shelf.library, 1, self.shelf.clock.wall())

    @rule(source=SOURCES, name=NAMES)
    def expire(self, source: str, name: str) -> None:
        """An approval with an end, which passes."""
        self.shelf.take_in(source, item(name, valid_until=self.shelf.clock.wall() + HOUR), complete=False)
        self.shelf.clock.advance(HOUR)
        housekeeping.expire(self.shelf.library, self.shelf.clock.wall())

    @rule()
    def lose_files(self) -> None:
        """Half of the files vanish and are found missing."""
        for digest in sorted(self.shelf.files())[::2]:
            self.shelf.library.files.delete(digest)
        housekeeping.find_missing(self.shelf.library)

    @rule(name=NAMES)
    def halt(self, name: str) -> None:
        """A halt purges nothing."""
        before = self.shelf.files()
        self.shelf.take_in("wall", item(name), halt=True)
        assert self.shelf.files() == before

    @rule()
    def restart(self) -> None:
        """All is closed and opened again."""
        self.shelf.reopen()
        finish(self.shelf.library)

    @rule()
    def sweep(self) -> None:
        """There is nothing to sweep: no file without a row was left."""
        self.shelf.clock.advance(HOUR)
        assert housekeeping.sweep(self.shelf.library, 2**62) == 0

    @invariant()
    def all_say_the_same(self) -> None:
        """A rank for exactly what is approved and prepared; a file for exactly what a row names."""
        self.shelf.assert_whole()

    @invariant()
    def what_is_withdrawn_is_gone(self) -> None:
        """No withdrawn item has a picture, and none is made of withdrawn bytes."""
        for source, name, original in self.shelf.library.connection.execute(
            "SELECT source, item, original FROM photos WHERE picture IS NOT NULL"
        ):
            assert (source, name) not in self.withdrawn
            assert original not in self.bytes
        assert not self.withdrawn - {(each.source, each.item) for each in self.shelf.library.orders.tombstones()}

    @invariant()
    def what_may_be_drawn_is_approved(self) -> None:
        """Every photo that is not refused has its two files with the right content."""
        now = self.shelf.clock.wall()
        found = photos.photos(self.shelf.library.connection, sorted(self.shelf.prepared()))
        refused = right.refusals(self.shelf.library, list(found.values()), now)
        for key, photo in found.items():
            if key not in refused:
                assert sha(self.shelf.library.files.read(photo.picture)) == photo.picture
                assert self.shelf.library.files.read(photo.tile)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
