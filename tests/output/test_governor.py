"""The safety governor, judged by a counter that is written from the words of WCAG and knows nothing of the governor."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from player.output.curve import decoded
from player.output.finish import Finish
from player.output.governor import Watch, luminance, shown, verdict
from player.output.maps import maps_of
from player.output.shape import Light, Seat, plain
from player.show.transition import fade
from player.units import MILLISECOND, SECOND, Nanos, Rect, Size

Tiles: TypeAlias = NDArray[np.float32]
Colour: TypeAlias = tuple[float, float, float]
Frame: TypeAlias = tuple[Nanos, Tiles]

WHITE: Final = (1.0, 1.0, 1.0)
BLACK: Final = (0.0, 0.0, 0.0)
RED: Final = (1.0, 0.0, 0.0)
FPS: Final = 30


def grey(light: float) -> Colour:
    """Return a colour with so much light of each."""
    return light, light, light


def wall(*colours: Colour) -> Tiles:
    """Return the tiles of a wall divided into columns of these colours, in linear light."""
    tiles = np.zeros((16, 16, 3), np.float32)
    for k in range(16):
        tiles[:, k] = colours[k * len(colours) // 16]
    return tiles


def governed(frames: Iterable[Frame]) -> list[tuple[Nanos, Tiles, float]]:
    """Show frames under the governor; return what was seen, with its gain."""
    watch = Watch()
    seen: list[tuple[Nanos, Tiles, float]] = []
    for t, tiles in frames:
        gain = verdict(watch, tiles, t)
        assert 0 <= gain <= 1
        watch = shown(watch, tiles, gain, t)
        seen.append((t, tiles * np.float32(gain), gain))
    return seen


def is_general(colours: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether from each colour to each other one is a change as WCAG's general flash has two of."""
    light = height(colours, red=False)
    dark, bright = np.minimum(light[:, None], light), np.maximum(light[:, None], light)
    return (bright - dark >= 0.1) & (dark < 0.8)


