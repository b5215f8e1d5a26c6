"""What a person may do while editing, and by which key. Letters and named keys alone: they lie on every keyboard.

Keys are named as the window names them: by what they type, else by where they lie on a keyboard of the United States.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

from player.calibration.spot import Part


class Do(Enum):
    """Actions of one word."""

    NEXT_POINT = auto()
    POINT_BEFORE = auto()
    NEXT_OUTPUT = auto()
    OUTPUT_BEFORE = auto()
    UNDO = auto()
    REDO = auto()
    FINER = auto()
    """The mesh gets more points; first, its points are what is selected."""
    COARSER = auto()
    MORE_COLUMNS = auto()
    FEWER_COLUMNS = auto()
    NEXT_MASK = auto()
    NEW_MASK = auto()
    KIND_OF_MASK = auto()
    INSERT = auto()
    DELETE = auto()
    SOFTER = auto()
    HARDER = auto()
    SNAP = auto()
    RESET = auto()
    """Asks, and does it when it comes again."""
    GRID = auto()
    HELP = auto()
    NEXT_CARD = auto()
    CARD_BEFORE = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Move:
    """Move what is selected by pixels of the output, in directions as people see the wall; of a value, right and up are more."""

    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class Choose:
    """Edit another output."""

    output: int
    """Counted from 0."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Edit another part of the shape."""

    part: Part


Action: TypeAlias = Do | Move | Choose | Edit


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key that was pressed, with what was held meanwhile."""

    name: str
    """`a`…`z`, `0`…`9`, `tab`, `left`, `right`, `up`, `down`, `pageup`, `pagedown`, `insert`, `delete`, `backspace`, `escape`."""
    shift: bool = False
    alt: bool = False


STEP_PX: Final = 1.0
FAR_PX: Final = 10.0
FINE_PX: Final = 0.1  # what the eye still sees of a hairline's edge in a blend
NUMBERED: Final = 9  # outputs that have a key; the others by Page Down

_ARROWS: Final = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}

KEYS: Final[Mapping[Stroke, Action]] = {
    **{Stroke(name): Move(x * STEP_PX, y * STEP_PX) for name, (x, y) in _ARROWS.items()},
    **{Stroke(name, shift=True): Move(x * FAR_PX, y * FAR_PX) for name, (x, y) in _ARROWS.items()},
    **{Stroke(name, alt=True): Move(x * FINE_PX, y * FINE_PX) for name, (x, y) in _ARROWS.items()},
    **{Stroke(str(n + 1)): Choose(n) for n in range(NUMBERED)},
    Stroke("pagedown"): Do.NEXT_OUTPUT,
    Stroke("pageup"): Do.OUTPUT_BEFORE,
    Stroke("tab"): Do.NEXT_POINT,
    Stroke("tab", shift=True): Do.POINT_BEFORE,
    Stroke("c"): Edit(Part.CORNERS),
    Stroke("e"): Edit(Part.BLEND),  # of the edges; B makes it dark, here as everywhere
    Stroke("l"): Edit(Part.LIGHT),
    Stroke("m"): Do.FINER,
    Stroke("m", shift=True): Do.COARSER,
    Stroke("m", alt=True): Do.MORE_COLUMNS,
    Stroke("m", shift=True, alt=True): Do.FEWER_COLUMNS,
    Stroke("k"): Do.NEXT_MASK,
    Stroke("k", shift=True): Do.NEW_MASK,
    Stroke("t"): Do.KIND_OF_MASK,
    Stroke("f"): Do.SOFTER,
    Stroke("f", shift=True): Do.HARDER,
    Stroke("insert"): Do.INSERT,
    Stroke("n"): Do.INSERT,  # many small keyboards have no Insert
    Stroke("delete"): Do.DELETE,
    Stroke("backspace"): Do.DELETE,
    Stroke("s"): Do.SNAP,
    Stroke("z"): Do.UNDO,
    Stroke("z", shift=True): Do.REDO,
    Stroke("y"): Do.REDO,
    Stroke("r"): Do.RESET,
    Stroke("g"): Do.GRID,
    Stroke("h"): Do.HELP,
    Stroke("p"): Do.NEXT_CARD,
    Stroke("p", shift=True): Do.CARD_BEFORE,
    Stroke("escape"): Do.END,
}
"""Every key that edits; any other is as if it had not been pressed, but B, which is an order, and L while it is dark."""


_HELD: Final = frozenset({Do.NEXT_POINT, Do.POINT_BEFORE, Do.UNDO, Do.REDO, Do.SOFTER, Do.HARDER})


def repeats(action: Action) -> bool:
    """Whether a key that is held down does it again and again; held Delete would take every mask."""
    return isinstance(action, Move) or action in _HELD


def help_lines(part: Part) -> tuple[str, ...]:
    """Return what the keys do while *part* is edited: a few lines, those for the part first."""
    of_part = {
        Part.CORNERS: "Tab next corner · S snap · R reset",
        Part.MESH: "Tab next point · M finer, Shift coarser, Alt columns alone · S snap · R reset",
        Part.MASKS: "Tab next point · N, Delete a point · F softer, Shift harder · T kind · S snap · R reset",
        Part.BLEND: "Tab next side · arrows narrower, wider · R reset",
        Part.LIGHT: "Tab next value · arrows less, more · R reset",
    }
    return (
        of_part[part],
        "Arrows 1 px, Shift 10, Alt 0.1 · 1–9 output · Z undo, Y redo",
        "C corners · M mesh · K mask, Shift new · E blend of the edges · L light",
        "G grid · P test card · H this help · B dark, L light again · Esc ends",
    )
