"""A film in the show is on a film of the show: every frame at its instant, what is said in it, and bright as it may be."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pytest

from player.commissioning.throw import throws
from player.filming import film as films
from player.filming.film import Order, film
from player.filming.light import Mapped
from player.render.cpu import CpuRenderer
from player.render.protocol import Image
from player.screen.presenter import Picture
from player.settings import Configuration
from player.show.motion import layer_at
from player.show.scene import Clip, Composition, Fill, Scene
from player.still import still
from player.units import SECOND, Nanos, Rect
from tests.fakes import films as made
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.filmed import RATE, SMALL, KeptFile, configured, film_known, nobody
from tests.fakes.letters import FakeLetters
from tests.fakes.moving import FakeMoving

FRAMES: Final = 100
FRAME: Final[Nanos] = SECOND // 25
SUBTITLES: Final = "WEBVTT\n\n00:01.500 --> 00:03.000\nWe remember\n"
LEFT: Final = 10  # columns of the canvas beside the film, whose shape is five to three
BRIGHT: Final = 180  # code; the film itself is darker below its numbers
MIDDLE: Final = slice(70, 180)  # rows below the numbers

OUTPUTS: Final = """
outputs:
  - {id: LEFT, display: {name: A, size: 320x180}, crop: [0, 0, 320, 180]}
"""


def showing(folder: Path, *, data: bytes | None = None) -> Configuration:
    """Write a configuration whose show is a film of four seconds, over and over, known since long ago."""
    path = film_known(folder, data=data, frames=FRAMES, subtitles=SUBTITLES)
    return configured(folder, wall=f"fade: 1s\nslides: [{{film: {{file: {path}}}}}]\n")


def filmed(configuration: Configuration, monkeypatch: pytest.MonkeyPatch, length: Nanos) -> list[Image]:
    """Film the opening; return what the encoder was given."""
    monkeypatch.setattr(films, "Mp4", KeptFile)
    order = Order(start=OPENING, until=OPENING + length, rate=RATE, out=Path("show.mp4"), size=SMALL)
    assert film(configuration, order, FakeClock(), nobody)
    return KeptFile.made["show.mp4"]


def number(image: Image) -> int:
    """Return which frame is seen."""
    return made.number_in(np.ascontiguousarray(image[:, LEFT:-LEFT, 1]))


def test_every_frame_is_on_it_at_its_instant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one that begins again every four seconds, 20 pictures of its 25 frames a second; what is said in it likewise."""
    seen = filmed(showing(tmp_path), monkeypatch, 6 * SECOND)
    assert len(seen) == 120
    for k, image in enumerate(seen):
        if k % 80 > 20:  # it has faded in
            assert number(image) == k % 80 * SECOND // 20 // FRAME
    assert [k for k, image in enumerate(seen) if image[MIDDLE, LEFT:-LEFT, 1].max() > BRIGHT] == [
        *range(30, 60),
        *range(110, 120),
    ]


def test_a_still_of_a_film_has_its_frame(tmp_path: Path) -> None:
    """The one that the wall shows then."""
    assert number(still(showing(tmp_path), OPENING + 2 * SECOND, SMALL, FakeClock(), nobody)) == 50


def test_one_that_cannot_be_decoded_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are shown instead, and the show is filmed all the same."""
    seen = filmed(showing(tmp_path, data=b"no film" * 1000), monkeypatch, SECOND)
    assert len(seen) == 20
    assert all(image[..., :3].max() > 150 for image in seen)


def test_one_that_flickers_is_calmed(tmp_path: Path) -> None:
    """A film is governed as anything else: of ten flashes a second from black to white, three are left (WCAG 2.3.1)."""
    configuration = configured(tmp_path, OUTPUTS)
    moving, found = FakeMoving(), throws(configuration)
    clip = Clip("film", Rect(0, 0, found.canvas.width, found.canvas.height), 0, is_live=False)
    scene = Composition(found.canvas, Fill((11, 11, 13)), clips=(clip,))
    renderer = CpuRenderer(found.canvas, FakeLetters(), moving=moving)
    renderer.prepare(scene, {})
    lens, means = Mapped(renderer, found, None), list[float]()
    for k in range(80):
        moving.serial, moving.level = k + 1, 235 if k // 2 % 2 else 16
        at = k * SECOND // 40
        picture = Picture(Scene(found.canvas, (layer_at(scene, at),), until=at), 1.0)
        means.append(float(lens.seen(picture, OPENING + at)["LEFT"][..., :3].mean()))
    assert max(means[:4]) > 250  # the first one is no flash yet
    leaps = np.abs(np.diff((np.array(means) / 255) ** 2.2)) > 0.1
    assert max(int(leaps[k : k + 40].sum()) for k in range(40)) <= 6
