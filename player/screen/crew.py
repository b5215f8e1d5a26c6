"""Who works around the frame loop, what a session hands over to the next, and why the loop comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from player.clock import Clock
from player.heartbeat import Heartbeat
from player.render.protocol import Renderer
from player.screen.airing import Airing
from player.screen.attending import Attendance
from player.screen.clips import Clips
from player.screen.easel import Easel
from player.screen.films import Films
from player.screen.fitting import Fitting
from player.screen.keys import EndKeys
from player.screen.loader import Loader
from player.screen.orders_heard import Heard
from player.screen.planner import Planner
from player.screen.showtime import ShowTime
from player.screen.trace import Trace
from player.screen.watch import Watch
from player.screen.writer import Writer
from player.show.light import LIT, Ramp
from player.show.on_air import Manual, Playing
from player.show.plan import Plan
from player.show.scene import Composition


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

    easel: Easel
    renderer: Renderer
    loader: Loader
    writer: Writer
    watch: Watch
    planner: Planner
    keys: EndKeys
    heartbeat: Heartbeat
    clock: Clock
    trace: Trace
    operator_keys: frozenset[str] = frozenset()
    """The keys that order something."""
    label: Composition | None = None
    """The display's name, prepared; None: it is not to be said before the public."""
    fitting: Fitting | None = None
    """Sets outputs up; None where there are none."""
    draws: str = ""
    """What draws, and why, in words."""
    tell: Callable[[str], None] = field(default=lambda _: None)
    """Says something to the operator, where nobody else reads it."""
    films: Films | None = None
    """Where what moves comes from; None where nothing does."""
    clips: Clips | None = None
    """Opens films; None where there are none."""
    has_photos: bool = True
    """Whether any show has photos in it."""
    airing: Airing | None = None
    """Opens streams; None where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What a new session goes on from, so that nobody sees that there was another one before."""

    plan: Plan | None = None
    """None: the plate is up."""
    ramp: Ramp = LIT
    manual: Manual | None = None
    """None: as it is kept in the library."""
    playing: Playing | None = None
    """What the newest slide belongs to."""
    time: ShowTime | None = None
    attendance: Attendance | None = None
    is_recalled: bool = False
    """As `Billing` has it."""
    heard: Heard | None = None
    """What was heard of operators."""
    airing: Airing | None = None
    """The streams that are open."""
    writer: Writer | None = None
    """With all that no disk has taken yet."""
