"""That a console is started at the centre of a fleet, and what of it is said at the start."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from player.library.heard import STATUS
from player.places import RUN_DATA

if TYPE_CHECKING:
    from player.console.fleet.voice import Speaking


@dataclass(frozen=True, slots=True)
class Fleet:
    """A fleet, for whoever furnishes a console of it."""

    folder: Path
    """The centre's."""
    has_wall: bool = False
    """Whether there is a wall at this machine, too."""
    voice: Speaking | None = None
    """How players are spoken to; None: by the centre's broker. Tests have one of their own."""


def has_wall(data: Path) -> bool:
    """Whether a wall is here: the console belongs to a whole player, or a screen has ever said something in its data folder."""
    return RUN_DATA in os.environ or (data / STATUS).exists()
