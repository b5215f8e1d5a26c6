"""One frame of all outputs: finished side by side, governed together, so that they show the same instant in the same light."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import cv2
import numpy as np

from player import log
from player.output.course import light as light_of
from player.output.governor import Floats
from player.output.level import level
from player.output.light import black
from player.output.look import shade, tiles_of
from player.output.spot import Spot
from player.output.testcard import Card
from player.render.protocol import Image
from player.screen.governing import DARK, Governing, fading
from player.screen.mapmaker import Made
from player.screen.panes import Pane
from player.units import Nanos, Size

Over = Callable[[str, Image], None]
"""Draws over the pixels of an output, BGRA, by its id."""
_FAULTS = cv2.error, MemoryError, ValueError
"""What drawing one output may come to: a fault of ours, or memory that is short."""

_log = log.get("screen")


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What one output is to show."""

    id: str
    pane: Pane
    spot: Spot
    """Where in the window it is."""
    made: Made | None
    """None, or made for another size: black."""
    card: Card | None = None
    brightness: float = 1.0
    clears: bool = False
    """Whether the window is to be blackened first: some of its pixels are nobody's."""

    @property
    def can_show(self) -> bool:
        """Whether it was made for the size that it has now."""
        return self.made is not None and self.made.seat.size == Size(self.spot.width, self.spot.height)

    @property
    def raw(self) -> Image | None:
        """The pixels that are to be put up as they are, if it shows such a card and that was made for its size."""
        card = self.card
        is_fit = self.can_show and card is not None and card.is_raw
        is_fit = is_fit and card is not None and card.image.shape[:2] == (self.spot.height, self.spot.width)
        return card.image if card is not None and is_fit else None

    @property
    def is_governed(self) -> bool:
        """Whether it shows what goes through its mapping; else it is black, or raw."""
        return self.can_show and not (self.card is not None and self.card.is_raw)


def until(frames: Sequence[Frame]) -> Nanos | None:
    """Return when a card among *frames* is to be drawn anew; None: all stand still."""
    return min((each.card.until for each in frames if each.card and each.card.until is not None), default=None)


