"""What the next slide is, given the photos that are due."""

from __future__ import annotations

from typing import Final

import pytest

from player.library.photo import Photo, Pick
from player.show.director import Place, Wish, seed_of, slide_for, wish, wording, words_instead
from player.show.playlist import FactStep, Kind, MosaicStep, PhotoStep, Show, Step, WordsChoice, WordsStep
from player.show.slide import FactSlide, MosaicSlide, PairSlide, PhotoSlide, Phrase, Slide, Tally, WordsSlide
from player.units import Digest, Size

EN, HE, PL = Phrase("We Remember", "en"), Phrase("אנחנו זוכרים", "he"), Phrase("Pamiętamy", "pl")
PHOTOS: Final = {
    key: Photo(
        key=key,
        source="wall",
        item=str(key),
        picture=Digest(f"{key:064x}"),
        tile=Digest(f"{key + 100:064x}"),
        size=Size(2, 3),
        tile_size=Size(2, 3),
    )
    for key in range(1, 8)
}


def step(kind: Kind) -> Step:
    """Return a step of a kind."""
    return Step(kind, 8.0, 1.5, motion=True)


def made(kind: Kind, *keys: int, place: Place | None = None, here: dict[int, Photo] | None = None) -> Slide | None:
    """Return the slide made of the photos with *keys*."""
    picks = [Pick(key, "wall", 1, is_debut=False) for key in keys]
    found = PHOTOS if here is None else here
    return slide_for(step(kind), picks=picks, photos=found, phrases=(EN, HE), place=place or Place(), tally=Tally(7, 2))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (PhotoStep(), Wish(1)),
        (PhotoStep(pairs=True), Wish(1, pairs=True)),
        (MosaicStep(columns=5, rows=3), Wish(15)),
        (WordsStep(), Wish(0)),
        (FactStep(text="a", source="b"), Wish(0)),
    ],
)
def test_a_step_wishes_for_what_it_can_show(kind: Kind, expected: Wish) -> None:
    """One photo or a pair, as many as there are tiles, or none."""
    assert wish(step(kind)) == expected


def test_a_photo_never_follows_itself_alone() -> None:
    """The photo that was just up is not shown again at once; another one is, and so is a pair that it is part of."""
    place = Place(on_screen=frozenset({1}))
    assert made(PhotoStep(), 1, place=place) is None
    assert isinstance(made(PhotoStep(), 2, place=place), PhotoSlide)
    assert isinstance(made(PhotoStep(pairs=True), 1, 2, place=place), PairSlide)


def test_a_photo_that_vanished_meanwhile_is_left_out() -> None:
    """Of a pair of which one is gone, the other is shown alone; of nobody, there is no slide."""
    slide = made(PhotoStep(pairs=True), 1, 2, here={2: PHOTOS[2]})
    assert isinstance(slide, PhotoSlide)
    assert slide.photo.key == 2
    assert made(PhotoStep(), 1, here={}) is None


def test_fewer_than_four_are_no_mosaic() -> None:
    """Three photos are shown some other way."""
    assert made(MosaicStep(), 1, 2, 3) is None
    slide = made(MosaicStep(tally=True), 1, 2, 3, 4)
    assert isinstance(slide, MosaicSlide)
    assert slide.tally == Tally(7, 2)
    without = made(MosaicStep(), 1, 2, 3, 4)
    assert isinstance(without, MosaicSlide)
    assert without.tally is None


def test_words_and_facts_need_nobody() -> None:
    """Slides without photos can always be made."""
    assert made(WordsStep()) == WordsSlide(phrase=EN, second=HE)
    fact = FactStep(text="Six million", source="WJC", link="https://aboutholocaust.org")
    assert made(fact) == FactSlide(text="Six million", language="en", source="WJC", link="https://aboutholocaust.org")


def test_every_language_has_its_turn() -> None:
    """Slide after slide the next language speaks, with English beneath it, and the others beneath English one by one."""
    said = [wording((EN, HE, PL), ordinal) for ordinal in range(6)]
    assert said == [(EN, HE), (HE, EN), (PL, EN), (EN, PL), (HE, EN), (PL, EN)]
    assert wording((EN,), 5) == (EN, None)
    assert words_instead((EN, HE), Place(ordinal=1)) == WordsSlide(phrase=HE, second=EN)


def test_the_seed_of_a_slide_is_the_same_everywhere() -> None:
    """Chance is in the data: the show's name and the slide's number give the seed, in every process and on every machine."""
    show = Show(id="wall", title="", order="fair", words=WordsChoice(), steps=())
    assert [seed_of(show, n) for n in (0, 1)] == [251285878296621, 215082435232128]
