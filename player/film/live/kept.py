"""A live stream as the process `film` keeps it: its decoder's states in the words that the screen is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from player.clock import Clock
from player.film import wire
from player.film.decoder import Wanted
from player.film.live.decoder import Live, LiveDecoder, LiveState, Stalled
from player.film.live.direct.decoder import Direct, DirectDecoder, Rehearsed
from player.film.live.direct.far import Far
from player.film.live.fetched.decoder import FetchedDecoder
from player.film.live.fetched.fetching import Source
from player.film.live.fetched.lists import Line
from player.film.section import Stream
from player.film.talk import Ended, Failed, Opening, OpenStream, Ready, State
from player.film.talk import Stalled as StandsStill
from player.units import SECOND, Nanos, nanos

CHECK_EVERY: Final[Nanos] = SECOND
DRIFT: Final[Nanos] = SECOND  # of latency that is worth telling
_MEGABIT: Final = 1_000_000


class KeptStream:
    """One stream, tried for ever. `Failed` means that it was given up for now; `Ready` may follow it, and `Ended` too."""

    def __init__(self, stream: Stream, wanted: OpenStream, way: Line | Direct, clock: Clock, *, is_heard: bool) -> None:
        """Begin to connect, and to decode its sound where that *is_heard*; WorkerError when there is no memory for it.

        *way*: how it comes: fetched piece by piece, or by itself.
        """
        made = Wanted(size=wanted.size, rate=wanted.rate, has_sound=is_heard and stream.sound)
        self._decoder: LiveDecoder
        if isinstance(way, Far | Rehearsed):
            self._decoder = DirectDecoder(way, made, clock=clock, behind=nanos(stream.latency))
        else:
            self._decoder = FetchedDecoder(_source(stream, wanted, way), made, clock=clock)
        self._has_sound = False
        self._told: Ready | None = None
        self._is_new = True
        self._next_check: Nanos = 0

    @property
    def ring(self) -> int:
        """Descriptor of its frames, as long as it is open."""
        return self._decoder.ring

    @property
    def samples(self) -> int:
        """Descriptor of its sound; -1: none is wanted."""
        return self._decoder.samples

    @property
    def gain_db(self) -> float:
        """By how much it is made louder: nobody knows how loud what is still to come will be."""
        return 0.0

    def descriptors(self) -> tuple[int, ...]:
        """Return what is readable when there is something to do."""
        return (self._decoder.fileno(),) if self._decoder.is_running else ()

    def step(self, now: Nanos) -> Sequence[State]:
        """Do what is due, without waiting for the network; return what it has come to since."""
        if now >= self._next_check:
            self._next_check = now + CHECK_EVERY
            self._decoder.check(now)
        states: list[State] = [Opening("connecting")] if self._is_new else []
        self._is_new = False
        for said in self._decoder.hear():
            states += self._taken(said)
        latency = self._decoder.latency
        if self._told is not None and latency and (abs(latency - self._told.latency) > DRIFT or not self._told.latency):
            states.append(self._ready(latency, self._told.rendition))  # where none was told it was not known
        return states

    def close(self) -> None:
        """End its decoder; what is being fetched is left to come or to fail."""
        self._decoder.close()

    def _taken(self, said: LiveState) -> tuple[State, ...]:
        if isinstance(said, wire.Ready):
            is_news, self._has_sound = said.has_sound != self._has_sound, said.has_sound
            return (self._ready(self._told.latency, self._told.rendition),) if is_news and self._told else ()
        if isinstance(said, Live):
            return (self._ready(said.latency or 0, said.rendition),)
        self._told = None
        if isinstance(said, Stalled):
            return (StandsStill(said.since),)
        return (Failed(said.why) if isinstance(said, wire.Failed) else Ended(said.at, said.is_cut_short),)

    def _ready(self, latency: Nanos, rendition: str) -> Ready:
        self._told = Ready(self._has_sound, latency, rendition)
        return self._told


def _source(stream: Stream, wanted: OpenStream, fetcher: Line) -> Source:
    return Source(
        url=stream.url,
        fetcher=fetcher,
        latency=nanos(stream.latency),
        pixels=wanted.size.width * wanted.size.height,
        most_bits=round((stream.most or 0) * _MEGABIT),
    )
