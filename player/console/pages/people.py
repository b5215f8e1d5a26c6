"""Who may log in, for administrators: the list, and a form for each change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from starlette.responses import RedirectResponse, Response

from player.console.desk import Asked
from player.console.pages import answers
from player.console.pages.entry import Typed
from player.console.people.answers import Refused
from player.console.people.roles import Role
from player.console.people.rows import Person
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.schema import Frozen
from player.units import SECOND, Nanos

PATH: Final = "/people"


class Added(Frozen):
    """Somebody new."""

    name: Typed
    role: Role
    password: Typed


class Named(Frozen):
    """Somebody in the list."""

    name: Typed


class Promoted(Named):
    """Somebody with another role."""

    role: Role


class Helped(Named):
    """Somebody who forgot their password."""

    password: Typed


async def listed(asked: Asked) -> Response:
    """Return the list."""
    return await _page(asked, "", 200)


async def add(asked: Asked) -> Response:
    """Let somebody log in from now on."""
    given, by, register = asked.take(Added), _who(asked), asked.desk.people.register
    found = await answers.patiently(
        asked, lambda: register.add(given.name, given.role, given.password, by=by, address=asked.address)
    )
    return await _answered(asked, found, given)


async def promote(asked: Asked) -> Response:
    """Give somebody another role."""
    given, by, register = asked.take(Promoted), _who(asked), asked.desk.people.register
    return await _done(asked, lambda: register.give_role(given.name, given.role, by=by))


async def help_out(asked: Asked) -> Response:
    """Give somebody another password."""
    given, by, register = asked.take(Helped), _who(asked), asked.desk.people.register
    found = await answers.patiently(
        asked, lambda: register.give_password(given.name, given.password, by=by, address=asked.address)
    )
    return await _answered(asked, found)


async def remove(asked: Asked) -> Response:
    """Let somebody log in no more."""
    given, by, register = asked.take(Named), _who(asked), asked.desk.people.register
    return await _done(asked, lambda: register.remove(given.name, by=by))


def _who(asked: Asked) -> Person:
    """Return the administrator: what they give others stays in their hands."""
    if asked.person is None:
        raise RefusedError(401)
    return asked.person


async def _done(asked: Asked, work: Callable[[], Person | Refused]) -> Response:
    """Do what hashes nothing: whoever must lose a role or go waits behind no log-in."""
    return await _answered(asked, await asked.desk.lanes.run(asked.desk.lanes.people, work))


async def _answered(asked: Asked, found: Person | Refused, given: Added | None = None) -> Response:
    if isinstance(found, Refused):
        return await _page(asked, answers.sentence(asked, found), answers.status(found), given)
    return RedirectResponse(PATH, 303)


async def _page(asked: Asked, problem: str, status: int, given: Added | None = None) -> Response:
    """Return the list; with what somebody typed who could not be added, but for the password."""
    desk = asked.desk
    found = await desk.lanes.run(desk.lanes.people, desk.people.register.listed)
    zone = desk.configuration().settings.site.zone
    people = [(each, "" if each.in_at is None else _time(each.in_at, zone)) for each in found]
    roles = [role.value for role in Role]
    return asked.sheet.page("people.html", status=status, people=people, roles=roles, problem=problem, given=given)


def _time(at: Nanos, zone: str) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, ZoneInfo(zone)):%Y-%m-%d %H:%M}"


ROUTES: Final = (
    Route("GET", PATH, Role.ADMIN, listed, kind="page", says="Who may log in."),
    Route("POST", PATH, Role.ADMIN, add, kind="form", says="Let somebody log in.", takes=Added, slow=True),
    Route("POST", f"{PATH}/role", Role.ADMIN, promote, kind="form", says="Give somebody another role.", takes=Promoted),
    Route("POST", f"{PATH}/password", Role.ADMIN, help_out, kind="form", says="Give a new password.", takes=Helped, slow=True),
    Route("POST", f"{PATH}/remove", Role.ADMIN, remove, kind="form", says="Let somebody log in no more.", takes=Named),
)
