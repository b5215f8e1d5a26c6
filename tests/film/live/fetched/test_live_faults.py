"""A thread of a stream that ends by a fault of ours: it is seen, told once, and begun anew."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import threading
from collections.abc import Generator
from typing import Final

import pytest

from player.errors import NetworkError
from player.feed.fetch import Response
from player.film.decoder import Wanted
from player.film.live.fetched.decoder import FAULT, FetchedDecoder
from player.film.live.fetched.fetching import Source
from player.film.live.tuning import GIVEN_UP
from player.film.wire import Failed
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import FakeClock

# The faults are what is tested: the threads end by them.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")

SIZE: Final = Size(160, 96)


class Still(FakeClock):
    """A clock by hand that no thread moves by waiting: two of them run."""

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        """Wait a moment for *until*; no time passes by it."""
        del length
        return until.wait(0.02)


class Trap:
    """Ends the threads that ask it, as a fault would, but without a trace; later it lets them wait."""

    def __init__(self, faults: int) -> None:
        self.faults = faults
        self.is_asked = threading.Event()
        self._is_cut = threading.Event()

    def get(self, url: str, **kinds: object) -> Response:
        """Answer nothing."""
        del kinds
        if self.faults:
            self.faults -= 1
            raise SystemExit
        self.is_asked.set()
        self._is_cut.wait()
        raise NetworkError(f"{url}: it was ended")

    def cut(self) -> None:
        """Let who waits go."""
        self._is_cut.set()


class Chair:
    """A keeper on a clock by hand, whose children sleep."""

    def __init__(self, faults: int) -> None:
        self.clock = Still()
        self.trap = Trap(faults)
        source = Source("https://user:secret@station.example/live.m3u8?key=1", self.trap, SECOND, 100)
        self.decoder = FetchedDecoder(source, Wanted(size=SIZE), clock=self.clock, command=("/bin/sleep", "60"))

    def fallen(self) -> None:
        """Wait until the thread has ended."""
        self.decoder._fetching.join()


@pytest.fixture
def chair() -> Generator[Chair]:
    """Give a keeper whose fetching thread falls three times."""
    made = Chair(3)
    yield made
    made.decoder.close()
    made.decoder.join()


def test_a_thread_that_fell_is_begun_anew(chair: Chair, caplog: pytest.LogCaptureFixture) -> None:
    """After a pause each time; it is in the log once, without what is secret in its address."""
    chair.fallen()
    chair.decoder.hear()
    for _ in range(2):
        chair.fallen()
        chair.decoder.hear()
        assert chair.decoder.pid is None
        chair.clock.advance(4 * SECOND)
        chair.decoder.hear()
        assert chair.decoder.pid is not None

    assert chair.trap.is_asked.wait(10)
    chair.decoder.hear()
    assert chair.decoder.pid is not None
    assert [record.message for record in caplog.records] == ["a thread of a stream has ended by a fault of ours"]
    assert "secret" not in caplog.text


def test_why_it_is_dark_is_said(chair: Chair) -> None:
    """Given up, its state names what hinders it."""
    for _ in range(2):
        chair.fallen()
        chair.decoder.hear()
    chair.clock.advance(GIVEN_UP + SECOND)

    assert Failed(FAULT) in chair.decoder.hear()


def test_one_who_feeds_and_falls_is_replaced(chair: Chair, caplog: pytest.LogCaptureFixture) -> None:
    """With its child: what that one holds has a hole."""
    chair.trap.faults = 0
    chair.fallen()
    chair.decoder.hear()
    feeding, before = chair.decoder._feeding, chair.decoder.pid
    assert feeding is not None
    feeding._pieces.take = _fall  # pyright: ignore[reportAttributeAccessIssue]  a method of an object is replaced
    feeding._thread.join()
    chair.decoder.hear()
    assert chair.decoder.pid is None
    chair.clock.advance(8 * SECOND)
    chair.decoder.hear()

    assert chair.decoder.pid not in {None, before}
    assert len(caplog.records) == 1


def _fall() -> None:
    raise SystemExit
