"""What is known of the films that the configuration names: a small file, written by who looks at them, read by who shows them.

It holds for a file with that length and that time of change; of another one nothing is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final, cast

from player.errors import FilmError, WorkerError
from player.film.wire import Failed, Film, answer_of, line_of
from player.library import record_file

NAME: Final = "films.json"
"""In the data folder."""
MAX_FILMS: Final = 2000  # a festival of ten years; each has 400 bytes
MAX_BYTES: Final = 20_000_000  # as many with the longest paths there are
MAX_GAIN: Final = 20.0  # dB; more is a slip


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which file it is, as far as a look without opening it tells."""

    length: int
    """Bytes."""
    changed: int
    """When, in nanoseconds, as the file system says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was found out about a film."""

    stamp: Stamp
    film: Film | Failed
    """What it is, or why it cannot be shown."""
    gain_db: float | None = None
    """By how much it is to be made louder; None: nobody has measured it yet."""
    target: float | None = None
    """In LUFS, what that is meant to come to."""


def stamp_of(path: Path) -> Stamp | None:
    """Return which file lies at *path*; None where there is none that could be a film."""
    try:
        if not path.is_file():  # a pipe would keep whoever opens it waiting
            return None
        found = path.stat()
    except (OSError, ValueError):
        return None
    return Stamp(found.st_size, found.st_mtime_ns)


def read(folder: Path) -> dict[str, Known]:
    """Return what is known, by path; nothing where the data *folder* has no such file, or one that is not ours."""
    record = record_file.read(folder / NAME, MAX_BYTES)
    found: dict[str, Known] = {}
    for path, each in cast("dict[str, object]", record).items() if isinstance(record, dict) else ():
        known = _known(each)
        if known is not None:
            found[path] = known
    return found


def write(folder: Path, films: Mapping[str, Known]) -> None:
    """Keep what is known, in one step.

    Raises:
        WorkerError: it could not be written.
    """
    try:
        record_file.write(folder / NAME, {path: _record(known) for path, known in films.items()})
    except (OSError, ValueError) as error:
        raise WorkerError(f"{folder / NAME} could not be written: {error}") from error


def packed(known: Known) -> str:
    """Return what is known of a film as text, for `unpacked`."""
    return json.dumps(_record(known))


def unpacked(text: str) -> Known | None:
    """Return what `packed` made text of; None where it is not ours."""
    try:
        return _known(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _record(known: Known) -> dict[str, object]:
    return {
        "stamp": [known.stamp.length, known.stamp.changed],
        "film": line_of(known.film).decode(),
        "gain": known.gain_db,
        "target": known.target,
    }


def _known(value: object) -> Known | None:
    try:
        record = cast("dict[str, object]", value)
        length, changed = cast("list[int]", record["stamp"])
        film = answer_of(str(record["film"]).encode())
        gain, target = _decibels(record.get("gain")), _decibels(record.get("target"))
    except (LookupError, TypeError, ValueError, AttributeError, FilmError):
        return None
    if not isinstance(film, Film | Failed):
        return None
    is_kept = gain is not None and abs(gain) <= MAX_GAIN
    return Known(stamp=Stamp(length, changed), film=film, gain_db=gain if is_kept else None, target=target)


def _decibels(value: object) -> float | None:
    if value is None:
        return None
    found = float(cast("float", value))
    return found if isfinite(found) else None
