"""The windows of a wall: one on each display that has something to show, opened, lost, opened again, and flipped together.

A window that is lost is opened again at once; one after another that is lost soon after it was opened, only after a pause, lest
the wall flicker. Where something insists on another size than the display's, as window managers may, that is accepted in the end.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, TypeAlias

from player import log
from player.clock import Clock
from player.errors import OperatorError
from player.screen.displays import Found
from player.screen.panes import Pane, Panes
from player.units import SECOND, Nanos, Size

OPEN_AGAIN: Final[Nanos] = 5 * SECOND  # after a window could not be opened, or was lost before it was as old as that
PATIENCE: Final = 2  # windows in turn that are lost so soon: then there is a pause, and the next one may keep a size of its own

Key: TypeAlias = tuple[str, str, str]
"""Of a display, whatever its number and size."""

_log = log.get("screen")


@dataclass(slots=True)
class _Tried:
    """What became of the windows on a display as it lies and as large as it is now."""

    bounds: object
    opened: Nanos = 0
    """When the last one was."""
    lost: int = 0
    """How many were lost in turn, all but the first of them soon after they were opened."""
    not_before: Nanos = 0


class Hanging:
    """Windows by their displays."""

    def __init__(self, panes: Panes, clock: Clock) -> None:
        """Open windows with *panes*."""
        self._panes, self._clock = panes, clock
        self._open: dict[Key, Pane] = {}
        self._tried: dict[Key, _Tried] = {}
        self._drawn: list[Pane] = []
        """Windows with a picture that nobody has seen."""
        self._leaving: list[Pane] = []
        """Windows that go when their successors are seen."""
        self._broken = log.Edge(_log, begins="a window is lost; it is opened again", ends="a window is back")
        self.has_lost = False
        """Whether one was lost, or took a size of its own, that nobody has looked into yet."""

    def is_due(self, found: Found, now: Nanos) -> bool:
        """Whether a display has no window that covers it, and may get one."""
        pane = self._open.get(found.key)
        is_covered = pane is not None and pane.found.bounds == found.bounds
        return not is_covered and now >= self._past(found).not_before

    def size_on(self, found: Found) -> Size:
        """Return how many pixels a display has for what is shown: its own, unless its window insists on others."""
        pane = self._open.get(found.key)
        return pane.size if pane is not None and pane.found.bounds == found.bounds else found.size

    def open(self, found: Found, now: Nanos) -> None:
        """Cover a display; a window that its successor covers goes when that is seen."""
        past = self._tried[found.key] = self._past(found)
        try:
            pane = self._panes.open(found)
        except OperatorError as error:
            past.not_before = now + OPEN_AGAIN
            self._broken.note(str(found.key), holds=True, display=str(found), why=str(error))
            return
        past.opened = now
        self._broken.note(str(found.key), holds=False, display=str(found))
        old = self._open.get(found.key)
        self._leaving += [old] if old else []
        self._open[found.key] = pane

    def drop_unsound(self) -> bool:
        """Let windows go that were closed or put away; return whether there was any."""
        lost = [key for key, pane in self._open.items() if not pane.is_sound]
        for key in lost:
            self._lose(key, "it was closed or put away")
        return bool(lost)

    def keep(self, there: Collection[Key]) -> None:
        """Let the windows go whose displays are not *there* any more."""
        for key in [key for key in self._open if key not in there]:
            self._open.pop(key).close()
            self._focus()

    def ready(self) -> list[Pane]:
        """Return the windows that can be drawn on, to be flipped next."""
        self._drawn = []
        for key, pane in list(self._open.items()):
            if not pane.is_sound:
                self._lose(key, "it was closed or put away")
            elif pane.fits or self._is_accepted(key, pane):
                self._drawn.append(pane)
            else:
                self._lose(key, "its size is not that of its display")
        return list(self._drawn)

    def flip(self) -> None:
        """Show what was drawn, on all of them at once."""
        for pane in self._drawn:
            self._flip(pane)
        for pane in self._leaving:
            pane.close()
        self._leaving.clear()

    def close(self) -> None:
        """Take all windows away."""
        for pane in (*self._open.values(), *self._leaving):
            pane.close()
        self._open.clear()
        self._leaving.clear()

    def _past(self, found: Found) -> _Tried:
        """Return what became of windows on a display; another place or size is another chance."""
        past = self._tried.get(found.key)
        return past if past is not None and past.bounds == found.bounds else _Tried(found.bounds)

    def _flip(self, pane: Pane) -> None:
        key = next((key for key, each in self._open.items() if each is pane), None)
        if key is None:
            return  # lost since it was drawn
        try:
            pane.flip()
        except OperatorError as error:
            self._lose(key, str(error))
            self._tried[key].not_before = self._clock.monotonic() + OPEN_AGAIN

    def _is_accepted(self, key: Key, pane: Pane) -> bool:
        """Whether a window that does not fit keeps the size it has: it did so before, or those before it did not last either."""
        past = self._tried[key]
        is_young = self._clock.monotonic() - past.opened < OPEN_AGAIN
        if pane.size == pane.found.size and not (is_young and past.lost >= PATIENCE):
            return False
        pane.accept()
        self.has_lost = True
        kept = f"{pane.size.width}x{pane.size.height}"
        _log.warning("a window insists on another size than its display has", display=str(pane.found), size=kept)
        return pane.fits

    def _lose(self, key: Key, why: str) -> None:
        pane, past, now = self._open.pop(key), self._tried[key], self._clock.monotonic()
        past.lost = past.lost + 1 if now - past.opened < OPEN_AGAIN else 1
        if past.lost >= PATIENCE:
            past.not_before = now + OPEN_AGAIN
        self._broken.note(str(key), holds=True, display=str(pane.found), why=why)
        pane.close()
        self.has_lost = True
        self._focus()

    def _focus(self) -> None:
        """Some window must hear the keyboard."""
        pane = next(iter(self._open.values()), None)
        if pane:
            pane.focus()
