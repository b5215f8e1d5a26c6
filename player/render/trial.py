"""Scenes to time a renderer with: what a wall shows at its busiest, of pictures made up here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal, TypeAlias, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from player.render.protocol import Image, Renderer
from player.show.scene import TICKS, Backdrop, Composition, Figure, Fill, Flame, Ink, Layer, Move, Rule, Scene, Words
from player.units import MILLISECOND, SECOND, WHOLE, Digest, Nanos, Rect, Size

Kind: TypeAlias = Literal["still", "zoom", "fade", "mosaic", "words", "flame"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""A slide at rest; a photo growing under an overlay; two of them fading; tiles appearing in a wave; words fading to words;
a candle's flame above them."""

_INK: Final = (244, 239, 228)
_NIGHT: Final = (11, 11, 13)
_AMBER: Final = (214, 168, 96)
_SMALLEST: Final = 0.94
"""Of its place: where a photo begins to grow from."""
_BURNS: Final = 20  # seconds, that a flame is looked at
_ACROSS, _DOWN = 12, 8
_COLOURED: Final = 40
"""Patches to a side above which only light changes: photos have fine light and broad colours."""


@dataclass(frozen=True, slots=True)
class Row:
    """What drawing one kind of scene cost."""

    kind: Kind
    size: Size
    median_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Act:
    """A kind of scene to be drawn again and again."""

    compositions: tuple[Composition, ...]
    photos: dict[Digest, Image]
    scene_at: Callable[[float], Scene]
    """The scene at 0 to 1 of its way."""


def times(renderer: Renderer, act: Act, frames: int, cpu: Callable[[], Nanos]) -> list[Nanos]:
    """Draw *frames* frames of *act*; return what each took by *cpu*, a clock of processor time. Leaves nothing prepared."""
    for composition in act.compositions:
        renderer.prepare(composition, act.photos)
    taken: list[Nanos] = []
    renderer.draw(act.scene_at(0.0))
    for k in range(frames):
        scene = act.scene_at((k + 1) / (frames + 1))
        start = cpu()
        renderer.draw(scene)
        taken.append(cpu() - start)
    for composition in act.compositions:
        renderer.release(composition)
    return taken


