"""A live stream from a station on this machine to the ring, through a confined child; and all that its keeper does for it."""

from __future__ import annotations

import os
import selectors
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from player.clock import Clock, SystemClock
from player.errors import WorkerError
from player.film.decoder import Wanted
from player.film.limits import HANG
from player.film.live.decoder import Live, LiveState, Stalled
from player.film.live.fetched.decoder import FetchedDecoder
from player.film.live.fetched.fetching import Source
from player.film.live.hosts import fetcher_for
from player.film.live.tuning import STALL
from player.film.process import film_command
from player.film.ring import RingReader
from player.film.wire import Ended, Failed, Ready
from player.units import MILLISECOND, SECOND, Size
from tests.fakes.clock import PacedClock
from tests.fakes.films import number_in, song
from tests.fakes.streaming import Station

CLOCK: Final = SystemClock()
SIZE: Final = Size(160, 96)
PATIENCE: Final = 20 * SECOND  # until a test gives up
URL: Final = "https://station.example/live.m3u8"


class Seat:
    """A keeper and a viewer of one stream."""

    def __init__(self, decoder: FetchedDecoder, clock: Clock = CLOCK) -> None:
        self.decoder = decoder
        self.clock = clock
        self.reader = RingReader(decoder.ring)
        self.states: list[LiveState] = []
        self.seen: list[int] = []
        """Numbers of the frames that were on screen."""
        self.longest = 0
        """For how long one frame stood still while the stream was said to be live."""
        self._serial, self._since = 0, 0

    def watch(self, until: Callable[[], bool]) -> None:
        """Keep and look, until something holds."""
        deadline = CLOCK.monotonic() + PATIENCE
        with selectors.DefaultSelector() as selector:
            selector.register(self.decoder, selectors.EVENT_READ)
            while not until():
                assert CLOCK.monotonic() < deadline, (self.states, len(self.seen))
                if selector.select(0.004):
                    self.states += self.decoder.hear()
                self.look()

    def look(self) -> None:
        """See what is due."""
        now = self.clock.monotonic()
        frame = self.reader.newest_due(now)
        if frame is None:
            return
        self.reader.tell(now - self.decoder.epoch, now)
        if frame.serial != self._serial:
            self._serial, self._since = frame.serial, now
            self.seen.append(number_in(frame.luma))
        elif self.states and isinstance(self.states[-1], Live):
            self.longest = max(self.longest, now - self._since)

    def has(self, kind: type[LiveState], times: int = 1) -> Callable[[], bool]:
        """Return whether a state was heard so often, to be asked."""
        return lambda: sum(isinstance(state, kind) for state in self.states) >= times


@contextmanager
def seat(station: Station, *, is_heard: bool = False) -> Generator[Seat]:
    """Give a seat before a station that is served on this machine."""
    with station.serve() as base:
        url = f"{base}/live.m3u8"
        source = Source(url, fetcher_for(url, (), allow=(), clock=CLOCK), SECOND, SIZE.width * SIZE.height)
        decoder = FetchedDecoder(source, Wanted(size=SIZE, has_sound=is_heard), clock=CLOCK)
        made = Seat(decoder)
        try:
            yield made
        finally:
            decoder.close()
            decoder.join()
            made.reader.close()


