"""How much of a processor a film's decoder takes while the film is watched as it runs, and how many frames come late.

    python -m tests.bench.film [--seconds 10] [--only NAME]

Each film is made first (noise over shapes that pan, 5 to 10 Mbit/s, as ceremonies are streamed), decoded by a confined child as
in the player, and looked at 60 times a second. Counted is the child alone: reading, decoding, converting, the ring. A frame is
late when it was not yet there at its instant.
"""

from __future__ import annotations

import argparse
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import cv2
import numpy as np

from player.clock import SystemClock
from player.film.decoder import Decoder, Wanted
from player.film.ring import RingReader
from player.units import MILLISECOND, SECOND, Nanos, Size

HD: Final = Size(1920, 1080)
LOOKS: Final = 60  # a second
PREROLL: Final[Nanos] = 2 * SECOND
_TICK_MS: Final = 1000 / os.sysconf("SC_CLK_TCK")
OPTIONS: Final = {
    "libx264": {"preset": "veryfast", "crf": "23"},
    "libx265": {"preset": "ultrafast", "crf": "26", "x265-params": "log-level=none"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "32", "b": "0"},
    "libsvtav1": {"preset": "12", "crf": "35"},
}


@dataclass(frozen=True, slots=True)
class Film:
    """What is made, and how it is asked for."""

    name: str
    codec: str
    rate: int
    size: Size = HD
    shown: Size = HD
    output: float = 60.0
    colour: tuple[int, int, int, int] = (1, 1, 1, 1)
    """Matrix, range, transfer, primaries; ITU-T H.273."""


FILMS: Final = (
    Film("1080p30 H.264, BT.709", "libx264", 30),
    Film("1080p30 H.264, BT.601", "libx264", 30, colour=(6, 1, 6, 6)),
    Film("1080p30 H.264, shown at 1600x900", "libx264", 30, shown=Size(1600, 900)),
    Film("1080p60 H.264 on 60 Hz", "libx264", 60),
    Film("1080p60 H.264 on 30 Hz", "libx264", 60, output=30.0),
    Film("1080p30 H.265", "libx265", 30),
    Film("1080p30 VP9", "libvpx-vp9", 30),
    Film("1080p30 AV1", "libsvtav1", 30),
    Film("2160p30 H.264, shown at 1920x1080", "libx264", 30, size=Size(3840, 2160)),
)


def made(film: Film, seconds: int) -> int:
    """Return the descriptor of a file of it."""
    descriptor = os.memfd_create("film")
    width, height = film.size
    chance = np.random.default_rng(1)
    around = (width + 400, height * 3 // 2 + 400)
    shapes: Any = cv2.resize(chance.integers(30, 220, (48, 80), dtype=np.uint8), around, interpolation=cv2.INTER_CUBIC)
    grain = chance.integers(0, 6, (height + 64, width + 64), dtype=np.uint8)
    container: Any
    with av.open(f"/proc/self/fd/{descriptor}", "w", format="matroska") as container:
        video = container.add_stream(film.codec, rate=film.rate)
        video.width, video.height, video.pix_fmt, video.options = width, height, "yuv420p", OPTIONS[film.codec]
        context = video.codec_context
        context.colorspace, context.color_range, context.color_trc, context.color_primaries = film.colour
        for number in range(film.rate * seconds):
            pan = number * 60 // film.rate % 400
            picture = shapes[pan : pan + height * 3 // 2, pan : pan + width].copy()
            x, y = chance.integers(0, 64, 2)
            picture[:height] = cv2.add(picture[:height], grain[y : y + height, x : x + width])
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, film.rate)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return descriptor


def used_ms(pid: int) -> float:
    """Return the processor time that a process has used, in milliseconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_MS


def watch(film: Film, descriptor: int, seconds: int) -> str:
    """Watch a film as it runs; return what that took."""
    clock, never = SystemClock(), threading.Event()
    begun = clock.monotonic()
    keeper = Decoder(descriptor, Wanted(size=film.shown, rate=film.output), now=begun)
    reader = RingReader(keeper.ring)
    first: Nanos | None = None
    while clock.monotonic() - begun < PREROLL:
        reader.tell(0, clock.monotonic())
        if first is None and reader.newest(0) is not None:
            first = clock.monotonic() - begun
        clock.wait(never, 5 * MILLISECOND)
    pid = keeper.pid
    start, before = clock.monotonic(), used_ms(pid) if pid else 0.0
    length, shown, late, after = (seconds - 1) * SECOND, set[int](), 0, before
    step = SECOND // min(film.rate, round(film.output))
    while (at := clock.monotonic() - start) < length:
        reader.tell(at, clock.monotonic())
        frame = reader.newest(at)
        if frame is not None:
            shown.add(frame.serial)
            late += at - frame.pts > step + SECOND // LOOKS
        for state in keeper.hear():
            print(f"    {state}")
        if keeper.pid:
            after = used_ms(keeper.pid)
        clock.wait(never, SECOND // LOOKS - (clock.monotonic() - start) % (SECOND // LOOKS))
    keeper.close()
    reader.close()
    lasted = length / MILLISECOND
    ready = "never" if first is None else f"{first / MILLISECOND:.0f} ms"
    return (
        f"{(after - before) / lasted:.2f} of a core, {(after - before) / (film.rate * lasted / 1000):.1f} ms a frame; "
        f"{len(shown)} frames shown, {late} looks late; first frame after {ready}"
    )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--only", default="", help="part of a film's name")
    options = parser.parse_args()
    for film in FILMS:
        if options.only in film.name:
            with ThreadPoolExecutor(1) as apart:  # as root the encoder of AV1 makes its caller a real-time one
                descriptor = apart.submit(made, film, options.seconds).result()
            rate = os.fstat(descriptor).st_size * 8 / options.seconds / 1e6
            print(f"{film.name} ({rate:.1f} Mbit/s): {watch(film, descriptor, options.seconds)}")
            os.close(descriptor)


if __name__ == "__main__":
    main()
