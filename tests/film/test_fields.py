"""Interlaced films are shown without combs; what is not interlaced is not touched."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np
import pytest

from player.film.fields import Fields
from player.film.reading import FilmFile, OpenFilm, open_film
from tests.fakes.films import Recipe, film, opened

COUNT = 12
WIDTH, HEIGHT = 160, 96


@cache
def combed(*, is_interlaced: bool = True) -> bytes:
    """Return a film whose two fields change places in brightness with every frame."""
    out = io.BytesIO()
    container: Any
    with av.open(out, "w", format="matroska") as container:
        video: Any = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.options = {"preset": "ultrafast", "crf": "10"} | ({"x264-params": "tff=1"} if is_interlaced else {})
        video.codec_context.thread_count = 1
        for number in range(COUNT):
            picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
            picture[:HEIGHT:2], picture[1:HEIGHT:2] = (60, 160) if number % 2 else (160, 60)
            frame: Any = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return out.getvalue()


def frames_of(found: OpenFilm) -> list[Any]:
    """Decode a film to its end."""
    frames: list[Any] = []
    for picture, _ in found.packets(has_sound=False):
        frames += found.decode(picture) or ()
    return [*frames, *(found.decode(None) or ())]


def comb(frame: Any) -> float:
    """Return how much neighbouring lines differ, outside the edges."""
    luma = frame.to_ndarray(format="gray").astype(int)[8:-8]
    return float(abs(np.diff(luma, axis=0)).mean())


def test_combs_are_gone() -> None:
    """Every frame once, at its own instant, each one a whole picture."""
    with opened(combed()) as descriptor:
        frames = frames_of(open_film(FilmFile(descriptor), threads=1))

    assert [round(float(frame.pts * frame.time_base) * 25) for frame in frames] == list(range(COUNT))
    assert all(comb(frame) < 30 for frame in frames[1:-1])
    assert not any(frame.interlaced_frame for frame in frames)
    assert frames[0].key_frame


def test_what_is_not_interlaced_is_left_as_it_is() -> None:
    """No frame is held back, and fine lines stay."""
    with opened(combed(is_interlaced=False)) as descriptor:
        frames = frames_of(open_film(FilmFile(descriptor), threads=1))

    assert len(frames) == COUNT
    assert all(comb(frame) > 60 for frame in frames)


def test_a_seek_forgets_what_was_held_back() -> None:
    """What follows begins with its own frames."""
    with opened(combed()) as descriptor:
        found = open_film(FilmFile(descriptor), threads=1)
        assert len(frames_of(found)) == COUNT
        found.seek(0)
        assert len(frames_of(found)) == COUNT


@pytest.mark.parametrize("size", [(64, 48), (96, 64)])
def test_another_size_is_another_picture(size: tuple[int, int]) -> None:
    """What is held back of the size before comes first."""
    fields = Fields()
    width, height = size
    with opened(combed()) as first, opened(film(Recipe())) as second:
        one, other = (open_film(FilmFile(each), threads=1) for each in (first, second))
        frames: list[Any] = []
        for found in (one, other):
            for picture, _ in found.packets(has_sound=False):
                decoded: Any = found.video.codec_context
                frames += fields.woven(
                    [each.reformat(width, height) if found is other else each for each in decoded.decode(picture)], is_last=False
                )
        frames += fields.woven([], is_last=True)

    assert [frame.width for frame in frames][:10] == [WIDTH] * 10
    assert frames[-1].width == width
    assert len(frames) >= 50
