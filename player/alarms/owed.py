"""When what people signed runs out, by what the reader of a signed feed keeps on the disk. For a reminder alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from player.units import SECOND, Nanos

ROOT: Final = "root"
BY_PEOPLE: Final = (ROOT, "targets", "approved", "withdrawn")
"""The roles that people sign; the publisher's own machine signs the others every few minutes."""
MAX_DIGITS: Final = 17  # of a version, and one more
MAX_ROLE_BYTES: Final = 4_000_000  # as a signed feed's reader takes it


def expiries(folder: Path, feed: str) -> dict[str, Nanos]:
    """Return when what people signed of *feed* ends, by role, as far as its cache in *folder* holds it.

    The cache is not verified here: nothing but a reminder depends on what is read.
    """
    with suppress(OSError):
        places = [place for place in folder.glob(f"{feed}-{'[0-9a-f]' * 16}") if place.is_dir()]
        newest = max(places, key=lambda place: place.stat().st_mtime_ns, default=None)
        if newest:
            ends = {role: _end(_kept(newest / "metadata", role)) for role in BY_PEOPLE}
            return {role: end for role, end in ends.items() if end is not None}
    return {}


def _kept(metadata: Path, role: str) -> Path:
    """Return where *role* is kept; of root, every version is: the last one counts."""
    roots = (metadata / "root_history").glob("*.root.json") if role == ROOT else ()
    return max(roots, key=_version, default=metadata / f"{role}.json")


def _version(path: Path) -> int:
    number = path.name.partition(".")[0]
    return int(number) if number.isdecimal() and number.isascii() and len(number) < MAX_DIGITS else 0


def _end(path: Path) -> Nanos | None:
    with suppress(OSError, ValueError, LookupError, TypeError, RecursionError, OverflowError):
        if path.is_file():
            with path.open("rb") as file:
                signed = cast("Mapping[str, Mapping[str, str]]", json.loads(file.read(MAX_ROLE_BYTES)))["signed"]
            moment = datetime.fromisoformat(signed["expires"])
            return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()) * SECOND
    return None
