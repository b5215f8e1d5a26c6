"""How many pictures a second a film has, as people write it, and the instants that they show."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from player.units import SECOND, Nanos

USUAL: Final = Fraction(30)
FASTEST: Final = 60  # what a projector shows
_BROADCAST: Final = {
    "23.976": Fraction(24_000, 1001),
    "23.98": Fraction(24_000, 1001),
    "29.97": Fraction(30_000, 1001),
    "59.94": Fraction(60_000, 1001),
}
"""What these numbers mean in television: not exactly what they say."""


def parse_rate(text: str) -> Fraction:
    """Return a frame rate: `25`, `30`, `29.97`.

    Raises:
        ValueError: it is none; the message says how to write one.
    """
    if text in _BROADCAST:
        return _BROADCAST[text]
    if not text.isdecimal() or not text.isascii() or not 1 <= int(text[:3]) <= FASTEST:
        raise ValueError(f'write pictures a second, 1 to {FASTEST}, or 23.976, 29.97, 59.94, not "{text}"')
    return Fraction(int(text))


def instants(start: Nanos, until: Nanos, rate: Fraction) -> Iterator[Nanos]:
    """Yield the instant of each picture from *start* on, up to and without *until*: of each the exact one, so nothing adds up."""
    for number in range(count(start, until, rate)):
        yield start + number * SECOND * rate.denominator // rate.numerator


def count(start: Nanos, until: Nanos, rate: Fraction) -> int:
    """Return how many pictures a stretch has."""
    return -(-max(0, until - start) * rate.numerator // (SECOND * rate.denominator))
