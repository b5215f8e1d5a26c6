"""A show played through on a small copy of the wall, frame by frame, as the screen would: what light leaves for it, and when.

The copy has the same blends, masks, curves, cap and governor, in fewer pixels; a tile's light is a mean, so it stays the same.
Films play on it, every picture at its instant. What a live stream will bring nobody knows: of its slot, the other show counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import cv2
import numpy as np

from player.clock import Clock, SystemClock
from player.commissioning.flashes import Counter, Flashes
from player.commissioning.received import Pixels, curve_of
from player.commissioning.throw import Throw
from player.filming.reels import Reels
from player.filming.slides import laid_out, opened, played
from player.output.course import light as light_of
from player.output.finish import Finish
from player.output.governor import Watch, shown, verdict
from player.output.homography import Floats
from player.output.level import capped, level
from player.output.maps import maps_of
from player.output.runs import TILES
from player.output.scaling import scaled
from player.output.shape import Box, Edges, Seat, Shape
from player.render.cpu import CpuRenderer
from player.screen.clips import Clips
from player.screen.programme import Programme
from player.show.director import Place
from player.show.plan import Cue, Plan, scene_at
from player.show.playlist import Show
from player.show.promise import length_of
from player.text.typeset import Typesetter
from player.units import SECOND, Nanos, Size, nanos

FPS: Final = 25
"""Frames a second that are looked at: flashes up to 12 a second are seen."""
SHORTEST: Final[Nanos] = 60 * SECOND
LONGEST: Final[Nanos] = 600 * SECOND  # of a round; a minute of work for a show that always moves
SMALL_PX: Final = 480  # the copy's width
SMALLEST_PX: Final = 3 * TILES  # of an output's side: each tile has pixels of its own
_FRAME: Final[Nanos] = SECOND // FPS


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a show came to."""

    show: str
    length: Nanos
    cues: tuple[Cue, ...] = field(repr=False)
    """Laid out on the copy."""
    frames: int
    """That were looked at: while nothing changes, there are none."""
    average: float
    """Picture level, 0 to 1: mean relative luminance of the canvas."""
    peak: float
    peak_at: Nanos
    """Since the show began."""
    flashes: Flashes
    """In what left for the wall."""
    ungoverned: Flashes
    """In what would have left without the governor."""
    lowest_gain: float
    """The least of the light that the governor left."""


def round_of(show: Show) -> Nanos:
    """Return how long a show takes to come round, within what is worth looking at."""
    return min(LONGEST, max(SHORTEST, sum(nanos(length_of(step)) for step in show.steps)))


class Copy:
    """The wall in few pixels, with all that light goes through."""

    def __init__(self, outputs: Sequence[Throw], cap: float | None) -> None:
        """Make it; *cap* is the greatest picture level, None: it does not matter.

        Raises:
            GeometryError: a shape cannot be.
        """
        scale = _scale(outputs)
        pairs = [_shrunk(each, scale) for each in outputs]
        self.canvas: Size = pairs[0][0].canvas
        self._cap = cap
        self._finishes = [
            Finish(maps, shape.light, dithered=False) for maps, (_, shape) in zip(maps_of(pairs), pairs, strict=True)
        ]
        self._outs: list[Pixels] = [np.zeros((seat.size.height, seat.size.width, 4), np.uint8) for seat, _ in pairs]
        self._curves = [curve_of(shape.light) for _, shape in pairs]
        self._dims = [light_of(each.brightness) for each in outputs]
        self._watches = [Watch() for _ in pairs]
        self._governed, self._free = Counter(), Counter()
        self.lowest = 1.0

    @property
    def flashes(self) -> tuple[Flashes, Flashes]:
        """What was counted: with the governor, and as it would be without."""
        return self._governed.found, self._free.found

    @property
    def is_at_rest(self) -> bool:
        """Whether the same picture will be shown as it is now."""
        return all(watch.is_at_rest for watch in self._watches)

    def show(self, image: Pixels, t: Nanos) -> float:
        """Show a frame of the copy's size at *t*; return its picture level."""
        found = level(image)
        dim = 1.0 if self._cap is None else capped(found, self._cap)
        tiles = [self._drawn(i, image, dim, 1.0) for i in range(len(self._finishes))]
        free = governed = self._seen()
        gain = min(verdict(watch, each, t) for watch, each in zip(self._watches, tiles, strict=True))
        if gain < 1:
            for i in range(len(self._finishes)):
                self._drawn(i, image, dim, gain)
            governed = self._seen()
        self._watches = [shown(watch, each, gain, t) for watch, each in zip(self._watches, tiles, strict=True)]
        self._free.see(free, t)
        self._governed.see(governed, t)
        self.lowest = min(self.lowest, gain)
        return found

    def _drawn(self, number: int, image: Pixels, dim: float, gain: float) -> Floats:
        return self._finishes[number].finish(image, self._outs[number], gain, dim=dim * self._dims[number])

    def _seen(self) -> Floats:
        """Return the light of all tiles by the codes that leave, whatever the finish says of them."""
        return np.concatenate([_tiles(out, curve) for out, curve in zip(self._outs, self._curves, strict=True)])


