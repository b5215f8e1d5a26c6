"""Words keep out of windows and of places kept free of them; a slide is composed in the part of a wall that is seen."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.library.photo import Photo
from player.output.blend import Flags, opened, room_for_words
from player.show.layout import covered, lay_out, plate
from player.show.layout.way import boxes_of
from player.show.scene import Composition, Rule, Scrim, Words
from player.show.slide import (
    FactSlide,
    MosaicSlide,
    Pace,
    PairSlide,
    PhotoSlide,
    Phrase,
    Slide,
    Stage,
    Tally,
    TitleSlide,
    WordsSlide,
)
from player.staging import stage_for
from player.text.fonts import Fonts
from player.text.typeset import Typesetter
from player.units import MILLISECOND, SECOND, Digest, Rect, Size
from tests.fakes.measure import FixedMeasure
from tests.fakes.rooms import FULL_HD, OUTPUTS, box, masks, output, stage_of

PACE: Final = Pace(12 * SECOND, 1500 * MILLISECOND)
REAL: Final = Typesetter(Fonts(system=lambda: ()))
EN, HE = Phrase("We Remember", "en"), Phrase("אנחנו זוכרים", "he")
FR: Final = Phrase("Nous nous souvenons", "fr")


def photo(key: int, aspect: float) -> Photo:
    """Make up a photo of a shape."""
    size = Size(1600, round(1600 / aspect)) if aspect > 1 else Size(round(1600 * aspect), 1600)
    digest = Digest(f"{key:064x}")
    return Photo(
        key=key, source="", item="", picture=digest, tile=digest, size=size, tile_size=size, caption="A sill", language="en"
    )


SLIDES: Final[dict[str, Slide]] = {
    "portrait": PhotoSlide(photo=photo(1, 0.75), phrase=EN, second=HE),
    "landscape": PhotoSlide(photo=photo(2, 1.5), phrase=EN, second=HE),
    "of the wall's shape": PhotoSlide(photo=photo(3, 16 / 9), phrase=EN),
    "portrait in Hebrew": PhotoSlide(photo=photo(4, 0.7), phrase=HE, second=EN),
    "pair": PairSlide(photos=(photo(5, 0.75), photo(6, 0.7)), phrase=FR),
    "mosaic": MosaicSlide(photos=tuple(photo(i, 1.4) for i in range(24)), columns=6, rows=4, phrase=EN, tally=Tally(12_480, 47)),
    "words": WordsSlide(phrase=EN, second=HE),
    "words in Hebrew": WordsSlide(phrase=HE, second=EN),
    "title": TitleSlide(title=Phrase("Yom HaShoah · יום השואה", "en"), note=Phrase("12 min", "en")),
    "fact": FactSlide(text="Six million Jews were murdered.", language="en", source="aboutholocaust.org", link="https://x.org"),
}


@cache
def laid_out(name: str, stage: Stage) -> Composition:
    """Lay a slide out, once for all that look at it."""
    return lay_out(SLIDES[name], stage=stage, pace=PACE, measure=REAL, seed=1)


@cache
def allowed(wall: str) -> Flags:
    """Return where words may stand on a wall, to the pixel."""
    return room_for_words(OUTPUTS[wall])


def pixels(flags: Flags, place: Rect) -> Flags:
    """Return the pixels in a rectangle."""
    return flags[int(place.y) : int(np.ceil(place.bottom)), int(place.x) : int(np.ceil(place.right))]


@pytest.mark.parametrize("wall", OUTPUTS)
@pytest.mark.parametrize("slide", SLIDES)
def test_no_word_stands_where_none_may(slide: str, wall: str) -> None:
    """On every wall with a free place, each box of ink lies wholly on pixels that may carry words, and something is said."""
    composition = laid_out(slide, stage_of(wall))
    assert composition.canvas == stage_of(wall).canvas
    assert any(isinstance(ink, Words) for ink in composition.ink)
    for place in boxes_of(composition.ink, REAL):
        assert pixels(allowed(wall), place).all()


@pytest.mark.parametrize("wall", OUTPUTS)
def test_the_plate_keeps_out_too(wall: str) -> None:
    """The plate says "We Remember" where it can be read."""
    composition = plate(stage_of(wall), REAL)
    assert " ".join(ink.text for ink in composition.ink if isinstance(ink, Words)) == "We Remember"
    assert all(pixels(allowed(wall), place).all() for place in boxes_of(composition.ink, REAL))


@pytest.mark.parametrize("slide", SLIDES)
def test_a_slide_is_composed_within_the_part_that_is_seen(slide: str) -> None:
    """Where an outline leaves two thirds of the wall, photos and words are whole within it, with a margin of their own."""
    composition = laid_out(slide, stage_of("left two thirds"))
    lit = opened(OUTPUTS["left two thirds"]).lit
    for place in (*boxes_of(composition.ink, REAL), *(move.last.place for move in composition.moves)):
        assert pixels(lit, place).all()
        assert place.x >= 60 + 30
        assert place.right <= 1270 - 30
    assert not any(isinstance(ink, Scrim) for ink in composition.ink)


def test_words_alone_stand_in_the_middle_of_the_part_that_is_seen() -> None:
    """Not in the middle of a canvas of which a third is dark."""
    (words,) = boxes_of(laid_out("words", stage_of("left two thirds")).ink[:1], REAL)
    assert (words.x + words.right) / 2 == pytest.approx((60 + 1270) / 2, abs=10)


@pytest.mark.parametrize("wall", ["six windows", "a door", "a gap", "a tall wall with windows"])
def test_tiles_go_round_windows(wall: str) -> None:
    """Everyone on a mosaic is seen: no tile loses more than a corner to a window, and none is left out."""
    composition = laid_out("mosaic", stage_of(wall))
    lit = opened(OUTPUTS[wall]).lit
    assert len(composition.moves) == 24
    for move in composition.moves:
        assert pixels(lit, move.last.place).mean() > 0.9
    begins = [move.begin for move in composition.moves]
    assert min(begins) >= PACE.fade
    assert max(begins) <= PACE.fade + 4 * SECOND


def test_photos_may_lie_where_no_words_shall_be() -> None:
    """A place kept free of words takes no light, so a photo has it: it is not made smaller for that."""
    composition = laid_out("portrait", stage_of("no words below"))
    usual = laid_out("portrait", Stage(FULL_HD))
    assert composition.moves[0].last.place.height == usual.moves[0].last.place.height


def test_a_photo_keeps_whole_on_one_side_of_a_gap() -> None:
    """Between two projectors with nothing between them, a landscape photo stands on one side and its words on the other."""
    composition = laid_out("landscape", stage_of("a gap"))
    place = composition.moves[0].last.place
    assert place.right <= 1700 or place.x >= 2140
    words = next(boxes_of(composition.ink, REAL))
    assert (words.right <= 1700) != (place.right <= 1700)


WIDE: Final = Size(3648, 1080)
"""Of the façade with seven windows and doors below, which two projectors show."""


def with_windows_below() -> Stage:
    """Return a wide wall that is free but for its lowest quarter."""
    windows = masks("drop", *(box(180 + 520 * column, 830, 220, 190) for column in range(7)))
    return stage_for(WIDE, [output(*windows, canvas=WIDE, size=WIDE)])


def lopsided(composition: Composition) -> float:
    """Return how far from the wall's middle photos and words stand as a whole, as a share of its width."""
    places = [*boxes_of(composition.ink, REAL), *(move.last.place for move in composition.moves)]
    middle = (min(place.x for place in places) + max(place.right for place in places)) / 2
    return abs(middle / composition.canvas.width - 0.5)


