"""Wall: outputs and how each is mapped, projectors, test cards, brightness, and the history of calibrations."""

from __future__ import annotations

from typing import Final

from starlette.responses import RedirectResponse, Response

from player.console.api.shapes import CalibrationAsked
from player.console.desk import Asked
from player.console.looks import asking
from player.console.pages.orders import CARD_LENGTHS
from player.console.pages.saying import speech
from player.console.people.roles import Role
from player.console.routes import Route

PATH: Final = "/wall"


async def page(asked: Asked) -> Response:
    """Return the page."""
    found, serve = await asking.wall_of(asked.desk), asked.desk.configuration().settings.serve.enabled
    return asked.sheet.page("wall.html", wall=found, speech=speech(asked), lengths=tuple(CARD_LENGTHS), serve=serve)


async def restore(asked: Asked) -> Response:
    """Make an earlier calibration the newest again."""
    await asking.restore(asked, asked.take(CalibrationAsked).number)
    return RedirectResponse(f"{PATH}#history", 303)


ROUTES: Final = (
    Route("GET", PATH, Role.VIEWER, page, kind="page", says="Outputs, test cards, brightness, calibrations."),
    Route("POST", f"{PATH}/restore", Role.OPERATOR, restore, kind="form", says="Calibrate as before.", takes=CalibrationAsked),
)
