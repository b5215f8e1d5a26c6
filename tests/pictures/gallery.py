"""Every kind of file that Pillow writes in the formats we show: what a confined worker must not fail.

Small, so that many can be tried; each is made only when asked for.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from player.pictures.wire import Format
from tests.fakes import corpus

SIDES: Final = (160, 120)
LARGEST: Final = (8160, 6120)  # just under 50 million pixels
TURNS: Final = range(1, 9)
FASTEST: Final = 10  # of libavif's speeds
MODES: Final = {
    # Those that are stored as they are; an encoder that takes others turns them into one of these first.
    Format.JPEG: ("1", "L", "RGB", "RGBX", "CMYK", "YCbCr"),
    Format.PNG: ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I;16B"),
    Format.GIF: ("1", "L", "LA", "P", "RGB", "RGBA"),
    Format.WEBP: ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX"),
    Format.AVIF: ("1", "L", "LA", "P", "PA", "RGB", "RGBA"),
    Format.HEIC: ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
}
OPTIONS: Final[dict[Format, tuple[dict[str, Any], ...]]] = {
    Format.JPEG: (
        {"progressive": True},
        {"progressive": True, "quality": 5},
        {"quality": 100, "subsampling": "4:4:4"},
        {"subsampling": "4:2:2"},
        {"optimize": True, "restart_marker_blocks": 3},
        {"keep_rgb": True},
        {"dpi": (300, 300), "comment": b"a note"},
        {"xmp": b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"},
    ),
    Format.PNG: ({"compress_level": 0}, {"optimize": True}, {"dpi": (300, 300)}),
    Format.GIF: ({"interlace": 0}, {"interlace": 1}, {"comment": b"a note"}, {"transparency": 3}),
    Format.WEBP: ({"lossless": True}, {"quality": 1}, {"quality": 100, "method": 6}, {"lossless": True, "quality": 100}),
    Format.AVIF: (
        *({"subsampling": way} for way in ("4:0:0", "4:2:0", "4:2:2", "4:4:4")),
        {"quality": 100, "range": "limited"},
        {"tile_rows": 1, "tile_cols": 1, "quality": 1},
    ),
    Format.HEIC: ({"quality": -1}, {"chroma": 444}),
}

Maker = Callable[[], bytes]


def gallery() -> Iterator[tuple[str, Format, Maker]]:
    """Yield a name, a format and what makes the file, for every kind of it."""
    yield from _kinds(Format.JPEG, _jpegs())
    yield from _kinds(Format.PNG, _pngs())
    yield from _kinds(Format.GIF, [("animated", partial(corpus.animated, "GIF"))])
    yield from _kinds(Format.WEBP, _webps())
    yield from _kinds(Format.AVIF, _avifs())
    if find_spec("pillow_heif") is not None:
        yield from _kinds(Format.HEIC, [])


def saved(form: Format, mode: str = "RGB", **options: Any) -> bytes:
    """Return a small picture with detail, in *mode*, as a file."""
    if form is Format.HEIC:
        import_module("pillow_heif").register_heif_opener()
    if form is Format.AVIF:
        options["speed"] = FASTEST
    scene = corpus.scene(*SIDES)
    if mode == "PA":
        image = scene.convert("P").convert("PA")
    elif mode.startswith("I"):
        image = scene.convert("I").point(lambda value: value * 257).convert(mode)
    else:
        image = scene.convert(mode)
    return corpus.encoded(image, "HEIF" if form is Format.HEIC else form.name, **options)


def profiles() -> dict[str, bytes]:
    """Return ICC profiles by name: good ones, ones of another colour space, and broken ones."""
    lab = ImageCms.ImageCmsProfile(
        ImageCms.createProfile("LAB")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  Pillow's C has no stubs
    )
    return {
        "srgb": corpus.srgb_profile(),
        "p3": corpus.display_p3(),
        "grey": grey_profile(),
        "lab": lab.tobytes(),
        "half": corpus.display_p3()[:200],
        "long": b"\xff" * 70_000,
    }


def grey_profile() -> bytes:
    """Return an ICC profile for one channel, with a gamma of 2.2, made of that for three."""
    wide = bytearray(corpus.display_p3())
    wide[16:20] = b"GRAY"
    return bytes(wide.replace(b"rTRC", b"kTRC", 1))


def interlaced_png() -> bytes:
    """Return a greyscale PNG in the seven passes of Adam7, which Pillow reads and does not write."""
    width, height = SIDES
    grey = corpus.scene(*SIDES).convert("L")
    rows = b""
    for x, y, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        for row in range(y, height, dy):
            rows += b"\0" + grey.crop((0, row, width, row + 1)).tobytes()[x::dx]
    return _png(struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 1), rows)


def deep_png(colour: int, channels: int) -> bytes:
    """Return a PNG of 16 bits per channel, of a colour type that Pillow does not write."""
    width, height = SIDES
    row = b"\0" + bytes(range(256)) * (width * channels * 2 // 256 + 1)
    return _png(struct.pack("!IIBBBBB", width, height, 16, colour, 0, 0, 0), row[: 1 + width * channels * 2] * height)


def _png(header: bytes, rows: bytes) -> bytes:
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    framed = (struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data)) for kind, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def noted_png() -> bytes:
    """Return a PNG with text of every kind, in Latin-1, in UTF-8 and packed, and a gamma."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "caf\xe9")
    notes.add_text("Packed", "we remember " * 99, zip=True)
    notes.add_itxt("Title", "Мы помним", lang="ru", tkey="Заглавие", zip=True)
    notes.add(b"gAMA", struct.pack("!I", 45_455))
    return saved(Format.PNG, pnginfo=notes)


