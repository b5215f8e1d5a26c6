"""A report as a wall at work makes it, of its usual length: what a light player has in place of a wall."""

from __future__ import annotations

import random
from collections.abc import Sequence

from player import __version__
from player.fleet.voices import ClockSaid, FeedState, Following, Frames, Report


def report(name: str, groups: Sequence[str], feed: int, chance: random.Random) -> Report:
    """Return what the player *name* would report, its feed being of the version *feed*."""
    return Report(
        site=f"Site of {name}",
        groups=tuple(groups),
        show="evening",
        slot="evening",
        slide=f"photo-{chance.randrange(1, 40):04d}",
        rung="live",
        is_dark=False,
        dim=100,
        programme=Following(groups[0], "2027-01-27", "0f3a9c21") if groups else None,
        feeds={"campaign": FeedState("confirmed", chance.randrange(600, 900), feed)},
        clock=ClockSaid("synchronised", chance.randrange(-900, 900), 2_000),
        frames=Frames(16.7, round(17 + chance.random(), 1), chance.randrange(4)),
        disk_mb=41_000,
        temp_c=chance.randrange(40, 70),
        version=__version__,
    )
