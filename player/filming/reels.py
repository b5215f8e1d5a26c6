"""Films on a film: every picture of them at exactly its instant, because here time waits until it is decoded.

The decoder is the wall's, confined as there. It is told which frame was taken, never which one is due, so that none seems late
to it and none is left out.
"""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from typing import Final, Self

from player import log
from player.clock import Clock
from player.errors import WorkerError
from player.film.decoder import Decoder
from player.film.decoder import Wanted as Decoded
from player.film.ring import MovingFrame, RingReader
from player.film.talk import Failed, OpenFilm, Opening, Ready, State, Wanted
from player.film.wire import Failed as Broken
from player.show.scene import Clip
from player.units import MILLISECOND, SECOND, Nanos

PATIENCE: Final[Nanos] = 20 * SECOND  # for one picture; a 4K film in H.265 needs one second from a key frame on, on one core
LOOK: Final[Nanos] = MILLISECOND
JUMP: Final[Nanos] = 5 * SECOND  # forward: decoding all that lies between would take longer than beginning anew
MOST: Final = 3  # decoded at once: what goes, what comes, and what is made ready; of more, the one that was not asked for longest
STARTS: Final = 3  # for one picture: a decoder of which nothing was wanted for a minute has ended
EVERY: Final = 1000.0  # frames in a second: all there are
LIVE: Final = "a live stream is on the wall alone: no film shows what it showed"

_log = log.get("filming")


class Reels:
    """Sources of films, as the screen has them, but all calls wait. For one thread: decoders die with it."""

    def __init__(self, clock: Clock) -> None:
        """Wait by *clock*, the machine's own: decoders are other processes."""
        self._clock = clock
        self._reels: dict[str, _Reel] = {}

    def open(self, source: str, wanted: Wanted) -> None:
        """Call a film *source* from now on; it is opened when it is asked for."""
        self.close(source)
        self._reels[source] = _Reel(wanted, self._clock)

    def state(self, source: str) -> State:
        """Open *source*, wait for its first picture, and return Ready, or Failed and why."""
        reel = self._reels.get(source)
        if reel is None:
            return Failed("it was never opened")
        if not reel.why and not reel.is_open:
            self._make_room(reel)
            reel.begin()
        return Failed(reel.why) if reel.why else Ready(has_sound=False) if reel.is_open else Opening()

    def stands(self, source: str) -> bool:
        """Return False: every frame is waited for."""
        del source
        return False

    def close(self, source: str) -> None:
        """Let *source* go; of one that is not there, nothing happens."""
        reel = self._reels.pop(source, None)
        if reel is not None:
            reel.close()

    def frame(self, clip: Clip, at: Nanos) -> MovingFrame | None:
        """Return what of *clip* is to be seen *at* so long after its cue began, once it is there; None: it never will be."""
        reel = self._reels.get(clip.source)
        if reel is None or clip.is_live:
            return None
        self._make_room(reel)
        return reel.frame(max(0, clip.begin + at))

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all decoders."""
        for source in tuple(self._reels):
            self.close(source)

    def _make_room(self, reel: _Reel) -> None:
        """End the decoder that was asked least lately, where there would be too many; it begins anew when it is asked."""
        reel.asked = self._clock.monotonic()
        others = [each for each in self._reels.values() if each.is_open and each is not reel]
        for each in sorted(others, key=lambda other: other.asked)[: max(0, len(others) + 1 - MOST)]:
            each.close()


class _Reel:
    """One film."""

    def __init__(self, wanted: Wanted, clock: Clock) -> None:
        self._wanted, self._clock = wanted, clock
        self._never = threading.Event()
        self._decoder: Decoder | None = None
        self._reader: RingReader | None = None
        self._at: Nanos = wanted.begin if isinstance(wanted, OpenFilm) else 0
        self._serials = 0
        """Of frames of decoders before this one: none has the number of another."""
        self._newest = 0
        self.asked: Nanos = 0
        """When it was, last."""
        self.why = "" if isinstance(wanted, OpenFilm) else LIVE
        """Why nothing of it can be shown; empty: it can."""

    @property
    def is_open(self) -> bool:
        """Whether it is decoded now."""
        return self._decoder is not None

    def begin(self) -> None:
        """Wait for the first picture, as far as it is to be had."""
        self.frame(self._at)

    def frame(self, at: Nanos) -> MovingFrame | None:
        """Return the frame that is seen at instant *at* of the film, once it is decoded."""
        if not self._at <= at <= self._at + JUMP:
            self.close()
        self._at = at
        deadline, starts = self._clock.monotonic() + PATIENCE, 0
        while not self.why:
            if self._decoder is None or self._reader is None:
                starts += 1
                self._start(at)
                continue
            found = self._reader.newest(at)
            if found is not None:
                self._reader.tell(found.pts, self._clock.monotonic())
            is_over = self._reader.ends_at is not None
            last = self._decoder.watch.last_pts
            if is_over or (last is not None and last > at):
                return self._numbered(self._reader.newest(at))
            self._listen(self._decoder, starts)
            if self._clock.monotonic() > deadline:
                self._fail(f"no picture of it within {PATIENCE // SECOND} s")
            self._clock.wait(self._never, LOOK)
        return None

    def close(self) -> None:
        """End the decoder; asked again, it begins anew."""
        if self._reader is not None:
            self._reader.end()
            self._reader.close()
        if self._decoder is not None:
            self._decoder.close()
        self._reader = self._decoder = None
        self._serials, self._newest = self._serials + self._newest, 0

    def _start(self, at: Nanos) -> None:
        wanted = self._wanted
        if not isinstance(wanted, OpenFilm):
            return
        try:
            file = os.open(wanted.film, os.O_RDONLY | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            self._fail((error.strerror if isinstance(error, OSError) else None) or "there is no such file")
            return
        try:
            decoded = Decoded(size=wanted.size, begin=at, end=wanted.end, rate=EVERY)
            self._decoder = Decoder(file, decoded, now=self._clock.monotonic())
            self._reader = RingReader(self._decoder.ring)
        except WorkerError as error:
            self._fail(str(error))
        finally:
            os.close(file)

    def _listen(self, decoder: Decoder, starts: int) -> None:
        """Take note of how it goes; begin anew where the decoder has ended before the film did."""
        states = decoder.hear()
        stuck = decoder.check(self._clock.monotonic())
        for state in (*states, *((stuck,) if stuck else ())):
            if isinstance(state, Broken):
                self._fail(state.why)
                return
        if not decoder.is_running and self._reader is not None and self._reader.ends_at is None:
            self.close()
            if starts >= STARTS:
                self._fail("its decoder ended again and again")

    def _numbered(self, frame: MovingFrame | None) -> MovingFrame | None:
        if frame is None:
            return None
        self._newest = max(self._newest, frame.serial)
        return replace(frame, serial=self._serials + frame.serial)

    def _fail(self, why: str) -> None:
        self.close()
        self.why = why
        name = self._wanted.film if isinstance(self._wanted, OpenFilm) else self._wanted.stream
        _log.warning("a film cannot be shown: the ground is seen", film=name, why=why)
