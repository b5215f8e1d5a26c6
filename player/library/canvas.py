"""How large the wall is: the screen writes it down, so that pictures are prepared for it."""

from __future__ import annotations

from typing import Final

from player.library.database import transaction, translated
from player.library.library import Library
from player.library.schema import LIBRARY
from player.units import Size

_KEY: Final = "canvas"


def canvas_of(library: Library) -> Size | None:
    """Return the canvas as the screen last had it; None before there ever was one."""
    with translated(LIBRARY.name):
        row = library.connection.execute("SELECT value FROM meta WHERE key=?", (_KEY,)).fetchone()
    width, _, height = row[0].partition("x") if row else ("", "", "")
    return Size(int(width), int(height)) if width.isdecimal() and height.isdecimal() else None


def note_canvas(library: Library, canvas: Size) -> None:
    """Write down how large the canvas is."""
    text = f"{canvas.width}x{canvas.height}"
    with transaction(library.connection, LIBRARY.name):
        library.connection.execute(
            "INSERT INTO meta VALUES(?,?) ON CONFLICT(key) DO UPDATE SET value=excluded.value",
            (_KEY, text),
        )
