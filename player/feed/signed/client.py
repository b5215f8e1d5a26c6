"""The one place that knows tuf's client: our fetcher and our time go in, verified documents and our own errors come out.

tuf verifies everything, judged by our time and our rules (trusted.py). Two more things of it are bent here: its files are a
mere cache that may fail, and it fetches by our fetcher, under our limits.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

from securesystemslib.exceptions import Error as SslibError
from tuf.api.exceptions import DownloadError, DownloadHTTPError, RepositoryError
from tuf.api.metadata import TargetFile, Targets  # pyright: ignore[reportPrivateImportUsage]  tuf's documented place
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from player.errors import FeedError, NetworkError
from player.feed import loose
from player.feed.address import plain
from player.feed.fetch import PAGE_DEADLINE_S, AnsweredError, Fetcher
from player.feed.signed import layout
from player.feed.signed.cache import Cache
from player.feed.signed.trusted import Trusted, instant, nanos_of
from player.units import Nanos

_MAX_DELEGATIONS: Final = 4  # roles looked at for one target; there are three
_CONFIG: Final = UpdaterConfig(
    max_root_rotations=layout.MAX_ROOTS,
    max_delegations=_MAX_DELEGATIONS,
    root_max_length=layout.ROOT_BYTES,
    timestamp_max_length=layout.TIMESTAMP_BYTES,
    snapshot_max_length=layout.SNAPSHOT_BYTES,
    targets_max_length=layout.ROLE_BYTES,
)
_REFUSED: Final = (RepositoryError, SslibError, ValueError, TypeError, LookupError, AttributeError, RuntimeError)
"""What tuf raises, or lets through, when what it reads is not as it must be."""


@dataclass(frozen=True, slots=True)
class Target:
    """A document that a role has signed."""

    path: str
    sha256: str
    file: TargetFile = field(repr=False, compare=False)


class Client:
    """One reading of one signed feed: made anew for each poll. Every method raises FeedError or NetworkError."""

    def __init__(self, url: str, *, root: bytes, cache: Cache, fetcher: Fetcher, now: Nanos) -> None:
        self._url = url
        self._cache = cache
        self._fetcher = fetcher
        cache.tidy()
        with _translated(url):
            self._updater = _Updater(url, root, cache.metadata.as_posix(), _Bytes(fetcher), instant(now))

    def refresh(self) -> None:
        """Believe root, timestamp, snapshot and targets as they are now."""
        with _translated(self._url):
            self._updater.refresh()

    def load(self, role: str, path: str, *, now: Nanos) -> None:
        """Believe *role*, which targets delegates *path* to."""
        with _translated(self._url):
            self._updater.trusted.pass_to(instant(now))
            self._updater.get_targetinfo(path)
            if role not in self._updater.trusted:
                raise FeedError(f"{plain(self._url)}: {path} is for {role} to sign, and is signed by another")

    def version(self, role: str) -> int:
        """Return the version of a role that is believed."""
        return self._updater.trusted[role].version

    def expires(self, role: str) -> Nanos:
        """Return when a role that is believed ends."""
        trusted = self._updater.trusted
        return nanos_of(trusted.end_of_timestamp if role == layout.TIMESTAMP else trusted[role].expires)

    @property
    def machine_since(self) -> int:
        """The version of the root that last changed the keys of the publishing machine; 0: none of those we followed did."""
        return self._updater.trusted.machine_since

    @property
    def signed_at(self) -> Nanos:
        """When the timestamp says that it was signed."""
        return nanos_of(self._updater.trusted.signed_at)

    def signers(self, role: str) -> tuple[str, ...]:
        """Return the distinct people whose signatures of targets or a delegated role are valid."""
        return self._updater.trusted.signers[role]

    def paths(self, role: str) -> tuple[str, ...]:
        """Return the paths of all documents that *role* has signed."""
        return tuple(self._targets(role).targets)

    def target(self, role: str, path: str) -> Target | None:
        """Return the document at *path* that *role* itself has signed, None when it has signed none."""
        file = self._targets(role).targets.get(path)
        if file is None:
            return None
        sha256 = loose.digest(file.hashes.get("sha256"))
        if sha256 is None or sha256 != file.hashes["sha256"] or file.length > layout.DOCUMENT_BYTES:
            raise FeedError(f"{plain(self._url)}: {path} is signed without its sha256, or is too large")
        return Target(path, sha256, file)

    def read(self, target: Target) -> bytes:
        """Return the bytes of *target*, as they were signed."""
        body = self._cache.read(target.sha256, target.file.length)
        if body is None:
            with _translated(self._url):
                body = _get(self._fetcher, self.address(target), target.file.length)
                target.file.verify_length_and_hashes(body)
            self._cache.write(target.sha256, body)
        return body

    def address(self, target: Target) -> str:
        """Return where *target* is fetched from."""
        return layout.below(self._url, layout.target_path(target.path, target.sha256))

    def _targets(self, role: str) -> Targets:
        return cast("Targets", self._updater.trusted[role])


def check_root(content: bytes) -> int:
    """Return the version of the root in *content*, after all that can be said of it alone was verified.

    Raises:
        FeedError: It cannot be trusted; a line that says why.
    """
    if len(content) > layout.ROOT_BYTES:
        raise FeedError(f"root.json: larger than {layout.ROOT_BYTES:,} bytes")
    with _translated("root.json"):
        return Trusted(content, instant(0)).root.version


class _Updater(Updater):
    """tuf's client with our own notion of what is believed, for which its files are only a cache."""

    def __init__(self, url: str, root: bytes, folder: str, fetcher: FetcherInterface, now: datetime) -> None:
        super().__init__(folder, layout.below(url, "metadata/"), fetcher=fetcher, config=_CONFIG, bootstrap=root)
        self._trusted_set = self.trusted = Trusted(root, now)

    def _persist_metadata(self, rolename: str, data: bytes) -> None:
        with suppress(OSError):
            super()._persist_metadata(rolename, data)

    def _persist_root(self, version: int, data: bytes) -> None:
        with suppress(OSError):
            super()._persist_root(version, data)

    def _update_root_symlink(self) -> None:
        """Nothing: the link is for those who begin with the root in the cache, and we begin with the pinned one."""


class _Bytes(FetcherInterface):
    """Our fetcher in tuf's words."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    def _fetch(self, url: str) -> Iterator[bytes]:
        return iter((self.download_bytes(url, layout.ROLE_BYTES),))

    def download_bytes(self, url: str, max_length: int) -> bytes:
        """Return what lies at *url*, at most *max_length* bytes of it."""
        try:
            return _get(self._fetcher, url, max_length)
        except AnsweredError as error:
            raise DownloadHTTPError(str(error), error.status) from error


def _get(fetcher: Fetcher, url: str, limit: int) -> bytes:
    return fetcher.get(url, limit_bytes=limit, deadline_s=PAGE_DEADLINE_S).body


@contextmanager
def _translated(url: str) -> Generator[None]:
    """Let our own errors through and make every other one ours."""
    try:
        yield
    except DownloadHTTPError as error:
        asked = error.__cause__.retry_after_s if isinstance(error.__cause__, AnsweredError) else None
        raise AnsweredError(str(error), status=error.status_code, retry_after_s=asked) from error
    except (DownloadError, OSError) as error:
        raise NetworkError(f"{plain(url)}: {error}") from error
    except _REFUSED as error:
        raise FeedError(f"{plain(url)}: {error}") from error
