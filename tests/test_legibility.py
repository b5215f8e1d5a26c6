"""Legibility: the angle under which a letter is seen, and what is said of words that nobody will read."""

from __future__ import annotations

from typing import Final

import pytest

from player.legibility import (
    LEAST,
    WITH_EASE,
    Line,
    Played,
    Role,
    View,
    farthest,
    letter_height,
    lines_of,
    minutes_of,
    verdicts,
)
from player.show.playlist import CandleStep, FactStep, Kind, MosaicStep, NamesStep, PhotoStep, WordsStep
from player.show.scene import Face
from player.show.slide import Phrase, Stage
from player.units import Size
from tests.fakes.measure import FixedMeasure

EN, HE, LONG = Phrase("We Remember", "en"), Phrase("אנו זוכרים", "he"), Phrase("Nous nous souvenons toujours d’eux", "fr")
VIEW: Final = View(stage=Stage(Size(1920, 1080)), distance_m=100.0, width_m=24.0)
STEMS: Final[dict[Face, float]] = {"serif": 0.1, "sans": 0.1}
FACT: Final = FactStep(text="Six million Jews were murdered in the Holocaust.", source="aboutholocaust.org")


def lines(*kinds: Kind, view: View = VIEW, phrases: tuple[Phrase, ...] = (EN, HE), title: str = "") -> tuple[Line, ...]:
    """Lay out a show with a measure whose capitals are three quarters of an em."""
    return lines_of(Played("wall", kinds, phrases, title), view, measure=FixedMeasure(), stems=STEMS)


@pytest.mark.parametrize(("minutes", "metres"), [(LEAST, 0.47), (WITH_EASE, 0.64)])
def test_a_letter_at_a_hundred_metres(minutes: float, metres: float) -> None:
    """Half a metre is the least: what is known from signs along roads."""
    assert letter_height(100, minutes) == pytest.approx(metres, abs=0.005)
    assert minutes_of(letter_height(100, minutes), 100) == pytest.approx(minutes)
    assert farthest(letter_height(100, LEAST)) == pytest.approx(100)


def test_sizes_are_those_of_the_layout() -> None:
    """Words alone are 0.235 of the height: three quarters of that in capitals, on a wall of 24 metres."""
    alone = max(line.height_m for line in lines(WordsStep()) if line.role is Role.ALONE)
    assert alone == pytest.approx(0.235 * 1080 * 0.75 * 24 / 1920, rel=0.01)


def test_every_kind_of_slide_is_looked_at() -> None:
    """Captions, the tally, facts, a title page with its countdown; not the hashtag, which may be overlooked."""
    photos, words = (PhotoStep(pairs=True), MosaicStep(tally=True)), (WordsStep(), FACT, CandleStep(), NamesStep(file="n.txt"))
    found = {line.role for line in lines(*photos, *words, CandleStep(words=False), title="The ceremony")}
    assert found == set(Role)


def test_what_nobody_reads_is_named_with_its_size() -> None:
    """The smallest of each kind, how much is needed, and what would help."""
    small, *_ = verdicts("wall", lines(PhotoStep(), WordsStep()), VIEW)
    assert small.startswith(
        "wall: nobody reads captions (0.30 m) from 100 m: a letter needs 0.47 m, and 0.64 m to be read with ease."
    )
    assert small.endswith("What helps: all of it can be read from 65 m, or on a wall 37 m wide")


def test_what_is_only_just_readable_is_told_apart() -> None:
    """Between sixteen minutes of arc and twenty-two."""
    line = Line(Role.ALONE, "en", 0.5, 20)
    (hard,) = verdicts("wall", [line], VIEW)
    assert hard == (
        "wall: the words alone (0.50 m) can just be read from 100 m: a letter needs 0.47 m, and 0.64 m to be read with ease"
    )
    assert not [*verdicts("wall", [Line(Role.ALONE, "en", 0.65, 20)], VIEW)]


def test_a_language_that_is_too_long_is_named() -> None:
    """The others are large enough, and so what helps is to leave that one out."""
    found = [Line(Role.ALONE, "en", 0.9, 20), Line(Role.ALONE, "ta", 0.3, 20), Line(Role.BESIDE, "en", 0.2, 20)]
    (small,) = verdicts("wall", found, VIEW)
    assert "nobody reads the words alone in ta (0.30 m) and the words beside a photo (0.20 m) from" in small
    assert "`words: {languages: […]}` without these languages; `- words` alone, 0.90 m high; all of it can be read" in small


def test_longer_words_are_smaller_as_they_are_on_the_wall() -> None:
    """Nothing is assumed of a text: it is laid out."""
    heights = {line.language: line.height_m for line in lines(WordsStep(), phrases=(EN, LONG)) if line.role is Role.ALONE}
    assert heights["fr"] < heights["en"]


def test_thin_letters_count_as_smaller_ones() -> None:
    """A letter is as high as eight of its strokes at most."""
    thin: dict[Face, float] = {"serif": 0.05, "sans": 0.05}
    played = Played("wall", (WordsStep(),), (EN,))
    (line,) = lines_of(played, VIEW, measure=FixedMeasure(), stems=thin)
    (usual,) = lines(WordsStep(), phrases=(EN,))
    assert line.height_m == pytest.approx(usual.height_m * 0.4 / 0.75)


@pytest.mark.parametrize(("is_warped", "least"), [(False, 2), (True, 3)])
def test_strokes_have_pixels_enough(*, is_warped: bool, least: int) -> None:
    """Two pixels of an output, three where a warp puts edges between them; coarse outputs have fewer for the same picture."""
    near = View(stage=VIEW.stage, distance_m=10, width_m=24, output_px=0.8, is_warped=is_warped)
    assert not [*verdicts("wall", [Line(Role.CAPTION, "en", 9, least)], near)]
    (thin,) = verdicts("wall", [Line(Role.CAPTION, "en", 9, least - 0.5)], near)
    assert thin.startswith(f"wall: strokes are less than {least} output pixels wide")
    assert f"captions ({least - 0.5:.1f})" in thin
    full, coarse = (lines(WordsStep(), view=View(stage=VIEW.stage, distance_m=9, width_m=9, output_px=px)) for px in (1.0, 0.5))
    assert coarse[0].stroke_px == pytest.approx(full[0].stroke_px / 2)
