"""Withdrawals of the whole fleet: how far each has come; who has not confirmed one, and why."""

from __future__ import annotations

import json
from typing import Final

from starlette.responses import Response

from player.console.desk import Asked, Desk
from player.console.fleet import progress, telling
from player.console.fleet.handling import centre, centre_of
from player.console.fleet.shapes import WithdrawalAsked, WithdrawalsAsked
from player.console.live import Topic
from player.console.pages.saying import speech
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.units import SECOND, Nanos

PATH: Final = "/fleet/withdrawals"
EVERY: Final[Nanos] = 2 * SECOND  # a wall is without a photo within a second of hearing of it


async def listed(asked: Asked) -> Response:
    """Return withdrawals, the newest first."""
    given, words, now = asked.take(WithdrawalsAsked), speech(asked), asked.desk.clock.wall()
    found = await centre(asked).read(lambda store: progress.listed(store, now, before=given.before))
    here = f"{PATH}?before={given.before}" if given.before else PATH
    return asked.sheet.page(
        "fleet_withdrawals.html",
        withdrawals=[telling.withdrawal(each, words) for each in found.withdrawals],
        older=f"{PATH}?before={found.older}" if found.older else "",
        newest=PATH if given.before else "",
        every=given.every,
        here=here,
    )


async def one(asked: Asked) -> Response:
    """Return how far one has come."""
    given, words, now = asked.take(WithdrawalAsked), speech(asked), asked.desk.clock.wall()
    found = await centre(asked).read(lambda store: progress.detail(store, given.number, now, given.after))
    if found is None:
        raise RefusedError(404)
    first = f"{PATH}/{given.number}"
    return asked.sheet.page(
        "fleet_withdrawal.html",
        told=telling.withdrawal(found.progress, words),
        missing=[telling.missing(each, words) for each in found.missing],
        first=first if given.after else "",
        next=f"{first}?after={found.next}" if found.next else "",
        every=given.every,
        here=f"{first}?after={given.after}" if given.after else first,
    )


async def line(desk: Desk, language: str) -> str:
    """Return that the centre looked, so that pages look again: what is new of withdrawals they say in the reader's language."""
    del language
    found = await centre_of(desk).read(progress.newest)
    return json.dumps({"newest": found, "at": desk.clock.wall() // SECOND})


ROUTES: Final = (
    Route(
        "GET",
        PATH,
        Role.VIEWER,
        listed,
        kind="page",
        says="How far withdrawals have come at all players.",
        takes=WithdrawalsAsked,
    ),
    Route(
        "GET",
        f"{PATH}/{{number}}",
        Role.VIEWER,
        one,
        kind="page",
        says="How far a withdrawal has come, and who has not confirmed it.",
        takes=WithdrawalAsked,
    ),
)
TOPIC: Final = Topic("fleet-withdrawals", line, every=EVERY)
