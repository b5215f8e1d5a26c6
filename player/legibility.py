"""Which words of a show nobody will read from where people stand, and what would help: computed from the layout itself. Pure.

A letter is read by its angle: 16 minutes of arc at least, 22 with ease (height h = 2·D·tan(θ/2) at distance D). Its strokes must
be an eighth of that height, and two output pixels wide, three where the picture is warped. Hashtag, credit and source may be
overlooked, so they are not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from math import atan, ceil, degrees, floor, radians, tan
from typing import Final

from player.library.photo import Photo
from player.show.director import countdown, wording
from player.show.layout import Measure, covered, lay_out, names_on
from player.show.playlist import CandleStep, FactStep, FilmStep, Kind, MosaicStep, NamesStep, PhotoStep, WordsStep
from player.show.scene import Face, Words
from player.show.slide import (
    CandleSlide,
    FactSlide,
    MosaicSlide,
    NamesSlide,
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
from player.units import SECOND, Digest, Size

LEAST: Final = 16.0
"""Minutes of arc that a capital letter must be high: below it people with usual eyes do not read."""
WITH_EASE: Final = 22.0
STROKES: Final = 8.0
"""How many strokes high a letter is at most: thinner ones vanish first."""
STROKE_PX: Final = 2.0
WARPED_STROKE_PX: Final = 3.0
"""A warp puts every edge between two pixels."""
_CAPITAL: Final = "H"
_PACE: Final = Pace(9 * SECOND, SECOND, still=True)
_MINUTES: Final = 15  # of a countdown; two digits are as small as it gets
_SHAPES: Final = (Size(2400, 1600), Size(1600, 2400), Size(1800, 1800))
"""Of the photos that a show is tried with: landscape, portrait, square."""
_CAPTION: Final = "Children of a school in Kraków"
_NAME: Final = "Name"  # of anybody; a longer one is set smaller


class Role(Enum):
    """What words on a slide are for."""

    ALONE = "the words alone"
    SECOND = "the second language beneath them"
    BESIDE = "the words beside a photo"
    BELOW = "the words of a mosaic"
    TALLY = "how many took part"
    CAPTION = "captions"
    FACT = "facts"
    CANDLE = "the words with a candle"
    NAME = "names"
    TITLE = "the title page"
    COUNTDOWN = "the countdown"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A wall, and how far from it people stand."""

    stage: Stage
    distance_m: float
    width_m: float
    """Of the canvas on the wall."""
    output_px: float = 1.0
    """How many pixels of the coarsest output a canvas pixel has, across."""
    is_warped: bool = False

    def metres(self, canvas_px: float) -> float:
        """Return how large so many pixels of the canvas are on the wall."""
        return canvas_px * self.width_m / self.stage.canvas.width


@dataclass(frozen=True, slots=True)
class Played:
    """A show, as far as its words matter."""

    name: str
    kinds: tuple[Kind, ...]
    """Of its slides, each once."""
    phrases: tuple[Phrase, ...]
    title: str = ""
    """What a title page before it may say; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words on a slide."""

    role: Role
    language: str
    height_m: float
    """Of a capital letter, or eight strokes where that is less."""
    stroke_px: float
    """Of an output."""


@dataclass(frozen=True, slots=True)
class Worst:
    """The smallest letters of one kind in a show."""

    role: Role
    height_m: float
    languages: tuple[str, ...] = field(default=())
    """In which they are too small; empty where the language makes no difference."""


def letter_height(distance_m: float, minutes: float) -> float:
    """Return how high a letter must be to be seen at *distance_m* under an angle of so many *minutes* of arc, in metres."""
    return 2 * distance_m * tan(radians(minutes / 60) / 2)


def minutes_of(height_m: float, distance_m: float) -> float:
    """Return the angle under which something is seen, in minutes of arc."""
    return degrees(2 * atan(height_m / (2 * distance_m))) * 60


def farthest(height_m: float) -> float:
    """Return from how far a letter so high is read, in metres."""
    return height_m / (2 * tan(radians(LEAST / 60) / 2))


