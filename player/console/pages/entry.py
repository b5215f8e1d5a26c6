"""Coming in and going out: the first set-up by a one-time code, logging in and out, one's own password, and the language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from pydantic import Field
from starlette.responses import RedirectResponse, Response

from player.console.desk import Asked
from player.console.door import cookies
from player.console.pages import answers
from player.console.people.answers import Entered, Refused
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.console.strings import LANGUAGES
from player.schema import Frozen

HOME: Final = "/"
LOG_IN: Final = "/log-in"
SET_UP: Final = "/set-up"
ACCOUNT: Final = "/account"

Typed = Annotated[str, Field(max_length=1000)]
"""What somebody typed: how long it may be in truth, people/ says, in a sentence."""


class Credentials(Frozen):
    """Who wants in."""

    name: Typed
    password: Typed


class Founding(Credentials):
    """Who has a one-time code."""

    code: Typed


class NewPassword(Frozen):
    """Another password."""

    old: Typed
    new: Typed


class Choice(Frozen):
    """A language, and the page to go on with."""

    language: str
    to: str = HOME


async def log_in_page(asked: Asked) -> Response:
    """Return the form, or the way to the set-up while there is nobody who could log in."""
    if not await _known(asked, asked.desk.people.is_founded):
        return RedirectResponse(SET_UP, 303)
    return await _log_in_form(asked)


async def log_in(asked: Asked) -> Response:
    """Let somebody in, or say why not."""
    given = asked.take(Credentials)
    found = await let_in(asked, given)
    if isinstance(found, Refused):
        return await _log_in_form(asked, found, name=given.name)
    return entered(asked, found)


async def log_out(asked: Asked) -> Response:
    """End the session."""
    return await let_out(asked, RedirectResponse(LOG_IN, 303))


async def let_in(asked: Asked, given: Credentials) -> Entered | Refused:
    """Let somebody in who knows the password; the session that their browser had before ends."""
    people, former = asked.desk.people, asked.cookies.session
    return await answers.patiently(asked, lambda: people.log_in(given.name, given.password, address=asked.address, former=former))


async def let_out(asked: Asked, response: Response) -> Response:
    """End the session, and return *response*, which takes the browser's cookie away."""
    desk = asked.desk
    await desk.lanes.run(desk.lanes.people, lambda: desk.people.log_out(asked.cookies.session))
    return with_session(asked, response, "")


def with_session(asked: Asked, response: Response, token: str) -> Response:
    """Return *response*, which gives the browser another session; none: it has none any more."""
    response.headers.append("set-cookie", cookies.setting(cookies.SESSION, token, is_secure=asked.desk.is_secure))
    return response


async def set_up_page(asked: Asked) -> Response:
    """Return the form for whoever has a code. While there is nobody yet, a code that counts no more gets another."""
    people = asked.desk.people
    if not await _known(asked, people.is_founded):
        await asked.desk.lanes.run(asked.desk.lanes.people, people.offer_code)
    elif not await _known(asked, people.is_code_awaited):
        return RedirectResponse(LOG_IN, 303)
    return await _set_up_form(asked)


async def set_up(asked: Asked) -> Response:
    """Make whoever has the code an administrator."""
    given = asked.take(Founding)
    people = asked.desk.people
    found = await answers.patiently(asked, lambda: people.found(given.code, given.name, given.password, address=asked.address))
    if isinstance(found, Refused):
        return await _set_up_form(asked, found, name=given.name, code=given.code)
    return entered(asked, found)


async def account_page(asked: Asked) -> Response:
    """Return the form for another password."""
    return _form(asked, "account.html")


async def account(asked: Asked) -> Response:
    """Give somebody the password that they want; all their other sessions end."""
    given = asked.take(NewPassword)
    people, session = asked.desk.people, asked.cookies.session
    found = await answers.patiently(asked, lambda: people.change_password(session, given.old, given.new, address=asked.address))
    return _form(asked, "account.html", found) if isinstance(found, Refused) else entered(asked, found)


async def language(asked: Asked) -> Response:
    """Speak another language from now on."""
    given = asked.take(Choice)
    pages = {route.path for route in asked.desk.table if route.kind == "page" and "{" not in route.path}
    if given.language not in LANGUAGES or given.to not in {HOME, *pages}:
        raise RefusedError(422)
    response = RedirectResponse(given.to, 303)
    response.headers.append(
        "set-cookie", cookies.setting(cookies.LANGUAGE, given.language, is_secure=asked.desk.is_secure, is_kept=True)
    )
    return response


def entered(asked: Asked, found: Entered) -> Response:
    """Return the way to the first page, with the new session: never the one that the browser had before."""
    return with_session(asked, RedirectResponse(HOME, 303), found.token)


async def _known(asked: Asked, whether: Callable[[], bool]) -> bool:
    return await asked.desk.lanes.run(asked.desk.lanes.people, whether)


async def _log_in_form(asked: Asked, found: Refused | None = None, *, name: str = "") -> Response:
    has_code = await _known(asked, asked.desk.people.is_code_awaited)
    return _form(asked, "log_in.html", found, name=name, has_code=has_code)


async def _set_up_form(asked: Asked, found: Refused | None = None, *, name: str = "", code: str = "") -> Response:
    is_founded = await _known(asked, asked.desk.people.is_founded)
    return _form(asked, "set_up.html", found, name=name, code=code, is_founded=is_founded)


def _form(asked: Asked, template: str, found: Refused | None = None, **fields: object) -> Response:
    """Return a form; with the reason above it, where what was sent before was refused."""
    if found is None:
        return asked.sheet.page(template, status=200, problem="", **fields)
    page = asked.sheet.page(template, status=answers.status(found), problem=answers.sentence(asked, found), **fields)
    page.headers.update(answers.headers(found))
    return page


ROUTES: Final = (
    Route("GET", LOG_IN, None, log_in_page, kind="page", says="The form to log in by."),
    Route("POST", LOG_IN, None, log_in, kind="form", says="Log in.", takes=Credentials, slow=True),
    Route("POST", "/log-out", Role.VIEWER, log_out, kind="form", says="Log out.", lent=True),
    Route("GET", SET_UP, None, set_up_page, kind="page", says="The form for whoever has a one-time code."),
    Route(
        "POST", SET_UP, None, set_up, kind="form", says="Become an administrator by a one-time code.", takes=Founding, slow=True
    ),
    Route("GET", ACCOUNT, Role.VIEWER, account_page, kind="page", says="The form for another password.", lent=True),
    Route(
        "POST",
        ACCOUNT,
        Role.VIEWER,
        account,
        kind="form",
        says="Take another password.",
        takes=NewPassword,
        slow=True,
        lent=True,
    ),
    Route("POST", "/language", None, language, kind="form", says="Speak another language.", takes=Choice),
)
