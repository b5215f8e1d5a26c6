"""What is said in a film, made ready to be drawn shortly before its time: of 1,500 lines, those of the next ten seconds.

Setting a line takes longer than a frame leaves, so a thread of its own does it; the frame loop only asks ahead, and takes what
there is. What is not made in time appears with the next frame after it is.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from typing import Final, Generic, TypeVar

from player import log
from player.show.scene import Composition, Layer, Spoken
from player.units import SECOND, Nanos

AHEAD: Final[Nanos] = 10 * SECOND
"""Before its time: a busy machine sets a line within 0.1 s."""
MOST: Final = 6
"""Made ahead; a line at full size takes 1 MB."""

P = TypeVar("P")
"""What a renderer makes of it."""

_log = log.get("render")


class Subtitles(Generic[P]):
    """Of all compositions that are prepared. `up` is for the thread that draws, all else for any."""

    def __init__(self, make: Callable[[Spoken], P], drop: Callable[[P], None] | None = None, *, waits: bool = False) -> None:
        """*make* what is said in a thread for it, *drop* it when it was; *waits*: time stands still until it is made."""
        self._make, self._drop, self._waits = make, drop, waits
        self._hand = ThreadPoolExecutor(1, "subtitles")  # no thread before it is asked for something
        self._lock = threading.Lock()  # of the next one
        self._sayings: dict[Composition, _Sayings[P]] = {}

    def begin(self, composition: Composition) -> None:
        """Make what is said first in *composition*, and wait for it."""
        if not composition.spoken:
            return
        with self._lock:
            known = self._sayings.get(composition)
            if known is None:
                known = _Sayings(composition, self._make, self._drop, hand=self._hand, waits=self._waits)
                self._sayings[composition] = known
        known.begin()

    def end(self, composition: Composition) -> None:
        """Drop all that was made for *composition*."""
        if not composition.spoken:
            return
        with self._lock:
            known = self._sayings.pop(composition, None)
        if known is not None:
            known.close()

    def up(self, layer: Layer) -> list[P]:
        """Return what is ready of what is said in *layer*, and have what follows made."""
        known = self._sayings.get(layer.composition) if layer.composition.spoken else None
        return [] if known is None else known.up(layer.said, layer.at)


class _Sayings(Generic[P]):
    """Of one composition."""

    def __init__(
        self,
        composition: Composition,
        make: Callable[[Spoken], P],
        drop: Callable[[P], None] | None,
        *,
        hand: Executor,
        waits: bool,
    ) -> None:
        self._composition = composition
        self._spoken: Sequence[Spoken] = composition.spoken
        self._make, self._drop = make, drop
        self._hand, self._waits = hand, waits
        self._lock = threading.Lock()  # of the following two, for as long as it takes to change them
        self._known: dict[int, Future[P]] = {}
        self._is_over = False

    def begin(self) -> None:
        """Make what comes first, and wait for it."""
        self._ask(0, self._composition.said_at(0))
        wait(list(self._known.values()))

    def up(self, said: tuple[int, ...], at: Nanos) -> list[P]:
        """Return what is ready of what is *said* now, and have what follows *at* (since the cue began) made."""
        self._ask(at, said)
        with self._lock:
            known = [self._known[k] for k in said if k in self._known]
        if self._waits:
            wait(known)
        return [each.result() for each in known if _is_made(each)]

    def close(self) -> None:
        """Drop everything."""
        with self._lock:
            self._is_over = True
            gone = list(self._known.values())
            self._known.clear()
        for each in gone:
            self._forget(each)

    def _ask(self, at: Nanos, said: tuple[int, ...]) -> None:
        first = bisect_right(self._spoken, at, key=lambda each: each.begin)
        following = range(first, min(first + MOST, len(self._spoken)))
        wanted = {*said, *(k for k in following if self._spoken[k].begin <= at + AHEAD)}
        if wanted == self._known.keys():
            return
        with self._lock:
            if self._is_over:
                return
            gone = [self._known.pop(k) for k in self._known.keys() - wanted]
            for k in sorted(wanted - self._known.keys()):
                self._known[k] = future = self._hand.submit(self._make, self._spoken[k])
                future.add_done_callback(_tell)
        for each in gone:
            self._forget(each)

    def _forget(self, future: Future[P]) -> None:
        drop = self._drop
        if not future.cancel() and drop is not None:
            future.add_done_callback(lambda done: drop(done.result()) if _is_made(done) else None)


def _is_made(future: Future[P]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _tell(future: Future[P]) -> None:
    """Say why nothing came of it: the film goes on without these words."""
    if not future.cancelled() and (error := future.exception()) is not None:
        _log.crash("a subtitle is left out: it cannot be drawn", error)
