"""How many are seen: what an agenda and its shows come to for a number of photos. Pure; the agenda's rows are an argument.

Everyone is shown once before anyone is shown more than once more than others, whichever show is on, so showings add up.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from player.show.playlist import MosaicStep, PhotoStep, Show, Sides, Step
from player.show.promise import ROUNDING, Crowd, length_of, photos_on, shown_in, size_for, sized
from player.units import SECOND, Nanos, Seconds, nanos

SHORTEST_HOLD: Final[Seconds] = 4.0  # the least that a playlist may say: shorter, and nobody is recognised
HOLD_STEP: Final[Seconds] = 0.5  # finer is nobody's wish
ADDED: Final = Step(MosaicStep(hold=18.0), 18.0, 1.6, motion=False)
"""The mosaic that is thought of where a show has none."""


class Row(NamedTuple):
    """A stretch of the agenda in which one show is on and seen."""

    start: Nanos
    end: Nanos
    show: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowUse:
    """What one show does for the photos."""

    show: str
    on_s: Seconds
    showings: int
    mosaic: Sides | None
    """Columns and rows of its largest mosaic, as a promise has sized it; None: it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one photo gets of the whole, on average."""

    times: float
    alone_s: Seconds
    """As large as the wall lets it be."""
    paired_s: Seconds
    """On half of it."""
    tiled_s: Seconds
    """As one tile of *tiles*."""
    tiles: int
    """Of the largest mosaic that it is in; 0: it is in none."""

    @property
    def seconds(self) -> Seconds:
        """In all."""
        return self.alone_s + self.paired_s + self.tiled_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What the agenda comes to."""

    photos: int
    showings: int
    shows: tuple[ShowUse, ...]
    everyone_at: Nanos | None
    """When the last one has been seen once; None: not everybody is."""
    unseen: int
    """How many nobody sees."""
    share: Share
    hold: Seconds | None
    """The longest hold of a photo with which everyone is seen; None: everyone is anyway, or no hold is short enough."""
    mosaic: Sides | None
    """The smallest mosaic, in place of every one there is, with which everyone is seen; None likewise."""
    adds_mosaic: bool
    """Some show that is on has no mosaic: this one is thought of after its last slide."""
    unknown: tuple[str, ...]
    """Shows of the agenda that nobody knows here; nothing of them is counted."""


def capacity(rows: Sequence[Row], shows: Mapping[str, Show], crowd: Crowd, *, most: int, seen: int = 0) -> Capacity:
    """Return what *rows* come to.

    Args:
        rows: Of the agenda, in the order of time, none overlapping; dark and quiet times are none of them.
        shows: By name.
        crowd: Whose photos there are.
        most: How many tiles are readable on this wall.
        seen: How many of the crowd have been seen before.
    """
    known = [row for row in rows if row.show in shows and row.end > row.start]
    promised = kept_promises(known, shows, crowd, most=most, seen=seen)
    wanted = max(0, crowd.photos - seen)
    showings = _showings(known, promised, crowd)
    fits = showings + ROUNDING >= wanted
    mosaic = None if fits else _mosaic_for(known, promised, crowd, wanted, most=most)
    return Capacity(
        photos=crowd.photos,
        showings=math.floor(showings),
        shows=tuple(_uses(known, promised, crowd)),
        everyone_at=_everyone_at(known, promised, crowd, wanted) if fits and wanted else None,
        unseen=0 if fits else math.ceil(wanted - showings),
        share=_share(known, promised, crowd),
        hold=None if fits else _hold_for(known, promised, crowd, wanted),
        mosaic=mosaic,
        adds_mosaic=mosaic is not None and any(_has_none(promised[row.show]) for row in known),
        unknown=tuple(sorted({row.show for row in rows} - set(shows))),
    )


def kept_promises(rows: Iterable[Row], shows: Mapping[str, Show], crowd: Crowd, *, most: int, seen: int = 0) -> dict[str, Show]:
    """Return the shows with the mosaics that they have where one promises that everyone is shown."""
    on = _on(rows)
    found: dict[str, Show] = {}
    for name, show in shows.items():
        unseen = max(0, crowd.photos - seen)
        kept = size_for(show, crowd, unseen=unseen, left=on.get(name, 0.0), most=most) if show.everyone_by else None
        found[name] = sized(show, kept.size) if kept else show
    return found


def _on(rows: Iterable[Row]) -> dict[str, Seconds]:
    """Return how long each show is on in all."""
    found: dict[str, Seconds] = {}
    for row in rows:
        found[row.show] = found.get(row.show, 0.0) + (row.end - row.start) / SECOND
    return found


def _showings(rows: Iterable[Row], shows: Mapping[str, Show], crowd: Crowd) -> float:
    return sum(shown_in(shows[name], crowd, length) for name, length in _on(rows).items())


def _uses(rows: Iterable[Row], shows: Mapping[str, Show], crowd: Crowd) -> Iterable[ShowUse]:
    for name, length in _on(rows).items():
        sizes = [(kind.columns, kind.rows) for step in shows[name].steps if isinstance(kind := step.kind, MosaicStep)]
        yield ShowUse(
            show=name,
            on_s=length,
            showings=math.floor(shown_in(shows[name], crowd, length)),
            mosaic=max(sizes, key=lambda size: size[0] * size[1], default=None),
        )


