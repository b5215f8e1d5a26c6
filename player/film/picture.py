"""Where a film's picture is, for its sound: from what the screen says now and then, to any instant near that. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from player.film.limits import SOUND_RATE
from player.film.ring import Position
from player.units import MILLISECOND, SECOND, Nanos

STALE: Final[Nanos] = 3 * SECOND  # without a word of the screen, a picture that stands still may not talk on
_WATCHED: Final[Nanos] = 150 * MILLISECOND  # several frames of any film: whether it moves at all is judged over so long
_STANDS: Final = 0.5  # of its speed; below, it stands: there are no slower films


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a film's picture."""

    last: Position
    """What the screen said last."""
    mark: Position
    """What it said a while before."""
    runs: bool = True


def noted(before: Picture | None, said: Position) -> Picture:
    """Return what is known now that the screen *said* where the picture is."""
    if before is None:
        return Picture(said, said)
    passed = said.monotonic - before.mark.monotonic
    if passed < _WATCHED:
        return Picture(said, before.mark, before.runs)
    return Picture(said, said, said.at - before.mark.at >= _STANDS * passed)


def sample_heard(picture: Picture | None, t: Nanos) -> float | None:
    """Return which sample of the film belongs to the picture that is seen at *t*; None where nothing moves."""
    if picture is None or not picture.runs or t - picture.last.monotonic > STALE:
        return None
    return (picture.last.at + t - picture.last.monotonic) * SOUND_RATE / SECOND
