"""Attempts to come in: each counts as failed until it has succeeded, and too many wait."""

from __future__ import annotations

import threading
from typing import Final

from player import log
from player.clock import Clock
from player.console.door.limits import LogIns
from player.console.people.answers import Refused, Why
from player.units import SECOND, Nanos

SAY_EVERY: Final[Nanos] = 60 * SECOND  # that attempts are refused: a flood must not fill the journal

_log = log.get("console")


class Attempts:
    """What was tried lately. Safe from every thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._log_ins = LogIns()
        self._said_at: Nanos | None = None

    def refusal(self, key: str, address: str) -> Refused | None:
        """Return why *key* may not be tried from *address* now; None: it may, and counts as failed until `succeeded`."""
        now = self._clock.monotonic()
        with self._lock:
            length = self._log_ins.ask(key, address=address, now=now)
            is_news = length > 0 and (self._said_at is None or now - self._said_at >= SAY_EVERY)
            if is_news:
                self._said_at = now
        if is_news:  # never what was typed as a name: people type their password there
            _log.warning("log-ins are refused for a while: too many have failed", address=address)
        return Refused(Why.WAIT, length) if length else None

    def succeeded(self, key: str, address: str) -> None:
        """Take back what `refusal` counted: it succeeded, or could not be tried."""
        with self._lock:
            self._log_ins.succeeded(key, address=address)
