"""Points in time as this room writes them: whole seconds, UTC. Reads no clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from player.units import SECOND, Nanos

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FORM: Final = "%Y-%m-%dT%H:%M:%SZ"


def moment(at: Nanos) -> datetime:
    """Return *at* as a date, whole seconds, rounded down."""
    return _EPOCH + timedelta(seconds=at // SECOND)


def written(at: datetime) -> str:
    """Return *at* as RFC 3339 in UTC."""
    return at.strftime(_FORM)


def read(text: str) -> datetime:
    """Return what `written` wrote; ValueError when it is anything else."""
    return datetime.strptime(text, _FORM).replace(tzinfo=UTC)


def nanos(at: datetime) -> Nanos:
    """Return *at* as nanoseconds since 1970."""
    return (at - _EPOCH) // timedelta(seconds=1) * SECOND
