"""Sound that comes apart and hangs, or comes slower than it plays: pictures go first, and it is heard again once it comes."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import pytest

from player.errors import NetworkError
from player.feed.fetch import Response
from player.feed.item import Validators
from player.film.live.fetched.fetching import Fetching, Source
from player.film.live.wire import Track
from player.units import SECOND, Nanos, Seconds
from tests.fakes.clock import FakeClock
from tests.fakes.streaming import COUNT, LENGTH, pursued
from tests.fakes.streaming_apart import Apart

TS: Final = tuple((b"\x47" + bytes(187)) * (number + 1) for number in range(COUNT))
LATENCY: Final[Nanos] = 2 * SECOND


class Slow(Apart):
    """A station some of whose answers take their time, on a clock by hand."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock, TS, TS)
        self._hand = clock
        self.takes: dict[str, Nanos] = {}
        """How long, by what a path begins with."""
        self.waits: list[tuple[Nanos, Nanos]] = []
        """When and for how long something slow was waited for."""

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
        path = url.partition("station.example")[2]
        took = next((length for start, length in self.takes.items() if path.startswith(start)), 0)
        given = min(took, round(deadline_s * SECOND))
        if took:
            self.waits.append((self._hand.monotonic(), given))
            self._hand.advance(given)
        if given < took:
            raise NetworkError(f"{url}: no answer")
        return super().get(url, limit_bytes=limit_bytes, deadline_s=deadline_s, validators=validators, identity=identity)


class Line:
    """A slow station and who fetches it, without a thread."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.station = Slow(self.clock)
        source = Source("https://station.example/master.m3u8", self.station, LATENCY, 640 * 360)
        self.fetching = Fetching(source, clock=self.clock, ring=self._take)
        self.came: list[tuple[Nanos, Track, int]] = []
        """When which segment of which track was there."""
        self._lasts: Nanos = 0
        self.still: Nanos = 0
        """For how long there were no pictures to be shown, at most."""

    def go(self, length: Nanos) -> None:
        """Let time pass."""
        assert pursued(self.fetching, self.clock, length) == []
        self._take()

    def _take(self) -> None:
        """Take what has come, as whoever plays does at once."""
        now = self.clock.monotonic()
        while (piece := self.fetching.pieces.take()) is not None:
            self.came.append((now, piece.track, len(piece.data) // 188 - 1))
            if piece.track is Track.PICTURES:
                self.still = max(self.still, now - self._lasts if self._lasts else 0)
                self._lasts = max(now, self._lasts) + LENGTH

    def numbers(self, track: Track, since: Nanos = 0) -> list[int]:
        """Return which segments of *track* came since."""
        return [number for at, each, number in self.came if each is track and at >= since]


@pytest.mark.parametrize(
    "takes",
    [
        {"/sound.m3u8": 30 * SECOND},
        {"/sound": 30 * SECOND},
        {"/sound1": 30 * SECOND, "/sound2": 30 * SECOND},
        {"/sound": LENGTH * 2},
        {"/sound": LENGTH * 3 // 4},
    ],
)
def test_pictures_never_wait_for_sound(takes: dict[str, Nanos]) -> None:
    """Its list hangs, or all of it, or its segments; or it is slow: no picture is missing, and none stands still for it."""
    line = Line()
    line.go(SECOND)
    line.station.takes |= takes
    line.go(40 * SECOND)
    numbers = line.numbers(Track.PICTURES)

    assert all(after == (before + 1) % COUNT for before, after in pairwise(numbers))
    assert len(numbers) >= 80
    assert line.still == 0


def test_sound_that_hangs_is_asked_for_ever_later() -> None:
    """Not longer than half of the pictures last that are left, and no more than every ten seconds in the end."""
    line = Line()
    line.go(SECOND)
    line.station.takes["/sound"] = 30 * SECOND
    line.go(60 * SECOND)
    begins = [at for at, _ in line.station.waits]

    assert max(length for _, length in line.station.waits) <= (LATENCY + LENGTH) // 2
    assert [after - before > 10 * SECOND for before, after in pairwise(begins)][-3:] == [True] * 3
    assert len(begins) <= 9


def test_joining_the_edge_does_not_make_slow_sound_swift() -> None:
    """A leap begins everything anew, but not with a second's wait each time."""
    line = Line()
    line.station.takes["/sound"] = 30 * SECOND
    line.go(30 * SECOND)
    count = len(line.station.waits)
    for _ in range(5):
        line.fetching.rejoin()
        line.go(4 * SECOND)

    assert len(line.station.waits) <= count + 6
    assert line.still == 0


def test_what_comes_slower_than_it_plays_is_left_out() -> None:
    """Its list and its segment in time each, but not both: it is asked for ever later, for pictures take their time as well."""
    line = Line()
    line.go(SECOND)
    line.station.takes |= {"/sound": LENGTH * 9 // 10, "/segment": LENGTH * 3 // 10}
    line.go(60 * SECOND)

    assert len(line.numbers(Track.PICTURES)) >= 120
    assert len(line.numbers(Track.SOUND)) <= 80
    assert line.still == 0


def test_sound_of_pictures_that_are_over_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though its list has it still: it goes on beside the newest that was fetched of the pictures."""
    monkeypatch.setattr("tests.fakes.streaming.LISTED", 40)
    line = Line()
    line.go(SECOND)
    line.station.takes["/sound"] = 30 * SECOND
    line.go(12 * SECOND)
    line.station.takes.clear()
    line.station.asked.clear()
    line.go(12 * SECOND)
    asked = [path for path in line.station.asked if path.endswith(".ts")]
    first = next(number for number, path in enumerate(asked) if path.startswith("/sound"))

    assert asked[first][len("/sound") :] in {path[len("/segment") :] for path in asked[max(0, first - 1) : first]}
    assert len(set(asked)) == len(asked)


def test_sound_that_comes_again_is_heard_where_its_pictures_are() -> None:
    """It goes on in step, and is not looked for any more than they are."""
    line = Line()
    line.go(SECOND)
    line.station.takes["/sound"] = 30 * SECOND
    line.go(30 * SECOND)
    line.station.takes.clear()
    since = line.clock.monotonic()
    line.go(20 * SECOND)
    heard = line.numbers(Track.SOUND, since)

    assert all(after == (before + 1) % COUNT for before, after in pairwise(heard))
    assert heard[-1] == line.numbers(Track.PICTURES)[-1]
    assert len(heard) >= 20
    assert line.station.asked[-40:].count("/sound.m3u8") <= line.station.asked[-40:].count("/live.m3u8")
