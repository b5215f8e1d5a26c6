"""What the next slide is: a pure walk through the playlist with the photos that the order gives."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from player.library.photo import Photo, Pick
from player.show.on_air import TitlePage
from player.show.playlist import FactStep, MosaicStep, PhotoStep, Show, Step, WordsStep
from player.show.slide import FactSlide, MosaicSlide, PairSlide, PhotoSlide, Phrase, Slide, Tally, WordsSlide
from player.units import SECOND, Nanos

MINUTE: Final[Nanos] = 60 * SECOND
MIN_TILES = 4  # fewer are no mosaic


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
        case WordsStep() | FactStep():
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
    found = [photos[pick.key] for pick in picks if pick.key in photos]
    phrase, second = wording(phrases, place.ordinal)
    match step.kind:
        case FactStep(text=text, language=language, source=source, link=link):
            return FactSlide(text=text, language=language, source=source, link=link)
        case WordsStep():
            return WordsSlide(phrase=phrase, second=second)
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
        case PhotoStep() | MosaicStep():
            return None


def words_instead(phrases: Sequence[Phrase], place: Place) -> WordsSlide:
    """Return words alone, for when no step of the playlist can be made."""
    phrase, second = wording(phrases, place.ordinal)
    return WordsSlide(phrase=phrase, second=second)


def title_page(page: TitlePage, at: Nanos) -> tuple[WordsSlide, Nanos]:
    """Return what is up from *at* until a show begins: its title, and quietly the minutes until then; and for how long.

    The language of a title is nobody's to know; fonts are chosen by its letters.
    """
    left = max(0, page.begins - at)
    minutes = -(-left // MINUTE)
    second = Phrase(f"{minutes} min", "en") if minutes else None
    return WordsSlide(phrase=Phrase(page.title, "en"), second=second), max(SECOND, left - (minutes - 1) * MINUTE)


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
