"""What became of a stream that is fetched, as its thread tells its keeper. Values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from player.units import Nanos


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something could not be fetched; it is tried on."""

    why: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A segment came."""

    took: Nanos
    length: Nanos
    rung: int
    """Of which rendition, among those that may be played."""


@dataclass(frozen=True, slots=True)
class Unfetched:
    """A segment did not come, or the list of a rendition, though the list of all did. A `Trouble` follows."""

    took: Nanos
    given: Nanos
    """For how long it was tried at most, or its own length, if that is less."""
    rung: int
    """As for `Fetched`."""
    is_refused: bool
    """Whether there was an answer, and it was none."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A segment is not there though it is its time; it is asked for again."""

    rung: int
    """As for `Fetched`."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A rendition's list is gone, stands still or says that it is over, while another one's goes on."""

    rung: int
    """As for `Fetched`."""


Note: TypeAlias = Trouble | Fetched | Unfetched | Awaited | Behind
