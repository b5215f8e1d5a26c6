"""One player: how it is, its last picture, what it says in full, what happened at it, and what it may be ordered."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from player.console.desk import Asked
from player.console.fleet import member, telling
from player.console.fleet.handling import centre
from player.console.fleet.shapes import MemberAsked
from player.console.pages.saying import speech
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route

PATH: Final = "/fleet/players/{name}"


async def page(asked: Asked) -> Response:
    """Return the page of one player."""
    given, words = asked.take(MemberAsked), speech(asked)
    found = await centre(asked).read(lambda store: member.detail(store, given.name))
    if found is None:
        raise RefusedError(404)
    return asked.sheet.page(
        "fleet_player.html",
        found=found,
        told=telling.row(found.row, words),
        orders=[(each.seq, telling.order(each, words)) for each in found.orders],
        events=[telling.event(each, words) for each in found.events],
        outages=[telling.outage(each, words) for each in found.outages],
        speech=words,
        every=given.every,
        here=f"/fleet/players/{given.name}",
    )


ROUTES: Final = (Route("GET", PATH, Role.VIEWER, page, kind="page", says="One player.", takes=MemberAsked),)
