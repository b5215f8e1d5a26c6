"""Fetching one original: no more is read than was approved, and nothing else is taken for it."""

from __future__ import annotations

import hashlib

import pytest

from player.clock import SystemClock
from player.errors import NetworkError
from player.feed.address import AddressPolicy
from player.feed.fetch import PHOTO_BYTES, HttpFetcher
from player.ingest.preparing import Loader, MismatchError
from player.library.photos import ToPrepare
from tests.fakes.script import Script, ScriptedServer, always, endless, page

PHOTO = b"the bytes that were approved"
SHA = hashlib.sha256(PHOTO).hexdigest()
OTHER = b"x" * len(PHOTO)


def load(script: Script, *, size: int | None = len(PHOTO), sha: str | None = SHA) -> bytes:
    """Load an original that has *size* and *sha*, from a server that follows *script*."""
    with ScriptedServer(script).serve() as port:
        url = f"http://127.0.0.1:{port}/1.jpg"
        row = ToPrepare(1, "wall", "a", "1", url, sha, size)
        return Loader(row, HttpFetcher(AddressPolicy(url), clock=SystemClock()))()


def test_what_was_approved_is_taken() -> None:
    """With its size and its hash, with one of them, or with none, the original is taken as it is."""
    for size in (len(PHOTO), None):
        for sha in (SHA, SHA.upper(), None):
            assert load(always(page(PHOTO)), size=size, sha=sha) == PHOTO


@pytest.mark.parametrize(
    ("body", "why"),
    [(OTHER, "sha256"), (PHOTO[:-1], "27 bytes where 28"), (PHOTO + b"x", "more bytes than the 28"), (b"", "0 bytes")],
)
def test_other_bytes_than_the_approved_ones_wait(body: bytes, why: str) -> None:
    """Other bytes of the same length, fewer and more: none of them is the photo, and the reason says which it was."""
    with pytest.raises(MismatchError, match=f"pending: .*{why}"):
        load(always(page(body)))


def test_the_length_counts_although_the_hash_is_right() -> None:
    """The approved bytes with another length than the approved one are refused: one of the two statements is a lie."""
    for size in (len(PHOTO) - 1, len(PHOTO) + 1, 0):
        with pytest.raises(MismatchError):
            load(always(page(PHOTO)), size=size)


def test_reading_stops_at_the_approved_length() -> None:
    """An endless answer is cut off as soon as it is longer than what was approved."""
    server = ScriptedServer(endless(b"x" * 60_000, after=b"HTTP/1.1 200 OK\r\n\r\n"))
    with server.serve() as port:
        url = f"http://127.0.0.1:{port}/1.jpg"
        row = ToPrepare(1, "wall", "a", "1", url, SHA, len(PHOTO))
        with pytest.raises(MismatchError, match="more bytes than the 28"):
            Loader(row, HttpFetcher(AddressPolicy(url), clock=SystemClock()))()

    assert server.sent < PHOTO_BYTES / 2


def test_a_size_that_no_photo_has_allows_nothing() -> None:
    """A feed that says a photo is larger than any is read no further than the limit that holds for all."""
    headers = f"HTTP/1.1 200 OK\r\nContent-Length: {PHOTO_BYTES + 1}\r\n\r\n"
    with pytest.raises(NetworkError, match="larger than 25,000,000 bytes"):
        load(always(headers.encode()), size=2**60)
