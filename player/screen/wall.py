"""The window with the plate in it: what is up before anything else is loaded, and whatever else fails.

It imports nothing that reads configuration or library: those take as long again as all of this.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from player import log
from player.errors import OperatorError
from player.output.display import Turn
from player.places import DEFAULT_DATA, LAST_CLEAN
from player.render.cpu import CpuRenderer
from player.screen.window import Wanted, Window, open_window
from player.show.layout import plate
from player.show.plan import Cue, Plan, scene_at
from player.show.scene import Composition
from player.show.slide import Stage
from player.text.typeset import Typesetter
from player.units import Size

ONE_THREAD: Final = 1920 * 1200  # pixels that one core draws in time; beyond, two share a frame

_log = log.get("screen")


@dataclass(frozen=True, slots=True)
class Wall:
    """A window, what draws for it, and the plate that is always ready."""

    wanted: Wanted
    window: Window
    renderer: CpuRenderer
    typesetter: Typesetter
    plate: Composition


def first_wall(data: str | None, windowed: Size | None) -> Wall:
    """Open the window as it was last wanted, else on the first display: a wall with the plate beats none.

    Args:
        data: The data folder from the command line.
        windowed: The window's size from the command line.
    """
    wanted = _remembered(Path(data or DEFAULT_DATA).expanduser(), windowed)
    try:
        return open_wall(wanted)
    except OperatorError as error:
        _log.error("the display settings cannot be used; on the first display instead", why=str(error))
        return open_wall(_fitted(Wanted(), windowed))


def open_wall(wanted: Wanted) -> Wall:
    """Open a window and put the plate in it.

    Raises:
        OperatorError: a display was asked for that is not there.
    """
    window, why = open_window(wanted)
    if why:
        _log.warning("no display: running without one, the picture is in preview.jpg", why=why)
    canvas = window.canvas
    typesetter = Typesetter()
    composition = plate(Stage(canvas), typesetter)
    threads = 1 if canvas.width * canvas.height <= ONE_THREAD else min(2, len(os.sched_getaffinity(0)))
    renderer = CpuRenderer(canvas, typesetter, threads)
    renderer.prepare(composition, {})
    cue = Cue(start=0, length=0, fade=0, slide=None, composition=composition)
    window.present(renderer.draw(scene_at(Plan(canvas, (cue,)), 0)))
    return Wall(wanted, window, renderer, typesetter, composition)


def changed(wall: Wall, wanted: Wanted) -> Wall:
    """Open the new window before the old one goes: nobody sees what lies beneath."""
    try:
        new = open_wall(wanted)
    except OperatorError as error:
        _log.error("the display settings cannot be used; the window stays as it is", why=str(error))
        return Wall(wanted, wall.window, wall.renderer, wall.typesetter, wall.plate)
    wall.window.close()
    return new


def _fitted(wanted: Wanted, windowed: Size | None) -> Wanted:
    """Return *wanted* as the command line overrules it."""
    if windowed is None:
        return wanted
    return Wanted(output=wanted.output, fullscreen=False, size=windowed, fps=wanted.fps, rotate=wanted.rotate)


def _remembered(folder: Path, windowed: Size | None) -> Wanted:
    """Return how the window was wanted when the configuration in *folder* was last kept; the usual, when there is none."""
    try:
        kept = cast("dict[str, dict[str, dict[str, object]]]", json.loads((folder / LAST_CLEAN).read_text("utf-8")))
        stored = kept["settings"]["display"]
        size = cast("list[int] | None", stored["size"])
        wanted = Wanted(
            output=cast("int | None", stored["output"]),
            fullscreen=bool(stored["fullscreen"]),
            size=Size(*size) if size else None,
            fps=cast("float | None", stored["fps"]),
            rotate=cast("Turn", stored["rotate"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        wanted = Wanted()
    return _fitted(wanted, windowed)
