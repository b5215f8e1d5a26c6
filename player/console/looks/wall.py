"""The wall: outputs and how each stands and is mapped, projectors, test cards, and the history of calibrations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.calibration.kept import kept_shapes
from player.calibration.shelf import FOLDER, MAX_THUMBNAIL_BYTES, Entry, Shelf
from player.console.looks.heard import Said
from player.console.looks.wording import MAX_NAME, plain
from player.errors import LibraryError
from player.library.canvas import canvas_of
from player.library.library import Library
from player.output.section import Output, seat_of
from player.output.section import canvas_of as canvas_with
from player.projector import told as projecting
from player.projector.told import Told
from player.settings import Configuration
from player.units import Nanos, Size

CARDS: Final = ("grid", "crosshair", "checker", "bars", "rgbw", "blacks", "whites", "ramp", "text", "count", "bar")
"""Test cards by name, as `player.output.testcard` draws them, which brings 40 MB along."""
HISTORY: Final = 100  # calibrations: all that are kept
USUAL: Final = Size(1920, 1080)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputLook:
    """A display, or a slice of one, and what it takes of the canvas."""

    id: str
    is_standing: bool | None
    """It has its display; None: the screen says nothing of it."""
    display: str
    why: str
    """Why it has none."""
    size: Size
    """In pixels, as last seen, else as written, else the usual one."""
    crop: tuple[float, float, float, float]
    """Left, top, width, height, in pixels of the canvas."""
    corners: tuple[tuple[float, float], ...]
    """Top left, top right, bottom right, bottom left, in pixels of the output: where the crop lands."""
    rotate: int
    masks: int
    mesh: tuple[int, int]
    """Columns and rows."""
    brightness: float
    card: str
    """The test card that is on it; empty: none."""
    is_edited: bool


@dataclass(frozen=True, slots=True)
class ProjectorLook:
    """A projector, as its process says."""

    name: str
    told: Told | None
    """None: nothing has been said for a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationLook:
    """A line of the history."""

    number: int
    at: Nanos | None
    by: str
    what: str
    problem: str
    """Why it cannot be used; empty when it can."""
    has_thumbnail: bool
    is_in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """All of it."""

    canvas: Size
    outputs: tuple[OutputLook, ...]
    projectors: tuple[ProjectorLook, ...]
    cards: tuple[str, ...]
    is_running: bool
    dim: int
    """How bright it is to be, in percent."""
    light: float
    """How bright it is at this moment, 0 to 1."""
    history: tuple[CalibrationLook, ...]
    problem: str
    """Why the history cannot be read; empty when it can."""


def look(configuration: Configuration, library: Library | None, at: Nanos, *, word: Said | None) -> Wall:
    """Return how the wall is at *at* (UTC), by the screen's last *word*; what cannot be read is said in it."""
    folder, settings = configuration.data, configuration.settings
    is_running = word is not None and word.is_of_now
    history, problem = _history(folder)
    canvas = _canvas(configuration, library)
    known = projecting.of_now(folder, at) or {}
    return Wall(
        canvas=canvas,
        outputs=_outputs(configuration, word if is_running else None, canvas),
        projectors=tuple(ProjectorLook(name, known.get(name)) for name in settings.projectors),
        cards=CARDS,
        is_running=is_running,
        dim=word.dim if word else 100,
        light=word.light if word else 1.0,
        history=history,
        problem=problem,
    )


def thumbnail(folder: Path, number: int) -> bytes | None:
    """Return the small picture of a calibration, a PNG; None: there is none.

    The name of the file is made of the number alone: no path comes from outside.
    """
    try:
        with (folder / FOLDER / f"{number:09}.png").open("rb") as file:
            return file.read(MAX_THUMBNAIL_BYTES)
    except OSError:
        return None


def _history(folder: Path) -> tuple[tuple[CalibrationLook, ...], str]:
    try:
        entries = Shelf(folder).history()[:HISTORY]
    except LibraryError as error:
        return (), str(error)
    newest = next((entry.number for entry in entries if entry.calibration is not None), 0)
    return tuple(_calibration(entry, newest) for entry in entries), ""


def _calibration(entry: Entry, newest: int) -> CalibrationLook:
    made = entry.calibration
    return CalibrationLook(
        number=entry.number,
        at=made.at if made else None,
        by=plain(made.by, MAX_NAME) if made else "",
        what=plain(made.what) if made else "",
        problem=plain(entry.problem),
        has_thumbnail=entry.thumbnail is not None,
        is_in_force=entry.number == newest,
    )


def _canvas(configuration: Configuration, library: Library | None) -> Size:
    settings = configuration.settings
    try:
        seen = canvas_of(library) if library else None
    except LibraryError:
        seen = None
    if seen:
        return seen
    return canvas_with(settings.canvas, settings.outputs, {}) if settings.outputs else settings.display.size or USUAL


def _outputs(configuration: Configuration, word: Said | None, canvas: Size) -> tuple[OutputLook, ...]:
    shapes = kept_shapes(configuration.data)
    told = {str(each.get("id")): each for each in word.outputs} if word else {}

    def output(each: Output) -> OutputLook:
        record = told.get(each.id)
        size = _size(each, record)
        shape, crop = shapes(each, size), seat_of(each, canvas, size).crop
        return OutputLook(
            id=each.id,
            is_standing=None if record is None else bool(record.get("display")),
            display=plain(str(record.get("display") or ""), MAX_NAME) if record else "",
            why=plain(str(record.get("why") or "")) if record else "",
            size=size,
            crop=(crop.x, crop.y, crop.width, crop.height),
            corners=tuple((corner.x, corner.y) for corner in shape.corners),
            rotate=each.rotate,
            masks=len(shape.masks),
            mesh=(shape.mesh.columns, shape.mesh.rows),
            brightness=each.brightness,
            card=word.cards.get(each.id, "") if word else "",
            is_edited=word is not None and word.editing == each.id,
        )

    return tuple(map(output, configuration.settings.outputs))


def _size(output: Output, record: Mapping[str, object] | None) -> Size:
    if output.place:
        return Size(round(output.place.width), round(output.place.height))
    match record.get("size") if record else None:
        case [int(width), int(height)] if width > 0 and height > 0:
            return Size(width, height)
        case _:
            return (output.display.size if output.display else None) or USUAL
