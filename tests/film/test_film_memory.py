"""The memory of a frame is given back as soon as it is on its way: a picture in 4K has 12 MB."""

from __future__ import annotations

import gc

import numpy as np

from player.film.frames import Converter
from player.film.reading import FilmFile, open_film
from tests.fakes.films import SIZE, Recipe, film, opened


def test_a_converted_frame_leaves_nothing_for_the_collector() -> None:
    """Rings of references would keep hundreds of frames; only the first frame is asked for what makes one."""
    luma, chroma = np.zeros((SIZE.height, SIZE.width), np.uint8), np.zeros((SIZE.height // 2, SIZE.width // 2, 2), np.uint8)
    with opened(film(Recipe(frames=30))) as descriptor:
        source = open_film(FilmFile(descriptor), threads=1)
        converter = Converter(SIZE)
        gc.collect()
        gc.disable()
        try:
            count = 0
            for picture, _ in source.packets(has_sound=False):
                for frame in source.decode(picture) or ():
                    converter.convert(frame, luma, chroma)
                    count += 1
                    del frame
            left = gc.collect()
        finally:
            gc.enable()
    assert count >= 20
    assert left < count
