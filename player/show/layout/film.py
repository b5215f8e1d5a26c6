"""A film: as large as it can be seen whole, on night; what is said in it, and perhaps the words beneath it.

Nothing of a film lies behind a window or a mask where some other place has it whole: nobody can look round.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from math import floor
from typing import Final

from player.show.footage import Dialogue, Said
from player.show.layout.lines import words_lines
from player.show.layout.obstacles import obstacles_of
from player.show.layout.page import Measure, Page, Pages
from player.show.layout.stack import Entry, stacked
from player.show.layout.subtitle import FOOT, GAP, lay_out_subtitles, share_for
from player.show.layout.way import boxes_of
from player.show.look import NIGHT, WORD_LEADING
from player.show.scene import Clip, Composition, Fill, Ink, Spoken
from player.show.slide import FilmSlide, LiveSlide, Phrase, Room, Stage
from player.units import Nanos, Rect, Size

LARGEST: Final = Size(3840, 2160)  # pixels, of frames that are handed on; see player.film.limits
WIDE: Final = Size(16, 9)  # of streams, whose own shape nobody knows before they come
SIZES: Final = (0.10, 0.085, 0.07, 0.06, 0.05)  # U, of the words beneath it
AIR: Final = 0.04  # U, between the picture and the words


def lay_out_film(slide: FilmSlide, pages: Pages) -> Composition:
    """Return the film on night; its source is its file, which whoever opens it calls by another name.

    Words stand beneath it where there is room for them, and where nothing is to be read of what is said.
    """
    film = slide.film
    page, place = max(_places(film.size, pages), key=lambda found: found[1].width * found[1].height)
    if film.subtitles and pages.is_free:
        place = _lifted(page, place, len(film.subtitles))
    words = slide.phrase if not film.subtitles else None
    return Composition(
        canvas=pages.canvas,
        ground=Fill(NIGHT),
        clips=(Clip(source=film.file, place=place, begin=film.begin, is_live=False),),
        ink=_beneath(words, page, place, pages.first.room) if words else (),
    )


def lay_out_live(slide: LiveSlide, pages: Pages) -> Composition:
    """Return the stream on night, in a place of the shape that ceremonies have; one of another shape has black beside it."""
    place = live_place(pages)
    return Composition(pages.canvas, Fill(NIGHT), clips=(Clip(source=slide.source, place=place, begin=0, is_live=True),))


def live_place(pages: Pages) -> Rect:
    """Return where streams are seen, in canvas pixels: even, and the same for all of them."""
    return max((place for _, place in _places(WIDE, pages)), key=lambda place: place.width * place.height)


def lay_out_dialogue(
    dialogue: Dialogue, *, part: tuple[Nanos, Nanos], place: Rect, stage: Stage, measure: Measure
) -> Iterator[Spoken]:
    """Yield what is said in a *part* of a film, in the time of its cue, in order; each takes a millisecond or two.

    Args:
        dialogue: Of the whole film.
        part: Its first and last instant that are seen.
        place: Its picture on the wall, in canvas pixels.
        stage: The canvas, its margin and what is taken of it.
        measure: What knows how wide lines are.
    """
    first, last = part
    share = share_for(dialogue.values(), place=place, stage=stage, measure=measure)

    @cache
    def laid_out(said: tuple[Said, ...]) -> tuple[Ink, ...]:
        return lay_out_subtitles(said, place=place, stage=stage, measure=measure, share=share)

    found = (
        Spoken(max(begin, first) - first, min(end, last) - first, laid_out(tuple(said)))
        for (begin, end), said in sorted(dialogue.items(), key=lambda each: each[0])
        if begin < last and end > first
    )
    yield from (spoken for spoken in found if spoken.ink)


def _places(size: Size, pages: Pages) -> Iterator[tuple[Page, Rect]]:
    """Yield where the film may be: as large as each page has it whole; the first page where it is whole on none."""
    room = pages.first.room
    places = [(page, _contained(size, page)) for page in pages.pages]
    whole = [found for found in places if room is None or obstacles_of(room).is_clear((), (found[1],))]
    yield from whole or places[:1]


def _contained(size: Size, page: Page) -> Rect:
    """Return the largest place on *page* with the film's shape, in its middle, on even pixels of the wall."""
    room = min(page.canvas.width, LARGEST.width), min(page.canvas.height, LARGEST.height)
    scale = min(room[0] / size.width, room[1] / size.height)
    width, height = (_even(min(side * scale, most)) for side, most in zip(size, room, strict=True))
    left = _even(page.left + (page.canvas.width - width) / 2)
    top = _even(page.top + (page.canvas.height - height) / 2)
    return Rect(float(left), float(top), float(width), float(height))


def _lifted(page: Page, place: Rect, languages: int) -> Rect:
    """Return *place* so high that what is said has room beneath it, if there is night enough for two lines; else as it is."""
    foot = page.safe.bottom - place.height - GAP * page.unit - 1
    if foot < FOOT * page.unit:
        return place
    return place._replace(y=min(place.y, float(_even(foot - languages * FOOT * page.unit))))


def _even(pixels: float) -> int:
    return max(0, 2 * floor(pixels / 2 + 1e-6))


def _beneath(phrase: Phrase, page: Page, place: Rect, room: Room | None) -> tuple[Ink, ...]:
    """Return the words in the middle of what is left below the picture; none where they have no room there."""
    top, bottom = place.bottom + AIR * page.unit, page.top + page.safe.bottom
    for size in SIZES:
        found = words_lines(page, phrase, size_px=size * page.unit, width=page.safe.width, lines=1)
        if not found or not found[0].width or found[0].size_px < 0.999 * size * page.unit:
            continue
        words = stacked([Entry(line, WORD_LEADING * line.size_px, "centre") for line in found])
        if words.height > bottom - top:
            continue
        middle = top + (bottom - top - words.height) / 2
        ink = words.inked(left=page.left + page.safe.x, width=page.safe.width, top=middle)
        return ink if room is None or not _is_covered(ink, room, page.measure) else ()
    return ()


def _is_covered(ink: Sequence[Ink], room: Room, measure: Measure) -> bool:
    return obstacles_of(room).covered(boxes_of(ink, measure)) > 0
