"""What a person at the window may do: end the run, from a terminal alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from player.screen.window import Pressed
from player.units import SECOND, Nanos

TWICE_WITHIN: Final[Nanos] = 2 * SECOND  # one stray Escape before an audience ends nothing


class EndKeys:
    """Escape twice within two seconds, or closing the window."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._last: Nanos | None = None

    def end_asked(self, pressed: Iterable[Pressed], now: Nanos) -> bool:
        """Return whether a person has asked to end, with *pressed* at *now* (monotonic)."""
        for what in pressed:
            if what is Pressed.CLOSE and self._enabled:
                return True
            if what is Pressed.ESCAPE and self._enabled:
                if self._last is not None and now - self._last <= TWICE_WITHIN:
                    return True
                self._last = now
        return False
