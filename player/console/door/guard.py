"""What every request passes: is it meant for us, from one of our pages, from somebody who may, and is there room for it?

Plain ASGI, and the only way in. What no row of the table names is not served; what a handler is given has been checked here.
The order is that of cost: what can be turned away by looking at headers is turned away before anything is read or looked up.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Final

from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from player.console.desk import Asked, Desk
from player.console.door import cookies, headers, intake, origin
from player.console.door.crowd import Crowd
from player.console.door.visit import Visit, is_act, visit_of
from player.console.lanes import PASSWORDS, PATIENCE
from player.console.people.roles import allows
from player.console.people.rows import Person
from player.console.refusal import SCHEME, Manner, RefusedError, refused
from player.console.rendering import Sheet
from player.console.routes import Route
from player.console.rows import Found, Rows
from player.errors import LibraryError, OperatorError
from player.units import MILLISECOND, SECOND, Nanos

ANSWERED_WITHIN: Final[Nanos] = 10 * SECOND  # twice what the slowest page takes on a small machine
SENT_WITHIN: Final[Nanos] = 60 * SECOND  # an export of a year over a bad phone line; who takes longer holds a place for nothing
NAMED_WITHIN: Final[Nanos] = 200 * MILLISECOND  # who orders dark; from the click to black there is half a second
LOG_IN: Final = "/log-in"
SET_UP: Final = "/set-up"
ACCOUNT: Final = "/account"
API: Final = "/api/"


class Guard:
    """The application that uvicorn is given, but for what catches our own faults."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._rows = Rows(desk.table)
        self._crowd = Crowd()
        self._slow = Crowd(PASSWORDS, PASSWORDS)
        self._pressing = Crowd()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        visit = visit_of(scope, is_secure=self._desk.is_secure)
        found = self._rows.find(visit.method, visit.path)
        manner = _manner(found.route, visit)
        is_change = found.route is not None and found.route.changes
        try:
            async with asyncio.timeout(ANSWERED_WITHIN / SECOND):
                response = await self._answer(found, visit, scope, receive)
        except RefusedError as error:
            response = self._refused(error, visit, manner)
        except LibraryError as error:
            because = "" if is_change and manner == "page" else str(error)
            key = "refused.unwritten" if is_change else "refused.library"
            response = self._refused(RefusedError(503, key, because=because), visit, manner)
        except OperatorError as error:
            response = self._refused(RefusedError(409, because=str(error)), visit, manner)
        except TimeoutError:  # a change may be under way, and come to its end unheard
            response = self._refused(RefusedError(503, "refused.perhaps" if is_change else "refused.slow"), visit, manner)
        lasting = None if found.route and found.route.kind == "stream" else SENT_WITHIN / SECOND
        try:
            async with asyncio.timeout(lasting):
                await response(scope, receive, headers.carrying(send, self._cookies(visit, found.route)))
        except TimeoutError:
            return  # uvicorn closes a connection whose answer is not whole

    async def _answer(self, found: Found, visit: Visit, scope: Scope, receive: Receive) -> Response:
        """Return the answer to a request that everything speaks for.

        Raises:
            RefusedError: something speaks against it.
        """
        if headers.are_too_many(scope["headers"]):
            raise RefusedError(431)
        if not self._desk.names.take(visit.headers.get("host", ""), visit.local):
            raise RefusedError(421)
        if found.route is None:
            raise RefusedError(405, headers={"allow": ", ".join(found.methods)}) if found.methods else RefusedError(404)
        route = found.route
        if route.changes:
            self._refuse_strangers(visit)
        person = await self._person(route, visit)
        self._refuse_flood(route, visit, person)
        if not allows(person.role if person else None, route.needs):
            return await self._without_leave(route, person)
        if person and person.is_lent and route.needs and not route.lent:
            return _to_own_password(route)
        body: dict[str, object] = {}
        if route.changes:
            raw = await intake.body_of(receive, visit.headers.get("content-length"))
            body = intake.fields_of(raw, visit.headers.get("content-type", ""), route)
            _refuse_without_token(route, visit, body)
        given = intake.given(route, found.given, visit.query, body)
        async with self._turn(route):  # not before all of it has come: whoever sends slowly keeps nobody waiting
            return await route.handler(self._asked(route, visit, person, given))

    def _refuse_strangers(self, visit: Visit) -> None:
        is_own = origin.is_own(
            host=visit.headers.get("host", ""),
            scheme=self._desk.names.scheme,
            origin=visit.headers.get("origin"),
            site=visit.headers.get("sec-fetch-site"),
        )
        if not is_own:
            raise RefusedError(403, "refused.origin")

    async def _person(self, route: Route, visit: Visit) -> Person | None:
        """Return who has logged in."""
        token, lanes = visit.cookies.session, self._desk.lanes
        if not token or (route.kind == "file" and route.needs is None):
            return None
        acts = is_act(visit, route)
        lane = lanes.reserved if route.reserved else lanes.people
        within = NAMED_WITHIN if route.reserved and route.needs is None else PATIENCE
        try:
            return await lanes.run(lane, lambda: self._desk.people.whose(token, is_act=acts), within=within)
        except LibraryError:
            if route.needs is None:
                return None  # dark needs nobody's name
            raise

    def _refuse_flood(self, route: Route, visit: Visit, person: Person | None) -> None:
        """Let nobody ask too often, but for dark: whoever wants that may share an address with whoever floods us."""
        if route.reserved and route.changes and route.needs is None:
            return
        number, now = person.id if person else None, self._desk.clock.monotonic()
        length = self._desk.limits.ask(route.kind, address=visit.address, person=number, now=now)
        if length:
            raise RefusedError(429, headers={"retry-after": str(-(-length // SECOND))})

    async def _without_leave(self, route: Route, person: Person | None) -> Response:
        """Return the way to the log-in, for people who open a page; everybody else is told.

        Raises:
            RefusedError: it is no page, or somebody has logged in and may not all the same.
        """
        if person:
            raise RefusedError(403, "refused.role")
        if route.kind != "page":
            raise RefusedError(401, headers={"www-authenticate": SCHEME})
        is_founded = await self._desk.lanes.run(self._desk.lanes.people, self._desk.people.is_founded)
        return RedirectResponse(LOG_IN if is_founded else SET_UP, 303)

    def _turn(self, route: Route) -> AbstractAsyncContextManager[None]:
        crowd = self._slow if route.slow else self._pressing if route.pressing else self._crowd
        return crowd.turn(is_reserved=route.reserved or route.kind == "stream")

    def _asked(self, route: Route, visit: Visit, person: Person | None, given: BaseModel | None) -> Asked:
        scheme, _, bearer = visit.headers.get("authorization", "").partition(" ")
        return Asked(
            desk=self._desk,
            route=route,
            person=person,
            language=visit.language,
            address=visit.address,
            cookies=visit.cookies,
            bearer=bearer.strip() if scheme.lower() == "bearer" else "",
            given=given,
        )

    def _refused(self, error: RefusedError, visit: Visit, manner: Manner) -> Response:
        return refused(error, Sheet(self._desk.stationery, visit.language, visit.cookies.csrf()), manner)

    def _cookies(self, visit: Visit, route: Route | None) -> tuple[str, ...]:
        """Return the guest's cookie for a browser that has none, with whatever may hold a form."""
        if not visit.is_new or route is None or not (route.kind in {"page", "form"} or route.path.startswith(API)):
            return ()
        return (cookies.setting(cookies.GUEST, visit.cookies.guest, is_secure=self._desk.is_secure, is_kept=True),)


def _to_own_password(route: Route) -> Response:
    """Return the way to a password of one's own, for people who open a page; everybody else is told.

    Raises:
        RefusedError: it is no page.
    """
    if route.kind != "page":
        raise RefusedError(403, "refused.lent")
    return RedirectResponse(ACCOUNT, 303)


def _refuse_without_token(route: Route, visit: Visit, body: dict[str, object]) -> None:
    if not route.csrf:
        return
    token = visit.headers.get(cookies.HEADER) or str(body.get(cookies.FIELD, ""))
    if visit.is_new or not visit.cookies.is_token(token, of_session=route.needs is not None):
        raise RefusedError(403, "refused.token")


def _manner(route: Route | None, visit: Visit) -> Manner:
    """Return how whoever asked wants to hear no."""
    if visit.path.startswith(API):
        return "json"
    if route is None:
        return "page" if "text/html" in visit.headers.get("accept", "") else "line"
    return "page" if route.kind in {"page", "form"} else "line"
