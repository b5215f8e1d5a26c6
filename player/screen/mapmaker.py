"""Makes what brings the canvas to each output, beside the frame loop: first sketches, in a tenth of a second, then whole maps.

Whole maps of a wall take a second, or several, because all blends depend on all shapes. Until there are any, an output could
be black, or show the picture without its masks, or as a sketch. Light in a window that a mask protects is the greatest harm
of these, black the next; a sketch is neither. So there are no maps kept on disk, which could be those of another wall.

Whatever goes wrong here ends no wall: an output keeps what it has, is black where it has nothing, and is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from player import log
from player.errors import GeometryError
from player.output.finish import Finish
from player.output.homography import Floats
from player.output.maps import Maps, maps_of
from player.output.shape import Seat, Shape
from player.output.sketch import sketched_maps, sketches
from player.output.stepwise import Step
from player.render.protocol import Image
from player.units import MILLISECOND, SECOND, Nanos

SETTLES: Final[Nanos] = 400 * MILLISECOND  # after an edit: a key that is held repeats 30 times a second, a hand rests longer
TRY_AGAIN: Final[Nanos] = 30 * SECOND  # after a fault of ours, or where memory was short

_log = log.get("screen")

Wanted: TypeAlias = Mapping[str, tuple[Seat, Shape]]
"""All outputs of the canvas, by id, in their order."""


class Painter(Protocol):
    """Brings the canvas to one output."""

    def finish(self, canvas: Image, out: Image, gain: float = 1.0, *, dim: float = 1.0) -> Floats:
        """Draw *canvas* into *out*; return the mean linear light of each tile of it."""
        ...

    def wipe(self) -> None:
        """Forget the last picture."""
        ...

    def close(self) -> None:
        """Let threads go."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What one output is shown with."""

    seat: Seat
    shape: Shape
    painter: Painter | None
    """None: maps are all that is wanted."""
    is_whole: bool
    """False: a sketch, until the maps are made."""
    count: NDArray[np.uint8] | None = None
    """How many outputs light each of its pixels; None while nobody knows."""
    maps: Maps | None = None
    """For a graphics card, which paints by itself; beside a painter nobody keeps them, for they are large."""

    def wipe(self) -> None:
        """Forget the last picture."""
        if self.painter is not None:
            self.painter.wipe()

    def close(self) -> None:
        """Let threads go."""
        if self.painter is not None:
            self.painter.close()


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What was made of one state of the wall."""

    wanted: Wanted
    made: Mapping[str, Made]
    refused: Mapping[str, str] = field(default_factory=dict[str, str])
    """Outputs whose shape cannot be, each with what to do."""
    is_whole: bool = True


class Mapmaker:
    """Two threads of its own: one for sketches, which must not wait, and one for whole maps."""

    def __init__(self, threads: int = 1, *, paints: bool = True) -> None:
        """Make what uses this many *threads* for each output; or, where it need not paint, maps alone."""
        self._sketcher = ThreadPoolExecutor(1, "sketch")
        self._drafter = ThreadPoolExecutor(1, "maps")
        self._threads = threads
        self._paints = paints
        self._wanted: Wanted = {}
        self._since: Nanos = 0
        self._sketched: Wanted = {}
        """What the last sketches are of, or will be."""
        self._whole: Wanted = {}
        self._sketching: Future[Batch] | None = None
        self._drafting: Future[Batch] | None = None
        self._given_up = Event()
        self._faults = log.Edge(_log, begins="outputs keep what they have: their maps cannot be made", ends="maps are made again")

    @property
    def is_done(self) -> bool:
        """Whether everything that was asked for was made and taken."""
        return self._whole is self._wanted and self._sketching is None and self._drafting is None

    def want(self, wanted: Wanted, now: Nanos, *, is_edit: bool = False) -> None:
        """Ask for outputs as they are *now*; whole maps of an edit wait until the hand rests."""
        self._wanted, self._since = wanted, now if is_edit else now - SETTLES
        self.take(now)

    def take(self, now: Nanos) -> tuple[Batch, ...]:
        """Return what was made since the last call, and begin what is due."""
        made = [*self._taken_sketches(), *self._taken_maps(now)]
        if self._sketching is None and self._sketched is not self._wanted:
            changed = {key for key, value in self._wanted.items() if self._sketched.get(key) != value}
            self._sketched = self._wanted
            if changed:
                self._sketching = self._sketcher.submit(_sketched, self._wanted, changed, self._go_on, paints=self._paints)
        is_free = self._sketching is None and self._drafting is None  # a sketch gets all of the machine
        if is_free and self._whole is not self._wanted and now - self._since >= SETTLES:
            self._whole = self._wanted
            self._drafting = self._drafter.submit(_drafted, self._wanted, self._threads, self._go_on, paints=self._paints)
        return tuple(made)

    def wait(self, length: Nanos) -> None:
        """Wait at most *length* for sketches that are being made."""
        if self._sketching is not None:
            wait([self._sketching], length / SECOND)

    def close(self) -> None:
        """Give up what is being made. Nobody waits for it: a loop that waited would obey nobody meanwhile."""
        self._given_up.set()
        for executor in (self._sketcher, self._drafter):
            executor.shutdown(wait=False, cancel_futures=True)
        for future in (self._sketching, self._drafting):
            if future is not None:
                future.add_done_callback(_discard_result)

    def _go_on(self) -> None:
        """Let a thread go on with what it makes, unless nobody wants it any more."""
        if self._given_up.is_set():
            raise _GivenUpError

    def _taken_sketches(self) -> list[Batch]:
        if self._sketching is None or not self._sketching.done():
            return []
        future, self._sketching = self._sketching, None
        return [] if self._has_failed(future, "sketches") else [future.result()]

    def _taken_maps(self, now: Nanos) -> list[Batch]:
        if self._drafting is None or not self._drafting.done():
            return []
        future, self._drafting = self._drafting, None
        if self._has_failed(future, "maps"):
            failed, self._whole = self._whole, {}
            if failed is self._wanted:
                self._since = now + TRY_AGAIN
            return [Batch(failed, {}, dict.fromkeys(failed, f"its maps cannot be made: {future.exception()}"))]
        batch = future.result()
        if batch.wanted is self._wanted:
            return [batch]
        _discard(batch)  # somebody has moved something since: blends would not fit
        return []

    def _has_failed(self, future: Future[Batch], what: str) -> bool:
        """Whether it ended by a fault of ours, or for want of memory; that is told once."""
        error = future.exception()
        if self._faults.note(what, holds=error is not None, what=what) and error is not None:
            _log.crash("what brings pictures to outputs cannot be made", error, what=what)
        return error is not None


class _GivenUpError(Exception):
    """Nobody wants what is being made."""


def _sketched(wanted: Wanted, which: Collection[str], step: Step, *, paints: bool) -> Batch:
    def make(outputs: Wanted) -> dict[str, Made]:
        ids, all_of_them = list(outputs), list(outputs.values())
        changed = {i for i, key in enumerate(ids) if key in which}
        if paints:
            found = sketches(all_of_them, changed, step)
            return {ids[i]: Made(*all_of_them[i], painter, is_whole=False) for i, painter in found.items()}
        made = sketched_maps(all_of_them, changed, step)
        return {ids[i]: Made(*all_of_them[i], None, is_whole=False, maps=maps) for i, maps in made.items()}

    return replace(_batch(wanted, make, step), is_whole=False)


def _drafted(wanted: Wanted, threads: int, step: Step, *, paints: bool) -> Batch:
    def make(outputs: Wanted) -> dict[str, Made]:
        made: dict[str, Made] = {}
        with ExitStack() as stack:
            for i, (key, maps) in enumerate(zip(outputs, maps_of(list(outputs.values()), step), strict=True)):
                step()
                painter = Finish(maps, outputs[key][1].light, seed=i, threads=threads) if paints else None
                made[key] = Made(*outputs[key], painter, is_whole=True, count=maps.count, maps=None if paints else maps)
                stack.callback(made[key].close)
            stack.pop_all()
        return made

    return _batch(wanted, make, step)


def _batch(wanted: Wanted, make: Callable[[Wanted], dict[str, Made]], step: Step) -> Batch:
    """Make what can be made: an output that was bent too far must not darken the others."""
    try:
        return Batch(wanted, make(wanted))
    except GeometryError:
        refused = {key: why for key, output in wanted.items() if (why := _refusal(output, step))}
    try:
        return Batch(wanted, make({key: output for key, output in wanted.items() if key not in refused}), refused)
    except GeometryError as error:  # what each of them can be, they cannot be together
        return Batch(wanted, {}, dict.fromkeys(wanted, str(error)) | refused)


def _refusal(output: tuple[Seat, Shape], step: Step) -> str:
    try:
        maps_of([output], step)
    except GeometryError as error:
        return str(error)
    return ""


def _discard_result(future: Future[Batch]) -> None:
    if not future.cancelled() and future.exception() is None:
        _discard(future.result())


def _discard(batch: Batch) -> None:
    for made in batch.made.values():
        made.close()
