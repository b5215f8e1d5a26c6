"""What the screen is told of a live stream, from its opening to its end."""

from __future__ import annotations

import selectors
import subprocess
import sys

import pytest

from player.clock import SystemClock
from player.film import wire
from player.film.live.decoder import Live, LiveState
from player.film.live.kept import KeptStream
from player.film.ring import RingReader
from player.film.section import Stream
from player.film.talk import Ended, Opening, OpenStream, Ready, State
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import FakeClock
from tests.fakes.streaming import Station


def test_what_the_screen_is_told() -> None:
    """Connecting, then ready with sound and how far behind it is, then the end; nothing twice."""
    clock = SystemClock()
    station = Station(clock)
    stream = Stream(url="https://station.example/live.m3u8", latency=1.0, most=5)
    kept = KeptStream(stream, OpenStream(stream="c", size=Size(160, 96), has_sound=True), station, clock, is_heard=True)
    reader, told, deadline = RingReader(kept.ring), list[State](), clock.monotonic() + 20 * SECOND
    while not any(isinstance(state, Ended) for state in told):
        now = clock.monotonic()
        assert now < deadline, told
        with selectors.DefaultSelector() as selector:
            for descriptor in kept.descriptors():
                selector.register(descriptor, selectors.EVENT_READ)
            selector.select(0.01)
        told += kept.step(now)
        frame = reader.newest_due(now)
        if frame is not None and frame.serial > 5 and not station.has_ended:
            station.freeze()
            station.has_ended = True
    assert kept.samples >= 0
    assert kept.gain_db == 0.0
    kept.close()
    reader.close()
    assert kept.descriptors() == ()
    assert told[0] == Opening("connecting")
    assert all(isinstance(state, Ready) and state.has_sound for state in told[1:-1])
    assert 2 <= len(told) - 1 <= 3
    assert isinstance(told[-1], Ended)


def test_the_process_that_keeps_streams_has_no_decoders() -> None:
    """They are loaded in children alone: what comes from outside is not read where there is a network, and memory is saved."""
    asked = "import sys, player.film.service, player.film.live.ways; print({'av', 'cv2', 'cryptography'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


class Scripted:
    """A decoder that says what it was told to."""

    ring = samples = -1
    is_running = False

    def __init__(self) -> None:
        self.latency: Nanos | None = SECOND
        self.states: list[LiveState] = []

    def check(self, now: Nanos) -> None:
        """Nothing hangs."""

    def hear(self) -> list[LiveState]:
        """Say all of it."""
        said, self.states = self.states, []
        return said


def test_sound_that_comes_later_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it comes apart it may be there after the first picture; it is told once more, and only then."""
    made = Scripted()

    def making(*_: object, **__: object) -> Scripted:
        return made

    monkeypatch.setattr("player.film.live.kept.FetchedDecoder", making)
    clock = FakeClock()
    stream, wanted = Stream(url="https://station.example/live.m3u8"), OpenStream(stream="c", size=Size(160, 96))
    kept = KeptStream(stream, wanted, Station(clock, (b"",)), clock, is_heard=True)
    kept.step(0)
    told: list[State] = []
    for said in (wire.Ready(has_sound=False), Live(SECOND, "96p"), wire.Ready(has_sound=True), wire.Ready(has_sound=True)):
        made.states.append(said)
        told += kept.step(0)

    assert told == [
        Ready(has_sound=False, latency=SECOND, rendition="96p"),
        Ready(has_sound=True, latency=SECOND, rendition="96p"),
    ]


def test_how_far_behind_it_is_is_told_once_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then only when that is another one: a second more or less."""
    made = Scripted()
    made.latency = None

    def making(*_: object, **__: object) -> Scripted:
        return made

    monkeypatch.setattr("player.film.live.kept.FetchedDecoder", making)
    clock = FakeClock()
    stream, wanted = Stream(url="https://station.example/live.m3u8"), OpenStream(stream="c", size=Size(160, 96))
    kept = KeptStream(stream, wanted, Station(clock, (b"",)), clock, is_heard=True)
    made.states.append(Live(None, ""))
    told = list(kept.step(0))
    for latency in (None, 0, SECOND // 2, SECOND, SECOND * 2, SECOND * 2):
        made.latency = latency
        told += kept.step(0)

    assert told == [
        Opening("connecting"),
        *(Ready(has_sound=False, latency=each, rendition="") for each in (0, SECOND // 2, 2 * SECOND)),
    ]
