"""Style sheets, scripts and the icon: read once at the start, served from memory by their names, each for ever as it is.

Its address holds what the file hashes to, so a browser may keep it, and an update is seen at once. What a script imports is
written into it by that address.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field
from starlette.responses import Response

from player.console.desk import Asked
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.schema import Frozen

FOLDER: Final = Path(__file__).parent / "static"
KINDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
FOR_EVER: Final = "public, max-age=31536000, immutable"
_SHOWN: Final = 12  # digits of the hash
_IMPORTED: Final = re.compile(rb'from "\./([a-z0-9_-]+\.js)"')


@dataclass(frozen=True, slots=True)
class File:
    """One file in memory."""

    address: str
    kind: str
    data: bytes


class Wanted(Frozen):
    """Which file."""

    mark: str = Field(pattern=r"^[0-9a-f]{12}$")
    name: str = Field(pattern=r"^[a-z0-9_-]{1,60}\.[a-z]{2,12}$")


@cache
def files(folder: Path = FOLDER) -> Mapping[str, File]:
    """Return all files by name."""
    paths = {path.name: path for path in sorted(folder.iterdir())} if folder.is_dir() else {}
    found: dict[str, File] = {}

    def take(name: str) -> File:
        if name not in found:
            data = _IMPORTED.sub(lambda match: b'from "%s"' % take(match[1].decode()).address.encode(), paths[name].read_bytes())
            address = f"/static/{hashlib.sha256(data).hexdigest()[:_SHOWN]}/{name}"
            found[name] = File(address, KINDS[paths[name].suffix], data)
        return found[name]

    for name, path in paths.items():
        if path.suffix in KINDS and path.is_file():
            take(name)
    return found


def addresses() -> dict[str, str]:
    """Return the address of each file by name, for pages."""
    return {name: file.address for name, file in files().items()}


async def static(asked: Asked) -> Response:
    """Return one of them."""
    wanted = asked.take(Wanted)
    file = files().get(wanted.name)
    if file is None or file.address != f"/static/{wanted.mark}/{wanted.name}":
        raise RefusedError(404)
    return Response(file.data, media_type=file.kind, headers={"cache-control": FOR_EVER})


ROUTES: Final = (
    Route(
        "GET",
        "/static/{mark}/{name}",
        None,
        static,
        kind="file",
        says="A style sheet or a script.",
        takes=Wanted,
        hidden=True,
    ),
)
