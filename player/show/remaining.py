"""How much of a slot is still to be seen: what is spread over it must be over when it is. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from player.schedule.desired import Key, Wanted
from player.schedule.rules import Do
from player.units import Nanos

MOST_TURNS: Final = 16  # changes of a schedule that are looked at ahead; at the next slide it is asked again


def time_of(key: Key, ask: Callable[[Nanos], Wanted], start: Nanos, end: Nanos) -> Nanos:
    """Return for how long a slot's own show is seen between two instants: not where another one is on, and not in the dark.

    *ask* says what is wanted at an instant. Of what lies behind the first sixteen changes all counts.
    """
    seen, at = 0, start
    for _ in range(MOST_TURNS):
        if at >= end:
            return seen
        wanted = ask(at)
        until = min(max(wanted.until, at + 1), end)
        is_dark = wanted.quiet is not None and wanted.quiet.do is Do.DARK
        seen += until - at if wanted.key == key and wanted.is_own and not is_dark else 0
        at = until
    return seen + end - at


def slot_ends(wanted: Wanted, ask: Callable[[Nanos], Wanted], at: Nanos) -> Nanos | None:
    """Return when the slot that is *wanted* at an instant is over, were all its time from then on in one piece; None: none is."""
    if wanted.key is None or wanted.end is None:
        return None
    return at + time_of(wanted.key, ask, at, wanted.end)
