"""The fleet's process: hears the centre, tells it how we are, and is nothing that a frame depends on.

It reads what the others have written and leaves orders for them in the library. Broker gone, slow, lying or flooding: no picture
differs, and memory stays flat.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from player import __version__, log
from player.errors import LibraryError, OperatorError, WorkerError
from player.fleet import topics
from player.fleet.envelope import public_key
from player.fleet.events import Events
from player.fleet.homeassistant import BIRTH, HomeAssistant
from player.fleet.link import MAX_HEARD, Link
from player.fleet.messages import Desired
from player.fleet.obeying import Obeying
from player.fleet.orders import Orders
from player.fleet.outgoing import AT_LEAST_ONCE, Outgoing, Sealing
from player.fleet.picture import Pictures
from player.fleet.reconnect import Pace
from player.fleet.reporting import Reporting
from player.fleet.topics import Kind
from player.fleet.voices import Status
from player.fleet.wanted import Copy, Wanted
from player.heartbeat import Heartbeat
from player.library.library import Library, identities, open_library
from player.library.trusted_time import TrustedClock
from player.units import MILLISECOND, SECOND, Nanos

TICK: Final[Nanos] = 250 * MILLISECOND  # what comes wakes us at once; this is for what others write, and for the end
LOOK_EVERY: Final[Nanos] = SECOND  # whether configuration and data folder are the same ones
MISS_EVERY: Final[Nanos] = 60 * SECOND  # whether programmes were wiped, with everything else that was kept of anybody
OPEN_EVERY: Final[Nanos] = 2 * SECOND  # a library that cannot be opened is tried again
PATIENCE: Final[Nanos] = 2 * SECOND  # for others who are writing; transactions take milliseconds
STARTS: Final = "fleet:starts"
"""Under which it is kept how often the process has begun; no feed can be called so."""
WRITER: Final = "fleet"
MAX_PEM: Final = 10_000  # bytes of the centre's public key; a hundred in truth

_log = log.get("fleet")


class Speaker(Protocol):
    """Whoever has something to say once in a while."""

    def again(self) -> None:
        """The connection is another one."""
        ...

    def step(self, now: Nanos) -> tuple[Outgoing, ...]:
        """Return what is to be sent now."""
        ...


class Shelf:
    """The library as this process has it open: anew when its files are others, and not again and again while it cannot be."""

    def __init__(self, folder: Path, clock: TrustedClock) -> None:
        self._folder = folder
        self._clock = clock
        self._library: Library | None = None
        self._held: tuple[tuple[int, int], ...] | None = None
        self._next: Nanos = clock.monotonic()
        self._why = ""
        self.changes = 0
        """How often the files were found to be others."""

    def __call__(self) -> Library:
        """Return it.

        Raises:
            LibraryError: it cannot be opened.
        """
        if self._library is None:
            now = self._clock.monotonic()
            if now < self._next:
                raise LibraryError(self._why)
            self._next = now + OPEN_EVERY
            self._library = self._opened()
            self._held = identities(self._folder)
        return self._library

    def check(self) -> None:
        """Let go of files that are no longer those in the folder."""
        if self._library and identities(self._folder) != self._held:
            self.close()
            self.changes += 1
            self._next = self._clock.monotonic()

    def close(self) -> None:
        """Close it."""
        if self._library:
            self._library.close()
            self._library = None

    def _opened(self) -> Library:
        try:
            library = open_library(self._folder, writer=WRITER, patience=PATIENCE)
        except LibraryError as error:
            self._why = str(error)
            raise
        try:
            library.wait_no_longer_than(PATIENCE)
            library.keep_little()
            self._clock.learn(library)
        except LibraryError as error:
            library.close()
            self._why = str(error)
            raise
        return library


def _unwatched() -> None:
    """Tell nobody that we live."""


class Belonging:
    """One configuration's place in the fleet."""

    def __init__(self, wanted: Wanted, folder: Path, *, clock: TrustedClock, session: str = "") -> None:
        """Belong as it is *wanted*; *session* names this life of the process."""
        self._wanted = wanted
        self._clock = clock
        self._shelf = shelf = Shelf(folder, clock)
        self._sealing = sealing = Sealing(wanted.player, session or os.urandom(4).hex(), clock)
        self._events = Events(shelf, sealing, clock=clock)
        self._pictures = Pictures(shelf, sealing, folder=folder, clock=clock)
        self._orders = Orders(shelf, sealing, folder=folder, clock=clock, look=self._pictures.ask)
        self._reporting = Reporting(
            shelf, sealing, folder=folder, clock=clock, site=wanted.site, version=__version__, has_own_clock=wanted.has_own_clock
        )
        self._home = HomeAssistant(wanted.player, site=wanted.site, version=__version__) if wanted.has_home_assistant else None
        self._obeying = Obeying(
            wanted.player,
            wanted.groups,
            key=key_of(wanted.centre),
            opened=shelf,
            orders=self._orders,
            obeyed=self._events.obeyed,
            feed=wanted.feed,
            folder=folder,
            clock=clock,
        )
        speakers: tuple[Speaker, ...] = (self._events, self._reporting)
        self._speakers = (*speakers, self._home) if self._home else speakers
        self._boot = self._begun()
        self._connections = 0
        self._desired: Desired | None = None
        self._changes = 0
        self._next_look: Nanos = 0
        self._next_miss: Nanos = 0
        will = self._status(is_online=False)
        self.link = Link(wanted.broker, wanted.player, self._topics(), will=will, pace=Pace(wanted.player), clock=clock)

    def start(self) -> None:
        """Begin to connect."""
        self._settle()
        self.link.start()

    def step(self, now: Nanos, alive: Callable[[], None] = _unwatched) -> None:
        """Hear, obey and tell; waits for nobody but the library, a moment for each thing, and says between them that we live.

        Raises:
            WorkerError: the thread that speaks to the broker has ended by a fault of ours.
        """
        if not self.link.is_at_work:
            raise WorkerError("the thread that speaks to the broker has ended by itself")
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY
            self._shelf.check()
            self._see_what_is_lost(now)
        self._greet()
        self._settled_messages()
        for _ in range(MAX_HEARD):
            message = self.link.heard()
            if message is None:
                break
            alive()
            if not (self._home and self._home.heard(message.topic, message.payload)):
                self._obeying.hear(message, now)
        alive()
        self._obeying.step(now)
        self._settle()
        self._say(self._orders.step(now))
        for speaker in (*self._speakers, self._pictures) if self.link.is_up else ():
            alive()
            self._say(speaker.step(now))

    def close(self) -> None:
        """Say that we leave, and leave."""
        self.link.say(self._status(is_online=False))
        self.link.close()
        self._orders.close()
        self._shelf.close()

    def _say(self, messages: Iterable[Outgoing]) -> None:
        for each in messages:
            self.link.say(each)

    def _greet(self) -> None:
        """Say that we are there, to a broker that has just taken us in, and whatever it may not have."""
        if self.link.connections == self._connections:
            return
        self._connections = self.link.connections
        self._boot = self._boot or self._begun()
        self.link.say(self._status(is_online=True))
        for speaker in self._speakers:
            speaker.again()
        self._orders.again()

    def _settled_messages(self) -> None:
        while (token := self.link.acknowledged()) is not None:
            if not self._orders.acknowledged(token):
                self._events.acknowledged(token)

    def _see_what_is_lost(self, now: Nanos) -> None:
        """Have everything that is retained told once more where the library that it was written in is another one, or wiped."""
        is_lost = self._shelf.changes != self._changes
        if not is_lost and now >= self._next_miss:
            self._next_miss = now + MISS_EVERY
            is_lost = self._obeying.is_bereft()
        if is_lost:
            self._changes = self._shelf.changes
            self._obeying.begin_anew()
            self.link.listen_anew()

    def _settle(self) -> None:
        """Go by what the centre desires."""
        desired = self._obeying.desired
        if desired == self._desired:
            return
        self._desired = desired
        self.link.pace = Pace(self._wanted.player, desired.players)
        self._reporting.desired(self._wanted.groups, desired.report_s)

    def _topics(self) -> tuple[str, ...]:
        ours = topics.heard_by(self._wanted.player, self._wanted.groups)
        return (*ours, BIRTH) if self._home else ours

    def _status(self, *, is_online: bool) -> Outgoing:
        said = Status(is_online, self._boot, __version__)
        return self._sealing.message(Kind.STATUS, said, qos=AT_LEAST_ONCE, retain=True)

    def _begun(self) -> int:
        """Return how often the process has begun, this time counted; 0: it cannot be written down."""
        with contextlib.suppress(LibraryError):
            orders = self._shelf().orders
            orders.raise_sequence(STARTS, (orders.sequence(STARTS) or 0) + 1)
            return orders.sequence(STARTS) or 0
        return 0


