"""How far a signed feed was ever believed: versions and the signing time, which never go back. Pure.

tuf compares with its own files, which can be deleted or put back with a backup; these marks lie where withdrawals do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from player.errors import FeedError
from player.units import Nanos


@dataclass(frozen=True, slots=True)
class Marks:
    """The highest that was ever believed of one feed."""

    versions: Mapping[str, int]
    """By role: root, timestamp, snapshot, targets, approved, withdrawn; a role that was never believed is missing."""
    signed_at: Nanos | None = None
    """The newest time at which a timestamp was signed."""


def raised(marks: Marks, versions: Mapping[str, int], signed_at: Nanos | None = None) -> Marks:
    """Return *marks* raised to what is believed now.

    Raises:
        FeedError: Something is older than what was believed before.
    """
    for role, version in versions.items():
        had = marks.versions.get(role, 0)
        if version < had:
            raise FeedError(f"{role} went back from version {had} to {version}: an old copy, or an attack")
    if signed_at is not None and marks.signed_at is not None and signed_at < marks.signed_at:
        raise FeedError("its timestamp was signed before one that was believed already: an old copy, or an attack")
    return Marks({**marks.versions, **versions}, marks.signed_at if signed_at is None else signed_at)
