"""How the programmes of shows in step stand here: which is in force, which comes, and whether this player is ready for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from player.fleet.happenings import Readiness
from player.fleet.voices import Following, Next
from player.library import programmes
from player.library.library import Library
from player.library.programmes import Known, State
from player.units import Nanos

HASH_DIGITS: Final = 8  # of a programme's hash, as reports name it


def readiness(library: Library) -> Iterator[Readiness]:
    """Yield for every programme that was looked into whether this player can switch to it, and why not.

    Raises:
        LibraryError: the library cannot be read.
    """
    for known in programmes.every(library.connection):
        if known.missing is not None or known.state is State.REFUSED:
            yield Readiness(known.is_ready, known.group, known.version, known.hash, known.why)


def standing(library: Library, at: Nanos) -> tuple[Following | None, Next | None]:
    """Return the programme that is in force *at* an instant, and the one that comes; of several groups, as of the first.

    Raises:
        LibraryError: the library cannot be read.
    """
    every = programmes.every(library.connection)
    if not every:
        return None, None
    group = every[0].group
    now = programmes.in_force(library.connection, group, at)
    later = [each for each in every if each.group == group and each != now and _is_later(each, now)]
    newest = max(later, key=lambda each: each.said_at, default=None)
    following = Following(now.group, now.version, now.hash[:HASH_DIGITS]) if now else None
    return following, Next(newest.version, newest.is_ready, newest.why) if newest else None


def _is_later(known: Known, now: Known | None) -> bool:
    return now is None or known.activate_at > now.activate_at
