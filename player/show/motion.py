"""Where the figures of a composition are at an instant: a function of time, never an accumulation per frame."""

from __future__ import annotations

from player.show.scene import Composition, Figure, Layer, Move
from player.show.transition import fade
from player.units import Nanos, Rect


def layer_at(composition: Composition, elapsed: Nanos, opacity: float = 1.0) -> Layer:
    """Return *composition* as it is *elapsed* after its cue began."""
    figures = tuple(figure_at(move, elapsed) for move in composition.moves)
    rest = rest_from(composition)
    return Layer(composition, figures, opacity, at_rest=not rest or elapsed >= rest)


def figure_at(move: Move, elapsed: Nanos) -> Figure:
    """Return a figure on its way, eased at both ends."""
    k = fade(elapsed, move.begin, move.length)
    if k <= 0:
        return move.first
    if k >= 1:
        return move.last
    first, last = move.first, move.last
    return Figure(
        photo=last.photo,
        place=_between(first.place, last.place, k),
        view=_between(first.view, last.view, k),
        opacity=first.opacity + (last.opacity - first.opacity) * k,
    )


def rest_from(composition: Composition) -> Nanos:
    """Return how long after its cue began nothing in *composition* moves any more."""
    return max((move.begin + move.length for move in composition.moves if move.first != move.last), default=0)


def complete_from(composition: Composition, fade_length: Nanos) -> Nanos:
    """Return how long after its cue began every figure is there in full: from then on its photos count as shown."""
    appeared = max((move.begin + move.length for move in composition.moves if move.first.opacity < 1), default=0)
    return max(fade_length, appeared)


def _between(a: Rect, b: Rect, k: float) -> Rect:
    if a == b:
        return a
    return Rect(*(p + (q - p) * k for p, q in zip(a, b, strict=True)))
