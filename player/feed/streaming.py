"""Server-sent events: the bytes of one long answer in, events out (https://html.spec.whatwg.org/multipage/server-sent-events.html).

Knows no connection. The fields ``id`` and ``retry`` are not read: nobody here resumes a stream, for after each break the source
is polled instead, and how soon to come back is ours to say, not the server's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from player.errors import FeedError

MAX_LINE: Final = 1_000_000  # bytes; the longest post with everything around it is about 200 kB
MAX_EVENT: Final = 1_000_000  # bytes of all its lines of data

_END: Final = re.compile(rb"[\r\n]")
_BOM: Final = b"\xef\xbb\xbf"
_UNNAMED: Final = "message"  # what an event is that has data and no name


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as the server tells it."""

    name: str
    data: str


def events(pieces: Iterable[bytes]) -> Iterator[Event]:
    """Yield the events of a stream, each as soon as it is whole; what is cut off at the end is no event.

    Args:
        pieces: The bytes as they come, in pieces of any length.

    Raises:
        FeedError: A line or an event is longer than any honest one.
    """
    name, data, size = "", list[str](), 0
    for line in _lines(pieces):
        if not line:
            if data:
                yield Event(name or _UNNAMED, "\n".join(data))
            name, data, size = "", [], 0
            continue
        field, _, value = line.partition(b":")  # a line that begins with a colon is a comment: its field has no name
        text = value.removeprefix(b" ").decode("utf-8", "replace")
        if field == b"event":
            name = text
        elif field == b"data":
            size += len(line)
            if size > MAX_EVENT:
                raise FeedError(f"an event of more than {MAX_EVENT:,} bytes")
            data.append(text)


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield whole lines without their ends, which are CR LF, CR or LF; the first without its mark of byte order."""
    held = bytearray()
    is_after_cr, is_first = False, True
    for piece in pieces:
        start = 0
        if is_after_cr and piece:
            start = int(piece.startswith(b"\n"))  # the second half of an end that came in two pieces
            is_after_cr = False
        for end in _END.finditer(piece, start):
            if end.start() < start:
                continue  # the LF of a CR LF that was taken together with its CR
            line = bytes(held) + piece[start : end.start()]
            held.clear()
            _check(len(line))
            yield line.removeprefix(_BOM) if is_first else line
            is_first = False
            start = end.end()
            if end.group() == b"\r":
                is_after_cr = start == len(piece)
                start += int(piece.startswith(b"\n", start))
        held += piece[start:]
        _check(len(held))


def _check(length: int) -> None:
    if length > MAX_LINE:
        raise FeedError(f"a line of more than {MAX_LINE:,} bytes")
