"""What is known of a film before it is relied on; and of what is no film, why, in a sentence."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Final

import av
import numpy as np
import pytest
from PIL import Image

from player.clock import SystemClock
from player.errors import FilmError
from player.film import examining
from player.film.examining import examine
from player.film.heads import container_of
from player.film.probing import probe
from player.film.process import film_command
from player.film.reading import FilmFile
from player.film.wire import Film
from player.units import MILLISECOND, SECOND, Size
from tests.fakes.films import Recipe, film, opened, song

DAMAGED: Final = "the file is damaged or cut short; copy it again"


def looked_at(data: bytes) -> Film:
    """Return what is said of a file, without walls: the same code as behind them."""
    with opened(data) as descriptor:
        return examine(FilmFile(descriptor))


def asked(data: bytes) -> Film:
    """Return what a confined child says of a file."""
    with opened(data) as descriptor:
        return probe(descriptor, SystemClock())


@pytest.mark.parametrize(
    ("recipe", "codec", "rate"),
    [
        (Recipe(has_sound=True), "H.264", 25),
        (Recipe(codec="libx265", container="mov", rate=Fraction(24)), "H.265", 24),
        (Recipe(codec="libvpx-vp9", container="webm", rate=Fraction(60), has_sound=True), "VP9", 60),
        (Recipe(codec="libsvtav1", container="mkv", rate=Fraction(50)), "AV1", 50),
        (Recipe(codec="libsvtav1", rate=Fraction(30_000, 1001)), "AV1", 29.97),
    ],
    ids=lambda value: getattr(value, "codec", None),
)
def test_a_film_is_described(recipe: Recipe, codec: str, rate: float) -> None:
    """Size, shape, length, rate, code and sound are told, and nothing is remarked on an ordinary film."""
    seen = looked_at(film(recipe))

    assert (seen.size, seen.codec, seen.has_sound, seen.is_vfr, seen.warnings) == (
        Size(160, 96),
        codec,
        recipe.has_sound,
        False,
        (),
    )
    assert seen.rate == pytest.approx(rate, rel=0.002)
    assert seen.aspect == pytest.approx(160 / 96)
    assert abs(seen.duration - recipe.frames / recipe.rate * SECOND) <= 2 * MILLISECOND


def test_a_confined_child_describes_it_alike() -> None:
    """Behind its walls the child finds the same, whatever the container and the code."""
    for recipe in (Recipe(has_sound=True), Recipe(codec="libsvtav1", container="webm", has_sound=True)):
        assert asked(film(recipe)) == looked_at(film(recipe))


@pytest.mark.parametrize(
    ("recipe", "size"),
    [
        (Recipe(turned=-90), Size(96, 160)),
        (Recipe(turned=180), Size(160, 96)),
        (Recipe(stretch=Fraction(4, 3)), Size(214, 96)),
        (Recipe(stretch=Fraction(3, 4)), Size(160, 128)),
        (Recipe(turned=90, stretch=Fraction(4, 3)), Size(96, 214)),
    ],
    ids=str,
)
def test_its_size_is_the_one_that_is_seen(recipe: Recipe, size: Size) -> None:
    """Turned upright, pixels made square, sides even."""
    assert looked_at(film(recipe)).size == size


def test_uneven_frames_are_told() -> None:
    """A variable rate is known by its frames, and its rate is what it comes to."""
    seen = looked_at(film(Recipe(container="mkv", instants_ms=tuple(33 * n + n % 3 * 9 for n in range(50)))))

    assert seen.is_vfr
    assert seen.rate == pytest.approx(30, abs=1)


def test_what_will_look_otherwise_is_remarked() -> None:
    """What can be shown, but not as it was meant, is a warning and no refusal."""
    recipe = Recipe(codec="libx265", pixels="yuv420p10le", colour=(9, 1, 16, 9), fill=(500, 512, 512))
    assert looked_at(film(recipe)).warnings == ("it is in HDR: it is shown with the colours of ordinary screens, nearly",)


def test_a_thousand_frames_a_second_are_known_as_such() -> None:
    """It can be shown, as many of them as an output shows; which that is, whoever looks at it here does not know."""
    seen = looked_at(film(Recipe(rate=Fraction(1000), frames=200)))
    assert (seen.rate, seen.warnings) == (pytest.approx(1000, rel=0.01), ())


def test_a_film_without_a_length_is_measured() -> None:
    """Browsers record WebM that does not say how long it is."""
    live = film(Recipe(codec="libvpx-vp9", container="webm", muxing=(("live", "1"),)))
    with av.open(io.BytesIO(live), "r") as container:
        assert container.duration is None

    assert looked_at(live).duration == 2 * SECOND


@pytest.mark.parametrize("container", ["mkv", "mp4"])
def test_a_film_that_was_cut_short_is_told(container: str) -> None:
    """What there is of it can be shown, and the operator knows how much it is."""
    muxing = (("movflags", "faststart"),) if container == "mp4" else ()
    whole = film(Recipe(container=container, frames=250, muxing=muxing))

    seen = looked_at(whole[: len(whole) // 2])

    assert 3 * SECOND < seen.duration < 7 * SECOND
    assert seen.warnings[0].startswith("the file was cut short: 0:0")
    assert seen.warnings[0].endswith(" of 0:10 can be shown; copy it again")


def cover() -> bytes:
    """Return a song with a picture of its cover."""
    picture = io.BytesIO()
    Image.new("RGB", (100, 100), "red").save(picture, "JPEG")
    return song(cover=picture.getvalue())


def lying(recipe: Recipe, width: int, height: int) -> bytes:
    """Return a film whose container claims another size."""
    data = bytearray(film(recipe))
    at = data.index(b"avc1", data.index(b"stsd"))
    data[at + 28 : at + 32] = struct.pack(">HH", width, height)
    return bytes(data)


def locked(container: str = "mp4") -> bytes:
    """Return a film under copy protection."""
    keys = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "00" * 16, "encryption_kid": "11" * 16}
    return film(Recipe(container=container, muxing=tuple(keys.items())))


EIGHT_K: Final = Recipe(size=Size(7680, 4320), frames=1)
REFUSED: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "empty": (lambda: b"", "the file is empty: give an MP4, MOV, MKV or WebM file"),
    "page": (lambda: b"\n<!DOCTYPE html><html>", "this is a web page, not a film: give an"),
    "playlist": (lambda: b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n", "this is a playlist, not a film: give an"),
    "list": (lambda: b"ffconcat version 1.0\nfile '/etc/passwd'\n", "this is no film that can be read here: give an"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "this is no film that can be read here"),
    "avi": (lambda: film(Recipe(container="avi")), "this is no film that can be read here"),
    "noise": (lambda: b"\x1a\x45\xdf\xa3" + np.random.default_rng(1).bytes(9000), DAMAGED),
    "head": (lambda: film(Recipe())[:200], DAMAGED),
    "song": (song, "it has sound but no moving pictures"),
    "cover": (cover, "it has sound but no moving pictures"),
    "other code": (
        lambda: film(Recipe(codec="mpeg4")),
        "its pictures are in mpeg4: save it as MP4 with H.264 pictures and AAC sound",
    ),
    "8K": (
        lambda: film(EIGHT_K),
        "its picture has 7680x4320 pixels, at most 4096x2304: save it as",
    ),
    "8K in disguise": (lambda: lying(EIGHT_K, 640, 360), "its picture has 7680x4320 pixels"),
    "dot": (lambda: film(Recipe(size=Size(2, 2))), "its picture has 2x2 pixels: the shorter side needs 64"),
    "line": (lambda: film(Recipe(size=Size(1600, 96))), "its picture is 1600x96, too long and thin: at most 8 to 1"),
    "fast and large": (
        lambda: film(Recipe(size=Size(1280, 720), rate=Fraction(1000), frames=120)),
        "1280x720 pixels 1000 times a second are too many: save it as",
    ),
    "one": (lambda: film(Recipe(frames=1)), "it holds a single picture: give it as a photo"),
    "locked": (locked, r"it is locked by copy protection \(DRM\): ask its makers for a copy without"),
}


@pytest.mark.parametrize(("make", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_shown_is_refused_with_a_sentence(make: Callable[[], bytes], why: str) -> None:
    """Each refusal says what is wrong, and what to do where a person can."""
    with pytest.raises(FilmError, match=f"{why}"):
        looked_at(make())


def test_a_confined_child_refuses_alike() -> None:
    """The child's own sentence comes out of its walls."""
    for name in ("playlist", "noise"):
        make, why = REFUSED[name]
        with pytest.raises(FilmError, match=why):
            asked(make())


