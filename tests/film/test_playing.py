"""A film's frames come in order, at the right instants, whole or not at all; and its sound with them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pytest

from player.errors import FilmError
from player.film.playing import MOST_LEFT_OUT
from player.film.samples import sample_at
from player.units import MILLISECOND, SECOND, Nanos, Size
from tests.fakes.films import Recipe, film, number_in, remuxed
from tests.fakes.projection import Seen, played, seconds

FRAME: Final = SECOND // 25

EVERY: Final = [
    Recipe(),
    Recipe(codec="libx264", container="mov", rate=Fraction(24)),
    Recipe(codec="libx264", container="mkv", rate=Fraction(30_000, 1001)),
    Recipe(codec="libx265", container="mp4", rate=Fraction(50)),
    Recipe(codec="libx265", container="mkv", rate=Fraction(30)),
    Recipe(codec="libvpx-vp9", container="webm", rate=Fraction(60)),
    Recipe(codec="libvpx-vp9", container="mp4"),
    Recipe(codec="libsvtav1", container="webm", rate=Fraction(24)),
    Recipe(codec="libsvtav1", container="mp4", rate=Fraction(60)),
]


@pytest.mark.parametrize("recipe", EVERY, ids=lambda r: f"{r.codec} {r.container} {float(r.rate):.0f}")
def test_every_frame_comes_at_its_instant(recipe: Recipe) -> None:
    """In each codec, container and rate all frames come, in order, each within a millisecond of where it belongs."""
    seen = played(film(recipe))

    assert seen.numbers == list(range(recipe.frames))
    assert all(abs(at - n / recipe.rate * SECOND) <= MILLISECOND for n, at in enumerate(seen.at))
    assert seen.ended is not None
    assert abs(seen.ended.at - recipe.frames / recipe.rate * SECOND) <= 2 * MILLISECOND
    assert not seen.ended.is_cut_short


def test_frames_at_uneven_distances_keep_them() -> None:
    """A film of variable rate is shown by its own instants."""
    uneven = (0, 33, 50, 117, 400, 417, 433, 900, 901, 1000)

    assert played(film(Recipe(container="mkv", instants_ms=uneven, frames=10))).milliseconds == list(uneven)


@pytest.mark.parametrize("recipe", EVERY, ids=lambda r: f"{r.codec} {r.container} {float(r.rate):.0f}")
@pytest.mark.parametrize("offset", [0.0, 0.5])
def test_a_film_begins_at_any_instant_to_the_frame(recipe: Recipe, offset: float) -> None:
    """Begun anywhere, between key frames and between frames, the first frame is the one that is on screen at that instant."""
    for number in (1, 11, 12, 13, 30, recipe.frames - 1):
        begin = round((number + offset) / recipe.rate * SECOND) + MILLISECOND

        seen = played(film(recipe), begin=begin)

        assert seen.numbers == list(range(number, recipe.frames))
        assert seen.at[0] <= begin


def test_a_film_ends_where_it_is_told_to() -> None:
    """What comes at the end or after it is not shown, and the end is told."""
    seen = played(film(Recipe(has_sound=True)), begin=seconds(0.4), end=seconds(1.2), has_sound=True)

    assert seen.numbers == list(range(10, 30))
    assert seen.ended is not None
    assert seen.ended.at == seconds(1.2)
    assert (
        sample_at(seconds(1.1)) - sample_at(seconds(0.4)) < len(seen.sound) <= sample_at(seconds(1.2)) - sample_at(seconds(0.4))
    )


def test_a_beginning_behind_the_end_is_said() -> None:
    """Where nothing is left to show, that is a sentence."""
    with pytest.raises(FilmError, match=r"nothing in it can be decoded from 1\.0 s on"):
        played(film(Recipe()), begin=SECOND, end=SECOND)


@pytest.mark.parametrize(("rate", "shown"), [(60.0, 60), (30.0, 30), (24.0, 20)])
def test_no_more_frames_come_than_an_output_shows(rate: float, shown: int) -> None:
    """Sixty a second are thinned evenly for a slower output, and are all there for one that shows them."""
    seen = played(film(Recipe(codec="libvpx-vp9", container="webm", rate=Fraction(60), frames=60)), rate=rate)

    assert len(seen.at) == shown
    assert len({after - before for before, after in pairwise(seen.numbers)}) == 1


def test_a_thousand_frames_a_second_are_thinned() -> None:
    """A film of 1000 frames a second comes as some sixty for an output of 60."""
    seen = played(film(Recipe(rate=Fraction(1000), frames=200)), rate=60.0)

    assert 11 <= len(seen.at) <= 14


def test_a_late_viewer_is_caught_up_with() -> None:
    """Behind what is on screen frames are left out, not all of them; nothing is once it has caught up."""

    def screen(seen: Seen) -> Nanos | None:
        return seconds(2) if seen.at and seen.at[-1] < seconds(2) else None

    seen = played(film(Recipe(frames=100)), at=screen)

    late = [number for number in seen.numbers if number < 49]
    assert 0 < len(late) <= 49 // MOST_LEFT_OUT + 1
    assert seen.numbers[len(late) :] == list(range(seen.numbers[len(late)], 100))


def test_a_viewer_who_is_very_late_sees_key_frames() -> None:
    """Seconds behind, only whole pictures are decoded, and none that is torn is shown."""
    seen = played(film(Recipe(frames=250)), at=lambda seen: seconds(8) if seen.at and seen.at[-1] < seconds(8) else None)

    assert seen.milliseconds == [number * 40 for number in seen.numbers]
    assert sum(at < seconds(6) for at in seen.at) < 20
    assert seen.numbers[-40:] == list(range(210, 250))


def test_sound_and_picture_keep_together() -> None:
    """The tone, which begins at every half second of the film, is found there, to five milliseconds, wherever the film begins."""
    recipe = Recipe(frames=100, has_sound=True)
    for container in ("mp4", "webm", "mkv"):
        codec = "libvpx-vp9" if container == "webm" else "libx264"
        for begin in (0.0, 1.2):
            made = film(Recipe(codec=codec, container=container, frames=recipe.frames, has_sound=True))
            seen = played(made, begin=seconds(begin), has_sound=True)

            loud = np.abs(seen.sound).max(axis=1) > 0.1
            starts = np.flatnonzero(loud[1:] & ~_held(loud)[:-1]) / 48_000 + begin
            assert seen.sound.shape[1] == 2
            assert [round(start, 1) for start in starts] == [n + 0.5 for n in range(round(begin), 4)]
            assert all(abs(start - round(start, 1)) < 0.005 for start in starts)


def _held(loud: Any) -> Any:
    """Loud now or in the last 10 ms, so that a sine's zeros are no pause."""
    return np.convolve(loud, np.ones(480))[: len(loud)] > 0


