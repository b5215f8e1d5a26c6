"""Who makes room when too many connections are open: pure.

Of whoever has the most of them, the first to go is one that has been silent; and who has just come gets the time to speak. So one
address that floods us, whatever it says, hangs up on itself, and even somebody beside it is heard.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Final, Protocol, TypeVar

SILENT: Final = 0
SPEAKING: Final = 1
"""In the middle of what they ask."""
WORKING: Final = 2
"""Asked in full, and not answered yet."""
SENT: Final = 3
"""What is being sent, and is long: a stream, an export. Only people who have logged in get such."""


class Seat(Protocol):
    """One connection."""

    @property
    def number(self) -> int:
        """Higher than all that came before."""
        ...

    @property
    def network(self) -> str:
        """Where it comes from; what one household has counts as one."""
        ...

    @property
    def rank(self) -> int:
        """What it is at."""
        ...


S = TypeVar("S", bound=Seat)


def first_to_go(seats: Collection[S]) -> S:
    """Return which of *seats*, two at least, is to make room for the newest."""
    newest = max(seat.number for seat in seats)
    held = Counter(seat.network for seat in seats if seat.number != newest)
    numbers = sorted(seat.number for seat in seats)
    young = numbers[len(numbers) // 2]  # who came when half of the others were there already

    def claim(seat: S) -> tuple[int, int, int]:
        rank = seat.rank if seat.number < young else SENT
        return -held[seat.network], rank, seat.number

    return min((seat for seat in seats if seat.number != newest), key=claim)