class Projecting:
    """Brings canvases to outputs, on as many threads as are asked for."""

    def __init__(self, threads: int, governing: Governing) -> None:
        """Let *governing* say in which light."""
        self._pool = ThreadPoolExecutor(threads, "outputs") if threads > 1 else None
        self._governing = governing
        self._raws: dict[str, tuple[Image, Floats]] = {}
        """Raw cards that are up, with the light of their tiles."""
        self._broken = log.Edge(_log, begins="an output cannot be drawn; the others go on", ends="an output is drawn again")

    def draw(self, frames: Sequence[Frame], image: Image, light: float, now: Nanos, over: Over | None = None) -> None:
        """Draw the canvas for every output, *light* of 0 to 1 as it looks; at 0 all are black, cards as well.

        *over* draws over each output's own pixels when all is finished, unless it is dark. Whatever is seen is governed: what
        does not go through a mapping, or is drawn over by hand, by its finished pixels, of which less is left.
        """
        tasks = [task for frame in frames if (task := _task(frame)) is not None]
        lit = tasks if light > 0 else []
        painted = [task for task in lit if task.frame.is_governed]
        by_hand = [task for task in lit if over is not None or task.frame.raw is not None]
        for task in tasks:
            if task not in painted:
                task.put(task.frame.raw if light > 0 else None)
        watched = [*painted, *(task for task in by_hand if task not in painted)]
        shown = {task.frame.id for task in watched}
        self._governing.begin([frame.id for frame in frames if frame.id not in shown], until([task.frame for task in watched]))
        self._raws = {key: kept for key, kept in self._raws.items() if key in shown}
        self._govern(watched, by_hand, Painting(image, light), now, over)

    def close(self) -> None:
        """Let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()

    def _govern(self, tasks: Sequence[_Task], by_hand: Sequence[_Task], what: Painting, now: Nanos, over: Over | None) -> None:
        """Draw; and draw again, darker, what would flash."""
        ids = [task.frame.id for task in tasks]
        painted = [task for task in tasks if task.frame.is_governed]
        dim = self._governing.dim(what.light, lambda: level(what.image)) if painted else 1.0
        # What was held back comes back only so fast, so the first try is mostly the last.
        gain = self._governing.held(ids, now)
        tiles = self._drawn(painted, what, [1.0 if task in by_hand else gain for task in painted], dim)
        for task in by_hand:
            tiles[task.frame.id] = self._finished(task, over)
        safe = self._governing.settle(ids, [tiles[key] for key in ids], now)
        if safe < gain:
            again = [task for task in painted if task not in by_hand]
            self._drawn(again, what, [safe] * len(again), dim)
        for task in by_hand:
            shade(task.out, safe)

    def _drawn(self, tasks: Sequence[_Task], what: Painting, gains: Sequence[float], dim: float) -> dict[str, Floats]:
        """Draw frames side by side; return the light of their tiles, by id, as it would be with the governor's gain of 1."""
        fade = fading(what.light)
        works = [task.work(what.image, fade * gain, dim) for task, gain in zip(tasks, gains, strict=True)]
        if self._pool is None or len(works) <= 1:
            seen = [work() for work in works]
        else:
            futures = [self._pool.submit(work) for work in works]
            wait(futures)
            seen = [future.result() for future in futures]
        found: dict[str, Floats] = {}
        for task, gain, tiles in zip(tasks, gains, seen, strict=True):
            is_broken = isinstance(tiles, Exception)
            self._broken.note(task.frame.id, holds=is_broken, output=task.frame.id, why=tiles if is_broken else "")
            if isinstance(tiles, Exception):
                black(task.out)
                found[task.frame.id] = DARK
            else:
                found[task.frame.id] = tiles / np.float32(gain) if 0 < gain < 1 else tiles
        return found

    def _finished(self, task: _Task, over: Over | None) -> Floats:
        """Have an output drawn over by hand; return the light of its tiles."""
        frame = task.frame
        if over is not None:
            try:
                over(frame.id, task.out)
            except _FAULTS as error:
                self._broken.note(frame.id, holds=True, output=frame.id, why=error)
            return tiles_of(task.out)
        raw = task.out if frame.raw is None else frame.raw
        known = self._raws.get(frame.id)
        if known is None or known[0] is not raw:
            known = self._raws[frame.id] = raw, tiles_of(raw)
        return known[1]


@dataclass(frozen=True, slots=True, eq=False)
class Painting:
    """A canvas, and how bright it is to be, 0 to 1 as it looks."""

    image: Image
    light: float


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """One output, its memory, and what draws into that."""

    frame: Frame
    out: Image

    def put(self, raw: Image | None) -> None:
        """Show pixels as they are; None is black."""
        if raw is None:
            black(self.out)
        else:
            np.copyto(self.out, raw)

    def work(self, image: Image, gain: float, dim: float) -> Callable[[], Floats | Exception]:
        """Return what draws it and returns the light of its tiles, or the fault that kept it from drawing.

        Cards are shown in full light, for they are to tell what a projector does.
        """
        if self.frame.card is not None:
            canvas, dims = self.frame.card.image, 1.0
        else:
            canvas, dims = image, dim * light_of(self.frame.brightness)
        painter = self.frame.made.painter if self.frame.made else None
        assert painter is not None  # noqa: S101 - a wall that paints has made one

        def paint() -> Floats | Exception:
            try:
                return painter.finish(canvas, self.out, gain, dim=dims)
            except _FAULTS as error:
                return error

        return paint


def _task(frame: Frame) -> _Task | None:
    """Return a frame with its part of its window's memory; None where that is not to be had."""
    pixels, spot = frame.pane.pixels(), frame.spot
    if pixels is None:
        return None
    if frame.clears:
        pixels.fill(0)
    return _Task(frame, pixels[spot.top : spot.bottom, spot.left : spot.right])
