"""Keeping sound with the picture: a pure controller. The picture's clock leads; the sound card has its own, a little off.

Sound is played a trifle faster or slower, by half a per cent at most, which nobody hears as a pitch. What is too far off for
that, after a seek or when the machine stood still, leaps. Where nothing was heard before it simply begins where it should be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from player.film.limits import SOUND_RATE

MOST: Final = 0.005  # of the speed: 9 cents; a steady sound card needs 0.0002
QUICKEST: Final = 0.001  # of the speed, by which it changes in a second: a glide nobody notices
FAR_S: Final = 0.2  # seconds off; whoever speaks is out of step for all to see: it leaps at once
ASTRAY_S: Final = 0.035  # seconds off, just inside 40 ms; the eye forgives it for a moment
ASTRAY_FOR_S: Final = 2.0  # seconds it may last before it leaps
_SMOOTHED_S: Final = 1.5  # seconds; sound cards take in blocks of 10 to 40 ms, and threads wake when they can
_OMEGA: Final = (
    0.05  # of a second; with it, a card that is 200 parts in a million off costs 1.5 ms at its worst, and then nothing
)
_PULL: Final = 2 * _OMEGA  # critically damped: it does not swing
_TREND: Final = _OMEGA**2


@dataclass(frozen=True, slots=True)
class Course:
    """Where in the film the next block of sound begins, and how fast it goes on from there."""

    position: float
    """In samples from the film's start."""
    ratio: float = 1.0
    """Samples of the film to one that is heard."""
    off_s: float = 0.0
    """By how much sound is ahead of the picture, smoothed; behind it, below 0."""
    trend: float = 0.0
    """By how much the sound card is too fast for the film, as a share: what is left of the ratio once all is steady."""
    astray_s: float = 0.0
    """For how long it has been further off than anybody should see."""
    leapt: bool = False
    """It does not go on from the block before."""


def begun(wanted: float, trend: float = 0.0) -> Course:
    """Return the course of sound that begins at *wanted* after silence, on a card that is known to be so much too fast."""
    return Course(wanted, 1 - trend, 0.0, trend, leapt=True)


def followed(course: Course, wanted: float, count: int) -> Course:
    """Return the course of the block that goes on from *course*.

    Args:
        course: Of the block before.
        wanted: Where in the film the picture will be when this block is heard, in samples.
        count: How many samples of the block before were played.
    """
    position = course.position + course.ratio * count
    raw_s, passed_s = (position - wanted) / SOUND_RATE, count / SOUND_RATE
    if abs(raw_s) > FAR_S or course.astray_s > ASTRAY_FOR_S:
        return begun(wanted, course.trend)
    off_s = course.off_s + (raw_s - course.off_s) * min(1.0, passed_s / _SMOOTHED_S)
    wish = _PULL * off_s + course.trend
    is_held = abs(wish) >= MOST
    trend = course.trend if is_held else course.trend + _TREND * off_s * passed_s
    ratio = 1 - max(-MOST, min(MOST, wish))
    step = QUICKEST * passed_s
    ratio = max(course.ratio - step, min(course.ratio + step, ratio))
    astray_s = course.astray_s + passed_s if abs(off_s) > ASTRAY_S else 0.0
    return Course(position, ratio, off_s, trend, astray_s)
