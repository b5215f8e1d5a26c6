"""Who works around the frame loop, and why it comes back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from player.clock import Clock
from player.heartbeat import Heartbeat
from player.render.protocol import Renderer
from player.screen.keys import EndKeys
from player.screen.loader import Loader
from player.screen.trace import Trace
from player.screen.watch import Watch
from player.screen.window import Window
from player.screen.writer import Writer


class Ending(Enum):
    """Why the loop came back."""

    STOPPED = auto()
    ASKED = auto()
    """A person at the window asked for the end."""
    RELOAD = auto()
    RESIZED = auto()
    """The display has another size: the window is to be opened anew."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works around the loop."""

    window: Window
    renderer: Renderer
    loader: Loader
    writer: Writer
    watch: Watch
    keys: EndKeys
    heartbeat: Heartbeat
    clock: Clock
    trace: Trace
