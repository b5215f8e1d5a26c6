"""`weremember calibrate --history` and `--restore`: what was kept of the mapping, and an earlier one made the newest again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from player.calibration.record import Calibration
from player.calibration.shelf import Entry, Shelf
from player.clock import Clock, SystemClock
from player.schedule.agenda import utc
from player.schedule.zones import zone
from player.settings import Configuration
from player.terminal import operator
from player.units import SECOND, Nanos

_CLOCKS_WERE_SET: Final[Nanos] = 1_700_000_000 * SECOND  # 14 November 2023: any earlier time is that of a clock nobody set
_ENDS: Final[Nanos] = 4_102_444_800 * SECOND  # 2100: likewise
UNKNOWN: Final = "time not known"


def history(configuration: Configuration, say: Callable[[str], None], *, as_json: bool = False) -> None:
    """Say what was kept, the newest first: number, when, who, what changed.

    Raises:
        LibraryError: the folder cannot be read.
    """
    entries = Shelf(configuration.data).history()
    if as_json:
        say(json.dumps([_as_object(entry) for entry in entries], ensure_ascii=False, indent=1))
        return
    if not entries:
        say("no calibration yet: outputs are as the configuration has them")
    newest = next((entry.number for entry in entries if entry.calibration is not None), None)
    for line in _in_words(entries, newest, configuration.settings.site.zone):
        say(line)


def restore(configuration: Configuration, which: str, say: Callable[[str], None], clock: Clock | None = None) -> Calibration:
    """Make an earlier calibration the newest again, and say so; *which* is its number, or `previous`.

    Nothing is lost: it becomes a new entry, and what counted until now can be restored in the same way.

    Raises:
        OperatorError: there is none such, or it cannot be used.
        LibraryError: the folder cannot be read or written.
    """
    shelf = Shelf(configuration.data)
    before = shelf.newest().calibration
    made = shelf.restore(which, at=(clock or SystemClock()).wall(), by=operator())
    outputs = ", ".join(made.outputs)
    say(f"calibration {made.number} counts now: {made.what} (outputs: {outputs})")
    if before is not None:
        say(f"back again: weremember calibrate --restore {before.number}")
    return made


def _in_words(entries: tuple[Entry, ...], newest: int | None, zone_name: str) -> Iterator[str]:
    for entry in entries:
        found = entry.calibration
        if found is None:
            yield f"{entry.number:>6}  cannot be used: it is {entry.problem}"
        else:
            mark = "  (counts now)" if entry.number == newest else ""
            yield f"{entry.number:>6}  {_when(found.at, zone_name)}  {found.by}  {found.what}{mark}"


def _when(at: Nanos, zone_name: str) -> str:
    if not _is_known(at):
        return f"{UNKNOWN:<19}"
    return f"{datetime.fromtimestamp(at // SECOND, zone(zone_name)):%Y-%m-%d %H:%M:%S}"


def _is_known(at: Nanos) -> bool:
    return _CLOCKS_WERE_SET <= at < _ENDS


def _as_object(entry: Entry) -> dict[str, object]:
    found = entry.calibration
    whole: dict[str, object] = {"number": entry.number, "thumbnail": str(entry.thumbnail) if entry.thumbnail else None}
    if found is None:
        return {**whole, "problem": entry.problem}
    at = utc(found.at) if _is_known(found.at) else None
    return {**whole, "at": at, "by": found.by, "what": found.what, "outputs": list(found.outputs)}