def credited(slide: PairSlide) -> PairSlide:
    """Return *slide* with photos that say who took them."""
    first, second = (replace(each, credit="Drawn for the demonstration") for each in slide.photos)
    return replace(slide, photos=(first, second))


@pytest.mark.parametrize("slide", ["portrait", "landscape", "of the wall's shape", "portrait in Hebrew", "pair", "words", "fact"])
def test_above_windows_slides_are_composed_in_the_middle_and_large(slide: str) -> None:
    """A free band above the windows is a page of its own: all stands in its middle, photos are whole and nearly as high as it."""
    composition = laid_out(slide, with_windows_below())
    assert lopsided(composition) < 0.01
    for move in composition.moves:
        assert move.last.place.bottom <= 830
        assert move.last.place.height > 0.5 * 1080


@pytest.mark.parametrize("wall", ["windows below", "a door"])
def test_credits_are_said_whole_while_there_is_room(wall: str) -> None:
    """Photos that are small because of windows have captions wider than themselves."""
    stage = with_windows_below() if wall == "windows below" else stage_of(wall)
    pair = SLIDES["pair"]
    assert isinstance(pair, PairSlide)
    composition = lay_out(credited(pair), stage=stage, pace=PACE, measure=REAL, seed=1)
    said = [ink.text for ink in composition.ink if isinstance(ink, Words)]
    assert sum("Drawn for the demonstration" in text for text in said) == 2
    assert not any(text.endswith("…") for text in said)
    first, second = (move.last.place for move in composition.moves)
    assert first.right < second.x


