"""All players: how many there are, filters, the worst first, each with its last picture; the rows that are in sight, fresh."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from player.console.desk import Asked, Desk
from player.console.fleet import roster, seen, telling
from player.console.fleet.handling import centre, centre_of
from player.console.fleet.roster import FleetSummary
from player.console.fleet.shapes import PageAsked, PictureAsked, PlayersAsked, RowsAsked
from player.console.live import Topic
from player.console.pages.saying import speech
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.units import SECOND, Nanos

PATH: Final = "/fleet"
EVERY: Final[Nanos] = 5 * SECOND  # rows in sight look again; a player reports no oftener than that
STATES: Final = ("wrong", "offline", "never", "online")


async def listed(asked: Asked) -> Response:
    """Return a page of players."""
    given, words = asked.take(PageAsked), speech(asked)
    found = await centre(asked).read(lambda store: roster.page(store, given.wanted, given.after, given.limit))
    counts = await summary(asked.desk)
    return asked.sheet.page(
        "fleet.html",
        given=given,
        rows=[telling.row(each, words) for each in found.rows],
        count=found.count,
        choices=await centre(asked).read(roster.choices),
        summary=telling.summary(counts, words),
        counts=counts,
        mark_of=_mark(counts),
        states_offered=STATES,
        first=_address(given, "") if given.after else "",
        next=_address(given, found.next) if found.next else "",
        is_filtered=bool(given.text.strip()) or _has_filters(given),
        has_filters=_has_filters(given),
        here=_address(given, given.after),
    )


async def fresh(asked: Asked) -> Response:
    """Return the rows that are in sight, and how all players are, for the page's own script."""
    given, words = asked.take(RowsAsked), speech(asked)
    names = given.ids.split(",")
    found = await centre(asked).read(lambda store: roster.rows(store, names))
    counts = await summary(asked.desk)
    return asked.sheet.page(
        "fleet_rows.html",
        rows=[telling.row(each, words) for each in found],
        counts=counts,
        summary=telling.summary(counts, words),
    )


async def picture(asked: Asked) -> Response:
    """Return the last picture of a player."""
    name = asked.take(PictureAsked).name
    found = await centre(asked).read(lambda store: seen.picture(store, name))
    if found is None:
        raise RefusedError(404)
    return Response(found, media_type="image/jpeg")


async def summary(desk: Desk) -> FleetSummary:
    """Return how all players are.

    Raises:
        LibraryError: nobody can say.
    """
    now = desk.clock.wall()
    return await centre_of(desk).read(lambda store: roster.summary(store, now))


async def line(desk: Desk, language: str) -> str:
    """Return how all players are, as one line; and that it is of now, so that the rows in sight look again."""
    del language  # the rows that it lets look again are in the reader's
    counts = await summary(desk)
    return json.dumps({"mark": _mark(counts), "at": desk.clock.wall() // SECOND})


def _mark(counts: FleetSummary) -> str:
    """Return what is another one when the order of the list must be."""
    return f"{counts.players} {counts.wrong} {counts.offline} {counts.never}"


def _has_filters(given: PlayersAsked) -> bool:
    return bool(given.group or given.site is not None or given.state or given.revoked)


def _address(given: PageAsked, after: str) -> str:
    """Return where the page from behind a place is."""
    fields = given.model_dump(exclude_defaults=True, exclude={"after"}, exclude_none=True)
    fields = {name: str(value).lower() if isinstance(value, bool) else value for name, value in fields.items()}
    query = urlencode(fields | ({"after": after} if after else {}))
    return f"{PATH}?{query}" if query else PATH


ROUTES: Final = (
    Route("GET", PATH, Role.VIEWER, listed, kind="page", says="All players, the worst first.", takes=PageAsked),
    Route("GET", f"{PATH}/rows", Role.VIEWER, fresh, kind="page", says="The players that are in sight.", takes=RowsAsked),
    Route(
        "GET",
        f"{PATH}/players/{{name}}/picture",
        Role.VIEWER,
        picture,
        kind="file",
        says="The last picture of a player, a JPEG.",
        takes=PictureAsked,
    ),
)
TOPIC: Final = Topic("fleet", line, every=EVERY)
