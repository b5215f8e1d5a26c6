"""Fetching and preparing what is approved, and keeping the result: news first, within the budget."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

from player import log
from player.clock import Clock
from player.errors import (
    InterruptedPictureError,
    LibraryError,
    NetworkError,
    PictureError,
    PublisherError,
    WeRememberError,
)
from player.feed.body import TooLargeError
from player.feed.fetch import PHOTO_BYTES, PHOTO_DEADLINE_S, Fetcher
from player.ingest.reviewed import settle_one
from player.ingest.withdrawal import is_withdrawn, withdraw_bytes
from player.library import pending, photos
from player.library.library import Library
from player.library.photos import PreparedRow, ToPrepare
from player.pictures.pool import Done, Failed, Job, Pool
from player.units import SECOND, Digest, Nanos, Size

FOR_REVIEWERS: Final = 16  # of each batch besides: neither those who are approved nor those who decide wait for the others
BATCH: Final = 64  # rows asked for at a time: a withdrawal or a newcomer changes the queue soon enough
SCALE: Final = 1.25  # of the size a photo is shown at: what the renderer's sub-pixel zoom needs
TILE: Final = Size(480, 360)  # a tile of an 8 x 4 mosaic on a 4K wall, as large as it gets before it is a photo
FULL_HD: Final = Size(1920, 1080)  # the least canvas to prepare for: a small window may be a large one tomorrow
RETRY: Final[Nanos] = 60 * SECOND
MAX_FAILURES: Final = 2  # of one picture in the worker: then it is refused

_log = log.get("ingest")


class MismatchError(PublisherError):
    """The bytes are not those that were approved."""


def bounds_for(canvas: Size) -> Size:
    """Return how large a prepared picture may be for *canvas*."""
    width, height = max(canvas.width, FULL_HD.width), max(canvas.height, FULL_HD.height)
    return Size(round(width * SCALE), round(height * SCALE))


class Preparer:
    """Turns approved rows into prepared photos."""

    def __init__(self, library: Library, *, pool: Pool, fetchers: Mapping[str, Fetcher], bounds: Size, clock: Clock) -> None:
        self._pixels = bounds.width * bounds.height
        self._library = library
        self._pool = pool
        self._fetchers = fetchers
        self._clock = clock

    def now(self) -> Nanos:
        """Return the time of day."""
        return self._clock.wall()

    def waiting(self, now: Nanos | None = None) -> list[ToPrepare]:
        """Return what is to be prepared next, as of *now*."""
        due = self.now() if now is None else now
        return photos.to_prepare(self._library.connection, now=due, limit=BATCH, pixels=self._pixels)

    def for_reviewers(self, now: Nanos, budget: int) -> list[ToPrepare]:
        """Return what is to be prepared for reviewers next, as of *now*, while *budget* bytes are all that pictures may take."""
        connection = self._library.connection
        return pending.to_prepare(
            connection, now=now, limit=FOR_REVIEWERS, budget=budget, stored=lambda: photos.stored_bytes(connection)
        )

    def count(self) -> int:
        """Return how many photos wait to be prepared."""
        return photos.count_to_prepare(self._library.connection)

    def work(self, rows: list[ToPrepare]) -> Iterator[bool]:
        """Prepare *rows*; yield, as each ends, whether it may be shown now.

        Raises:
            LibraryError: the library cannot be written at all.
        """
        by_key = {row.key: row for row in rows}
        for outcome in self._pool.run(Job(row.key, self._loader(row)) for row in rows):
            yield self._end(by_key[outcome.key], outcome)

    def _end(self, row: ToPrepare, outcome: Done | Failed) -> bool:
        """Keep what became of one picture; what cannot be kept now is put off, or it would be made again at once, for ever."""
        try:
            return self._keep(row, outcome)
        except LibraryError as error:
            _log.error("a prepared picture could not be kept", source=row.source, item=row.item, why=str(error))
            self._put_off(row, str(error))
        except Exception as error:  # noqa: BLE001 - the seam around one item
            _log.crash("a prepared picture could not be kept", error, source=row.source, item=row.item)
            self._put_off(row, type(error).__name__)
        return False

    def _put_off(self, row: ToPrepare, reason: str) -> None:
        retry_at = self._clock.wall() + RETRY
        photos.note_failure(self._library.connection, row, reason=reason, final=False, counts=False, retry_at=retry_at)

    def _loader(self, row: ToPrepare) -> Loader:
        return Loader(row, self._fetchers.get(row.source))

    def _keep(self, row: ToPrepare, outcome: Done | Failed) -> bool:
        if isinstance(outcome, Failed):
            self._failed(row, outcome.error)
            return False
        now = self._clock.wall()
        if is_withdrawn(self._library, row.source, row.item, outcome.data_sha256):
            withdraw_bytes(self._library, row.source, row.item, outcome.data_sha256, now)
            return False
        kept = self._kept(row, outcome)
        # Asked again: who withdrew these bytes a moment ago found no photo that was made of them yet.
        if is_withdrawn(self._library, row.source, row.item, outcome.data_sha256):
            withdraw_bytes(self._library, row.source, row.item, outcome.data_sha256, now)
            return False
        if kept:
            settle_one(self._library, row.key, now)  # it may have been approved before, with these very bytes; or with others
        return kept

    def _kept(self, row: ToPrepare, outcome: Done) -> bool:
        """Write what was made, and its row; False when that changed meanwhile. What no row names afterwards is gone."""
        connection, made = self._library.connection, outcome.prepared
        before = photos.files_of(connection, [row.key])
        pictures = (made.picture_jpeg, made.tile_jpeg)
        picture, tile = written = [Digest(hashlib.sha256(content).hexdigest()) for content in pictures]
        prepared = PreparedRow(
            original=outcome.data_sha256,
            picture=picture,
            tile=tile,
            size=made.size,
            tile_size=made.tile_size,
            stored_bytes=len(made.picture_jpeg) + len(made.tile_jpeg),
            phash=made.phash,
            prepared_for=photos.WHOLE if made.size == made.original_size else self._pixels,
        )
        try:
            for content in pictures:
                self._library.files.write(content)
            kept = photos.keep_prepared(connection, row, prepared)
        except BaseException:  # the disk is full: a withdrawal has its receipt though nobody looks for these
            with contextlib.suppress(LibraryError):  # what went wrong first is what is said
                self._library.files.delete_all(photos.unused(connection, written))
            raise
        # Not kept: it was withdrawn or edited meanwhile. Kept: what was made for a smaller canvas is of no use any more.
        self._library.files.delete_all(photos.unused(connection, before if kept else written))
        return kept

    def _failed(self, row: ToPrepare, error: WeRememberError) -> None:
        """Refuse a bad picture; try again later what the network, the publisher or we may still mend."""
        now = self._clock.wall()
        failures = photos.failures(self._library.connection, row.key)
        final = isinstance(error, PictureError) and (
            not isinstance(error, InterruptedPictureError) or failures + 1 >= MAX_FAILURES
        )
        photos.note_failure(
            self._library.connection,
            row,
            reason=str(error),
            final=final,
            counts=isinstance(error, InterruptedPictureError),
            retry_at=None if final else now + RETRY,
        )
        if final and self._library.held_orders:
            what: dict[str, object] = {"source": row.source, "item": row.item, "version": row.version, "why": str(error)}
            self._library.held_orders.note("refused", what, at=now)
        say = _log.warning if final else _log.info
        say(
            "picture refused" if final else "picture not ready, tried again later",
            source=row.source,
            item=row.item,
            why=str(error),
        )


class Loader:
    """Fetches one original and checks it against what was approved. Called in a thread of the pool."""

    def __init__(self, row: ToPrepare, fetcher: Fetcher | None) -> None:
        self._row = row
        self._fetcher = fetcher

    def __call__(self) -> bytes:
        """Return the bytes.

        Raises:
            NetworkError: they could not be fetched.
            MismatchError: they are not what was approved.
        """
        row = self._row
        if self._fetcher is None:
            raise NetworkError(f"{row.source} is not in the configuration")
        limit = PHOTO_BYTES if row.size_in_bytes is None else min(PHOTO_BYTES, row.size_in_bytes)
        try:
            body = self._fetcher.get(row.image, limit_bytes=limit, deadline_s=PHOTO_DEADLINE_S, identity=True).body
        except TooLargeError as error:
            if limit == row.size_in_bytes:
                raise MismatchError(f"pending: more bytes than the {limit} that were approved") from error
            raise
        except WeRememberError:
            raise
        except Exception as error:
            raise NetworkError(f"cannot be fetched: {type(error).__name__}") from error
        if row.size_in_bytes is not None and row.size_in_bytes != len(body):
            raise MismatchError(f"pending: {len(body)} bytes where {row.size_in_bytes} were approved")
        if row.sha256 and hashlib.sha256(body).hexdigest() != row.sha256.lower():
            raise MismatchError("pending: its bytes are not those that were approved (sha256)")
        return body