def largest(form: Format) -> bytes:
    """Return the largest picture that is taken, of one colour."""
    return corpus.encoded(Image.new("L", LARGEST, 90), form.name, **({"compress_level": 1} if form is Format.PNG else {}))


def _kinds(form: Format, others: list[tuple[str, Maker]]) -> Iterator[tuple[str, Format, Maker]]:
    """Yield what every format has (modes, options, profiles, turns, a cut), and *others*."""
    for mode in MODES[form]:
        yield f"{form.name} {mode}", form, partial(saved, form, mode)
    for options in OPTIONS[form]:
        yield f"{form.name} {options}"[:60], form, partial(saved, form, **options)
    if form is not Format.GIF:
        for name, profile in profiles().items():
            if form is Format.JPEG or name == "p3":  # what a profile does to the pixels does not depend on the file it came in
                yield f"{form.name} profile {name}", form, partial(saved, form, icc_profile=profile)
        for turn in TURNS if form is Format.JPEG else TURNS[5:6]:
            yield f"{form.name} turn {turn}", form, partial(_turned, form, turn)
    yield f"{form.name} cut", form, lambda: corpus.cut(saved(form))
    for name, make in others:
        yield f"{form.name} {name}", form, make


def _turned(form: Format, turn: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = turn
    return saved(form, exif=exif.tobytes())


def _jpegs() -> list[tuple[str, Maker]]:
    modes = [(f"progressive {mode}", partial(saved, Format.JPEG, mode, progressive=True)) for mode in ("L", "CMYK")]
    grey = partial(saved, Format.JPEG, "L", icc_profile=grey_profile())
    wrong = partial(saved, Format.JPEG, "CMYK", icc_profile=corpus.srgb_profile())
    thumb = partial(corpus.jpeg, exif=b"Exif\0\0" + b"\xff" * 60_000)
    odd = [("MPO", corpus.gain_map), ("grey profile on grey", grey), ("CMYK, wrong profile", wrong), ("broken EXIF", thumb)]
    return [*modes, *odd, ("50 megapixels", partial(largest, Format.JPEG))]


def _pngs() -> list[tuple[str, Maker]]:
    few = [(f"{bits} bits", partial(saved, Format.PNG, "P", bits=bits)) for bits in (1, 2, 4)]
    deep = [(f"16 bits, type {colour}", partial(deep_png, colour, channels)) for colour, channels in ((2, 3), (4, 2), (6, 4))]
    clear = [(f"transparent {mode}", partial(corpus.see_through, mode)) for mode in ("RGBA", "LA", "P")]
    keyed = [(f"colour key {mode}", partial(corpus.colour_key, mode)) for mode in ("L", "RGB")]
    odd = [
        ("interlaced", interlaced_png),
        ("APNG", partial(corpus.animated, "PNG")),
        ("late EXIF", partial(corpus.late_exif_png, 6)),
    ]
    return [*few, *deep, *clear, *keyed, *odd, ("notes", noted_png), ("50 megapixels", partial(largest, Format.PNG))]


def _webps() -> list[tuple[str, Maker]]:
    clear = partial(corpus.see_through, "RGBA", "WEBP")
    faint = partial(saved, Format.WEBP, "RGBA", quality=50, alpha_quality=10)
    lossy = partial(_animated, "WEBP")
    return [("animated", partial(corpus.animated, "WEBP")), ("animated, lossy", lossy), ("transparent", clear), ("faint", faint)]


def _avifs() -> list[tuple[str, Maker]]:
    return [("animated", partial(_animated, "AVIF")), ("transparent", partial(corpus.see_through, "RGBA", "AVIF"))]


def _animated(form: str) -> bytes:
    first = corpus.scene(*SIDES)
    out = io.BytesIO()
    first.save(out, form, save_all=True, append_images=[ImageOps.invert(first)], duration=100, speed=FASTEST)
    return out.getvalue()
