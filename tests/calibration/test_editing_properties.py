"""Whatever keys are pressed in whatever order: every state can be shown, and undo returns exactly."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from player.calibration.actions import KEYS, Action, Do, Move
from player.calibration.editing import MAX_UNDO, State, act
from player.calibration.record import Calibration, Kept, from_bytes, to_bytes
from player.calibration.soundness import check_shape
from player.calibration.spot import spots
from player.output.shape import Shape
from player.units import MILLISECOND
from tests.calibration.wall import LOCKED, WINDOW, wall

FAR = st.builds(Move, st.floats(-400, 400), st.floats(-400, 400))
ACTIONS = st.lists(st.one_of(st.sampled_from(list(KEYS.values())), FAR), max_size=40)


def shapes(state: State) -> tuple[Shape, ...]:
    """Of all outputs."""
    return tuple(each.shape for each in state.outputs)


def played(actions: list[Action], apart: int = 1000 * MILLISECOND) -> list[State]:
    """Every state on the way."""
    states = [wall(WINDOW, LOCKED)]
    for i, action in enumerate(actions):
        states.append(act(states[-1], action, i * apart).state)
    return states


@settings(max_examples=150, deadline=None)
@given(ACTIONS)
def test_every_state_can_be_shown(actions: list[Action]) -> None:
    """No sequence of keys folds a picture, breaks a mask, loses a lock, or selects what is not there."""
    for state in played(actions):
        for edited in state.outputs:
            check_shape(edited.shape, edited.seat.crop)
            assert all(len(mask.points) >= 3 for mask in edited.shape.masks)
        assert LOCKED in state.outputs[0].shape.masks
        assert state.spot in spots(state.edited.shape, state.spot.part)
        assert len(state.past) <= MAX_UNDO
        assert len(state.message) < 130


@settings(max_examples=100, deadline=None)
@given(ACTIONS, st.sampled_from([33 * MILLISECOND, 1000 * MILLISECOND]))
def test_undo_returns_exactly(actions: list[Action], apart: int) -> None:
    """Z as often as it goes leads through shapes that there were, back to the first; Y back to the last."""
    states = played(actions, apart)
    last, there = states[-1], [shapes(state) for state in states]
    state, at = last, 10**12
    while state.past:
        at += 1
        state = act(state, Do.UNDO, at).state
        assert shapes(state) in there
    assert shapes(state) == there[0]
    while state.future:
        at += 1
        state = act(state, Do.REDO, at).state
    if not last.future:
        assert shapes(state) == shapes(last)


@settings(max_examples=60, deadline=None)
@given(ACTIONS)
def test_what_was_edited_survives_the_file(actions: list[Action]) -> None:
    """Every shape that keys can make is kept and read again exactly."""
    outputs = {each.id: Kept(each.shape, each.seat.size) for each in played(actions)[-1].outputs}
    made = Calibration(1, 0, "dana", "keys", outputs)

    assert from_bytes(to_bytes(made)) == made


@settings(max_examples=60, deadline=None)
@given(ACTIONS)
def test_what_changes_is_kept_and_what_does_not_is_not(actions: list[Action]) -> None:
    """A reason for the history comes exactly with a change of a shape."""
    state = wall(WINDOW, LOCKED)
    for i, action in enumerate(actions):
        outcome = act(state, action, i)
        assert (outcome.saved is not None) == (shapes(outcome.state) != shapes(state))
        state = outcome.state
