"""Fetching what is too large for memory: under the rules for all that is fetched, and never taken for whole when it is not."""

from __future__ import annotations

import gzip
import os
import threading
from pathlib import Path

import pytest

from player.clock import SystemClock
from player.errors import LibraryError, NetworkError
from player.feed.address import AddressPolicy, RefusedAddressError
from player.feed.body import TooLargeError
from player.feed.fetch import AnsweredError, HttpFetcher
from player.feed.local import SourceFetcher, fetcher_for
from tests.fakes.script import Script, ScriptedServer, always, endless, page

FILM = os.urandom(300_000)
CUT_SHORT = page(FILM)[:-1]
IN_PIECES = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n4\r\nlast\r\n0\r\n\r\n"


def saved(script: Script, *, limit: int = len(FILM), deadline_s: float = 10) -> bytes:
    """What a server that follows *script* gives of a film."""
    pieces: list[bytes] = []
    with ScriptedServer(script).serve() as port:
        url = f"http://127.0.0.1:{port}/f.mp4"
        fetcher = HttpFetcher(AddressPolicy(url), clock=SystemClock())
        fetcher.save(url, pieces.append, limit_bytes=limit, deadline_s=deadline_s)
    return b"".join(pieces)


def test_a_film_comes_whole_and_in_pieces() -> None:
    """All of it in order; by its length, or by chunks that say where it ends."""
    assert saved(always(page(FILM))) == FILM
    assert saved(always(IN_PIECES)) == b"firstlast"
    assert saved(always(page(b"")), limit=0) == b""


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (always(CUT_SHORT), NetworkError),
        (always(page(FILM + b"x")), TooLargeError),
        (endless(b"x" * 60_000, after=b"HTTP/1.1 200 OK\r\n\r\n"), TooLargeError),
        (always(page(gzip.compress(FILM), "Content-Encoding: gzip")), NetworkError),
        (always(page(FILM, status="404 Not Found")), AnsweredError),
        (always(page(b"", status="304 Not Modified")), AnsweredError),
        (always(page(FILM, status="206 Partial Content")), AnsweredError),
        (always(page(b"", "Location: https://10.0.0.1/f.mp4", status="302 Found")), NetworkError),
        (always(b"nonsense"), NetworkError),
    ],
    ids=[
        "cut short",
        "a byte too much",
        "endless",
        "compressed",
        "missing",
        "unasked",
        "a part",
        "redirected inside",
        "nonsense",
    ],
)
def test_what_is_no_whole_film_is_an_error(script: Script, error: type[NetworkError]) -> None:
    """Whoever has kept its pieces until then throws them away."""
    with pytest.raises(error):
        saved(script)


def test_what_the_taker_raises_comes_out() -> None:
    """A disk that is full is no fault of the network."""

    def take(_: bytes) -> None:
        raise LibraryError("the disk is full")

    with ScriptedServer(always(page(FILM))).serve() as port:
        url = f"http://127.0.0.1:{port}/f.mp4"
        with pytest.raises(LibraryError):
            HttpFetcher(AddressPolicy(url), clock=SystemClock()).save(url, take, limit_bytes=len(FILM), deadline_s=10)


def test_another_thread_may_end_it() -> None:
    """The player ends while a gigabyte comes: at once, and nothing is begun any more."""
    with ScriptedServer(endless(b"x" * 1000, after=b"HTTP/1.1 200 OK\r\n\r\n")).serve() as port:
        url = f"http://127.0.0.1:{port}/f.mp4"
        fetcher = SourceFetcher(HttpFetcher(AddressPolicy(url), clock=SystemClock()))
        begun = threading.Event()
        errors: list[NetworkError] = []

        def save() -> None:
            try:
                fetcher.save(url, lambda _: begun.set(), limit_bytes=10**12, deadline_s=3600)
            except NetworkError as error:
                errors.append(error)

        thread = threading.Thread(target=save, name="saving")
        thread.start()
        assert begun.wait(10)
        fetcher.cut()
        thread.join(10)
        assert not thread.is_alive()
        with pytest.raises(NetworkError):
            fetcher.save(url, lambda _: None, limit_bytes=1, deadline_s=10)
    assert errors


def test_no_address_is_asked_that_is_not_allowed() -> None:
    """As for photos: not inside this network, and no file of this machine."""
    fetcher = fetcher_for("https://feed.example/feed.json", clock=SystemClock())
    for url in ("https://10.0.0.1/f.mp4", "https://127.0.0.1/f.mp4"):
        with pytest.raises(RefusedAddressError):
            fetcher.save(url, lambda _: None, limit_bytes=1, deadline_s=10)
    with pytest.raises(NetworkError, match="cannot name local files"):
        fetcher.save("/etc/passwd", lambda _: None, limit_bytes=1, deadline_s=10)


def test_a_local_film_is_read_in_its_own_folder_alone(tmp_path: Path) -> None:
    """Neither a path nor a link leads out; a pipe is no film; and it may not be too large."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "f.mp4").write_bytes(FILM)
    (tmp_path / "secret").write_bytes(b"secret")
    (own / "link").symlink_to("../secret")
    os.mkfifo(own / "pipe")
    fetcher = fetcher_for(str(own), clock=SystemClock())
    pieces: list[bytes] = []
    fetcher.save(str(own / "f.mp4"), pieces.append, limit_bytes=len(FILM), deadline_s=1)

    assert b"".join(pieces) == FILM
    for name in ("link", "../secret", "pipe", "nothing", "."):
        with pytest.raises(NetworkError):
            fetcher.save(str(own / name), pieces.append, limit_bytes=100, deadline_s=1)
    with pytest.raises(TooLargeError):
        fetcher.save(str(own / "f.mp4"), pieces.append, limit_bytes=len(FILM) - 1, deadline_s=1)
    fetcher.cut()
    with pytest.raises(NetworkError):
        fetcher.save(str(own / "f.mp4"), pieces.append, limit_bytes=len(FILM), deadline_s=1)
