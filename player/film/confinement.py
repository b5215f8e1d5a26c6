"""How every child begins: what it is asked, the walls that it puts up around itself, and how it answers.

Everything is imported, and every ring mapped, before the walls go up; not a byte of a film is read before they stand.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import av.logging
import cv2
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.subtitles.codeccontext import SubtitleCodecContext
from av.subtitles.stream import SubtitleStream
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from player.film.limits import DECODER_MEMORY_BYTES
from player.film.wire import MAX_LINE, Answer, Confined, Request, line_of
from player.pictures.sandbox import Allowance, confine
from player.pictures.wire import Filters, Level

STDIN: Final = 0
_STDOUT: Final = 1
_TASKS: Final = Path("/proc/self/task")
# PyAV would import them only when it meets such a stream, and then nothing can be opened any more.
_IMPORTED: Final = (AudioCodecContext, AudioStream, SubtitleCodecContext, SubtitleStream, VideoCodecContext, VideoStream)


class Asked(NamedTuple):
    """What a child was told before it read anything else."""

    request: Request
    filters: Filters
    pipe: BinaryIO
    """What may follow."""


def asked() -> Asked:
    """Read what is asked of this child, and quieten the libraries."""
    pipe = io.BufferedReader(io.FileIO(STDIN, closefd=False))
    request = Request.unpack(pipe.readline(MAX_LINE))
    filters = Filters(*map(pipe.read, request.filters))
    av.logging.set_level(None)
    cv2.setNumThreads(1)
    return Asked(request, filters, pipe)


def put_up_walls(filters: Filters, *, descriptors: int, cpu_s: int | None = None, niceness: int = 0) -> Level:
    """Put up the walls, for good, and say which of them the kernel knows: so many *descriptors* are kept, the others closed."""
    # Filters hold for the thread that lays them on: one that was started by a library would run free.
    if len(list(_TASKS.iterdir())) != 1:
        raise RuntimeError("a thread runs before the walls stand")
    allowance = Allowance(memory_bytes=DECODER_MEMORY_BYTES, cpu_s=cpu_s, descriptors=descriptors, niceness=niceness)
    level = confine(filters, may_thread=True, allowance=allowance).level
    say(Confined(int(level)))
    return level


def say(answer: Answer) -> None:
    """Tell who keeps this child."""
    rest = memoryview(line_of(answer))
    while rest:
        rest = rest[os.write(_STDOUT, rest) :]
