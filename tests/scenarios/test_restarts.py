"""The screen ends, in order or not, and begins again; or reads its configuration anew."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Final

import pytest

from player.units import SECOND, Nanos
from tests.fakes.on_air import NAMES
from tests.fakes.showing import EVERYTHING, PHOTOS_ALONE, Showing, show_of

MINUTE: Final[Nanos] = 60 * SECOND


@pytest.mark.parametrize("in_order", [True, False])
def test_a_restart_goes_on_where_the_show_was(tmp_path: Path, *, in_order: bool) -> None:
    """Started again, in order or after a power cut, the next slide is the next one; counts go on, and nobody follows himself."""
    with Showing(tmp_path, kinds=EVERYTHING) as show:
        show.publish(*NAMES)
        for _ in range(12):
            show.play(23 * SECOND)
            place, up = show.loop.place, show.top
            show.restart(in_order=in_order)
            assert show.loop.place.ordinal in {place.ordinal, place.ordinal - (not in_order)}
            assert show.loop.place.step in {place.step, (place.step - 1) % len(EVERYTHING)}
            slides = len(show.slides)
            show.play(3 * SECOND)
            assert len(show.top) != 1 or show.top != up
            assert len(show.slides) > slides
            assert show.spread() <= 1


def test_crashing_again_and_again_shows_news_at_most_every_other_time(tmp_path: Path) -> None:
    """Even a screen that is restarted after every slide does not let newcomers crowd the others out."""
    with Showing(tmp_path) as show:
        show.publish(*NAMES)
        show.play(MINUTE)
        show.publish(*(f"new {n}" for n in range(20)))
        show.play(20 * SECOND)
        for _ in range(8):
            slides = len(show.slides)
            show.play_until(lambda begun=slides: len(show.slides) > begun + 1)
            show.play(3 * SECOND)
            show.restart()
        slides = [next(iter(slide)) for slide in show.slides if slide]
        firsts = [name.startswith("new") and name not in slides[:n] for n, name in enumerate(slides)]
        assert sum(firsts) >= 6
        assert not any(one and other for one, other in itertools.pairwise(firsts))


def test_reading_the_configuration_again_keeps_the_picture_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """After twenty reloads, some to another show, the picture was never disturbed and nothing more is prepared than before."""
    with Showing(tmp_path, kinds=EVERYTHING) as show:
        show.publish(*NAMES)
        show.play(MINUTE)
        first, second = show.show, show_of(PHOTOS_ALONE, name="photos")
        for number in range(20):
            before = show.window.scene
            show.reload(second if number % 2 else first)
            show.loads = False  # else another show might begin to come in this very frame
            show.frame(0)
            show.loads = True
            assert show.window.scene == before
            show.play(7 * SECOND)
            assert sum(show.renderer.prepared.values()) <= 4
        assert show.spread() <= 1
