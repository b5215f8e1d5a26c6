"""From the bytes of one picture to upright sRGB at two sizes. Runs in the worker only, under the limits of `sandbox`."""

from __future__ import annotations

import copy
import importlib
import io
import re
import struct
import warnings
import zlib
from collections.abc import Callable
from typing import IO, Final, NamedTuple, TypeAlias, cast

# Some of these Pillow imports only when a picture needs them (PRELOADED): too late, when nothing can be opened any more.
from PIL import Image, ImageCms, ImageFile, ImagePalette, TiffImagePlugin

from player.errors import PictureError
from player.pictures.wire import MAX_ASPECT, MAX_PIXELS, MIN_SIDE, Format, Request, Verdict, contain
from player.units import Size

GROUND: Final = (0x0B, 0x0B, 0x0D)  # what shows through a transparent picture: the dark of the show
GAP: Final = 2  # a picture is box-averaged down to no less than this many times the size, then resampled well
BAND_PIXELS: Final = 4_000_000  # at once; converting a 50 MP picture in one piece would need the memory a second time
PRELOADED: Final = (copy, ImagePalette, TiffImagePlugin)

Opener: TypeAlias = Callable[[IO[bytes]], ImageFile.ImageFile]


class Plugin(NamedTuple):
    """Where Pillow keeps the decoder of a format, and the setting that keeps it on one thread."""

    module: str
    name: str
    threads_in: str = ""
    threads: str = ""


PLUGINS: Final = {
    # Each by its own class, not by Image.open: that one imports five formats and tries them in turn, and turns an Apple
    # gain-map JPEG into an MPO of two frames.
    Format.JPEG: Plugin("PIL.JpegImagePlugin", "JpegImageFile"),
    Format.PNG: Plugin("PIL.PngImagePlugin", "PngImageFile"),
    Format.WEBP: Plugin("PIL.WebPImagePlugin", "WebPImageFile"),
    Format.GIF: Plugin("PIL.GifImagePlugin", "GifImageFile"),
    Format.AVIF: Plugin("PIL.AvifImagePlugin", "AvifImageFile", "PIL.AvifImagePlugin", "DEFAULT_MAX_THREADS"),
    Format.HEIC: Plugin("pillow_heif", "HeifImageFile", "pillow_heif.options", "DECODE_THREADS"),
}

# EXIF 2.32, 4.6.4, tag 0x0112: how the stored rows and columns must be turned to be upright.
ORIENTATION: Final = 0x0112
TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
LYING: Final = frozenset({5, 6, 7, 8})  # those that swap width and height

SRGB: Final = ImageCms.ImageCmsProfile(
    ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  Pillow's C has no stubs
)

_FAULTS: Final = (
    # What Pillow's decoders raise for bytes that are not what they say. Anything else ends the process: a refusal as well.
    *(OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, AttributeError),
    *(OverflowError, ZeroDivisionError, RuntimeError, NotImplementedError, struct.error, zlib.error),
)
_TRUNCATED: Final = re.compile(r"truncated|incomplete|end of (data|file)|premature", re.IGNORECASE)
_PIXELS: Final = re.compile(r"\((\d{1,15}) pixels\)")


class RefusedError(PictureError):
    """A picture cannot be shown. Carries what the answer's header has room for."""

    def __init__(self, verdict: Verdict, *, number: int = 0, detail: str = "") -> None:
        super().__init__(detail)
        self.verdict = verdict
        self.number = number
        self.detail = detail


class Decoded(NamedTuple):
    """A picture that is fine: upright, RGB in sRGB."""

    original: Size
    """Of the whole picture, upright."""
    picture: Image.Image
    tile: Image.Image


def load_opener(form: Format) -> Opener:
    """Import all that decoding *form* needs, and return what opens it; ImportError when it is not installed."""
    plugin = PLUGINS[form]
    opener = getattr(importlib.import_module(plugin.module), plugin.name)
    if plugin.threads:
        setattr(importlib.import_module(plugin.threads_in), plugin.threads, 1)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("ignore")  # corrupt metadata is not worth a line: none of it is kept
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    return cast("Opener", opener)


