"""The wall as the screen found it: how large, so that pictures are prepared for it, and how many tiles can be read on it."""

from __future__ import annotations

from typing import Final

from player.library.database import transaction, translated
from player.library.library import Library
from player.library.schema import LIBRARY
from player.units import Size

_KEY: Final = "canvas"
_TILES: Final = "tiles"


def canvas_of(library: Library) -> Size | None:
    """Return the canvas as the screen last had it; None before there ever was one."""
    width, _, height = _noted(library, _KEY).partition("x")
    return Size(int(width), int(height)) if width.isdecimal() and height.isdecimal() else None


def tiles_of(library: Library) -> int | None:
    """Return how many tiles of a mosaic could be read on it at most; None before anybody said."""
    text = _noted(library, _TILES)
    return int(text) if text.isdecimal() else None


def note_wall(library: Library, canvas: Size, tiles: int) -> None:
    """Write down how large the canvas is, and how many tiles of a mosaic can be read on it."""
    with transaction(library.connection, LIBRARY.name):
        library.connection.executemany(
            "INSERT INTO meta VALUES(?,?) ON CONFLICT(key) DO UPDATE SET value=excluded.value",
            [(_KEY, f"{canvas.width}x{canvas.height}"), (_TILES, str(tiles))],
        )


def _noted(library: Library, key: str) -> str:
    with translated(LIBRARY.name):
        row = library.connection.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
    return row[0] if row else ""
