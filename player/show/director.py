"""What the next slide is: a pure walk through the playlist with the photos that the order gives."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from player.library.photo import Photo, Pick
from player.show.footage import Footage
from player.show.naming import Reading
from player.show.on_air import Broadcast, TitlePage
from player.show.playlist import CandleStep, FactStep, FilmStep, MosaicStep, NamesStep, PhotoStep, Show, Step, WordsStep
from player.show.slide import (
    CandleSlide,
    FactSlide,
    FilmSlide,
    LiveSlide,
    MosaicSlide,
    NamesSlide,
    PairSlide,
    PhotoSlide,
    Phrase,
    Slide,
    Tally,
    TitleSlide,
    WordsSlide,
)
from player.text.bidi import is_right_to_left
from player.units import SECOND, Nanos, Size

MINUTE: Final[Nanos] = 60 * SECOND
ASKED_ANEW: Final[Nanos] = 60 * SECOND  # what has no end of its own is asked for again so often; as the same it simply stays
MIN_TILES = 4  # fewer are no mosaic
_HEBREW: Final = re.compile("[\u0590-\u05ff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a show stands: what the next decision starts from."""

    ordinal: int = 0
    """How many slides came before."""
    step: int = 0
    """The playlist's line that is next."""
    debut_is_due: bool = True
    wants_photo: bool = False
    """Somebody may be shown at last, after words that stood for want of anybody: steps without photos are passed over."""
    on_screen: frozenset[int] = frozenset()
    """Photos that were alone or two on the slide before: none of them follows itself alone."""
    name: int = 0
    """How many names came before, of the list that *step* reads, if it does."""
    film: Nanos = 0
    """Up to which instant the film of *step* has been seen, if it is one that was interrupted."""
    since: Nanos | None = None
    """When (wall time) the part began that is joined midway: where it has come to a film, it goes on with that."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How many photos a step can use."""

    want: int
    pairs: bool = False


def wish(step: Step) -> Wish:
    """Return what *step* needs."""
    match step.kind:
        case PhotoStep(pairs=pairs):
            return Wish(1, pairs)
        case MosaicStep(columns=columns, rows=rows):
            return Wish(columns * rows)
        case WordsStep() | FactStep() | CandleStep() | NamesStep() | FilmStep():
            return Wish(0)


def slide_for(
    step: Step,
    *,
    picks: Sequence[Pick],
    photos: Mapping[int, Photo],
    phrases: Sequence[Phrase],
    place: Place,
    tally: Tally,
) -> Slide | None:
    """Return the slide of *step* with the photos picked for it; None when it cannot be made of them."""
    phrase, second = wording(phrases, place.ordinal)
    match step.kind:
        case FactStep(text=text, language=language, source=source, link=link):
            return FactSlide(text=text, language=language, source=source, link=link)
        case WordsStep():
            return WordsSlide(phrase=phrase, second=second)
        case CandleStep(words=words):
            return CandleSlide(phrase=phrase if words else None)
        case NamesStep(language=language):
            return _page_of(step.reading, place, language) if step.reading else None
        case FilmStep(words=words):
            return FilmSlide(film=_from_where(step.film, place), phrase=phrase if words else None) if step.film else None
        case PhotoStep() | MosaicStep():
            found = [photos[pick.key] for pick in picks if pick.key in photos]
            return _of_photos(step.kind, found, (phrase, second), place, tally)


def _page_of(reading: Reading, place: Place, language: str) -> NamesSlide:
    names = reading.leaf(place.name).names
    return NamesSlide(names=names, language=language, models=reading.models, fullest=reading.fullest)


def _from_where(film: Footage, place: Place) -> Footage:
    return replace(film, begin=film.since(place.film))


