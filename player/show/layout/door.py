"""The door: one function for every kind of slide, and the plate."""

from __future__ import annotations

from player.show.layout.candle import lay_out_candle
from player.show.layout.fact import lay_out_fact
from player.show.layout.film import lay_out_film, lay_out_live, live_place
from player.show.layout.mosaic import lay_out_mosaic
from player.show.layout.names import lay_out_names
from player.show.layout.page import Measure, Pages, pages_of
from player.show.layout.pair import lay_out_pair
from player.show.layout.photo import lay_out_photo
from player.show.layout.title import lay_out_title
from player.show.layout.words import lay_out_plate, lay_out_words
from player.show.scene import Composition
from player.show.slide import (
    CandleSlide,
    FactSlide,
    FilmSlide,
    LiveSlide,
    MosaicSlide,
    NamesSlide,
    Pace,
    PairSlide,
    PhotoSlide,
    Slide,
    Stage,
    TitleSlide,
    WordsSlide,
)
from player.units import Size


def lay_out(slide: Slide, *, stage: Stage, pace: Pace, measure: Measure, seed: int) -> Composition:
    """Return *slide* laid out on *stage*, moving at *pace*; the same for the same arguments, everywhere.

    All places are canvas pixels. The ink stays within the stage's safe margin and off the photos, but for a photo of
    the canvas's own shape, which carries the words on itself.

    Args:
        slide: What to show.
        stage: The canvas and its safe margin.
        pace: How long the slide is up and how it fades in.
        measure: What knows how wide lines are.
        seed: Of what little chance there is: the order in which tiles appear, how a flame leans.
    """
    pages = pages_of(stage, measure)
    match slide:
        case PhotoSlide() | PairSlide() | MosaicSlide():
            return _of_photos(slide, pages, pace, seed)
        case CandleSlide():
            return lay_out_candle(slide, pages, pace, seed)
        case FilmSlide():
            return lay_out_film(slide, pages)
        case LiveSlide():
            return lay_out_live(slide, pages)
        case _:
            return _of_words(slide, pages)


def _of_photos(slide: PhotoSlide | PairSlide | MosaicSlide, pages: Pages, pace: Pace, seed: int) -> Composition:
    match slide:
        case PhotoSlide():
            return lay_out_photo(slide, pages, pace)
        case PairSlide():
            return lay_out_pair(slide, pages, pace)
        case MosaicSlide():
            return lay_out_mosaic(slide, pages, pace, seed)


def _of_words(slide: WordsSlide | TitleSlide | FactSlide | NamesSlide, pages: Pages) -> Composition:
    match slide:
        case WordsSlide():
            return lay_out_words(slide, pages)
        case TitleSlide():
            return lay_out_title(slide, pages)
        case FactSlide():
            return lay_out_fact(slide, pages)
        case NamesSlide():
            return lay_out_names(slide, pages)


def plate(stage: Stage, measure: Measure) -> Composition:
    """Return what is shown when nothing else may be: the words "We Remember" alone."""
    return lay_out_plate(pages_of(stage, measure))


def size_of_streams(stage: Stage, measure: Measure) -> Size:
    """Return of which size the frames of live streams are on *stage*, in pixels."""
    place = live_place(pages_of(stage, measure))
    return Size(round(place.width), round(place.height))