def _everyone_at(rows: Sequence[Row], shows: Mapping[str, Show], crowd: Crowd, wanted: int) -> Nanos | None:
    """Return when the last photo appears; a show goes on where it was interrupted."""
    before: dict[str, Seconds] = {}
    shown = 0.0
    for row in rows:
        show, begun, length = shows[row.show], before.get(row.show, 0.0), (row.end - row.start) / SECOND
        already = shown_in(show, crowd, begun)
        if shown + shown_in(show, crowd, begun + length) - already + ROUNDING >= wanted:
            return row.start + nanos(_time_for(show, crowd, wanted - shown + already) - begun)
        shown += shown_in(show, crowd, begun + length) - already
        before[row.show] = begun + length
    return None


def _time_for(show: Show, crowd: Crowd, wanted: float) -> Seconds:
    """Return how long *show* takes until it has shown *wanted*: some whole rounds, and slides of one more."""
    each = sum(photos_on(step, crowd) for step in show.steps)
    rounds = max(0, math.ceil(wanted / each - ROUNDING) - 1)
    at, left = rounds * sum(map(length_of, show.steps)), wanted - rounds * each
    for step in show.steps:
        if left <= ROUNDING:
            break
        left -= photos_on(step, crowd)
        at += length_of(step)
    return at


def _share(rows: Iterable[Row], shows: Mapping[str, Show], crowd: Crowd) -> Share:
    alone = paired = tiled = shown = 0.0
    tiles = 0
    for name, length in _on(rows).items():
        show = shows[name]
        whole = sum(map(length_of, show.steps))
        rounds = length / whole if whole else 0.0
        for step in show.steps:
            on, photos = rounds * length_of(step), photos_on(step, crowd)
            shown += rounds * photos
            match step.kind:
                case PhotoStep():
                    in_pairs = max(0.0, 2 * (photos - 1))  # of one slide: as many photos as it has more than slides, twice
                    alone += on * (photos - in_pairs)
                    paired += on * in_pairs
                case MosaicStep():
                    tiled += on * photos
                    tiles = max(tiles, round(photos))
                case _:
                    pass
    people = max(1, crowd.photos)
    return Share(times=shown / people, alone_s=alone / people, paired_s=paired / people, tiled_s=tiled / people, tiles=tiles)


def _hold_for(rows: Sequence[Row], shows: Mapping[str, Show], crowd: Crowd, wanted: int) -> Seconds | None:
    """Return the longest hold of photos that is enough, in steps that people write; None when none is."""
    longest = max((step.hold for show in shows.values() for step in show.steps if isinstance(step.kind, PhotoStep)), default=0.0)
    steps = range(math.floor(longest / HOLD_STEP), math.ceil(SHORTEST_HOLD / HOLD_STEP) - 1, -1)  # ever shorter

    def showings(hold: int) -> float:
        return _showings(rows, {name: _held(show, hold * HOLD_STEP) for name, show in shows.items()}, crowd)

    found = bisect_left(steps, wanted, key=showings)
    return steps[found] * HOLD_STEP if found < len(steps) else None


def _mosaic_for(rows: Sequence[Row], shows: Mapping[str, Show], crowd: Crowd, wanted: int, *, most: int) -> Sides | None:
    """Return the smallest mosaic that is enough in place of every other one; None when none is."""
    sizes = _larger(shows, most)
    found = bisect_left(sizes, wanted, key=lambda size: _showings(rows, _with_mosaic(shows, size), crowd))
    return sizes[found] if found < len(sizes) else None


def _held(show: Show, hold: Seconds) -> Show:
    """Return *show* with no photo up for longer than *hold*."""
    return replace(
        show,
        steps=tuple(replace(s, hold=min(s.hold, hold)) if isinstance(s.kind, PhotoStep) else s for s in show.steps),
    )


def _larger(shows: Mapping[str, Show], most: int) -> list[Sides]:
    """Return sizes of mosaics to try, fewest tiles first: twice as wide as high, as walls are."""
    there = max((k.columns * k.rows for s in shows.values() for t in s.steps if isinstance(k := t.kind, MosaicStep)), default=0)
    every = {(columns, rows) for rows in range(2, 17) for columns in range(-(-4 * rows // 3), min(24, 3 * rows) + 1)}
    order = sorted(every, key=lambda size: (size[0] * size[1], abs(size[0] - 2 * size[1])))
    return [size for size in order if there < size[0] * size[1] <= most]


def _with_mosaic(shows: Mapping[str, Show], size: Sides) -> dict[str, Show]:
    """Return the shows with every mosaic at *size*, and one where there was none."""
    return {name: _all_sized(show, size) for name, show in shows.items()}


def _all_sized(show: Show, size: Sides) -> Show:
    steps = (*show.steps, ADDED) if _has_none(show) else show.steps
    return replace(show, steps=tuple(_at(step, size) for step in steps))


def _at(step: Step, size: Sides) -> Step:
    if not isinstance(step.kind, MosaicStep):
        return step
    return replace(step, kind=step.kind.model_copy(update={"columns": size[0], "rows": size[1], "most": None}))


def _has_none(show: Show) -> bool:
    return not any(isinstance(step.kind, MosaicStep) for step in show.steps)
