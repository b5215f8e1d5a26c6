"""What of a film is to be seen, and what is said in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from player.units import SECOND, Nanos, Size

LEAST: Final[Nanos] = SECOND  # of a film; less is over before it has faded in
LEAST_LEFT: Final[Nanos] = 30 * SECOND  # of a film that was interrupted: for less nobody goes back to it


@dataclass(frozen=True, slots=True)
class Said:
    """What is said in one language."""

    lines: tuple[str, ...]
    language: str
    """BCP 47 tag; empty where nobody knows."""
    is_high: bool = False
    """It belongs to the top of the picture."""


Dialogue: TypeAlias = Mapping[tuple[Nanos, Nanos], Sequence[Said]]
"""What is said from when to when, in nanoseconds of the film's own time, in one or two languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """A film of which it is known that it can be shown, and which part of it is wanted."""

    file: str
    """Its path, whole."""
    size: Size
    """In pixels, upright, pixels made square."""
    begin: Nanos = 0
    end: Nanos
    """Never after its own end."""
    has_sound: bool = False
    """Whether it is to be heard."""
    gain_db: float = 0.0
    """By how much it is made louder, so that none is louder than the next."""
    subtitles: tuple[str, ...] = ()
    """Files, one or two, the first language first."""

    @property
    def length(self) -> Nanos:
        """How long that part is."""
        return self.end - self.begin

    def since(self, stood: Nanos) -> Nanos:
        """Return where it begins for those who have seen it up to *stood*: there, unless nearly nothing of it is left."""
        return stood if self.begin < stood <= self.end - LEAST_LEFT else self.begin
