"""A show that is well under way: where most faults find it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from player.show.playlist import PhotoStep
from player.units import SECOND
from tests.fakes.showing import Showing

NAMES: Final = ("a", "b", "c", "p1", "p2", "p3", "p4")


def playing(folder: Path) -> Showing:
    """Return a show of these photos, alone and in pairs, that has been on for a minute."""
    show = Showing(folder, kinds=(PhotoStep(), PhotoStep(pairs=True)))
    show.publish(*NAMES)
    show.play(60 * SECOND)
    return show
