"""Whether all is well, for what watches from outside: 200 only while pictures are presented and a withdrawal would be obeyed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from player.console.desk import Asked, Desk
from player.console.looks import health as parts
from player.console.looks.duty import INGEST, Duty
from player.console.looks.health import DONE_WITHIN, OBEYED_WITHIN, Level
from player.console.looks.now import disk_of
from player.console.routes import Route
from player.errors import LibraryError
from player.library.heard import heard, is_of_now
from player.library.library import Library
from player.units import SECOND, Nanos

PATH: Final = "/health"
LOOKED_WITHIN: Final[Nanos] = SECOND


class Health(BaseModel):
    """How it is."""

    ok: bool
    presenting: bool
    """Whether the screen's loop goes round."""
    obeying: bool
    """Whether withdrawals can be recorded, the screen answers what it is told, and ingest hears publishers, and deletes."""
    why: list[str]
    """What is not well, in English."""


async def look(desk: Desk) -> Health:
    """Return how it is; never waits long, never fails."""
    (presenting, mute), (obeying, deaf) = await asyncio.gather(_presenting(desk), _obeying(desk))
    why = [*mute, *deaf]
    return Health(ok=presenting and obeying, presenting=presenting, obeying=presenting and obeying, why=why)


async def _presenting(desk: Desk) -> tuple[bool, list[str]]:
    try:
        said = await desk.lanes.run(desk.lanes.reading, lambda: heard(desk.folder), within=LOOKED_WITHIN)
    except LibraryError as error:
        return False, [str(error)]
    presents = is_of_now(said, desk.clock)
    return presents, [] if presents else ["the screen does not say how it is"]


async def _obeying(desk: Desk) -> tuple[bool, list[str]]:
    unrecorded = await desk.looks.duties.unrecorded(desk)

    def found(library: Library) -> list[str]:
        duty = desk.looks.duties.look(library.orders, desk.looks.processes, desk.clock, unrecorded=unrecorded)
        return [*lacks(duty, parts.disk(disk_of(desk.folder)).level)]

    try:
        why = await desk.reader.read(found, within=LOOKED_WITHIN)
    except LibraryError as error:
        why = [str(error)]
    return not why, why


def lacks(duty: Duty, disk: Level) -> Iterator[str]:
    """Yield what would not be done."""
    if disk is Level.BAD:
        yield "the disk is full, cannot be written, or does not answer"
    if duty.unrecorded:
        yield f"no withdrawal can be recorded: {duty.unrecorded}"
    if duty.unanswered > OBEYED_WITHIN:
        yield "the screen does not answer its orders"
    if INGEST in duty.unsteady:
        yield "nobody hears what publishers withdraw: ingest is down, or does not stay up"
    if duty.undone > DONE_WITHIN:
        yield "ingest does not do what it is told, or what was withdrawn cannot be deleted"


async def health(asked: Asked) -> Response:
    """Return how it is, as JSON and as a status."""
    found = await look(asked.desk)
    return JSONResponse(found.model_dump(), 200 if found.ok else 503)


ROUTES: Final = (
    Route(
        "GET",
        PATH,
        None,
        health,
        kind="api",
        says="200 while all is well.",
        gives=Health,
        reserved=True,
    ),
)
