"""What the GPU renderer costs here: `python -m tests.bench.gl [--size 3840x2160] [--frames 120] [--outputs 4]`.

Without a window. A frame is everything from the scene to the pixels of every output, waited for: on a real GPU the most that
one may take is said in the issue, on Mesa's software it is only reported. Uploads are counted apart, as they are in a show.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import moderngl

from player.clock import SystemClock
from player.output.maps import maps_of
from player.output.shape import Light, Point, Seat, Shape
from player.render.gl.context import headless, name_of, real_gpu
from player.render.gl.mapping import Outlet, Tiles
from player.render.gl.renderer import GlRenderer, View
from player.render.trial import KINDS, Act, act
from player.show.scene import Scene
from player.text.typeset import Typesetter
from player.units import MILLISECOND, Nanos, Rect, Size, parse_size

PINNED: Final = ((0.03, 0.02), (0.98, 0.0), (0.99, 0.96), (0.0, 1.0))
"""Where the corners of an output land, as shares of it: none of its pixels is a whole one of the canvas."""
WARM: Final = 3  # frames that are not counted: drivers compile when something is drawn for the first time


def outlets_of(context: moderngl.Context, canvas: Size, count: int) -> list[Outlet]:
    """Return so many outlets side by side, each overlapping the next by a tenth, all pinned by their corners."""
    width = round(canvas.width / (1 + 0.9 * (count - 1)))
    size = Size(width, canvas.height)
    corners = [Point(x * size.width, y * size.height) for x, y in PINNED]
    shape = Shape((corners[0], corners[1], corners[2], corners[3]), light=Light(balance=(1.0, 0.97, 0.94)))
    lefts = [round(k * (canvas.width - width) / max(1, count - 1)) for k in range(count)]
    seats = [Seat(canvas, Rect(left, 0, *size), size) for left in lefts]
    return [Outlet(context, maps, shape.light) for maps in maps_of([(seat, shape) for seat in seats])]


def nothing_wrong(tiles: Sequence[Tiles]) -> list[float]:
    """Judge as a governor that lets everything pass."""
    return [1.0] * len(tiles)


class Trial:
    """One kind of scene, drawn again and again."""

    def __init__(self, renderer: GlRenderer, context: moderngl.Context, scenes: Act, frames: int) -> None:
        self._renderer = renderer
        self._context = context
        self._scenes = scenes
        self._frames = frames
        self._clock = SystemClock()

    def rows(self, outlets: Sequence[Outlet]) -> Iterator[str]:
        """Draw it in every way; yield what each took."""
        for name, targets, judge in (
            ("canvas alone", (), None),
            ("one output", outlets[:1], None),
            (f"{len(outlets)} outputs", outlets, None),
            (f"{len(outlets)} outputs, governed", outlets, nothing_wrong),
        ):
            yield f"  {name:<24} {self._timed(lambda k, on=targets, by=judge: self._show(k, on, by))}"
        yield f"  {'read back':<24} {self._timed(self._read)}"

    def _at(self, k: int) -> Scene:
        return self._scenes.scene_at((k + 1) / (self._frames + WARM + 1))

    def _show(self, k: int, outlets: Sequence[Outlet], judge: Callable[[Sequence[Tiles]], Sequence[float]] | None) -> None:
        self._renderer.compose(self._at(k))
        self._renderer.show([View(outlet) for outlet in outlets], seed=k, judge=judge)
        self._context.finish()

    def _read(self, k: int) -> None:
        self._renderer.draw(self._at(k))

    def _timed(self, frame: Callable[[int], None]) -> str:
        taken: list[Nanos] = []
        for k in range(self._frames + WARM):
            began = self._clock.monotonic()
            frame(k)
            taken.append(self._clock.monotonic() - began)
        taken = sorted(taken[WARM:])
        return f"median {taken[len(taken) // 2] / MILLISECOND:6.1f} ms, p99 {taken[len(taken) * 99 // 100] / MILLISECOND:6.1f} ms"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=parse_size, default=Size(1920, 1080))
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--outputs", type=int, default=4)
    options = parser.parse_args()
    clock = SystemClock()
    began = clock.monotonic()
    with headless() as context:
        made = clock.monotonic()
        renderer = GlRenderer(options.size, Typesetter(), context, now=clock.monotonic, linear=True)
        outlets = outlets_of(context, options.size, options.outputs)
        print(f"{name_of(context)}, {'a real GPU' if real_gpu(context) else 'no real GPU'}; {'x'.join(map(str, options.size))}")
        print(
            f"context {(made - began) / MILLISECOND:.0f} ms,"
            f" programs and outputs {(clock.monotonic() - made) / MILLISECOND:.0f} ms"
        )
        for kind in KINDS:
            print(kind, end=": ")
            measure(act(kind, options.size), renderer, context, outlets, options.frames)


def measure(scenes: Act, renderer: GlRenderer, context: moderngl.Context, outlets: Sequence[Outlet], frames: int) -> None:
    """Draw the scenes of one kind again and again, and print what it took."""
    clock = SystemClock()
    began = clock.monotonic()
    for composition in scenes.compositions:
        renderer.prepare(composition, scenes.photos)
    context.finish()
    print(f"prepared in {(clock.monotonic() - began) / MILLISECOND:.0f} ms, {renderer.held_bytes >> 20} MB on the GPU")
    for row in Trial(renderer, context, scenes, frames).rows(outlets):
        print(row)
    for composition in scenes.compositions:
        renderer.release(composition)
    renderer.upload()


if __name__ == "__main__":
    main()
