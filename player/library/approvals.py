"""Approvals seen, for the journal: who said that what may be shown. Many to a line, ids and the beginnings of hashes alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final, TypeAlias

from player.library import journal
from player.library.database import transaction
from player.library.orders import ORDERS, Orders
from player.units import Nanos

TO_A_LINE: Final = 500  # 25 kB; a hundred thousand items are two hundred lines
TOGETHER: Final = 10  # lines a transaction: each waits for the disk, and nobody waits for more than a few milliseconds
DIGITS: Final = 16
"""Of a SHA-256: enough to prove which bytes were meant."""

Seen: TypeAlias = tuple[str, str | None, str]
"""An item's id, the SHA-256 that was approved (None: none was named), and the state that it has from now on."""


def note_approvals(
    orders: Orders,
    source: str,
    sequence: int | None,
    by: Sequence[str],
    items: Iterable[Seen],
    *,
    at: Nanos,
) -> int:
    """Write down what *source* approved (or made pending) with this *sequence*, signed *by* whom; return how many lines.

    To be called with what changed alone: the rest was seen before.
    """
    remaining = ([item, (sha256 or "")[:DIGITS], state] for item, sha256, state in items)
    count = 0
    while part := list(islice(remaining, TO_A_LINE * TOGETHER)):
        with transaction(orders.connection, ORDERS.name):
            for i in range(0, len(part), TO_A_LINE):
                what: dict[str, object] = {
                    "source": source,
                    "sequence": sequence,
                    "by": list(by),
                    "items": part[i : i + TO_A_LINE],
                }
                journal.append(orders.connection, writer=orders.writer, kind="approvals", what=what, at=at)
                count += 1
    return count
