"""The connection to the broker, in a thread of its own, which comes back when it is lost.

Both ways there is a bounded queue; whoever has one end never waits for the network. A connection that breaks takes with it what
was on its way: whoever must be sure says it again. Whatever the broker sends, and however much, memory stays flat and the machine
is left to the show: packets are read no faster than some a second, and wait at the broker's until then.
"""

from __future__ import annotations

import queue
import random
import select
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from player import log
from player.clock import Clock
from player.errors import NetworkError
from player.fleet.connection import Connection, Incoming, client_id
from player.fleet.outgoing import Outgoing
from player.fleet.reconnect import SETTLED, Pace
from player.fleet.wanted import Broker
from player.units import SECOND, Nanos

MAX_HEARD: Final = 64  # messages that wait for us to look at them, 0.5 MB at worst
MAX_SAID: Final = 200  # messages that wait to be sent
PER_SECOND: Final = 50  # packets that are read; an ordinary evening has one in a minute, and a signature takes a millisecond
CALM: Final[Nanos] = 60 * SECOND  # without more than that, a flood is over
GOODBYE: Final[Nanos] = SECOND  # for what is still to be said when we leave
JOINED_S: Final = 2.0  # a name that is being looked up may take longer: the process ends all the same
THROWN_OUT: Final = 3  # connections in a row that are taken in and ended at once; Mosquitto 2.0 does not say why
_TURN_S: Final = 1.0  # paho looks after its keepalive once in a turn

_log = log.get("fleet")