def _of_photos(
    kind: PhotoStep | MosaicStep, found: Sequence[Photo], phrases: tuple[Phrase, Phrase | None], place: Place, tally: Tally
) -> Slide | None:
    phrase, second = phrases
    match kind:
        case MosaicStep(columns=columns, rows=rows, tally=counted) if len(found) >= MIN_TILES:
            return MosaicSlide(
                photos=tuple(found),
                columns=columns,
                rows=rows,
                phrase=phrase,
                tally=tally if counted else None,
            )
        case PhotoStep() if len(found) > 1:
            return PairSlide(photos=(found[0], found[1]), phrase=phrase)
        case PhotoStep() if found and found[0].key not in place.on_screen:
            return PhotoSlide(photo=found[0], phrase=phrase, second=second)
        case _:
            return None


def words_instead(phrases: Sequence[Phrase], place: Place) -> WordsSlide:
    """Return words alone, for when no step of the playlist can be made."""
    phrase, second = wording(phrases, place.ordinal)
    return WordsSlide(phrase=phrase, second=second)


def title_page(page: TitlePage, at: Nanos) -> tuple[TitleSlide, Nanos]:
    """Return what is up from *at* until a show begins: its title, and quietly the minutes until then; and for how long.

    A minute that has begun counts as one; the last one stands until the show is there, should that be late. While what has begun
    is awaited, its title stands alone.
    """
    if page.begins is None:
        return TitleSlide(title=Phrase(page.title, "en"), note=Phrase("", "en")), ASKED_ANEW
    left = max(1, page.begins - at)
    minutes = -(-left // MINUTE)
    slide = TitleSlide(title=Phrase(page.title, "en"), note=countdown(page.title, minutes))
    return slide, max(SECOND, left - (minutes - 1) * MINUTE)


def stand_in(instead: TitlePage | Broadcast, at: Nanos) -> tuple[TitleSlide | LiveSlide, Nanos]:
    """Return what is up from *at* in place of a slide of the show, and for how long until it is asked for anew."""
    if isinstance(instead, Broadcast):
        return LiveSlide(stream=instead.stream, source=instead.source), ASKED_ANEW
    return title_page(instead, at)


def countdown(title: str, minutes: int) -> Phrase:
    """Return how long it is until what is called *title* begins, in words that need no grammar.

    Nobody says in which language a title is, and its letters tell only some: `min` is the sign for a minute from Lisbon to
    Tallinn and never wrong beside a number, where "in 5 minutes" would be English beneath a Polish name. A title that begins in
    Hebrew or Arabic letters, where that sign would be foreign, has the abbreviation that is usual there.
    """
    if not is_right_to_left(title):
        return Phrase(f"{minutes} min", "en")
    return Phrase(f"{minutes} דק׳", "he") if _HEBREW.search(title) else Phrase(f"{minutes} د", "ar")


def label(site: str, display: int, canvas: Size) -> TitleSlide:
    """Return what says to the operator which display this is, by the number that the configuration has for it."""
    size = f"{canvas.width} × {canvas.height}"
    if not site:
        return TitleSlide(title=Phrase(f"Display {display}", "en"), note=Phrase(size, "en"))
    return TitleSlide(title=Phrase(site, "en"), note=Phrase(f"Display {display} · {size}", "en"))


def wording(phrases: Sequence[Phrase], ordinal: int) -> tuple[Phrase, Phrase | None]:
    """Return the phrase whose turn it is, and a second one: English beneath every other, the next one beneath English."""
    phrase = phrases[ordinal % len(phrases)]
    others = [p for p in phrases if p.language != phrase.language]
    if not others:
        return phrase, None
    english = [p for p in others if p.language == "en"]
    if english:
        return phrase, english[0]
    return phrase, others[(ordinal // len(phrases)) % len(others)]


def seed_of(show: Show, ordinal: int) -> int:
    """Return the seed of a slide: the same show gives the same slide everywhere."""
    return int.from_bytes(hashlib.blake2b(f"{show.id}/{ordinal}".encode(), digest_size=6).digest(), "big")
