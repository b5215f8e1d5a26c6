"""How far a signed feed was ever believed: versions and the signing time, which never go back. Pure.

tuf compares with its own files, which can be deleted or put back with a backup; these marks lie where withdrawals do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from player.errors import FeedError
from player.feed.signed.layout import ROOT, SNAPSHOT, TIMESTAMP
from player.units import Nanos


@dataclass(frozen=True, slots=True)
class Marks:
    """The highest that was ever believed of one feed."""

    versions: Mapping[str, int]
    """By role: root, timestamp, snapshot, targets, approved, withdrawn; a role that was never believed is missing."""
    signed_at: Nanos | None = None
    """The newest time at which a timestamp was signed."""
    is_machine_new: bool = False
    """The publishing machine has other keys than when its marks were made: its own versions begin anew."""


def without_former_machine(marks: Marks, machine_since: int) -> Marks:
    """Return *marks* without what the machine's former keys made, when a newer root than was ever believed replaced them.

    Whoever stole such a key could count so far ahead that nobody else's word would ever be newer (TUF 1.0, 5.3.11).
    """
    if machine_since <= marks.versions.get(ROOT, 0):
        return marks
    kept = {role: version for role, version in marks.versions.items() if role not in {TIMESTAMP, SNAPSHOT}}
    return Marks(kept, None, is_machine_new=True)


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
    return Marks({**marks.versions, **versions}, marks.signed_at if signed_at is None else signed_at, marks.is_machine_new)
