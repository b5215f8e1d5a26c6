"""Programs that a demonstration or a rehearsal starts beside itself: their log goes into a file, and they end together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.units import MILLISECOND, Nanos
from player.ward import Ward

LAST: Final = 5  # lines of a log that are told
_INTO_A_FILE: Final = ("/bin/sh", "-c", 'exec "$@" >>"$0" 2>&1')
_LOOK_EVERY: Final[Nanos] = 20 * MILLISECOND


def logged(argv: Sequence[str], log: Path) -> tuple[str, ...]:
    """Return what starts a program so that what it says goes to the file *log*: it would talk over what is said here."""
    return (*_INTO_A_FILE, str(log), *argv)


def last_words(log: Path) -> str:
    """Return the end of a *log*; empty when there is none."""
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-LAST:]) if log.exists() else ""


def end_all(wards: Sequence[Ward], clock: Clock, *, grace: Nanos) -> None:
    """End programs: all are asked first, and killed after a *grace*; return when none is left."""
    never, began = threading.Event(), clock.monotonic()
    for ward in wards:
        ward.terminate(began)
    while any(ward.is_up and ward.reap() is None for ward in wards):
        if clock.monotonic() - began > grace:
            for ward in wards:
                ward.kill(began)
        clock.wait(never, _LOOK_EVERY)
