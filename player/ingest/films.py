"""Films of feeds: fetched, hashed as they come, looked at in confinement, pictured and kept; one after another.

Only those that a playlist names: nobody waits for the others, and each is a gigabyte. They are approved, reviewed, withdrawn and
deleted as photos are, by the same rows.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

from player import log
from player.clock import Clock
from player.errors import (
    FilmError,
    InterruptedPictureError,
    LibraryError,
    NetworkError,
    PictureError,
    WeRememberError,
    WorkerError,
)
from player.feed.body import TooLargeError
from player.feed.fetch import Saver
from player.feed.folder import film_item
from player.film.known import Known, Stamp, packed, stamp_of, unpacked
from player.film.probing import probe
from player.film.wire import Film
from player.ingest.decide import version_of
from player.ingest.hearing import Hearing
from player.ingest.preparing import MAX_FAILURES, MismatchError
from player.ingest.reviewed import settle_one
from player.ingest.withdrawal import RECENT, finish, is_withdrawn, withdraw_bytes
from player.library import films, photos
from player.library.coming import Coming, FilmToCome, film_to_come
from player.library.library import Library
from player.library.photos import WHOLE, PreparedRow, ToPrepare
from player.library.reviews import Name
from player.pictures.pool import Done, Job, Pool
from player.pictures.prepare import Prepared
from player.units import SECOND, Digest, Nanos, Seconds

DEADLINE_S: Final[Seconds] = 4 * 3600.0  # a gigabyte over a line of 0.6 Mbit/s
RESERVE: Final = 500_000_000  # bytes that stay free on the disk: withdrawals must be recorded, whatever else is not
SHARE: Final = 0.5  # of the storage budget, that films may take
RETRY: Final[Nanos] = 600 * SECOND  # for what the network, the publisher or the disk may mend: each try costs a gigabyte
ASKED_EVERY: Final[Nanos] = SECOND  # while a film comes: whether it was withdrawn meanwhile
RETRY_LARGE: Final[Nanos] = 86_400 * SECOND  # for one that was too large; nobody makes it smaller within the hour

Look: TypeAlias = Callable[[int], tuple[Film, bytes]]
"""Says what the film behind a descriptor is, and shows it on one page; FilmError where it cannot be shown."""

_log = log.get("ingest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the configuration says of films of feeds."""

    names: tuple[Name, ...]
    """Those that its playlists show."""
    limits: Mapping[str, int]
    """By source: how large one may be, in bytes."""
    budget: int
    """For all prepared pictures and films, in bytes."""
    target: float | None
    """What they are brought to, in LUFS; None: nothing is heard here, so that nobody measures."""
    folders: frozenset[str] = frozenset()
    """The sources that are folders: nobody has hashed their films, which are known by size and time alone."""


class _WithdrawnError(LibraryError):
    """What is being fetched may not be shown any more."""


