"""Hearing a film to its end by a decoder that is not to be believed."""

from __future__ import annotations

import threading
from typing import Final

import pytest

from player.clock import SystemClock
from player.errors import InterruptedFilmError
from player.film.measuring import gain_of
from player.film.process import film_command
from player.units import SECOND
from tests.fakes.films import opened
from tests.fakes.films_shown import film_of

START: Final = film_command()[:4]
PLACES: Final = film_command()[5:]
LIES: Final = """
import os, sys, time
sys.path += sys.argv[1:]
from player.film.confinement import asked
from player.film.samples import SamplesWriter
samples = SamplesWriter(asked().request.samples, 0)
samples._ring.words[1] = 2**62
time.sleep(600)
"""


def heard(code: str) -> float | None:
    """Return what comes of hearing a film of a second by a decoder that runs *code*."""
    with opened(b"") as film:
        return gain_of(
            film,
            film_of(duration=SECOND),
            -23.0,
            clock=SystemClock(),
            stopped=threading.Event(),
            beat=lambda: None,
            command=(*START, code, *PLACES),
        )


def test_a_decoder_that_says_it_wrote_for_years_is_heard_for_as_long_as_the_film() -> None:
    """It was taken over by what it decodes: whoever hears it has an end."""
    assert heard(LIES) == 0.0


def test_a_decoder_that_was_ended_says_nothing_of_the_film() -> None:
    """Its film is heard again another time."""
    with pytest.raises(InterruptedFilmError, match="gave up"):
        heard("raise SystemExit(1)")
