"""The promise that everyone is shown by the end of the campaign: how many tiles a mosaic needs to keep it. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from player.show.footage import LEAST_LEFT
from player.show.playlist import FilmStep, MosaicStep, PhotoStep, Show, Sides, Step
from player.show.slide import Stage
from player.units import SECOND, Nanos, Seconds, nanos

MIN_TILE: Final = 0.10  # U, the height of a tile: a face in it is then as large as the smallest caption's lines
TILE_SHAPE: Final = 4 / 3  # width by height, of most tiles
WORDS_SHARE: Final = 0.25  # of the safe area, for the words and the gaps between tiles
MARGIN_SHARE: Final = 0.25  # of the shorter side at most, as the layouts have it
KEPT: Final = 1.2  # times as many tiles as needed, at most, and a size is kept: nobody sees why it should change
HOUR_S: Final = 3600.0
ROUNDING: Final = 1e-6  # seconds, or photos: sums of tenths and thirds are not exact


@dataclass(frozen=True, slots=True)
class Crowd:
    """Whose photos there are."""

    photos: int
    portraits: float = 0.0
    """Which share of them is taller than wide, 0 to 1: two of those may stand side by side."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a promise comes to."""

    size: Sides
    """Columns and rows for the mosaics that leave it open."""
    is_kept: bool
    missing: int
    """How many photos will not have been shown by then."""
    sentence: str
    """For the log."""


def most_tiles(stage: Stage) -> int:
    """Return how many tiles on *stage* are still large enough to find a face in; the layout takes care of their shape."""
    width, height = stage.room.bays[0][2:] if stage.room else stage.canvas
    unit = 0.75 * math.sqrt(width * height)
    margin = min(stage.margin * unit, MARGIN_SHARE * min(width, height))
    area = (width - 2 * margin) * (height - 2 * margin) * (1 - WORDS_SHARE) * (stage.room.lit if stage.room else 1.0)
    return max(4, math.floor(area / (TILE_SHAPE * (MIN_TILE * unit) ** 2)))


def size_for(
    show: Show, crowd: Crowd, *, unseen: int, left: Seconds, most: int, step: int = 0, before: Sides | None = None
) -> Kept | None:
    """Return the fewest tiles with which everyone is shown in the time that is left; None when no mosaic leaves that open.

    Args:
        show: Whose mosaics with a range are sized, all alike.
        crowd: Everybody.
        unseen: How many of them have not been shown yet.
        left: How long this show will still be on until the promise falls due.
        most: How many tiles are readable on this wall; the least of a range is the operator's own word and stays allowed.
        step: Which of the show's slides is next.
        before: The size that mosaics have now: kept while it is enough and not far from the least.
    """
    sizes = sizes_of(show, most)
    if not sizes:
        return None

    def shown(size: Sides) -> float:
        return shown_in(sized(show, size), crowd, left, step=step)

    size = sizes[min(bisect_left(sizes, unseen, key=shown), len(sizes) - 1)]
    if before in sizes and _count(before) <= KEPT * _count(size) and shown(before) >= unseen:
        size = before
    missing = max(0, math.ceil(unseen - shown(size) - ROUNDING))
    return Kept(size, is_kept=not missing, missing=missing, sentence=_sentence(size, unseen, left, missing))


def sized(show: Show, size: Sides) -> Show:
    """Return *show* with its open mosaics at *size*, each within its own range."""
    return replace(show, steps=tuple(sized_step(step, size) for step in show.steps))


def sized_step(step: Step, size: Sides) -> Step:
    """Return *step* with its mosaic at *size*, within its own range; anything else as it is."""
    kind = step.kind
    if not isinstance(kind, MosaicStep) or kind.most is None:
        return step
    columns = min(max(size[0], kind.columns), kind.most[0])
    rows = min(max(size[1], kind.rows), kind.most[1])
    return replace(step, kind=kind.model_copy(update={"columns": columns, "rows": rows}))


