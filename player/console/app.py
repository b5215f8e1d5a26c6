"""The application, put together: the desk, the guard, and around it what answers when we ourselves are at fault."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Final

from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from player import log
from player.clock import Clock
from player.console import files, strings
from player.console.at_centre import Fleet
from player.console.desk import Desk
from player.console.door import headers
from player.console.door.guard import API, Guard
from player.console.door.limits import Requests
from player.console.door.origin import Names
from player.console.lanes import Lanes
from player.console.live import Live, Topic
from player.console.ordering import OrderDoor
from player.console.people.gate import People
from player.console.reading import Reader
from player.console.refusal import RefusedError, bare, refused
from player.console.rendering import Sheet, Stationery
from player.console.strings import preferred
from player.console.table import TABLE
from player.console.topics import TOPICS
from player.console.writing import Writer
from player.settings import Configuration

MAX_SAID: Final = 100  # different faults that are told with their traces; a flood of one must not fill the journal

_log = log.get("console")


def furnish(
    configuration: Callable[[], Configuration],
    *,
    clock: Clock,
    names: Names,
    people: People,
    topics: Iterable[Topic] = TOPICS,
    lanes: Lanes | None = None,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    fleet: Fleet | None = None,
) -> Desk:
    """Return the desk of one process; *configuration* returns what is in force, whose data folder stays the same.

    At the centre of a *fleet* there are its pages besides: only then is anything of them loaded. Tests have *topics* and *lanes*
    of their own, and *pause* in no time.

    Raises:
        OperatorError: a file of the installation is missing.
    """
    folder: Path = configuration().data
    lanes, catalogue = lanes or Lanes(), strings.catalogue()
    centre, table = None, TABLE
    if fleet is not None:
        from player.console.fleet import table as of_fleet  # noqa: PLC0415 - a console of one wall is none the larger for it
        from player.console.fleet.centre import Centre  # noqa: PLC0415

        centre = Centre(fleet.folder, lanes=lanes, clock=clock, voice=fleet.voice)
        table, topics = (*TABLE, *of_fleet.ROUTES), (*topics, *of_fleet.TOPICS)
    return Desk(
        folder=folder,
        configuration=configuration,
        clock=clock,
        people=people,
        limits=Requests(),
        strings=catalogue,
        stationery=Stationery(
            catalogue,
            files.addresses(),
            has_review=lambda: configuration().settings.console.reviewers,
            has_fleet=fleet is not None,
            has_wall=fleet is None or fleet.has_wall,
        ),
        reader=Reader(folder, lanes=lanes, clock=clock),
        writer=Writer(folder, lanes=lanes, clock=clock),
        orders=OrderDoor(folder, lanes=lanes, clock=clock, pause=pause),
        lanes=lanes,
        live=Live(topics, pause=pause),
        table=table,
        names=names,
        centre=centre,
    )


async def clear(desk: Desk) -> None:
    """Close whatever *desk* holds open; what hangs is left behind."""
    desk.live.close()
    if desk.centre:
        desk.centre.close()
    await desk.orders.close()
    desk.reader.close()
    desk.writer.close()
    desk.people.close()
    desk.lanes.close()


def build(desk: Desk) -> ASGIApp:
    """Return what serves *desk*."""
    said: set[str] = set()

    async def at_fault(request: Request, error: Exception) -> Response:
        """Say calmly that it is our fault, and tell the journal once."""
        name = f"{type(error).__name__} at {request.url.path}"
        if name not in said and len(said) < MAX_SAID:
            said.add(name)
            _log.crash("a page failed; the show is not touched by that", error, path=request.url.path)
        sheet = Sheet(desk.stationery, preferred(request.headers.get("accept-language", "")))
        response = bare(sheet) if not request.url.path.startswith(API) else refused(RefusedError(500), sheet, "json")
        headers.put(response.headers)
        return response

    return ServerErrorMiddleware(Guard(desk), handler=at_fault)
