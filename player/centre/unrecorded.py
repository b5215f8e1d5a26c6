"""A withdrawal while the centre's file cannot be written (a full disk): told all the same, for harm runs one way.

It is not retained: what the broker keeps may hold other withdrawals, and nobody can look up which.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from player.centre import hinting, withdrawing
from player.centre.founding import opened
from player.centre.ledger import Withdrawal
from player.centre.link import Message
from player.clock import Clock
from player.feed.text import clean
from player.fleet import envelope, topics
from player.fleet.messages import MAX_REASON
from player.fleet.topics import CENTRE
from player.units import MILLISECOND


def tell(folder: Path, text: str, reason: str, clock: Clock) -> None:
    """Tell those players that are online to take down what *text* names, in either meaning, without writing anything.

    Raises:
        OperatorError: it names nothing, or the key cannot be read.
        NetworkError: the broker does not have it.
    """
    office = opened(folder)
    now = clock.wall()
    at = now // MILLISECOND  # where numbers begin that nobody remembers: see `Store.next_withdrawal`
    names = withdrawing.names_of(text, ())
    taken = [Withdrawal(at + i, source, item, clean(reason, MAX_REASON), now, "") for i, (source, item) in enumerate(names)]
    body = hinting.for_everybody(taken).body()
    payload = envelope.seal(body, to=topics.ALL_HINT, seq=at, ts=at, key=office.signing_key())
    with office.link(f"{CENTRE}-{secrets.token_hex(4)}", topics=()).open() as link:
        link.publish_all((Message(topics.ALL_HINT, payload),))
