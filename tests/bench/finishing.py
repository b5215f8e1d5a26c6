"""What bringing a canvas to an output costs on the CPU: `python -m tests.bench.finishing [--frames 60]`.

CPU time of one core per frame, as medians and as the best of all, and in ratio to drawing the canvas itself (a photo that
grows under words). Cases take turns frame by frame, so that whatever else the machine does falls on all alike. A picture that
stands still is not finished again and costs nothing.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player.clock import process_time
from player.output.finish import Finish
from player.output.governor import Watch, shown, verdict
from player.output.level import level
from player.output.maps import maps_of
from player.output.runs import Graded, strips
from player.output.shape import Light, Mask, Point, Seat, Shape, plain, whole
from player.render.cpu import CpuRenderer
from player.render.trial import act
from player.text.typeset import Typesetter
from player.units import MILLISECOND, SECOND, Nanos, Rect, Size

SIZES: Final = (Size(1920, 1080), Size(3840, 2160))
OVERLAP: Final = 0.2
ALL: Final = Light(gain=0.9, balance=(1.0, 0.93, 0.88), gamma=(2.2, 2.25, 2.3), black=0.003)
PINNED: Final = "corner pin, mask"
WHOLE: Final = "all of it: 20 % blend, lift, balance, gamma, dither"


def shapes(size: Size) -> tuple[tuple[Point, Point, Point, Point], Mask]:
    """Return a corner pin as a façade needs it, and a window."""
    w, h = size
    pin = (Point(0.042 * w, 0.037 * h), Point(0.969 * w, 0.009 * h), Point(0.995 * w, 0.972 * h), Point(0.01 * w, 0.935 * h))
    window = tuple(Point(x * w, y * h) for x, y in ((0.31, 0.28), (0.42, 0.3), (0.41, 0.65), (0.32, 0.64)))
    return pin, Mask("window", "drop", window, 12)


def cases(size: Size, canvas: NDArray[np.uint8]) -> dict[str, Callable[[int], object]]:
    """Return what to time: functions of the number of a frame."""
    pin, window = shapes(size)
    seat = Seat(size, Rect(0, 0, *size), size)
    out = np.zeros((size.height, size.width, 4), np.uint8)
    found: dict[str, Callable[[int], object]] = {}

    def add(name: str, shape: Shape, *, is_fading: bool = False) -> None:
        (maps,) = maps_of([(seat, shape)])
        finish = Finish(maps, shape.light)
        found[name] = lambda k: finish.finish(canvas, out, 0.8 - k * 1e-4 if is_fading else 1.0)

    add("nothing but the governor's look", plain(size))
    add("gain and dither, fading", plain(size), is_fading=True)
    add("corner pin", Shape(pin))
    add(PINNED, Shape(pin, masks=(window,)))
    add("corner pin, mask, fading", Shape(pin, masks=(window,)), is_fading=True)
    add("corner pin, mask, balance", Shape(pin, masks=(window,), light=Light(balance=ALL.balance)))
    found |= blended(size, pin, window, out)
    dark = Finish(maps_of([(seat, Shape(pin))])[0], ALL)
    found["dark"] = lambda _: dark.finish(canvas, out, 0.0)
    tiles = np.random.default_rng(0).uniform(0, 1, (16, 16, 3)).astype(np.float32)
    watch = [Watch()]

    def judge(k: int) -> None:
        t = k * SECOND // 25
        watch[0] = shown(watch[0], tiles, verdict(watch[0], tiles, t), t)

    found["the governor's verdict"] = judge
    found["picture level"] = lambda _: level(canvas)
    return found


def blended(
    size: Size, pin: tuple[Point, Point, Point, Point], window: Mask, out: NDArray[np.uint8]
) -> dict[str, Callable[[int], object]]:
    """Return the whole chain: the left one of two outputs that overlap."""
    step = round(size.width * (1 - OVERLAP))
    wide = Size(size.width + step, size.height)
    canvas = np.ascontiguousarray(np.resize(background(size), (wide.height, wide.width, 4)))
    seats = (Seat(wide, Rect(0, 0, *size), size), Seat(wide, Rect(step, 0, *size), size))
    left, _ = maps_of([(seats[0], Shape(pin, masks=(window,), light=ALL)), (seats[1], Shape(whole(size), light=ALL))])
    steady, fading = Finish(left, ALL), Finish(left, ALL)
    grey = Finish(left, replace(ALL, balance=(1.0, 1.0, 1.0), gamma=None))
    graded = sum(
        (strip.bottom - strip.top) * (run.right - run.left)
        for strip in strips(left.scale, left.offset)
        for run in strip.runs
        if isinstance(run.kind, Graded)
    )
    sys.stdout.write(f"{graded / (size.width * size.height):.0%} of the blended output is graded\n")
    return {
        "blend and lift in one colour": lambda _: grey.finish(canvas, out),
        WHOLE: lambda _: steady.finish(canvas, out),
        "all of it, fading": lambda k: fading.finish(canvas, out, 0.8 - k * 1e-4),
    }


def background(size: Size) -> NDArray[np.uint8]:
    """Return a canvas with a photo on it."""
    return drawer(size, 2)(1).copy()


def drawer(size: Size, frames: int) -> Callable[[int], NDArray[np.uint8]]:
    """Return what draws one of *frames* frames of a photo that grows."""
    renderer = CpuRenderer(size, Typesetter())
    growing = act("zoom", size)
    for composition in growing.compositions:
        renderer.prepare(composition, growing.photos)
    return lambda k: renderer.draw(growing.scene_at(max(0, k) / frames))


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=60)
    frames = parser.parse_args().frames
    for size in SIZES:
        everything = {"the canvas itself": drawer(size, frames), **cases(size, background(size))}
        taken: dict[str, list[Nanos]] = {name: [] for name in everything}
        for k in range(-2, frames):
            for name, frame in everything.items():
                start = process_time()
                frame(k)
                if k >= 0:
                    taken[name].append(process_time() - start)
        bare = statistics.median(taken["the canvas itself"])
        sys.stdout.write(f"{size.width}x{size.height}, ms of CPU per frame: median, best, ratio to the canvas itself\n")
        for name, times in taken.items():
            middle = statistics.median(times)
            sys.stdout.write(f"  {name:52s} {middle / MILLISECOND:7.2f} {min(times) / MILLISECOND:7.2f} {middle / bare:6.2f}\n")


if __name__ == "__main__":
    main()
