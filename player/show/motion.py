"""Where the figures of a composition are at an instant: a function of time, never an accumulation per frame."""

from __future__ import annotations

from bisect import bisect_right

from player.show.scene import TICKS, Composition, Figure, Layer, Move
from player.show.transition import fade
from player.units import SECOND, Nanos, Rect


def layer_at(composition: Composition, elapsed: Nanos, opacity: float = 1.0) -> Layer:
    """Return *composition* as it is *elapsed* after its cue began."""
    figures = tuple(figure_at(move, elapsed) for move in composition.moves)
    rest, burns = rest_from(composition), is_burning(composition)
    is_at_rest = not (rest and elapsed < rest) and not burns and not composition.clips and not composition.spoken
    tick, said = tick_at(elapsed) if burns else 0, composition.said_at(elapsed)
    return Layer(composition, figures, opacity, at_rest=is_at_rest, at=elapsed, tick=tick, said=said)


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


def is_burning(composition: Composition) -> bool:
    """Return whether a flame moves on *composition*, for as long as it is up."""
    return any(not flame.still for flame in composition.flames)


def tick_at(elapsed: Nanos) -> int:
    """Return which picture of its flames is due so long after a cue began."""
    return elapsed * TICKS // SECOND


def rest_from(composition: Composition) -> Nanos:
    """Return how long after its cue began nothing in *composition* moves any more."""
    return max((move.begin + move.length for move in composition.moves if move.first != move.last), default=0)


def said_until(composition: Composition, elapsed: Nanos) -> Nanos | None:
    """Return when, after its cue began, something else is said than at *elapsed*; None: never again."""
    ends = [composition.spoken[k].end for k in composition.said_at(elapsed)]
    following = bisect_right(composition.spoken, elapsed, key=lambda each: each.begin)
    begins = [composition.spoken[following].begin] if following < len(composition.spoken) else []
    return min(ends + begins, default=None)


def complete_from(composition: Composition, fade_length: Nanos) -> Nanos:
    """Return how long after its cue began every figure is there in full: from then on its photos count as shown."""
    appeared = max((move.begin + move.length for move in composition.moves if move.first.opacity < 1), default=0)
    return max(fade_length, appeared)


def _between(a: Rect, b: Rect, k: float) -> Rect:
    if a == b:
        return a
    return Rect(*(p + (q - p) * k for p, q in zip(a, b, strict=True)))
