"""Listening to a source that tells what happens as it happens: one long answer at a time, in a thread of its own.

It only hastens. What is missed while nobody listens is found by polling, so each new beginning is told as well: poll then.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Final, Protocol, Self

from player import log
from player.clock import Clock
from player.errors import FeedError, WeRememberError, WorkerError
from player.feed import wire
from player.feed.address import plain
from player.feed.fetch import AnsweredError
from player.feed.streaming import Event, events
from player.units import SECOND, Nanos, Seconds, nanos

OPENING_S: Final[Seconds] = 10.0  # for the address, the connection, TLS and the first words together, like any page
SILENCE_S: Final[Seconds] = 90.0  # a living stream sends something every 15 to 30 s, if only a comment
MAX_BYTES: Final = 50_000_000  # within FLOOD_WITHIN; the public stream of a large server brings about 10 MB a minute
FLOOD_WITHIN: Final[Nanos] = 60 * SECOND

FIRST_PAUSE_S: Final[Seconds] = 1.0
MAX_PAUSE_S: Final[Seconds] = 300.0  # a server that is away for a day is asked every few minutes; polling goes on meanwhile
WELL_AFTER: Final[Nanos] = 60 * SECOND  # a stream that lasted this long had begun well; the pauses begin anew
JOIN_S: Final[Seconds] = 2.0  # stopping takes an instant, unless the connection is just being made: then up to OPENING_S

_log = log.get("listening")


class Streams(Protocol):
    """What opens streams: the network, or a test's."""

    def stream(self, url: str, *, limits: wire.Limits) -> Generator[bytes]:
        """See ``HttpFetcher.stream``."""
        ...


class Patience(wire.Limits):
    """The limits of one stream: as long as it lives it may last, until somebody in another thread has enough."""

    def __init__(self, clock: Clock, *, silence_s: Seconds = SILENCE_S) -> None:
        super().__init__(clock, length_s=OPENING_S, content_bytes=0)
        self._silence_s = silence_s
        self._lock = threading.Lock()
        self._is_open = False
        self._is_over = False
        self._cut: Callable[[], None] = _nothing
        self._counted = 0
        self._counted_since = clock.monotonic()

    @property
    def is_open(self) -> bool:
        """Whether the answer has begun."""
        return self._is_open

    def open(self) -> None:
        """Bear silence from now on: the answer has begun."""
        self._is_open = True

    def end(self) -> None:
        """End it now; may be called from any thread, at any time."""
        with self._lock:
            self._is_over = True
            cut = self._cut
        cut()

    def hold(self, cut: Callable[[], None]) -> None:
        """See ``Limits``."""
        with self._lock:
            self._cut = cut

    def left_s(self, most: Seconds) -> Seconds:
        """See ``Limits``; while it is open, the silence that is borne."""
        if self._is_over:
            raise TimeoutError("ended from here")
        return self._silence_s if self._is_open else super().left_s(most)

    def count(self, received: int) -> None:
        """See ``Limits``; while it is open, by the minute."""
        if not self._is_open:
            super().count(received)
            return
        now = self._clock.monotonic()
        if now - self._counted_since >= FLOOD_WITHIN:
            self._counted, self._counted_since = 0, now
        self._counted += received
        if self._counted > MAX_BYTES:
            raise wire.FloodError("more came than any honest stream has")


class Listener:
    """Listens to one stream from ``start`` to ``stop``, beginning anew after each break."""

    def __init__(
        self,
        name: str,
        url: str,
        *,
        web: Streams,
        clock: Clock,
        tell: Callable[[Event], None],
        begun: Callable[[], None],
        chance: random.Random | None = None,
        silence_s: Seconds = SILENCE_S,
    ) -> None:
        """Prepare to listen.

        Args:
            name: Of the source, for the log.
            url: Of the stream.
            web: Opens it; with the source's policy and key.
            clock: Measures pauses.
            tell: Given each event, in the listener's thread.
            begun: Called in the same thread each time that a stream has begun: what happened before it was not heard.
            chance: Spreads the pauses, so that many players do not come back at once.
            silence_s: How long nothing at all may come.
        """
        self._name = name
        self._url = url
        self._web = web
        self._clock = clock
        self._tell = tell
        self._begun = begun
        self._chance = chance or random.Random()
        self._silence_s = silence_s
        self._stopped = threading.Event()
        self._patience = Patience(clock, silence_s=silence_s)
        self._deaf = log.Edge(_log, begins="stream has ended; polling goes on without it", ends="stream is heard again")
        self._thread = threading.Thread(target=self._run, name=f"listening to {name}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, and wait for the thread."""
        self._stopped.set()
        self._patience.end()
        self._thread.join(JOIN_S)

    def check(self) -> None:
        """See that the thread is at work.

        Raises:
            WorkerError: it is not, by a fault of ours: the process is to be started anew.
        """
        if not self._thread.is_alive() and not self._stopped.is_set():
            raise WorkerError(f"the thread that listens to {self._name} has ended by itself")

    def _run(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            self._patience = Patience(self._clock, silence_s=self._silence_s)
            if self._stopped.is_set():
                return  # after `stop` had ended the patience before this one
            began = self._clock.monotonic()
            error = self._listen(self._patience)
            if self._stopped.is_set():
                return
            failures = 1 if self._clock.monotonic() - began >= WELL_AFTER else failures + 1
            self._deaf.note(self._name, holds=True, source=self._name, why=str(error))
            self._clock.wait(self._stopped, pause_after(failures, error, chance=self._chance))

    def _listen(self, patience: Patience) -> WeRememberError:
        """Listen to one stream; return why it ended."""
        try:
            with closing(self._pieces(patience)) as pieces:
                for event in events(pieces):
                    self._tell(event)
        except FeedError as error:
            return FeedError(f"{plain(self._url)}: {error}")
        except WeRememberError as error:
            return error
        return FeedError(f"{plain(self._url)}: the server ended it")

    def _pieces(self, patience: Patience) -> Generator[bytes]:
        with closing(self._web.stream(self._url, limits=patience)) as pieces:
            for piece in pieces:
                if not patience.is_open:
                    patience.open()
                    self._deaf.note(self._name, holds=False, source=self._name)
                    self._begun()
                yield piece


def pause_after(failures: int, error: WeRememberError, *, chance: random.Random) -> Nanos:
    """Return how long to wait before the next stream: longer after each failure, with full jitter; or as the server asks."""
    ceiling = min(MAX_PAUSE_S, FIRST_PAUSE_S * 2 ** min(failures, 20))
    pause = max(FIRST_PAUSE_S / 2, chance.uniform(0, ceiling))
    asked = error.retry_after_s if isinstance(error, AnsweredError) else None
    return nanos(max(pause, asked or 0.0))


def _nothing() -> None:
    """There is no connection yet."""
