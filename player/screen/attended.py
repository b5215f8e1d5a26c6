"""What the schedule remembers of the past, over restarts: what it took part in, what was seen, and up to when. A small file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, cast

from player.library import record_file
from player.schedule.desired import Key
from player.units import Nanos

NAME: Final = "attended.json"
"""In the data folder."""
KEPT: Final = 64  # keys of each kind, the newest: a day has a handful of slots, and a strange one 1440
LATEST: Final[Nanos] = 2**63 - 1  # in 2262; a damaged file may hold anything
MAX_BYTES: Final = 100_000  # 10 kB in truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """What is remembered."""

    until: Nanos | None = None
    """Up to when it is settled what was missed; None: nobody ever went by a schedule here."""
    begun: tuple[Key, ...] = ()
    """Slots that were taken part in."""
    seen: tuple[Key, ...] = ()
    """Slots whose show was on the wall."""
    skipped: tuple[Key, ...] = ()
    """Slots that had begun already, and are not to be joined then."""
    boot: str = ""
    """Which start of the machine the next is of."""
    vouched: Nanos | None = None
    """As `player.timekeeping.Belief` has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A show that was to be on and was not."""

    slot: str
    show: str
    start: Nanos
    why: str


def with_key(keys: tuple[Key, ...], key: Key) -> tuple[Key, ...]:
    """Return *keys* with *key* as the newest of them."""
    return keys if key in keys else (*keys, key)[-KEPT:]


def after_a_step_back(attended: Attended, now: Nanos) -> Attended:
    """Return what is still to be remembered when a clock that was ahead has been put right.

    What was on, or was passed over, by the wrong time has not begun yet by the right one.
    """

    def begun(keys: tuple[Key, ...]) -> tuple[Key, ...]:
        return tuple(key for key in keys if key[1] <= now)

    return replace(attended, until=now, begun=begun(attended.begun), seen=begun(attended.seen), skipped=begun(attended.skipped))


def to_record(attended: Attended) -> dict[str, object]:
    """Return *attended* as plain data for `from_record`."""
    return {
        "until": attended.until,
        "begun": [list(key) for key in attended.begun],
        "seen": [list(key) for key in attended.seen],
        "skipped": [list(key) for key in attended.skipped],
        "boot": attended.boot,
        "vouched": attended.vouched,
    }


def from_record(record: object) -> Attended:
    """Return what `to_record` described; nothing at all where it is not ours."""
    try:
        found = cast("Mapping[str, object]", record)
        return Attended(
            until=_nanos(found["until"]),
            begun=_keys(found["begun"]),
            seen=_keys(found["seen"]),
            skipped=_keys(found["skipped"]),
            boot=str(found["boot"]),
            vouched=_nanos(found["vouched"]),
        )
    except (LookupError, TypeError, ValueError, OverflowError):
        return Attended()


def read(folder: Path) -> Attended:
    """Return what is remembered in a data *folder*; nothing where that cannot be read."""
    return from_record(record_file.read(folder / NAME, MAX_BYTES))


def write(folder: Path, attended: Attended) -> None:
    """Keep *attended* in a data *folder*, in one step: after a power cut it is the old file or the new one.

    Raises:
        OSError: it could not be written.
    """
    record_file.write(folder / NAME, to_record(attended))


def _nanos(value: object) -> Nanos | None:
    return None if value is None else _instant(value)


def _instant(value: object) -> Nanos:
    if not isinstance(value, int) or not 0 <= value <= LATEST:
        raise TypeError("no instant")
    return value


def _keys(value: object) -> tuple[Key, ...]:
    pairs = cast("Sequence[tuple[str, int]]", value)
    return tuple((str(slot), _instant(start)) for slot, start in pairs)[-KEPT:]
