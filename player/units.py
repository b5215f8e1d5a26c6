"""Units and small shapes that every room shares: nanoseconds, digests, sizes, rectangles, colours."""

from __future__ import annotations

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
