"""Dark and light, from every page: dark asks for no log-in, and depends on nothing but the disk; light asks for one."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from player.command import Plain
from player.console.desk import Asked
from player.console.ordering import Answer, How
from player.console.pages.orders import answer_page
from player.console.people.roles import Role
from player.console.routes import Route

KEYS: Final = {
    (Plain.DARK, How.OK): "darkness.dark",
    (Plain.DARK, How.WAITING): "darkness.dark_waiting",
    (Plain.DARK, How.REFUSED): "darkness.dark_refused",
    (Plain.LIGHT, How.OK): "darkness.light",
    (Plain.LIGHT, How.WAITING): "darkness.light_waiting",
    (Plain.LIGHT, How.REFUSED): "darkness.light_refused",
}


async def dark(asked: Asked) -> Response:
    """Make the wall dark."""
    return _page(asked, Plain.DARK, await asked.desk.orders.post(Plain.DARK, asked.by))


async def light(asked: Asked) -> Response:
    """Let the wall be light again."""
    return _page(asked, Plain.LIGHT, await asked.desk.orders.post(Plain.LIGHT, asked.by))


def _page(asked: Asked, command: Plain, answer: Answer) -> Response:
    return answer_page(asked, answer, asked.sheet.text(KEYS[command, answer.how]), offers_light=True)


ROUTES: Final = (
    Route("POST", "/dark", None, dark, kind="form", says="Make the wall dark, at once and without a log-in.", reserved=True),
    Route("POST", "/light", Role.OPERATOR, light, kind="form", says="Let the wall be light again.", reserved=True),
)
