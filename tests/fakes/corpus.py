"""Pictures as people post them and as attackers craft them, made in code as bytes."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any, Final

from PIL import Image, ImageCms, ImageDraw, ImageOps

RED: Final = (200, 30, 30)
GREEN: Final = (30, 180, 40)
BLUE: Final = (40, 50, 200)
WHITE: Final = (230, 230, 230)
MIDDLE: Final = 65_535 // 2  # half of what 16 bits hold

_UNTURN: Final = {  # how an upright picture is stored so that the EXIF turn brings it back
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def sheet(width: int = 320, height: int = 240) -> Image.Image:
    """Return four quarters, clockwise from the top left red, green, blue, white: no turn of it looks like another."""
    image = Image.new("RGB", (width, height), WHITE)
    draw = ImageDraw.Draw(image)
    x, y = width // 2, height // 2
    draw.rectangle((0, 0, x - 1, y - 1), fill=RED)
    draw.rectangle((x, 0, width, y - 1), fill=GREEN)
    draw.rectangle((x, y, width, height), fill=BLUE)
    return image


def scene(width: int = 640, height: int = 480, *, seed: int = 0) -> Image.Image:
    """Return soft shapes with detail at every size, different for every *seed*: something to hash."""
    image = Image.new("RGB", (width, height), (90 + seed % 60, 110, 130))
    draw = ImageDraw.Draw(image)
    state = seed * 2_654_435_761 + 12_345
    for step in range(40):
        values: list[int] = []
        for _ in range(7):
            state = (state * 1_103_515_245 + 12_345) % 2**31
            values.append(state >> 8)
        radius = width // (3 + step // 2)
        x, y = values[0] % width, values[1] % height
        fill = (values[2] % 256, values[3] % 256, values[4] % 256)
        draw.ellipse((x - radius, y - radius, x + radius // (1 + values[5] % 2), y + radius // (1 + values[6] % 2)), fill=fill)
    return image


def encoded(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    """Return *image* as a file in memory."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def jpeg(width: int = 320, height: int = 240, **options: Any) -> bytes:
    """Return a good JPEG of the sheet."""
    return encoded(sheet(width, height), "JPEG", **{"quality": 95, "subsampling": 0, **options})


def turned(orientation: int, form: str = "JPEG") -> bytes:
    """Return the sheet stored turned, with the EXIF that says how to turn it back."""
    stored = sheet()
    if orientation in _UNTURN:
        stored = stored.transpose(_UNTURN[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, Any] = {"quality": 95, "subsampling": 0} if form == "JPEG" else {}
    return encoded(stored, form, exif=exif.tobytes(), **options)


def late_exif_png(orientation: int) -> bytes:
    """Return a PNG whose eXIf chunk stands behind its pixels, as the standard allows."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(sheet().transpose(_UNTURN[orientation]), "PNG")
    end = data.rindex(b"IEND") - 4
    return data[:end] + _chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0")) + data[end:]


def cut(data: bytes, share: float = 0.6) -> bytes:
    """Return the first *share* of *data*."""
    return data[: int(len(data) * share)]


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds next to nothing."""
    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def jpeg_header(width: int, height: int) -> bytes:
    """Return a small JPEG whose frame header (ITU T.81, B.2.2) claims another size."""
    data = bytearray(jpeg(64, 64))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack("!HH", height, width)
    return bytes(data)


def gif_header(width: int, height: int) -> bytes:
    """Return a GIF whose logical screen claims another size."""
    data = bytearray(encoded(sheet(64, 64), "GIF"))
    data[6:10] = struct.pack("<HH", width, height)
    return bytes(data)


def webp_header(width: int, height: int) -> bytes:
    """Return a lossless WebP whose VP8L header claims another size."""
    data = bytearray(encoded(sheet(64, 64), "WEBP", lossless=True))
    at = data.index(b"VP8L") + 9
    data[at : at + 4] = struct.pack("<I", (width - 1) | (height - 1) << 14)
    return bytes(data)


def cmyk(profile: bytes | None = None) -> bytes:
    """Return the sheet as a CMYK JPEG, as Photoshop writes them: with an Adobe marker and inverted."""
    return encoded(sheet().convert("CMYK"), "JPEG", quality=95, icc_profile=profile)


def deep_grey() -> bytes:
    """Return a 16-bit greyscale PNG: left half middle grey, right half white."""
    image = Image.new("I;16", (320, 240), MIDDLE)
    image.paste(65_535, (160, 0, 320, 240))
    return encoded(image, "PNG")


def deep_colour_png(red: int, green: int, blue: int) -> bytes:
    """Return a PNG of 16 bits per channel, all of one colour, 100 by 100."""
    header = struct.pack("!IIBBBBB", 100, 100, 16, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + struct.pack("!HHH", red, green, blue) * 100) * 100)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def see_through(mode: str = "RGBA", form: str = "PNG") -> bytes:
    """Return the sheet with its right half wholly transparent, as RGBA, LA, or P (a palette with alpha)."""
    image = sheet().convert("RGBA")
    image.paste((255, 255, 255, 0), (160, 0, 320, 240))
    if mode == "P":
        image = image.quantize(8)
    elif mode != "RGBA":
        image = image.convert(mode)
    return encoded(image, form, **({"lossless": True} if form == "WEBP" else {}))


def colour_key(mode: str = "L") -> bytes:
    """Return a PNG without an alpha channel whose white is declared transparent (tRNS)."""
    image = Image.new("RGB", (320, 240), (90, 90, 90))
    image.paste((255, 255, 255), (160, 0, 320, 240))
    return encoded(image.convert(mode), "PNG", transparency=(255, 255, 255) if mode == "RGB" else 255)


def animated(form: str) -> bytes:
    """Return three frames: the sheet, then its negative twice."""
    first = sheet()
    rest = [ImageOps.invert(first), ImageOps.invert(first).rotate(180)]
    options: dict[str, Any] = {"lossless": True} if form == "WEBP" else {}
    return encoded(first, form, save_all=True, append_images=rest, duration=100, loop=0, **options)


def gain_map() -> bytes:
    """Return a JPEG with a second picture behind the first, as phones write HDR gain maps (MPO)."""
    return encoded(sheet(), "MPO", save_all=True, append_images=[ImageOps.invert(sheet())], quality=95, subsampling=0)


def display_p3() -> bytes:
    """Return an ICC profile of the Display P3 primaries (adapted to D50) with a gamma of 2.2, version 2, matrix and curves."""
    columns = {b"rXYZ": (0.51512, 0.2412, -0.00105), b"gXYZ": (0.29198, 0.69225, 0.04189), b"bXYZ": (0.1571, 0.06657, 0.78407)}
    curve = b"curv" + bytes(4) + struct.pack("!IH", 1, round(2.2 * 256)) + bytes(2)
    name = b"P3\0"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack("!I", len(name)) + name + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": _xyz(0.9642, 1.0, 0.82491),
        **{tag: _xyz(*values) for tag, values in columns.items()},
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, body = struct.pack("!I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, value in tags.items():
        table += tag + struct.pack("!II", start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    size = start + len(body)
    header = struct.pack("!I", size) + bytes(4) + b"\x02\x10\0\0mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    header += struct.pack("!3i", *(round(v * 65536) for v in (0.9642, 1.0, 0.82491)))
    return header.ljust(128, b"\0") + table + body


def srgb_profile() -> bytes:
    """Return an ICC profile of sRGB."""
    return ImageCms.ImageCmsProfile(
        ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  Pillow's C has no stubs
    ).tobytes()


def _xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack("!3i", round(x * 65536), round(y * 65536), round(z * 65536))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
