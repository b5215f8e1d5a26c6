"""Reading values of unknown type: each function returns what it can vouch for, or None, and never raises.

For what a stranger's JSON or YAML holds. "Not there" and "there, but wrong" are told apart by the callers for which it matters.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from player.units import Nanos

MAX_NANOS: Final = 2**63 - 1  # what SQLite stores; the year 2262. Later dates mean "for ever"
MAX_WHOLE: Final = 2**53  # beyond it JSON numbers are not exact
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_DATE: Final = 64  # characters
_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")


def record(value: object) -> dict[str, object]:
    """*value* when it is a JSON object, else an empty one."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def listed(value: object) -> list[object]:
    """*value* when it is a JSON array, else an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def text(value: object) -> str:
    """*value* when it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def whole(value: object, least: int = 0) -> int | None:
    """*value* as a whole number of at least *least*; a truth value is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and least <= value <= MAX_WHOLE else None


def real(value: object) -> float | None:
    """*value* as a finite number; a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MAX_WHOLE:
        return None
    return float(value) if math.isfinite(value) else None


def focal(value: object) -> tuple[float, float] | None:
    """*value* as a point, x and y in -1..1, y up."""
    numbers = [real(part) for part in listed(value)[:3]]
    match numbers:
        case [float(x), float(y)] if abs(x) <= 1 and abs(y) <= 1:
            return x, y
        case _:
            return None


def identity(value: object) -> str | None:
    """*value* as an id: text as it is, a number as JavaScript writes it (JSON Feed 1.1: readers coerce), anything else None."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return str(int(value)) if value.is_integer() and abs(value) <= MAX_WHOLE else repr(value)
    return str(value)


def digest(value: object) -> str | None:
    """*value* as a SHA-256: 64 hexadecimal digits, made lower-case."""
    return value.lower() if isinstance(value, str) and _SHA256.fullmatch(value) else None


def moment(value: object) -> Nanos | None:
    """*value* as a point in time: RFC 3339; without a zone it is read as UTC; beyond what can be stored, the end of time."""
    if not isinstance(value, str) or len(value) > _MAX_DATE or not value.isascii():
        return None
    try:
        read = datetime.fromisoformat(value.strip().upper())
    except ValueError:
        return None
    since = (read if read.tzinfo is not None else read.replace(tzinfo=UTC)) - _EPOCH
    return max(-MAX_NANOS, min(MAX_NANOS, since // timedelta(microseconds=1) * 1000))
