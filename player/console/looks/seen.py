"""Which pictures reviewers were given: nobody approves one that never reached them, with scripts or without."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

MOST: Final = 4096  # pictures, of everybody together; whoever comes back to one that was forgotten is given it again


class Seen:
    """Those of this run of the console. Used from one event loop."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._given: OrderedDict[tuple[int, str], None] = OrderedDict()

    def note(self, person: int, mark: str) -> None:
        """Note that somebody was given the picture that has this *mark*."""
        self._given.pop((person, mark), None)
        self._given[person, mark] = None
        while len(self._given) > self._most:
            self._given.popitem(last=False)

    def has(self, person: int, mark: str) -> bool:
        """Whether somebody was given it."""
        return (person, mark) in self._given
