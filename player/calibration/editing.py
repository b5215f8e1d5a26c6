"""The editor: a state and an action make the next state, and say what is to be kept. Pure; time is an argument.

Whatever is pressed, every shape in a state can be shown: what cannot is refused in a sentence and the last good one stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from player.calibration.actions import Action, Choose, Do, Edit, repeats
from player.calibration.changing import Change, changed, reset
from player.calibration.soundness import check_shape
from player.calibration.spot import Edited, Part, Spot, mask_at, next_spot, still
from player.errors import GeometryError
from player.output.shape import Shape
from player.output.testcard import NAMES
from player.units import MILLISECOND, SECOND, Nanos

MAX_UNDO: Final = 200
ONE_GESTURE: Final[Nanos] = 700 * MILLISECOND  # a held key begins to repeat after 660 ms at the latest (X11's default)
ASKED_FOR: Final[Nanos] = 10 * SECOND  # to read what it says, and to find R again in the dark


_FIRST: Final = Spot()


@dataclass(frozen=True, slots=True)
class Step:
    """How an output was before a change."""

    output: int
    shape: Shape
    spot: Spot
    what: str


@dataclass(frozen=True, slots=True)
class Gesture:
    """The same key on the same spot, again and again: one thing that was done."""

    began: Nanos
    action: Action
    output: int
    spot: Spot
    at: Nanos
    """When it was pressed last."""


@dataclass(frozen=True, slots=True)
class State:
    """Everything that editing is about at one moment."""

    outputs: tuple[Edited, ...]
    chosen: int = 0
    spot: Spot = _FIRST
    shows_grid: bool = False
    shows_help: bool = True
    card: str | None = None
    """The test card that is wanted behind the handles; None: the show."""
    message: str = ""
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()
    gesture: Gesture | None = None
    asked_at: Nanos | None = None
    """When a reset was asked for."""

    @property
    def edited(self) -> Edited:
        """The output that is edited."""
        return self.outputs[self.chosen]


@dataclass(frozen=True, slots=True)
class Saved:
    """Shapes have changed: they are to be kept, and brought to the wall."""

    what: str
    gesture: Nanos
    """Names the gesture; all of one gesture are one entry of the history."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action came to."""

    state: State
    saved: Saved | None = None
    is_over: bool = False


def begun(outputs: Sequence[Edited], chosen: int = 0) -> State:
    """Return the state in which editing begins.

    Raises:
        ValueError: there is no output.
    """
    if not outputs:
        raise ValueError("There is no output to edit.")
    return State(tuple(outputs), min(max(0, chosen), len(outputs) - 1))


def act(state: State, action: Action, at: Nanos) -> Outcome:
    """Return what *action* comes to at *at* (monotonic)."""
    quiet = replace(state, message="", asked_at=None)
    try:
        seen = _looked(quiet, action)
        if seen is not None:
            return Outcome(seen, is_over=action is Do.END)
        if action is Do.RESET:
            return _reset(quiet, state.asked_at, at)
        if action in (Do.UNDO, Do.REDO):
            return _undone(quiet, at) if action is Do.UNDO else _redone(quiet, at)
        return _with(quiet, action, changed(quiet.outputs, quiet.chosen, quiet.spot, action), at)
    except GeometryError as refusal:
        return Outcome(replace(quiet, message=str(refusal)))


def _looked(state: State, action: Action) -> State | None:
    """Return the state after looking elsewhere, or otherwise; None for what is to change a shape."""
    seen = state
    match action:
        case Do.END:
            pass
        case Do.GRID:
            seen = replace(state, shows_grid=not state.shows_grid)
        case Do.HELP:
            seen = replace(state, shows_help=not state.shows_help)
        case Do.NEXT_CARD | Do.CARD_BEFORE:
            cards = (None, *NAMES)
            seen = replace(state, card=cards[(cards.index(state.card) + (1 if action is Do.NEXT_CARD else -1)) % len(cards)])
        case Choose(output):
            seen = _chosen(state, output)
        case Do.NEXT_OUTPUT | Do.OUTPUT_BEFORE:
            seen = _chosen(state, (state.chosen + (1 if action is Do.NEXT_OUTPUT else -1)) % len(state.outputs))
        case _:
            spot = _aimed(state.edited.shape, state.spot, action)
            return None if spot is None else _at(state, spot)
    return seen


def _aimed(shape: Shape, spot: Spot, action: Action) -> Spot | None:
    """Return what is selected next; None for what selects nothing."""
    match action:
        case Do.NEXT_POINT | Do.POINT_BEFORE:
            return next_spot(shape, spot, 1 if action is Do.NEXT_POINT else -1)
        case Do.NEXT_MASK:
            if not shape.masks:
                raise GeometryError("There is no mask yet: Shift and K make one.")
            return Spot(Part.MASKS, (spot.index + 1) % len(shape.masks) if spot.part is Part.MASKS else 0)
        case Edit(part):
            return Spot(part)
        case Do.FINER | Do.COARSER | Do.MORE_COLUMNS | Do.FEWER_COLUMNS if spot.part is not Part.MESH:
            return Spot(Part.MESH)
        case _:
            return None


