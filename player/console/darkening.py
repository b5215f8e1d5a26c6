"""Orders for dark are never refused, so a flood of them must cost little: what comes within a moment is one order.

Of people by name each has their own, for the record. Of those without a name all are one, whoever gave it; and when they go on
coming, dark is left as its file alone, which the screen obeys at once: thousands of rows would bury what people ordered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from player.clock import Clock
from player.console.door.limits import Buckets, Rate
from player.units import MILLISECOND, SECOND, Nanos

T = TypeVar("T")

MOMENT: Final[Nanos] = 250 * MILLISECOND  # nobody means two orders by it; whatever else changes the wall, the next one puts right
NAMELESS_ROWS: Final = Rate(20, 30 * SECOND)  # on record: more than an evening of people needs, and two a minute of a flood
_NAMELESS: Final = "nameless"


@dataclass(frozen=True, slots=True)
class _Begun(Generic[T]):
    answer: asyncio.Task[T]
    at: Nanos


class Darkening(Generic[T]):
    """Which orders for dark are under way. For the thread of the event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun: dict[str | None, _Begun[T]] = {}
        self._rows = Buckets(NAMELESS_ROWS)
        self._under_way: set[asyncio.Task[T]] = set()
        self._is_on_record = False

    async def join(self, name: str | None, order: Callable[[bool], Coroutine[Any, Any, T]]) -> T:
        """Return the answer to the order of this moment; without one, give it.

        Args:
            name: Of who orders; None: nobody knows.
            order: Gives the order. Whether it is to be put on record is what it is told.
        """
        now = self._clock.monotonic()
        self._begun = {whose: each for whose, each in self._begun.items() if now - each.at < MOMENT}
        found = next(reversed(self._begun.values()), None) if name is None else self._begun.get(name)
        if found is None:
            found = _Begun(asyncio.create_task(order(self._is_for_the_record(name, now))), now)
            self._begun[name] = found
            self._under_way.add(found.answer)
            found.answer.add_done_callback(self._under_way.discard)
        return await asyncio.shield(found.answer)  # whoever gives up waiting takes nothing from the others

    def end(self) -> None:
        """Something else is ordered: whoever wants it dark after that gives another order, and it stands on record."""
        self._begun.clear()
        self._is_on_record = False

    def _is_for_the_record(self, name: str | None, now: Nanos) -> bool:
        """Whether an order is put on record: all by name, and as many without one as have room.

        The first after another order always is: the journal is to say that it overruled that.
        """
        if name is None and self._is_on_record:
            if self._rows.wait(_NAMELESS, now):
                return False
            self._rows.take(_NAMELESS, now)
        self._is_on_record = True
        return True