def is_red(colours: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether from each colour to each other one is a change as WCAG's red flash has two of."""
    total = colours.sum(axis=1)
    saturated = (total > 0) & (colours[:, 0] >= 0.8 * total)
    reds = np.maximum(0.0, height(colours, red=True)) * 320
    return (saturated[:, None] | saturated) & (np.abs(reds[:, None] - reds) > 20)


def height(colours: NDArray[np.float64], *, red: bool) -> NDArray[np.float64]:
    """Return how high each colour is on the plot whose peaks and valleys are counted."""
    r, g, b = colours.T
    return r - g - b if red else 0.2126 * r + 0.7152 * g + 0.0722 * b


def flashes(seen: Sequence[tuple[Nanos, Colour]], *, red: bool) -> int:
    """Return the most flashes in any second: pairs of opposing changes, found in whatever way finds most of them."""
    times, colours = [t for t, _ in seen], np.array([colour for _, colour in seen], np.float64)
    is_change = is_red(colours) if red else is_general(colours)
    heights = height(colours, red=red)
    is_up = heights[:, None] < heights
    count = len(seen)
    is_within = np.triu(np.ones((count, count), np.bool_))  # a second that begins with the one: what of it comes later
    up, down = np.zeros((count, count), int), np.zeros((count, count), int)
    for j in range(count):
        # By the first of a second: the longest row of alternating changes in it that ends here.
        before = np.s_[bisect_left(times, times[j] - SECOND) : j]
        may = is_change[before, j] & is_within[before, before]
        up[before, j] = np.where(may & is_up[before, j], down[before, before] + 1, 0).max(axis=1, initial=0)
        down[before, j] = np.where(may & ~is_up[before, j], up[before, before] + 1, 0).max(axis=1, initial=0)
    return max(int(up.max()), int(down.max())) // 2


def worst(seen: Sequence[tuple[Nanos, Tiles, float]], columns: Sequence[int]) -> int:
    """Return the most flashes of either kind in any second of what was seen in these columns of tiles."""
    most = 0
    for column in columns:
        colours = [(t, (float(c[0]), float(c[1]), float(c[2]))) for t, tiles, _ in seen for c in [tiles[7, column]]]
        most = max(most, flashes(colours, red=False), flashes(colours, red=True))
    return most


def alternating(a: Tiles, b: Tiles, *, hertz: float, length: float, fps: int = FPS) -> list[Frame]:
    """Return frames that go from *a* to *b* and back so many times a second."""
    return [(k * SECOND // fps, a if int(2 * hertz * k / fps) % 2 == 0 else b) for k in range(round(length * fps))]


def test_the_counter_counts() -> None:
    """Ten flashes a second are ten; what is bright throughout, or changes little, is none; red counts without luminance."""
    assert worst([(t, f, 1) for t, f in alternating(wall(WHITE), wall(BLACK), hertz=10, length=1.5, fps=60)], [0]) >= 10
    bright, brighter = (0.85, 0.85, 0.85), WHITE
    assert worst([(t, f, 1) for t, f in alternating(wall(bright), wall(brighter), hertz=10, length=1)], [0]) == 0
    assert worst([(t, f, 1) for t, f in alternating(wall(BLACK), wall((0.09, 0.09, 0.09)), hertz=10, length=1)], [0]) == 0
    assert worst([(t, f, 1) for t, f in alternating(wall(BLACK), wall((0.2, 0.0, 0.0)), hertz=10, length=1)], [0]) >= 9


@pytest.mark.parametrize("pair", [(WHITE, RED), (WHITE, BLACK), (RED, BLACK), (RED, (0.0, 0.4, 1.0)), ((0.3, 0.0, 0.0), BLACK)])
@pytest.mark.parametrize("hertz", [4, 10, 15])
def test_an_attack_is_held_to_three_flashes_in_any_second(pair: tuple[Colour, Colour], hertz: float) -> None:
    """White against red ten times a second, or anything like it, for five seconds: three flashes a second at most."""
    frames = alternating(wall(pair[0]), wall(pair[1]), hertz=hertz, length=5)
    assert worst([(t, f, 1) for t, f in frames], [0]) > 3
    seen = governed(frames)
    assert worst(seen, [0]) <= 3
    assert min(gain for _, _, gain in seen[-2 * FPS :]) < 1


PALETTE: Final[list[Colour]] = [
    WHITE,
    BLACK,
    RED,
    (0.3, 0.0, 0.0),
    (0.5, 0.5, 0.5),
    (0.82, 0.82, 0.82),
    (0.12, 0.12, 0.12),
    (0.6, 0.3, 0.1),
    (0.0, 0.2, 1.0),
    (0.9, 0.12, 0.1),
]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([7, 16, 25, 40, 90, 300]), *[st.sampled_from(PALETTE) | st.tuples(*[st.floats(0, 1)] * 3)] * 2),
        min_size=20,
        max_size=70,
    )
)
def test_no_attack_whatever_gets_through(history: list[tuple[int, Colour, Colour]]) -> None:
    """Any colours in any rhythm, on two parts of the wall at once: neither ever has four flashes within a second."""
    t = 0
    frames: list[Frame] = []
    for wait_ms, left, right in history:
        t += wait_ms * MILLISECOND
        frames.append((t, wall(left, right)))
    assert worst(governed(frames), [0, 15]) <= 3


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32), st.floats(3, 14))
def test_no_beat_of_many_tiles_gets_through(seed: int, hertz: float) -> None:
    """Sixteen parts of the wall that flash in phases of their own share one gain, and none is let through."""
    chance = np.random.default_rng(seed)
    phases, rates = chance.uniform(0, 1, 16), chance.uniform(0.5, 1.2, 16) * hertz
    frames: list[Frame] = []
    for k in range(FPS * 3):
        is_on = ((k / FPS) * rates + phases) % 1 < chance.uniform(0.3, 0.7)
        frames.append((k * SECOND // FPS, wall(*[WHITE if on else BLACK for on in is_on])))
    assert worst(governed(frames), [0, 3, 8, 15]) <= 3


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=10, max_size=60))
def test_any_lower_gain_is_safe_too(history: list[tuple[float, float]]) -> None:
    """Outputs of one wall share the lowest gain, whichever output it is from; all of them stay safe with it."""
    first, second = Watch(), Watch()
    seen: list[tuple[Nanos, Tiles, float]] = []
    for k, (a, b) in enumerate(history):
        t = k * 60 * MILLISECOND
        one, other = wall(grey(round(a))), wall(grey(b))
        gain = min(verdict(first, one, t), verdict(second, other, t))
        first, second = shown(first, one, gain, t), shown(second, other, gain, t)
        seen.append((t, np.concatenate((one[:, :8], other[:, 8:]), axis=1) * np.float32(gain), gain))
    assert worst(seen, [0, 15]) <= 3


def test_the_gain_falls_within_the_frame_and_never_brightens() -> None:
    """The frame that would be a flash too many is itself the one that is dimmed; nothing of another frame is in it."""
    seen = governed(alternating(wall(WHITE), wall(BLACK), hertz=15, length=1))
    gains = [gain for _, _, gain in seen]
    first = next(k for k, gain in enumerate(gains) if gain < 1)
    assert gains[:first] == [1.0] * first
    assert luminance(seen[first][1]).max() < 0.1
    assert max(gains) == 1


def test_light_comes_back_when_the_attack_is_over() -> None:
    """A second of peace and a second of rising, and nothing is held back any more; then nothing need be drawn again."""
    watch = Watch()
    for t, tiles in alternating(wall(WHITE), wall(BLACK), hertz=10, length=2):
        watch = shown(watch, tiles, verdict(watch, tiles, t), t)
    assert not watch.is_at_rest
    for k in range(FPS * 3):
        t = 2 * SECOND + k * SECOND // FPS
        watch = shown(watch, wall((0.6, 0.5, 0.4)), verdict(watch, wall((0.6, 0.5, 0.4)), t), t)
    assert watch.is_at_rest


