"""Which shows were on the wall, for the journal: begun, joined late, ended. A restart in the middle of a show is no news.

What was to be on and was not, `attending` knows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from player.library import chronicle
from player.library.orders import Orders
from player.units import Nanos

BEGUN: Final = "show begun"
JOINED: Final = "joined late"
ENDED: Final = "show ended"
KINDS: Final = (BEGUN, JOINED, ENDED)
"""Kinds of lines: `{"show": …, "slot": …, "start": …, "why": …}`."""


@dataclass(frozen=True, slots=True)
class Up:
    """A show that is on the wall."""

    show: str
    slot: str | None = None
    """None: no slot's, the fallback or by hand."""
    start: Nanos | None = None
    """When its slot began; None: it has none."""
    why: str = ""
    is_late: bool = False
    """Its slot had begun when this player came."""

    @property
    def key(self) -> tuple[str, str | None, Nanos | None]:
        """What makes it another one."""
        return self.show, self.slot, self.start


class Curtain:
    """Writes what begins and what ends; used by the writer's thread alone."""

    def __init__(self) -> None:
        self._open: Up | None = None
        self._is_known = False

    def write(self, orders: Orders, up: Up, *, at: Nanos) -> None:
        """Let the journal say that *up* is on the wall from *at* on, unless its last word was that.

        Raises:
            LibraryError: the journal cannot be read or written; nothing is said twice when this is called again.
        """
        if not self._is_known:
            self._open, self._is_known = _last(orders), True
        if self._open and self._open.key == up.key:
            return
        if self._open:
            orders.note(ENDED, _what(self._open, why=up.why), at=at)
            self._open = None
        orders.note(JOINED if up.is_late else BEGUN, _what(up, why=up.why), at=at)
        self._open = up


def _last(orders: Orders) -> Up | None:
    """Return the show that the journal has on the wall."""
    found = [each for kind in KINDS for each in chronicle.entries(orders.connection, limit=1, kinds=(kind,), is_whole=True)]
    last = max((each for each in found if each.mark.writer == orders.writer), key=lambda each: each.mark.number, default=None)
    if last is None or last.kind == ENDED:
        return None
    try:
        what: object = json.loads(last.what)
    except (ValueError, RecursionError):  # somebody has changed it
        return None
    match what:
        case {"show": str(show), "slot": str() | None as slot, "start": int() | None as start}:
            return Up(show, slot, start)
        case _:
            return None


def _what(up: Up, *, why: str) -> dict[str, object]:
    return {"show": up.show, "slot": up.slot, "start": up.start, "why": why}
