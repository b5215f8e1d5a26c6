"""A show whose one source is a signed feed: the real way from its bytes to the wall, with an oracle of its own at every frame."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from player.errors import NetworkError, WeRememberError
from player.feed.signed.layout import APPROVED, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, WITHDRAWN
from player.ingest.intake import Intake
from player.ingest.preparing import Preparer
from player.ingest.signed import SignedAsker
from player.library import anchors, photos
from player.library.trusted_time import MADE
from player.pictures.pool import Done, Failed, Job, Outcome
from player.pictures.prepare import Prepared
from player.sections import Feed
from player.settings import Configuration, Settings
from player.show.playlist import MosaicStep, PhotoStep, WordsStep
from player.units import MILLISECOND, SECOND, Digest, Nanos, Size
from tests.fakes.cheap import tiny
from tests.fakes.clock import SteppedClock
from tests.fakes.oracle import Listing, Oracle, Truth
from tests.fakes.repository import Repository
from tests.fakes.showing import LOOK_EVERY, Showing, show_of

SHOW: Final = show_of(
    (PhotoStep(), PhotoStep(pairs=True), MosaicStep(columns=3, rows=2), WordsStep(), PhotoStep()), hold=4.0, fade=1.0
)
SOURCE: Final = "wall"


class SignedShowing(Showing):
    """A show of a signed feed; what its people do is the test's business."""

    def __init__(self, folder: Path) -> None:
        self.stepped = SteppedClock()
        self.repository = Repository(page_size=8, now=self.stepped.wall())
        self.oracle = Oracle(MADE - self.stepped.monotonic())
        self.truths: dict[int, Truth] = {}
        self.copies: dict[int, dict[str, bytes]] = {}
        self.serving: Truth | None = None
        """The old publication that is served; None: the newest."""
        self.is_cut = False
        self.flips = 0
        self.refused_polls = 0
        self.taken_polls = 0
        self.seen_photos: set[str] = set()
        self.made_of: dict[Digest, tuple[str, str]] = {}
        """By prepared file: the bytes that it was made of, and whose source."""
        self._number = 0
        self._late: dict[tuple[str, str, bool], Nanos] = {}
        self._asked: object = None
        super().__init__(folder, show=SHOW, clock=self.stepped)

    # What Showing does with moderated feeds.

    def declare(self, *names: str) -> None:
        """Begin ingest: the root is pinned, the feed is the only source."""
        del names
        orders = self.ingest.orders
        if anchors.pinned(orders.connection, SOURCE) is None:
            anchors.pin(orders.connection, SOURCE, anchors.Root(self.repository.root, 1), by="the test", at=1)
        feed = Feed.model_validate({"kind": "jsonfeed", "url": self.repository.base, "trust": "signed"})
        configuration = Configuration(settings=Settings(feeds={SOURCE: feed}), playlists={}, home="/")
        self.stepped.trusted.believe(anchors.signed_times(orders.connection))
        self.intake = Intake(configuration, self.ingest, self.stepped.trusted)
        self.intake.declare()
        turn = self.intake.turns[SOURCE]
        turn.asker = SignedAsker(turn.asker.source, self.repository, self.stepped, self.folder)

    def poll(self) -> None:
        """Ask the feed once, and prepare what is new."""
        if self.is_cut:
            self.repository.instead["metadata/timestamp.json"] = NetworkError("cut")
        else:
            self.repository.instead.pop("metadata/timestamp.json", None)
        turn = self.intake.turns[SOURCE]
        error: WeRememberError | None = None
        for answer in turn.asker.ask(self.intake.before(turn.asker.source)):
            error = self.intake.take_in(answer) or error
        if error is None:
            self.taken_polls += 1
            self.oracle.heard_of(self.serving or self.truths[self._number], self.stepped.system, self.stepped.monotonic())
        else:
            self.refused_polls += 1
        self.prepare()

    def prepare(self) -> None:
        """Fetch and prepare what waits, as ingest does, with cheap pictures."""
        pool = _Pool(self)
        fetchers = {SOURCE: self.repository, f"{SOURCE}.core": self.repository}
        preparer = Preparer(self.ingest, pool=pool, fetchers=fetchers, bounds=Size(1, 1), clock=self.stepped)  # type: ignore[arg-type]
        while rows := preparer.waiting():
            pool.rows = {row.key: (row.item, row.source) for row in rows}
            for _ in preparer.work(rows):
                pass
            self.known |= {
                digest: photo
                for photo in photos.photos(self.ingest.connection, list(pool.rows)).values()
                for digest in (photo.picture, photo.tile)
            }

    def frame(self, length: Nanos = 16 * MILLISECOND) -> None:
        """One flip, after which the oracle looks at the wall."""
        super().frame(length)
        self.flips += 1

    def _look(self) -> None:
        scene = self.window.scene
        assert scene is not None, "nothing was ever presented"
        assert scene.layers, "an empty scene is up"
        self.judge(scene.photos | self.renderer.photos)

    def judge(self, digests: frozenset[Digest]) -> None:
        """Ask the oracle about everything that is up or prepared."""
        monotonic = self.stepped.monotonic()
        now = self.oracle.now(self.stepped.system, monotonic)
        state = (digests, now // SECOND, self.taken_polls)
        if state == self._asked:
            return
        late: dict[tuple[str, str, bool], Nanos] = {}
        for digest in digests:
            photo, sha256 = self.known[digest], self.made_of[digest][0]
            key = (photo.item, sha256, photo.source != SOURCE)
            self.seen_photos.add(photo.item)
            why = self.oracle.forbids(photo.item, sha256, now, is_core=photo.source != SOURCE)
            if why:
                late[key] = self._late.get(key, monotonic)
                allowed = LOOK_EVERY + self._length if why in {"its own end has passed", "the lease has run out"} else 0
                assert monotonic - late[key] < max(allowed, 1) or self._is_first(late[key], monotonic, allowed), (
                    f"{photo.item} is on the wall or prepared: {why}"
                )
        self._late = late
        self._asked = None if late else state

    def _is_first(self, since: Nanos, now: Nanos, allowed: Nanos) -> bool:
        return bool(allowed) and since == now

    # What its people say now.

    def listed(self) -> set[str]:
        """Return what is on a page now."""
        return {each["id"] for page in self.repository.pages for each in page}

    def truth(self) -> Truth:
        """Return what its people say now."""
        repository = self.repository
        timestamp = repository.signed[TIMESTAMP]
        ends = min(repository.signed[role].expires for role in (TIMESTAMP, SNAPSHOT, TARGETS, WITHDRAWN, APPROVED, ROOT))
        signed_at = _nanos(timestamp.unrecognized_fields["signed_at"])
        gone = {(each["id"], each["at"]): each.get("sha256", "") for each in repository.withdrawn}
        return Truth(
            number=timestamp.version,
            approved={each["id"]: _listing(each) for page in repository.pages for each in page},
            core={each["id"]: _listing(each) for each in repository.core},
            withdrawn=frozenset(gone),
            bound=gone,
            reinstated=frozenset((each["id"], each["withdrawn_at"]) for each in repository.reinstated),
            signed_at=signed_at,
            expires=round(ends.timestamp()) * SECOND,
            is_halted=repository.list_fields["halt"],
        )

    def note(self) -> None:
        """Write down what its people say now, for the oracle and for those who serve old copies."""
        truth = self.truth()
        self._number = truth.number
        if truth.number in self.truths:
            return
        self.truths[truth.number] = truth
        self.copies[truth.number] = self.repository.copy()
        for old in [number for number in self.copies if number < truth.number - 60]:
            if self.serving is None or self.serving.number != old:
                del self.copies[old], self.truths[old]
        if truth.number % 50 == 0:
            self.repository.prune()


class _Pool:
    """Fetches as the real one does; what it makes of a picture is a spot of one colour."""

    def __init__(self, show: SignedShowing) -> None:
        self._show = show
        self.rows: dict[int, tuple[str, str]] = {}

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """As Pool."""
        for job in jobs:
            try:
                body = job.load()
            except WeRememberError as error:
                yield Failed(job.key, error)
                continue
            item, source = self.rows[job.key]
            digest = Digest(hashlib.sha256(body).hexdigest())
            name = f"{source} {item} {digest}"
            picture, tile = tiny(f"{name} picture"), tiny(f"{name} tile")
            size = Size(800, 1200) if item.startswith("p") else Size(1500, 1000)
            for file in (picture, tile):
                self._show.made_of[Digest(hashlib.sha256(file).hexdigest())] = (digest, source)
            made = Prepared(
                picture_jpeg=picture,
                tile_jpeg=tile,
                size=size,
                tile_size=Size(300, 200),
                original_size=size,
                phash="0" * 16,
                format="JPEG",
            )
            yield Done(job.key, made, digest)


def _listing(item: dict[str, Any]) -> Listing:
    ours: dict[str, str] = item["_we_remember"]
    until = ours.get("valid_until")
    return Listing(ours["sha256"], _nanos(until) if until else None)


def _nanos(text: str) -> Nanos:
    return round(datetime.fromisoformat(text).timestamp()) * SECOND
