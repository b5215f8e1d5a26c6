"""What the screen says of its frames."""

from __future__ import annotations

import random

from player.screen.telling import KEPT, Frames
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
