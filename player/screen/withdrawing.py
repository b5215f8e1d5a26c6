"""What an operator has withdrawn and no disk has taken yet: nobody draws or chooses it meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Final

from player.library.photo import Photo
from player.library.tombstones import WILDCARD

WHY: Final = "withdrawn: by the operator"


class Withdrawing:
    """Shared by the frame loop, the loader and the writer; whoever asks sees one whole set, and never waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # of those who change it
        self.items: frozenset[tuple[str, str]] = frozenset()
        """Source (or the wildcard) and item. Another object whenever it is another set."""
        self.left: set[tuple[str, str]] = set()
        """What of it was up, and left before that was on record; the frame loop's alone."""

    def add(self, source: str, item: str) -> None:
        """From now on *item* is refused."""
        with self._lock:
            self.items |= {(source, item)}

    def recorded(self, source: str, item: str) -> None:
        """It stands in the orders: whoever asks them from now on is told."""
        with self._lock:
            self.items -= {(source, item)}


def refusals(items: frozenset[tuple[str, str]], photos: Iterable[Photo]) -> dict[int, str]:
    """Return the reason by key for each of *photos* that is among *items*, as they were before others were asked."""
    if not items:
        return {}
    return {photo.key: WHY for photo in photos if not items.isdisjoint({(photo.source, photo.item), (WILDCARD, photo.item)})}
