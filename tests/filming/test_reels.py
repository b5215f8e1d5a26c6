"""Films on a film: every frame at exactly its instant, whatever else this machine has to do."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.film.talk import Failed, OpenFilm, OpenStream, Ready
from player.filming.reels import JUMP, LIVE, MOST, Reels
from player.show.scene import Clip
from player.units import SECOND, Nanos, Rect, Size
from tests.fakes.films import Recipe, film, number_in

SIZE: Final = Size(160, 96)
PLACE: Final = Rect(0, 0, 160, 96)


def clip_of(source: str, begin: Nanos = 0, *, is_live: bool = False) -> Clip:
    """Return a clip."""
    return Clip(source, PLACE, begin, is_live=is_live)


@pytest.fixture
def reels() -> Generator[Reels]:
    """Sources whose decoders end with the test."""
    with Reels(SystemClock()) as made:
        yield made


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Twelve seconds of numbered frames, 25 in each."""
    path = tmp_path / "film.mp4"
    path.write_bytes(film(Recipe(frames=300)))
    return str(path)


def number(reels: Reels, clip: Clip, at: Nanos) -> int | None:
    """Return which frame is seen, asked twice as a picture is."""
    first, found = reels.frame(clip, at), reels.frame(clip, at)
    assert (first.serial if first else None) == (found.serial if found else None)
    return None if found is None else number_in(found.luma)


def test_every_frame_comes_at_its_instant(reels: Reels, file: str) -> None:
    """At 60 pictures a second and at 10, from the middle of the film on, and after its end the last one stays."""
    for rate, begin in ((60, SECOND), (10, 10 * SECOND)):
        reels.open("film", OpenFilm(film=file, size=SIZE, begin=begin))
        assert reels.state("film") == Ready(has_sound=False)
        for k in range(2 * rate + rate // 2):
            at = k * SECOND // rate
            expected = min(299, (begin + at) * 25 // SECOND)
            assert number(reels, clip_of("film", begin), at) == expected


def test_it_goes_wherever_it_is_wanted(reels: Reels, file: str) -> None:
    """Far ahead, as after a dark time, and back; and no frame of one decoder has the number of another's."""
    reels.open("film", OpenFilm(film=file, size=SIZE))
    serials: set[int] = set()
    for at in (0, 40_000_000, JUMP + SECOND, JUMP + 2 * SECOND, SECOND):
        frame = reels.frame(clip_of("film"), at)
        assert frame
        assert number_in(frame.luma) == at * 25 // SECOND
        assert frame.serial not in serials
        serials.add(frame.serial)


def test_few_are_decoded_at_once(reels: Reels, file: str) -> None:
    """Of many that were opened, what was not asked for longest lets go, and goes on when it is asked again."""
    names = [f"film {k}" for k in range(MOST + 1)]
    for name in names:
        reels.open(name, OpenFilm(film=file, size=SIZE))
        assert reels.state(name) == Ready(has_sound=False)
    for at in (0, SECOND):
        for name in names[:2]:
            assert number(reels, clip_of(name), at) == at * 25 // SECOND
    reels.close(names[0])
    assert reels.frame(clip_of(names[0]), 0) is None


def test_what_cannot_be_shown_says_why(reels: Reels, tmp_path: Path) -> None:
    """A file that is none, one that is not there, a stream: the ground is seen, and nobody waits twice."""
    (tmp_path / "film.mp4").write_bytes(b"no film at all" * 100)
    reels.open("broken", OpenFilm(film=str(tmp_path / "film.mp4"), size=SIZE))
    reels.open("missing", OpenFilm(film=str(tmp_path / "other.mp4"), size=SIZE))
    reels.open("live", OpenStream(stream="ceremony", size=SIZE))
    for name, why in (("broken", ""), ("missing", "No such file"), ("live", LIVE), ("never", "it was never opened")):
        state = reels.state(name)
        assert isinstance(state, Failed)
        assert why in state.why
        assert state.why
        assert reels.frame(clip_of(name), 0) is None
