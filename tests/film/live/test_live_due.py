"""A live stream is said to be live by what is on screen, not by what is written ahead of its time."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

import pytest

from player.film.decoder import Wanted
from player.film.live.decoder import Live, LiveDecoder, LiveState, Stalled
from player.film.live.tuning import STALL, Deed
from player.film.ring import RingWriter
from player.film.wire import Answer
from player.units import MILLISECOND, SECOND, Nanos, Size
from tests.fakes.clock import FakeClock

SIZE: Final = Size(32, 16)


class Alone(LiveDecoder):
    """A decoder without a child: what is in its ring, the test writes."""

    def __init__(self) -> None:
        self.clock = FakeClock(monotonic=100 * SECOND)
        super().__init__(Wanted(size=SIZE), clock=self.clock, command=())
        self._writer = RingWriter(self.ring)

    @property
    def latency(self) -> Nanos | None:
        """It is not known."""
        return None

    def join(self) -> None:
        """There is no thread."""

    def write(self, ahead: Nanos) -> None:
        """Write a frame that is due after so long."""
        self._writer.begin()
        due = self.clock.monotonic() + ahead
        self._writer.publish(due - self.epoch, due)

    def heard(self, later: Nanos) -> list[LiveState]:
        """Return what is heard after so long."""
        self.clock.advance(later)
        return self.hear()

    def _hear_source(self, now: Nanos) -> None:
        pass

    def _obey(self, deed: Deed, now: Nanos) -> None:
        pass

    def _note(self, answer: Answer, now: Nanos) -> None:
        pass

    def _end_said(self, now: Nanos) -> None:
        pass

    def _let_go(self) -> None:
        pass


@pytest.fixture
def alone() -> Generator[Alone]:
    """Give such a decoder."""
    made = Alone()
    yield made
    made.close()


def test_it_is_live_when_its_first_frame_is_due(alone: Alone) -> None:
    """Not when that is written: until then what was there before would be seen as live."""
    alone.write(300 * MILLISECOND)
    assert alone.heard(0) == []
    assert alone.heard(299 * MILLISECOND) == []

    assert alone.heard(1 * MILLISECOND) == [Live(None, "")]


def test_a_face_that_stands_still_is_a_stall_whatever_is_written_ahead(alone: Alone) -> None:
    """A hole of seconds before the next frame is seen as one; with that frame, when it is due, it is live again."""
    alone.write(0)
    assert alone.heard(0) == [Live(None, "")]
    seen = alone.clock.monotonic()
    alone.write(4 * SECOND)
    assert alone.heard(STALL) == []
    assert alone.heard(1) == [Stalled(seen)]

    assert alone.heard(4 * SECOND - STALL - 1) == [Live(None, "")]
