"""Logging in and out for programs, and who one is: what the forms of `entry` are for people."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from player.console.desk import Asked
from player.console.pages import answers, entry
from player.console.pages.entry import Credentials
from player.console.people.answers import Refused
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route


class Session(BaseModel):
    """Who is logged in, and what has to come with whatever changes something."""

    name: str | None
    role: Role | None
    csrf: str
    """For the header X-CSRF-Token."""


async def session(asked: Asked) -> Response:
    """Say who is logged in."""
    person = asked.person
    return _told(Session(name=person.name if person else None, role=person.role if person else None, csrf=asked.csrf))


async def log_in(asked: Asked) -> Response:
    """Let somebody in."""
    found = await entry.let_in(asked, asked.take(Credentials))
    if isinstance(found, Refused):
        key, headers = f"people.{found.why.value}", answers.headers(found)
        raise RefusedError(answers.status(found), key, headers=headers, count=answers.minutes(found))
    csrf = asked.cookies.with_session(found.token).csrf()
    told = _told(Session(name=found.person.name, role=found.person.role, csrf=csrf))
    return entry.with_session(asked, told, found.token)


async def log_out(asked: Asked) -> Response:
    """End the session."""
    return await entry.let_out(asked, _told(Session(name=None, role=None, csrf=asked.cookies.with_session("").csrf())))


def _told(found: Session) -> Response:
    return JSONResponse(found.model_dump(mode="json"))


ROUTES: Final = (
    Route("GET", "/api/session", None, session, kind="api", says="Who is logged in, and the token for changes.", gives=Session),
    Route("POST", "/api/log-in", None, log_in, kind="api", says="Log in.", takes=Credentials, gives=Session, slow=True),
    Route("POST", "/api/log-out", Role.VIEWER, log_out, kind="api", says="Log out.", gives=Session, lent=True),
)
