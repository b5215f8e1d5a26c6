"""The centre's folder, for handlers: looked into by one thread, acted in by others, so that no list keeps an order waiting.

Each order has a thread and a connection of its own: dark never waits for the answers to another one.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from player import log
from player.centre.store import Store
from player.clock import Clock
from player.console.fleet.gathering import Gathering
from player.console.fleet.shapes import Told
from player.console.fleet.voice import Speaking, Voice, speaking
from player.console.lanes import PATIENCE, Lanes, SlowError
from player.errors import LibraryError, WeRememberError
from player.units import MILLISECOND, SECOND, Nanos

T = TypeVar("T")

ACTING: Final = 8  # orders that wait for their answers at once; whoever wants one more waits for the first of them
ROUNDS: Final = 20  # orders to several, as far as the page tells how they go
PATIENT: Final[Nanos] = 6 * SECOND  # with one player, whose answer is waited for
BEGUN_WITHIN: Final[Nanos] = 2500 * MILLISECOND  # with several: who refuses does so at once; answers come on the page

_log = log.get("console")


@dataclass(slots=True)
class Round:
    """An order to one or several players, and how far it has come."""

    number: int
    told: Told
    group: str | None
    by: str
    at: Nanos
    chosen: int = 0
    answered: int = 0
    sent: int = 0
    is_over: bool = False
    problem: str = ""
    """Why it was not given, or not to all; empty: it was."""


class Centre:
    """One centre. Its methods are for the event loop; what they are given to do is done in threads."""

    def __init__(self, folder: Path, *, lanes: Lanes, clock: Clock, voice: Speaking | None = None) -> None:
        """Work in *folder*; tests have a *voice* of their own."""
        self.folder = folder
        self.rounds: deque[Round] = deque(maxlen=ROUNDS)
        """Orders to several players, the newest last."""
        self._lanes = lanes
        self._clock = clock
        self._voice = voice or speaking
        self._stopped = threading.Event()
        self._looking: Executor = ThreadPoolExecutor(1, "fleet")
        self._writing: Executor = ThreadPoolExecutor(1, "fleet-writing")
        self._acting: Executor = ThreadPoolExecutor(ACTING, "fleet-acting")
        self._store: Store | None = None  # the looking thread alone touches it
        self._under_way: set[asyncio.Future[None]] = set()
        self._gathering: Gathering | None = None

    def gather(self) -> None:
        """Collect what players say, while nobody else does."""
        self._gathering = Gathering(self.folder, self._clock)
        self._gathering.start()

    @property
    def has_fallen(self) -> bool:
        """Whether nobody collects any more, by a fault of ours."""
        return self._gathering is not None and self._gathering.has_fallen

    async def read(self, look: Callable[[Store], T]) -> T:
        """Return what *look* finds in the store; it must keep nothing of what it was given.

        Raises:
            LibraryError: there is none that can be read, or it does not answer in time.
        """
        return await self._lanes.run(self._looking, lambda: self._looked(look), within=PATIENCE)

    async def write(self, work: Callable[[Store], T]) -> T:
        """Return what comes of *work*, which writes in a store of its own.

        Raises:
            LibraryError: it could not be written.
        """

        def writing() -> T:
            with Store(self.folder) as store:
                return work(store)

        return await self._lanes.run(self._writing, writing)

    async def speak(self, work: Callable[[Voice], T], *, within: Nanos = PATIENT) -> T:
        """Return what comes of *work*, which speaks to players.

        Raises:
            SlowError: it takes longer than *within*, and goes on.
            WeRememberError: there is no broker, no key, or whatever *work* raises.
        """

        def speech() -> T:
            with self._voice(self.folder, self._clock, self._stopped) as voice:
                return work(voice)

        return await self._lanes.run(self._acting, speech, within=within, is_done_late=True)

    async def begin(self, found: Round, work: Callable[[Voice], None]) -> None:
        """Begin *work*, of which *found* tells how far it has come; return when it is over, or under way."""
        self.rounds.append(found)
        going = asyncio.ensure_future(self._round(found, work))
        self._under_way.add(going)
        going.add_done_callback(self._under_way.discard)
        await asyncio.wait([going], timeout=BEGUN_WITHIN / SECOND)

    def stop(self) -> None:
        """Begin to let go of the broker, which takes a moment."""
        self._stopped.set()
        if self._gathering:
            self._gathering.stop()

    def close(self) -> None:
        """Let go of everything; what hangs is left behind."""
        self.stop()
        if self._gathering:
            self._gathering.close()
        self._looking.submit(self._closed)
        for going in self._under_way:
            going.cancel()
        for executor in (self._looking, self._writing, self._acting):
            executor.shutdown(wait=False)

    async def _round(self, found: Round, work: Callable[[Voice], None]) -> None:
        try:
            await self.speak(work, within=3600 * SECOND)
        except SlowError:  # nobody waits for it any more
            found.problem = "it was given up"
        except WeRememberError as error:
            found.problem = str(error)
            _log.warning("an order to players went wrong", order=found.told.order, by=found.by, why=str(error))
        finally:
            found.is_over = True

    def _looked(self, look: Callable[[Store], T]) -> T:
        store = self._store or Store(self.folder)
        self._store = store
        try:
            return look(store)
        except LibraryError:
            self._closed()  # whatever went wrong, the next one begins anew
            raise

    def _closed(self) -> None:
        store, self._store = self._store, None
        if store:
            store.close()
