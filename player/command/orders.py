"""Orders as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from player.units import SECOND, Nanos

MAX_LENGTH: Final[Nanos] = 31 * 24 * 3600 * SECOND  # a campaign is eight days; anything longer is a slip of the finger
UNATTENDED: Final[Nanos] = 15 * 60 * SECOND  # a test card or handles that nobody takes away are branding on a memorial
MAX_SETTING_UP: Final[Nanos] = 4 * 3600 * SECOND  # an evening's work on a wall; whoever needs longer orders it again
BRIGHTEST: Final = 100
REFUSED: Final = "refused: "
"""What the answer to an order begins with that was not carried out."""
BY_KEY: Final = "keyboard"
"""Who gave an order, for the record, where nobody's name is known."""
BY_FILE: Final = "the file dark"
EVERYWHERE: Final = "*"
"""As the source of a withdrawal: every source."""


class Plain(StrEnum):
    """Orders of one word."""

    NEXT = "next"
    PREVIOUS = "previous"
    HOLD = "hold"
    RESUME = "resume"
    DARK = "dark"
    LIGHT = "light"
    END = "end"
    """The show that is on is over: the slot that runs, or what was put on by hand."""
    AUTO = "auto"
    """Back to the schedule, as if nobody had touched anything."""
    IDENTIFY = "identify"
    RELOAD = "reload"


@dataclass(frozen=True, slots=True)
class Go:
    """Put a show on."""

    show: str
    length: Nanos | None = None
    """None: until somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Extend:
    """Let the show that is on go on for longer than it would."""

    length: Nanos


@dataclass(frozen=True, slots=True)
class Dim:
    """How bright the picture is to be, 0 to 100."""

    level: int


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take a photo down, at once and for ever."""

    item: str
    source: str = EVERYWHERE


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Show a test card, for a time."""

    name: str | None
    """None: take it away."""
    output: str | None = None
    """None: every output."""
    length: Nanos = UNATTENDED


@dataclass(frozen=True, slots=True)
class Calibrate:
    """Let keys edit how outputs are shaped, for a time."""

    output: str | None = None
    """Where editing begins; None: at the first."""
    length: Nanos = UNATTENDED
    """After the last key."""
    is_over: bool = False


Command: TypeAlias = Plain | Go | Extend | Dim | Withdraw | ShowCard | Calibrate


BRING_LIGHT: Final = frozenset({Plain.LIGHT, Plain.AUTO})
"""What ends the dark that was ordered: nothing else does."""


def lasts(command: Command) -> bool:
    """Whether *command* is right whenever it is obeyed: it says how the wall is to be, and not what is to happen now."""
    return isinstance(command, Dim) or command is Plain.DARK or command in BRING_LIGHT
