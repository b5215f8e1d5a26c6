"""Everything that is on screen at one instant, as data. Renderers draw it and know nothing of feeds or time.

A *Composition* is a slide laid out on a canvas, with the ways its figures move. A *Layer* is a composition at
one instant. A *Scene* is the stack of layers, bottom first, and says until when nothing in it changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from player.units import Colour, Digest, Nanos, Rect, Size

Face: TypeAlias = Literal["serif", "sans"]


@dataclass(frozen=True, slots=True)
class Fill:
    """A canvas of one colour."""

    colour: Colour


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A canvas filled by a photo that became light and colour: blurred to 1/20, half saturation, a third brightness."""

    photo: Digest


@dataclass(frozen=True, slots=True)
class Figure:
    """A photo at one instant: the part *view* of it (fractions) drawn to *place* (canvas pixels, real-valued)."""

    photo: Digest
    place: Rect
    view: Rect
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """One line of one language, set from its origin (left end of the baseline; right-to-left lines too)."""

    text: str
    language: str
    face: Face
    size_px: float
    """The em in canvas pixels."""
    colour: Colour
    x: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A filled rectangle: the hairline."""

    place: Rect
    colour: Colour


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of *text*, quiet zone included, dark modules *dark* on *light*."""

    text: str
    place: Rect
    dark: Colour
    light: Colour


@dataclass(frozen=True, slots=True)
class Scrim:
    """A smooth darkening toward *colour* in *place*, as strong as *ink* needs for *contrast* over it, no stronger.

    It rises from nothing at the top of *place* and has its full strength from *full_from* (canvas y) down.
    The strength is measured from the pixels of the ground and figures beneath.
    """

    place: Rect
    full_from: float
    colour: Colour
    ink: Colour
    contrast: float


Ground: TypeAlias = Fill | Backdrop
Ink: TypeAlias = Words | Rule | Code | Scrim


@dataclass(frozen=True, slots=True)
class Move:
    """The way of one figure: from *first* to *last*, starting *begin* after its cue did and taking *length*."""

    first: Figure
    last: Figure
    begin: Nanos = 0
    length: Nanos = 0


@dataclass(frozen=True, slots=True)
class Composition:
    """A slide laid out on a canvas: ground, figures and their ways, ink on top."""

    canvas: Size
    ground: Ground
    moves: tuple[Move, ...] = ()
    ink: tuple[Ink, ...] = ()

    @property
    def photos(self) -> frozenset[Digest]:
        """Every picture file that drawing this needs."""
        ground = {self.ground.photo} if isinstance(self.ground, Backdrop) else set[Digest]()
        return frozenset(ground | {move.last.photo for move in self.moves})


@dataclass(frozen=True, slots=True)
class Layer:
    """A composition at one instant, over whatever lies beneath it at *opacity*."""

    composition: Composition
    figures: tuple[Figure, ...] = ()
    opacity: float = 1.0
    at_rest: bool = True
    """Nothing in this layer but its opacity changes any more: worth drawing from full colour."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is on screen at one instant; equal scenes are equal pictures."""

    canvas: Size
    layers: tuple[Layer, ...]
    until: Nanos = field(compare=False)
    """Before this instant nothing in the scene changes: nobody need ask again."""

    @property
    def photos(self) -> frozenset[Digest]:
        """Every picture file that is on screen."""
        return frozenset[Digest]().union(*(layer.composition.photos for layer in self.layers))
