"""Good and bad pictures through the real worker, each its own process."""

from __future__ import annotations

import io
from importlib import import_module
from importlib.util import find_spec
from typing import Final

import pytest
from PIL import Image

from player.clock import SystemClock
from player.errors import PictureError
from player.pictures import child
from player.pictures import prepare as prepare_module
from player.pictures.decode import GROUND
from player.pictures.prepare import Prepared, prepare
from player.pictures.wire import MAX_ASPECT
from player.units import Size
from tests.fakes import corpus

BOUNDS: Final = Size(2400, 1352)
TILE: Final = Size(96, 96)
CORNERS: Final = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
SHEET: Final = (corpus.RED, corpus.GREEN, corpus.BLUE, corpus.WHITE)
NEAR: Final = 12  # of 255: what a JPEG of ours may add


def prepared(data: bytes, bounds: Size = BOUNDS) -> Prepared:
    """Prepare for a full-HD canvas."""
    return prepare(data, bounds=bounds, tile_bounds=TILE, clock=SystemClock())


def opened(data: bytes) -> Image.Image:
    """Decode one of our own JPEGs."""
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


def colours(data: bytes) -> list[tuple[int, ...]]:
    """Return the colours in the middle of the four quarters, clockwise from the top left."""
    image = opened(data)
    points = [(int(image.width * x), int(image.height * y)) for x, y in CORNERS]
    pixels = [image.getpixel(point) for point in points]
    return [pixel for pixel in pixels if isinstance(pixel, tuple)]


def near(one: tuple[int, ...], other: tuple[int, ...], within: int = NEAR) -> bool:
    """Whether two colours are the same but for the encoding."""
    return all(abs(a - b) <= within for a, b in zip(one, other, strict=True))


def is_sheet(data: bytes, within: int = NEAR) -> bool:
    """Whether a JPEG shows the sheet, upright and in its colours."""
    return all(near(one, other, within) for one, other in zip(colours(data), SHEET, strict=True))


def test_a_jpeg_becomes_a_picture_and_a_tile() -> None:
    """A good JPEG keeps its size, its colours and its shape; the tile is the whole photo within its bounds."""
    result = prepared(corpus.jpeg())

    assert (result.size, result.original_size, result.tile_size) == (Size(320, 240), Size(320, 240), Size(96, 72))
    assert result.format == "JPEG"
    assert is_sheet(result.picture_jpeg)
    assert is_sheet(result.tile_jpeg)
    assert opened(result.picture_jpeg).size == result.size
    assert opened(result.tile_jpeg).size == result.tile_size
    assert int(result.phash, 16) >= 0
    assert len(result.phash) == 16


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_exif_turn_is_applied_once(orientation: int) -> None:
    """Each of the eight EXIF turns ends upright, and what we write says nothing of a turn."""
    result = prepared(corpus.turned(orientation))

    assert result.size == result.original_size == Size(320, 240)
    assert is_sheet(result.picture_jpeg)
    assert "exif" not in opened(result.picture_jpeg).info


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", [6, 7])
def test_an_exif_turn_is_applied_in_every_format(form: str, orientation: int) -> None:
    """PNG, WebP and AVIF carry EXIF turns too."""
    result = prepared(corpus.turned(orientation, form))

    assert result.size == Size(320, 240)
    assert is_sheet(result.picture_jpeg, within=25)


def test_an_exif_turn_behind_the_pixels_of_a_png_counts() -> None:
    """A PNG's eXIf chunk may follow its pixels and is still applied."""
    assert is_sheet(prepared(corpus.late_exif_png(6)).picture_jpeg)


def test_a_turned_picture_is_fitted_upright() -> None:
    """A photo stored lying is measured and fitted standing, also when the JPEG decoder scales it."""
    stored = corpus.sheet(1200, 1600).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    result = prepared(corpus.encoded(stored, exif=exif.tobytes(), quality=95), bounds=Size(400, 300))

    assert result.original_size == Size(1200, 1600)
    assert result.size == Size(225, 300)
    assert is_sheet(result.picture_jpeg)


def test_broken_exif_means_upright() -> None:
    """EXIF that cannot be read is no reason to refuse a photo."""
    assert is_sheet(prepared(corpus.jpeg(exif=b"Exif\0\0MM\0\x2a\0\0\xff\xff\xff")).picture_jpeg)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_an_animation_shows_its_first_frame(form: str) -> None:
    """Of an animated GIF, WebP or PNG the first frame is the picture."""
    assert is_sheet(prepared(corpus.animated(form)).picture_jpeg)


