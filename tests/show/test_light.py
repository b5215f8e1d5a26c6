"""How bright the wall is at an instant: a ramp from wherever it was, as a function of time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.show.light import DIM, LIT, SWITCH, level_at, turned
from player.units import MILLISECOND, SECOND, Nanos

instants = st.integers(0, 5000).map(lambda ms: ms * MILLISECOND)
levels = st.sampled_from((0.0, 0.1, 0.6, 1.0))
turns = st.lists(st.tuples(instants, levels), max_size=6).map(lambda found: sorted(found, key=lambda each: each[0]))


@given(turns, instants)
def test_light_never_jumps(wishes: list[tuple[Nanos, float]], t: Nanos) -> None:
    """However often somebody changes their mind, each ramp begins where the last one was."""
    ramp = LIT
    for at, level in wishes:
        before = level_at(ramp, at)
        ramp = turned(ramp, level, at)
        assert abs(level_at(ramp, at) - before) <= 1 / 255
    assert abs(level_at(ramp, t) - level_at(ramp, t + MILLISECOND)) <= 1.5 / 300 + 1 / 255


@given(turns, instants)
def test_dark_is_there_after_its_time_whatever_came_before(wishes: list[tuple[Nanos, float]], at: Nanos) -> None:
    """From wherever the light is, it is black 300 ms after the first wish for it; wishing again changes nothing."""
    ramp = LIT
    for then, level in wishes:
        ramp = turned(ramp, level, then - 5000 * MILLISECOND)
    dark = turned(ramp, 0.0, at)
    assert level_at(dark, at + SWITCH) == 0 or ramp.last == 0
    assert turned(dark, 0.0, at + SWITCH // 2) == dark


@given(st.floats(1, 240))
def test_dark_is_there_with_the_last_frame_of_its_time(fps: float) -> None:
    """However many frames a second there are, the last of those that fit into 0.3 s is black, and so are all after it."""
    frame = round(SECOND / fps)
    dark = turned(LIT, 0.0, 0, frame=frame)
    frames = (SWITCH + MILLISECOND) // frame
    assert all(level_at(dark, (frames + more) * frame) == 0 for more in range(3))
    assert frames < 2 or level_at(dark, (frames // 2) * frame) > 0


def test_light_comes_back_as_it_went() -> None:
    """By the same ramp; halfway there, dark turns it about, and the other way round, from where it was."""
    dark = turned(LIT, 0.0, 0)
    light = turned(dark, 1.0, SWITCH)
    for t in range(0, SWITCH, 10 * MILLISECOND):
        assert level_at(light, SWITCH + t) == pytest.approx(1 - level_at(dark, t), abs=1 / 255)
    half = SWITCH + SWITCH // 2
    again = turned(light, 0.0, half)
    assert level_at(again, half) == level_at(light, half) == pytest.approx(0.5, abs=1 / 255)
    assert level_at(again, half + SWITCH) == 0


def test_one_brightness_becomes_another_without_hurry() -> None:
    """A second, for nobody waits for it."""
    assert turned(LIT, 0.6, 0).length == DIM > SWITCH
