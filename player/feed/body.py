"""The body of an answer: how its length is said, how it is compressed, and how much of it is taken. Nobody is asked here."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from player.errors import NetworkError

_LENGTH: Final = re.compile(r"[0-9]{1,18}")


class TooLargeError(NetworkError):
    """There is more of it than was asked for."""


def read_body(headers: Mapping[str, str], chunks: Iterator[bytes], *, shown: str, limit: int) -> bytes:
    """Return the decoded body, never more than *limit* bytes of it in memory, whatever a compressed one would become.

    Args:
        headers: Of the answer; their names in any case.
        chunks: The body as it was sent, its transfer encoding undone.
        shown: The address, for messages.
        limit: The most that the body may have, decoded.

    Raises:
        TooLargeError: It has more than *limit*.
        NetworkError: Its end cannot be known for sure, or it is encoded in a way that was not asked for, or damaged.
    """
    _check_length(headers, shown, limit)
    encoding = headers.get("Content-Encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return _joined(chunks, shown, limit)
    if encoding in {"gzip", "x-gzip"}:
        return _unzipped(chunks, shown, limit)
    raise NetworkError(f"{shown}: encoded in a way that was not asked for")


def pieces(headers: Mapping[str, str], chunks: Iterator[bytes], *, shown: str, limit: int) -> Iterator[bytes]:
    """Yield the body as it comes, which must not be encoded; arguments and errors as of `read_body`."""
    _check_length(headers, shown, limit)
    if headers.get("Content-Encoding", "").strip().lower() not in {"", "identity"}:
        raise NetworkError(f"{shown}: encoded in a way that was not asked for")
    had = 0
    for chunk in chunks:
        had += len(chunk)
        if had > limit:
            raise TooLargeError(f"{shown}: larger than {limit:,} bytes")
        yield chunk


def _check_length(headers: Mapping[str, str], shown: str, limit: int) -> None:
    """Refuse what can be read in two ways: half an answer must not pass for a whole one (RFC 9112, 6.3)."""
    length, transfer = headers.get("Content-Length"), headers.get("Transfer-Encoding")
    if transfer is not None and (transfer.strip().lower() != "chunked" or length is not None):
        raise NetworkError(f"{shown}: does not say clearly where it ends")
    if length is None:
        return
    if not _LENGTH.fullmatch(length.strip()):
        raise NetworkError(f"{shown}: does not say clearly how long it is")
    if int(length) > limit:
        raise TooLargeError(f"{shown}: larger than {limit:,} bytes")


def _joined(chunks: Iterator[bytes], shown: str, limit: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise TooLargeError(f"{shown}: larger than {limit:,} bytes")
    return bytes(body)


def _unzipped(chunks: Iterator[bytes], shown: str, limit: int) -> bytes:
    """As _joined; decompression itself stops one byte past the limit (48 kB of gzip can become 50 MB)."""
    inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    def inflated() -> Iterator[bytes]:
        had = 0
        for chunk in chunks:
            if inflate.eof:
                raise NetworkError(f"{shown}: goes on after its end")
            piece = inflate.decompress(chunk, limit + 1 - had)
            had += len(piece)
            yield piece

    try:
        body = _joined(inflated(), shown, limit)
    except zlib.error as error:
        raise NetworkError(f"{shown}: its compression is damaged") from error
    if not inflate.eof:
        raise NetworkError(f"{shown}: ended too early")
    if inflate.unused_data:
        raise NetworkError(f"{shown}: goes on after its end")
    return body
