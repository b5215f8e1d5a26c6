"""Pictures that were withdrawn and look like another one: to warn whoever decides on that. Nothing of them is here but a hash."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from typing import Final

from player.library.database import translated

NAME: Final = "orders.sqlite"
NEAR: Final = 10  # bits of 64: the same picture saved anew, cut a little or made smaller differs in fewer
MOST: Final = 5  # that are told of one picture
MAX_COMPARED: Final = 100_000  # withdrawals, the newest: 100 ms
_HASH: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Alike:
    """A withdrawn picture that looks nearly the same."""

    reason: str
    """Why it was withdrawn."""
    distance: int
    """In how many of 64 bits the two differ."""


def alike(connection: sqlite3.Connection, phash: str) -> tuple[Alike, ...]:
    """Return what is withdrawn, by anybody from anywhere, and looks like the picture with this perceptual hash; nearest first.

    Raises:
        LibraryError: the orders cannot be read.
    """
    if not _HASH.fullmatch(phash):
        return ()
    own = int(phash, 16)
    found: dict[str, int] = {}
    with translated(NAME):
        rows = connection.execute(
            "SELECT phash, reason FROM tombstones WHERE length(phash)=16 AND lifted_at IS NULL ORDER BY known_at DESC LIMIT ?",
            (MAX_COMPARED,),
        )
        for other, reason in rows:
            try:
                distance = (own ^ int(other, 16)).bit_count()
            except ValueError:
                continue  # whoever wrote that has made no hash of a picture
            if distance < min(NEAR, found.get(reason, NEAR)):
                found[reason] = distance
    near = sorted((distance, reason) for reason, distance in found.items())
    return tuple(Alike(reason, distance) for distance, reason in near[:MOST])
