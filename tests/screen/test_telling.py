"""What the screen says of its frames."""

from __future__ import annotations

import random
from typing import cast

from player.screen.telling import EDGES, KEPT, Frames
from player.units import MILLISECOND


def test_the_last_minute_is_told_in_figures() -> None:
    """Median, the slowest hundredth and the slowest are those of a whole sort, before a minute has passed and after."""
    chance = random.Random(1)
    frames = Frames()
    assert frames.told() == {"frames": 0, "late": 0}
    works: list[int] = []
    for count in (1, 2, 150, KEPT, 100):
        for _ in range(count):
            works.append(chance.randrange(1, 20) * MILLISECOND)
            frames.worked(works[-1], is_late=works[-1] > 16 * MILLISECOND)
        last = sorted(works[-KEPT:])
        told = frames.told()
        found = (told["median_ms"], told["p99_ms"], told["most_ms"])
        assert found == tuple(last[i] / MILLISECOND for i in (len(last) // 2, len(last) * 99 // 100, -1))
        assert told["frames"] == len(works)


def test_every_frame_is_in_the_histogram_once() -> None:
    """Also those that are too long ago for the figures of the last minute, and those longer than any bound."""
    frames = Frames()
    for n in range(KEPT + 10):
        frames.worked((n % 20) * MILLISECOND, is_late=False)
    frames.worked(1000 * MILLISECOND, is_late=True)

    told = frames.told()

    bounds, counts = cast("list[list[int]]", told["histogram"])
    assert bounds == [edge // MILLISECOND for edge in EDGES]
    assert sum(counts) == told["frames"] == KEPT + 11
    assert counts[-1] == 1
    assert counts[0] == sum(n % 20 <= 1 for n in range(KEPT + 10))
