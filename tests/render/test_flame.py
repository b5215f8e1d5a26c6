"""A candle's flame as it is drawn: calm, never the same twice, in the house's own colours."""

from __future__ import annotations

import numpy as np
import pytest

from player.output.governor import Floats, Watch, shown, verdict
from player.output.look import tiles_of
from player.render.cpu import CpuRenderer
from player.render.flame import Pose, burning, field_of, pose_at
from player.render.protocol import Image
from player.render.scrim import luminance
from player.show.scene import TICKS, Composition, Fill, Flame, Layer, Rule, Scene
from player.units import SECOND, Rect, Size
from tests.fakes.letters import FakeLetters

CANVAS = Size(320, 180)
NIGHT, AMBER = (11, 11, 13), (214, 168, 96)
PLACE = Rect(149, 30, 22, 100)
SEEDS = (0, 1, 2, 2**47 + 12345)


def composed(*flames: Flame, canvas: Size = CANVAS) -> Composition:
    """A canvas of night with *flames*."""
    return Composition(canvas, Fill(NIGHT), (), (Rule(Rect(10, 160, 40, 2), AMBER),), flames=flames)


def drawn(composition: Composition, tick: int = 0, *, over: Composition | None = None, opacity: float = 1.0) -> Image:
    """Draw it at a tick."""
    renderer = CpuRenderer(composition.canvas, FakeLetters())
    layers = [Layer(composition, opacity=opacity if over else 1.0, tick=tick, at_rest=False)]
    for each in (composition, over):
        if each:
            renderer.prepare(each, {})
    if over:
        layers.insert(0, Layer(over))
    return renderer.draw(Scene(composition.canvas, tuple(layers), until=0)).copy()


@pytest.mark.parametrize("seed", SEEDS)
def test_its_light_stays_what_it_is(seed: int) -> None:
    """Over minutes, the light of the whole wall changes by less than three in a hundred: bending and stretching take none."""
    lights = [float(luminance(drawn(composed(Flame(PLACE, seed)), tick)[..., 2::-1]).sum()) for tick in range(0, 6000, 157)]
    assert max(lights) / min(lights) < 1.03


def test_the_governor_has_nothing_to_do() -> None:
    """As large as it may be, it changes no part of the wall by a fiftieth of white from one picture to the next."""
    watch, composition = Watch(), composed(Flame(Rect(140, 20, 29, 112), 3))
    renderer = CpuRenderer(CANVAS, FakeLetters())
    renderer.prepare(composition, {})
    before: Floats | None = None
    for tick in range(6 * TICKS):
        tiles = tiles_of(renderer.draw(Scene(CANVAS, (Layer(composition, tick=tick, at_rest=False),), until=0)))
        now = SECOND + tick * SECOND // TICKS
        gain = verdict(watch, tiles, now)
        assert gain == 1
        assert before is None or np.abs(tiles - before).max() < 0.02
        watch, before = shown(watch, tiles, gain, now), tiles


def test_it_moves_slowly_and_never_comes_again() -> None:
    """No way of its is faster than a breath, and within an hour no minute is like another."""
    flame = Flame(PLACE, 7)
    poses = np.array([pose_at(flame, tick) for tick in range(0, 3600 * TICKS, 3)])
    assert np.abs(np.diff(poses[:, 0])).max() < 0.02  # of its height in a tenth of a second, at its tip
    spectrum = np.abs(np.fft.rfft(poses - poses.mean(axis=0), axis=0))
    hertz = np.fft.rfftfreq(len(poses), 0.1)
    assert spectrum[hertz > 1.2].max() < 0.02 * spectrum.max()
    ways = (poses - poses.mean(axis=0)) / poses.std(axis=0)
    minutes = ways[: 59 * 600, :3].reshape(59, 1800)
    assert (np.corrcoef(minutes) - np.eye(59)).max() < 0.9


def test_it_is_a_function_of_its_seed_and_the_time() -> None:
    """Two renderers draw the same, other seeds stand otherwise, and a still one does not move."""
    one = composed(Flame(PLACE, 5))
    assert np.array_equal(drawn(one, 77), drawn(one, 77))
    assert not np.array_equal(drawn(one, 77), drawn(one, 78))
    assert len({pose_at(Flame(PLACE, seed), 0) for seed in SEEDS}) == len(SEEDS)
    assert pose_at(Flame(PLACE, 5, still=True), 999) == pose_at(Flame(PLACE, 5), 0)


def test_its_colours_are_amber_on_night() -> None:
    """Far from it there is night and nothing else; its rim is amber, its heart on the way from there to ink."""
    picture = drawn(composed(Flame(PLACE, 5)))
    assert tuple(picture[5, 5, 2::-1]) == NIGHT
    found = picture[60:110, 140:180, 2::-1].reshape(-1, 3).astype(int)
    assert np.abs(found - AMBER).sum(axis=1).min() <= 20
    brightest = found[found.sum(axis=1).argmax()]
    assert all(amber <= value <= ink for amber, value, ink in zip(AMBER, brightest, (244, 239, 228), strict=True))


def test_it_fades_as_light_does() -> None:
    """Half there, it gives half of what it adds; nothing of it is left at nothing."""
    flame, night = composed(Flame(PLACE, 5)), composed()
    whole, half = drawn(flame).astype(int), drawn(flame, over=night, opacity=0.5).astype(int)
    ground = drawn(night).astype(int)
    assert np.abs((whole - ground)[:150] - 2 * (half - ground)[:150]).max() <= 2
    assert np.array_equal(drawn(night, over=flame, opacity=1.0), ground)


def test_two_flames_give_the_light_of_two() -> None:
    """Their halos add up."""
    left, right = Flame(Rect(80, 40, 22, 90), 1), Flame(Rect(200, 40, 22, 90), 2)
    both = drawn(composed(left, right)).astype(int)
    each = sum(drawn(composed(one)).astype(int) - drawn(composed()) for one in (left, right)) + drawn(composed())
    assert np.abs(both - np.minimum(each, 255)).max() <= 1


@pytest.mark.parametrize("place", [Rect(-60, 20, 22, 100), Rect(310, -90, 22, 100), Rect(100, 150, 22, 100)])
def test_an_edge_of_the_wall_cuts_it(place: Rect) -> None:
    """What is beyond the canvas is not drawn, on odd sides too."""
    canvas = Size(321, 181)
    picture = drawn(composed(Flame(place, 1), canvas=canvas), 40)
    assert picture.shape == (181, 321, 4)
    assert burning(Flame(Rect(5000, 0, 22, 100), 1), canvas) is None


def test_it_bends_as_a_whole() -> None:
    """A lean takes the tip along and leaves the foot where it is."""
    made = burning(Flame(PLACE, 5), CANVAS)
    assert made is not None
    straight, leaning = (field_of(made, Pose(lean, 0.0, 1.0, 1.0)).astype(np.float32) for lean in (0.0, 0.1))
    by = middles(leaning) - middles(straight)
    assert abs(float(by[round(PLACE.bottom) - 2 - made.box.top])) < 0.2
    assert float(by[round(PLACE.y) + 10 - made.box.top]) > 3
    assert float(straight.sum()) == pytest.approx(float(leaning.sum()), rel=0.01)


def middles(field: Floats) -> Floats:
    """Return where the light of each row has its middle."""
    across = np.arange(field.shape[1], dtype=np.float32)
    return np.asarray((field @ across) / np.maximum(1, field.sum(axis=1)), np.float32)
