"""The JSON document of a feed: bytes to an object of plain values, once for every format that is JSON.

What a document says twice it does not say at all, and nothing in it costs more than its length.
"""

from __future__ import annotations

import json
from typing import Final, cast

from player.errors import FeedError
from player.feed.address import plain

_LONG_NUMBER: Final = (
    18  # digits; longer ones are kept as text, for turning them into numbers costs time that grows with the square
)


def document(body: bytes, *, url: str, wanted: str) -> dict[str, object]:
    """Return the object that *body* holds.

    Args:
        body: As fetched, already bounded in size.
        url: Where it came from, for messages.
        wanted: What should be there, for messages, like "a JSON Feed".

    Raises:
        FeedError: It is not JSON, or JSON but no object.
    """
    read = _read(body, url, wanted)
    if not isinstance(read, dict):
        raise FeedError(f"{plain(url)}: JSON, but not {wanted}")
    return cast("dict[str, object]", read)


def listing(body: bytes, *, url: str, wanted: str) -> list[object]:
    """As ``document``, for the services whose page is a bare list."""
    read = _read(body, url, wanted)
    if not isinstance(read, list):
        raise FeedError(f"{plain(url)}: JSON, but not {wanted}")
    return cast("list[object]", read)


def _read(body: bytes, url: str, wanted: str) -> object:
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise FeedError(f"{plain(url)}: empty")
    if start.startswith(b"<"):
        raise FeedError(f"{plain(url)}: a web page or XML where {wanted} should be; is it a log-in page, or the wrong address?")
    try:
        return json.loads(body, parse_int=_whole, parse_constant=_nothing, object_pairs_hook=_once)
    except RecursionError as error:
        raise FeedError(f"{plain(url)}: brackets nested too deeply") from error
    except ValueError as error:
        reason = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "not text in UTF-8"
        raise FeedError(f"{plain(url)}: not JSON ({reason})") from error


class Twice:
    """What stands for a value whose key was given twice: of no type that any reader takes."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object; a key given twice says nothing, or a second "approved" could hide a first "pending"."""
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                found[key] = Twice()
            seen.add(key)
    return found


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONG_NUMBER else digits


def _nothing(_: str) -> None:
    """NaN and the infinities, which are not JSON."""