def test_sound_that_ends_early_stops_no_picture() -> None:
    """A film whose sound is shorter than its pictures goes on in silence."""
    seen = played(film(Recipe(frames=100, has_sound=True, sound_s=1.0)), has_sound=True)

    assert seen.numbers == list(range(100))


def test_a_film_is_scaled_and_turned() -> None:
    """Frames come in the size asked for; a film that a phone took upright stands upright."""
    assert played(film(Recipe()), size=Size(640, 360)).numbers == list(range(50))
    upright, fallen = film(Recipe(turned=-90)), film(Recipe())
    wide = played(fallen).frames[30]

    turned = played(upright, size=Size(96, 160)).frames[30]

    for before, after in zip(wide, turned, strict=True):
        difference = np.abs(np.rot90(before, -1).astype(int) - after)
        assert difference.mean() < 1
    assert number_in(np.rot90(turned[0])) == 30


def test_a_film_that_is_cut_short_ends_early_and_says_so() -> None:
    """Of half a file half the film is shown, whole frames only."""
    whole = film(Recipe(container="mkv", frames=200))

    seen = played(whole[: len(whole) // 2])

    assert seen.numbers == list(range(len(seen.numbers)))
    assert 50 < len(seen.numbers) < 150
    assert seen.ended is not None
    assert seen.ended.is_cut_short


@pytest.mark.parametrize("seed", range(4))
def test_damage_is_not_shown(seed: int) -> None:
    """Where bytes are damaged frames are left out until the next whole picture: what is shown is right, and it goes on."""
    whole = film(Recipe(container="mkv", frames=200, key_every=10))
    broken = bytearray(whole)
    chance = np.random.default_rng(seed)
    for place in chance.integers(len(whole) // 4, len(whole) * 3 // 4, 6):
        broken[place : place + 8] = chance.bytes(8)

    seen = played(bytes(broken))

    assert len(seen.numbers) > 60
    assert seen.milliseconds == [number * 40 for number in seen.numbers]
    assert all(luma[48:].min() > 40 for luma, _ in seen.frames), "green, which is what no data looks like"


@pytest.mark.parametrize("container", ["mp4", "mkv"])
@pytest.mark.parametrize("key_every", [25, 500])
def test_a_film_that_is_damaged_for_long_breaks_off(container: str, key_every: int) -> None:
    """Decoders make up pictures for what they cannot read, all alike: a face would stand still as long as the damage lasts."""
    broken = bytearray(film(Recipe(container=container, frames=500, key_every=key_every)))
    part = slice(len(broken) * 2 // 5, len(broken) * 3 // 5)
    broken[part] = np.random.default_rng(7).bytes(part.stop - part.start)

    with pytest.raises(FilmError, match=r"it is damaged from 0:0|cannot be decoded"):
        played(bytes(broken))


def test_instants_that_leap_or_go_back_are_mended() -> None:
    """Where a film's instants leap by an hour it goes on without a pause, and the viewer sees every frame."""

    def leap(packet: Any) -> bool:
        if packet.pts >= 1000:
            packet.pts += 3_600_000
            packet.dts += 3_600_000
        return True

    seen = played(remuxed(film(Recipe(container="mkv")), leap))

    assert seen.numbers == list(range(50))
    assert all(after > before for before, after in pairwise(seen.at))


def test_a_size_that_changes_midway_is_followed() -> None:
    """Frames of another size and shape are fitted to the same place."""
    headers = (("x264-params", "annexb=1:repeat-headers=1"),)
    parts = [film(Recipe(container="h264", frames=25, size=size, options=headers)) for size in (Size(160, 96), Size(320, 240))]

    seen = played(_in_matroska(b"".join(parts)))

    assert [number for number in seen.numbers if number < 25] == [*range(25), *range(25)]


def _in_matroska(stream: bytes) -> bytes:
    """Put a bare H.264 stream into a container."""
    return remuxed(stream, _numbered(), "matroska")


def _numbered() -> Callable[[Any], bool]:
    count = iter(range(10_000))

    def number(packet: Any) -> bool:
        packet.pts = packet.dts = next(count) * 40
        packet.time_base = Fraction(1, 1000)
        return True

    return number
