"""How high letters are, and how they stand against their ground on the wall."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from player.commissioning.reading import contrast, contrasts, smallest
from player.commissioning.received import Wall
from player.output.curve import decoded
from player.render.cpu import CpuRenderer
from player.screen.programme import Programme
from player.show.plan import Cue, Plan, scene_at
from player.show.scene import Composition, Fill, Words
from player.show.slide import FactSlide, Phrase, Slide, Stage, WordsSlide
from player.text.typeset import Typesetter
from player.units import SECOND, Size
from tests.commissioning.walls import wall_of
from tests.fakes.showing import PHRASES, show_of

FACT = FactSlide(text="Six million Jews were murdered", language="en", source="aboutholocaust.org", link="https://example.org")


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    """The real one."""
    return Typesetter()


def cues(slides: Sequence[Slide]) -> tuple[Cue, ...]:
    """Return cues of these slides, as a rehearsal leaves them."""
    composition = Composition(Size(2, 2), Fill((0, 0, 0)))
    return tuple(
        Cue(start=i * 10 * SECOND, length=10 * SECOND, fade=SECOND, slide=slide, composition=composition)
        for i, slide in enumerate(slides)
    )


def programme(folder: Path, canvas: Size) -> Programme:
    """Return what a wall without a library plays."""
    return Programme(folder / "nowhere", show_of([]), PHRASES, Stage(canvas))


def test_the_smallest_letter_is_one_that_is_to_be_read(tmp_path: Path, typesetter: Typesetter) -> None:
    """A fact's source is smaller than the fact, and may be overlooked; so the fact's own letters count."""
    found = smallest(programme(tmp_path, Size(1920, 1080)), cues([WordsSlide(phrase=PHRASES[0]), FACT]), typesetter)
    assert found
    assert found.slide == "fact"
    assert found.text in FACT.text
    assert found.height_px > 30
    assert smallest(programme(tmp_path, Size(1920, 1080)), (), typesetter) is None


@pytest.mark.parametrize(("ink", "ground"), [(230, 20), (150, 20), (20, 200)])
def test_contrast_is_that_of_the_colours(typesetter: Typesetter, ink: int, ground: int) -> None:
    """Straight on a canvas it is WCAG's formula of ink and ground, light on dark or dark on light."""
    words = Words("We Remember", "en", "serif", 60.0, (ink, ink, ink), 40.4, 110.0)
    composition = Composition(Size(520, 180), Fill((ground, ground, ground)), ink=(words,))
    renderer = CpuRenderer(composition.canvas, typesetter)
    renderer.prepare(composition, {})
    cue = Cue(start=0, length=SECOND, fade=0, slide=None, composition=composition)
    image = renderer.draw(scene_at(Plan(composition.canvas, (cue,)), 0))
    light = decoded(image[..., 1] / 255.0).astype(np.float32)
    a, b = (float(decoded(np.array([code / 255]))[0]) + 0.05 for code in (max(ink, ground), min(ink, ground)))
    assert contrast(words, light, typesetter) == pytest.approx(a / b, rel=0.02)


def test_words_beside_the_canvas_have_no_contrast(typesetter: Typesetter) -> None:
    """Nobody says how well nothing can be read."""
    words = Words("We Remember", "en", "serif", 60.0, (230, 230, 230), 4000.0, 110.0)
    assert contrast(words, np.zeros((180, 520), np.float32), typesetter) is None


def test_contrast_falls_with_black_and_with_the_dark_of_a_curfew(tmp_path: Path, typesetter: Typesetter) -> None:
    """It is measured on the wall: a projector's black and a dimmed evening take from it."""
    clean, milky = Wall(wall_of(2, black=0.0)), Wall(wall_of(2, black=0.02))
    slides = cues([WordsSlide(phrase=Phrase("We Remember", "en"))])

    def of(wall: Wall, dim: float) -> float:
        (line,) = contrasts(programme(tmp_path, wall.canvas), slides, wall, typesetter, dim=dim, tell=lambda _: None)
        assert line.contrast
        return line.contrast

    assert of(clean, 1.0) > of(milky, 1.0) > 4.5
    assert of(clean, 1.0) > 2 * of(clean, 0.1)


def test_one_slide_of_each_kind_is_measured(tmp_path: Path, typesetter: Typesetter) -> None:
    """The first of each; in the order in which they are shown."""
    wall = Wall(wall_of(1))
    slides = cues([FACT, WordsSlide(phrase=PHRASES[0]), FACT, WordsSlide(phrase=PHRASES[2])])
    told: list[float] = []
    found = contrasts(programme(tmp_path, wall.canvas), slides, wall, typesetter, dim=1.0, tell=told.append)
    assert [line.slide for line in found] == sorted((line.slide for line in found), key=["fact", "words"].index)
    assert told == [0.5, 1.0]
    assert any(not line.is_judged for line in found)
