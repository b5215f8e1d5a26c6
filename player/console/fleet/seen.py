"""Whose last picture may be seen: of two pictures, the one that may show somebody who was withdrawn is not given out.

Three rules, each on the side of caution. A player that owes a receipt shows nobody knows what: none of its pictures is seen until
it has confirmed; of two players with one id only one may have. One that has confirmed shows nothing from before that, if it had
the photo at all. And a picture from before a withdrawal counts as owed, whenever its player was enrolled. The instants of
pictures and receipts are those of the same clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from player.centre.standing import DOUBLED_FOR
from player.centre.store import Store
from player.units import Nanos

_MAY_BE_SEEN: Final = """
    SELECT s.id, s.taken_at FROM pictures AS s JOIN players AS p ON p.id=s.id WHERE s.id IN ({names}) AND NOT EXISTS (
        SELECT 1 FROM withdrawals AS w LEFT JOIN receipts AS r ON r.w=w.w AND r.id=s.id
        WHERE (w.at>=p.enrolled_at OR w.at>=s.taken_at)
            AND (r.off_at IS NULL OR p.doubled_at>=w.at-? OR (r.here<>0 AND s.taken_at<=r.off_at))
    )
"""
_JPEG: Final = b"\xff\xd8\xff"
"""What every JPEG begins with: whatever else a player has sent is given to no browser."""


def pictures(store: Store, names: Sequence[str]) -> dict[str, Nanos]:
    """Return when the pictures of *names* were taken that may be seen.

    Raises:
        LibraryError: the file cannot be read.
    """
    if not names:
        return {}
    with store.reading() as connection:
        return dict(connection.execute(_MAY_BE_SEEN.format(names=",".join("?" * len(names))), (*names, DOUBLED_FOR)).fetchall())


def picture(store: Store, name: str) -> bytes | None:
    """Return the last picture of a player, a JPEG; None: there is none that may be seen.

    Raises:
        LibraryError: the file cannot be read.
    """
    seen = pictures(store, [name])
    found = store.picture(name)
    # A newer one may have come between the two looks: what was not judged is not given out.
    if found is None or found[1] != seen.get(name) or not found[0].startswith(_JPEG):
        return None
    return bytes(found[0])