class FilmPreparer:
    """Turns named rows into films that lie here."""

    def __init__(
        self,
        library: Library,
        *,
        pool: Pool,
        savers: Mapping[str, Saver],
        terms: Terms,
        clock: Clock,
        stopped: threading.Event,
        look: Look | None = None,
    ) -> None:
        """*savers*, by source, fetch; *pool* makes the pictures; *look* looks at a film, None: as it is done in earnest."""
        self._library, self._pool, self._savers, self._terms = library, pool, savers, terms
        self._clock, self._stopped, self._looks_at = clock, stopped, look or self._seen
        self._verified: set[Digest] = set()
        self._hearing = Hearing(library, target=terms.target, clock=clock, stopped=stopped)

    def step(self, now: Nanos | None = None) -> bool:
        """Make one film ready, or measure how loud one is; False when there was nothing to do.

        *now* is the time of day, unless it is that at which a round began: what fails in a round is not tried again in it.

        Raises:
            LibraryError: the library cannot be read or written at all.
        """
        at = self._clock.wall() if now is None else now
        rows = films.to_prepare(self._library.connection, self._terms.names, at)
        if rows:
            self._one(rows[0])
        return bool(rows) or self._verify() or self._hearing.step()

    def _one(self, row: ToPrepare) -> None:
        """Keep what becomes of one film; whatever goes wrong concerns it alone."""
        try:
            self._fetch(row)
        except _WithdrawnError:
            _log.info("a film was withdrawn while it came: nothing of it is kept", source=row.source, item=row.item)
            self._drop(row)
        except WeRememberError as error:
            self._failed(row, error)
        except Exception as error:  # noqa: BLE001 - the seam around one item
            _log.crash("a film could not be kept", error, source=row.source, item=row.item)
            self._failed(row, WorkerError(type(error).__name__))

    def _fetch(self, row: ToPrepare) -> None:
        saver, limit = self._savers.get(row.source), self._terms.limits.get(row.source, 0)
        if saver is None:
            raise NetworkError(f"{row.source} is not in the configuration")
        if row.size_in_bytes is not None and row.size_in_bytes > limit:
            raise TooLargeError(f"it has {row.size_in_bytes:,} bytes, and a film of this source at most {limit:,} (film_size)")
        limit = min(limit, limit if row.size_in_bytes is None else row.size_in_bytes)
        self._make_room(limit)
        with film_to_come(self._library.files, Coming(row.source, row.item, row.sha256, row.stand_in)) as coming:
            self._save(saver, row, coming, limit)
            _check(row, coming)
            if row.source in self._terms.folders:
                _see_unchanged(row)
            coming.tell(self._clock.wall())  # then it is asked: whoever withdraws these bytes after that waits for this to end
            if is_withdrawn(self._library, row.source, row.item, coming.digest):
                withdraw_bytes(self._library, row.source, row.item, coming.digest, self._clock.wall())
                return
            made = [coming.digest]
            try:
                self._look(row, coming, self._named(coming), made)
            finally:  # not kept: refused, withdrawn or edited meanwhile, or the disk is full
                self._library.files.delete_all(photos.unused(self._library.connection, made))

    def _named(self, coming: FilmToCome) -> Path:
        """Give a film its name; another one with the same bytes, which may be up, stays what it is."""
        film = coming.digest
        path, known = self._library.files.film(film), unpacked(films.every(self._library.connection).get(film, ""))
        coming.keep(is_there=known is not None and stamp_of(path) == known.stamp)
        self._know_anew(film, stamp_of(path))
        return path

    def _save(self, saver: Saver, row: ToPrepare, coming: FilmToCome, limit: int) -> None:
        """Let it come, for as long as nobody withdraws it."""
        _log.info("fetching a film", source=row.source, item=row.item, most=limit)
        asked: Nanos | None = None

        def take(piece: bytes) -> None:
            nonlocal asked
            now = self._clock.monotonic()
            if asked is None or now - asked >= ASKED_EVERY:
                asked = now
                if self._is_withdrawn(row):
                    raise _WithdrawnError("withdrawn while it came")
                coming.goes_on(self._clock.wall())
            coming.add(piece)

        try:
            saver.save(row.image, take, limit_bytes=limit, deadline_s=DEADLINE_S)
        except TooLargeError as error:
            if limit == row.size_in_bytes:
                raise MismatchError(f"pending: more bytes than the {limit} that were approved") from error
            raise

    def _is_withdrawn(self, row: ToPrepare) -> bool:
        orders = self._library.orders
        of_item = orders.withdrawn_items(row.source, [row.item])
        return bool(of_item or orders.withdrawn_bytes(known.lower() for known in (row.sha256, row.stand_in) if known))

    def _drop(self, row: ToPrepare) -> None:
        """See that the row of a film that was withdrawn says so, lest it be asked for again at once."""
        now = self._clock.wall()
        if row.sha256:
            withdraw_bytes(self._library, row.source, row.item, Digest(row.sha256.lower()), now)
        else:
            finish(self._library, now - RECENT)

    def _look(self, row: ToPrepare, coming: FilmToCome, path: Path, files: list[Digest]) -> None:
        """See what it is, make a picture of it, and record both; *files* learns which are written for it, before they are."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            facts, page = self._looks_at(descriptor)
        finally:
            os.close(descriptor)
        stamp = stamp_of(path)
        if stamp is None:
            raise LibraryError("its file is gone")
        made = self._pictured(row, page)
        pictures = (made.picture_jpeg, made.tile_jpeg)
        picture, tile = names = [Digest(hashlib.sha256(content).hexdigest()) for content in pictures]
        files += names
        for content in pictures:
            self._library.files.write(content)
        prepared = PreparedRow(
            original=coming.digest,
            picture=picture,
            tile=tile,
            size=made.size,
            tile_size=made.tile_size,
            stored_bytes=coming.length + len(made.picture_jpeg) + len(made.tile_jpeg),
            phash=made.phash,
            prepared_for=WHOLE,
        )
        self._keep(row, prepared, packed(Known(stamp=stamp, film=facts)))

    def _keep(self, row: ToPrepare, prepared: PreparedRow, facts: str) -> None:
        connection, film, now = self._library.connection, Digest(prepared.original), self._clock.wall()
        is_kept = films.keep(connection, row, prepared, film=film, facts=facts)
        # Asked again: who withdrew these bytes a moment ago found no row that was made of them yet.
        if is_withdrawn(self._library, row.source, row.item, film):
            withdraw_bytes(self._library, row.source, row.item, film, now)
        elif is_kept:
            self._verified.add(film)
            settle_one(self._library, row.key, now)
            _log.info("a film is here", source=row.source, item=row.item)

    def _seen(self, descriptor: int) -> tuple[Film, bytes]:
        from player.film.sheet import sheet  # noqa: PLC0415 - brings numpy, which nobody else here needs

        facts = probe(descriptor, self._clock)
        return facts, sheet(descriptor, facts, clock=self._clock, stopped=self._stopped)

    def _pictured(self, row: ToPrepare, page: bytes) -> Prepared:
        """Have its pictures prepared as those of photos are: in confinement, and encoded anew."""
        for outcome in self._pool.run([Job(row.key, lambda: page)]):
            if isinstance(outcome, Done):
                return outcome.prepared
            raise outcome.error
        raise WorkerError("ended from here")

    def _make_room(self, length: int) -> None:
        """See that so many bytes may come; films that no playlist names any more give way.

        Raises:
            LibraryError: there is no room for them.
        """
        connection, most = self._library.connection, round(SHARE * self._terms.budget)
        if length > most:
            raise LibraryError(f"films may take {most:,} bytes, half of storage.budget, and it has up to {length:,}")
        for key in films.unnamed(connection, self._terms.names):
            if films.stored_bytes(connection) + length <= most:
                break
            self._library.files.delete_all(photos.forget_bytes(connection, [key]))
        if films.stored_bytes(connection) + length > most:
            raise LibraryError(f"films may take {most:,} bytes, half of storage.budget, and those that are here leave too little")
        try:
            free = shutil.disk_usage(self._library.folder).free
        except OSError as error:
            raise LibraryError(f"nobody knows how full the disk is: {error.strerror}") from error
        if free < length + RESERVE:
            raise LibraryError(f"the disk has {free:,} bytes left, and it may need {length:,}: free some space")

    def _failed(self, row: ToPrepare, error: WeRememberError) -> None:
        """Refuse what is no film that can be shown; try again later what may still be mended."""
        if self._stopped.is_set():
            return  # it says nothing of the film
        connection, now = self._library.connection, self._clock.wall()
        is_bad = isinstance(error, PictureError | FilmError)
        is_sure = isinstance(error, PictureError) and not isinstance(error, InterruptedPictureError)
        is_final = is_bad and (is_sure or photos.failures(connection, row.key) + 1 >= MAX_FAILURES)
        later = RETRY_LARGE if isinstance(error, TooLargeError) else RETRY
        retry_at = None if is_final else now + later
        photos.note_failure(connection, row, reason=str(error), final=is_final, counts=is_bad, retry_at=retry_at)
        if is_final and self._library.held_orders:
            what: dict[str, object] = {"source": row.source, "item": row.item, "version": row.version, "why": str(error)}
            self._library.held_orders.note("refused", what, at=now)
        said = "film refused" if is_final else "film not ready, tried again later"
        _log.warning(said, source=row.source, item=row.item, why=str(error))

    def _verify(self) -> bool:
        """See once in a run that a film still has the hash that it is named by; one that has not is fetched anew."""
        connection = self._library.connection
        film = next((film for film in films.every(connection) if film not in self._verified), None)
        if film is None:
            return False
        self._verified.add(film)
        path = self._library.files.film(film)
        stamp = stamp_of(path)
        with contextlib.suppress(OSError), path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == film:
                self._know_anew(film, stamp)
                return True
        _log.error("a film was damaged or changed: it is fetched anew", film=film[:12])
        for key in films.rows_of(connection, film):
            self._library.files.delete_all(photos.forget_bytes(connection, [key]))
        return True

    def _know_anew(self, film: Digest, stamp: Stamp | None) -> None:
        """Let a film whose bytes were just hashed be known by the time that its file has now: else nobody would show it."""
        connection = self._library.connection
        known = unpacked(films.every(connection).get(film, ""))
        if known and stamp and known.stamp != stamp:
            films.note(connection, film, packed(replace(known, stamp=stamp)))


def _check(row: ToPrepare, coming: FilmToCome) -> None:
    """See that what came is what was approved.

    Raises:
        MismatchError: it is not.
    """
    if row.size_in_bytes is not None and row.size_in_bytes != coming.length:
        raise MismatchError(f"pending: {coming.length} bytes where {row.size_in_bytes} were approved")
    if row.sha256 and coming.digest != row.sha256.lower():
        raise MismatchError("pending: its bytes are not those that were approved (sha256)")


def _see_unchanged(row: ToPrepare) -> None:
    """See that the file of a folder is still the one that was listed, now that all of it has been read.

    Raises:
        NetworkError: it is not; it is fetched when it is listed again.
    """
    try:
        item = film_item(row.item, row.image, os.stat(row.image))  # noqa: PTH116 - it is text in the row
    except OSError as error:
        raise NetworkError(f"{row.image}: cannot be read ({error.strerror})") from error
    if version_of(item) != row.version:
        raise NetworkError(f"{row.image}: was changed after it was listed; it is fetched when it has been listed again")
