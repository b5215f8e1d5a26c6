"""A data folder in which a screen says how it is, for whatever looks at one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from player.console.looks import now
from player.console.looks.duty import Duties
from player.console.looks.health import Level
from player.console.looks.heard import listened
from player.console.looks.now import Now, look
from player.console.looks.processes import Processes
from player.library.heard import STATUS
from player.library.leftovers import PREVIEW
from player.library.library import Library
from player.settings import Configuration, with_data
from player.timekeeping import ClockState
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.home import CLEAN, Home
from tests.library.shelf import Shelf

SAID: dict[str, Any] = {
    "at": OPENING,
    "show": "evening",
    "slot": "nights",
    "why": "wed 19:00",
    "until": OPENING + 3600 * SECOND,
    "by_hand": False,
    "until_by_hand": None,
    "dark": False,
    "held": False,
    "clock": "synced",
    "clock_trusted": True,
    "clock_why": "",
    "dim": 100,
    "cards": {},
    "editing": None,
    "light": 1.0,
    "rung": "live",
    "slide": "pair",
    "since": OPENING - 20 * SECOND,
    "ends": OPENING + 10 * SECOND,
    "photos": ["wall/a", "wall/b/with/slashes"],
    "coming": {"slide": "photo", "photos": ["wall/c"]},
    "next": "night",
    "frames": {
        "frames": 100,
        "late": 2,
        "median_ms": 4.0,
        "p99_ms": 9.0,
        "most_ms": 12.0,
        "work_s": 0.4,
        "histogram": [[8, 16], [90, 8, 2]],
    },
}


class Place:
    """A data folder in which a screen says how it is."""

    def __init__(self, folder: Path) -> None:
        self.configuration: Configuration = with_data(Home(folder).clean(CLEAN), str(folder / "data"))
        self.data = folder / "data"
        self.shelf = Shelf(self.data, "wall")

    def says(self, **changes: object) -> None:
        """Have the screen say something."""
        (self.data / STATUS).write_text(json.dumps(SAID | changes))

    def keeps_picture(self, at: Nanos) -> None:
        """Have a picture kept."""
        (self.data / PREVIEW).write_bytes(b"a picture")
        os.utime(self.data / PREVIEW, ns=(at, at))

    def look(self, at: Nanos = OPENING, *, library: Library | None = None, **rest: Any) -> Now:
        """Look."""
        clock, library = FakeClock(at), library or self.shelf.library
        duty = Duties().look(library.held_orders, Processes(proc=self.data), clock)
        given: dict[str, Any] = {"word": listened(self.data, clock), "duty": duty, "kernel": lambda: ClockState.SYNCED, **rest}
        return look(self.configuration, library, at, **given)

    def picture(self, at: Nanos = OPENING) -> bytes | None:
        """Ask for the picture."""
        return now.picture_bytes(self.data, self.shelf.library, listened(self.data, FakeClock(at)))


def row(found: Now, part: str) -> tuple[Level, str]:
    """How a part is."""
    each = next(row for row in found.health if row.part == part)
    return each.level, each.sentence.key


def rows(found: Now) -> set[tuple[Level, str]]:
    """How all parts are."""
    return {(each.level, each.sentence.key) for each in found.health}
