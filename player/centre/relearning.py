"""What the broker kept of our own words, heard again: whether it is as new as the ledger, and what a restored ledger has lost."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from player import log
from player.centre.store import Store
from player.fleet import envelope, messages, topics
from player.fleet.messages import Withdrawn
from player.fleet.wire import WireError
from player.units import MILLISECOND

BY: Final = "an earlier hint"
"""By whom, of what a hint at the broker tells and the ledger has no more: nobody knows."""

_log = log.get("centre")


def heard(payload: bytes, key: Ed25519PublicKey) -> tuple[Withdrawn, ...]:
    """Return what the hint for all withdraws that the broker keeps; nothing of one that is not signed by our own *key*."""
    try:
        return messages.withdrawals(envelope.opened(payload, topics.ALL_HINT, key).body)
    except WireError:
        return ()


def take_back(store: Store, told: tuple[Withdrawn, ...]) -> None:
    """Write down what was *told* and stands in the ledger no more: it was restored from an older backup.

    Raises:
        LibraryError: it cannot be written.
    """
    with store.reading() as connection:
        found = "SELECT 1 FROM withdrawals WHERE w=?"
        lost = [each for each in told if connection.execute(found, (each.number,)).fetchone() is None]
    if not lost:
        return
    with store.changing() as connection:
        connection.execute("DELETE FROM pictures")  # one of them may show it
        connection.executemany(
            "INSERT OR IGNORE INTO withdrawals VALUES(?,?,?,?,?,?)",
            [(each.number, each.source, each.item, each.reason, each.at * MILLISECOND, BY) for each in lost],
        )
    store.settle()
    _log.warning("the broker keeps withdrawals that this centre has forgotten: they are taken in again", count=len(lost))
