"""The centre that a request is about."""

from __future__ import annotations

from player.console.desk import Asked, Desk
from player.console.fleet.centre import Centre
from player.console.refusal import RefusedError


def centre_of(desk: Desk) -> Centre:
    """Return the centre that the console was started at.

    Raises:
        RefusedError: it was started at none: then none of these rows is served.
    """
    if desk.centre is None:
        raise RefusedError(404)
    return desk.centre


def centre(asked: Asked) -> Centre:
    """Return the centre that a request is about.

    Raises:
        RefusedError: there is none.
    """
    return centre_of(asked.desk)
