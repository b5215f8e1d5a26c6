"""What the looks of one console remember between two requests: answers that took a moment, and how far the journal was read."""

from __future__ import annotations

from typing import Final

from player.console.looks import capacity
from player.console.looks.capacity import Outlook
from player.console.looks.duty import Duties
from player.console.looks.journal import Verifier
from player.console.looks.kept import Kept
from player.console.looks.processes import Processes
from player.console.looks.seen import Seen
from player.console.looks.under_way import UnderWay
from player.units import SECOND, Nanos

COUNTED_FOR: Final[Nanos] = 5 * SECOND  # counting a million takes 30 ms; whoever looks each second need not count each second
SEARCHES: Final = 4  # under way at once: half of the turns there are, and the last one waits three seconds
SEARCHES_OF_ONE: Final = 2  # one that somebody waits for, and one that they have given up


class Memory:
    """One for each console. Used from its event loop."""

    def __init__(self) -> None:
        self.counts: Kept[dict[str, int]] = Kept(COUNTED_FOR)
        self.capacity: Kept[Outlook] = Kept(capacity.LASTS)
        self.verifier = Verifier()
        self.processes = Processes()
        self.duties = Duties()
        self.searches = UnderWay(most=SEARCHES, of_one=SEARCHES_OF_ONE)
        self.seen = Seen()
