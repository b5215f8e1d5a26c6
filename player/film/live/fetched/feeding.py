"""A thread that hands fetched pieces to one child's pipe, as fast as it takes them, and ends with the child."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from typing import Final

from player.clock import Clock
from player.film.live.fetched.pieces import Pieces
from player.film.live.wire import MAX_RECORD, Kind, Track, listing, record
from player.units import MILLISECOND, Nanos

BELL: Final[Nanos] = 200 * MILLISECOND  # between two rings: how late a stall is noticed at most


class Feeding:
    """Feeds one child. `stop` it before the pipe is closed."""

    def __init__(self, pieces: Pieces, pipe: int, *, clock: Clock, ring: Callable[[], None]) -> None:
        """*pipe*: written without waiting; *ring*: called about five times a second, and must not wait."""
        self._pieces = pieces
        self._pipe = pipe
        self._clock = clock
        self._ring = ring
        self._stop = threading.Event()
        self._runs: dict[Track, list[int]] = {track: [] for track in Track}
        self._listed: Nanos = 0
        self._rang: Nanos = 0
        os.set_blocking(pipe, False)
        self._poll = select.poll()
        self._poll.register(pipe, select.POLLOUT)
        self._thread = threading.Thread(target=self._run, name="feeding a stream")
        self._thread.start()

    @property
    def has_failed(self) -> bool:
        """Whether its thread has ended, though nobody told it to, and its child has not ended either."""
        return not (self._stop.is_set() or self._thread.is_alive())

    def run_of(self, index: int) -> int | None:
        """Return which run of pictures, as the fetcher counts them, the child's *index*th is; None: there was none."""
        runs = self._runs[Track.PICTURES]
        return runs[index - 1] if 0 < index <= len(runs) else None

    def stop(self) -> None:
        """End it, and wait until it has; a quarter of a second at most."""
        self._stop.set()
        self._pieces.came.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            piece = self._pieces.take()
            if piece is None:
                if not self._clock.wait(self._pieces.came, BELL):
                    self._rang = self._clock.monotonic()
                    self._ring()
                continue
            if not piece.data:
                self._write(record(Kind.END))
                continue
            runs = self._runs[piece.track]
            if not runs or piece.run != runs[-1]:
                runs.append(piece.run)
                self._write(record(Kind.RUN, piece.tag.pack(), piece.track))
                self._listed = self._listed if piece.track is Track.SOUND else 0
            elif piece.track is Track.PICTURES:
                self._write(record(Kind.LISTED, listing(self._listed)))
            self._listed += piece.length if piece.track is Track.PICTURES else 0
            view = memoryview(piece.data)
            for start in range(0, len(view), MAX_RECORD):
                if not self._write(record(Kind.BYTES, view[start : start + MAX_RECORD], piece.track)):
                    break

    def _write(self, data: bytes) -> bool:
        """Write all of it; False when it is to end, or there is nobody to read."""
        rest = memoryview(data)
        while rest and not self._stop.is_set():
            try:
                rest = rest[os.write(self._pipe, rest) :]
            except BlockingIOError:
                self._poll.poll(BELL // MILLISECOND)
            except OSError:
                self._stop.set()  # the child has ended; its keeper knows
            self._tell()
        return not rest

    def _tell(self) -> None:
        now = self._clock.monotonic()
        if now - self._rang >= BELL or now < self._rang:
            self._rang = now
            self._ring()
