"""Everything that is on screen at one instant, as data. Renderers draw it and know nothing of feeds or time.

A *Composition* is a slide laid out on a canvas, with the ways its figures move. A *Layer* is a composition at
one instant. A *Scene* is the stack of layers, bottom first, and says until when nothing in it changes.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from player.units import Colour, Digest, Nanos, Rect, Size

Face: TypeAlias = Literal["serif", "sans"]

TICKS: Final = 30
"""How often a second a flame is drawn anew: it moves too slowly for more to be seen."""
MOST_SPOKEN: Final = 8
"""Of what is said, up at once: three people in two languages, and some to spare. Of more, those that began last."""


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


@dataclass(frozen=True, slots=True)
class Flame:
    """A candle's flame: light that is added to whatever lies there."""

    place: Rect
    """From its foot to its tip, when it stands straight; its halo reaches beyond."""
    seed: int
    """Which way it leans, and when."""
    still: bool = False
    """It burns without moving."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A moving source at its place; where there is no frame of it, the ground is seen."""

    source: str
    place: Rect
    """On even pixels."""
    begin: Nanos
    """Where in the film its cue begins."""
    is_live: bool


@dataclass(frozen=True, slots=True)
class Shadow:
    """A darkening of one strength with soft edges: for words over a picture that moves, which nobody can measure beforehand."""

    place: Rect
    """Where it has its full strength."""
    soft: float
    """Over how many pixels around that it goes out."""
    colour: Colour
    strength: float
    """How much of *colour* it brings, 0 to 1."""


Ground: TypeAlias = Fill | Backdrop
Ink: TypeAlias = Words | Rule | Code | Scrim | Shadow


@dataclass(frozen=True, slots=True)
class Move:
    """The way of one figure: from *first* to *last*, starting *begin* after its cue did and taking *length*."""

    first: Figure
    last: Figure
    begin: Nanos = 0
    length: Nanos = 0


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is said in a film, for as long as it is up; in the time of its cue."""

    begin: Nanos
    end: Nanos
    ink: tuple[Ink, ...]


@dataclass(frozen=True, slots=True)
class Composition:
    """A slide laid out on a canvas: ground, figures and their ways, clips over those, ink on top, and what is said last."""

    canvas: Size
    ground: Ground
    moves: tuple[Move, ...] = ()
    ink: tuple[Ink, ...] = ()
    clips: tuple[Clip, ...] = ()
    flames: tuple[Flame, ...] = ()
    spoken: tuple[Spoken, ...] = field(default=(), hash=False)
    """In the order in which it begins. A long film has 1,500: too many to be hashed whenever one is looked up."""

    def said_at(self, elapsed: Nanos) -> tuple[int, ...]:
        """Return what is said so long after the cue began: indices into `spoken`."""
        begun = bisect_right(self.spoken, elapsed, key=lambda each: each.begin)
        return tuple(k for k in range(max(0, begun - MOST_SPOKEN), begun) if elapsed < self.spoken[k].end)

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
    at: Nanos = field(default=0, compare=False)
    """How long its cue has been up, for clips: their frames decide whether to draw again, not the instant."""
    tick: int = 0
    """Counts the pictures of its flames, TICKS a second, so that equal scenes stay equal pictures."""
    said: tuple[int, ...] = ()
    """Of what is spoken in it, what is up: `Composition.said_at`."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is on screen at one instant; equal scenes are equal pictures, where their clips show equal frames."""

    canvas: Size
    layers: tuple[Layer, ...]
    until: Nanos = field(compare=False)
    """Before this instant nothing in the scene changes: nobody need ask again."""

    @property
    def photos(self) -> frozenset[Digest]:
        """Every picture file that is on screen."""
        return frozenset[Digest]().union(*(layer.composition.photos for layer in self.layers))

    @property
    def sources(self) -> frozenset[str]:
        """Every moving source that is on screen."""
        return frozenset(clip.source for layer in self.layers for clip in layer.composition.clips)
