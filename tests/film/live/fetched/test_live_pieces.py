"""What is fetched ahead: as much as was asked for, never more than memory has, and nothing of before a leap."""

from __future__ import annotations

from player.film.live.fetched.fetching import Fetching, Source
from player.film.live.fetched.pieces import MAX_AHEAD, MAX_AHEAD_BYTES, MOST_AHEAD, Piece, Pieces
from player.film.live.wire import Track
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.streaming import COUNT, Station

URL = "https://station.example/live.m3u8"
PACKETS = b"\x47" + bytes(187)
TS = tuple(PACKETS * (number + 1) for number in range(COUNT))


def listed(name: str, length: float, count: int) -> bytes:
    """Return a playlist of so many segments."""
    head = f"#EXTM3U\n#EXT-X-TARGETDURATION:{max(1, round(length))}\n"
    return (head + "".join(f"#EXTINF:{length},\n{name}{number}.ts\n" for number in range(count))).encode()


def fetching(station: Station, latency: Nanos = SECOND, path: str = "live.m3u8") -> Fetching:
    """Return what fetches from a station, without its thread."""
    return Fetching(Source(f"https://station.example/{path}", station, latency, 640 * 360), clock=FakeClock(), ring=lambda: None)


def taken(pieces: Pieces) -> list[Piece]:
    """Take all there is."""
    found: list[Piece] = []
    while (piece := pieces.take()) is not None:
        found.append(piece)
    return found


def test_there_is_room_for_what_was_asked_for_within_memory() -> None:
    """Four segments, or as many as are as long as was wanted; a count and a sum of bytes that no wish goes beyond."""
    few, many = Pieces(), Pieces(60 * SECOND)
    while few.has_room():
        few.put(Piece(1, b"x", length=2 * SECOND))
    while many.has_room():
        many.put(Piece(1, b"x", length=2 * SECOND))
    assert [len(taken(each)) for each in (few, many)] == [MAX_AHEAD, 30]

    for size, most in [(0, MOST_AHEAD), (MAX_AHEAD_BYTES // 5, 5)]:
        data = bytes(size)
        while many.has_room(Track.SOUND):
            many.put(Piece(1, data, Track.SOUND))
        assert not many.has_room()
        assert len(taken(many)) == most


def test_the_reserve_is_as_long_as_was_asked_for() -> None:
    """A minute behind in segments of two seconds: a minute of them is held, though nobody has taken any."""
    station = Station(FakeClock(), TS)
    station.odd["/live.m3u8"] = listed("segment", 2, 40)
    each = fetching(station, 60 * SECOND)
    for _ in range(60):
        each.turn()

    assert sum(piece.length for piece in taken(each.pieces)) == 60 * SECOND


def test_sound_that_is_large_does_not_fill_the_memory() -> None:
    """A segment of pictures that is listed as half a minute, and beside it sound without end, a megabyte for each twentieth."""
    station = Station(FakeClock(), TS)
    head = '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",DEFAULT=YES,URI="s.m3u8"\n'
    station.odd = {
        "/master.m3u8": f'{head}#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=320x180,AUDIO="a"\nlive.m3u8\n'.encode(),
        "/live.m3u8": listed("segment", 30, 9),
        "/s.m3u8": listed("s", 0.05, 400),
        **{f"/s{number}.ts": PACKETS * 5000 for number in range(400)},
    }
    each = fetching(station, 60 * SECOND, "master.m3u8")
    for _ in range(200):
        each.turn()
    held = sum(len(piece.data) for piece in taken(each.pieces))

    assert MAX_AHEAD_BYTES < held < MAX_AHEAD_BYTES + 1_000_000


def test_after_a_leap_nothing_of_before_is_taken() -> None:
    """Not what was fetched already, and not what comes while it is told to leap: the next child begins with the next run."""
    station = Station(FakeClock(), TS)
    each = fetching(station)
    each.turn()
    each.pieces.put(Piece(1, b"of before"))

    def slow() -> bytes:
        each.rejoin()
        assert each.pieces.take() is None
        del station.odd["/segment6.ts"]
        return TS[6]

    station.odd["/segment6.ts"] = slow
    each.turn()
    assert taken(each.pieces) == []
    each.turn()
    assert [(piece.run, piece.data) for piece in taken(each.pieces)] == [(2, TS[5])]


def test_what_was_recalled_is_not_put() -> None:
    """Whoever was late with it may put it: it is not kept, until they are begun anew."""
    pieces = Pieces()
    pieces.put(Piece(1, b"a"))
    pieces.recall()
    pieces.put(Piece(1, b"b"))
    assert (pieces.is_recalled, pieces.take()) == (True, None)
    assert (pieces.begin_anew(), pieces.begin_anew(), pieces.is_recalled) == (True, False, False)
    pieces.put(Piece(2, b"c"))
    assert pieces.take() == Piece(2, b"c")


def test_who_was_told_to_stop_waits_no_more() -> None:
    """Told between two turns, when the next one finds nothing to do: it forgets that it was woken, and ends all the same."""
    clock = FakeClock()
    each = Fetching(Source(URL, Station(clock, TS), SECOND, 1), clock=clock, ring=lambda: None)
    each.pieces.begin_anew()
    for _ in range(MAX_AHEAD):
        each.pieces.put(Piece(1, b"x", length=SECOND))
    each.stop()
    each.turn()

    assert clock.monotonic() == 0
