"""What time it is for a server of DASH: as it says itself, and from then on by a clock that nobody sets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest

from player.film.live.fetched.lists import Lists
from player.film.live.listed.dash import Numbering
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.streaming import Station

URL: Final = "https://station.example/live.mpd"
MANIFEST: Final = b"""<MPD type="dynamic" availabilityStartTime="2020-01-01T00:00:00Z" timeShiftBufferDepth="PT30S"
 minimumUpdatePeriod="PT10S"><Period start="PT0S"><AdaptationSet mimeType="video/mp4">
<SegmentTemplate timescale="1" duration="2" media="$Number$.m4s"/><Representation id="1"/></AdaptationSet></Period></MPD>"""


class Desk:
    """Lists of a station that says the right time, or none."""

    def __init__(self, *, says_time: bool) -> None:
        self.clock = FakeClock()
        self.right = self.clock.wall()
        self.station = Station(self.clock, (b"",))
        self.station.odd["/live.mpd"] = MANIFEST
        self._says_time = says_time
        self.off: Nanos = 0
        """How wrong the server's clock is."""
        self.lists = Lists(URL, self.station, self.clock)
        self.numbering = Numbering()
        self._tell()
        self.lists.top()

    def _tell(self) -> None:
        now = self.right + self.clock.monotonic() + self.off
        self.station.served = datetime.fromtimestamp(now // SECOND, UTC) if self._says_time else None

    def newest(self, passed: Nanos = 0) -> tuple[int, int]:
        """Let time pass; return how many segments the newest one is behind the time, and its number here."""
        self.clock.advance(passed)
        self._tell()
        segment = self.lists.media(f"{URL}#pictures=1", self.numbering).segments[-1]
        now = self.right + self.clock.monotonic() - round(datetime(2020, 1, 1, tzinfo=UTC).timestamp()) * SECOND
        return now // (2 * SECOND) - int(segment.url.rpartition("/")[2].partition(".")[0]), segment.number


@pytest.mark.parametrize("says_time", [True, False])
@pytest.mark.parametrize("step", [-7200 * SECOND, -3 * SECOND])
def test_a_clock_that_is_set_back_brings_back_nothing(step: Nanos, *, says_time: bool) -> None:
    """Between two looks at the manifest and after the next one, what is listed is what is on now, by numbers that go on."""
    desk = Desk(says_time=says_time)
    behind, number = desk.newest()
    desk.clock.step(step)
    for _ in range(12):
        found = desk.newest(4 * SECOND)
        number += 2

        assert found == (behind, number)


def test_a_clock_that_was_behind_is_followed_forwards() -> None:
    """A machine that learns the time only now joins what is on now."""
    desk = Desk(says_time=False)
    behind, _ = desk.newest()
    desk.clock.step(-7200 * SECOND)
    desk.lists.top()
    assert desk.newest()[0] == behind + 3600
    desk.clock.step(7200 * SECOND)

    assert desk.newest(10 * SECOND)[0] == behind


def test_a_server_whose_clock_was_wrong_is_followed_once_nothing_could_be_had() -> None:
    """It is not followed backwards while it plays; who asks for all anew, as is done after failures, goes by its word again."""
    desk = Desk(says_time=True)
    behind, _ = desk.newest()
    desk.off = -3600 * SECOND
    assert desk.newest(10 * SECOND)[0] == behind
    desk.lists.top()

    assert desk.newest()[0] > 1700
