"""`weremember schedule import`: a calendar from any program, as slots for a person to look through."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from player.errors import OperatorError
from player.schedule.ics import MAX_BYTES, imported
from player.schedule.zones import local, zone
from player.settings import Configuration
from player.units import Nanos

DAYS: Final = 366
"""How many days are taken from a calendar unless somebody says otherwise: each rule of a year once."""
MAX_DAYS: Final = 731  # as far ahead as a calendar is read
_PIPE: Final = Path("-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which calendar, and how much of it."""

    file: Path
    """`-` is what comes by a pipe."""
    first: date | None = None
    """None: today."""
    days: int | None = None
    """None: a year."""


def import_calendar(
    configuration: Configuration,
    asked: Asked,
    *,
    now: Nanos,
    say: Callable[[str], None],
    note: Callable[[str], None],
    pipe: BinaryIO | None = None,
) -> int:
    """*say* the slots as YAML, *note* what was left out, a line each, and return how many slots there are.

    Raises:
        OperatorError: the file cannot be read, is no calendar or too large, or there are no such days.
    """
    zone_name = configuration.settings.site.zone
    first = asked.first or local(now, zone(zone_name)).date()
    days = DAYS if asked.days is None else asked.days
    if not 1 <= days <= MAX_DAYS:
        raise OperatorError(f"a calendar is read for 1 to {MAX_DAYS} days, not {days:,}")
    try:
        last = first + timedelta(days - 1)
    except OverflowError as error:
        raise OperatorError(f"{first} and {days} days are beyond our calendar") from error
    content = _content(asked.file, pipe)
    found = imported(content, zone=zone_name, shows=configuration.playlists, first=first, last=last)
    say(found.yaml.rstrip("\n"))
    if found.left_out:
        note("Left out, or to be looked at:")
    for sentence in found.left_out:
        note(f"  {sentence}")
    return found.slots


def _content(file: Path, pipe: BinaryIO | None) -> bytes:
    """Return so much of the file that one too large shows, and no more."""
    if file == _PIPE:
        return (pipe or sys.stdin.buffer).read(MAX_BYTES + 1)
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise OperatorError(f"{file} cannot be read: {error.strerror}") from error