def key_of(file: str | None) -> Ed25519PublicKey | None:
    """Return the key whose signature counts; None: nobody's, and why not is logged where a file was named."""
    if file is None:
        _log.info("nobody orders anything from afar: no `centre:` is named")
        return None
    try:
        with Path(file).open("rb") as opened:
            return public_key(opened.read(MAX_PEM))
    except OSError as error:
        why = error.strerror or str(error)
    except OperatorError as error:
        why = str(error)
    _log.error("the centre's key cannot be used: nobody is obeyed", file=file, why=why)
    return None


def run(
    config: str | None,
    data: str | None,
    *,
    clock: TrustedClock,
    heartbeat: Heartbeat,
    stopped: threading.Event,
    reload: threading.Event,
) -> None:
    """Belong to the fleet until *stopped*; anew on *reload*, and when another process has taken in a new configuration."""
    copy = Copy(config, data)

    def alive() -> None:
        heartbeat.beat(clock.monotonic(), presented=False)

    while not stopped.is_set():
        reload.clear()
        stamp = copy.stamp()
        wanted = copy.read()
        with ExitStack() as stack:
            belonging: Belonging | None = None
            if wanted:
                belonging = Belonging(wanted, copy.folder, clock=clock)
                stack.callback(belonging.close)
                belonging.start()
            next_look = clock.monotonic() + LOOK_EVERY
            while not stopped.is_set() and not reload.is_set():
                now = clock.monotonic()
                alive()
                if now >= next_look:
                    next_look = now + LOOK_EVERY
                    if copy.stamp() != stamp:
                        break
                if belonging:
                    belonging.step(now, alive)
                    clock.wait(belonging.link.news, TICK)
                    belonging.link.news.clear()
                else:
                    clock.wait(stopped, TICK)
