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
from player.library.by_hand import last_light
from player.output.display import Turn
from player.output.light import dim
from player.places import LAST_CLEAN, find, probable_data
from player.render.cpu import CpuRenderer
from player.screen.window import Wanted, Window, open_window
from player.show.layout import plate
from player.show.plan import Plan, plate_cue, scene_at
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
    light: float = 1.0
    """How bright its first picture is."""


def first_wall(data: str | None, windowed: Size | None, config: str | None = None) -> Wall:
    """Open the window as it was last wanted, else on the first display: a wall with the plate beats none.

    A wall that was dark when it was last heard of is dark at once: nobody sees a flash because a process began anew.

    Args:
        data: The data folder from the command line.
        windowed: The window's size from the command line.
        config: The configuration from the command line; it is not read, but may show where the data folder is.
    """
    folder = Path(data).expanduser() if data else probable_data(find(config))
    wanted, light = _remembered(folder, windowed), last_light(folder)
    try:
        return open_wall(wanted, light=light)
    except OperatorError as error:
        _log.error("the display settings cannot be used; on the first display instead", why=str(error))
        return open_wall(_fitted(Wanted(), windowed), light=light)


def open_wall(wanted: Wanted, *, light: float = 1.0) -> Wall:
    """Open a window and put the plate in it, as bright as *light* says.

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
    cue = plate_cue(composition, 0)
    image = renderer.draw(scene_at(Plan(canvas, (cue,)), 0))
    dim(image, light)
    window.present(image)
    return Wall(wanted, window, renderer, typesetter, composition, light)


def changed(wall: Wall, wanted: Wanted, *, light: float = 1.0) -> Wall:
    """Open the new window before the old one goes: nobody sees what lies beneath."""
    try:
        new = open_wall(wanted, light=light)
    except OperatorError as error:
        _log.error("the display settings cannot be used; the window stays as it is", why=str(error))
        return Wall(wanted, wall.window, wall.renderer, wall.typesetter, wall.plate, light)
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