def test_two_photos_stand_between_windows_each_in_a_place_of_its_own() -> None:
    """Rather than both, tiny, in one of the two; each is seen but for a corner."""
    composition = laid_out("pair", stage_of("six windows"))
    lit = opened(OUTPUTS["six windows"]).lit
    for move in composition.moves:
        assert pixels(lit, move.last.place).mean() > 0.9
        assert move.last.place.height > 0.3 * 1080
    first, second = (move.last.place for move in composition.moves)
    assert not pixels(lit, Rect(first.right, first.y, second.x - first.right, first.height)).all()


def test_a_photo_and_its_words_stand_on_both_sides_of_a_door() -> None:
    """Not both on one, with nothing on the other."""
    assert lopsided(laid_out("of the wall's shape", stage_of("a door"))) < 0.05


def test_hairline_and_words_move_together() -> None:
    """What stands in one column still begins on one line when it has given way."""
    composition = laid_out("portrait", stage_of("no words below"))
    words, *_, caption = (ink for ink in composition.ink if isinstance(ink, Words) and not ink.text.startswith("#"))
    rule = next(ink for ink in composition.ink if isinstance(ink, Rule))
    left = [next(boxes_of((ink,), REAL)).x for ink in (words, rule, caption)]
    assert max(left) - min(left) <= 1
    assert all(value % 1 == 0 for value in (words.baseline, caption.baseline, rule.place.y))


def test_the_name_on_a_title_page_stands_still_while_its_minutes_change() -> None:
    """Giving way, too, goes by the room that digits need, not by the digits."""
    stage = stage_of("a door")
    pages = [
        lay_out(
            TitleSlide(title=Phrase("Kaddish", "en"), note=Phrase(f"{minutes} min", "en")),
            stage=stage,
            pace=PACE,
            measure=REAL,
            seed=0,
        )
        for minutes in (11, 12, 47)
    ]
    assert pages[0].ink[:-1] == pages[1].ink[:-1] == pages[2].ink[:-1]


def test_where_no_place_is_free_words_are_still_said() -> None:
    """A façade full of windows has its words in the least of them, large, and it is known how much of them is hidden."""
    windows = [box(60 + 310 * column, 60 + 210 * row, 250, 170) for column in range(6) for row in range(5)]
    stage = stage_for(FULL_HD, [output(*masks("drop", *windows))])
    assert stage.room
    for name in SLIDES:
        composition = laid_out(name, stage)
        assert any(isinstance(ink, Words) for ink in composition.ink)
        assert 0 <= covered(composition.ink, stage.room, REAL) < 0.7
    (words,) = plate(stage, REAL).ink
    assert isinstance(words, Words)
    assert words.size_px >= 0.08 * 1080


def test_nothing_changes_where_nothing_is_in_the_way() -> None:
    """Outputs without masks, that show all of the canvas, leave every slide as it is without outputs."""
    halves = [output(canvas=FULL_HD, crop=Rect(x, 0.0, 1000.0, 1080.0), size=Size(1000, 1080)) for x in (0.0, 920.0)]
    stage = stage_for(FULL_HD, halves)
    assert stage == Stage(FULL_HD)
    for name in SLIDES:
        assert laid_out(name, stage) == laid_out(name, Stage(FULL_HD))


def test_a_layout_round_windows_is_the_same_everywhere() -> None:
    """Pure: equal stages give equal compositions."""
    for name in SLIDES:
        anew = laid_out.__wrapped__(name, stage_of("six windows"))
        assert anew == laid_out(name, stage_of("six windows"))


@settings(max_examples=25, deadline=None)
@given(
    x=st.floats(0, 1500),
    y=st.floats(0, 800),
    width=st.floats(60, 500),
    height=st.floats(60, 400),
    kind=st.sampled_from(["drop", "lock", "text"]),
    name=st.sampled_from(sorted(SLIDES)),
)
def test_one_mask_anywhere(*, x: float, y: float, width: float, height: float, kind: str, name: str) -> None:
    """Whatever the one thing in the way, there is room beside it: no ink meets it."""
    kinds = {"drop": masks("drop", box(x, y, width, height)), "lock": masks("lock", box(x, y, width, height))}
    of = [output(*kinds.get(kind, masks("text", box(x, y, width, height))))]
    stage, measure, slide = stage_for(FULL_HD, of), FixedMeasure(), SLIDES[name]
    composition = lay_out(slide, stage=stage, pace=PACE, measure=measure, seed=1)
    there = Rect(x, y, width, height)
    for place in boxes_of(composition.ink, measure):
        meets = place.x < there.right and there.x < place.right and place.y < there.bottom and there.y < place.bottom
        assert not meets


def test_a_stage_is_a_value() -> None:
    """Stages of equal walls are equal and have one hash; another mask makes another stage."""
    first, second = stage_of("six windows"), stage_of("six windows")
    assert first == second
    assert hash(first) == hash(second)
    assert first != stage_of("a door")
    assert first != replace(first, room=None)