def open_here() -> int:
    """Return how many descriptors this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_stream_is_seen_live() -> None:
    """It is ready, then live; frames come one after another; how far behind it is, is known; the child has pipes and no more."""
    before = open_here(), threading.active_count()
    with seat(Station(CLOCK), is_heard=True) as view:
        view.watch(lambda: len(view.seen) >= 20)
        pid = view.decoder.pid
        held = {path.name: str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()}
        latency = view.decoder.latency
    ready, live = view.states
    assert ready == Ready(has_sound=True)
    assert isinstance(live, Live)
    assert all(one < following for one, following in pairwise(view.seen))  # a busy machine may miss some
    assert latency is not None
    assert 0 < latency < 10 * SECOND
    assert set(held) == {"0", "1", "2"}
    assert view.decoder.size is not None
    assert view.decoder.hear() == []
    assert not Path(f"/proc/{pid}").exists()
    assert (open_here(), threading.active_count()) == before
    view.decoder.close()
    with pytest.raises(ValueError, match="closed"):
        _ = view.decoder.watch


def test_after_a_stall_it_is_live_again_at_the_edge() -> None:
    """What stood still is told after 2 s; then it goes on where the stream is, not where it was left."""
    station = Station(CLOCK)
    with seat(station) as view:
        view.watch(lambda: len(view.seen) >= 5)
        station.freeze()
        view.watch(view.has(Stalled))
        assert view.longest <= STALL + 700 * MILLISECOND
        left = len(view.seen)
        station.thaw()
        view.watch(view.has(Live, 2))
        view.watch(lambda: len(view.seen) >= left + 3)
        edge = station.newest * 12 % 288
    assert (edge - view.seen[left + 2]) % 288 < 60


def test_a_child_that_is_killed_is_replaced_and_the_end_is_told() -> None:
    """The wall sees no stall of it; when the stream says that it is over, so is it here."""
    station = Station(CLOCK)
    with seat(station) as view:
        view.watch(lambda: len(view.seen) >= 5)
        first = view.decoder.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        view.watch(lambda: view.decoder.pid not in {None, first})
        count = len(view.seen)
        view.watch(lambda: len(view.seen) >= count + 3)
        station.freeze()
        station.has_ended = True
        view.watch(view.has(Ended))
    assert not view.has(Failed)()


@contextmanager
def unplayed(clock: PacedClock, station: Station, program: str, pixels: int = 100) -> Generator[FetchedDecoder]:
    """Give a keeper whose children run *program*."""
    command = (*film_command()[:4], program)
    decoder = FetchedDecoder(Source(URL, station, SECOND, pixels), Wanted(size=SIZE), clock=clock, command=command)
    try:
        yield decoder
    finally:
        decoder.close()
        decoder.join()


def test_thirty_deaths_leave_nothing_behind() -> None:
    """Children that die at once are started again for ever, with pauses; descriptors and threads stay as few as they were."""
    clock = PacedClock()
    station = Station(clock, (b"",))
    station.is_dead = True
    before = open_here(), threading.active_count()
    pids: set[int] = set()
    most = 0
    with unplayed(clock, station, "raise SystemExit(1)") as decoder:
        states: list[LiveState] = []
        never = threading.Event()
        for _ in range(4000):
            states += decoder.hear()
            if decoder.pid is not None:
                pids.add(decoder.pid)
                most = max(most, open_here())
                never.wait(0.002)
            else:
                clock.advance(SECOND)
            if len(pids) >= 30:
                break
    assert len(pids) >= 30
    assert most <= before[0] + 12
    assert isinstance(states[-1], Failed)
    assert (open_here(), threading.active_count()) == before


def test_a_child_that_hangs_is_ended() -> None:
    """One whose beat stands still for five seconds is killed, and another is started."""
    clock = PacedClock()
    station = Station(clock, (b"",))
    station.is_dead = True
    with unplayed(clock, station, "import time; time.sleep(60)") as decoder:
        decoder.hear()
        pid, now = decoder.pid, clock.monotonic()
        assert pid is not None
        decoder.check(now)
        decoder.check(now + HANG + 1)
        assert decoder.pid is None
        assert not Path(f"/proc/{pid}").exists()
        clock.advance(20 * SECOND)
        decoder.hear()
        assert decoder.pid not in {None, pid}


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"/live.m3u8": b"<!doctype html><html>"}, "it is a web page, not a stream"),
        ({"/live.m3u8": 404}, "answered 404"),
        ({"/live.m3u8": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"}, "refused"),
    ],
)
def test_why_it_was_given_up_is_told(odd: dict[str, bytes | int], why: str) -> None:
    """After fifteen seconds, with what hindered it; it is tried on."""
    clock = PacedClock()
    station = Station(clock, (song(),))
    station.odd |= odd
    with unplayed(clock, station, "import time; time.sleep(60)") as decoder:
        states: list[LiveState] = []
        never = threading.Event()
        for _ in range(2000):
            states += decoder.hear()
            if any(why in state.why for state in states if isinstance(state, Failed)):
                break
            never.wait(0.001)
            clock.advance(50 * MILLISECOND)
        assert isinstance(states[0], Failed)
        assert isinstance(states[-1], Failed)
        assert why in states[-1].why
        assert decoder.is_running


def test_a_rendition_that_cannot_be_followed_is_left() -> None:
    """When most frames come late, another child begins with the next lower one; at the lowest it stays as it is."""
    clock = PacedClock()
    station = Station(clock)
    master = (
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=64x36\nlow\n#EXT-X-STREAM-INF:BANDWIDTH=2,RESOLUTION=80x45\nhigh\n"
    )
    station.odd |= {"/live.m3u8": master.encode(), "/low": station.playlist, "/high": station.playlist}
    line = '{"say": "Paced", "frames": 60, "late": 30}\\n'
    program = f"import sys, time; sys.stdout.write('{line}'); sys.stdout.flush(); time.sleep(60)"
    never, pids = threading.Event(), set[int]()
    with unplayed(clock, station, program, pixels=80 * 45) as decoder:
        for _ in range(2000):
            decoder.hear()
            pids |= {decoder.pid} if decoder.pid is not None else set()
            if "/low" in station.asked and len(pids) > 1:
                break
            never.wait(0.002)
        assert station.asked.index("/high") < station.asked.index("/low")
        assert len(pids) >= 2  # nothing is ever seen of it, so there may be more: its clock runs fast


def test_a_size_that_no_ring_has_starts_nothing() -> None:
    """The asker's own mistake leaves nothing open."""
    before = open_here()
    with pytest.raises(WorkerError, match="no ring of"):
        FetchedDecoder(Source(URL, Station(CLOCK, (b"",)), SECOND, 1), Wanted(size=Size(161, 96)), clock=CLOCK)

    assert open_here() == before
