"""Ink: sharp, exact, and blended without a rim."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from player.errors import DrawError
from player.render.ink import code_patch, lay_patch, rule_patch, words_patch
from player.render.protocol import Image
from player.render.raster import Scratch
from player.show.scene import Code, Rule, Words
from player.units import Rect, Size
from tests.fakes.letters import FakeLetters

CANVAS = Size(200, 120)
INK = (244, 239, 228)
LINK = "https://aboutholocaust.org"


def _canvas(value: int = 40) -> Image:
    canvas = np.full((120, 200, 4), value, np.uint8)
    canvas[..., 3] = 255
    return canvas


def test_words_stand_on_their_baseline_in_their_colour() -> None:
    """Full coverage is the ink's own colour to the byte, and nothing of an H hangs below the baseline."""
    canvas = _canvas()
    patch = words_patch(Words("HHH", "en", "serif", 60, INK, 20.5, 90), FakeLetters(), CANVAS)
    assert patch is not None

    lay_patch(patch, 1.0, canvas, Scratch())

    assert (canvas == (228, 239, 244, 255)).all(axis=2).sum() > 500
    assert (canvas[91:, :, :3] == 40).all()
    assert (canvas[..., 3] == 255).all()


def test_ink_at_half_weight_lies_half_way() -> None:
    """A weight mixes what is below and what would be there with the ink at full strength."""
    below, half, full = _canvas(), _canvas(), _canvas()
    patch = words_patch(Words("We", "en", "serif", 60, INK, 20, 90), FakeLetters(), CANVAS)
    assert patch is not None

    lay_patch(patch, 0.5, half, Scratch())
    lay_patch(patch, 1.0, full, Scratch())

    assert np.abs(half - (below.astype(float) + full) / 2).max() <= 0.5


def test_ink_of_the_colour_below_is_invisible() -> None:
    """Blending rounds to nearest: no dark or bright rim appears round a letter."""
    canvas = _canvas(INK[0])
    patch = words_patch(Words("Remember", "en", "serif", 40, (INK[0], INK[0], INK[0]), 10, 90), FakeLetters(), CANVAS)
    assert patch is not None

    lay_patch(patch, 1.0, canvas, Scratch())

    assert np.abs(canvas[..., :3].astype(int) - INK[0]).max() <= 1


def test_a_hairline_has_edges_between_pixels() -> None:
    """A rule one and a half pixels high, a quarter down its row, weighs one and a half rows."""
    canvas = _canvas(0)
    patch = rule_patch(Rule(Rect(10, 20.25, 50, 1.5), (255, 255, 255)), CANVAS)
    assert patch is not None

    lay_patch(patch, 1.0, canvas, Scratch())

    assert canvas[:, 30, 1].sum() / 255 == pytest.approx(1.5, abs=0.01)
    assert canvas[20, 30, 1] / 255 == pytest.approx(0.75, abs=0.01)


def test_ink_beyond_the_canvas_is_cropped_or_left_out() -> None:
    """Patches hold only what can be seen of them."""
    patch = rule_patch(Rule(Rect(150, -10, 500, 500), INK), CANVAS)

    assert patch is not None
    assert patch.box == (150, 0, 200, 120)
    assert rule_patch(Rule(Rect(300, 10, 5, 5), INK), CANVAS) is None
    assert rule_patch(Rule(Rect(30, 10, 0, 5), INK), CANVAS) is None


def test_a_code_can_be_read() -> None:
    """What is drawn decodes to its text, with whole-pixel modules of two colours and a quiet zone of at least four."""
    canvas = _canvas()
    patch = code_patch(Code(LINK, Rect(20, 5, 110.4, 110.4), (11, 11, 13), INK), CANVAS)
    assert patch is not None

    lay_patch(patch, 1.0, canvas, Scratch())

    text, _, _ = cv2.QRCodeDetector().detectAndDecode(cv2.resize(canvas[..., :3], None, fx=4, fy=4, interpolation=0))
    assert text == LINK
    drawn = canvas[5:115, 20:130, :3].reshape(-1, 3)
    assert {tuple(map(int, pixel)) for pixel in drawn} == {(13, 11, 11), (228, 239, 244)}
    dark = np.argwhere(canvas[5:115, 20:130, 1] == 11)
    module = 110 // (25 + 2 * 4)
    assert dark.min() >= 4 * module
    assert len(dark) % module**2 == 0


@pytest.mark.parametrize(("text", "side", "why"), [(LINK, 20, "does not fit"), ("x" * 5000, 100, "shorter address")])
def test_a_code_that_nobody_could_read_is_refused(text: str, side: float, why: str) -> None:
    """Too small or too long is an error when it is prepared, not a smudge on the wall."""
    with pytest.raises(DrawError, match=why):
        code_patch(Code(text, Rect(0, 0, side, side), (0, 0, 0), (255, 255, 255)), CANVAS)
