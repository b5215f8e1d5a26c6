"""What the gate says to people, as sentences and as HTTP says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from player.console.desk import Asked
from player.console.lanes import SlowError
from player.console.people.answers import Refused, Why
from player.console.refusal import SCHEME, RefusedError
from player.units import SECOND, Nanos

T = TypeVar("T")

HASHED_WITHIN: Final[Nanos] = 9 * SECOND  # ten wait for two threads, half a second each on a slow machine
BUSY_S: Final = 3

_STATUSES: Final[Mapping[Why, int]] = {
    Why.WRONG: 401,
    Why.WAIT: 429,
    Why.BUSY: 429,
    Why.TAKEN: 409,
    Why.LAST: 409,
    Why.FULL: 409,
    Why.UNKNOWN: 409,
    Why.LEFT: 403,
}


async def patiently(asked: Asked, work: Callable[[], T]) -> T:
    """Do what may have to wait for a password to be hashed.

    Raises:
        RefusedError: it takes so long that nobody can say whether it was done: what has begun comes to its end.
        LibraryError: the file of the people cannot be used.
    """
    try:
        return await asked.desk.lanes.run(asked.desk.lanes.passwords, work, within=HASHED_WITHIN)
    except SlowError as error:
        raise RefusedError(503, "refused.perhaps") from error


def sentence(asked: Asked, found: Refused) -> str:
    """Return why not, in the reader's language."""
    return asked.sheet.text(f"people.{found.why.value}", count=minutes(found))


def minutes(found: Refused) -> int:
    """Return how many minutes are to be waited, at least one."""
    return max(1, -(-found.wait // (60 * SECOND)))


def status(found: Refused) -> int:
    """Return it as HTTP counts."""
    return _STATUSES.get(found.why, 422)


def headers(found: Refused) -> dict[str, str]:
    """Return what goes with it."""
    if found.why is Why.WRONG:
        return {"www-authenticate": SCHEME}
    if found.why in {Why.WAIT, Why.BUSY}:
        return {"retry-after": str(-(-found.wait // SECOND) or BUSY_S)}
    return {}
