"""The file in the data folder that says how the projectors are: for the console, for alarms, and for this process's next life."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, cast

from player.errors import LibraryError
from player.units import SECOND, Nanos

NAME: Final = "projectors.json"
EVERY: Final[Nanos] = 10 * SECOND  # and at once when something changed
SILENT_FOR: Final[Nanos] = 60 * SECOND  # a process that was started anew has said something by then
MAX_BYTES: Final = 200_000  # 700 bytes for each of 32 projectors, in truth
NOBODY: Final = "nobody watches it: the projectors' process says nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How one projector is, as plain data. Times are UTC nanoseconds."""

    says: str
    """One plain sentence."""
    aim: str
    """What it should be: off, rest, muted or open."""
    why: str
    turns: int | None = None
    """When the show begins that it is for, or the one ends that is on."""
    power: str | None = None
    """off, on, cooling or warming; None: it does not say."""
    mute: bool | None = None
    input: str | None = None
    has_signal: bool | None = None
    lamp_hours: tuple[int, ...] = ()
    filter_hours: int | None = None
    faults: tuple[str, ...] = ()
    model: str = ""
    worries: tuple[str, ...] = ()
    """What somebody should be told of, in sentences."""
    care: tuple[str, ...] = ()
    """Which of them may last for weeks while it shines."""
    lit_at: int | None = None
    """When its lamp was last seen to burn."""


@dataclass(frozen=True, slots=True)
class Report:
    """All projectors at an instant."""

    at: Nanos
    projectors: Mapping[str, Told]
    is_dark: bool = False
    """Whether a person had it dark: for the next life of the process, which may not be able to read the orders at first."""


def write(folder: Path, report: Report) -> None:
    """Write the file in one step, so that nobody reads half of it.

    Raises:
        LibraryError: it cannot be written.
    """
    path = folder / NAME
    temporary = path.with_suffix(f".{os.getpid()}.part")
    projectors = {name: asdict(told) for name, told in report.projectors.items()}
    record = {"at": report.at, "dark": report.is_dark, "projectors": projectors}
    try:
        temporary.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
        temporary.replace(path)
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror}") from error


def read(folder: Path) -> Report | None:
    """Return what was said last; None: nothing that can be read."""
    with suppress(OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError):
        with (folder / NAME).open("rb") as file:
            record = cast("Mapping[str, object]", json.loads(file.read(MAX_BYTES)))
        at = record["at"]
        projectors = cast("Mapping[str, Mapping[str, object]]", record["projectors"])
        if isinstance(at, int):
            return Report(at, {str(name): _told(each) for name, each in projectors.items()}, is_dark=record.get("dark") is True)
    return None


def alarming(folder: Path, names: Collection[str], now: Nanos) -> dict[str, str]:
    """Return why somebody should look at each of the projectors called *names*; empty where nobody needs to.

    One about whom nothing has been said for a minute counts: its process does not run.
    """
    known = of_now(folder, now) if names else None
    if known is None:
        return dict.fromkeys(names, NOBODY)
    return {name: "; ".join(known[name].worries) if name in known else "" for name in names}


def of_now(folder: Path, now: Nanos) -> Mapping[str, Told] | None:
    """Return how the projectors are; None where nothing has been said for a minute."""
    report = read(folder)
    return report.projectors if report and -SILENT_FOR <= now - report.at < SILENT_FOR else None


def _told(record: Mapping[str, object]) -> Told:
    """Return one projector's part.

    Raises:
        TypeError: it is not ours.
    """
    mute, has_signal, lit_at, turns = record.get("mute"), record.get("has_signal"), record.get("lit_at"), record.get("turns")
    filter_hours = record.get("filter_hours")
    return Told(
        says=str(record.get("says", "")),
        aim=str(record.get("aim", "")),
        why=str(record.get("why", "")),
        turns=turns if isinstance(turns, int) else None,
        power=_text(record.get("power")),
        mute=mute if isinstance(mute, bool) else None,
        input=_text(record.get("input")),
        has_signal=has_signal if isinstance(has_signal, bool) else None,
        lamp_hours=tuple(int(each) for each in cast("list[int]", record.get("lamp_hours") or [])),
        filter_hours=filter_hours if isinstance(filter_hours, int) else None,
        faults=_texts(record.get("faults")),
        model=str(record.get("model", "")),
        worries=_texts(record.get("worries")),
        care=_texts(record.get("care")),
        lit_at=lit_at if isinstance(lit_at, int) else None,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in cast("list[object]", value or []))
