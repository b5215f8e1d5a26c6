"""What is said when: subtitles in the order of time, and which of them are up at an instant."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Final

from player.units import Nanos

MAX_AT_ONCE: Final = 3  # subtitles; two people speak at once now and then, and what stays up for ever must not fill the wall


@dataclass(frozen=True, slots=True)
class Subtitle:
    """What is said from *begin* until *end*, in nanoseconds since the film's start."""

    begin: Nanos
    end: Nanos
    lines: tuple[str, ...]
    """Plain text, in logical order: no tags, no spaces at the ends."""
    is_high: bool = False
    """It belongs to the top of the picture: something that must be seen is at its foot."""


@dataclass(frozen=True, slots=True)
class Subtitles:
    """The subtitles of one film in one language."""

    language: str
    """BCP 47 tag; empty where the file's name says none."""
    faults: tuple[str, ...]
    """What was left out and why, a sentence each, with file and line."""
    changes: tuple[Nanos, ...]
    """When something appears or goes, in order."""
    said: tuple[tuple[Subtitle, ...], ...]
    """What is up from each change on."""


def timeline(cues: Iterable[Subtitle], language: str, faults: Iterable[str] = ()) -> Subtitles:
    """Return *cues* laid out in time; where more are up at once than can be read, those that began last."""
    ordered = sorted(cues, key=lambda cue: cue.begin)
    begins = [(cue.begin, 1, i) for i, cue in enumerate(ordered)]
    ends = sorted((cue.end, 0, i) for i, cue in enumerate(ordered))
    up: dict[int, Subtitle] = {}
    changes: list[Nanos] = []
    said: list[tuple[Subtitle, ...]] = []
    for at, events in groupby(merge(begins, ends), key=itemgetter(0)):
        for _, is_begin, i in events:
            if is_begin:
                up[i] = ordered[i]
            else:
                del up[i]
        now = tuple(up[i] for i in _last(up))
        if not said or said[-1] != now:
            changes.append(at)
            said.append(now)
    return Subtitles(language, tuple(faults), tuple(changes), tuple(said))


def shown(subtitles: Subtitles, at: Nanos) -> tuple[Subtitle, ...]:
    """Return what is up *at* so many nanoseconds after the film's start, the earliest first; mostly one or none."""
    i = bisect_right(subtitles.changes, at)
    return subtitles.said[i - 1] if i else ()


def next_change(subtitles: Subtitles, at: Nanos) -> Nanos | None:
    """Return when something appears or goes next after *at*; None: never."""
    i = bisect_right(subtitles.changes, at)
    return subtitles.changes[i] if i < len(subtitles.changes) else None


def _last(up: dict[int, Subtitle]) -> list[int]:
    """Return the last few that began; they were put in as they did."""
    return [i for i, _ in zip(reversed(up), range(MAX_AT_ONCE), strict=False)][::-1]
