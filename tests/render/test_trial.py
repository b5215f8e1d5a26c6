"""The scenes that a bench times."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest

from player.render.cpu import CpuRenderer
from player.render.trial import KINDS, Kind, act, picture, trial
from player.units import MILLISECOND, Size
from tests.fakes.letters import FakeLetters

SIZE = Size(320, 180)


def test_every_kind_is_timed_at_every_size() -> None:
    """A row comes for each, with the time that the given clock saw pass."""
    ticks = count(step=3 * MILLISECOND)
    sizes = [SIZE, Size(90, 160)]

    rows = list(trial(lambda size: CpuRenderer(size, FakeLetters()), sizes, 5, lambda: next(ticks)))

    assert [(row.kind, row.size) for row in rows] == [(kind, size) for size in sizes for kind in KINDS]
    assert {(row.median_ms, row.p99_ms) for row in rows} == {(3.0, 3.0)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_trial_draws_something_that_moves(kind: Kind) -> None:
    """What is timed is a picture, and but for the still one no two frames of it are the same."""
    played = act(kind, SIZE)
    renderer = CpuRenderer(SIZE, FakeLetters())
    for composition in played.compositions:
        renderer.prepare(composition, played.photos)

    one, two = (renderer.draw(played.scene_at(x)).copy() for x in (0.3, 0.6))

    assert one[..., :3].max() > 100
    assert np.array_equal(one, two) == (kind == "still")


def test_a_made_up_picture_has_light_and_detail() -> None:
    """It is no flat colour: it costs a renderer and a codec what a photo does."""
    made = picture(Size(300, 200), 1)

    assert made.std() > 25
    assert np.abs(np.diff(made.astype(int), axis=1)).mean() > 2
