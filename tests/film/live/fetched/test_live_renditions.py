"""Renditions that cannot be fetched, or cannot be decoded, through keeper, chooser and fetcher: another one is played."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from player.errors import NetworkError
from player.feed.body import TooLargeError
from player.feed.fetch import Response
from player.feed.item import Validators
from player.film.decoder import Wanted
from player.film.live.fetched.decoder import FetchedDecoder
from player.film.live.fetched.fetching import Fetching, Source
from player.film.live.fetched.notes import Trouble, Unfetched
from player.film.live.listed.choosing import MOST_REFUSED
from player.film.wire import Begun, Confined, Failed, line_of
from player.units import SECOND, Nanos, Seconds, Size
from tests.fakes.clock import FakeClock, PacedClock
from tests.fakes.streaming import Answer, Station, pursued
from tests.film.live.fetched.test_live_decoder import URL, unplayed

PIXELS: Final = 80 * 45
TS: Final = (b"\x47" + bytes(187),)
SLEEPING: Final = "import time; time.sleep(60)"
MASTER: Final = b"""#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=1000000,RESOLUTION=64x36
/low
#EXT-X-STREAM-INF:BANDWIDTH=2500000,RESOLUTION=80x45
/high
"""


class Two(Station):
    """A station with two renditions, whose segments have names of their own."""

    def __init__(self, clock: FakeClock, high: Answer | None = None) -> None:
        """*high*: what is answered for the better one's segments."""
        super().__init__(clock, TS)
        self._high = high
        self.odd |= {"/live.m3u8": MASTER, "/low": self.playlist, "/high": self._listed}

    def _listed(self) -> bytes:
        return self.playlist().replace(b"segment", b"high-segment")

    def content(self, path: str) -> Answer:
        """See `Station.content`."""
        if not path.startswith("/high-") or path in self.odd:
            return super().content(path)
        found = super().content(path.replace("high-", ""))
        self.asked[-1] = path
        return found if self._high is None else self._high

    def came_to(self, name: str) -> int:
        """Return how many segments of a rendition were asked for."""
        return sum(path.startswith(f"/{name}") for path in self.asked)


class Hasty(Two):
    """One that lists its segments as longer than they are, and remembers how long each was to be waited for."""

    def __init__(self, clock: FakeClock, length: Nanos) -> None:
        super().__init__(clock)
        self._length = length
        self.deadlines: list[Seconds] = []

    def playlist(self) -> bytes:
        """See `Station.playlist`."""
        return super().playlist().replace(b"#EXTINF:0.5,", f"#EXTINF:{self._length / SECOND},".encode())

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        deadline_s: Seconds,
        validators: Validators | None = None,
        identity: bool = False,
    ) -> Response:
        """See `Station.get`."""
        self.deadlines += [deadline_s] if "segment" in url else []
        return super().get(url, limit_bytes=limit_bytes, deadline_s=deadline_s, validators=validators, identity=identity)