def decode(data: bytes, opener: Opener, request: Request) -> Decoded:
    """Return the first frame of *data* as a picture and a tile within the request's bounds; RefusedError says why not."""
    try:
        image = opener(io.BytesIO(data))
        _check(Size(*image.size))
        shrunk, original = _shrink(image, request.bounds)
        picture = _flat_srgb(shrunk, image.info.get("icc_profile"))
        picture = _upright(picture, orientation(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        named = _PIXELS.search(str(error))
        raise RefusedError(Verdict.TOO_LARGE, number=int(named[1]) if named else 0) from error
    except MemoryError as error:
        raise RefusedError(Verdict.OUT_OF_MEMORY) from error
    except _FAULTS as error:
        verdict = Verdict.TRUNCATED if _TRUNCATED.search(str(error)) else Verdict.UNREADABLE
        raise RefusedError(verdict, detail=f"{type(error).__name__}: {error}") from error
    tile_size = contain(Size(*picture.size), request.tile_bounds)
    tile = picture.resize(tile_size, Image.Resampling.LANCZOS, reducing_gap=GAP)
    return Decoded(original, picture, tile)


def _check(size: Size) -> None:
    """Refuse, before any of it is decoded, a picture of an impossible shape."""
    if size.width * size.height > MAX_PIXELS:
        raise RefusedError(Verdict.TOO_LARGE, number=size.width * size.height)
    if max(size) > MAX_ASPECT * min(size):
        raise RefusedError(Verdict.TOO_LONG)
    if min(size) < MIN_SIDE:
        raise RefusedError(Verdict.TOO_SMALL)


def orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; 1 when there is none or it cannot be read.

    EXIF only, as browsers do it, so that we show what the reviewers saw: an XMP packet may still tell of a turn long applied.
    """
    exif = Image.Exif()
    try:
        exif.load(image.info.get("exif") or b"")
        turn = exif.get(ORIENTATION, 1)
    except (MemoryError, *_FAULTS):
        return 1
    return turn if isinstance(turn, int) and turn in TURNS else 1


def _shrink(image: ImageFile.ImageFile, bounds: Size) -> tuple[Image.Image, Size]:
    """Decode, as small as serves, and scale to the bounds of the upright picture; still lying as it was stored."""
    stored = Size(*image.size)
    width, height = float(stored.width), float(stored.height)
    target = _target(stored, orientation(image), bounds)
    # A JPEG's decoder scales by halves as it decodes, without aliasing (tried on a zone plate); 12 MP cost 70 ms less.
    drafted = image.draft(None, target) if image.format == "JPEG" else None
    if drafted is not None:
        width, height = drafted[1][2:]
    image.load()
    if drafted is None and image.size != stored:
        raise RefusedError(Verdict.UNREADABLE, detail="its pixels are not of the size that its header says")
    turn = orientation(image)  # again: a PNG may carry its EXIF behind the pixels
    target = _target(stored, turn, bounds)
    factor = max(1, min(int(width) // (target.width * GAP), int(height) // (target.height * GAP)))
    small = _averaged(image, factor)
    box = (0.0, 0.0, min(width / factor, small.width), min(height / factor, small.height))
    if small.size != target:
        small = small.resize(target, Image.Resampling.LANCZOS, box=box)
    return small, Size(*reversed(stored)) if turn in LYING else stored


def _target(stored: Size, turn: int, bounds: Size) -> Size:
    """The size to scale to, as stored, so that upright it is what `contain` says."""
    if turn in LYING:
        return Size(*reversed(contain(Size(*reversed(stored)), bounds)))
    return contain(stored, bounds)


def _averaged(image: Image.Image, factor: int) -> Image.Image:
    """Return *image* in a mode that can be resampled, box-averaged by a whole *factor*, working band by band."""
    if factor == 1:
        return _resamplable(image)
    rows = max(1, BAND_PIXELS // (image.width * factor)) * factor
    small: Image.Image | None = None
    for top in range(0, image.height, rows):
        band = _resamplable(image.crop((0, top, image.width, min(top + rows, image.height)))).reduce(factor)
        if small is None:
            small = Image.new(band.mode, (band.width, -(-image.height // factor)))
        small.paste(band, (0, top // factor))
    return small or _resamplable(image)


def _resamplable(image: Image.Image) -> Image.Image:
    """Return *image* as L, LA, RGB, RGBA or CMYK, 8 bits each; what is transparent stays so."""
    if image.mode.startswith("I"):
        # 65535 becomes 255 (65535 / 257), rounded; converting alone would clip all above 255 to white.
        return image.point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if image.has_transparency_data:
        return image.convert("LA" if image.mode in {"1", "L", "LA", "La"} else "RGBA")
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _flat_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return *image* in sRGB by its ICC *profile* (a broken or missing one means sRGB), on the dark ground where transparent."""
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    colour = image.convert("L" if image.mode == "LA" else "RGB") if alpha else image
    colour = _srgb(colour, profile)
    if alpha is None:
        return colour
    flat = Image.new("RGB", colour.size, GROUND)
    flat.paste(colour, mask=alpha)
    return flat


def _srgb(colour: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                colour,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                SRGB,
                renderingIntent=ImageCms.Intent.PERCEPTUAL,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (ImageCms.PyCMSError, *_FAULTS):
            converted = None
        if converted is not None:
            return converted
    return colour.convert("RGB")


def _upright(picture: Image.Image, turn: int) -> Image.Image:
    return picture.transpose(TURNS[turn]) if turn in TURNS else picture