@pytest.mark.parametrize("hours", [5, 100])
def test_a_film_that_is_too_long_is_refused(hours: int) -> None:
    """Four hours are enough; nobody reads a film of a hundred to its end to find out."""
    last = hours * 3_600_000
    with pytest.raises(FilmError, match=rf"it is {hours}\.0 hours long, at most 4: cut it in parts"):
        looked_at(film(Recipe(container="mkv", instants_ms=(0, 40, 80, last - 40, last), frames=5)))


def test_a_file_that_is_too_large_is_not_looked_into() -> None:
    """Its length is known before a byte is read."""
    descriptor = os.memfd_create("large")
    os.ftruncate(descriptor, 17_000_000_000)
    with pytest.raises(FilmError, match="the file has 17 GB, at most 16"):
        examine(FilmFile(descriptor))
    os.close(descriptor)


def test_a_small_film_that_claims_to_be_huge_is_small() -> None:
    """What is in the pictures counts, not what is written on the box: no memory is taken for a claim."""
    assert looked_at(lying(Recipe(), 65_000, 65_000)).size.height == 96


def test_looking_has_an_end() -> None:
    """A film that keeps its reader busy for ever costs some seconds of a processor, and that is said."""
    *start, _ = film_command()[:5]
    busy = """
import sys
sys.path += sys.argv[1:]
from player.film import child
child.PROBE_CPU_S = 1
def examine(_):
    while True:
        pass
child.examine = examine
child.main()
"""
    with opened(b"") as descriptor, pytest.raises(FilmError, match="it needs more than 6 s of work to be understood"):
        probe(descriptor, SystemClock(), command=(*start, busy, *film_command()[5:]))