def _at(state: State, spot: Spot) -> State:
    return replace(state, spot=still(state.edited.shape, spot))


def _chosen(state: State, output: int) -> State:
    if not 0 <= output < len(state.outputs):
        raise GeometryError(f"There is no output {output + 1}: there are {len(state.outputs)}.")
    return _at(replace(state, chosen=output), Spot(state.spot.part))


def _with(state: State, action: Action, change: Change, at: Nanos) -> Outcome:
    """Take a change over, if the shape can be shown."""
    edited, spot = state.edited, state.spot
    check_shape(change.shape, edited.seat.crop)
    if change.shape == edited.shape:
        return Outcome(replace(state, message=change.message))
    gesture, goes_on = _gesture(state, action, spot, at)
    what = f"{edited.id}: {change.what}"
    step = Step(state.chosen, edited.shape, spot, what)
    after = replace(
        _shaped(state, state.chosen, change.shape),
        spot=still(change.shape, change.spot),
        message=change.message,
        past=state.past if goes_on and state.past else (*state.past, step)[-MAX_UNDO:],
        future=(),
        gesture=gesture,
    )
    return Outcome(after, Saved(what, gesture.began))


def _reset(state: State, asked_at: Nanos | None, at: Nanos) -> Outcome:
    part = state.spot.part
    shape = reset(state.edited, part)
    if shape == state.edited.shape:
        return Outcome(replace(state, message=f"Every {part} is as the configuration has it already."))
    done = f"Reset: every {part}, as the configuration has it. The rest stays as it is. Z undoes."
    if asked_at is not None and 0 <= at - asked_at <= ASKED_FOR:
        return _with(state, Do.RESET, Change(shape, state.spot, f"every {part} reset", done), at)
    asks = f"Press R again within {ASKED_FOR // SECOND} s: every {part} as the configuration has it."
    return Outcome(replace(state, asked_at=at, message=asks))


def _undone(state: State, at: Nanos) -> Outcome:
    if not state.past:
        raise GeometryError("There is nothing to undo.")
    step = state.past[-1]
    after = replace(state, past=state.past[:-1], future=(*state.future, _now(state, step)))
    return _restored(after, step, Do.UNDO, at)


def _redone(state: State, at: Nanos) -> Outcome:
    if not state.future:
        raise GeometryError("There is nothing to redo.")
    step = state.future[-1]
    after = replace(state, past=(*state.past, _now(state, step)), future=state.future[:-1])
    return _restored(after, step, Do.REDO, at)


def _now(state: State, step: Step) -> Step:
    """Return what leads back to how it is now, when *step* is taken."""
    spot = state.spot if state.chosen == step.output else step.spot
    return replace(step, shape=state.outputs[step.output].shape, spot=spot)


def _restored(state: State, step: Step, action: Do, at: Nanos) -> Outcome:
    gesture, _ = _gesture(state, action, Spot(), at)
    done = "undone" if action is Do.UNDO else "redone"
    after = replace(
        _shaped(state, step.output, step.shape),
        chosen=step.output,
        spot=_same(state.outputs[step.output].shape, step.shape, step.spot),
        message=f"{done}: {step.what}",
        gesture=gesture,
    )
    return Outcome(after, Saved(f"{step.what}, {done}", gesture.began))


def _same(before: Shape, after: Shape, spot: Spot) -> Spot:
    """Return *spot* in the shape *after* it was changed; a corner, if another mask has its place there."""
    was, now = mask_at(before, spot), mask_at(after, spot)
    return Spot() if was and now and was.id != now.id and len(after.masks) < len(before.masks) else still(after, spot)


def _shaped(state: State, output: int, shape: Shape) -> State:
    edited = replace(state.outputs[output], shape=shape)
    return replace(state, outputs=(*state.outputs[:output], edited, *state.outputs[output + 1 :]))


def _gesture(state: State, action: Action, spot: Spot, at: Nanos) -> tuple[Gesture, bool]:
    """Return the gesture that *action* belongs to, and whether that had begun before."""
    last = state.gesture
    output = -1 if action in (Do.UNDO, Do.REDO) else state.chosen
    is_held = last is not None and repeats(action) and 0 <= at - last.at <= ONE_GESTURE
    if last and is_held and (last.action, last.output, last.spot) == (action, output, spot):
        return replace(last, at=at), True
    return Gesture(at, action, output, spot, at), False