def trial(make: Callable[[Size], Renderer], sizes: Sequence[Size], frames: int, cpu: Callable[[], Nanos]) -> Iterator[Row]:
    """Time every kind of scene at every size, in that order, each row as it is ready."""
    for size in sizes:
        renderer = make(size)
        for kind in KINDS:
            taken = sorted(times(renderer, act(kind, size), frames, cpu))
            yield Row(
                kind, size, taken[len(taken) // 2] / MILLISECOND, taken[min(len(taken) - 1, len(taken) * 99 // 100)] / MILLISECOND
            )


def act(kind: Kind, size: Size) -> Act:
    """Build *kind* of scene for a canvas of *size*."""
    match kind:
        case "still":
            one, photos = _photo_slide(size, 0)
            return Act((one,), photos, lambda _: _scene(_at(one, 1.0)))
        case "zoom":
            one, photos = _photo_slide(size, 0)
            return Act((one,), photos, lambda x: _scene(_at(one, x)))
        case "fade":
            one, photos = _photo_slide(size, 0)
            two, more = _photo_slide(size, 1)
            return Act((one, two), photos | more, lambda x: _scene(_at(one, 0.9 + x / 10), replace(_at(two, x / 10), opacity=x)))
        case "mosaic":
            return _mosaic(size)
        case "words":
            one, two = (Composition(size, Fill(_NIGHT), ink=_overlay(size, text, 0.235)) for text in ("We Remember", "Pamiętamy"))
            return Act((one, two), {}, lambda x: _scene(Layer(one), Layer(two, opacity=x)))
        case "flame":
            place = Rect(size.width * 0.48, size.height * 0.14, size.width * 0.04, size.height * 0.5)
            one = Composition(size, Fill(_NIGHT), ink=_overlay(size, "We Remember", 0.1), flames=(Flame(place, 1),))
            return Act((one,), {}, lambda x: _scene(Layer(one, at_rest=False, tick=round(x * _BURNS * TICKS))))


def _scene(*layers: Layer) -> Scene:
    return Scene(layers[0].composition.canvas, layers, until=SECOND)


def _at(composition: Composition, x: float) -> Layer:
    """Return *composition* with its figures *x* of their way."""
    figures = tuple(
        replace(move.last, place=Rect(*(a + (b - a) * x for a, b in zip(move.first.place, move.last.place, strict=True))))
        for move in composition.moves
    )
    return Layer(composition, figures, at_rest=x >= 1)


def _photo_slide(size: Size, number: int) -> tuple[Composition, dict[Digest, Image]]:
    """Return a landscape photo on its backdrop, words below it, and the photo."""
    digest = Digest(f"{number:064x}")
    place = Rect(size.width * 0.14, size.height * 0.05, size.width * 0.72, size.height * 0.72)
    small = Rect(
        place.x + place.width * (1 - _SMALLEST) / 2,
        place.y + place.height * (1 - _SMALLEST) / 2,
        place.width * _SMALLEST,
        place.height * _SMALLEST,
    )
    move = Move(Figure(digest, small, WHOLE), Figure(digest, place, WHOLE), length=SECOND)
    ink = _overlay(size, ("We Remember", "Pamiętamy")[number % 2], 0.1)
    photo = picture(Size(round(size.width * 0.9), round(size.height * 0.9)), number)
    return Composition(size, Backdrop(digest), (move,), ink), {digest: photo}


def _overlay(size: Size, text: str, em: float) -> tuple[Ink, ...]:
    """Return words, a hairline, a caption and a hashtag."""
    x, y = size.width * 0.14, size.height * 0.9
    return (
        Words(text, "en", "serif", size.height * em, _INK, x, y),
        Rule(Rect(x, y + size.height * 0.02, size.width * 0.05, max(1.0, size.height / 720)), _AMBER),
        Words("From a school in Łódź, Poland", "en", "sans", size.height * 0.03, _INK, size.width * 0.6, y - size.height * 0.04),
        Words("#WeRemember", "en", "sans", size.height * 0.026, _INK, size.width * 0.6, y),
    )


def _mosaic(size: Size) -> Act:
    """Return tiles that appear in a wave from one side to the other."""
    digests = [Digest(f"{k:064x}") for k in range(_ACROSS * _DOWN)]
    wide, high = size.width * 0.92 / _ACROSS, size.height * 0.75 / _DOWN
    gap = size.height * 0.008
    tile = Size(max(2, round(wide * 1.25)), max(2, round(high * 1.25)))
    figures = [
        Figure(
            digest,
            Rect(size.width * 0.04 + wide * (k % _ACROSS), size.height * 0.05 + high * (k // _ACROSS), wide - gap, high - gap),
            WHOLE,
        )
        for k, digest in enumerate(digests)
    ]
    one = Composition(
        size,
        Fill(_NIGHT),
        tuple(Move(replace(figure, opacity=0.0), figure, length=SECOND) for figure in figures),
        _overlay(size, "We Remember", 0.1),
    )

    def scene_at(x: float) -> Scene:
        shown = (
            replace(figure, opacity=min(1.0, max(0.0, 4 * x - 3 * (k % _ACROSS) / _ACROSS))) for k, figure in enumerate(figures)
        )
        return _scene(Layer(one, tuple(shown), at_rest=x >= 1))

    return Act((one,), {digest: picture(tile, k) for k, digest in enumerate(digests)}, scene_at)


@cache
def picture(size: Size, seed: int) -> Image:
    """Return an RGB picture of *size* with light, shapes and grain as a photo has them; the same for the same *seed*."""
    chance = np.random.default_rng(seed)
    made: NDArray[np.float32] = np.full((size.height, size.width, 3), 110, np.float32)
    cells, strength = 2, 60.0
    while cells < max(size):
        rows, columns = max(2, cells * size.height // max(size)), max(2, cells * size.width // max(size))
        patch = chance.normal(0, strength, (rows, columns, 1)).repeat(3, axis=2).astype(np.float32)
        if cells < _COLOURED:
            patch += chance.normal(0, strength / 2, (rows, columns, 3)).astype(np.float32)
        made += np.asarray(cv2.resize(patch, size, interpolation=cv2.INTER_CUBIC), np.float32)
        cells, strength = cells * 4, strength * 0.55
    return np.clip(made, 0, 255).astype(np.uint8)
