"""Players for programs: the same as the pages say, and may order."""

from __future__ import annotations

from typing import Final, TypeVar

from starlette.responses import Response

from player.console.api.looking import told
from player.console.api.shapes import AnswerGiven
from player.console.desk import Asked
from player.console.fleet import member, progress, roster, shapes
from player.console.fleet.handling import centre
from player.console.fleet.pages import orders, players, withdrawal
from player.console.ordering import How
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.errors import NetworkError

T = TypeVar("T")

NEWEST: Final = 500  # orders in one answer


async def summary(asked: Asked) -> Response:
    """Say how many players there are."""
    return told(shapes.SummaryGiven(await players.summary(asked.desk)))


async def choices(asked: Asked) -> Response:
    """Say what players may be filtered by."""
    return told(shapes.FleetChoicesGiven(await centre(asked).read(roster.choices)))


async def listed(asked: Asked) -> Response:
    """Give a page of players."""
    given = asked.take(shapes.PlayersAsked)
    found = await centre(asked).read(lambda store: roster.page(store, given.wanted, given.after, given.limit))
    return told(shapes.PlayersGiven(found))


async def one(asked: Asked) -> Response:
    """Say all there is to be said of a player."""
    name = asked.take(shapes.PlayerAsked).name
    return told(shapes.MemberGiven(_there(await centre(asked).read(lambda store: member.detail(store, name)))))


async def ordered(asked: Asked) -> Response:
    """Say what was ordered, and answered."""
    found = await centre(asked).read(lambda store: member.newest(store, NEWEST))
    return told(shapes.OrdersGiven(orders=found))


async def withdrawals(asked: Asked) -> Response:
    """Say how far withdrawals have come."""
    before, now = asked.take(shapes.WithdrawalsAskedBy).before, asked.desk.clock.wall()
    return told(shapes.WithdrawalsGiven(await centre(asked).read(lambda store: progress.listed(store, now, before=before))))


async def withdrawn(asked: Asked) -> Response:
    """Say how far one has come, and who has not confirmed it."""
    given, now = asked.take(shapes.ProgressAsked), asked.desk.clock.wall()
    found = await centre(asked).read(lambda store: progress.detail(store, given.number, now, given.after))
    return told(shapes.ProgressGiven(_there(found)))


async def order(asked: Asked) -> Response:
    """Order something of a player, and say what it answers."""
    answer = await orders.order_one(asked, asked.take(shapes.OrderAsked))
    return told(AnswerGiven(how=answer.how, said=answer.said), answer.status)


async def order_several(asked: Asked) -> Response:
    """Order something of several."""
    found = await orders.order_several(asked, asked.take(shapes.OrdersAsked))
    how = How.REFUSED if found.problem else How.OK if found.is_over else How.WAITING
    said = found.problem or f"{found.answered} of {found.chosen} have answered"
    return told(AnswerGiven(how=how, said=said), {How.OK: 200, How.WAITING: 202, How.REFUSED: 409}[how])


async def withdraw(asked: Asked) -> Response:
    """Withdraw something at all players."""
    found = await withdrawal.record(asked, asked.take(shapes.WithdrawAsked))
    try:
        await withdrawal.announce(asked, found)
    except NetworkError as error:
        raise RefusedError(503, "fleet.untold", because=str(error)) from error
    return told(shapes.WithdrawnGiven(number=found.number), 202)


def _there(found: T | None) -> T:
    if found is None:
        raise RefusedError(404)
    return found


ROUTES: Final = (
    Route(
        "GET",
        "/api/fleet",
        Role.VIEWER,
        summary,
        kind="api",
        says="How many players there are, and how they are.",
        gives=shapes.SummaryGiven,
    ),
    Route(
        "GET",
        "/api/fleet/choices",
        Role.VIEWER,
        choices,
        kind="api",
        says="What players may be filtered by.",
        gives=shapes.FleetChoicesGiven,
    ),
    Route(
        "GET",
        "/api/fleet/players",
        Role.VIEWER,
        listed,
        kind="api",
        says="A page of players, the worst first: search, filter, go on from a place.",
        takes=shapes.PlayersAsked,
        gives=shapes.PlayersGiven,
    ),
    Route(
        "GET",
        "/api/fleet/players/{name}",
        Role.VIEWER,
        one,
        kind="api",
        says="One player: its last report, orders, events and outages, and the withdrawals that it owes.",
        takes=shapes.PlayerAsked,
        gives=shapes.MemberGiven,
    ),
    Route(
        "GET",
        "/api/fleet/players/{name}/picture",
        Role.VIEWER,
        players.picture,
        kind="file",
        says="The last picture of a player, a JPEG; none that may show what is withdrawn.",
        takes=shapes.PictureAsked,
    ),
    Route(
        "POST",
        "/api/fleet/players/{name}/orders",
        Role.OPERATOR,
        order,
        kind="api",
        says="Order something of one player, and wait some seconds for its answer.",
        takes=shapes.OrderAsked,
        gives=AnswerGiven,
        pressing=True,
    ),
    Route(
        "GET",
        "/api/fleet/orders",
        Role.VIEWER,
        ordered,
        kind="api",
        says="The last orders to players, with their answers.",
        gives=shapes.OrdersGiven,
    ),
    Route(
        "POST",
        "/api/fleet/orders",
        Role.OPERATOR,
        order_several,
        kind="api",
        says="Order something of a group, or of all players; dark for all wants `sure`.",
        takes=shapes.OrdersAsked,
        gives=AnswerGiven,
        pressing=True,
    ),
    Route(
        "GET",
        "/api/fleet/withdrawals",
        Role.VIEWER,
        withdrawals,
        kind="api",
        says="How far withdrawals have come at all players.",
        takes=shapes.WithdrawalsAskedBy,
        gives=shapes.WithdrawalsGiven,
    ),
    Route(
        "GET",
        "/api/fleet/withdrawals/{number}",
        Role.VIEWER,
        withdrawn,
        kind="api",
        says="How far a withdrawal has come, and who has not confirmed it.",
        takes=shapes.ProgressAsked,
        gives=shapes.ProgressGiven,
    ),
    Route(
        "POST",
        "/api/fleet/withdrawals",
        Role.OPERATOR,
        withdraw,
        kind="api",
        says="Withdraw something at all players, at once and for ever.",
        takes=shapes.WithdrawAsked,
        gives=shapes.WithdrawnGiven,
        pressing=True,
    ),
)
