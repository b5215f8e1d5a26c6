"""The rows of the API that change something: orders, withdrawals, calibrations taken back, the journal read through."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from player.command import Plain, from_row
from player.console.api import shapes
from player.console.api.looking import told
from player.console.desk import Asked
from player.console.looks import asking
from player.console.ordering import Answer
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.errors import OperatorError


async def dark(asked: Asked) -> Response:
    """Make the wall dark."""
    return _answered(await asked.desk.orders.post(Plain.DARK, asked.by))


async def light(asked: Asked) -> Response:
    """Let the wall be light again."""
    return _answered(await asked.desk.orders.post(Plain.LIGHT, asked.by))


async def order(asked: Asked) -> Response:
    """Leave an order for the screen, and say what it answers."""
    given = asked.take(shapes.OrderAsked)
    try:
        command = from_row(given.order, given.arguments)
    except OperatorError as error:
        raise RefusedError(422, because=str(error)) from error
    return _answered(await asked.desk.orders.post(command, asked.by))


async def withdraw(asked: Asked) -> Response:
    """Withdraw a photo for ever."""
    given = asked.take(shapes.WithdrawalAsked)
    found = await asking.withdraw(asked, given.key, everywhere=given.everywhere, reason=given.reason)
    if found is None:
        raise RefusedError(404)
    return told(shapes.ReceiptsGiven(receipts=found))


async def restore(asked: Asked) -> Response:
    """Make an earlier calibration the newest again."""
    return told(shapes.RestoredGiven(number=await asking.restore(asked, asked.take(shapes.CalibrationAsked).number)))


async def verify(asked: Asked) -> Response:
    """Begin to read through the journal."""
    return told(shapes.VerificationGiven(asking.verify_journal(asked.desk)), 202)


def _answered(answer: Answer) -> Response:
    return told(shapes.AnswerGiven(how=answer.how, said=answer.said), answer.status)


ROUTES: Final = (
    Route(
        "POST",
        "/api/dark",
        None,
        dark,
        kind="api",
        says="Make the wall dark, at once and without a log-in.",
        gives=shapes.AnswerGiven,
        reserved=True,
    ),
    Route(
        "POST",
        "/api/light",
        Role.OPERATOR,
        light,
        kind="api",
        says="Let the wall be light again.",
        gives=shapes.AnswerGiven,
        reserved=True,
    ),
    Route(
        "POST",
        "/api/orders",
        Role.OPERATOR,
        order,
        kind="api",
        says="Leave an order for the screen, and wait two seconds for its answer.",
        takes=shapes.OrderAsked,
        gives=shapes.AnswerGiven,
    ),
    Route(
        "POST",
        "/api/photos/{key}/withdrawal",
        Role.OPERATOR,
        withdraw,
        kind="api",
        says="Withdraw a photo, at once and for ever, with all others of its bytes.",
        takes=shapes.WithdrawalAsked,
        gives=shapes.ReceiptsGiven,
        pressing=True,
    ),
    Route(
        "POST",
        "/api/calibrations/{number}/restore",
        Role.OPERATOR,
        restore,
        kind="api",
        says="Make an earlier calibration the newest again.",
        takes=shapes.CalibrationAsked,
        gives=shapes.RestoredGiven,
    ),
    Route(
        "POST",
        "/api/journal/verification",
        Role.OPERATOR,
        verify,
        kind="api",
        says="Begin to read through the journal, behind everything else.",
        gives=shapes.VerificationGiven,
    ),
)
