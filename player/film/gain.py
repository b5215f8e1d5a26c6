"""How loud sound is: decibels and per cent to factors, and ramps between them. Functions of time, as everything that is seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player.units import MILLISECOND, SECOND, Nanos

MUTE: Final[Nanos] = (
    500 * MILLISECOND
)  # to and from silence; at once would be a click, and slower not at the time that was written
Factors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Level:
    """The way from one factor to another: eased, and by power, so that one film gives way to another without a dip between."""

    first: float
    last: float
    start: Nanos = 0
    length: Nanos = 0

    @property
    def end(self) -> Nanos:
        """From when on nothing changes."""
        return self.start + self.length


SILENT: Final = Level(0.0, 0.0)
FULL: Final = Level(1.0, 1.0)


def factor(decibels: float) -> float:
    """Return what to multiply samples with for so many *decibels*."""
    return 10.0 ** (decibels / 20)


def decibels(amplitude: float) -> float:
    """Return an *amplitude* above 0 in decibels of full scale."""
    return float(20 * np.log10(amplitude))


def volume(percent: float) -> float:
    """Return the factor of a volume of 0 to 100: its cube, as PulseAudio and PipeWire have it, so half of it sounds like half."""
    return (percent / 100) ** 3


def level_at(level: Level, t: Nanos) -> float:
    """Return the factor at *t*."""
    return float(envelope(level, t, 1, rate=1)[0])


def envelope(level: Level, start: Nanos, count: int, *, rate: int) -> Factors:
    """Return the factors of *count* samples, *rate* a second, the first of which is heard at *start*; shape (count,)."""
    t = start + np.arange(count, dtype=np.float64) * (SECOND / rate)
    x = np.clip((t - level.start) / level.length, 0, 1) if level.length else np.asarray(t >= level.start, np.float64)
    power = level.first**2 + (level.last**2 - level.first**2) * (x * x * (3 - 2 * x))
    return np.asarray(np.sqrt(np.maximum(power, 0.0)), np.float32)


def turned(level: Level, last: float, start: Nanos, length: Nanos) -> Level:
    """Return the way to *last*, which begins at *start* wherever *level* is then; the same way, when it leads there already."""
    if level.last == last:
        return level
    return Level(level_at(level, start), last, start, length)


class Fader:
    """A level as it is heard, block by block: each is led over from the one before, so that nothing ordered too late clicks."""

    def __init__(self, level: Level) -> None:
        """Begin where *level* begins."""
        self.level = level
        self._before = level.first

    def turn(self, last: float, start: Nanos, length: Nanos) -> None:
        """Go to *last* from *start* on; from any thread."""
        self.level = turned(self.level, last, start, length)

    def block(self, start: Nanos, count: int, *, rate: int) -> Factors:
        """Return the factors of the next *count* samples, the first of which is heard at *start*."""
        factors = envelope(self.level, start, count, rate=rate)
        edge = min(count, rate // 100)
        factors[:edge] += (self._before - factors[0]) * np.linspace(1, 0, edge, dtype=np.float32)
        self._before = float(factors[-1])
        return factors
