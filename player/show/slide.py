"""Slides: photos or words that fill the canvas together. Content only; where it stands is the layout's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from player.library.photo import Photo
from player.show.footage import Footage
from player.units import Nanos, Rect, Size


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words We Remember in one language."""

    text: str
    language: str
    """BCP 47 tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoSlide:
    """One photo, whole, with the words beside or below it; on it only when it has the canvas's own shape."""

    photo: Photo
    phrase: Phrase
    second: Phrase | None = None
    """The words once more, smaller, in another language, where there is room."""
    hashtag: str = "#WeRemember"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSlide:
    """Two portraits side by side."""

    photos: tuple[Photo, Photo]
    phrase: Phrase
    hashtag: str = "#WeRemember"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many took part, as of a slide's cue."""

    photos: int
    countries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MosaicSlide:
    """Many photos as tiles, in reading order; fewer than *columns* times *rows* when there are no more."""

    photos: tuple[Photo, ...]
    columns: int
    rows: int
    phrase: Phrase
    tally: Tally | None = None
    hashtag: str = "#WeRemember"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsSlide:
    """Words alone."""

    phrase: Phrase
    second: Phrase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleSlide:
    """A name, and something small beneath it that may change while the name stands."""

    title: Phrase
    note: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSlide:
    """A sentence with its source and a code that leads to it."""

    text: str
    language: str
    source: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CandleSlide:
    """A flame, and perhaps the words with it."""

    phrase: Phrase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesSlide:
    """Names of people, whole, in the order in which they are read."""

    names: tuple[str, ...]
    language: str
    """BCP 47 tag, for letters that several languages share; a name's own letters say which script it is in."""
    models: tuple[str, ...] = field(default=(), compare=False)
    """Names as long as nearly all of its list, and the longest: columns are made for them, and stand still from page to page."""
    fullest: int = field(default=0, compare=False)
    """How many names its fullest page has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmSlide:
    """A film, or a part of one."""

    film: Footage
    """What of it is seen on this slide."""
    phrase: Phrase | None = None
    """The words beneath it, where there is room."""
    photo: Photo | None = None
    """The item of a feed that it is; None: it is a file that the configuration names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSlide:
    """A stream, as it comes."""

    stream: str
    """Its name in the configuration."""
    source: str
    """What it is called where moving pictures are kept: it is open already, and stays so."""


Slide: TypeAlias = (
    PhotoSlide | PairSlide | MosaicSlide | WordsSlide | TitleSlide | FactSlide | CandleSlide | NamesSlide | FilmSlide | LiveSlide
)


def named_on(slide: Slide) -> list[str]:
    """Return whom a slide shows, as SOURCE/ITEM; of a film that is a file, its name."""
    if isinstance(slide, FilmSlide) and slide.photo is None:
        return [slide.film.file.rpartition("/")[2]]
    return [f"{photo.source}/{photo.item}" for photo in photos_of(slide)]


def photos_of(slide: Slide) -> tuple[Photo, ...]:
    """Return every photo on *slide*, in order."""
    match slide:
        case PhotoSlide(photo=photo):
            return (photo,)
        case PairSlide(photos=photos) | MosaicSlide(photos=photos):
            return photos
        case FilmSlide(photo=photo):
            return (photo,) if photo else ()
        case WordsSlide() | TitleSlide() | FactSlide() | CandleSlide() | NamesSlide() | LiveSlide():
            return ()


@dataclass(frozen=True, slots=True)
class Cells:
    """A part of the canvas in equal cells, small enough to be carried along and compared."""

    canvas: Size
    columns: int
    rows: int
    bits: bytes
    """Row by row, a byte each: 1 for what belongs to it."""


@dataclass(frozen=True, slots=True)
class Room:
    """What of the canvas a wall leaves: masks and outlines take light from it, and some places are kept free of words."""

    bays: tuple[Rect, ...]
    """Where slides may be composed, on even pixels. The first is the part of the canvas that counts as the wall, which may have
    windows in it; the others lie in that one and are wholly free, the most spacious first."""
    taken: Cells
    """Where no words may stand."""
    near: Cells
    """The same, and some air round it, which words had better leave."""
    dark: Cells
    """Where nothing is seen."""
    lit: float = 1.0
    """How much of the first bay is seen, as a share."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The canvas that slides are laid out on."""

    canvas: Size
    margin: float = 0.06
    """Safe margin on all sides, in U = 0.75 * sqrt(width * height), which is the height at 16:9."""
    room: Room | None = None
    """None: all of the canvas is seen, and words may stand anywhere."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a slide moves through its cue."""

    length: Nanos
    """From its own start to the next slide's: the fade in, then the hold."""
    fade: Nanos
    """Of the fade in; the fade out is the next slide's."""
    still: bool = False
    """Nothing but fades moves."""
