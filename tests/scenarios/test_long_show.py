"""Thousands of slides: nothing grows, and everybody is shown as often as everybody else.

WEREMEMBER_SLIDES=10000 plays more than a day of them, which takes half a minute.
"""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import gc
import os
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from player.screen import bench
from player.show.layout import Measure
from player.show.playlist import MosaicStep, PhotoStep
from player.show.scene import Composition, Figure, Fill, Move
from player.show.slide import Pace, Slide, Stage, photos_of
from player.units import SECOND, WHOLE, Rect
from tests.fakes.showing import POLL_EVERY, Showing, show_of

SLIDES: Final = int(os.environ.get("WEREMEMBER_SLIDES", "1000"))
BEGINNING: Final = SLIDES // 4  # slides; by then every cache is as full as it gets
GROWTH: Final = 500  # living objects, from there to the end; one that is left behind by every slide would be more


def quick(slide: Slide, *, stage: Stage, pace: Pace, measure: Measure, seed: int) -> Composition:
    """Lay a slide out without regard for its looks: the layout has its own tests, and would take most of the time."""
    del pace, measure
    figures = [Figure(photo.picture, Rect(0.0, 0.0, 10.0, 10.0), WHOLE) for photo in photos_of(slide)]
    return Composition(stage.canvas, Fill((seed % 256, 0, 0)), tuple(Move(figure, figure) for figure in figures))


def test_nothing_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most the present slide, the leaving one, the next and the plate are prepared; the count of living objects is flat."""
    monkeypatch.setattr(bench, "lay_out", quick)
    steps = (*(PhotoStep() for _ in range(9)), MosaicStep(columns=3, rows=2, hold=15))
    with Showing(tmp_path, show=show_of(steps, hold=4, fade=1)) as show:
        show.publish(*(f"{'p' if n % 2 else 'l'}{n}" for n in range(40)))
        objects: list[int] = []
        begun, last = 0, None
        while begun < SLIDES:
            show.clock.advance(2500 * SECOND // 1000)
            if show.clock.monotonic() // POLL_EVERY != last:
                last = show.clock.monotonic() // POLL_EVERY
                show.poll()
            show.frame(0)
            begun += len(show.slides)
            show.slides.clear()
            show.seen = Counter()
            if len(objects) < begun // BEGINNING:
                gc.collect()
                objects.append(len(gc.get_objects()))
        assert show.most_prepared <= 4
        assert len(show.ledger.picks()) <= 12
        assert not show.writer.waiting
        assert objects[-1] - objects[0] <= GROWTH
        counts = show.shown().values()
        assert max(counts) - min(counts) <= 1
