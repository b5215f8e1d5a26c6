"""Frames and sound of a live stream into the rings, each with the instant at which it is due. What comes too late is left out.

Nothing is made up for: behind what is due, first the frames that no other needs are not decoded, then all but whole pictures.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from player.clock import Clock
from player.errors import FilmError
from player.film.hearing import Hearing
from player.film.limits import MAX_FRAME_PIXELS
from player.film.live.child.arrivals import Arrivals, Listed, Through
from player.film.live.child.beside import SOUND_AHEAD, Beside
from player.film.live.child.boxing import Boxed
from player.film.live.child.reckoning import Reckoning
from player.film.live.child.timeline import LiveTimeline
from player.film.live.wire import PLAIN, Tag
from player.film.reading import MILLI, OpenFilm, OpenSound, told
from player.film.ring import RingWriter
from player.film.samples import SamplesWriter, sample_at
from player.film.timeline import Thinner, in_nanos
from player.film.wire import Answer, Begun, Ended, Paced, Ready
from player.units import MILLISECOND, SECOND, Nanos

PAUSE: Final[Nanos] = 5 * MILLISECOND  # between looks at a full ring: a third of a frame at 60 a second
WAITED: Final[Nanos] = 100 * MILLISECOND  # without anything to decode: what is late then is not the decoder's fault
LATE: Final[Nanos] = 300 * MILLISECOND  # behind what is due: frames that no other needs are no longer decoded
VERY_LATE: Final[Nanos] = SECOND  # behind: only whole pictures are decoded, so that nothing stands still for 3 s
MOST_LEFT_OUT: Final = 6  # late frames in a row that are not shown; the seventh is, late as it is
MOST_HIDDEN: Final[Nanos] = 2 * SECOND  # after a damaged frame, until one that needs no other; then what there is is shown
MOST_DAMAGED: Final = 300  # packets in a row without one good frame: the codec has changed, or worse; another decoder begins
MOST_MISSED: Final = 240  # frames at once that are counted as late for damage: 4 s at 60 a second
MAX_SOUNDS: Final = 400  # packets of sound that wait; 8 s
COUNTED: Final = 30  # frames after which it is told how many were late


@dataclass(frozen=True, slots=True, kw_only=True)
class Rings:
    """Where frames and sound go."""

    frames: RingWriter
    samples: SamplesWriter | None
    epoch: Nanos
    """Where on CLOCK_MONOTONIC the rings' instants begin."""