def photo(seed: int) -> Tiles:
    """Return the tiles of some photograph."""
    return np.random.default_rng(seed).uniform(0, 1, (16, 16, 3)).astype(np.float32)


def slides(t: float) -> Tiles:
    """Photographs that fade into each other for a second, every five."""
    k = int(t // 5)
    share = np.float32(fade(round((t % 5 - 4) * SECOND), 0, SECOND)) if t % 5 > 4 else np.float32(0)
    return np.asarray(photo(k) * (1 - share) + photo(k + 1) * share, np.float32)


def withdrawn(t: float) -> Tiles:
    """A photograph that is withdrawn: a hard cut to the plate, and the next photograph two seconds later."""
    return photo(1) if t < 3 else wall((0.01, 0.01, 0.012)) if t < 5 else photo(2)


def dark(t: float) -> Tiles:
    """A person makes it dark in 300 ms, and light again in a second."""
    level = 1 - fade(round((t - 2) * SECOND), 0, 300 * MILLISECOND) + fade(round((t - 4) * SECOND), 0, SECOND)
    return np.asarray(wall(WHITE) * np.float32(level**2.2), np.float32)


def words(t: float) -> Tiles:
    """White words that change every four seconds, gone before the next ones come."""
    phase = t % 4
    level = min(1.0, abs(phase - 2) / 0.5) if 1.5 < phase < 2.5 else 1.0
    return wall(BLACK, grey(0.4 * level), grey(0.7 * level), BLACK)


def zoom(t: float) -> Tiles:
    """A photograph with hard stripes that grows slowly."""
    x = np.linspace(0, 1, 16 * 40) * (1 - 0.05 * t / 8)
    stripes = (np.sin(x * 150) > 0).reshape(16, 40).mean(axis=1).astype(np.float32)
    return np.tile(stripes[None, :, None], (16, 1, 3)).astype(np.float32)


@pytest.mark.parametrize("content", [slides, withdrawn, dark, words, zoom])
@pytest.mark.parametrize("fps", [25, 60])
def test_what_a_show_shows_is_never_touched(content: Callable[[float], Tiles], fps: int) -> None:
    """Fades of a second, a cut by a withdrawal, the ramp to dark, changing words, a slow zoom: the gain stays exactly 1."""
    seen = governed((k * SECOND // fps, content(k / fps)) for k in range(12 * fps))
    assert {gain for _, _, gain in seen} == {1.0}


def test_an_attack_is_held_on_the_codes_that_leave_for_the_wall() -> None:
    """From the canvas through the whole chain to 8 bits: white and red at 10 Hz, and what leaves has three flashes a second."""
    size = Size(64, 48)
    seat = Seat(size, Rect(0, 0, 64, 48), size)
    (maps,) = maps_of([(seat, plain(size))])
    finish, watch = Finish(maps, Light()), Watch()
    out = np.empty((48, 64, 4), np.uint8)
    white, red = (np.full((48, 64, 4), colour, np.uint8) for colour in ((255, 255, 255, 255), (0, 0, 255, 255)))
    seen: list[tuple[Nanos, Tiles, float]] = []
    for k in range(FPS * 3):
        t, canvas = k * SECOND // FPS, red if k % 3 else white
        tiles = finish.finish(canvas, out)
        gain = verdict(watch, tiles, t)
        if gain < 1:
            finish.finish(canvas, out, gain)
        watch = shown(watch, tiles, gain, t)
        colour = decoded(out[..., 2::-1] / 255).mean(axis=(0, 1))
        seen.append((t, wall((float(colour[0]), float(colour[1]), float(colour[2]))), gain))
    assert worst(seen, [0]) <= 3
    assert min(gain for *_, gain in seen) < 1


def test_small_flicker_and_bright_flicker_are_none() -> None:
    """What WCAG does not call a flash is left alone: less than 10 % of light, or two states as bright as day."""
    for pair in ((0.4, 0.48), (0.83, 1.0)):
        frames = alternating(wall(grey(pair[0])), wall(grey(pair[1])), hertz=12, length=3)
        assert {gain for _, _, gain in governed(frames)} == {1.0}


def test_a_second_passes_as_time_and_not_as_frames() -> None:
    """The same history at another frame rate is judged alike: gains are a function of when, not of how often."""
    slow = governed(alternating(wall(WHITE), wall(BLACK), hertz=5, length=3, fps=20))
    fast = governed(alternating(wall(WHITE), wall(BLACK), hertz=5, length=3, fps=100))
    firsts = [next(t for t, _, gain in seen if gain < 1) for seen in (slow, fast)]
    assert abs(firsts[0] - firsts[1]) <= 100 * MILLISECOND
    assert all(b >= a for (a, *_), (b, *_) in pairwise(slow))
