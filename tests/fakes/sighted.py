"""A decoder at work on a stream in this process, and who watches and listens."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from player.film.live.child.beside import opened
from player.film.live.child.demuxing import Demuxing
from player.film.live.child.playing import LivePlaying, Rings
from player.film.live.child.records import Records
from player.film.live.child.runs import Runs
from player.film.live.child.timeline import LiveTimeline
from player.film.live.wire import MAX_RECORD, PLAIN, Kind, Tag, Track, listing, record
from player.film.ring import RingReader, RingWriter, make_ring
from player.film.samples import SamplesReader, SamplesWriter, make_samples
from player.film.wire import Answer, Ended
from player.units import MILLISECOND, SECOND, Nanos, Size
from tests.fakes.clock import FakeClock
from tests.fakes.films import number_in

SIZE: Final = Size(160, 96)
EPOCH: Final[Nanos] = 5 * SECOND


class Run(NamedTuple):
    """Segments that follow each other."""

    pieces: Sequence[bytes]
    tag: Tag = PLAIN
    listed: Nanos = 0
    """How long each of them is said to be; 0: it is not said."""


def records(run: Run, track: Track) -> bytes:
    """Return a run as it is handed to a child."""
    made = [record(Kind.RUN, run.tag.pack(), track)]
    for number, piece in enumerate(run.pieces):
        made += [record(Kind.LISTED, listing(number * run.listed))] if number and run.listed else []
        made += [record(Kind.BYTES, piece[start : start + MAX_RECORD], track) for start in range(0, len(piece), MAX_RECORD)]
    return b"".join(made)


class Sight:
    """A decoder at work on runs, in this process, and a viewer who looks whenever it has done something."""

    def __init__(
        self,
        *runs: Sequence[bytes],
        sound: Sequence[Run] = (),
        tags: Sequence[Tag] = (),
        size: Size = SIZE,
        listed: Nanos = 0,
    ) -> None:
        """*runs* of pictures, as they are tagged, each segment *listed* as so long; *sound* that comes apart."""
        told = [*tags, *[PLAIN] * len(runs)]
        data = b"".join(records(Run(run, tag, listed), Track.PICTURES) for run, tag in zip(runs, told, strict=False))
        data += b"".join(records(run, Track.SOUND) for run in sound)
        pipe: Any = io.BufferedReader(io.BytesIO(data + record(Kind.END)))  # pyright: ignore[reportArgumentType, reportUnknownVariableType]  as a pipe is read
        self.clock = FakeClock(monotonic=EPOCH + SECOND)
        ring, samples = make_ring(size), make_samples()
        self.reader, self.listener = RingReader(ring), SamplesReader(samples)
        self.said: list[Answer] = []
        self.seen: list[tuple[Nanos, int]] = []
        """When each frame was first on screen, and its number."""
        each = Records(pipe)
        pictures = Demuxing(Runs(each), self.clock, has_sound=True)
        pictures.run()
        beside = Demuxing(Runs(each, Track.SOUND), self.clock, has_sound=True, opener=opened)
        beside.run()
        rings = Rings(frames=RingWriter(ring), samples=SamplesWriter(samples, 0), epoch=EPOCH)
        timeline = LiveTimeline(last=None)
        self.playing = LivePlaying(
            pictures.arrivals,
            rings,
            timeline=timeline,
            rate=60.0,
            cores=1,
            clock=self.clock,
            say=self.said.append,
            sound=beside.arrivals,
        )

    def watch(self, *, slow: Nanos = 0) -> Ended:
        """Watch to the end; *slow*: how long everything takes."""
        ended: Ended | None = None
        while ended is None:
            ended = self.playing.turn()
            self.clock.advance(slow)
            self.look()
        for _ in range(200):
            self.clock.advance(5 * MILLISECOND)
            self.look()
        return ended

    def look(self) -> None:
        """See what is due."""
        now = self.clock.monotonic()
        frame = self.reader.newest_due(now)
        if frame is not None:
            assert frame.due == frame.pts + EPOCH
            self.reader.tell(now - EPOCH, now)
            if not self.seen or self.seen[-1][1] != number_in(frame.luma):
                self.seen.append((now, number_in(frame.luma)))

    @property
    def numbers(self) -> list[int]:
        """Which frames were seen."""
        return [number for _, number in self.seen]

    def loud(self, begin: Nanos, length: Nanos) -> float:
        """Return the loudest that is heard from an instant of the ring on."""
        first, last = (at * 48_000 // SECOND for at in (begin, begin + length))
        return float(abs(self.listener.take(first, last - first)).max())
