"""What the two ends of a picture worker's pipes agree on: limits, shapes, headers.

The worker imports this too, so it stays small and free of slow imports. The parent sends REQUEST, the filters and the picture;
the worker answers HELLO once it is confined, then ANSWER, then (when all is well) the picture's RGB and the tile's RGB, and
nothing more.
"""

from __future__ import annotations

import struct
from enum import STRICT, IntEnum, IntFlag
from typing import Final, NamedTuple

from player.units import Size

MAX_BYTES: Final = 64 * 1024 * 1024  # fetching stops at 25 MB; a folder is not fetched, and no camera writes more than this
MAX_PIXELS: Final = 50_000_000  # a 48 MP phone photo passes; three 4K walls side by side are 25 MP
MIN_SIDE: Final = 64  # pixels; less is an icon or a tracking pixel, and would be a smear on a wall
MAX_ASPECT: Final = 8  # longer side to shorter; a phone's panorama is at most 7 to 1, a line of pixels is no photo
MAX_DETAIL: Final = 160  # bytes of the decoder's own words, enough for one line

MAGIC: Final = b"WRP1"
REQUEST: Final = struct.Struct("!4sB4IQ2H")  # magic, format, bounds, tile bounds, bytes of the picture and of each filter
HELLO: Final = struct.Struct("!4s4B")  # magic, walls that stand, Landlock's version, why no Landlock, why no seccomp
ANSWER: Final = struct.Struct(f"!4sB6IQ{MAX_DETAIL}s")  # magic, verdict, original, picture, tile, hash or megapixels, detail
PRINTABLE: Final = range(0x20, 0x7F)  # of ASCII: what cannot harm a terminal or a log
CHANNELS: Final = 3  # red, green, blue, one byte each


class Format(IntEnum):
    """The formats that are decoded."""

    JPEG = 1
    PNG = 2
    WEBP = 3
    GIF = 4
    AVIF = 5
    HEIC = 6


THREADED: Final = frozenset({Format.HEIC})
"""Decoders that start a thread whatever they are told: libheif gives libde265 one, and dies of an exception where it may not."""


class Verdict(IntEnum):
    """What the worker says of a picture."""

    FINE = 0
    UNREADABLE = 1
    TRUNCATED = 2
    TOO_LARGE = 3
    TOO_SMALL = 4
    TOO_LONG = 5
    OUT_OF_MEMORY = 6


class Level(IntFlag, boundary=STRICT):
    """The walls around a worker. Landlock and seccomp stand or are missing each for itself."""

    NONE = 0
    LIMITS = 1  # memory, processor time, no new descriptors, no files written, no children
    NO_NEW_PRIVILEGES = 2  # no program it might start could gain rights
    LANDLOCK = 4  # no path can be opened, made or removed; with a newer kernel no TCP and no signal to others
    SECCOMP = 8  # of some 350 system calls those that decoding makes; any other kills it


class Lack(IntEnum):
    """Why a wall is missing."""

    NOTHING = 0  # it stands
    ABSENT = 1  # the kernel does not know it, or a container pretends so
    SWITCHED_OFF = 2  # the kernel has it but was booted without
    FORBIDDEN = 3  # a container or a service manager does not let us
    OTHER_MACHINE = 4  # neither x86-64 nor aarch64, or emulated
    FAILED = 5


class Confinement(NamedTuple):
    """How far a worker could be confined."""

    level: Level
    landlock_abi: int = 0
    """The version of Landlock that the kernel speaks; 0 without Landlock."""
    no_landlock: Lack = Lack.NOTHING
    no_seccomp: Lack = Lack.NOTHING

    def pack(self) -> bytes:
        """Return the worker's first words."""
        return HELLO.pack(MAGIC, self.level, min(self.landlock_abi, 255), self.no_landlock, self.no_seccomp)

    @classmethod
    def unpack(cls, said: bytes | bytearray) -> Confinement:
        """Read what *said* begins with; struct.error or ValueError when it is no greeting."""
        magic, level, abi, no_landlock, no_seccomp = HELLO.unpack_from(said)
        if magic != MAGIC:
            raise ValueError("not a greeting")
        return cls(Level(level), abi, Lack(no_landlock), Lack(no_seccomp))


class Filters(NamedTuple):
    """What a worker gives the kernel so that it looks at its system calls; empty on a machine whose calls we do not know."""

    probe: bytes = b""
    program: bytes = b""

    @property
    def lengths(self) -> tuple[int, int]:
        """How many bytes each has: what the request's header says."""
        return len(self.probe), len(self.program)


class Request(NamedTuple):
    """What the parent wants made of the picture that follows."""

    format: Format
    bounds: Size
    tile_bounds: Size
    length: int
    filter_lengths: tuple[int, int] = (0, 0)

    def pack(self) -> bytes:
        """Return the header that is sent ahead of the filters and the picture."""
        return REQUEST.pack(MAGIC, self.format, *self.bounds, *self.tile_bounds, self.length, *self.filter_lengths)

    @classmethod
    def unpack(cls, header: bytes) -> Request:
        """Read a header; struct.error or ValueError when it is none."""
        magic, form, width, height, tile_width, tile_height, length, *lengths = REQUEST.unpack(header)
        if magic != MAGIC:
            raise ValueError("not a request")
        return cls(Format(form), Size(width, height), Size(tile_width, tile_height), length, (lengths[0], lengths[1]))


class Answer(NamedTuple):
    """What the worker says; all of it unproven to the parent."""

    verdict: Verdict
    original: Size = Size(0, 0)
    picture: Size = Size(0, 0)
    tile: Size = Size(0, 0)
    number: int = 0
    """The perceptual hash of a picture that is fine; the pixels of one that has too many."""
    detail: str = ""

    def pack(self) -> bytes:
        """Return the fixed header that precedes the pixels."""
        detail = self.detail.encode("ascii", "replace")[:MAX_DETAIL]
        return ANSWER.pack(MAGIC, self.verdict, *self.original, *self.picture, *self.tile, self.number, detail)

    @classmethod
    def unpack(cls, header: bytes) -> Answer:
        """Read a header, cleaning its text to printable ASCII; struct.error or ValueError when it is none."""
        magic, verdict, ow, oh, pw, ph, tw, th, number, raw = ANSWER.unpack(header)
        if magic != MAGIC:
            raise ValueError("not an answer")
        detail = "".join(chr(byte) for byte in raw if byte in PRINTABLE).strip()
        return cls(Verdict(verdict), Size(ow, oh), Size(pw, ph), Size(tw, th), number, detail)


def contain(size: Size, bounds: Size) -> Size:
    """Return the largest size of the shape of *size* that fits *bounds*, whole pixels; never larger than *size*."""
    scale = min(1.0, bounds.width / size.width, bounds.height / size.height)
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))
