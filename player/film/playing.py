"""Keeps the rings of one film filled: reads, decodes and converts as there is room, and waits where there is none.

One thread turns one crank: each turn does the most urgent small thing (sound that will soon be missing, a frame for a free slot,
the next packet). Packets wait in two queues, because containers do not keep picture and sound side by side.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import Final

from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from player.clock import Clock
from player.errors import FilmError
from player.film.frames import Converter
from player.film.hearing import Hearing
from player.film.limits import ABANDONED, MAX_QUEUED_BYTES, MAX_QUEUED_PACKETS, SOUND_RATE
from player.film.reading import SAVE_AS, OpenFilm, told
from player.film.ring import RingWriter
from player.film.samples import sample_at
from player.film.timeline import Mender, Thinner, in_nanos
from player.film.wire import Ended
from player.units import MILLISECOND, SECOND, Nanos, as_clock

PAUSE: Final[Nanos] = 5 * MILLISECOND  # between looks at a full ring: a third of a frame at 60 a second
LATE: Final[Nanos] = 300 * MILLISECOND  # behind what is on screen: frames that no other needs are no longer decoded
VERY_LATE: Final[Nanos] = 2 * SECOND  # behind: only whole pictures are decoded, so that nothing stands still for 3 s
MOST_LEFT_OUT: Final = 6  # late frames in a row that are not converted; the seventh is shown, late as it is
MOST_HIDDEN: Final[Nanos] = 2 * SECOND  # after a damaged frame, until one that needs no other; then what there is is shown
MOST_SPOILT: Final[Nanos] = (
    3 * SECOND
)  # of a film that is damaged again and again: what is shown of it is one picture that stands
WHOLE: Final = 12  # good frames in a row, and it is whole again
MOST_DAMAGED: Final = 600  # packets in a row without one good frame: ten seconds at 60 a second
SOUND_AHEAD: Final = SOUND_RATE  # samples decoded ahead of the picture, so that its reader never runs dry
BACKS: Final[tuple[Nanos, ...]] = (
    0,
    2 * SECOND,
    15 * SECOND,
)  # how far before an instant a key frame is looked for, at last at 0
CUT: Final[Nanos] = SECOND  # less than promised: then a film was cut short; containers round


class Playing:
    """One film on its way into the rings."""

    def __init__(
        self,
        film: OpenFilm,
        ring: RingWriter,
        hearing: Hearing | None,
        *,
        begin: Nanos,
        end: Nanos | None,
        rate: float,
        clock: Clock,
    ) -> None:
        """*begin*, *end*: which part of the film; *rate*: frames that an output shows in a second."""
        self._film = film
        self._ring = ring
        self._hearing = hearing
        self._begin = begin
        self._end = end
        self._clock = clock
        self._never = threading.Event()
        self._converter = Converter(ring.size)
        self._mender = Mender(origin=film.origin, usual=film.usual, length=film.length)
        self._rate = rate
        self._thinner = Thinner(rate)
        self._packets: Iterator[tuple[Packet[VideoStream] | None, Packet[AudioStream] | None]] = iter(())
        self._pictures: deque[Packet[VideoStream]] = deque()
        self._sounds: deque[Packet[AudioStream]] = deque(maxlen=MAX_QUEUED_PACKETS)
        self._frames: deque[tuple[Nanos, Nanos, VideoFrame]] = deque()
        self._queued = 0
        self._has_read = False
        self._is_read = False
        self._flushed = False
        self._reached: Nanos = begin
        self._left_out = 0
        self._damaged = 0
        self._hidden_since: Nanos | None = None
        self._spoilt_since: Nanos | None = None
        """From which instant on it is damaged, with hardly a good frame in between."""
        self._good = 0
        self._is_hurried = False
        self._idle: Nanos = 0
        self._last_said: Nanos | None = None
        self.has_begun = False
        """Whether a frame is in the ring."""

    def start(self) -> None:
        """Find the instant at which to begin, to the frame; FilmError when there is none that can be decoded."""
        for back in BACKS:
            self._seek(max(0, self._begin - back))
            while not self._frames and not self._flushed:
                self._ring.beat()
                self._advance()
            if self._begin <= back or (self._frames and self._frames[0][0] <= self._begin):
                return
        self._seek(0)

    def turn(self) -> Ended | None:
        """Do one thing, or wait a little; return how it ended once it did, or None.

        Raises:
            FilmError: Nothing more can be decoded.
        """
        self._ring.beat()
        if self._ring.is_over or self._idle > ABANDONED:
            return Ended(self._reached, is_cut_short=False)
        if self._wants_sound() and self._sounds:
            self._hear()
        elif self._frames and self._ring.has_room():
            if (ended := self._show()) is not None:
                return ended
        elif not self._frames and not self._flushed:
            self._advance()
        elif not self._frames:
            return self._ended()
        elif self._wants_sound() and self._may_read():
            self._read()
        else:
            self._wait()
        return None

    def _seek(self, at: Nanos) -> None:
        film = self._film
        for queue in (self._pictures, self._sounds, self._frames):
            queue.clear()
        self._queued = 0
        self._is_read = self._flushed = False
        self._hidden_since = self._spoilt_since = None
        self._mender = Mender(origin=film.origin, usual=film.usual, length=film.length)
        self._thinner = Thinner(self._rate)
        if at or self._has_read:
            film.seek(at)
        self._packets = film.packets(has_sound=self._hearing is not None)

    def _advance(self) -> None:
        """Take one step towards the next frame."""
        if self._pictures:
            packet = self._pictures.popleft()
            self._queued -= packet.size
            self._decode(packet)
        elif self._is_read:
            self._decode(None)
            self._flushed = True
        else:
            self._read()

    def _may_read(self) -> bool:
        return not self._is_read and self._queued < MAX_QUEUED_BYTES and len(self._pictures) < MAX_QUEUED_PACKETS

    def _read(self) -> None:
        """Queue the next packet."""
        self._has_read = True
        picture, sound = next(self._packets, (None, None))
        if picture is not None:
            self._pictures.append(picture)
            self._queued += picture.size
        elif sound is not None:
            self._sounds.append(sound)  # while nobody listens, the oldest go
        else:
            self._is_read = True

    def _decode(self, packet: Packet[VideoStream] | None) -> None:
        """Decode one packet, or what is left when there is none, and queue the frames that are wanted."""
        if self._is_hurried and packet is not None and not packet.is_keyframe:
            return
        frames = self._film.decode(packet)
        if frames is None:
            self._hide()
        self._damaged += 1
        if self._damaged > MOST_DAMAGED:
            raise FilmError(f"its pictures cannot be decoded: copy it again, or {SAVE_AS}")
        for frame in frames or ():
            self._take(frame)

    def _take(self, frame: VideoFrame) -> None:
        base = frame.time_base
        claimed = None if frame.pts is None or base is None else in_nanos(frame.pts, base)
        lasts = in_nanos(frame.duration, base) if frame.duration and base is not None else 0
        at = self._mender.mend(claimed, lasts)
        if frame.is_corrupt:
            self._hide(at)
            return
        self._damaged = 0
        self._good += 1
        if self._good >= WHOLE:
            self._spoilt_since = None
        self._see_spoilt(at)
        if self._is_hidden(frame, at):
            return
        if at <= self._begin:
            self._frames.clear()  # the last one that is not after the beginning is what is on screen then
            self._thinner.count(at)
        elif not self._thinner.keeps(at):
            return
        self._frames.append((at, lasts or self._film.usual, frame))

    def _hide(self, at: Nanos | None = None) -> None:
        at = self._reached if at is None else at
        self._good = 0
        self._hidden_since = at if self._hidden_since is None else self._hidden_since
        self._spoilt_since = at if self._spoilt_since is None else self._spoilt_since
        self._see_spoilt(at)

    def _see_spoilt(self, at: Nanos) -> None:
        """Give it up where it goes on being damaged: it would show a face that stands still."""
        if self._spoilt_since is not None and at - self._spoilt_since > MOST_SPOILT:
            raise FilmError(f"it is damaged from {as_clock(self._spoilt_since)} on: copy it again, or {SAVE_AS}")

    def _is_hidden(self, frame: VideoFrame, at: Nanos) -> bool:
        """Whether a frame may still show what was damaged before it: until one that needs no other."""
        if self._hidden_since is None:
            return False
        if frame.key_frame or at - self._hidden_since > MOST_HIDDEN:
            self._hidden_since = None
        return self._hidden_since is not None

    def _show(self) -> Ended | None:
        at, lasts, frame = self._frames[0]
        if at <= self._begin and len(self._frames) == 1 and not self._flushed and not self.has_begun:
            self._advance()  # the next one may be the one that is on screen at the beginning
            return None
        if self._end is not None and at >= self._end:
            return self._ended()
        self._frames.popleft()
        behind = self._behind(at)
        self._hurry(behind)
        self._reached = at + lasts
        if behind > lasts and self._left_out < MOST_LEFT_OUT and self.has_begun:
            self._left_out += 1
            return None
        self._left_out = 0
        luma, chroma = self._ring.begin()
        try:
            with told():
                self._converter.convert(frame, luma, chroma)
        except FilmError:
            self._hide(at)
            raise
        self._ring.publish(at)
        self.has_begun = True
        return None

    def _behind(self, at: Nanos) -> Nanos:
        position = self._ring.position
        return 0 if position is None else position.at - at

    def _hurry(self, behind: Nanos) -> None:
        self._is_hurried = behind > VERY_LATE
        self._film.video.codec_context.skip_frame = "NONREF" if behind > LATE else "DEFAULT"

    def _wants_sound(self) -> bool:
        if self._hearing is None or not self._hearing.has_room():
            return False
        return self._hearing.heard_until() < sample_at(self._reached) + SOUND_AHEAD

    def _hear(self) -> None:
        if self._hearing is not None:
            self._hearing.decode(self._sounds.popleft())

    def _wait(self) -> None:
        said = self._ring.position
        self._idle = 0 if said is not None and said.monotonic != self._last_said else self._idle + PAUSE
        self._last_said = None if said is None else said.monotonic
        self._clock.wait(self._never, PAUSE)

    def _ended(self) -> Ended:
        while self._hearing and self._sounds and self._hearing.has_room():
            self._hear()
        if not self.has_begun:
            raise FilmError(f"nothing in it can be decoded from {self._begin / SECOND:.1f} s on: copy it again, or {SAVE_AS}")
        promised = self._film.length if self._end is None else min(self._end, self._film.length or self._end)
        is_short = promised is not None and self._reached < promised - CUT
        at = self._reached if self._end is None else min(self._reached, self._end)
        self._ring.finish(at)
        return Ended(at, is_short)
