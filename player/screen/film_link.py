"""The screen's end of the socket to the process `film`, by a thread of its own: connects when something is to be said, and again.

The frame loop and the loader put orders into a queue, and go on.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import threading
from collections import deque
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final, Protocol

from player import log
from player.clock import Clock
from player.doorway import connected
from player.errors import WorkerError
from player.film.talk import MOST, NAME, Close, Mute, News, Open, Order, news_of, packed
from player.units import MILLISECOND, SECOND, Nanos

FIRST_RETRY: Final[Nanos] = 250 * MILLISECOND  # a process that was restarted is there again in a second
LAST_RETRY: Final[Nanos] = 4 * SECOND
MOST_WAITING: Final = 256  # orders that nobody takes; the oldest of them are about what is over
QUIET: Final[Nanos] = 10 * SECOND  # in which nobody was there before it is said: at a start the screen comes first, by design
STOPPED_WITHIN_S: Final = 2.0  # seconds; it waits for nothing longer than a word

_log = log.get("screen")


class Listener(Protocol):
    """Who is told what is heard; in the link's thread."""

    def greeted(self) -> tuple[Order, ...]:
        """Return what whoever has just been reached is to know first."""
        ...

    def heard(self, news: News, memory: int) -> None:
        """Take in *news*, and the descriptor of *memory* that came with it (-1: none), which is closed afterwards."""
        ...

    def lost(self, sources: frozenset[str]) -> None:
        """Take in that the other end has gone, and *sources* with it."""
        ...


class Link:
    """A connection that comes back by itself. `say` and `look_in` are for any thread."""

    def __init__(self, listener: Listener, clock: Clock) -> None:
        """Nobody is looked for before something is to be said."""
        self._listener, self._clock = listener, clock
        self._folder: Path | None = None
        self._orders: SimpleQueue[Order] = SimpleQueue()
        self._waiting: deque[Order] = deque()
        self._asked: set[str] = set()
        self._link: socket.socket | None = None
        self._linked_in: Path | None = None
        self._next, self._wait = 0, FIRST_RETRY
        self._stopped = threading.Event()
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._thread: threading.Thread | None = None
        self._absent_since: Nanos | None = None
        self._has_passed_over = False
        self._absent = log.Edge(_log, begins="films cannot be had", ends="films can be had again")

    def start(self) -> None:
        """Begin to listen."""
        self._thread = threading.Thread(target=self._run, name="films")
        self._thread.start()

    def stop(self) -> None:
        """Hang up: all sources end."""
        if not self._stopped.is_set():
            self._stopped.set()
            os.eventfd_write(self._wake, 1)
        if self._thread is not None:
            self._thread.join(STOPPED_WITHIN_S)
            if self._thread.is_alive():
                return
        self.hang_up()
        wake, self._wake = self._wake, -1
        if wake >= 0:
            os.close(wake)

    def look_in(self, folder: Path) -> None:
        """Look for the process in the data *folder* from now on."""
        self._folder = folder
        self._nudge()

    def say(self, order: Order) -> None:
        """Say *order* as soon as there is somebody to hear it."""
        self._orders.put(order)
        self._nudge()

    def step(self, within: Nanos | None) -> None:
        """Say what is to be said, and hear what comes *within* so long; None: for ever."""
        self._collect()
        if self._link is not None and self._linked_in != self._folder:
            self.hang_up()
        now = self._clock.monotonic()
        if self._link is None and self._waiting and self._folder is not None and now >= self._next:
            self._reach(self._folder, now)
        if self._link is not None:
            self._send(self._link)
        self._listen(self._patience(within))

    def hang_up(self) -> None:
        """Let go of who is at the other end."""
        if self._link is None:
            return
        self._link.close()
        self._link = None
        asked, self._asked = frozenset(self._asked), set()
        self._listener.lost(asked)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self.step(None)

    def _patience(self, within: Nanos | None) -> float | None:
        if self._link is not None or not self._waiting or self._folder is None:
            return None if within is None else within / SECOND
        left = max(0, self._next - self._clock.monotonic())
        return (left if within is None else min(left, within)) / SECOND

    def _collect(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                self._take_in(self._orders.get_nowait())

    def _take_in(self, order: Order) -> None:
        """Let *order* wait, unless it takes back what nobody has heard yet; of mutes the last one counts."""
        if isinstance(order, Mute):
            self._waiting = deque(each for each in self._waiting if not isinstance(each, Mute))
        elif isinstance(order, Close) and order.source not in self._asked:
            self._waiting = deque(each for each in self._waiting if isinstance(each, Mute) or each.source != order.source)
            return
        self._waiting.append(order)
        if len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()

    def _reach(self, folder: Path, now: Nanos) -> None:
        self._next, self._wait = now + self._wait, min(2 * self._wait, LAST_RETRY)
        try:
            self._link = connected(folder, NAME, 0, socket.SOCK_SEQPACKET)
        except OSError as error:
            self._miss(error, now)
            return
        self._linked_in, self._has_passed_over = folder, False
        self._waiting.extendleft(reversed(self._listener.greeted()))

    def _miss(self, error: OSError, now: Nanos) -> None:
        """Take note that nobody is there; say so when that has lasted."""
        since = self._absent_since = now if self._absent_since is None else self._absent_since
        if now - since >= QUIET:
            is_away = isinstance(error, FileNotFoundError | ConnectionRefusedError)
            why = "the process that decodes them does not run" if is_away else error.strerror
            self._absent.note("film", holds=True, why=why)

    def _send(self, link: socket.socket) -> None:
        while self._waiting:
            order = self._waiting[0]
            try:
                link.send(packed(order))
            except OSError:  # a process that takes in nothing is as good as one that has gone
                self.hang_up()
                return
            self._waiting.popleft()
            if isinstance(order, Open):
                self._asked.add(order.source)
            elif isinstance(order, Close):
                self._asked.discard(order.source)

    def _listen(self, within_s: float | None) -> None:
        with selectors.PollSelector() as selector:
            selector.register(self._wake, selectors.EVENT_READ)
            if self._link is not None:
                selector.register(self._link, selectors.EVENT_READ)
            found = [key.fileobj for key, _ in selector.select(within_s)]
        if self._wake in found:
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self._wake)
        if self._link is not None and self._link in found:
            self._hear(self._link)

    def _hear(self, link: socket.socket) -> None:
        """Take in one message; the next is found at the next look."""
        descriptors: list[int] = []
        try:
            message, descriptors, _, _ = socket.recv_fds(link, MOST, 1, socket.MSG_CMSG_CLOEXEC)
            if not message:
                self.hang_up()
                return
            self._take(message, descriptors[0] if descriptors else -1)
        except BlockingIOError:
            return
        except OSError as error:
            _log.warning("the process of films cannot be heard", why=error.strerror)
            self.hang_up()
            return
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        self._wait, self._absent_since = FIRST_RETRY, None
        self._absent.note("film", holds=False)

    def _take(self, message: bytes, memory: int) -> None:
        """Tell what was said. What cannot be read is passed over: all films of a wall must not end for one message."""
        try:
            self._listener.heard(news_of(message), memory)
        except WorkerError as error:
            if not self._has_passed_over:
                self._has_passed_over = True
                _log.warning("the process of films says nonsense, which is passed over", why=str(error))

    def _nudge(self) -> None:
        if not self._stopped.is_set():
            os.eventfd_write(self._wake, 1)
