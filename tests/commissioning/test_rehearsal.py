"""A show played through on a small copy of the wall: its level, its flashes, and the same light in fewer pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from player.clock import SystemClock
from player.commissioning.rehearsal import Copy, rehearse, round_of
from player.commissioning.throw import Throw
from player.film.looking import Looks
from player.output.shape import Box, Mask, Point, Seat, plain
from player.render.protocol import Image
from player.screen.programme import Programme
from player.show.playlist import FilmStep, PhotoStep, Show, WordsStep
from player.show.slide import FilmSlide, Stage, WordsSlide, photos_of
from player.units import SECOND, Size
from tests.commissioning.walls import wall_of
from tests.fakes.films import Recipe, film
from tests.fakes.showing import PHRASES, Showing, show_of


def of_light(size: Size, code: int) -> Image:
    """Return a canvas of one grey."""
    return np.full((size.height, size.width, 4), code, np.uint8)


def blinking(copy: Copy, hertz: float, seconds: float) -> None:
    """Show black and white by turns."""
    for frame in range(round(25 * seconds)):
        copy.show(of_light(copy.canvas, 255 if int(2 * hertz * frame / 25) % 2 else 0), frame * SECOND // 25)


def test_the_governor_holds_what_the_counter_counts() -> None:
    """Five flashes a second are seen coming, and three leave for the wall at most."""
    copy = Copy(wall_of(2), None)
    blinking(copy, 5, 4)
    governed, free = copy.flashes
    assert free.most >= 5
    assert governed.most <= 3
    assert copy.lowest < 1


def test_the_copy_is_small_and_has_all_that_the_wall_has() -> None:
    """Of large outputs it has few pixels, and the same level; a cap takes light before flashes are counted."""
    size, canvas = Size(1280, 720), Size(2304, 720)
    crop = Box(0, 0, *size)
    large = [Throw("a", Seat(canvas, crop, size), plain(size))]
    copy = Copy(large, 0.2)
    assert copy.canvas.width <= 480
    assert copy.show(of_light(copy.canvas, 255), 0) == pytest.approx(1)
    blinking(copy, 5, 2)
    assert copy.flashes[1].most >= 5


def test_a_mask_hides_flashes() -> None:
    """Where no light leaves nothing flashes: an output that is masked all over is calm under any attack."""
    (only,) = wall_of(1, black=0.0)
    over = Mask("all", "drop", (Point(-5, -5), Point(330, -5), Point(330, 190), Point(-5, 190)))
    copy = Copy([replace(only, shape=replace(only.shape, masks=(over,)))], None)
    blinking(copy, 10, 2)
    assert copy.flashes[0].in_all == copy.flashes[1].in_all == 0


@pytest.fixture
def programme(tmp_path: Path) -> Callable[[Copy, Show, tuple[str, ...]], Programme]:
    """A show whose library has some photos."""

    def made(copy: Copy, show: Show, photos: tuple[str, ...]) -> Programme:
        with Showing(tmp_path, show=show) as playing:
            playing.publish(*photos)
            playing.play(2 * SECOND)
            return Programme(playing.folder, show, PHRASES, Stage(copy.canvas))

    return made


def test_a_show_is_played_until_it_has_come_round(
    tmp_path: Path, programme: Callable[[Copy, Show, tuple[str, ...]], Programme]
) -> None:
    """Its slides follow each other as on the wall; its level lies between nothing and its peak; it never flashes."""
    show = show_of([PhotoStep(), WordsStep(), PhotoStep()], hold=18.0, fade=2.0, motion=False)
    copy = Copy(wall_of(2), None)
    with Showing(tmp_path / "other") as other:
        clock = other.clock
    found = rehearse(programme(copy, show, ("a", "b")), copy, start=clock.wall(), clock=clock, tell=lambda _: None)
    assert found.length == round_of(show) == 60 * SECOND
    assert [len(photos_of(cue.slide)) if cue.slide else None for cue in found.cues] == [1, 0, 1]
    assert isinstance(found.cues[1].slide, WordsSlide)
    assert 0 < found.average < found.peak < 1
    assert 0 <= found.peak_at < found.length
    assert found.flashes.most <= 1
    assert found.lowest_gain == 1
    assert found.frames < 400, "what stands still is looked at once"


def test_without_a_library_the_words_are_played(tmp_path: Path) -> None:
    """Where nothing was fetched yet there is a report all the same."""
    show = show_of([PhotoStep(), WordsStep()])
    copy = Copy(wall_of(1), None)
    empty = Programme(tmp_path / "nowhere", show, PHRASES, Stage(copy.canvas))
    with Showing(tmp_path) as other:
        clock = other.clock
    found = rehearse(empty, copy, start=clock.wall(), clock=clock, tell=lambda _: None, length=8 * SECOND)
    assert all(isinstance(cue.slide, WordsSlide) for cue in found.cues)
    assert found.peak > 0


def test_films_play_on_the_copy_too(tmp_path: Path) -> None:
    """Picture after picture, as bright as they are: what a film flashes is counted, and governed."""
    path = tmp_path / "one.mp4"
    path.write_bytes(film(Recipe(frames=50)))
    data = tmp_path / "data"
    data.mkdir()
    look = Looks(SystemClock())
    look(path)
    look.keep(data)
    show = show_of([FilmStep(file=str(path))])
    copy = Copy(wall_of(1), None)
    programme = Programme(data, show, PHRASES, Stage(copy.canvas), films=frozenset({str(path)}))
    with Showing(tmp_path / "other") as other:
        clock = other.clock
    found = rehearse(programme, copy, start=clock.wall(), clock=clock, tell=lambda _: None, length=2 * SECOND)
    assert isinstance(found.cues[0].slide, FilmSlide)
    assert found.frames == 50
    assert found.peak > 0
