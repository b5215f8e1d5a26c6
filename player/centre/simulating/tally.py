"""What is counted in a process of light players: plain numbers that only grow, but for those that are there now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, cast

from player.centre.simulating.line import Traffic


@dataclass(slots=True)
class Tally:
    """The counts of one process; those of several are added up."""

    online: int = 0
    """Connected and greeted now."""
    offline: int = 0
    """Cut off on purpose now."""
    attempts: int = 0
    connects: int = 0
    losses: int = 0
    refused: int = 0
    """Connections and messages that the broker refused."""
    deaf: int = 0
    """Subscriptions that it refused."""
    reports: int = 0
    events: int = 0
    untold: int = 0
    """Events without the broker's word that it has them, now."""
    dropped: int = 0
    withdrawn: int = 0
    """Withdrawals acted on, each once a player."""
    disbelieved: int = 0
    """Messages that were not the centre's, or not as they must be."""
    polls: int = 0
    polls_new: int = 0
    """Answered with a body."""
    polls_same: int = 0
    """Answered by 304."""
    polls_failed: int = 0
    polls_behind: int = 0
    """Answered with an older feed than a hint had named."""
    poll_bytes: int = 0
    mischief: int = 0
    """Messages that the misbehaving group sent."""
    thrown_out: int = 0
    """How often the broker threw one of that group out."""
    cpu_ms: int = 0
    traffic: Traffic = field(default_factory=Traffic)
    other: Traffic = field(default_factory=Traffic)
    """Of the misbehaving group; it counts for nobody else."""
    why_lost: str = ""
    """The last reason."""

    def said(self) -> dict[str, object]:
        """Return it for another process."""
        return asdict(self)


def added(found: Iterable[Mapping[str, Any]]) -> Tally:
    """Return the sum of what several processes said."""
    whole = Tally()
    for said in found:
        for each in fields(Tally):
            value, so_far = said.get(each.name), getattr(whole, each.name)
            if isinstance(so_far, Traffic):
                so_far.add(Traffic(**cast("dict[str, int]", value or {})))
            elif isinstance(value, int):
                setattr(whole, each.name, so_far + value)
            elif isinstance(value, str) and value:
                setattr(whole, each.name, value)
    return whole
