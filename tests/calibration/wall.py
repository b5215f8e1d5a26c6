"""A small wall of two overlapping outputs, and hands that edit it."""

from __future__ import annotations

from dataclasses import replace

from player.calibration.actions import Action
from player.calibration.editing import Outcome, Saved, State, act, begun
from player.calibration.spot import Edited
from player.output.shape import Box, Mask, Point, Seat, Shape, plain
from player.units import SECOND, Size

SIZE = Size(320, 180)
CANVAS = Size(600, 180)
WINDOW = Mask("window", "drop", (Point(60, 40), Point(100, 40), Point(100, 90), Point(60, 90)), 2.0)
LOCKED = Mask("home", "lock", (Point(200, 100), Point(240, 100), Point(240, 150), Point(200, 150)))


def output(name: str, left: float, *masks: Mask, size: Size = SIZE) -> Edited:
    """An output of the wall that nobody has edited."""
    shape = replace(plain(size), masks=masks)
    return Edited(name, Seat(CANVAS, Box(left, 0.0, 320.0, 180.0), size), shape, shape)


def wall(*masks: Mask) -> State:
    """Two outputs that overlap by 40 pixels; the left one has *masks*."""
    return begun([output("left", 0.0, *masks), output("right", 280.0)])


def shaped(state: State, shape: Shape) -> State:
    """The chosen output with another shape, as if it had been loaded."""
    edited = replace(state.edited, shape=shape)
    return replace(state, outputs=tuple(edited if i == state.chosen else each for i, each in enumerate(state.outputs)))


class Hand:
    """Presses keys, a second apart unless it holds one down."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.now = 0
        self.saved: list[Saved] = []

    def does(self, *actions: Action, apart: int = SECOND) -> Outcome:
        """Do all of *actions*; return what the last one came to."""
        outcome = Outcome(self.state)
        for action in actions:
            self.now += apart
            outcome = act(self.state, action, self.now)
            self.state = outcome.state
            if outcome.saved is not None:
                self.saved.append(outcome.saved)
        return outcome

    @property
    def shape(self) -> Shape:
        """Of the chosen output."""
        return self.state.edited.shape