def test_a_gain_map_is_not_a_second_frame() -> None:
    """A JPEG with a gain map behind it is the JPEG in front."""
    result = prepared(corpus.gain_map())

    assert result.format == "JPEG"
    assert is_sheet(result.picture_jpeg)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_shows_the_dark_ground(mode: str) -> None:
    """Alpha, alone or in a palette, is flattened on the dark of the show, not on white, black or noise."""
    top_left, top_right, *_ = colours(prepared(corpus.see_through(mode)).picture_jpeg)

    assert near(top_right, GROUND)
    assert not near(top_left, GROUND)


@pytest.mark.parametrize("form", ["WEBP", "GIF"])
def test_transparency_is_flattened_in_every_format(form: str) -> None:
    """WebP and GIF have transparency too."""
    assert near(colours(prepared(corpus.see_through("RGBA", form)).picture_jpeg)[1], GROUND)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_colour_declared_transparent_shows_the_dark_ground(mode: str) -> None:
    """A PNG may name one colour as transparent instead of having an alpha channel."""
    left, right, *_ = colours(prepared(corpus.colour_key(mode)).picture_jpeg)

    assert near(left, (90, 90, 90))
    assert near(right, GROUND)


def test_a_transparent_edge_does_not_bleed_when_it_is_shrunk() -> None:
    """The invisible white beside an edge leaves no halo in a tile made a tenth of the size."""
    image = Image.new("RGBA", (1000, 1000), (255, 255, 255, 0))
    image.paste((60, 60, 60, 255), (0, 0, 500, 1000))
    tile = opened(prepared(corpus.encoded(image, "PNG"), bounds=Size(100, 100)).picture_jpeg).convert("L")

    assert max(tile.tobytes()) < 60 + NEAR


def test_cmyk_is_converted() -> None:
    """A CMYK JPEG, inverted as Adobe's are, has its colours and not their negative."""
    assert is_sheet(prepared(corpus.cmyk()).picture_jpeg)


def test_cmyk_with_a_profile_of_another_space_is_converted_without_it() -> None:
    """An RGB profile on a CMYK picture is nonsense and is ignored."""
    assert is_sheet(prepared(corpus.cmyk(corpus.srgb_profile())).picture_jpeg)


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    """Middle grey of 16 bits is middle grey of 8, not white."""
    left, right, *_ = colours(prepared(corpus.deep_grey()).picture_jpeg)

    assert near(left, (127, 127, 127), 2)
    assert near(right, (255, 255, 255), 2)


def test_sixteen_bits_of_colour_are_scaled() -> None:
    """A PNG of 48 bits per pixel keeps its colour."""
    result = prepared(corpus.deep_colour_png(0xC0FF, 0x40FF, 0x20FF))

    assert near(colours(result.picture_jpeg)[0], (0xC0, 0x40, 0x20))


def test_display_p3_becomes_srgb() -> None:
    """A colour of a wide profile is moved to where sRGB has it: the same red needs larger numbers."""
    image = Image.new("RGB", (200, 200), (200, 100, 100))
    plain = colours(prepared(corpus.encoded(image, quality=95)).picture_jpeg)[0]
    wide = colours(prepared(corpus.encoded(image, quality=95, icc_profile=corpus.display_p3())).picture_jpeg)[0]

    assert near(plain, (200, 100, 100), 3)
    assert near(wide, (215, 94, 96), 4)


def test_the_profile_of_srgb_changes_nothing() -> None:
    """A photo that says it is sRGB keeps its numbers."""
    assert is_sheet(prepared(corpus.jpeg(icc_profile=corpus.srgb_profile())).picture_jpeg)


@pytest.mark.parametrize("profile", [b"\x00" * 500, b"x", corpus.display_p3()[:200], b"\xff" * 70_000])
def test_a_broken_profile_means_srgb(profile: bytes) -> None:
    """A profile that cannot be read is no reason to refuse a photo."""
    assert is_sheet(prepared(corpus.jpeg(icc_profile=profile)).picture_jpeg)


def test_no_metadata_survives() -> None:
    """Where and with what a photo was taken is not in what we keep."""
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAM"
    data = corpus.jpeg(exif=exif.tobytes(), comment=b"SECRETNOTE", icc_profile=corpus.srgb_profile())
    result = prepared(data)

    for kept in (result.picture_jpeg, result.tile_jpeg):
        assert b"SECRET" not in kept
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(opened(kept).info)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_large_picture_is_shrunk_to_the_bounds(form: str) -> None:
    """A picture larger than the bounds is contained in them, and its colours stay."""
    data = corpus.encoded(corpus.sheet(2000, 1500), form)
    result = prepared(data, bounds=Size(300, 300))

    assert (result.size, result.original_size) == (Size(300, 225), Size(2000, 1500))
    assert is_sheet(result.picture_jpeg)


