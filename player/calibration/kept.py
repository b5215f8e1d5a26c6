"""The shapes that count on a wall: as they were mapped by hand last, else as they are configured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from player import log
from player.calibration.record import Kept, in_force
from player.calibration.shelf import Newest, Shelf
from player.errors import LibraryError
from player.output.section import Output
from player.output.shape import Shape
from player.units import Size

Shapes: TypeAlias = Callable[[Output, Size], Shape]
"""The shape of an output on so many pixels."""

_log = log.get("calibration")


def newest(data: Path) -> Newest:
    """Return the newest calibration in the data folder; where it cannot be read, none, which is logged: the wall must stand."""
    try:
        found = Shelf(data).newest()
    except LibraryError as error:
        found = Newest(None, f"{error}: the configuration's shapes are used")
    if found.warning:
        _log.warning("the last calibration cannot be used", why=found.warning, todo="weremember calibrate --history")
    return found


def kept_shapes(data: Path) -> Shapes:
    """Return what says which shape counts, by the newest calibration in the data folder."""
    calibration = newest(data).calibration
    return shapes_of(calibration.outputs if calibration else {})


def shapes_of(outputs: Mapping[str, Kept]) -> Shapes:
    """Return what says which shape counts, where these *outputs* were mapped by hand."""

    def shape(output: Output, size: Size) -> Shape:
        return in_force(outputs.get(output.id), output.shape(size), size)

    return shape
