"""A film through the whole player, beside nothing else: how many frames come late, and what decoding and drawing take.

    python -m tests.bench.film_wall [--minutes 10] [--only "1080p30 H.264, BT.709"] [--fps 60]

The film is made first (those of tests/bench/film.py, ten seconds over and over in one file), then shown by all of a player's
processes on an X server in memory. A frame of it is late when it comes more than one and a half times as long after the one
before as the film has it.
"""

from __future__ import annotations

import argparse
import itertools
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import av

from player.units import MILLISECOND, SECOND, Nanos, Size, parse_size
from tests.bench.film import FILMS, Film, made
from tests.bench.soak import display, stalls_ms
from tests.bench.traced import Stretch, traced
from tests.fakes.site import Site

MADE_S: Final = 10  # of the film that is repeated: more takes longer to encode than most will wait
REORDERED: Final = 4  # frames that a frame may be decoded before it is seen, at most
SETTLING: Final[Nanos] = 5 * SECOND  # after it was seen first: it has faded in
REST: Final = "display: {{fps: {fps}, size: {width}x{height}, renderer: cpu}}\nconsole: {{enabled: false}}\n"


def write(film: Film, out: Path, times: int) -> None:
    """Write *film* so many times over into one file, without encoding it again."""
    with ThreadPoolExecutor(1) as apart:  # as root the encoder of AV1 makes its caller a real-time one
        descriptor = apart.submit(made, film, MADE_S).result()
    target: Any
    source: Any
    with av.open(str(out), "w", format="matroska") as target:
        stream: Any = None
        decoded = itertools.count(-REORDERED)  # Matroska says only when a frame is seen, not when it is decoded
        for number in range(times):
            with av.open(f"/proc/self/fd/{descriptor}") as source:
                video = source.streams.video[0]
                stream = stream or target.add_stream_from_template(video)
                later = round(number * MADE_S / video.time_base)
                for packet in source.demux(video):
                    if packet.pts is not None:  # the last one is empty
                        packet.pts += later
                        packet.dts = round(next(decoded) / (film.rate * video.time_base))
                        packet.stream = stream
                        target.mux(packet)
    os.close(descriptor)


def report(film: Film, found: Stretch, stalls: int) -> None:
    """Print what was measured."""
    expected = found.seconds * film.rate
    interval = SECOND * 3 // (2 * film.rate)
    print(f"{film.name}: {found.seconds / 60:.1f} minutes, {len(found.rows)} pictures of {expected:.0f} that the film has")
    print(f"late: {found.late(interval)} ({found.late(interval) * 60 / found.seconds:.2f} a minute)", end="")
    print(f"; longest interval {found.longest() / MILLISECOND:.0f} ms, of {1000 / film.rate:.0f}")
    print(f"work of a picture, ms: median {found.work_ms(0.5):.1f}  p99 {found.work_ms(0.99):.1f}  most {found.work_ms(1.0):.1f}")
    print(f"cores: decoding {found.cores['film']:.2f}, drawing {found.cores['screen']:.2f}", end="")
    print(f", all others {sum(found.cores.values()) - found.cores['film'] - found.cores['screen']:.2f}")
    print(f"stalls of the machine over 10 ms seen by an idle process meanwhile: {stalls}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--only", default=FILMS[0].name, choices=[film.name for film in FILMS])
    parser.add_argument("--fps", type=int, default=60, help="of the display")
    parser.add_argument("--size", type=parse_size, default=Size(1920, 1080))
    asked = parser.parse_args()
    film = next(each for each in FILMS if each.name == asked.only)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mkv"
        write(film, path, int(asked.minutes * 60 / MADE_S) + 6)  # it is longer than it is looked at
        rest = REST.format(fps=asked.fps, width=asked.size.width, height=asked.size.height)
        site = Site(Path(folder), playlist=f"slides:\n  - film: {{file: {path}}}\n", rest=rest)
        size = f"{asked.size.width}x{asked.size.height}"
        with display(size) as environment, traced(site, environment, lambda player: player.is_up("film")) as player:
            player.wait(SETTLING)
            with stalls_ms(environment, asked.minutes) as idle:
                player.measure(round(asked.minutes * 60 * SECOND))
                stalls = len(idle.communicate()[0].splitlines())
        (found,) = player.stretches()
    report(film, found, stalls)


if __name__ == "__main__":
    main()
