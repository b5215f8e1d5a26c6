"""Units and small shapes that every room shares: nanoseconds, digests, sizes, rectangles, colours."""

from __future__ import annotations

import re
from typing import Final, NamedTuple, NewType, TypeAlias

Nanos: TypeAlias = int
"""A point in time (nanoseconds since 1970-01-01T00:00:00Z) or a length of time, in nanoseconds."""

Seconds: TypeAlias = float
"""A length of time in seconds, as people write it in the configuration."""

Digest = NewType("Digest", str)
"""A SHA-256 as 64 lower-case hexadecimal digits; names bytes by their content."""

Colour: TypeAlias = tuple[int, int, int]
"""Red, green, blue, 0 to 255, in sRGB."""

SECOND: Final[Nanos] = 1_000_000_000
FIRST_YEAR: Final = 2000  # nothing that is shown by a schedule is older; a year such as 0027 is a slip
LAST_YEAR: Final = 2200  # SQLite's integers count nanoseconds until 2262, and days are worked out ten years ahead
MILLISECOND: Final[Nanos] = 1_000_000


class Size(NamedTuple):
    """Width and height in whole pixels."""

    width: int
    height: int

    @property
    def aspect(self) -> float:
        """Width divided by height."""
        return self.width / self.height


class Rect(NamedTuple):
    """A rectangle with real-valued edges; x to the right, y down. Pixels or fractions, as its user says."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the bottom edge."""
        return self.y + self.height


WHOLE: Final = Rect(0.0, 0.0, 1.0, 1.0)
"""All of a picture, in fractions of its own size."""


def nanos(seconds: Seconds) -> Nanos:
    """Return *seconds* as whole nanoseconds."""
    return round(seconds * SECOND)


_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
MIN_SIDE: Final = 160  # pixels; below this no word could be read
MAX_SIDE: Final = 16_384  # pixels; what SDL and GPUs take for one window


def as_clock(at: Nanos) -> str:
    """Return an instant of a film as players write it: `1:05`, and minutes beyond the hour: `75:00`."""
    minutes, seconds = divmod(at // SECOND, 60)
    return f"{minutes}:{seconds:02}"


def parse_duration(text: str) -> Seconds:
    """Return a length of time as people write it: `9s`, `1.5s`, `5m`, `2h`.

    Raises:
        ValueError: it is none; the message says how to write one.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match:
        raise ValueError(f'write a length of time with its unit, such as 9s, 1.5s, 5m or 2h, not "{text}"')
    return float(match[1]) * _UNIT_S[match[2]]


def parse_size(text: str) -> Size:
    """Return a size as people write it: `1920x1080`.

    Raises:
        ValueError: it is none, or out of bounds; the message says how to write one.
    """
    parts = text.lower().split("x")
    if len(parts) != len(Size._fields) or not all(part.strip().isdecimal() for part in parts):
        raise ValueError(f'write a size as WIDTHxHEIGHT, such as 1920x1080, not "{text}"')
    size = Size(int(parts[0]), int(parts[1]))
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in size):
        raise ValueError(f"each side must be {MIN_SIDE} to {MAX_SIDE} pixels, not {text}")
    return size