def test_a_small_picture_is_never_enlarged() -> None:
    """Neither picture nor tile is larger than what was published."""
    result = prepared(corpus.jpeg(80, 64))

    assert (result.size, result.tile_size) == (Size(80, 64), Size(80, 64))


@pytest.mark.skipif(find_spec("pillow_heif") is None, reason="the heic extra is not installed")
def test_heic_is_read_when_the_extra_is_there() -> None:
    """A HEIC photo, turned as phones write it, is shown upright."""
    import_module("pillow_heif").register_heif_opener()
    result = prepared(corpus.encoded(corpus.sheet(), "HEIF", quality=95))

    assert result.format == "HEIC"
    assert is_sheet(result.picture_jpeg, within=25)


def test_heic_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra a HEIC photo is refused with the name of the extra."""

    def nothing_found(_: str) -> None:
        return None

    monkeypatch.setattr(prepare_module, "find_spec", nothing_found)

    with pytest.raises(PictureError, match=r"weremember\[heic\]"):
        prepared(b"\0\0\0\x18ftypheic\0\0\0\0heicmif1")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is an empty file"),
        (b"We Remember\n", "it is text"),
        (b"<!DOCTYPE html><html></html>", "it is a web page"),
        (b"\xff\xd8\xff\xe0" + b"junk" * 50, "truncated|cannot be decoded"),
        (b"\x89PNG\r\n\x1a\n", "truncated|cannot be decoded"),
        (b"GIF89a", "truncated|cannot be decoded"),
        (b"RIFF\x04\0\0\0WEBP", "cannot be decoded"),
        (b"\0\0\0\x18ftypavif\0\0\0\0avifmif1", "truncated|cannot be decoded"),
        (corpus.cut(corpus.jpeg()), "^truncated"),
        (corpus.cut(corpus.jpeg(progressive=True)), "^truncated"),
        (corpus.cut(corpus.encoded(corpus.scene(), "PNG")), "^truncated"),
        (corpus.cut(corpus.encoded(corpus.scene(), "GIF")), "^truncated"),
        (corpus.cut(corpus.encoded(corpus.scene(), "WEBP")), "truncated|cannot be decoded"),
        (corpus.cut(corpus.encoded(corpus.scene(), "AVIF")), "truncated|cannot be decoded"),
        (corpus.encoded(Image.new("RGB", (65_500, 1))), f"too long and thin: at most {MAX_ASPECT} to 1"),
        (corpus.encoded(Image.new("RGB", (1, 3000)), "PNG"), "too long and thin"),
        (corpus.encoded(Image.new("RGB", (63, 100))), "too small: the shorter side needs 64 pixels"),
        (corpus.png_header(20_000, 15_000), "too large: 300 megapixels, at most 50"),
        (corpus.jpeg_header(20_000, 15_000), "too large: 300 megapixels, at most 50"),
        (corpus.gif_header(20_000, 15_000), "too large: 300 megapixels, at most 50"),
        (corpus.webp_header(16_000, 16_000), "too large: 256 megapixels, at most 50"),
        (corpus.webp_header(10_000, 8_000), "too large: 80 megapixels, at most 50"),
        (corpus.png_header(2**31 - 1, 2**31 - 1), "too large"),
        (corpus.png_header(7_000, 7_000), "truncated|cannot be decoded"),
    ],
)
def test_a_bad_picture_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    """Each kind of bad picture is refused in words that tell its publisher why."""
    with pytest.raises(PictureError, match=reason) as refused:
        prepared(data)

    assert str(refused.value).isprintable()


def test_a_file_too_big_to_be_a_photo_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file above the limit of bytes is refused before a worker is started for it."""
    monkeypatch.setattr(prepare_module, "MAX_BYTES", 1000)

    with pytest.raises(PictureError, match="too large: 0 MB"):
        prepared(corpus.jpeg())


def test_the_largest_webp_fits_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A good WebP of fifty megapixels, whose decoder keeps four copies of it, is decoded within the limit of memory."""
    monkeypatch.setattr(child, "WALL_S", 60)  # of memory, not of how busy this machine is
    largest = Image.new("RGB", (8160, 6120), corpus.BLUE)
    result = prepared(corpus.encoded(largest, "WEBP", quality=0, method=0))

    assert (result.original_size, result.size) == (Size(8160, 6120), Size(1803, 1352))
