"""Whether the words of a show can be read on the wall: how high its letters are, and how they stand against their ground.

Contrast is measured on what the wall receives, after warp, blend, black lift and brightness, not on what was laid out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import floor
from typing import Final

import cv2
import numpy as np

from player.clock import SystemClock
from player.commissioning.received import Wall
from player.filming.reels import Reels
from player.filming.slides import Planned, laid_out, opened
from player.output.homography import Floats
from player.output.shape import Point
from player.render.cpu import CpuRenderer
from player.screen.clips import Clips
from player.screen.programme import Programme
from player.show.layout import lay_out
from player.show.plan import Cue, Plan, scene_at
from player.show.scene import Composition, Words
from player.show.slide import FactSlide, Pace, Slide, photos_of
from player.text.typeset import Coverage, Typesetter

LEAST_CONTRAST: Final = 4.5
LEAST_FOR_LARGE: Final = 3.0
"""For letters that are read with ease: WCAG's large text is as high, 18 points from a screen at arm's length."""
_FLARE: Final = 0.05  # of white: WCAG's, for the light that lies on any picture
_LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)
_SOLID, _INKED = 0.85, 0.03  # of full coverage
_AROUND: Final = 0.35  # ems: the ground that a letter is seen against
_BESIDE: Final = 3  # px: a letter's soft edge after a warp
_DARKEST_INK, _BRIGHTEST_GROUND = 20, 80  # percentiles: a letter is as good as its worst parts, a few pixels are none


_OWN_WORDS: Final = ("words", "title", "fact", "candle", "film")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words on a slide."""

    slide: str
    """What kind of slide, in a word."""
    text: str
    """Empty on slides of photos: people's names are in no report, for who knows who asks to be forgotten."""
    height_px: float
    """Of a capital letter, on the canvas."""
    is_judged: bool = True
    """False: a hashtag, a credit or a source, which may be overlooked."""
    contrast: float | None = None
    """To its ground, as 4.5 of 4.5:1; None: not measured, or none of it is lit."""


def smallest(programme: Programme, cues: Sequence[Cue], typesetter: Typesetter) -> Line | None:
    """Return the smallest letters of all slides in *cues* that are to be read, laid out on the stage; None: no words at all."""
    slides = ((cue.slide, _composed(programme, cue, cue.slide, typesetter)) for cue in cues if cue.slide)
    lines = (line for slide, composition in slides for line in _lines_of(slide, composition, typesetter))
    return min((line for line in lines if line.is_judged), key=lambda line: line.height_px, default=None)


def contrasts(
    programme: Programme, cues: Sequence[Cue], wall: Wall, typesetter: Typesetter, *, dim: float, tell: Callable[[float], None]
) -> tuple[Line, ...]:
    """Return the lines of one slide of each kind with their contrast on *wall*, in the order in which they are shown.

    Args:
        programme: Its stage is the wall's canvas.
        cues: Of the show.
        wall: Receives it.
        typesetter: Sets the words.
        dim: The least light that the schedule leaves of a picture, linear.
        tell: Hears how far it is, 0 to 1.
    """
    firsts = {type(cue.slide).__name__: cue for cue in reversed(cues) if cue.slide}
    chosen = sorted(firsts.values(), key=lambda cue: cue.start)
    found: list[Line] = []
    with opened(programme.data) as library, Reels(SystemClock()) as reels:
        clips = Clips(reels, programme.films, SystemClock())
        for i, cue in enumerate(chosen):
            renderer = CpuRenderer(programme.stage.canvas, typesetter, moving=reels, waits=True)
            planned = Planned(cue.start, cue.length, cue.fade, cue.seed, cue.slide, still=True)
            drawn = laid_out(library, renderer, typesetter, programme, planned, clips=clips)
            image = renderer.draw(scene_at(Plan(programme.stage.canvas, (drawn,)), drawn.end - 1))
            clips.let_go(drawn.composition)
            light = np.asarray(wall.received(image, dim=dim) @ _LUMINANCE, np.float32)
            if drawn.slide:
                found += _measured(drawn.slide, drawn.composition, light, typesetter)
            tell((i + 1) / len(chosen))
    return tuple(found)


def _composed(programme: Programme, cue: Cue, slide: Slide, typesetter: Typesetter) -> Composition:
    return lay_out(slide, stage=programme.stage, pace=Pace(cue.length, cue.fade), measure=typesetter, seed=cue.seed)


def _lines_of(slide: Slide, composition: Composition, typesetter: Typesetter) -> Iterator[Line]:
    for words in _words(composition):
        yield _line(slide, words, typesetter)


def _measured(slide: Slide, composition: Composition, light: Floats, typesetter: Typesetter) -> Iterator[Line]:
    for words in _words(composition):
        yield replace(_line(slide, words, typesetter), contrast=contrast(words, light, typesetter))


def contrast(words: Words, light: Floats, typesetter: Typesetter) -> float | None:
    """Return how *words* stand against their ground in the *light* of a canvas: the lighter to the darker, 1 or more.

    None where nothing of them lies on the canvas.
    """
    left = floor(words.x)
    covered = typesetter.coverage(
        words.text, language=words.language, face=words.face, size_px=words.size_px, x_fraction=words.x - left
    )
    margin = max(_BESIDE + 2, round(_AROUND * words.size_px))
    share, part = _laid(covered, Point(left, round(words.baseline)), light, margin)
    if not share.size:
        return None
    ink = part[share >= _SOLID * max(_SOLID, float(share.max(initial=0.0)))]
    side = 2 * _BESIDE + 1
    near = cv2.dilate((share > _INKED).astype(np.uint8), np.ones((side, side), np.uint8)) > 0
    ground = part[~near]
    if not ink.size or not ground.size or not covered.mask.size:
        return None
    is_light = float(np.median(ink)) >= float(np.median(ground))
    worst = (_DARKEST_INK, _BRIGHTEST_GROUND) if is_light else (100 - _DARKEST_INK, 100 - _BRIGHTEST_GROUND)
    a, b = float(np.percentile(ink, worst[0])) + _FLARE, float(np.percentile(ground, worst[1])) + _FLARE
    return max(1.0, a / b if is_light else b / a)


def _laid(covered: Coverage, origin: Point, light: Floats, margin: int) -> tuple[Floats, Floats]:
    """Return the coverage of a line and the light below it, both of the line's box on the canvas and *margin* around it."""
    height, width = covered.mask.shape
    top, left = round(origin.y) + covered.top - margin, round(origin.x) + covered.left - margin
    share = np.pad(covered.mask, margin).astype(np.float32) / np.float32(255)
    rows = slice(max(0, top), min(light.shape[0], top + height + 2 * margin))
    columns = slice(max(0, left), min(light.shape[1], left + width + 2 * margin))
    return share[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left], light[rows, columns]


def _words(composition: Composition) -> Iterator[Words]:
    return (ink for ink in composition.ink if isinstance(ink, Words))


def _line(slide: Slide, words: Words, typesetter: Typesetter) -> Line:
    kind = type(slide).__name__.removesuffix("Slide").lower()
    capital = -typesetter.extent("H", language="en", face=words.face, size_px=words.size_px).top
    return Line(kind, words.text if kind in _OWN_WORDS else "", capital, is_judged=not _may_be_overlooked(slide, words.text))


def _may_be_overlooked(slide: Slide, text: str) -> bool:
    aside = slide.source if isinstance(slide, FactSlide) else " ".join(photo.credit for photo in photos_of(slide))
    return text.startswith("#") or text.rstrip("…").strip() in aside
