"""The running show, for whoever has logged in: a page with a picture that moves, and the pieces that it is made of (HLS).

The pieces come from the process that encodes them; here nothing of them is kept. Where `serve:` is off, there is no such page.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from pydantic import Field
from starlette.responses import Response

from player.console.desk import Asked
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.doorway import reached
from player.filming.wire import NAME, PART, PLAYLIST
from player.schema import Frozen
from player.units import SECOND, Nanos

PATH: Final = "/live/show"
WITHIN: Final[Nanos] = 2 * SECOND  # it takes milliseconds; a machine that has no time for it has none for viewers
MOST: Final = 4_000_000  # bytes of a piece: a second at thirteen times the rate that is asked for
LATER: Final = {"retry-after": "1"}
KINDS: Final = {"m3u8": "application/vnd.apple.mpegurl", "mp4": "video/mp4", "m4s": "video/mp4"}


class Piece(Frozen):
    """Which piece."""

    name: str = Field(pattern=r"^[0-9]{1,12}-(start\.mp4|[0-9]{1,9}\.m4s)$")


async def page(asked: Asked) -> Response:
    """Return the page."""
    _refuse_unless_served(asked)
    return asked.sheet.page("broadcast.html")


async def playlist(asked: Asked) -> Response:
    """Return what there is."""
    _refuse_unless_served(asked)
    found = await _asked(asked.desk.folder, PLAYLIST)
    if not found:
        raise RefusedError(503, headers=LATER)
    return Response(found, media_type=KINDS["m3u8"])


async def piece(asked: Asked) -> Response:
    """Return one piece."""
    _refuse_unless_served(asked)
    name = asked.take(Piece).name
    found = await _asked(asked.desk.folder, PART % name.encode("ascii"))
    if not found:
        raise RefusedError(404)
    return Response(found, media_type=KINDS[name.rpartition(".")[2]])


def _refuse_unless_served(asked: Asked) -> None:
    if not asked.desk.configuration().settings.serve.enabled:
        raise RefusedError(404)


async def _asked(folder: Path, what: bytes) -> bytes:
    """Return what the process that encodes says to *what*; empty: no, or nobody is there."""
    try:
        async with asyncio.timeout(WITHIN / SECOND):
            with reached(folder, NAME) as address:
                reader, writer = await asyncio.open_unix_connection(address, limit=MOST)
            try:
                writer.write(what)
                return await reader.read(-1)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""


ROUTES: Final = (
    Route("GET", PATH, Role.VIEWER, page, kind="page", says="The running show as a moving picture."),
    Route("GET", f"{PATH}.m3u8", Role.VIEWER, playlist, kind="file", says="What there is of the running show (HLS)."),
    Route("GET", "/live/{name}", Role.VIEWER, piece, kind="file", says="A piece of the running show (HLS).", takes=Piece),
)
