"""What has arrived of a stream and waits to be played: between the thread that unpacks bytes and the one that plays."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.stream import VideoStream

from player.clock import Clock
from player.film.live.child.timeline import LEAP
from player.film.live.wire import Tag
from player.film.reading import MILLI, OpenFilm, OpenSound
from player.film.timeline import in_nanos
from player.units import MILLISECOND, Nanos

PAUSE: Final[Nanos] = 20 * MILLISECOND  # between looks whether there is room
HUNGRY: Final = "it needs more memory than a stream may"


@dataclass(frozen=True, slots=True)
class Through:
    """Nothing more comes."""

    why: str | None
    """None: the stream has ended; else what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A segment begins with the next packet of pictures."""

    before: Nanos
    """So much of its run comes before it, by what its playlist says."""


Arrival: TypeAlias = "Tag | OpenFilm | OpenSound | Listed | Packet[VideoStream] | Packet[AudioStream] | Through"


class Arrivals:
    """What was opened, each followed by its packets, in the order in which they came. From any two threads."""

    def __init__(self, clock: Clock, *, most: int, most_bytes: int) -> None:
        """There is room for so many arrivals, and so many bytes of packets."""
        self._clock = clock
        self._most, self._most_bytes = most, most_bytes
        self._lock = threading.Lock()
        self._arrived: deque[Arrival] = deque()
        self._bytes = 0
        self._never = threading.Event()
        self.came = threading.Event()
        """Set when there is something to take; to be cleared by who takes."""

    def take(self) -> Arrival | None:
        """Return the next arrival; None when there is none yet."""
        with self._lock:
            if not self._arrived:
                return None
            arrival = self._arrived.popleft()
            if isinstance(arrival, Packet):
                self._bytes -= arrival.size
            return arrival

    def put(self, arrival: Arrival) -> None:
        """Add what is no packet, or a packet for which there is room."""
        with self._lock:
            self._arrived.append(arrival)
            if isinstance(arrival, Packet):
                self._bytes += arrival.size
        self.came.set()

    def wait_for_room(self) -> None:
        """Wait until another packet may be put: so whoever sends is slowed down, and memory is not filled."""
        while len(self._arrived) >= self._most or self._bytes > self._most_bytes:
            self._clock.wait(self._never, PAUSE)

    def waiting(self) -> Nanos:
        """Return how long the pictures last that wait to be taken, by their own instants."""
        with self._lock:
            packets = [each for each in self._arrived if isinstance(each, Packet) and each.stream.type == "video"]
        instants = [_instant(each) for each in packets]
        # From each to the next one: instants begin anew with another film, and may jump within one.
        return sum(after - before for before, after in pairwise(instants) if 0 < after - before <= LEAP)

    def leap(self, key: Packet[VideoStream], most: Nanos) -> None:
        """Leave out the packets that wait before *key*, which needs none of them, where they are more than *most* of pictures."""
        with self._lock:
            first = next((each for each in self._arrived if isinstance(each, Packet) and each.stream is key.stream), None)
            if first is None or _instant(key) - _instant(first) <= most:
                return
            self._arrived = deque(each for each in self._arrived if not isinstance(each, Packet))
            self._bytes = 0


def _instant(packet: Packet[VideoStream] | Packet[AudioStream]) -> Nanos:
    """When it is to be decoded; 0 when it does not say."""
    at = packet.pts if packet.dts is None else packet.dts
    return 0 if at is None else in_nanos(at, packet.time_base or MILLI)