def kept(station: Two, clock: PacedClock, program: str, until: Callable[[FetchedDecoder], bool]) -> FetchedDecoder:
    """Keep a stream with children that run *program*, until something holds."""
    never = threading.Event()
    with unplayed(clock, station, program, pixels=PIXELS) as decoder:
        for _ in range(4000):
            decoder.hear()
            if until(decoder):
                return decoder
            never.wait(0.001)
            clock.advance(SECOND // 10)
    raise AssertionError(station.asked)


def late(clock: FakeClock) -> Answer:
    """Return what comes too late: it is waited for as long as may be."""

    def answered() -> bytes:
        clock.advance(10 * SECOND)
        raise NetworkError("it did not answer in time")

    return answered


def cut_off() -> bytes:
    """Answer half, and go."""
    raise NetworkError("the exchange failed")


def flood() -> bytes:
    """Answer more than a segment has."""
    raise TooLargeError("larger than 32,000,000 bytes")


@pytest.mark.parametrize(
    ("kind", "most"), [("late", 1), ("cut off", 2), ("too large", 2), ("missing", MOST_REFUSED), ("a page", 2)]
)
def test_a_line_that_does_not_bear_a_rendition_brings_the_lower_one(kind: str, most: int) -> None:
    """At once when a segment came too late, soon when several were lost; the wall is not left with what cannot be had."""
    clock = PacedClock()
    answers: dict[str, Answer] = {
        "late": late(clock),
        "cut off": cut_off,
        "too large": flood,
        "missing": 404,
        "a page": b"<html>",
    }
    station = Two(clock, answers[kind])
    decoder = kept(station, clock, SLEEPING, lambda _: station.came_to("segment") >= 2)

    assert decoder.rendition == "36p"
    assert station.came_to("high-segment") >= most


def test_a_rendition_whose_list_is_missing_is_left() -> None:
    """Where the list of all renditions can be had, it is not the line that is to blame."""
    clock = PacedClock()
    station = Two(clock)
    station.odd["/high"] = 404
    decoder = kept(station, clock, SLEEPING, lambda _: station.came_to("segment") >= 2)

    assert decoder.rendition == "36p"


def test_a_station_that_is_gone_costs_no_rendition() -> None:
    """Nothing at all can be had for a while: that says nothing of the rendition, which is there when the station is."""
    clock = PacedClock()
    station = Two(clock)
    station.is_cut = True
    began = clock.monotonic()

    def is_back(_: FetchedDecoder) -> bool:
        station.is_cut = clock.monotonic() - began < 120 * SECOND
        return station.came_to("high-segment") >= 2

    kept(station, clock, SLEEPING, is_back)
    assert station.came_to("segment") == 0


SAID = line_of(Failed("its pictures are 7680 x 4320, larger than can be played here")).decode()


@pytest.mark.parametrize(
    "program",
    [
        f"import sys; sys.stdin.buffer.read(200); sys.stdout.write({SAID!r}); sys.stdout.flush()",
        "import sys; sys.stdin.buffer.read(200); raise MemoryError",
    ],
)
def test_a_rendition_that_no_child_survives_is_left(program: str) -> None:
    """What is refused, or ends its decoder, is not given to one after another for a whole ceremony."""
    clock = PacedClock()
    station = Two(clock)
    kept(station, clock, program, lambda _: station.came_to("segment") >= 1)
    assert station.came_to("high-segment") >= 1


def test_a_rendition_of_which_nothing_is_ever_seen_is_left() -> None:
    """Its child lives, and takes all that it is given, but no frame comes of it."""
    clock = PacedClock()
    station = Two(clock)
    read = "import sys\nwhile sys.stdin.buffer.read1(65536): pass"
    kept(station, clock, read, lambda _: station.came_to("segment") >= 1)


def test_a_child_that_was_live_for_a_while_is_no_reason_to_go() -> None:
    """One that is killed by somebody else, whenever that happens: the next one plays the same."""
    clock = PacedClock()
    station = Two(clock)
    said = "".join(line_of(each).decode() for each in (Confined(0), Begun(1, 0, Size(80, 45))))
    program = f"import sys; sys.stdin.buffer.read(200); sys.stdout.write({said!r}); sys.stdout.flush(); sys.stdin.buffer.read()"
    pids: list[int] = []

    def is_enough(decoder: FetchedDecoder) -> bool:
        if decoder.pid is not None and decoder.pid not in pids:
            pids.append(decoder.pid)
        elif decoder.pid is not None and decoder.size is not None:
            decoder.size = None
            clock.advance(11 * SECOND)
            decoder.check(clock.monotonic())
            decoder.check(clock.monotonic() + 6 * SECOND)  # its beat stands still
        return len(pids) >= 4

    kept(station, clock, program, is_enough)
    assert station.came_to("segment") == 0


def test_a_better_rendition_is_gone_up_to_by_a_good_line() -> None:
    """It begins with what nearly every line bears, and is at the best after a few segments."""
    clock = PacedClock()
    station = Two(clock)
    station.odd["/live.m3u8"] = MASTER.replace(b"2500000", b"6000000")
    paced = '{"say": "Paced", "frames": 60, "late": 0}\\n'
    said = f"import sys, time\nfor _ in range(9999): sys.stdout.write('{paced}'); sys.stdout.flush(); sys.stdin.buffer.read1(200)"
    kept(station, clock, said, lambda _: station.came_to("high-segment") >= 2)

    first = next(path for path in station.asked if "segment" in path)
    assert first.startswith("/segment")
    assert clock.monotonic() < 60 * SECOND


@pytest.mark.parametrize(
    ("rung", "length", "most"), [(1, SECOND, 4.0), (1, 3 * SECOND, 6.0), (1, 9 * SECOND, 10.0), (0, SECOND, 10.0)]
)
def test_no_better_rendition_is_waited_for_until_the_wall_stands_still(rung: int, length: Nanos, most: Seconds) -> None:
    """Where there is a lower one, for twice its length at most; of the lowest, every segment that can be had is shown."""
    clock = FakeClock()
    station = Hasty(clock, length)
    made = Fetching(Source(URL, station, SECOND, PIXELS), clock=clock, ring=lambda: None)
    made.move(rung)
    made.turn()

    assert station.deadlines == [most]


def test_why_a_segment_was_lost_is_told() -> None:
    """Which rendition's, how long it took, and whether there was an answer; then in words."""
    clock = FakeClock()
    for high, is_refused in ((404, True), (cut_off, False)):
        station = Two(clock, high)
        made = Fetching(Source(URL, station, SECOND, PIXELS), clock=clock, ring=lambda: None)
        (why, *_) = pursued(made, clock, SECOND // 2)

        assert next(iter(made.notes)) == Unfetched(0, SECOND // 2, 1, is_refused)
        assert why
        assert not any(isinstance(note, Trouble) for note in made.notes)  # its thread tells that


def test_the_rate_of_the_output_is_heeded() -> None:
    """Of two that are as large, the one that an output of 30 Hz shows whole."""
    clock = PacedClock()
    station = Two(clock)
    both = MASTER.replace(b"64x36", b"80x45,FRAME-RATE=30.000").replace(b"80x45\n", b"80x45,FRAME-RATE=60.000\n")
    station.odd["/live.m3u8"] = both
    source = Source(URL, station, SECOND, PIXELS)
    decoder = FetchedDecoder(source, replace(Wanted(size=Size(160, 96)), rate=30.0), clock=clock, command=("/bin/sleep", "60"))
    never = threading.Event()
    while not station.came_to("segment"):
        decoder.hear()
        never.wait(0.001)
    decoder.close()
    decoder.join()

    assert station.came_to("high") == 0
