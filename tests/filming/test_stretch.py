"""A stretch of the show is what the screen shows: over changes of show, title pages, dark and dim; stored slides as they were."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from player.filming import film as films
from player.filming.film import Order, film
from player.render.protocol import Image
from player.settings import Configuration
from player.show.slide import CandleSlide, FilmSlide, NamesSlide
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.filmed import RATE, SCHEDULE, SMALL, Drawn, KeptFile, black_picture, configured, film_known, nobody

MOVING: Final = """
hold: 4s
fade: 1s
slides:
  - candle: {{hold: 4s}}
  - film: {{file: {folder}/film.mp4, words: true}}
  - names: {{file: {folder}/names.txt}}
  - photo
"""
SUBTITLES: Final = "WEBVTT\n\n00:01.000 --> 00:02.500\nWe remember\n"
NAMES: Final = ("a", "b", "c", "d", "pe", "pf")


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Image]]:
    """The pictures that the encoder would get, by file."""
    KeptFile.made.clear()
    monkeypatch.setattr(films, "Mp4", KeptFile)
    return KeptFile.made


def filmed(configuration: Configuration, start: Nanos, until: Nanos, clock: FakeClock, rate: Fraction = RATE) -> list[Image]:
    """Film a stretch; return what the encoder was given."""
    order = Order(start=start, until=until, rate=rate, out=Path("show.mp4"), size=SMALL)
    assert film(configuration, order, clock, nobody)
    return KeptFile.made["show.mp4"]


def test_the_encoder_gets_what_the_window_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pixel by pixel, at the same instants: fades, a dark time, a title page, another show and back, and a curfew.

    Once before it comes, and once more afterwards from what the screen has stored.
    """
    configuration = configured(tmp_path, SCHEDULE)
    with Drawn(tmp_path, configuration, monkeypatch) as show:
        show.publish(*NAMES)
        show.play(7 * SECOND, stride=SECOND // 20)
        show.play_until(lambda: not show.is_fading and show.loop.reel.is_counted, stride=SECOND // 20)
        start, until = show.clock.wall() + SECOND // 20, OPENING + 46 * SECOND
        ahead = filmed(configuration, start, until, show.clock)
        up = list(show.presented(until))
        assert len({id(image) for image in ahead}) < 0.9 * len(ahead)  # pictures that stand still are drawn once
        assert any(np.array_equal(image, black_picture()) for _, image in up)
        assert _unlike(ahead, up, start) == []
        again = filmed(configuration, start, until, show.clock)
        assert _unlike(again, up, start) == []


def test_a_candle_a_film_and_names_are_on_it_as_they_were_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pixel by pixel, at the same instants: every flicker of the flame, every frame, what is said in it, every page of names."""
    film_known(tmp_path, frames=75, subtitles=SUBTITLES)
    (tmp_path / "names.txt").write_text("Chana Grynberg\nדוד לוי\nTaube Kahan\n" * 2, "utf-8")
    configuration = configured(tmp_path, wall=MOVING.format(folder=tmp_path))
    with Drawn(tmp_path, configuration, monkeypatch) as show:
        show.publish(*NAMES)
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, CandleSlide) and not show.is_fading, stride=SECOND // 20)
        start, until, kinds = show.clock.wall() + SECOND // 20, show.clock.wall() + 16 * SECOND, set[type]()
        ahead = filmed(configuration, start, until, show.clock)
        up: list[tuple[Nanos, Image]] = []
        for each in show.presented(until):
            up.append(each)
            kinds.add(type(show.loop.reel.cue.slide))
        assert kinds >= {CandleSlide, FilmSlide, NamesSlide}, kinds
        assert _unlike(ahead, up, start) == []
        assert _unlike(filmed(configuration, start, until, show.clock), up, start) == []


def test_a_film_says_the_same_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a time that nobody has seen, from a library that nobody changes: the same pictures, and nothing is written."""
    configuration = configured(tmp_path, SCHEDULE)
    with Drawn(tmp_path, configuration, monkeypatch) as show:
        show.publish(*NAMES)
        before = show.ingest.versions()
        one, two = (filmed(configuration, OPENING + SECOND, OPENING + 4 * SECOND, show.clock) for _ in range(2))
        assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
        assert show.ingest.versions() == before


def _unlike(film_of: list[Image], up: list[tuple[Nanos, Image]], start: Nanos) -> list[str]:
    """Return when, in seconds since the opening, a picture is not what was up, and by how much."""
    first, numbers = up[0][0], (len(film_of), len(up))
    assert first == start
    assert 0 <= numbers[0] - numbers[1] <= 1
    return [
        f"{(t - OPENING) / SECOND:.2f}: {np.abs(image.astype(int) - other).max()}"
        for (t, image), other in zip(up, film_of, strict=False)
        if not np.array_equal(image, other)
    ]
