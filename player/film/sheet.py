"""A film on one page: nine of its pictures in their order, for those who are to know it without seeing all of it.

One picture alone would say nothing of what comes after it. Each says when it comes, and how long the film is, so that nobody
takes the page for a photo. The film is decoded where films are, by the confined child.
"""

from __future__ import annotations

import io
import threading
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from player.clock import Clock
from player.errors import FilmError
from player.film.decoder import Decoder, Wanted
from player.film.limits import MAX_DURATION
from player.film.ring import MovingFrame, RingReader
from player.film.wire import Failed, Film
from player.units import MILLISECOND, SECOND, Nanos, Size, as_clock

ACROSS: Final = 3
DOWN: Final = 3
ROOM: Final = Size(640, 360)  # of each picture, pixels: three across are as wide as a desk's screen
LETTERS: Final = 28  # pixels high: read on a desk's screen, and small in a corner
WALL: Final[Nanos] = 20 * SECOND  # for each; 4K on a slow machine takes two from a whole picture on
LOOK: Final[Nanos] = 10 * MILLISECOND


def sheet(film: int, facts: Film, *, clock: Clock, stopped: threading.Event) -> bytes:
    """Return the page as a PNG, sRGB; its shape is that of the film.

    On each picture stands in figures, in no language, when it comes and how long the film is.

    Args:
        film: Descriptor of its file.
        facts: What is known of it.
        clock: For how long is waited.
        stopped: Ends it early, by an error.

    Raises:
        FilmError: one of its pictures cannot be had.
        WorkerError: we failed, not the film.
    """
    size, count = _fitting(facts.aspect), ACROSS * DOWN
    page = np.zeros((DOWN * size.height, ACROSS * size.width, 3), np.uint8)
    for number in range(count):
        top, left = number // ACROSS * size.height, number % ACROSS * size.width
        wanted = Wanted(size=size, begin=_instant(facts, number, count))
        page[top : top + size.height, left : left + size.width] = _picture(film, wanted, clock, stopped)
    image = Image.fromarray(page)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(LETTERS)
    for number in range(count):
        corner = number % ACROSS * size.width + LETTERS // 2, (number // ACROSS + 1) * size.height - LETTERS // 2
        said = f"{as_clock(_instant(facts, number, count))} / {as_clock(facts.duration)}"
        draw.text(corner, said, fill="white", font=font, anchor="lb", stroke_width=LETTERS // 8, stroke_fill="black")
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _instant(facts: Film, number: int, count: int) -> Nanos:
    """Return the middle of the *number*th of *count* parts of a film."""
    return facts.duration * (2 * number + 1) // (2 * count)


def _fitting(aspect: float) -> Size:
    width = min(ROOM.width, ROOM.height * aspect)
    return Size(round(width / 2) * 2, max(2, round(width / aspect / 2) * 2))


def _picture(film: int, wanted: Wanted, clock: Clock, stopped: threading.Event) -> NDArray[np.uint8]:
    """Return the picture of that instant, height x width x 3, RGB."""
    deadline = clock.monotonic() + WALL
    decoder = Decoder(film, wanted, now=clock.monotonic())
    try:
        reader = RingReader(decoder.ring)
        try:
            while True:
                heard = decoder.hear()
                frame = reader.newest(MAX_DURATION)
                if frame is not None:
                    return _rgb(frame)
                why = next((state.why for state in heard if isinstance(state, Failed)), "")
                if why or not decoder.is_running:
                    raise FilmError(why or "it has no picture where it should have one")
                if clock.wait(stopped, LOOK) or clock.monotonic() > deadline:
                    raise FilmError(f"no picture of it within {WALL // SECOND} s")
        finally:
            reader.end()
            reader.close()
    finally:
        decoder.close()


def _rgb(frame: MovingFrame) -> NDArray[np.uint8]:
    """BT.601 in limited range to RGB, by the full range that JPEG has (ITU-T T.871), which Pillow knows."""
    luma = (frame.luma.astype(np.float32) - 16) * (255 / 219)
    chroma = (frame.chroma.astype(np.float32) - 128) * (255 / 224) + 128
    whole = np.dstack((luma, chroma.repeat(2, axis=0).repeat(2, axis=1)))
    pixels = np.clip(np.rint(whole), 0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(pixels, "YCbCr").convert("RGB"))
