"""The outputs of a configuration as they would be thrown now: each with its seat and its shape, calibrated or configured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from player.calibration.record import Kept
from player.calibration.seating import USUAL, seated_by
from player.calibration.shelf import Shelf
from player.errors import OperatorError
from player.output.shape import Seat, Shape, plain
from player.settings import Configuration
from player.units import Rect, Size

ALONE: Final = "display"
"""What the only output is called where none is configured."""


@dataclass(frozen=True, slots=True)
class Throw:
    """An output: what it takes of the canvas, where that lands, how bright it is."""

    id: str
    seat: Seat
    shape: Shape
    brightness: float = 1.0
    is_calibrated: bool = False
    """Whether its shape was edited on the wall."""


@dataclass(frozen=True, slots=True)
class Throws:
    """All outputs of a wall."""

    outputs: tuple[Throw, ...]
    calibration: int | None = None
    """The number of the calibration that counts; None: there is none."""
    warning: str = ""
    """Where it is not the last one that was made."""

    @property
    def canvas(self) -> Size:
        """What they share."""
        return self.outputs[0].seat.canvas


def throws(configuration: Configuration) -> Throws:
    """Return the outputs of *configuration*; a display alone where there are none.

    An output whose display was never seen here has the size that is written, else the usual one.

    Raises:
        LibraryError: the calibrations are there and cannot be read.
        OperatorError: the configuration and a calibration do not fit each other.
    """
    settings = configuration.settings
    if not settings.outputs:
        size, turn = settings.display.size or USUAL, settings.display.rotate
        canvas = size if turn in (0, 180) else Size(size.height, size.width)
        return Throws((Throw(ALONE, Seat(canvas, Rect(0.0, 0.0, *map(float, canvas)), size, turn), plain(size)),))
    newest = Shelf(configuration.data).newest()
    calibration = newest.calibration
    kept = calibration.outputs if calibration else dict[str, Kept]()
    seats = seated_by(kept, settings.outputs, settings.canvas)
    found = (
        Throw(output.id, seat, shape, output.brightness, is_calibrated=output.id in kept)
        for output, (seat, shape) in zip(settings.outputs, seats, strict=True)
    )
    return Throws(tuple(found), calibration.number if calibration else None, newest.warning)


def named(outputs: Sequence[Throw], name: str) -> Throw:
    """Return the output called *name*.

    Raises:
        OperatorError: there is none.
    """
    for each in outputs:
        if each.id == name:
            return each
    there = ", ".join(each.id for each in outputs)
    raise OperatorError(f'there is no output "{name}": there are {there}')
