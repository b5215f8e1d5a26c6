"""The window with the plate in it: what is up before anything else is loaded, and whatever else fails.

It imports nothing that reads configuration or library: those take as long again as all of this.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from player import log
from player.clock import SystemClock
from player.errors import DeviceLostError, DrawError, OperatorError
from player.library.by_hand import last_light
from player.output.display import Turn
from player.places import LAST_CLEAN, find, probable_data
from player.render.cpu import CpuRenderer
from player.render.protocol import Renderer
from player.screen.easel import CpuEasel, Easel
from player.screen.films import Films
from player.screen.gl_choice import NO_DISPLAY, no_use_of
from player.screen.window import RendererName, Wanted, Window, open_window
from player.show.layout import plate
from player.show.plan import Plan, plate_cue, scene_at
from player.show.scene import Composition
from player.show.slide import Room, Stage
from player.text.typeset import Typesetter
from player.units import Size

if TYPE_CHECKING:
    from player.output.section import Output
    from player.screen.facade import Facade
    from player.screen.governing import Seen

ONE_THREAD: Final = 1920 * 1200  # pixels that one core draws in time; beyond, two share a frame

_log = log.get("screen")


@dataclass(frozen=True, slots=True)
class Wall:
    """What pictures are made and shown with, and the plate that is always ready."""

    wanted: Wanted
    easel: Easel
    renderer: Renderer
    typesetter: Typesetter
    plate: Composition
    stage: Stage
    """What its outputs leave of the canvas."""
    films: Films
    """Where what moves comes from; as long as the process lives, whatever becomes of the window."""
    light: float = 1.0
    """How bright its first picture is."""
    facade: Facade | None = None
    """Its outputs, where there are any to be mapped."""
    draws: str = ""
    """What draws, and why, in words."""


def first_wall(data: str | None, windowed: Size | None, config: str | None = None) -> Wall:
    """Open the window as it was last wanted, else on the first display: a wall with the plate beats none.

    A wall that was dark when it was last heard of is dark at once: nobody sees a flash because a process began anew.

    Args:
        data: The data folder from the command line.
        windowed: The window's size from the command line.
        config: The configuration from the command line; it is not read, but may show where the data folder is.
    """
    folder = Path(data).expanduser() if data else probable_data(find(config))
    wanted, light = replace(_remembered(folder, windowed), notes=folder), last_light(folder)
    try:
        return open_wall(wanted, light=light)
    except OperatorError as error:
        _log.error("the display settings cannot be used; on the first display instead", why=str(error))
        return open_wall(fitted(Wanted(notes=folder), windowed), light=light)


def open_wall(wanted: Wanted, *, light: float = 1.0, seen: Seen | None = None, films: Films | None = None) -> Wall:
    """Open a window and put the plate in it, as bright as *light* says; *seen* is what its outputs have shown of late.

    *films* are those of the window before.

    Raises:
        OperatorError: a display was asked for that is not there.
    """
    typesetter, films = Typesetter(), films or Films(SystemClock())
    by_card, why = _by_graphics_card(wanted, typesetter, films, light, seen)
    wall = by_card or _by_processor(wanted, typesetter, films, light, why, seen)
    _log.info("renderer", draws=wall.draws)
    return wall


def _by_processor(  # noqa: PLR0917 - all that `open_wall` has, handed down once
    wanted: Wanted, typesetter: Typesetter, films: Films, light: float, why: str, seen: Seen | None
) -> Wall:
    window, unseen, facade = _opened(wanted, seen)
    if facade:
        facade.begins_anew = why == NO_DISPLAY
    if unseen:
        _log.warning("no display: running without one, the picture is in preview.jpg", why=unseen)
    canvas = window.canvas
    threads = 1 if canvas.width * canvas.height <= ONE_THREAD else min(2, len(os.sched_getaffinity(0)))
    renderer = CpuRenderer(canvas, typesetter, threads, moving=films)
    easel = CpuEasel(window, renderer)
    stage = _stage(wanted, canvas, facade)
    composition, words = plate(stage, typesetter), f"CPU ({why})"
    return _lit(Wall(wanted, easel, renderer, typesetter, composition, stage, films, light, facade, words))


def _by_graphics_card(
    wanted: Wanted, typesetter: Typesetter, films: Films, light: float, seen: Seen | None
) -> tuple[Wall | None, str]:
    """Open windows of a graphics card, if one shall draw and can; return why none does."""
    why = no_use_of(wanted.renderer)
    if why:
        return None, why
    try:
        from player.screen.gl_easel import open_easel  # noqa: PLC0415 - brings what a machine without one has no need of

        easel, name = open_easel(wanted, typesetter, SystemClock(), seen, films)
    except ImportError as error:
        why = f"OpenGL cannot be used: {error}"
    except (OperatorError, DeviceLostError) as error:
        why = str(error)
    else:
        facade = easel.facade if wanted.outputs else None
        stage = _stage(wanted, easel.canvas, facade)
        composition = plate(stage, typesetter)
        words = f"GPU ({name})" + (", as `renderer: gl` says" if wanted.renderer == "gl" else "")
        try:
            return _lit(Wall(wanted, easel, easel.renderer, typesetter, composition, stage, films, light, facade, words)), ""
        except (DrawError, OperatorError, DeviceLostError) as error:
            easel.close()
            why = str(error)
    if wanted.renderer == "gl":
        _log.error("renderer: gl cannot be had; the processor draws", why=why)
    return None, why


def _lit(wall: Wall) -> Wall:
    """Show the plate."""
    wall.renderer.prepare(wall.plate, {})
    wall.easel.draw(scene_at(Plan(wall.easel.canvas, (plate_cue(wall.plate, 0),)), 0), wall.light)
    wall.easel.flip()
    return wall


def changed(wall: Wall, wanted: Wanted, *, light: float = 1.0) -> Wall:
    """Open the new window before the old one goes: nobody sees what lies beneath."""
    seen = wall.facade.governing.seen if wall.facade else None
    try:
        new = open_wall(wanted, light=light, seen=seen, films=wall.films)
    except OperatorError as error:
        _log.error("the display settings cannot be used; the window stays as it is", why=str(error))
        return replace(wall, wanted=wanted, light=light)
    wall.easel.close()
    return new


def restaged(wall: Wall, room: Room | None, up: Plan | None) -> tuple[Wall, Plan | None]:
    """Return *wall* with its plate laid out in *room*; and what is *up*, which gives way to the next slide if masks were moved.

    What is up stays until the next slide is ready: it was laid out for the wall as it was, and nobody would like a gap better.
    """
    if room == wall.stage.room:
        return wall, up
    stage = replace(wall.stage, room=room)
    composition = plate(stage, wall.typesetter)
    try:
        wall.renderer.prepare(composition, {})
    except DrawError as error:
        _log.error("the plate stays as it was laid out: another cannot be made ready", why=str(error))
        return replace(wall, stage=stage), up.giving_way() if up else None
    cues = up.cues if up else ()
    if not any(cue.composition is wall.plate for cue in cues):
        wall.renderer.release(wall.plate)
    return replace(wall, stage=stage, plate=composition), up.giving_way() if up else None


def fitted(wanted: Wanted, windowed: Size | None) -> Wanted:
    """Return *wanted* as the command line overrules it: in a window of a desktop the canvas is seen as it is, unmapped."""
    if windowed is None:
        return wanted
    return replace(wanted, fullscreen=False, size=windowed, outputs=(), canvas=None, cap=None, data=None)


def _opened(wanted: Wanted, seen: Seen | None) -> tuple[Window, str, Facade | None]:
    """Open one window, or those of a façade; return it, and why nobody sees it (empty when somebody does)."""
    if not wanted.outputs:
        return *open_window(wanted), None
    from player.screen.facade import open_facade  # noqa: PLC0415 - brings what one window alone has no need of: 0.2 s

    facade = open_facade(wanted, seen)
    return facade, "", facade


def _stage(wanted: Wanted, canvas: Size, facade: Facade | None) -> Stage:
    if facade is None:
        return Stage(canvas)
    from player.calibration.seating import seated  # noqa: PLC0415 - as above
    from player.staging import stage_for  # noqa: PLC0415 - as above

    return stage_for(canvas, seated(wanted.outputs, canvas, wanted.data, facade.sizes))


def _remembered(folder: Path, windowed: Size | None) -> Wanted:
    """Return how the window was wanted when the configuration in *folder* was last kept; the usual, when there is none."""
    try:
        kept = cast("dict[str, dict[str, object]]", json.loads((folder / LAST_CLEAN).read_text("utf-8")))
        settings = kept["settings"]
        stored = cast("dict[str, object]", settings["display"])
        outputs = () if windowed else _outputs(cast("list[object]", settings.get("outputs", [])))
        wanted = Wanted(
            output=cast("int | None", stored["output"]),
            fullscreen=bool(stored["fullscreen"]),
            size=_size(stored["size"]),
            fps=cast("float | None", stored["fps"]),
            rotate=cast("Turn", stored["rotate"]),
            renderer=cast("RendererName", stored.get("renderer", "auto")),
            outputs=outputs,
            canvas=_size(settings.get("canvas")) if outputs else None,
            cap=cast("dict[str, float | None]", settings["light"])["picture_level"] if outputs else None,
            data=folder if outputs else None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        wanted = Wanted()
    return fitted(wanted, windowed)


def _outputs(stored: list[object]) -> tuple[Output, ...]:
    if not stored:
        return ()
    from player.output.section import Output  # noqa: PLC0415 - as above

    return tuple(Output.model_validate(each) for each in stored)


def _size(stored: object) -> Size | None:
    return Size(*cast("list[int]", stored)) if stored else None
