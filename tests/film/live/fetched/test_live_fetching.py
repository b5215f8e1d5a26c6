"""A stream being fetched: in order, from the edge, and again after whatever went wrong."""

from __future__ import annotations

import pytest

from player.errors import FilmError, NetworkError
from player.film.live.fetched.fetching import Fetching, Source
from player.film.live.fetched.leg import Leg
from player.film.live.fetched.notes import Fetched, Trouble
from player.film.live.listed.media import Media, Segment
from player.film.live.wire import Track, tag_of
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.streaming import COUNT, LENGTH, Station, pursued

URL = "https://station.example/live.m3u8"
TS = tuple((b"\x47" + bytes(187)) * (number + 1) for number in range(COUNT))
MASTER = b"""#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=320x180
/live.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2,RESOLUTION=640x360
/better.m3u8
"""


class Line:
    """A station and who fetches it, on a clock of the test's own; no thread."""

    def __init__(self, url: str = URL) -> None:
        self.clock = FakeClock()
        self.station = Station(self.clock, TS)
        self.rings = 0
        self.fetching = Fetching(Source(url, self.station, SECOND, 640 * 360), clock=self.clock, ring=self._ring)

    def _ring(self) -> None:
        self.rings += 1

    def go(self, length: Nanos) -> list[str]:
        """Let time pass; return what hindered it."""
        return pursued(self.fetching, self.clock, length)

    def taken(self) -> list[tuple[int, int]]:
        """Take all that was fetched: run, and which segment."""
        found: list[tuple[int, int]] = []
        while (piece := self.fetching.pieces.take()) is not None:
            found.append((piece.run, len(piece.data) // 188 - 1))
        return found


def test_it_follows_the_stream() -> None:
    """From a second behind the edge, each segment once, in one run."""
    line = Line()
    assert line.go(SECOND) == []

    assert line.taken() == [(1, 5), (1, 6), (1, 7)]
    assert line.fetching.edge is not None
    run, edge = line.fetching.edge
    assert (run, edge.length) == (1, 3 * LENGTH)
    assert list(line.fetching.notes) == [Fetched(0, LENGTH, 0)] * 3
    assert line.rings == 3


def test_it_waits_when_it_is_far_ahead() -> None:
    """What nobody takes is not made more; and who comes back is not given what is old."""
    line = Line()
    line.go(20 * SECOND)
    assert len(line.taken()) == 4

    line.go(SECOND)

    run, number = line.taken()[0]
    assert run == 2
    assert (line.station.newest - number) % COUNT <= 4


def test_a_missing_segment_is_left_out() -> None:
    """The next one begins a run of its own."""
    line = Line()
    line.station.odd["/segment6.ts"] = 404
    assert line.go(2 * SECOND) == ["https://station.example/segment6.ts: answered 404"]

    assert line.taken()[:3] == [(1, 5), (2, 7), (2, 8)]


def test_what_is_no_film_is_left_out() -> None:
    """A page in place of a segment never reaches a decoder."""
    line = Line()
    line.station.odd["/segment6.ts"] = b"<html>please log in</html>"
    assert line.go(2 * SECOND) == ["a segment of it is no film but something else"]

    assert line.taken()[:3] == [(1, 5), (2, 7), (2, 8)]


def test_a_dead_station_is_asked_again_until_it_lives() -> None:
    """It joins the edge then."""
    line = Line()
    line.go(SECOND)
    line.taken()
    line.station.is_dead = True
    assert len(line.go(30 * SECOND)) >= 29
    line.station.is_dead = False
    line.go(SECOND)

    assert line.taken()[0] == (2, (line.station.newest - 3) % COUNT)


def test_after_a_leap_it_joins_the_edge() -> None:
    """What was fetched is left; another run begins."""
    line = Line()
    line.go(SECOND)
    line.fetching.rejoin()
    line.go(SECOND // 10)

    assert [run for run, _ in line.taken()] == [2, 2]


def test_it_ends_and_may_begin_again() -> None:
    """The end is handed on once; that it is over is said; a station on air again is followed."""
    line = Line()
    line.go(SECOND)
    line.taken()
    line.station.freeze()
    line.station.has_ended = True

    assert set(line.go(5 * SECOND)) == {"it is over"}
    assert line.taken() == [(1, 8), (1, -1)]

    line.station.thaw()
    line.station.has_ended = False
    line.go(SECOND)
    assert line.taken()[0][0] == 2


def test_a_rendition_is_chosen_and_left() -> None:
    """The best modest one first; another from the next segment on, as a run of its own; addresses that expire are asked anew."""
    line = Line("https://station.example/master.m3u8")
    line.station.odd |= {"/master.m3u8": MASTER, "/better.m3u8": line.station.playlist}
    line.go(SECOND)
    assert line.fetching.rendition == "360p"
    assert line.taken() == [(1, 5), (1, 6), (1, 7)]
    line.fetching.move(0)
    line.go(SECOND)
    assert line.fetching.rendition == "180p"
    assert line.taken()[0] == (2, 8)

    line.station.odd["/master.m3u8"] = MASTER.replace(b"/live.m3u8", b"/renamed.m3u8")
    line.station.odd |= {"/live.m3u8": 403, "/renamed.m3u8": line.station.playlist}
    line.go(6 * SECOND)
    assert len(line.taken()) > 1


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"/live.m3u8": b"<html>"}, "web page"),
        ({"/live.m3u8": MASTER.replace(b"/better", b"/live")}, "lists renditions again"),
        ({"/live.m3u8": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"}, "refused"),
        ({"/live.m3u8": b"#EXTM3U\n#EXTINF:1,\nhttps://10.0.0.1/a.ts\n"}, "refused"),
        ({"/live.m3u8": b'#EXTM3U\n#EXT-X-MAP:URI="file:///etc/passwd"\n#EXTINF:1,\n/segment6.ts\n'}, "refused"),
        ({"/segment5.ts": lambda: bytes(40_000_000)}, "too large"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_of_it_handed_on(odd: dict[str, bytes], why: str) -> None:
    """Pages, circles, addresses of this machine and its network, floods."""
    line = Line()
    line.station.odd |= odd
    with pytest.raises((FilmError, NetworkError), match=why):
        line.fetching.turn()

    assert line.taken() == []


def test_the_thread_tells_of_trouble_and_ends_when_it_is_told_to() -> None:
    """It goes on by itself, with pauses that grow, until it is stopped."""
    line = Line()
    line.station.is_dead = True
    told: list[int] = []

    def ring() -> None:
        told.append(1)
        if len(told) == 8:
            fetching.stop()

    fetching = Fetching(Source(URL, line.station, SECOND, 100), clock=line.clock, ring=ring)
    fetching.start()
    fetching.join()

    assert list(fetching.notes) == [Trouble(f"{URL}: answered 503")] * 8
    assert line.clock.monotonic() >= (1 + 2 + 4 + 8 + 10 + 10 + 10) * SECOND


def test_times_that_no_run_has_do_not_end_who_feeds() -> None:
    """However far a list says that its instants are moved, and whichever era it counts, that can be handed on."""
    leg = Leg(Track.PICTURES, SECOND)
    for number, (era, offset) in enumerate([(10**15, 2**70), (-5, -(2**70)), (1 << 42, 0)]):
        segment = Segment(number=number, url="a", length=SECOND, era=era, offset=offset)
        media = Media(segments=(segment,), target=SECOND, has_ended=False, has_eras=True)
        leg.is_apart = True
        tag = leg.piece(segment, b"", leg.era(segment, media, 2**20)).tag

        assert tag_of(tag.pack()) == tag
        assert tag.era >> 42 == 2**20
