"""How bright the wall is at an instant: a ramp from wherever it was, as a function of time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from player.show.light import LIT, TO_DARK, TO_LIGHT, level_at, turned
from player.units import MILLISECOND, Nanos

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
    assert level_at(dark, at + TO_DARK) == 0 or ramp.last == 0
    assert turned(dark, 0.0, at + TO_DARK // 2) == dark


def test_light_comes_softer_than_it_goes() -> None:
    """Eyes that are used to the dark get a second."""
    dark = turned(LIT, 0.0, 0)
    light = turned(dark, 1.0, TO_DARK)
    assert level_at(light, TO_DARK) == 0
    assert 0 < level_at(light, TO_DARK + TO_LIGHT // 2) < 1
    assert level_at(light, light.end) == 1
