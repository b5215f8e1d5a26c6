"""The signer that goes on for months: at an even pace, and at once when somebody has left a signature."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Final

from player import log
from player.clock import Clock
from player.errors import WeRememberError
from player.publish.signer import sign_once
from player.publish.studio import Studio
from player.units import SECOND, Nanos

LOOK: Final[Nanos] = 2 * SECOND  # at the names in pending/: so that a withdrawal does not wait for the next round
EVERY: Final[Nanos] = 300 * SECOND

_log = log.get("publish")


def keep_signing(studio: Studio, clock: Clock, *, every: Nanos, stopped: Event, say: Callable[[str], None]) -> None:
    """Sign every *every* nanoseconds, and soon after anything changed in `pending/`, until *stopped*.

    What goes wrong is said once when it begins and once when it ends; the next round tries again.
    """
    failing = log.Edge(_log, begins="the signer cannot sign", ends="the signer signs again")
    warned: frozenset[str] = frozenset()
    damaged: frozenset[str] = frozenset()
    while not stopped.is_set():
        seen = _names(studio)
        try:
            signing = sign_once(studio, clock)
        except WeRememberError as error:
            failing.note("signing", holds=True, error=error)
        else:
            failing.note("signing", holds=False)
            for line in signing.news:
                say(line)
            # A draft that is being copied is whole a round later: only what is damaged twice is.
            lines = (*signing.warnings, *(line for line in signing.damaged if line in damaged))
            for line in lines:
                if line not in warned:
                    _log.warning("a person must act", what=line)
            warned, damaged = frozenset(lines), frozenset(signing.damaged)
            seen &= _names(studio)  # without what it dropped; what came while it worked is still news
        until = clock.monotonic() + every
        while not stopped.is_set() and clock.monotonic() < until and _names(studio) == seen:
            clock.wait(stopped, min(LOOK, max(1, until - clock.monotonic())))


def _names(studio: Studio) -> frozenset[Path]:
    """Return what lies in `pending/`, by name: drafts are named by their content, and a signature is a file of its own."""
    return frozenset((studio.folder / "pending").rglob("*"))
