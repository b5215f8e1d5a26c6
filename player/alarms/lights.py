"""What throws the light, looked at: projectors by what their process says, outputs by what the screen says of displays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from player.projector import told
from player.projector.told import Told
from player.units import Nanos

LIT: Final = frozenset({"muted", "open"})
"""What a projector's aim is called while its lamp is to burn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Projectors:
    """What there is to be said of all of them."""

    unwell: Mapping[str, str]
    """Why somebody should look at each now; empty where nobody needs to."""
    care: Mapping[str, str]
    """What may wait until the show rests; a projector of which nothing is known has no entry."""
    unlit: Collection[str]
    """Those that need not be lit yet, or are not: a display in standby is often none at all."""


def projectors(folder: Path, names: Collection[str], now: Nanos) -> Projectors:
    """Return how the projectors called *names* are at *now* (UTC), by what lies in the data *folder*."""
    known = told.of_now(folder, now) or {}
    unwell = told.alarming(folder, names, now)
    care = {name: "; ".join(known[name].care) for name in names if name in known}
    for name in care:
        unwell[name] = "; ".join(worry for worry in known[name].worries if worry not in known[name].care)
    return Projectors(unwell=unwell, care=care, unlit={name for name in names if not _is_lit(known.get(name))})


def outputs(said: Mapping[str, object], ids: Collection[str], unlit: Collection[str]) -> dict[str, str] | None:
    """Return why outputs have no display, empty for those that have one; of some, nobody can say.

    Args:
        said: What the screen says of itself.
        ids: Those in the configuration.
        unlit: Projectors that do not shine: the output of one is said nothing of, while its display may come with the lamp.
    """
    records = said.get("outputs")
    if not isinstance(records, list):
        return None
    found: dict[str, str] = {}
    for record in cast("list[object]", records):
        if not isinstance(record, dict):
            continue
        each = cast("dict[str, object]", record)
        name = each.get("id")
        if isinstance(name, str) and name in ids and not _waits(name, unlit):
            found[name] = "" if each.get("display") else str(each.get("why") or "nobody knows why")
    return found


def _waits(output: str, unlit: Collection[str]) -> bool:
    """Whether a projector of *output* does not shine: `left`, or `left-2` that lies on it."""
    return output in unlit or any(name.rpartition("-")[0] == output for name in unlit)


def _is_lit(projector: Told | None) -> bool:
    return projector is not None and projector.aim in LIT and projector.power in {None, "on"}
