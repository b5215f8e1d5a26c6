"""Local feeds and folders as a Fetcher: regular files inside the source's own folder, bounded, and nothing else."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from player.clock import Clock
from player.errors import NetworkError
from player.feed.address import AddressPolicy, Token, is_web
from player.feed.body import TooLargeError
from player.feed.fetch import AnsweredError, Fetcher, HttpFetcher, Response, Saver
from player.feed.item import Validators
from player.units import Seconds

_FLAGS: Final = (
    os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
)  # without NONBLOCK, opening a named pipe waits for ever
_PIECE: Final = 1 << 20  # bytes read at once
_NOT_FOUND: Final = 404  # what a web server says of a file that is not there; a folder that is gone is a server that is silent


class LocalFetcher:
    """Reads files of one folder. A link may lead about inside the folder, never out of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_cut = False

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        deadline_s: Seconds,
        validators: Validators | None = None,
        identity: bool = False,
    ) -> Response:
        """See ``Fetcher.get``; *url* is a path. The ETag is the hash of the content, so "unchanged" is exact."""
        del deadline_s, identity  # a local disk has no protocol to say either to
        body = self._read(url, limit_bytes)
        etag = f'"{hashlib.sha256(body).hexdigest()}"'
        if validators is not None and validators.etag == etag:
            return Response(304, b"", etag, url=url)
        return Response(200, body, etag, url=url)

    def save(self, url: str, take: Callable[[bytes], object], *, limit_bytes: int, deadline_s: Seconds) -> None:
        """See ``Saver.save``."""
        del deadline_s
        with self._open(url) as file:
            had = 0
            while piece := self._next(file, url):
                had += len(piece)
                if had > limit_bytes:
                    raise TooLargeError(f"{url}: larger than {limit_bytes:,} bytes")
                take(piece)

    def cut(self) -> None:
        """See ``Saver.cut``; the next piece is the last one."""
        self._is_cut = True

    def _next(self, file: BinaryIO, path: str) -> bytes:
        if self._is_cut:
            raise NetworkError(f"{path}: ended from here")
        try:
            return file.read(_PIECE)
        except OSError as error:
            raise NetworkError(f"{path}: cannot be read ({error.strerror})") from error

    def _read(self, path: str, limit: int) -> bytes:
        with self._open(path) as file:
            try:
                body = file.read(limit + 1)
            except OSError as error:
                raise NetworkError(f"{path}: cannot be read ({error.strerror})") from error
        if len(body) > limit:
            raise TooLargeError(f"{path}: larger than {limit:,} bytes")
        return body

    def _open(self, path: str) -> BinaryIO:
        try:
            real = os.path.realpath(path, strict=True)
            if not Path(real).is_relative_to(os.path.realpath(self._folder, strict=True)):
                raise NetworkError(f"{path}: lies outside the source's own folder")
            file = open(real, "rb", opener=_opened)  # noqa: SIM115 - Path.open takes no opener; the caller closes it
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                file.close()
                raise NetworkError(f"{path}: not a file")
        except (OSError, ValueError) as error:
            message = f"{path}: cannot be read ({error.strerror if isinstance(error, OSError) else error})"
            if isinstance(error, FileNotFoundError) and self._folder.is_dir():
                raise AnsweredError(message, status=_NOT_FOUND) from error
            raise NetworkError(message) from error
        return file


def _opened(path: str, flags: int) -> int:
    """An opener, so that what turns out to be a folder is closed again."""
    return os.open(path, flags | _FLAGS)


class Origin(Fetcher, Saver, Protocol):
    """What gets bytes, as a whole or piece by piece."""


class SourceFetcher:
    """What one source may ask: its own files when it is local, and the web under its policy."""

    def __init__(self, web: Origin, local: Origin | None = None) -> None:
        self._web = web
        self._local = local

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        deadline_s: Seconds,
        validators: Validators | None = None,
        identity: bool = False,
    ) -> Response:
        """See ``Fetcher.get``."""
        return self._of(url).get(url, limit_bytes=limit_bytes, deadline_s=deadline_s, validators=validators, identity=identity)

    def save(self, url: str, take: Callable[[bytes], object], *, limit_bytes: int, deadline_s: Seconds) -> None:
        """See ``Saver.save``."""
        self._of(url).save(url, take, limit_bytes=limit_bytes, deadline_s=deadline_s)

    def cut(self) -> None:
        """See ``Saver.cut``."""
        for each in (self._web, self._local):
            if each is not None:
                each.cut()

    def _of(self, url: str) -> Origin:
        fetcher = self._web if is_web(url) else self._local
        if fetcher is None:
            raise NetworkError(f"{url}: a feed from the web cannot name local files")
        return fetcher


def fetcher_for(
    url: str,
    *,
    clock: Clock,
    allow: tuple[str, ...] = (),
    proxy: str | None = None,
    ca_file: str | None = None,
    token: Token | None = None,
) -> SourceFetcher:
    """Return what fetches the pages, photos and films of one source.

    Args:
        url: The source's own URL; or the absolute path of a local feed's file or of a folder of pictures.
        clock: Measures deadlines.
        allow: ``network.allow``: hosts, or hosts with a port, that may lie inside this network.
        proxy: ``network.proxy``.
        ca_file: ``network.ca_file``: the authorities that count instead of the usual ones.
        token: The source's key, sent to the scheme, host and port of *url* alone. A local source has no use for one.

    Raises:
        OperatorError: *ca_file* cannot be used.
    """
    if is_web(url):
        policy = AddressPolicy(url, allow)
        return SourceFetcher(HttpFetcher(policy, clock=clock, proxy=proxy, ca_file=ca_file, token=token))
    path = Path(url)
    web = HttpFetcher(AddressPolicy(allow=allow), clock=clock, proxy=proxy, ca_file=ca_file)
    return SourceFetcher(web, LocalFetcher(path if path.is_dir() else path.parent))
