"""A film as an MP4, written beside its name, and called so once it is whole. It has no sound."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from fractions import Fraction
from pathlib import Path
from typing import Final

from av.video.frame import VideoFrame

from player.errors import OperatorError
from player.filming.coder import FAULTS, PLANES, Converter, muxer, track
from player.render.protocol import Image
from player.units import Size

QUEUED: Final = 3  # pictures of 8 MB that wait for the encoder: while it is at a hard one, the next ones are drawn
CRF: Final = 18  # looked at on portraits over their dark backdrops at 1080p
KEY_EVERY_S: Final = 2  # a person who looks for a moment is there at once
LARGEST: Final = 8192  # pixels a side: H.264 at level 6.2, which few players take
OPTIONS: Final = {
    "preset": "veryfast",
    "crf": str(CRF),
    "aq-mode": "3",  # bits for the dark, where a backdrop would else be in steps
}


class Mp4:
    """One file in the making. Pictures are converted and encoded in a thread of its own, with x264's beside it."""

    def __init__(self, out: Path, size: Size, rate: Fraction) -> None:
        """Begin a film of pictures of *size*.

        Raises:
            OperatorError: the file cannot be begun, or no player would take such a size.
        """
        if max(size) > LARGEST:
            raise OperatorError(f"{size.width}x{size.height} is too large for a film: its sides may have {LARGEST} pixels")
        self._out = out
        self._part = out.with_name(f".{out.name}.{os.getpid()}.part")
        self._converter, self._rate = Converter(size), rate
        self._queue: queue.Queue[Image | None] = queue.Queue(QUEUED)
        self._fault: Exception | None = None
        self._is_over = False
        try:
            self._part.write_bytes(b"")  # the muxer itself would find out with the first picture
            self._file = muxer(self._part, "mp4", {"movflags": "+faststart"})
            self._track = track(self._file, self._converter.size, rate, OPTIONS, round(rate * KEY_EVERY_S))
        except FAULTS as error:
            self._part.unlink(missing_ok=True)
            raise self._unwritten(error) from error
        self._thread = threading.Thread(target=self._work, name="encoder")
        self._thread.start()

    def add(self, image: Image) -> None:
        """Add a picture, BGRA, which is the film's from now on; the very same array again is the picture before once more.

        Raises:
            OperatorError: what came before could not be written.
        """
        if self._fault is None:
            self._queue.put(image)
        self._check()

    def finish(self) -> None:
        """Write what is left; all of it is on the disk then, beside its name.

        Raises:
            OperatorError: it cannot be written.
        """
        self._end()
        self._check()
        try:
            self._file.mux(self._track.encode(None))
            self._file.close()
            with self._part.open("rb") as file:
                os.fsync(file.fileno())
        except FAULTS as error:
            raise self._unwritten(error) from error

    def name(self) -> None:
        """Give the finished file its name.

        Raises:
            OperatorError: it cannot be called so.
        """
        try:
            self._part.replace(self._out)
        except OSError as error:
            raise self._unwritten(error) from error

    def close(self) -> None:
        """Let go of it; what has no name by now is deleted."""
        self._end()
        with contextlib.suppress(*FAULTS):
            self._file.close()
        self._part.unlink(missing_ok=True)

    def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._queue.put(None)
            self._thread.join()

    def _work(self) -> None:
        """Encode what comes until there is no more; after a fault take it all the same, so that nobody waits for ever."""
        before: Image | None = None
        frame, number = VideoFrame(2, 2, PLANES), 0
        while (image := self._queue.get()) is not None:
            if self._fault is not None:
                continue
            try:
                if image is not before:
                    frame, before = self._converter.converted(image), image
                frame.pts, frame.time_base = number, 1 / self._rate
                self._file.mux(self._track.encode(frame))
            except FAULTS as error:
                self._fault = error
            number += 1

    def _check(self) -> None:
        if self._fault is not None:
            raise self._unwritten(self._fault) from self._fault

    def _unwritten(self, error: Exception) -> OperatorError:
        reason = getattr(error, "strerror", None) or error
        return OperatorError(f"{self._out} cannot be written: {reason}. Name an .mp4 file in a folder that exists and has room")
