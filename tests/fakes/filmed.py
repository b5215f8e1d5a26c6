"""A show whose screen really draws, so that a film of it can be compared with what was up; and a file that keeps pictures."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from player.clock import SystemClock
from player.film import known
from player.film.known import Known, stamp_of
from player.film.wire import Film
from player.filming.reels import Reels
from player.output.light import black, dim
from player.render.cpu import CpuRenderer
from player.render.protocol import Image, Moving
from player.screen.programme import programme_of
from player.settings import Configuration, load
from player.show.layout import lay_out, plate
from player.show.scene import Composition, Scene
from player.show.slide import Pace, Phrase, Stage, WordsSlide
from player.text.typeset import Typesetter
from player.units import SECOND, Digest, Nanos, Size
from tests.fakes import films as made
from tests.fakes import showing
from tests.fakes.showing import Showing
from tests.fakes.wall import FakeRenderer, FakeWindow

SMALL: Final = Size(320, 180)
RATE: Final = Fraction(20)
FRAME: Final[Nanos] = SECOND // 20

WALL: Final = "hold: 4s\nfade: 1s\nslides: [photo, words, {photo: {pairs: true}}]\n"
OTHER: Final = "hold: 4s\nfade: 1s\nslides: [words]\n"
SCHEDULE: Final = """
schedule:
  fallback: wall
  slots:
    - {id: eve, title: Evening, show: other, start: 2027-01-20T09:00:32Z, length: 6s, preroll: 4s, start_as: hard}
  quiet:
    - {when: {day: 2027-01-20, at: 09:00:20 to 09:00:24}, do: dark}
    - {when: {day: 2027-01-20, at: 09:00:40 to 09:00:43}, do: {dim: 40}}
"""


def configured(folder: Path, more: str = "", *, wall: str = WALL) -> Configuration:
    """Write the configuration of two shows whose library lies in *folder*/data."""
    (folder / "playlists").mkdir()
    (folder / "playlists" / "wall.yaml").write_text(wall)
    (folder / "playlists" / "other.yaml").write_text(OTHER)
    (folder / "config.yaml").write_text(f"site: {{zone: UTC}}\nfeeds: {{}}\nstorage: {{data: {folder / 'data'}}}\n{more}")
    loaded = load(folder / "config.yaml")
    assert loaded.configuration, loaded.problems
    return loaded.configuration


def film_known(folder: Path, *, data: bytes | None = None, frames: int = 100, subtitles: str = "") -> Path:
    """Put a film of numbered frames, 25 a second, into *folder*, or *data* that is said to be one; it is known since long ago.

    *subtitles*: what is said in it, as WebVTT. Returns its path; the library lies in *folder*/data.
    """
    path = folder / "film.mp4"
    path.write_bytes(made.film(made.Recipe(frames=frames)) if data is None else data)
    path.with_suffix(".en.vtt").write_text(subtitles or "WEBVTT\n")
    stamp, length = stamp_of(path), frames * SECOND // 25
    assert stamp
    facts = Film(size=made.SIZE, aspect=5 / 3, duration=length, rate=25.0, is_vfr=False, codec="H.264", has_sound=False)
    (folder / "data").mkdir(exist_ok=True)
    known.write(folder / "data", {str(path): Known(stamp=stamp, film=facts)})
    return path


class DrawingRenderer(FakeRenderer):
    """Knows what is prepared, and draws it as well."""

    def __init__(self, canvas: Size, typesetter: Typesetter, moving: Moving) -> None:
        super().__init__()
        self._real = CpuRenderer(canvas, typesetter, moving=moving, waits=True)

    def prepare(self, composition: Composition, photos: dict[Digest, Image]) -> None:
        """Prepare it."""
        super().prepare(composition, photos)
        self._real.prepare(composition, photos)

    def release(self, composition: Composition) -> None:
        """Forget it."""
        super().release(composition)
        self._real.release(composition)

    def serials(self, scene: Scene) -> tuple[int, ...]:
        """Return which frames it would show."""
        return self._real.serials(scene)

    def draw(self, scene: Scene, out: Image | None = None) -> Image:
        """Draw it."""
        super().draw(scene, out)
        return self._real.draw(scene, out)


class KeepingWindow(FakeWindow):
    """Keeps what was up last, as a display would get it."""

    def __init__(self, renderer: FakeRenderer, canvas: Size) -> None:
        super().__init__(renderer, canvas)
        self.fps = float(RATE)
        self.up: Image = np.zeros((canvas.height, canvas.width, 4), np.uint8)
        self._next = self.up

    def draw(self, image: Image, light: float) -> None:
        """Take it, as bright as it is to be."""
        self._is_black = light == 0
        self._next = image.copy()
        dim(self._next, light)

    def flip(self) -> None:
        """Put it up."""
        super().flip()
        self.up = self._next


class Drawn(Showing):
    """A show on a small wall that is drawn; its films are decoded, and a frame is waited for."""

    def __init__(self, folder: Path, configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
        """Play the show and the schedule of *configuration*."""
        self.reels = Reels(SystemClock())
        self.sources = self.reels
        self.typesetter = Typesetter()
        speakable = self.typesetter.fonts.speakable
        stage = Stage(SMALL)
        programme = programme_of(configuration, stage, lambda language, text: speakable(language, text) is not None)
        monkeypatch.setattr(showing, "PHRASES", programme.phrases)
        monkeypatch.setattr(showing, "CANVAS", SMALL)
        others = tuple(bill.show for bill in programme.bills if bill.show.id != programme.show.id)
        super().__init__(folder, show=programme.show, others=others)
        self.rules = configuration.rules
        self.reload()

    def _open_screen(self) -> None:
        self.renderer = DrawingRenderer(SMALL, self.typesetter, self.reels)
        self.window: KeepingWindow = KeepingWindow(self.renderer, SMALL)
        self.measure = self.typesetter  # pyright: ignore[reportAttributeAccessIssue]  any measure does
        self.plate = plate(Stage(SMALL), self.typesetter)
        self.renderer.prepare(self.plate, {})
        name, pace = WordsSlide(phrase=Phrase("Display 0", "en")), Pace(5 * SECOND, 0, still=True)
        self.label = lay_out(name, stage=Stage(SMALL), pace=pace, measure=self.typesetter, seed=0)
        self.renderer.prepare(self.label, {})

    def __exit__(self, *exited: object) -> None:
        """End everything, and all decoders."""
        super().__exit__(*exited)
        self.reels.__exit__(*exited)

    def presented(self, until: Nanos) -> Iterator[tuple[Nanos, Image]]:
        """Play on, frame by frame, up to *until* (wall); yield each with what is up."""
        while self.clock.wall() + FRAME < until:
            self.frame(FRAME)
            yield self.clock.wall(), self.window.up


class KeptFile:
    """A film that stays in memory."""

    made: Final[dict[str, list[Image]]] = {}

    def __init__(self, out: Path, size: Size, rate: Fraction) -> None:
        assert rate > 0
        self.size = size
        self._pictures: list[Image] = []
        self.made[out.name] = self._pictures

    def add(self, image: Image) -> None:
        """Keep it."""
        assert image.shape == (self.size.height, self.size.width, 4)
        self._pictures.append(image)

    def finish(self) -> None:
        """Do nothing."""

    def name(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def nobody(_: float) -> None:
    """Hear how far it is, and do nothing."""


def black_picture() -> Image:
    """Return a dark wall."""
    image = np.empty((SMALL.height, SMALL.width, 4), np.uint8)
    black(image)
    return image
