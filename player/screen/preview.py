"""What is presented, as files for those who are elsewhere: a picture that fills a phone, and one that fits in a message."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from player.library.leftovers import PREVIEW, THUMBNAIL, THUMBNAIL_BYTES
from player.output.light import dim
from player.render.protocol import Image
from player.units import Nanos

PREVIEW_WIDTH: Final = 960
QUALITY: Final = 85
_SIDES: Final = (240, 200, 160, 120, 80, 40)  # pixels of the longer side, tried in turn; most walls fit with the first
_QUALITIES: Final = (70, 50, 35, 25)  # below that, a larger picture shows less than a smaller one


def reduced(image: Image, light: float = 1.0) -> Image:
    """Return a copy of a canvas, at most 960 pixels wide, BGR, as bright as *light* says."""
    height, width = image.shape[:2]
    size = (PREVIEW_WIDTH, max(1, round(height * PREVIEW_WIDTH / width))) if width > PREVIEW_WIDTH else (width, height)
    small = cast("NDArray[np.uint8]", cv2.resize(image, size, interpolation=cv2.INTER_LINEAR))
    dim(small, light)
    return cast("NDArray[np.uint8]", cv2.cvtColor(small, cv2.COLOR_BGRA2BGR))


def thumbnail(bgr: Image, most: int = THUMBNAIL_BYTES) -> bytes:
    """Return a picture as a JPEG of at most *most* bytes, in some milliseconds; empty where none is so small."""
    height, width = bgr.shape[:2]
    for side in _SIDES:
        scale = min(1.0, side / max(width, height))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cast("NDArray[np.uint8]", cv2.resize(bgr, size, interpolation=cv2.INTER_AREA))
        for quality in _QUALITIES:
            content = _jpeg(small, quality, is_dense=True)
            if len(content) <= most:
                return content
    return b""


def write_previews(folder: Path, bgr: Image, taken_at: Nanos) -> None:
    """Write both files into the data *folder*.

    Raises:
        OSError: one could not be written.
    """
    write_jpeg(folder / PREVIEW, bgr, taken_at)
    write_whole(folder / THUMBNAIL, thumbnail(bgr), taken_at)


def write_jpeg(path: Path, bgr: Image, taken_at: Nanos) -> None:
    """Write a picture in one step, so that a reader never sees half of it; its file is as old as what it shows.

    Raises:
        OSError: it could not be written.
    """
    write_whole(path, _jpeg(bgr, QUALITY), taken_at)


def write_whole(path: Path, content: bytes, taken_at: Nanos | None = None) -> None:
    """Write a file in one step, as old as what it shows if that is given.

    Raises:
        OSError: it could not be written.
    """
    temporary = path.with_suffix(f".{os.getpid()}.part")
    temporary.write_bytes(content)
    if taken_at is not None:
        os.utime(temporary, ns=(taken_at, taken_at))
    temporary.rename(path)


def _jpeg(bgr: Image, quality: int, *, is_dense: bool = False) -> bytes:
    """Return a JPEG; a dense one has tables of its own: it takes twice the time, and saves a tenth of a small one."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, int(is_dense)]
    _, encoded = cv2.imencode(".jpg", bgr, options)
    return encoded.tobytes()
