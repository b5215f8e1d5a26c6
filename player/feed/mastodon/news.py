"""What an account's stream tells us (https://docs.joinmastodon.org/methods/streaming/). It hastens; polling stays the truth.

Only a deletion is acted on, for it can be told by its number alone. Whatever else concerns the boosts is a reason to poll now;
the rest of an account's daily life is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from player.errors import FeedError
from player.feed import loose
from player.feed.document import document
from player.feed.item import Withdrawal
from player.feed.roll import Roll, withdrawals
from player.feed.streaming import Event

_POSTED: Final = frozenset({"update", "status.update"})
_DELETED: Final = "delete"
_SOURCE: Final = "the stream"


@dataclass(frozen=True, slots=True)
class Heard:
    """What follows from an event."""

    withdrawn: tuple[Withdrawal, ...] = ()
    is_reason_to_poll: bool = False


def heed(event: Event, *, roll: Roll, account: str) -> Heard:
    """Return what follows from *event*.

    Args:
        event: From the stream.
        roll: Of the last walk.
        account: The organiser's id.
    """
    if event.name == _DELETED:
        return _deleted(event.data.strip().strip('"'), roll)
    if event.name in _POSTED:
        return Heard(is_reason_to_poll=_concerns_us(event.data, roll, account))
    return Heard()


def _deleted(name: str, roll: Roll) -> Heard:
    """A deleted post is withdrawn. A deleted boost was taken back, or its post was deleted: the next walk and question tell."""
    items = roll.items_of(name)
    if items:
        return Heard(withdrawals([items], "deleted where it was posted"), is_reason_to_poll=True)
    return Heard(is_reason_to_poll=name in roll.boosts)


def _concerns_us(data: str, roll: Roll, account: str) -> bool:
    try:
        status = document(data.encode("utf-8", "replace"), url=_SOURCE, wanted="a status")
    except FeedError:
        return True  # nobody can tell
    by = loose.identity(loose.record(status.get("account")).get("id"))
    boosted = loose.record(status.get("reblog"))
    names = {loose.identity(status.get("id")) or "", loose.identity(boosted.get("id")) or ""}
    return (by == account and bool(boosted)) or any(roll.items_of(name) for name in names)