def sizes_of(show: Show, most: int) -> list[Sides]:
    """Return the sizes that the mosaics of *show* leave open, fewest tiles first; none beyond *most* but the very least."""
    found = [kind for step in show.steps if isinstance(kind := step.kind, MosaicStep) and kind.most]
    if not found:
        return []
    least = min(kind.columns for kind in found), min(kind.rows for kind in found)
    last = max((kind.most or (0, 0))[0] for kind in found), max((kind.most or (0, 0))[1] for kind in found)
    return [least, *(size for size in _ordered(least, last) if size != least and _count(size) <= most)]


def photos_on(step: Step, crowd: Crowd) -> float:
    """Return how many photos *step* shows, on average over many rounds in which everyone has a turn."""
    match step.kind:
        case MosaicStep(columns=columns, rows=rows):
            return float(min(columns * rows, crowd.photos))
        case PhotoStep(pairs=pairs):
            # Everyone once takes a slide for each landscape photo, and one for two portraits.
            return min(crowd.photos, 1 / (1 - crowd.portraits / 2) if pairs else 1.0)
        case _:
            return 0.0


def length_of(step: Step) -> Seconds:
    """Return how long *step* takes, its fade in included; of a list of names, all of its pages.

    A film takes its own length, in which it fades in. One that cannot be shown, as far as *step* knows, takes none: it is passed
    over. So does a film of a feed, and one that nobody has looked at yet, until somebody looks it up.
    """
    if isinstance(step.kind, FilmStep):
        return step.film.length / SECOND if step.film else 0.0
    return step.reading.whole if step.reading else step.fade + step.hold


@dataclass(frozen=True, slots=True)
class Reached:
    """A film that a show has come to."""

    line: int
    """Which of its lines."""
    stood: Nanos
    """Up to which instant of the film it was seen."""


def reached(show: Show, elapsed: Nanos) -> Reached | None:
    """Return which film those see who have seen *show* from its first line on, *elapsed* later; None: it is no film's turn.

    Of a film that is nearly over nobody begins to see the rest: it is the next line's turn then. The films that *show* has were
    looked up for it: as they are now.
    """
    lengths = [nanos(length_of(step)) for step in show.steps]
    if not any(lengths):
        return None
    left = elapsed % sum(lengths)
    for line, (step, length) in enumerate(zip(show.steps, lengths, strict=True)):
        if left < length and not (step.film and left > length - LEAST_LEFT):
            return Reached(line, step.film.begin + left) if step.film else None
        left = max(0, left - length)
    return None


def shown_in(show: Show, crowd: Crowd, length: Seconds, *, step: int = 0) -> float:
    """Return how many times a photo is shown while *show* is on for *length*, everybody counted together.

    A photo counts once its slide has had its time. The show goes on from *step*, as it does after an interruption.
    """
    whole = sum(map(length_of, show.steps))
    if not whole:
        return 0.0
    rounds, rest = divmod(length + ROUNDING, whole)
    shown = rounds * sum(photos_on(each, crowd) for each in show.steps)
    for each in (*show.steps[step:], *show.steps[:step]):
        if rest < length_of(each):
            break
        rest -= length_of(each)
        shown += photos_on(each, crowd)
    return shown


def _count(size: Sides) -> int:
    return size[0] * size[1]


@cache
def _ordered(least: Sides, most: Sides) -> tuple[Sides, ...]:
    """Return every size from *least* to *most*, fewest tiles first; of equals, the one shaped most like the range."""
    shape = math.log((least[0] + most[0]) / (least[1] + most[1]))

    def worth(size: Sides) -> tuple[int, float, Sides]:
        return _count(size), round(abs(math.log(size[0] / size[1]) - shape), 6), size

    def all_of() -> Iterator[Sides]:
        for columns in range(least[0], most[0] + 1):
            yield from ((columns, rows) for rows in range(least[1], most[1] + 1))

    return tuple(sorted(all_of(), key=worth))


def _sentence(size: Sides, unseen: int, left: Seconds, missing: int) -> str:
    if not unseen:
        return f"everyone has been shown; mosaics of {size[0]} x {size[1]}"
    who = f"{unseen:,} photo{' is' if unseen == 1 else 's are'} still to be shown in {left / HOUR_S:.1f} h of this show"
    if missing:
        return f"{who}: mosaics of {size[0]} x {size[1]} leave about {missing:,} out. Give it more time, or more mosaics"
    return f"{who}: mosaics of {size[0]} x {size[1]} show them all"
