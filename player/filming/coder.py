"""H.264 as PyAV makes it: which parts of it a film needs, and the colours that all of them are in.

The canvas is sRGB; it becomes luma and chroma by BT.709, limited range, and each file says so: most players take large films to
be that whatever they say. Sound would be another stream of the same muxer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final, Protocol, cast

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

from player.render.protocol import Image
from player.units import Size

FAULTS: Final = (FFmpegError, OSError, MemoryError)
"""What writing a film may come to."""
PLANES: Final = "yuv420p"
_BT709: Final = 1  # of a matrix, as H.273 counts them
_SCALING: Final = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP


class Track(Protocol):
    """A stream of pictures in the making."""

    width: int
    height: int
    pix_fmt: str | None

    @property
    def codec_context(self) -> VideoCodecContext:
        """Its encoder."""
        ...

    def encode(self, frame: VideoFrame | None = None) -> Sequence[object]:
        """Return the packets that are ready; without a frame, those that were held back."""
        ...


class Muxer(Protocol):
    """A file in the making."""

    def add_stream(self, codec_name: str, rate: Fraction, options: Mapping[str, str]) -> Track:
        """Begin a stream."""
        ...

    def mux(self, packets: Sequence[object]) -> None:
        """Write packets."""
        ...

    def close(self) -> None:
        """End it."""
        ...


def muxer(file: Path, kind: str, options: Mapping[str, str]) -> Muxer:
    """Begin a file.

    Raises:
        FFmpegError: it cannot be begun; an OSError as well, where the system says why.
    """
    return cast("Muxer", av.open(str(file), "w", format=kind, options=dict(options)))


def track(file: Muxer, size: Size, rate: Fraction, options: Mapping[str, str], key_every: int) -> Track:
    """Begin the pictures of *file*: H.264, with a picture that needs no other *key_every* so many."""
    found = file.add_stream("libx264", rate=rate, options=options)
    found.width, found.height = size
    found.pix_fmt = PLANES
    context = found.codec_context
    context.gop_size = max(1, key_every)
    context.time_base = 1 / rate
    context.colorspace, context.color_range = _BT709, ColorRange.MPEG
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    return found


class Converter:
    """Brings a canvas into the planes that an encoder takes."""

    def __init__(self, size: Size) -> None:
        """Scale to *size*; odd sides get one more row or column, like the last."""
        self.size = Size(size.width + size.width % 2, size.height + size.height % 2)
        self._reformatter = VideoReformatter()

    def converted(self, image: Image) -> VideoFrame:
        """Return a frame of its own, BT.709; *image* is BGRA, and may be drawn over afterwards."""
        height, width = image.shape[:2]
        if (width % 2 or height % 2) and (width + width % 2, height + height % 2) == self.size:
            image = np.asarray(cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE), np.uint8)
        frame = VideoFrame.from_numpy_buffer(np.ascontiguousarray(image), format="bgra")
        found = self._reformatter.reformat(
            frame,
            width=self.size.width,
            height=self.size.height,
            format=PLANES,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=_SCALING,
        )
        found.color_primaries, found.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        return found