def lines_of(played: Played, view: View, *, measure: Measure, stems: Mapping[Face, float]) -> tuple[Line, ...]:
    """Return the lines of all slides that a show has, laid out as they will be.

    Args:
        played: The show.
        view: The wall.
        measure: The typesetter.
        stems: How wide the stem of a capital letter is, by face, in ems.
    """
    capitals = {face: -measure.extent(_CAPITAL, language="en", face=face, size_px=1.0).top for face in stems}
    found: list[Line] = []
    tried = dict(_specimens(played, names_on(view.stage)))  # of equal slides one is enough
    for slide, said in tried.items():
        for ink in lay_out(slide, stage=view.stage, pace=_PACE, measure=measure, seed=0).ink:
            role = _role(ink, said) if isinstance(ink, Words) else None
            if isinstance(ink, Words) and role is not None:
                em = min(capitals[ink.face], STROKES * stems[ink.face])
                stroke_px = ink.size_px * stems[ink.face] * view.output_px
                found.append(Line(role, ink.language, view.metres(ink.size_px * em), stroke_px))
    return tuple(found)


def holed(played: Played, stage: Stage, *, measure: Measure) -> Iterator[str]:
    """Yield a sentence when some words of a show have no place on the wall that masks leave free."""
    room = stage.room
    if room is None:
        return
    worst = 0.0
    roles: list[Role] = []
    for slide, said in dict(_specimens(played, names_on(stage))).items():
        composition = lay_out(slide, stage=stage, pace=_PACE, measure=measure, seed=0)
        for ink in composition.ink:
            hidden = covered((ink,), room, measure)
            role = _role(ink, said) if isinstance(ink, Words) else None
            if hidden and role is not None:
                worst = max(worst, hidden)
                roles.append(role)
    if roles:
        told = ", ".join(role.value for role in Role if role in roles)
        yield (
            f"{played.name}: no place on the wall is free for {told}: up to {worst:.0%} of a line lies behind masks or where"
            " no words shall be. What helps: smaller `drop`, `lock` or `text` masks, or fewer of them side by side"
        )


def verdicts(name: str, lines: Sequence[Line], view: View) -> Iterator[str]:
    """Yield what is wrong with the words of the show called *name*, with what would help; nothing when all can be read."""
    least, ease = letter_height(view.distance_m, LEAST), letter_height(view.distance_m, WITH_EASE)
    small, hard = _worst(lines, 0.0, least), _worst(lines, least, ease)
    asked = f"a letter needs {least:.2f} m, and {ease:.2f} m to be read with ease"
    if small:
        helps = _helps(small, lines, view)
        yield f"{name}: nobody reads {_listed(small)} from {view.distance_m:g} m: {asked}. What helps: {helps}"
    if hard:
        yield f"{name}: {_listed(hard)} can just be read from {view.distance_m:g} m: {asked}"
    thinnest = WARPED_STROKE_PX if view.is_warped else STROKE_PX
    thin = {line.role: line.stroke_px for line in sorted(lines, key=lambda line: -line.stroke_px) if line.stroke_px < thinnest}
    if thin:
        told = ", ".join(f"{role.value} ({px:.1f})" for role, px in thin.items())
        why = ", where the picture is warped" if view.is_warped else ""
        more = thinnest / min(thin.values())
        yield (
            f"{name}: strokes are less than {thinnest:g} output pixels wide{why}: {told}."
            f" What helps: outputs with {more:.1f} times as many pixels across, or each on a smaller part of the canvas"
        )


def _worst(lines: Iterable[Line], above: float, below: float) -> list[Worst]:
    """Return the smallest letters of each kind whose height is from *above* up to *below*, and nowhere less than that."""
    found: list[Worst] = []
    every = list(lines)
    for role in Role:
        mine = [line for line in every if line.role is role]
        smallest = min((line.height_m for line in mine), default=below)
        if not above <= smallest < below:
            continue
        languages = sorted({line.language for line in mine if line.height_m < below})
        is_of_language = len({line.language for line in mine}) > len(languages)
        found.append(Worst(role, smallest, tuple(languages) if is_of_language else ()))
    return found


