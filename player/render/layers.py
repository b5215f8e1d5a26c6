"""What every renderer asks of a scene's layers: which are seen, how much of each, whose words, and which figure is which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from player.errors import DrawError
from player.show.scene import Figure, Ink, Layer

_FULL = 0.9995
"""Weights of a layer and what fades into it add up to one, but for rounding; less than half a code is missing here."""
_WORDS_CHANGE: Final = 0.5
"""Words come when their layer has this weight: the old ones are gone then, and never stand among the new."""

P = TypeVar("P")
"""A patch of ink, as a renderer keeps it."""


def visible(layers: Sequence[Layer]) -> Sequence[Layer]:
    """Leave out what is wholly transparent, and what lies under something opaque."""
    first = max((k for k, layer in enumerate(layers) if layer.opacity >= 1), default=0)
    return [layers[first], *(layer for layer in layers[first + 1 :] if layer.opacity > 0)]


def weights(layers: Sequence[Layer]) -> list[float]:
    """Return each layer's share in the picture; they add up to one."""
    shares: list[float] = []
    left = 1.0
    for layer in reversed(layers[1:]):
        shares.append(left * layer.opacity)
        left *= 1.0 - layer.opacity
    return [left, *reversed(shares)]


def inks(patches: Sequence[Iterable[tuple[Ink, P]]], shares: Sequence[float]) -> list[tuple[P, float]]:
    """Return every patch once, with the weights of all layers that have it: ink that stays does not dip in a fade.

    *patches* are each layer's, *shares* what `weights` says of the layers.
    """
    found: dict[Ink, tuple[P, float]] = {}
    for each, share in zip(patches, shares, strict=True):
        for node, patch in each:
            found[node] = (patch, share + found.get(node, (patch, 0.0))[1])
    apparent = ((patch, (weight - _WORDS_CHANGE) / (1 - _WORDS_CHANGE)) for patch, weight in found.values())
    return [(patch, 1.0 if weight > _FULL else weight) for patch, weight in apparent if weight > 0]


def order(figures: Sequence[Figure], known: Sequence[Figure]) -> Sequence[int]:
    """Return which of the *known* each of *figures* is; some may be left out.

    Raises:
        DrawError: one of *figures* is not among them.
    """
    if len(figures) == len(known) and all(f.photo == k.photo for f, k in zip(figures, known, strict=True)):
        return range(len(known))
    by_photo = {each.photo: k for k, each in reversed(list(enumerate(known)))}
    by_place = {(each.photo, each.place): k for k, each in enumerate(known)}
    try:
        return [by_place.get((each.photo, each.place), by_photo[each.photo]) for each in figures]
    except KeyError as error:
        raise DrawError(f"The photo {error.args[0][:12]} is no figure of the composition it is drawn in.") from error


def covers(figure: Figure, width: int, height: int) -> bool:
    """Whether *figure* hides all of a canvas of *width* x *height*."""
    place = figure.place
    return figure.opacity >= 1 and place.x <= 0 and place.y <= 0 and place.right >= width and place.bottom >= height
