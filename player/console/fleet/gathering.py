"""What collects what players say while the console runs, and nobody else does: a thread that takes over when another ends.

It also sees to it that the broker keeps what players are to hear, as `weremember fleet collect` does.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from player import log
from player.centre import collecting, founding
from player.centre.collecting import Collector
from player.centre.keeping import Keeper
from player.centre.signing import Signer
from player.centre.store import Store
from player.clock import Clock
from player.errors import WeRememberError
from player.units import MILLISECOND, SECOND, Nanos

STEP_S: Final = 0.25  # that a batch is waited for: as long as ending takes
TRIED_AGAIN: Final[Nanos] = 2 * SECOND  # whether the other collector has ended, or what went wrong is mended
JOINED_WITHIN: Final[Nanos] = 300 * MILLISECOND  # the supervisor waits for four times that; a connection that hangs takes longer

_log = log.get("console")


class Gathering:
    """The thread. It begins with `start`, and ends with `close`."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Collect in the centre's *folder*."""
        self._folder = folder
        self._clock = clock
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="collector")
        self._idle = log.Edge(_log, begins="the console does not collect", ends="the console collects what players say")

    @property
    def has_fallen(self) -> bool:
        """Whether it has ended without being told to: a fault of ours, and nobody collects."""
        return not self._stopped.is_set() and self._thread.ident is not None and not self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Begin to end."""
        self._stopped.set()

    def close(self) -> None:
        """End; what hangs in a connection is left behind."""
        self.stop()
        if self._thread.is_alive():
            self._thread.join(JOINED_WITHIN / SECOND)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._collect()
            except WeRememberError as error:
                self._idle.note("", holds=True, why=str(error))
                self._clock.wait(self._stopped, TRIED_AGAIN)

    def _collect(self) -> None:
        """Collect until the end.

        Raises:
            WeRememberError: another one does, or it cannot be done now.
        """
        office = founding.opened(self._folder)
        with collecting.alone(self._folder), Store(self._folder) as store, collecting.link_of(office) as link:
            link.start()
            collector = Collector(store, link, self._clock)
            signer = Signer(office.signing_key(), store, self._clock)
            keeper = Keeper(store, link, signer, self._clock, players=office.centre.players)
            self._idle.note("", holds=False)
            while not self._stopped.is_set():
                collector.step(0.0 if keeper.is_busy else STEP_S)
                keeper.step()
