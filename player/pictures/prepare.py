"""Makes a picture fit to be shown: its bytes go to a worker, what comes back is checked and encoded. Decodes nothing itself."""

from __future__ import annotations

import io
import signal
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from PIL import Image

from player.errors import InterruptedPictureError, PictureError, WorkerError
from player.pictures.child import WALL_S, Children, Outcome
from player.pictures.filters import filters_for
from player.pictures.sandbox import CPU_S, MEMORY_BYTES
from player.pictures.sniff import describe, sniff
from player.pictures.wire import (
    ANSWER,
    CHANNELS,
    HELLO,
    MAX_ASPECT,
    MAX_BYTES,
    MAX_PIXELS,
    MIN_SIDE,
    THREADED,
    Answer,
    Confinement,
    Format,
    Request,
    Verdict,
    contain,
)
from player.units import Size

if TYPE_CHECKING:
    from player.clock import Clock

QUALITY: Final = 90  # of the JPEGs: 4:2:0 at 90 shows no block on a wall, and the renderer keeps chroma at half size anyway
MEGA: Final = 1_000_000

_NONSENSE: Final = "the decoder answered nonsense: the file may be crafted to attack it"
_KILLED: Final[dict[int, str]] = {
    signal.SIGXCPU: f"more than {CPU_S} s of work",
    signal.SIGKILL: "it was killed",
    # By the filter of `seccomp`; the kernel's log has the number of the call (audit type 1326).
    signal.SIGSYS: "it tried what no decoder needs; the file may be crafted to attack it",
    **dict.fromkeys((signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP), "it crashed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A picture as we made it: upright, sRGB, without metadata, encoded by us."""

    picture_jpeg: bytes
    tile_jpeg: bytes
    size: Size
    """Of the picture: within the bounds asked for, never larger than the original."""
    tile_size: Size
    """Of the tile: the whole photo, within the tile's bounds."""
    original_size: Size
    """Of what was published, upright."""
    phash: str
    """Perceptual hash (see `phash`), 16 hexadecimal digits."""
    format: str
    """What it was published as: JPEG, PNG, WEBP, GIF, AVIF or HEIC."""


def prepare(data: bytes, *, bounds: Size, tile_bounds: Size, clock: Clock, children: Children | None = None) -> Prepared:
    """Return *data* as two JPEGs: one within *bounds* (pixels, 1.25 x the canvas), one within *tile_bounds*.

    Raises:
        PictureError: The picture is refused; the message says why in words for the publisher.
        InterruptedPictureError: The worker was killed, crashed or was late: the picture's fault when it happens again.
        WorkerError: We failed, not the picture: no worker could be started, or *children* were closed.
    """
    form = _format(data)
    filters = filters_for(may_thread=form in THREADED)
    request = Request(form, bounds, tile_bounds, len(data), filters.lengths)
    most = HELLO.size + ANSWER.size + (_area(bounds) + _area(tile_bounds)) * CHANNELS
    outcome = (children or Children()).ask((request.pack(), *filters, data), most=most, clock=clock)
    _greeting(outcome)
    return _checked(outcome, request)


def reached_confinement(clock: Clock) -> Confinement:
    """Start a worker for nothing and return how far it could be confined, for `doctor`; WorkerError when it cannot start."""
    filters = filters_for(may_thread=False)
    request = Request(Format.JPEG, Size(1, 1), Size(1, 1), 0, filters.lengths)
    return _greeting(Children().ask((request.pack(), *filters), most=HELLO.size + ANSWER.size, clock=clock))


def _format(data: bytes) -> Format:
    """The format of *data*; PictureError when there is no sense in starting a worker for it."""
    form = sniff(data)
    if form is None:
        raise PictureError(f"not a picture that can be shown: it is {describe(data)}")
    if form is Format.HEIC and find_spec("pillow_heif") is None:
        raise PictureError("not a picture that can be shown here: HEIC needs the extra, pip install 'weremember[heic]'")
    if len(data) > MAX_BYTES:
        raise PictureError(f"too large: {len(data) / MEGA:.0f} MB, at most {MAX_BYTES / MEGA:.0f}")
    return form


def _greeting(outcome: Outcome) -> Confinement:
    """What a worker says of its walls; WorkerError when it never came so far, which no picture can cause."""
    try:
        return Confinement.unpack(outcome.output)
    except (struct.error, ValueError):
        pass
    why = f"no sign within {WALL_S} s" if outcome.is_late else f"exit {outcome.exit_code} {outcome.complaint}".strip()
    raise WorkerError(f"the picture worker did not start: {why}")


def _checked(outcome: Outcome, request: Request) -> Prepared:
    """Turn what a worker wrote into a picture, believing only what could not be otherwise; PictureError when it could."""
    answer = _answer(outcome)
    if answer.verdict is not Verdict.FINE:
        raise PictureError(_sentence(answer))
    pixels = memoryview(outcome.output)[HELLO.size + ANSWER.size :]
    cut = _area(answer.picture) * CHANNELS
    if not _is_possible(answer, request) or len(pixels) != cut + _area(answer.tile) * CHANNELS:
        raise PictureError(_NONSENSE)
    return Prepared(
        picture_jpeg=_encoded(pixels[:cut], answer.picture),
        tile_jpeg=_encoded(pixels[cut:], answer.tile),
        size=answer.picture,
        tile_size=answer.tile,
        original_size=answer.original,
        phash=f"{answer.number:016x}",
        format=request.format.name,
    )


def _answer(outcome: Outcome) -> Answer:
    """The header a worker wrote before its pixels; PictureError when it ended otherwise than by answering."""
    if outcome.is_late:
        raise InterruptedPictureError(f"the decoder was stopped: no answer within {WALL_S} s")
    if outcome.is_overlong:
        raise PictureError(_NONSENSE)
    if outcome.exit_code < 0:
        why = _KILLED.get(-outcome.exit_code, f"signal {-outcome.exit_code}")
        raise InterruptedPictureError(f"the decoder was stopped: {why}")
    if outcome.exit_code > 0:
        raise InterruptedPictureError("cannot be decoded: the decoder gave up")
    try:
        return Answer.unpack(bytes(outcome.output[HELLO.size : HELLO.size + ANSWER.size]))
    except (struct.error, ValueError) as error:
        raise PictureError(_NONSENSE) from error


def _is_possible(answer: Answer, request: Request) -> bool:
    """Whether the sizes are ones that an honest worker could have answered; all but the original's follow from it."""
    original = answer.original
    if not (min(original) >= MIN_SIDE and max(original) <= MAX_ASPECT * min(original) and _area(original) <= MAX_PIXELS):
        return False
    return answer.picture == contain(original, request.bounds) and answer.tile == contain(answer.picture, request.tile_bounds)


def _sentence(answer: Answer) -> str:
    """Our own words for a refusal; the worker's are added in brackets where they help, bounded and printable."""
    detail = f" ({answer.detail})" if answer.detail else ""
    match answer.verdict:
        case Verdict.TRUNCATED:
            return f"truncated{detail}"
        case Verdict.TOO_LARGE:
            size = f"{answer.number / MEGA:.0f} megapixels, " if answer.number else ""
            return f"too large: {size}at most {MAX_PIXELS // MEGA}"
        case Verdict.TOO_SMALL:
            return f"too small: the shorter side needs {MIN_SIDE} pixels"
        case Verdict.TOO_LONG:
            return f"too long and thin: at most {MAX_ASPECT} to 1"
        case Verdict.OUT_OF_MEMORY:
            return f"the decoder was stopped: it needs more than {MEMORY_BYTES >> 20} MiB of memory"
        case _:
            return f"cannot be decoded{detail}"


def _encoded(pixels: memoryview, size: Size) -> bytes:
    """Encode raw RGB; nothing but the pixels is in it."""
    out = io.BytesIO()
    Image.frombytes("RGB", size, bytes(pixels)).save(out, "JPEG", quality=QUALITY, subsampling="4:2:0")
    return out.getvalue()


def _area(size: Size) -> int:
    return size.width * size.height
