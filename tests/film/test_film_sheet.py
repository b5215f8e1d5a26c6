"""A film on one page: nine pictures of real films, in their order, decoded where nothing can get out."""

from __future__ import annotations

import io
import threading
from typing import Final

import numpy as np
import pytest
from PIL import Image

from player.clock import SystemClock
from player.errors import FilmError
from player.film.probing import probe
from player.film.sheet import ACROSS, DOWN, sheet
from tests.fakes.films import Recipe, film, number_in, opened

CLOCK: Final = SystemClock()


def page(recipe: Recipe) -> Image.Image:
    """The page of a film."""
    with opened(film(recipe)) as descriptor:
        facts = probe(descriptor, CLOCK)
        return Image.open(io.BytesIO(sheet(descriptor, facts, clock=CLOCK, stopped=threading.Event())))


def test_it_shows_all_of_a_film_in_nine_pictures() -> None:
    """From left to right and down, evenly over its length, in its own shape."""
    found = page(Recipe(frames=90))

    width, height = found.width // ACROSS, found.height // DOWN
    assert abs(width / height - 160 / 96) < 0.02
    luma = np.asarray(found.convert("L"))
    numbers = [
        number_in(luma[top : top + height, left : left + width])
        for top in range(0, found.height, height)
        for left in range(0, found.width, width)
    ]
    assert all(5 + 10 * i <= number <= 5 + 10 * i + 12 for i, number in enumerate(numbers)), numbers


def test_its_colours_are_those_of_the_film(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red in BT.601 is red; and figures in a corner say when it comes, so that nobody takes the page for a photo."""
    monkeypatch.setattr("player.film.sheet.ACROSS", 1)
    monkeypatch.setattr("player.film.sheet.DOWN", 1)
    found = np.asarray(page(Recipe(frames=9, fill=(81, 90, 240)))).astype(int)

    assert np.abs(found[: len(found) // 2] - (254, 0, 0)).max() <= 12
    corner = found[-len(found) // 8 :, : found.shape[1] // 3]
    assert (corner.min(axis=2).max() > 200, corner.max(axis=2).min() < 50) == (True, True), "white figures with black edges"


def test_it_ends_when_it_is_told_to() -> None:
    """By an error, for half a page shows nobody what is on the other half."""
    ended = threading.Event()
    ended.set()
    with opened(film(Recipe(frames=9, fill=(81, 90, 240)))) as descriptor:
        facts = probe(descriptor, CLOCK)
        with pytest.raises(FilmError, match="no picture of it"):
            sheet(descriptor, facts, clock=CLOCK, stopped=ended)