class Link:
    """Stays connected, or comes back at a pace that a broker with ten thousand players bears."""

    def __init__(
        self,
        broker: Broker,
        player: str,
        topics: Sequence[str],
        *,
        will: Outgoing,
        pace: Pace,
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Make ready; *will* is what the broker says for us when we are gone without a word."""
        self.pace = pace
        """May be replaced at any time."""
        self._topics = tuple(topics)
        self._listenings = 0
        self._broker = broker
        self._player = player
        self._will = will
        self._clock = clock
        self._chance = chance
        self._stopped = threading.Event()
        self._said: queue.Queue[Outgoing] = queue.Queue(MAX_SAID)
        self._heard: queue.Queue[Incoming] = queue.Queue(MAX_HEARD)
        self._taken: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._waker, self._woken = socket.socketpair()
        for end in (self._waker, self._woken):
            end.settimeout(0)
        self._thread = threading.Thread(target=self._run, name="broker")
        self.news = threading.Event()
        """Set when something came, or the connection is another one."""
        self._lost = log.Edge(_log, begins="the broker is not reached; the show goes on", ends="the broker is reached")
        self._refused = log.Edge(_log, begins="the broker takes not all that is said", ends="the broker takes all that is said")
        self._flooded = log.Edge(_log, begins="the broker sends far too much: read slowly", ends="the broker sends less again")
        self.connections = 0
        """How often the broker has taken us in."""
        self.is_up = False
        self.problem = ""
        """Why it is not, in a line."""

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def close(self) -> None:
        """Say what waits, and leave; whatever hangs is left behind after a moment."""
        self._stopped.set()
        self._wake()
        if self._thread.ident:
            self._thread.join(JOINED_S)
        if not self._thread.is_alive():
            self._waker.close()
            self._woken.close()

    @property
    def is_at_work(self) -> bool:
        """Whether the thread is: it ends by a fault of ours alone."""
        return self._thread.is_alive()

    def say(self, message: Outgoing) -> bool:
        """Send *message* as soon as that goes; False: there is no broker, or too much waits, and it is let go."""
        if not self.is_up:
            return False
        try:
            self._said.put_nowait(message)
        except queue.Full:
            return False
        self._wake()
        return True

    def listen_anew(self) -> None:
        """Ask once more for what we listen to: the broker repeats whatever it retains."""
        self._listenings += 1
        self._wake()

    def heard(self) -> Incoming | None:
        """Return the next message that came; None: there is none."""
        try:
            return self._heard.get_nowait()
        except queue.Empty:
            return None

    def acknowledged(self) -> int | None:
        """Return the token of the next message that the broker has; None: there is none."""
        try:
            return self._taken.get_nowait()
        except queue.Empty:
            return None

    def _wake(self) -> None:
        with suppress(OSError):  # full: it is awake already
            self._waker.send(b"\0")

    # In the thread

    def _run(self) -> None:
        failures, thrown, delay = 0, 0, self.pace.first()
        while not self._clock.wait(self._stopped, delay):
            began = self._clock.monotonic()
            connection = Connection(client_id(self._player, self._broker), self._heard, self._taken, self.news.set)
            try:
                self._converse(connection)
            except NetworkError as error:
                self._fall(str(error))
            finally:
                self.is_up = False
                connection.end()
                self._forget()
            has_held = connection.is_welcome and self._clock.monotonic() - began >= SETTLED
            failures = 0 if has_held else failures + 1
            thrown = thrown + 1 if connection.is_welcome and not has_held else 0
            delay = self.pace.after(failures, self._chance())
            if connection.is_taken_over or thrown >= THROWN_OUT:
                delay = self._yield(connection)

    def _yield(self, connection: Connection) -> Nanos:
        """Return for how long to leave the broker to the other one who has our id: neither would be heard otherwise."""
        delay = self.pace.after_taken_over(self._chance())
        if not self._stopped.is_set():
            what = "has come" if connection.is_taken_over else "may be there: the broker ends each connection soon"
            minutes = delay // (60 * SECOND)
            _log.warning(f"another player with this id {what}; tried again later", id=self._player, minutes=minutes)
        return delay

    def _converse(self, connection: Connection) -> None:
        """Connect, and hear and say what there is until it breaks, or we are to leave.

        Raises:
            NetworkError: it broke; why is in a line.
        """
        with connection.translated(self._broker):
            connection.begin(self._broker, self._will)
            flow = _Flow(self._clock.monotonic())
            while not self._stopped.is_set():
                self._turn(connection, flow, _TURN_S)
            self._leave(connection, flow)

    def _turn(self, connection: Connection, flow: _Flow, patience_s: float) -> None:
        """Wait until there is something to read or to say, and do that."""
        sock = connection.opened()
        may_read = flow.may_read(self._clock.monotonic()) and not connection.is_choked and not self._heard.full()
        is_waiting = may_read and isinstance(sock, ssl.SSLSocket) and sock.pending() > 0
        patience = 0.0 if is_waiting else patience_s if may_read else min(patience_s, flow.PAUSE_S)
        sending = [sock] if connection.want_write() else []
        readable, writable, _ = select.select([self._woken, *([sock] if may_read else [])], sending, [], patience)
        if self._woken in readable:
            self._woken.recv(MAX_HEARD)
        if is_waiting or sock in readable:
            flow.count()
            connection.receive()
        if writable:
            connection.flush()
        connection.tend()
        if connection.is_welcome and not self.is_up:
            self._rise()
        self._refused.note("", holds=bool(connection.refusal), broker=self._broker, why=connection.refusal)
        self._flooded.note("", holds=flow.is_flooded(self._clock.monotonic()), broker=self._broker)
        if self.is_up:
            connection.listen(self._topics, self._listenings)
        while self.is_up and connection.has_room and not self._said.empty():
            connection.tell(self._said.get_nowait())

    def _rise(self) -> None:
        self._forget()
        self.problem = ""
        self.connections += 1
        self.is_up = True
        self.news.set()
        self._lost.note("", holds=False, broker=self._broker)

    def _fall(self, why: str) -> None:
        self.problem = why
        if not self._stopped.is_set():
            self._lost.note("", holds=True, broker=self._broker, why=why)

    def _forget(self) -> None:
        """Let go of what was meant for a connection that is no more."""
        with suppress(queue.Empty):
            while True:
                self._said.get_nowait()

    def _leave(self, connection: Connection, flow: _Flow) -> None:
        ends = self._clock.monotonic() + GOODBYE
        while self.is_up and self._clock.monotonic() < ends and not (self._said.empty() and connection.is_quiet):
            self._turn(connection, flow, 0.05)
        connection.disconnect()
        connection.flush()


class _Flow:
    """How much is read: a bounded number of packets in each second."""

    PAUSE_S: Final = 0.2

    def __init__(self, now: Nanos) -> None:
        self._second = now
        self._count = 0
        self._full_at: Nanos | None = None

    def count(self) -> None:
        """A packet, or a part of one, is read."""
        self._count += 1

    def may_read(self, now: Nanos) -> bool:
        """Whether one more may be read at *now*."""
        if now - self._second >= SECOND:
            self._second, self._count = now, 0
        if self._count >= PER_SECOND:
            self._full_at = now
        return self._count < PER_SECOND

    def is_flooded(self, now: Nanos) -> bool:
        """Whether there was too much within the last minute."""
        return self._full_at is not None and now - self._full_at < CALM