def _listed(worst: Sequence[Worst]) -> str:
    parts: list[str] = []
    for each in worst:
        languages = f" in {', '.join(each.languages)}" if each.languages else ""
        parts.append(f"{each.role.value}{languages} ({each.height_m:.2f} m)")
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _helps(small: Sequence[Worst], lines: Sequence[Line], view: View) -> str:
    """Return what would let people read what is too small."""
    least = letter_height(view.distance_m, LEAST)
    smallest = min(each.height_m for each in small)
    alone = max((line.height_m for line in lines if line.role is Role.ALONE), default=0.0)
    helps: list[str] = []
    if any(each.role in {Role.ALONE, Role.SECOND} and each.languages for each in small):
        helps.append("`words: {languages: […]}` without these languages")
    if alone >= least and any(each.role in {Role.BESIDE, Role.BELOW} for each in small):
        helps.append(f"`- words` alone, {alone:.2f} m high")
    wide = ceil(view.width_m * least / smallest)
    helps.append(f"all of it can be read from {floor(farthest(smallest))} m, or on a wall {wide} m wide")
    return "; ".join(helps)


def _role(words: Words, said: Sequence[tuple[Role, str]]) -> Role | None:
    """Return what a line is for: it begins with a part of a text that was to be said, or is one; None: it may be overlooked."""
    text = words.text.rstrip("…").strip()
    return next((role for role, whole in said if text and (text in whole or text.startswith(whole))), None)


def _specimens(played: Played, a_page: int) -> Iterator[tuple[Slide, list[tuple[Role, str]]]]:
    """Yield every slide that is worth laying out, with what is said on it."""
    for kind in played.kinds:
        match kind:
            case WordsStep():
                yield from _words(played.phrases)
            case PhotoStep(pairs=pairs):
                yield from _photos(played.phrases, pairs=pairs)
            case MosaicStep():
                yield from _mosaics(kind, played.phrases)
            case FactStep(text=text):
                slide = FactSlide(text=text, language=kind.language, source=kind.source, link=kind.link)
                yield slide, [(Role.FACT, " ".join(text.split()))]
            case CandleStep(words=True):
                said = ((CandleSlide(phrase=phrase), [(Role.CANDLE, phrase.text)]) for phrase in played.phrases)
                yield from said
            case NamesStep(language=language):
                yield NamesSlide(names=(_NAME,) * a_page, language=language), [(Role.NAME, _NAME)]
            case CandleStep() | FilmStep():
                pass
    if played.title:
        note = countdown(played.title, _MINUTES)
        said = [(Role.COUNTDOWN, note.text), (Role.TITLE, played.title)]
        yield TitleSlide(title=Phrase(played.title, "en"), note=note), said


def _words(phrases: Sequence[Phrase]) -> Iterator[tuple[Slide, list[tuple[Role, str]]]]:
    for ordinal in range(len(phrases)):
        phrase, second = wording(phrases, ordinal)
        said = [(Role.ALONE, phrase.text), *([(Role.SECOND, second.text)] if second else [])]
        yield WordsSlide(phrase=phrase, second=second), said


def _photos(phrases: Sequence[Phrase], *, pairs: bool) -> Iterator[tuple[Slide, list[tuple[Role, str]]]]:
    for phrase in phrases:
        said = [(Role.CAPTION, _CAPTION), (Role.BESIDE, phrase.text)]
        for size in _SHAPES:
            yield PhotoSlide(photo=_photo(size, 0), phrase=phrase), said
        if pairs:
            yield PairSlide(photos=(_photo(_SHAPES[1], 0), _photo(_SHAPES[1], 1)), phrase=phrase), said


def _mosaics(step: MosaicStep, phrases: Sequence[Phrase]) -> Iterator[tuple[Slide, list[tuple[Role, str]]]]:
    """Yield mosaics with the longest words, which are the smallest."""
    columns, rows = step.most or (step.columns, step.rows)
    photos = tuple(_photo(_SHAPES[i % len(_SHAPES)], i) for i in range(columns * rows))
    phrase = max(phrases, key=lambda phrase: len(phrase.text))
    tally = Tally(128_400, 61) if step.tally else None
    said = [(Role.BELOW, phrase.text), *([(Role.TALLY, "128,400 people · 61 countries")] if tally else [])]
    yield MosaicSlide(photos=photos, columns=columns, rows=rows, phrase=phrase, tally=tally), said


def _photo(size: Size, key: int) -> Photo:
    digest = Digest("0" * 64)
    return Photo(
        key=key, source="", item="", picture=digest, tile=digest, size=size, tile_size=size, caption=_CAPTION, language="en"
    )
