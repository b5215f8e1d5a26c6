"""How far behind a stream is, as its keeper reckons it: by where its child says that the pictures are by now."""

from __future__ import annotations

import threading
from typing import Final

from player.film.decoder import Wanted
from player.film.live.fetched.decoder import FetchedDecoder
from player.film.live.fetched.fetching import Source
from player.film.process import film_command
from player.film.wire import Begun, line_of
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import PacedClock
from tests.fakes.streaming import COUNT, Station

URL: Final = "https://station.example/live.m3u8"
SIZE: Final = Size(160, 96)
TS: Final = tuple((b"\x47" + bytes(187)) * (number + 1) for number in range(COUNT))


def test_a_stream_that_has_fallen_behind_is_known_to_have() -> None:
    """What comes after 2000 s of its list is shown 5000 s after its beginning: it is fifty minutes later than it was."""
    clock = PacedClock()
    said = [Begun(1, 0, SIZE), Begun(1, 5000 * SECOND, SIZE, 2000 * SECOND)]
    lines = b"".join(map(line_of, said))
    say = f"sys.stdout.buffer.write({lines!r}); sys.stdout.flush()"
    program = f"import sys, time; sys.stdin.buffer.read(1); {say}; time.sleep(60)"
    never, most = threading.Event(), Nanos(0)
    source = Source(URL, Station(clock, TS), SECOND, 100)
    decoder = FetchedDecoder(source, Wanted(size=SIZE), clock=clock, command=(*film_command()[:4], program))
    try:
        for _ in range(5000):
            decoder.hear()
            most = max(most, decoder.latency or 0)
            if most > 1000 * SECOND:
                break
            never.wait(0.001)
    finally:
        decoder.close()
        decoder.join()

    assert 2500 * SECOND < most < 3500 * SECOND
