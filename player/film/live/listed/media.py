"""What a stream lists, whatever it is written in: its renditions, and the segments of one. Values, and the limits for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import urljoin

from player.errors import FilmError
from player.units import SECOND, Nanos, Size

MAX_VARIANTS: Final = 50  # renditions; the largest services have 20
MAX_TARGET_S: Final = 30.0  # of one segment; longer ones cannot be followed live
MIN_SEGMENT_S: Final = 0.05  # a shorter one is a slip of the packager

PARTS: Final = "its segments are parts of larger files, which cannot be followed here"
ENCRYPTED: Final = "it is encrypted (DRM): ask its makers for an address without"
NO_PICTURES: Final = "none of its renditions has pictures that can be played here"
ENDLESS: Final = "its playlist is longer than any honest one"
_PLAYED: Final = ("avc1", "avc3", "hvc1", "hev1", "vp09", "av01")  # RFC 6381 names of the pictures that we decode
_HEARD: Final = ("mp4a", "opus", "ac-3", "ec-3", "flac", "fLaC", "Opus")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One rendition of a stream."""

    url: str
    """Of its own list; what follows a `#` says which one it is of several in one document."""
    bandwidth: int
    """Bits in a second, at most; 0: it is not said."""
    size: Size | None
    """Of its pictures; None: it is not said."""
    rate: float = 0.0
    """Frames in a second; 0: it is not said."""
    sound: str = ""
    """The same as `url` for its sound; empty: it comes with the pictures, or there is none."""

    @property
    def name(self) -> str:
        """As people say it: 720p, or by its bits."""
        return f"{self.size.height}p" if self.size else f"{self.bandwidth // 1000} kbit/s" if self.bandwidth else "the only one"


@dataclass(frozen=True, slots=True)
class Key:
    """What a segment is encrypted with, by AES-128 in CBC."""

    url: str
    vector: bytes
    """Of 16 bytes: the initialization vector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A few seconds of a rendition."""

    number: int
    """Its media sequence number."""
    url: str
    length: Nanos
    head: str = ""
    """The address of what must be read before it (EXT-X-MAP, initialization); empty: nothing."""
    is_new: bool = False
    """Whether instants and codecs may begin anew with it (EXT-X-DISCONTINUITY, another period)."""
    era: int = 0
    """In which stretch between discontinuities it lies, counted by who made it; the same for pictures and sound."""
    start: Nanos | None = None
    """When it begins by the clock on the wall, in nanoseconds since 1970; None: it is not said."""
    offset: Nanos = 0
    """What is added to the instants inside it so that those of sound and pictures are the same."""
    key: Key | None = None
    """None: it is not encrypted."""
    head_key: Key | None = None
    """Of `head`, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """The segments that there are now."""

    segments: tuple[Segment, ...]
    target: Nanos
    """About how long a segment is; how often to look."""
    has_ended: bool
    """Whether none will follow."""
    has_eras: bool = False
    """Whether `era` is said, and not only that something begins anew."""
    is_reckoned: bool = False
    """Whether segments are listed because it is time for them: the newest may come a little later."""


Playlist: TypeAlias = tuple[Variant, ...] | Media


def is_played(codecs: str) -> bool:
    """Whether *codecs* (RFC 6381) has pictures, and only such as we decode; or nothing is said."""
    names = [name.strip() for name in codecs.split(",") if name.strip()]
    pictures = [name for name in names if not name.startswith(_HEARD)]
    return not names or (bool(pictures) and all(name.startswith(_PLAYED) for name in pictures))


def is_heard(codecs: str) -> bool:
    """Whether *codecs* has sound, and only such as we decode; or nothing is said."""
    return all(name.strip().startswith(_HEARD) for name in codecs.split(",") if name.strip())


def joined(url: str, reference: str) -> str:
    """Return the whole address of what *url* refers to; FilmError when that is none."""
    try:
        return urljoin(url, reference)
    except ValueError as error:
        raise FilmError("its playlist has a malformed address") from error


def segment_length(seconds: float) -> Nanos:
    """Return how long a segment is; FilmError when it is too long to be followed live."""
    if not 0 <= seconds <= MAX_TARGET_S:
        raise FilmError(f"its segments are longer than {MAX_TARGET_S:.0f} s, which cannot be followed live")
    return round(max(MIN_SEGMENT_S, seconds) * SECOND)


def is_page(text: str) -> bool:
    """Whether *text* begins as a web page does."""
    return text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<head", "<body"))
