"""Every output of a canvas with its seat and the shape that counts on it, whether its display is there or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from player.calibration.kept import newest
from player.calibration.record import Kept, in_force
from player.output.section import Output, canvas_of, seat_of
from player.output.shape import Seat, Shape
from player.units import Size

USUAL: Final = Size(1920, 1080)
"""Of an output that nobody has seen yet and whose size is not written."""
UNSEEN: Final[Mapping[str, Size]] = MappingProxyType({})


def seated(
    outputs: Sequence[Output], canvas: Size | None, data: Path | None, sizes: Mapping[str, Size] = UNSEEN
) -> tuple[tuple[Seat, Shape], ...]:
    """Return what *outputs* take of their canvas, and how, by the newest calibration in the data folder, else as configured.

    Args:
        outputs: As configured.
        canvas: As configured, in pixels; None: as the outputs make it.
        data: The data folder; None: nothing was calibrated.
        sizes: Of the displays that were seen, in pixels, by output. Others have the one they were calibrated or written for.
    """
    calibration = newest(data).calibration if data and outputs else None
    return seated_by(calibration.outputs if calibration else {}, outputs, canvas, sizes)


def seated_by(
    kept: Mapping[str, Kept], outputs: Sequence[Output], canvas: Size | None, sizes: Mapping[str, Size] = UNSEEN
) -> tuple[tuple[Seat, Shape], ...]:
    """Return the same where it is known what was *kept*, by output."""
    if not outputs:
        return ()
    every = {output.id: sizes.get(output.id) or _size(output, kept.get(output.id)) for output in outputs}
    whole = canvas_of(canvas, outputs, every)
    return tuple(
        (
            seat_of(output, whole, every[output.id]),
            in_force(kept.get(output.id), output.shape(every[output.id]), every[output.id]),
        )
        for output in outputs
    )


def _size(output: Output, kept: Kept | None) -> Size:
    if output.place is not None:
        return Size(output.place.width, output.place.height)
    if kept is not None:
        return kept.size
    return (output.display.size if output.display else None) or USUAL