class LivePlaying:
    """One stream on its way into the rings."""

    def __init__(
        self,
        arrivals: Arrivals,
        rings: Rings,
        *,
        timeline: LiveTimeline,
        rate: float,
        cores: int,
        clock: Clock,
        say: Callable[[Answer], None],
        sound: Arrivals | None = None,
    ) -> None:
        """*rate*: frames that an output shows in a second; *say*: tells the keeper; *sound*: what may come apart."""
        self._arrivals = arrivals
        self._ring, self._samples, self._epoch = rings.frames, rings.samples, rings.epoch
        self._timeline = timeline
        self._thinner = Thinner(rate)
        self._cores = cores
        self._clock = clock
        self._say = say
        self._boxed = Boxed(self._ring.size)
        self._film: OpenFilm | None = None
        self._hearing: Hearing | None = None
        self._beside = Beside(sound, self._samples) if sound is not None and self._samples is not None else None
        self._tag = self._next_tag = PLAIN
        self._sounds: deque[Packet[AudioStream]] = deque(maxlen=MAX_SOUNDS)
        self._frames: deque[tuple[Nanos, Nanos, VideoFrame]] = deque()
        self._idle_since: Nanos | None = None
        self._has_waited = False
        self._run = self._told_run = 0
        self._reckoning = Reckoning()
        self._listed: Nanos | None = None
        self._seen = self._ring.size
        self._is_ready = False
        self._told_sound: bool | None = None
        self._left_out = self._late = self._counted = self._damaged = self._missed = 0
        self._hidden_since: Nanos | None = None
        self._is_hurried = False
        self._ended: Through | None = None
        self._reached: Nanos = 0

    def turn(self) -> Ended | None:
        """Do one thing, or wait a little; return that it ended once it did, or None.

        Raises:
            FilmError: Nothing more can be decoded.
        """
        self._ring.beat()
        if self._ring.is_over:
            return Ended(self._reached, is_cut_short=False)
        self._hear()
        if self._frames:
            self._show()
        elif self._ended is not None:
            if self._ended.why is not None:
                raise FilmError(self._ended.why)
            self._ring.finish(self._reached)
            return Ended(self._reached, is_cut_short=False)
        else:
            self._receive()
        return None

    def _now(self) -> Nanos:
        return self._clock.monotonic() - self._epoch

    def _receive(self) -> None:
        """Take what has come, or wait for it."""
        self._arrivals.came.clear()
        arrival = self._arrivals.take()
        if arrival is None:
            now = self._now()
            self._idle_since = now if self._idle_since is None else self._idle_since
            self._has_waited = self._has_waited or now - self._idle_since > WAITED
            self._clock.wait(self._arrivals.came, PAUSE)
            return
        self._idle_since = None
        if isinstance(arrival, OpenFilm):
            self._flush()
            self._begin(arrival)
        elif isinstance(arrival, Tag):
            self._next_tag = arrival
        elif isinstance(arrival, OpenSound):
            pass  # no track of pictures has it
        elif isinstance(arrival, Listed):
            self._listed = arrival.before
        elif isinstance(arrival, Through):
            self._flush()
            self._ended = arrival
        elif self._film is not None and arrival.stream is self._film.audio:
            self._sounds.append(arrival)  # pyright: ignore[reportArgumentType]  a packet of a stream of sound is one of sound
        else:
            self._decode(arrival)  # pyright: ignore[reportArgumentType]  and here of pictures

    def _begin(self, film: OpenFilm) -> None:
        self._film, self._tag, self._hearing = film, self._next_tag, None
        gc.collect()  # containers are tied into rings with their streams: each keeps some 30 MB until Python looks for such
        self._sounds.clear()
        self._run += 1
        self._hidden_since, self._damaged, self._missed = None, 0, 0
        self._timeline.begin_run()
        self._reckoning.begin_run()
        self._listed = None
        context = film.video.codec_context
        if context.width * context.height > MAX_FRAME_PIXELS:
            raise FilmError(f"its pictures are {context.width} x {context.height}, larger than can be played here")
        film.spread(self._cores)

    def _flush(self) -> None:
        if self._film is not None and not self._damaged:
            for frame in self._film.decode(None) or ():
                self._take(frame)

    def _decode(self, packet: Packet[VideoStream]) -> None:
        if self._film is None:
            return
        if self._listed is not None and packet.pts is not None:
            self._reckoning.segment(self._listed, in_nanos(packet.pts, packet.time_base or MILLI))
            self._listed = None
        if self._is_hurried and not packet.is_keyframe:
            self._count(is_late=True)
            return
        frames = self._film.decode(packet)
        self._damaged += 1
        if frames is None and self._hidden_since is None:
            self._hidden_since = self._reached
        if self._damaged > MOST_DAMAGED:
            raise FilmError("its pictures cannot be decoded any further")
        for frame in frames or ():
            self._take(frame)
        if self._hidden_since is not None:
            self._miss(1)

    def _take(self, frame: VideoFrame) -> None:
        film = self._film
        base = frame.time_base
        if film is None:
            return
        claimed = None if frame.pts is None or base is None else in_nanos(frame.pts, base)
        lasts = in_nanos(frame.duration, base) if frame.duration and base is not None else 0
        lasts = lasts if 0 < lasts <= SECOND else film.usual
        at, shift = self._timeline.place(claimed, lasts, now=self._now(), has_waited=self._has_waited)
        self._has_waited = False
        if shift is not None and self._beside is not None:
            self._beside.place(self._tag, shift)
        if shift is not None and self._samples is not None and film.audio is not None:
            self._hearing = Hearing(self._samples, origin=-shift, length=None, end=None)
        self._reached = at + lasts
        if claimed is not None and (reached := self._reckoning.frame(claimed, at)) is not None:
            self._say(Begun(self._run, reached.at, self._seen, reached.listed))
        if frame.is_corrupt and self._hidden_since is None:
            self._hidden_since = at
        since = self._hidden_since
        if not self._is_hidden(frame, at):
            self._damaged = 0
            if since is not None:
                self._miss((at - since) // lasts - self._missed)  # where packets were lost in the damage too
                self._missed = 0
            if self._thinner.keeps(at):
                self._frames.append((at, lasts, frame))

    def _miss(self, frames: int) -> None:
        """Count *frames* that are not shown for damage as some that come late: the one before stands still as long.

        Not before a run's first: what is hidden of one that was joined in the middle is no damage.
        """
        for _ in range(min(frames, MOST_MISSED) if self._told_run == self._run else 0):
            self._missed += 1
            self._count(is_late=True)

    def _is_hidden(self, frame: VideoFrame, at: Nanos) -> bool:
        """Whether a frame may still show what was damaged before it: until one that needs no other."""
        if self._hidden_since is None:
            return False
        if not frame.is_corrupt and (frame.key_frame or at - self._hidden_since > MOST_HIDDEN):
            self._hidden_since = None
        return self._hidden_since is not None

    def _show(self) -> None:
        at, lasts, frame = self._frames[0]
        behind = self._now() - at
        is_late = behind > lasts
        if is_late and self._left_out < MOST_LEFT_OUT and self._told_run == self._run:
            self._left_out += 1
        elif not self._ring.has_room():
            self._pause()
            return
        else:
            self._left_out = 0
            self._publish(at, frame)
        self._frames.popleft()
        self._hurry(behind)
        self._count(is_late=is_late)

    def _pause(self) -> None:
        self._arrivals.came.clear()
        self._clock.wait(self._arrivals.came, PAUSE)

    def _publish(self, at: Nanos, frame: VideoFrame) -> None:
        stretch = self._film.video.codec_context.sample_aspect_ratio if self._film is not None else None
        luma, chroma = self._ring.begin()
        with told():
            seen = self._boxed.convert(frame, stretch, luma, chroma)
        self._ring.publish(at, at + self._epoch)
        self._is_ready = True
        self._tell_ready()
        if self._told_run != self._run:
            self._told_run, self._seen = self._run, seen
            self._reckoning.begun(at)
            self._say(Begun(self._run, at, seen))

    def _hurry(self, behind: Nanos) -> None:
        self._is_hurried = behind > VERY_LATE
        if self._film is not None:
            self._film.video.codec_context.skip_frame = "NONREF" if behind > LATE else "DEFAULT"

    def _count(self, *, is_late: bool) -> None:
        self._counted += 1
        self._late += is_late
        if self._counted >= COUNTED:
            waiting = self._arrivals.waiting() + max(0, self._reached - self._now())
            self._say(Paced(self._counted, self._late, waiting))
            self._counted = self._late = 0

    def _tell_ready(self) -> None:
        """Say so with the first frame, and again when sound comes that was not there by then."""
        if self._is_ready and self._told_sound is not True and self._has_sound is not self._told_sound:
            self._told_sound = self._has_sound
            self._say(Ready(self._has_sound))

    @property
    def _has_sound(self) -> bool:
        """Whether something is heard of it."""
        if self._beside is not None and self._beside.is_there:
            return True
        return self._samples is not None and self._film is not None and self._film.audio is not None

    def _hear(self) -> None:
        if self._beside is not None:
            self._beside.turn(self._now())
            if self._beside.is_there:
                self._sounds.clear()
                self._tell_ready()
                return
        hearing = self._hearing
        if hearing is None or not self._sounds or not hearing.has_room():
            return
        if hearing.heard_until() < sample_at(max(0, self._now())) + SOUND_AHEAD:
            hearing.decode(self._sounds.popleft())
