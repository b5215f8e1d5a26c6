"""QR codes with modules of whole pixels, so that a phone at the back of a square still reads them."""

from __future__ import annotations

import numpy as np

from player.errors import DrawError
from player.render.protocol import Image
from player.show.scene import Code


def code_pixels(code: Code) -> Image:
    """Draw *code* as opaque BGRA, its place's size in whole pixels; what the modules leave over is more quiet zone.

    Raises:
        DrawError: the text is too long for any code, or the place too small for it.
    """
    import segno  # noqa: PLC0415 - brings urllib and ssl for what we do not use: 20 ms that the plate need not wait for

    try:
        made = segno.make(code.text, error="m", micro=False)
    except segno.DataOverflowError as error:
        raise DrawError(f"A QR code cannot hold {len(code.text)} characters; link to a shorter address.") from error
    modules = np.array([[value != 0 for value in row] for row in made.matrix_iter(border=4)], np.bool_)
    width, height = round(code.place.width), round(code.place.height)
    module = min(width, height) // len(modules)
    if module < 1:
        raise DrawError(f"A QR code of {len(modules)} modules does not fit {width}x{height} pixels.")
    dark = np.kron(modules, np.ones((module, module), np.bool_))
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[:] = (*code.light[::-1], 255)
    top, left = (height - len(dark)) // 2, (width - len(dark)) // 2
    pixels[top : top + len(dark), left : left + len(dark)][dark] = (*code.dark[::-1], 255)
    return pixels