@pytest.mark.parametrize("length", range(0, 6000, 250))
def test_of_any_cut_file_something_is_said(length: int) -> None:
    """Wherever a file ends, there is a description or a sentence."""
    for container in ("mp4", "mkv", "webm"):
        codec = "libvpx-vp9" if container == "webm" else "libx264"
        try:
            seen = looked_at(film(Recipe(codec=codec, container=container))[:length])
        except FilmError:
            continue
        assert seen.size == Size(160, 96)


@pytest.mark.parametrize("seed", range(30))
def test_of_any_damaged_file_something_is_said(seed: int) -> None:
    """Whatever bytes are wrong, there is a description or a sentence."""
    chance = np.random.default_rng(seed)
    data = bytearray(film(Recipe(container=("mp4", "mkv", "mov")[seed % 3], has_sound=True)))
    for place in chance.integers(0, len(data), 30):
        data[place] = chance.integers(256)
    try:
        seen = looked_at(bytes(data))
    except FilmError:
        return
    assert seen.duration <= examining.MAX_DURATION


def test_containers_are_known_by_their_first_bytes() -> None:
    """Never by a name, and no other is tried."""
    assert container_of(film(Recipe())) == "mov"
    assert container_of(film(Recipe(container="mkv"))) == "matroska"
    assert container_of(b"RIFF____AVI ") is None
