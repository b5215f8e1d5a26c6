"""Sound that comes apart from its pictures, in segments of its own: heard where the pictures of the same time are."""

from __future__ import annotations

from collections import deque
from typing import Final

from av.audio.stream import AudioStream
from av.packet import Packet

from player.errors import FilmError
from player.film.hearing import Hearing
from player.film.limits import SOUND_RATE
from player.film.live.child.arrivals import Arrivals, Listed, Through
from player.film.live.wire import PLAIN, Tag
from player.film.reading import MILLI, Forwards, OpenFilm, OpenSound, open_sound
from player.film.samples import SamplesWriter, sample_at
from player.film.timeline import in_nanos
from player.units import SECOND, Nanos

SOUND_AHEAD: Final = SOUND_RATE  # samples decoded ahead of now
TURN: Final[Nanos] = (1 << 33) * SECOND // 90_000  # after which a transport stream's clock begins again: 26.5 hours
MOST_AT_ONCE: Final = 50  # arrivals of one turn that are passed over, a second's: frames must not wait for it


def opened(source: Forwards, head: bytes) -> OpenSound | None:
    """Open a run of sound; None when it cannot be heard, for pictures go on without."""
    try:
        return open_sound(source, head)
    except FilmError:
        return None


def _wound(origin: Nanos, packet: Packet[AudioStream], now: Nanos) -> Nanos:
    """Return *origin* so many turns of a transport stream's clock on that *packet* is heard about *now*.

    Pictures and sound are read apart, and each counts on from where it began: not both have to have seen the clock go round.
    """
    if packet.pts is None:
        return origin
    at = in_nanos(packet.pts, packet.time_base or MILLI) - origin
    return origin + round((at - now) / TURN) * TURN


class Beside:
    """A track of sound on its way into the ring of samples."""

    def __init__(self, arrivals: Arrivals, samples: SamplesWriter) -> None:
        self._arrivals = arrivals
        self._samples = samples
        self._hearing: Hearing | None = None
        self._waiting: deque[Packet[AudioStream]] = deque(maxlen=1)
        self._tag = PLAIN
        self._pictures = PLAIN
        self._shift: Nanos | None = None
        self.is_there = False
        """Whether there is such a track: then what comes with the pictures is not heard."""

    def place(self, pictures: Tag, shift: Nanos) -> None:
        """Let it sound where *pictures* are, whose instants are shifted so in the ring's time."""
        self._pictures, self._shift = pictures, shift
        self._hearing = None

    def turn(self, now: Nanos) -> None:
        """Decode a packet, if one is due; *now* in the ring's time."""
        for _ in range(MOST_AT_ONCE):
            packet = self._packet()
            if packet is None or self._tag.era > self._pictures.era or self._shift is None:
                return  # what belongs to pictures that are still to come waits for them
            if self._tag.era < self._pictures.era:
                self._waiting.clear()
                continue
            if self._hearing is None:
                origin = self._pictures.offset - self._tag.offset - self._shift
                self._hearing = Hearing(self._samples, origin=_wound(origin, packet, now), length=None, end=None)
            if not self._hearing.has_room() or self._hearing.heard_until() > sample_at(max(0, now)) + SOUND_AHEAD:
                return
            self._waiting.clear()
            self._hearing.decode(packet)
            return

    def _packet(self) -> Packet[AudioStream] | None:
        """Return the packet that is next, which stays so; None: there is none yet."""
        while not self._waiting:
            arrival = self._arrivals.take()
            if arrival is None or isinstance(arrival, Through):
                return None
            if isinstance(arrival, Tag):
                self._tag, self._hearing = arrival, None
            elif isinstance(arrival, OpenSound | OpenFilm):
                self.is_there = True
            elif not isinstance(arrival, Listed) and isinstance(arrival.stream, AudioStream):
                self._waiting.append(arrival)  # pyright: ignore[reportArgumentType]  a packet of a stream of sound is one of sound
        return self._waiting[0]
