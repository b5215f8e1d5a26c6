"""How a stream is handed to the child: records on its standard input, runs of bytes that can be decoded in one go.

There are two tracks, pictures and sound, for streams that have their sound apart; the others are one track of pictures.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Final, NamedTuple

from player.units import Nanos

HEADER: Final = struct.Struct("<BBI")  # what it is, of which track, and how many bytes follow
MAX_RECORD: Final = 65_536  # bytes; as much as a pipe holds
_TAG: Final = struct.Struct("<Qq")
_LISTED: Final = struct.Struct("<Q")
_LONGEST: Final[Nanos] = 2**62  # of a run; a playlist from outside says how long it is


class Track(IntEnum):
    """What a record is a part of."""

    PICTURES = 0
    """With their sound, where that does not come apart."""
    SOUND = 1


class Kind(IntEnum):
    """What a record is."""

    RUN = 1
    """What follows in its track begins anew: another rendition, a leap, other codecs. A `Tag`, or empty."""
    BYTES = 2
    """What follows in the run."""
    END = 3
    """The stream has ended, with all its tracks. Empty."""
    LISTED = 4
    """So much of the run, by what its playlist says, comes before what follows. Nanoseconds, see `listing`."""


class Tag(NamedTuple):
    """What is said of a run."""

    era: int = 0
    """A number that never goes back: pictures and sound of the same one share their instants."""
    offset: int = 0
    """Nanoseconds that are added to the instants inside so that they do."""

    def pack(self) -> bytes:
        """Return it as bytes."""
        return _TAG.pack(*self)


PLAIN: Final = Tag()
"""Nothing in particular."""


def tag_of(data: bytes) -> Tag:
    """Return what a RUN's record says; nothing in particular when it is empty."""
    return Tag(*_TAG.unpack(data)) if len(data) == _TAG.size else PLAIN


def listing(length: Nanos) -> bytes:
    """Return what the record of a LISTED *length* holds."""
    return _LISTED.pack(min(_LONGEST - 1, length))


def listed_in(data: bytes) -> Nanos:
    """Return which length a LISTED's record holds; 0 when it holds none."""
    return _LISTED.unpack(data)[0] if len(data) == _LISTED.size else 0


def record(kind: Kind, data: bytes | memoryview = b"", track: Track = Track.PICTURES) -> bytes:
    """Return a record of at most MAX_RECORD bytes of *data*."""
    return HEADER.pack(kind, track, len(data)) + data
