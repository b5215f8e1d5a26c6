"""A decoded picture into a slot of the ring: scaled once to the size asked for, upright, BT.601 in limited range."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias, TypeVar, cast

import cv2
import numpy as np
from av.buffer import Buffer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from player.errors import FilmError
from player.film.colour import Matrix, Plane, Tables, Tones, Transfer
from player.film.limits import MAX_FRAME_PIXELS
from player.units import Size

_HD: Final = Size(1279, 576)  # what is larger and does not say otherwise is BT.709, as every player assumes
_RGB, _BT709, _UNSPECIFIED, _SMPTE240M, _BT2020, _BT2020_CL = 0, 1, 2, 7, 9, 10  # AVColorSpace, which is ITU-T H.273's
_MATRICES: Final = {
    _BT709: Matrix.BT709,
    _SMPTE240M: Matrix.SMPTE240M,
    **dict.fromkeys((_BT2020, _BT2020_CL), Matrix.BT2020),
}
_BT2020_PRIMARIES: Final = 9
_ONE: Final = 65536  # of the display matrix, 16.16

_Number = TypeVar("_Number", np.uint8, np.uint16)
Transform: TypeAlias = tuple[int, int, int, int]
_UPRIGHT: Final[Transform] = (1, 0, 0, 1)
_TURNS: Final[dict[Transform, tuple[int | None, int | None]]] = {
    # a, b, c, d of the matrix (ISO/IEC 14496-12, 8.3.2): how it is turned, then flipped, by OpenCV.
    _UPRIGHT: (None, None),
    (0, 1, -1, 0): (cv2.ROTATE_90_CLOCKWISE, None),
    (-1, 0, 0, -1): (cv2.ROTATE_180, None),
    (0, -1, 1, 0): (cv2.ROTATE_90_COUNTERCLOCKWISE, None),
    (-1, 0, 0, 1): (None, 1),
    (1, 0, 0, -1): (None, 0),
    (0, 1, 1, 0): (cv2.ROTATE_90_CLOCKWISE, 1),
    (0, -1, -1, 0): (cv2.ROTATE_90_CLOCKWISE, 0),
}


class Look(NamedTuple):
    """What a picture is, besides its pixels: all that decides how it is converted."""

    size: Size
    format: str
    matrix: Matrix | None
    """None: red, green and blue."""
    is_full: bool
    """Whether black is 0 and white 255."""
    transfer: Transfer
    turn: Transform

    @property
    def is_sideways(self) -> bool:
        """Whether upright its width is its height."""
        return self.turn[0] == 0


def look_of(frame: VideoFrame, turn: Transform | None = None) -> Look:
    """Return what *frame* says of itself, with what is usual where it says nothing; *turn*: as it is known already."""
    size = Size(frame.width, frame.height)
    form = frame.format
    if form.is_rgb or frame.colorspace == _RGB:
        matrix = None
    elif frame.colorspace == _UNSPECIFIED:
        is_hd = size.width > _HD.width or size.height > _HD.height
        matrix = Matrix.BT2020 if frame.color_primaries == _BT2020_PRIMARIES else Matrix.BT709 if is_hd else Matrix.BT601
    else:
        matrix = _MATRICES.get(frame.colorspace, Matrix.BT601)
    is_full = form.name.startswith("yuvj") or frame.color_range == ColorRange.JPEG
    transfer = next((t for t in (Transfer.PQ, Transfer.HLG) if t.value == frame.color_trc), Transfer.SDR)
    return Look(size, form.name, matrix, is_full, transfer, turn or _turn(frame))


def _turn(frame: VideoFrame) -> Transform:
    """The nearest of the eight ways a picture can be turned that the file asks for."""
    # PyAV's stub calls it a dict of the one kind of data that has a class of its own.
    data = cast("Mapping[str, Buffer]", frame.side_data).get("DISPLAYMATRIX")
    if data is None:
        return _UPRIGHT
    a, b, _, c, d = struct.unpack_from("=5i", bytes(data))
    signs = [(value > _ONE // 2) - (value < -_ONE // 2) for value in (a, b, c, d)]
    turn = (signs[0], signs[1], signs[2], signs[3])
    return turn if turn in _TURNS else _UPRIGHT


class Converter:
    """Frames of one film, one after another, to planes of one size; what it needs is made anew when the film changes."""

    def __init__(self, size: Size) -> None:
        """*size*: of the planes, even."""
        self._size = size
        self._look: Look | None = None
        self._rotation: int | None = None
        self._turned = _UPRIGHT
        self._reformatter = VideoReformatter()
        self._tables: Tables | None = None
        self._tones: Tones | None = None

    def convert(self, frame: VideoFrame, luma: Plane, chroma: Plane) -> None:
        """Write *frame* into NV12 planes.

        Raises:
            FilmError: It is larger than a film may be.
            FFmpegError: swscale cannot read it.
        """
        # Who asks PyAV for a frame's other data ties it into a ring, which keeps its memory until Python looks for such: hundreds
        # of frames, gigabytes in 4K. The rotation alone costs nothing, so it is asked for more only when that changes.
        if frame.rotation != self._rotation:
            self._rotation, self._turned = frame.rotation, _turn(frame)
        look = look_of(frame, self._turned)
        if look != self._look:
            self._prepare(look)
        wide, high = reversed(self._size) if look.is_sideways else self._size
        as_is = Colorspace.ITU601  # said of both sides: it changes nothing, unless the frame is RGB
        scaled = self._reformatter.reformat(
            frame,
            wide,
            high,
            "p010le" if self._tones else "nv12",
            src_colorspace=as_is,
            dst_colorspace=as_is,
            interpolation=Interpolation.BICUBIC,
            src_color_range=ColorRange.JPEG if look.is_full else ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        turn, flip = _TURNS[look.turn]
        is_turned = look.turn != _UPRIGHT
        into_luma, into_chroma = (np.empty((high, wide), np.uint8), np.empty((high // 2, wide // 2, 2), np.uint8))
        if not is_turned:
            into_luma, into_chroma = luma, chroma
        self._colour(scaled, into_luma, into_chroma)
        if is_turned:
            for plane, out in ((into_luma, luma), (into_chroma, chroma)):
                turned = plane if turn is None else cv2.rotate(plane, turn)
                out[:] = turned if flip is None else cv2.flip(turned, flip)

    def _prepare(self, look: Look) -> None:
        if look.size.width * look.size.height > MAX_FRAME_PIXELS:
            raise FilmError(f"its picture becomes {look.size.width}x{look.size.height} pixels midway: save it in one size")
        self._look = look
        self._reformatter = VideoReformatter()
        self._tones = self._tables = None
        if look.transfer is not Transfer.SDR and look.matrix is not None:
            self._tones = Tones(look.transfer)
        elif look.matrix is not None and look.matrix is not Matrix.BT601:
            self._tables = Tables(look.matrix)

    def _colour(self, scaled: VideoFrame, luma: Plane, chroma: Plane) -> None:
        high, wide = luma.shape
        if self._tones:
            self._tones.convert(*_planes(scaled, wide, high, np.uint16), luma, chroma)
            return
        planes = _planes(scaled, wide, high, np.uint8)
        if self._tables:
            self._tables.convert(*planes, luma, chroma)
        else:
            luma[:], chroma[:] = planes


def _planes(frame: VideoFrame, wide: int, high: int, kind: type[_Number]) -> tuple[NDArray[_Number], NDArray[_Number]]:
    """The planes of a semi-planar *frame* without what pads their lines: views."""
    luma, chroma = (
        np.frombuffer(memoryview(plane), kind).reshape(-1, plane.line_size // np.dtype(kind).itemsize)[:rows, :wide]
        for plane, rows in zip(frame.planes, (high, high // 2), strict=True)
    )
    return luma, chroma.reshape(high // 2, wide // 2, 2)