def rehearse(
    programme: Programme, copy: Copy, *, start: Nanos, clock: Clock, tell: Callable[[float], None], length: Nanos | None = None
) -> Rehearsed:
    """Play the show of *programme* on *copy*, from *start* (UTC) on, with the photos that may be shown now.

    Args:
        programme: Its stage is the copy's canvas.
        copy: Not used before.
        start: When it begins.
        clock: By whose time photos may be shown.
        tell: Hears how far it is, 0 to 1.
        length: For how long; None: until the show has come round.
    """
    length = length or round_of(programme.show)
    played_cues: list[Cue] = []
    times: list[Nanos] = []
    levels: list[float] = []
    for t, image in _frames(programme, copy, (start, start + length), clock, played_cues.append):
        times.append(t)
        levels.append(copy.show(image, t))
        tell((t - start) / length)
    weights = np.diff(np.array([*times, start + length], np.int64)) / SECOND
    peak = int(np.argmax(levels))
    governed, free = copy.flashes
    return Rehearsed(
        show=programme.show.id,
        length=length,
        cues=tuple(played_cues),
        frames=len(times),
        average=float(np.average(levels, weights=weights)),
        peak=levels[peak],
        peak_at=times[peak] - start,
        flashes=governed,
        ungoverned=free,
        lowest_gain=copy.lowest,
    )


def _frames(
    programme: Programme, copy: Copy, span: tuple[Nanos, Nanos], clock: Clock, note: Callable[[Cue], None]
) -> Iterator[tuple[Nanos, Pixels]]:
    """Yield each frame that may differ from the one before, with its time; *note* hears of each cue that begins."""
    start, end = span
    typesetter = Typesetter()
    with opened(programme.data) as library, Reels(SystemClock()) as reels:
        renderer = CpuRenderer(copy.canvas, typesetter, moving=reels, waits=True)
        clips = Clips(reels, programme.films, SystemClock())
        show = played(library, programme, start, Place(), clock, ends=None)
        following = laid_out(library, renderer, typesetter, programme, next(show), clips=clips)
        plan, t = Plan(copy.canvas, ()), start
        while t < end:
            while following.start <= t:
                note(following)
                before, plan = plan, plan.then(following) if plan.cues else Plan(copy.canvas, (following,))
                for gone in before.cues[: len(before.cues) + 1 - len(plan.cues)]:
                    renderer.release(gone.composition)
                    clips.let_go(gone.composition)
                following = laid_out(library, renderer, typesetter, programme, next(show), clips=clips)
            scene = scene_at(plan, t)
            yield t, renderer.draw(scene)
            t += _FRAME
            if copy.is_at_rest and scene.until > t:  # nothing changes before
                t += -(-(min(scene.until, following.start) - t) // _FRAME) * _FRAME


def _scale(outputs: Sequence[Throw]) -> float:
    """Return how small the copy is: no output so small that a tile has no pixels."""
    smallest = min(min(each.seat.size) for each in outputs)
    return min(1.0, max(SMALL_PX / outputs[0].seat.canvas.width, SMALLEST_PX / smallest))


def _shrunk(throw: Throw, by: float) -> tuple[Seat, Shape]:
    """Return an output of the same wall with fewer pixels on both sides of its map."""
    seat, shape = throw.seat, throw.shape
    canvas, size = (Size(max(1, round(w * by)), max(1, round(h * by))) for w, h in (seat.canvas, seat.size))
    x, y = canvas.width / seat.canvas.width, canvas.height / seat.canvas.height
    crop = Box(seat.crop.x * x, seat.crop.y * y, seat.crop.width * x, seat.crop.height * y)
    small = scaled(shape, seat.size, size)
    edges = shape.edges
    if edges:
        small = replace(small, edges=Edges(edges.left * x, edges.right * x, edges.top * y, edges.bottom * y))
    return replace(seat, canvas=canvas, crop=crop, size=size), small


def _tiles(out: Pixels, curve: Floats) -> Floats:
    """Return the mean light of each tile of finished pixels: n x 3, red, green, blue."""
    light = cv2.resize(cv2.LUT(out, curve), (TILES, TILES), interpolation=cv2.INTER_AREA)
    return np.asarray(light, np.float32).reshape(-1, 4)[:, 2::-1]
