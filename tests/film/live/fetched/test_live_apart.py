"""Streams whose sound comes apart, fetched: both tracks from the same moment, side by side; pictures wait for no sound."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from player.film.live.fetched.fetching import Fetching, Source
from player.film.live.fetched.notes import Trouble
from player.film.live.fetched.pieces import Piece
from player.film.live.wire import Tag, Track
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.streaming import COUNT, LENGTH, Station, pursued
from tests.fakes.streaming_apart import MASTER, Apart, Dash, fragments

TS = tuple((b"\x47" + bytes(187)) * (number + 1) for number in range(COUNT))


class Line:
    """A station and who fetches it, on a clock of the test's own; no thread."""

    def __init__(self, station: type[Apart | Dash] = Apart) -> None:
        self.clock = FakeClock()
        self.station: Station = Apart(self.clock, TS, TS) if station is Apart else Dash(self.clock)
        url = f"https://station.example/{'master.m3u8' if station is Apart else 'live.mpd'}"
        self.fetching = Fetching(Source(url, self.station, SECOND, 640 * 360), clock=self.clock, ring=lambda: None)

    def go(self, length: Nanos) -> list[str]:
        """Let time pass; return what hindered it."""
        return pursued(self.fetching, self.clock, length)

    def pieces(self) -> list[Piece]:
        """Take all that was fetched."""
        found: list[Piece] = []
        while (piece := self.fetching.pieces.take()) is not None:
            found.append(piece)
        return found

    def taken(self) -> list[tuple[str, int, int]]:
        """Take all that was fetched: of which track, run, and which segment."""
        return [(piece.track.name[0], piece.run, len(piece.data) // 188 - 1) for piece in self.pieces()]


def test_both_are_followed_from_the_same_moment() -> None:
    """Segment by segment, in step, in one era; the sound that is meant for everybody."""
    line = Line()
    assert line.go(SECOND) == []
    pieces = line.pieces()

    assert [(piece.track.name[0], len(piece.data) // 188 - 1) for piece in pieces] == [
        *(("P", 5), ("S", 5), ("P", 6), ("S", 6), ("P", 7), ("S", 7)),
    ]
    assert {piece.tag.era for piece in pieces} == {pieces[0].tag.era}
    assert "/other.m3u8" not in line.station.asked


@pytest.mark.parametrize("path", ["/sound.m3u8", "/sound6.ts", "/sound7.ts"])
def test_pictures_go_on_without_sound(path: str) -> None:
    """Whatever of it is missing; it is told, and sound comes back as a run of its own."""
    line = Line()
    line.station.odd[path] = 404
    assert line.go(SECOND) == []
    taken = line.taken()
    assert [number for track, _, number in taken if track == "P"] == [5, 6, 7]
    assert any(isinstance(note, Trouble) and "its sound: " in note.why for note in line.fetching.notes)
    del line.station.odd[path]
    for _ in range(8):
        line.go(SECOND // 2)
        taken += line.taken()

    assert [number for track, _, number in taken if track == "S"][-1] >= 12
    assert [number for track, _, number in taken if track == "P"] == list(range(5, taken[-1][2] + 1))


def test_a_leap_leads_both_to_the_edge() -> None:
    """In another era, so that nothing of before is heard with what is seen after it."""
    line = Line()
    line.go(SECOND)
    before = line.pieces()[-1].tag.era
    line.station.is_dead = True
    line.go(4 * SECOND)
    line.station.is_dead = False
    line.fetching.rejoin()
    line.go(SECOND // 2)
    after = line.pieces()

    assert {piece.tag.era for piece in after} == {after[0].tag.era}
    assert after[0].tag.era > before
    assert len({len(piece.data) for piece in after[:2]}) == 1


def test_what_begins_anew_does_so_in_both() -> None:
    """A discontinuity is another era for either, though their playlists do not number them."""
    line = Line()
    line.station.extra[7] = "#EXT-X-DISCONTINUITY"
    line.go(2 * SECOND)
    eras = {(piece.track, len(piece.data) // 188 - 1): piece.tag.era for piece in line.pieces()}

    for track in Track:
        assert eras[track, 6] + 1 == eras[track, 7] == eras[track, 8]
    assert eras[Track.PICTURES, 7] == eras[Track.SOUND, 7]


def test_sound_that_is_no_sound_is_left_out() -> None:
    """A page in its place never reaches a decoder; a rendition without any is followed as well."""
    line = Line()
    line.station.odd |= {f"/sound{number}.ts": b"<html>" for number in range(40)}
    line.go(SECOND)
    assert {track for track, _, _ in line.taken()} == {"P"}

    line = Line()
    line.station.odd["/master.m3u8"] = MASTER.replace(b',AUDIO="a"', b"")
    line.go(SECOND)
    assert {track for track, _, _ in line.taken()} == {"P"}


def test_dash_is_followed_likewise() -> None:
    """Numbered segments, by the time that it is, with what must be read before them; one document for both tracks."""
    line = Line(Dash)
    assert line.go(SECOND) == []
    pieces = line.pieces()

    head, pictures = fragments("pictures")
    assert [piece.track.name[0] for piece in pieces] == ["P", "S"] * 3
    assert [piece.data for piece in pieces if piece.track is Track.PICTURES] == [head + pictures[3], pictures[4], pictures[5]]
    assert {piece.tag for piece in pieces} == {Tag(1 << 42)}
    assert line.station.asked.count("/live.mpd") == 1
    for _ in range(12):
        assert line.go(LENGTH) == []
        pieces += line.pieces()
    assert [piece.data for piece in pieces if piece.track is Track.PICTURES][1:] == list(pictures[4 : 4 + 14])
    assert line.station.asked.count("/live.mpd") <= 4


def test_segments_that_are_late_are_waited_for_and_the_next_ones_not_asked_for_too_early() -> None:
    """Whoever makes them may be slower than the time, or its clock another one: nothing is lost by it."""
    line = Line(Dash)
    station = line.station
    assert isinstance(station, Dash)
    station.late = 2 * SECOND
    line.fetching = Fetching(Source("https://station.example/live.mpd", station, 0, 1), clock=line.clock, ring=lambda: None)
    pieces: list[Piece] = []
    for _ in range(20):
        assert line.go(LENGTH) == []
        pieces += line.pieces()
    asked = list(station.asked)
    numbers = [int(path[10:15]) for path in asked if path.startswith("/pictures/0")]

    assert {piece.run for piece in pieces} == {1}
    assert sorted(set(numbers)) == list(range(numbers[0], numbers[-1] + 1))
    assert len(numbers) - len(set(numbers)) <= 5


def test_a_segment_that_never_comes_is_left_out() -> None:
    """After four seconds; what follows is a run of its own, and asked for no later than before."""
    line = Line(Dash)
    line.station.odd |= {"/pictures/00005.m4s": 404}
    runs: list[int] = []
    for _ in range(16):
        line.go(LENGTH)
        runs += [piece.run for piece in line.pieces() if piece.track is Track.PICTURES]

    assert line.station.asked.count("/pictures/00005.m4s") == 9
    assert set(runs) == {1, 2}
    assert len(runs) >= 8


@pytest.mark.parametrize("how", ["manifest", "answer", "published"])
def test_the_servers_clock_counts(how: str) -> None:
    """A machine that is wrong about the time shows what is on all the same: by what the manifest or the answer says."""
    line = Line(Dash)
    line.clock.step(-3600 * SECOND)

    def said() -> bytes:
        now = datetime.fromtimestamp(line.clock.wall() / SECOND + 3600, UTC)
        body = line.station.content("/right.mpd")
        assert isinstance(body, bytes)
        if how == "manifest":
            timing = f'<UTCTiming schemeIdUri="urn:mpeg:dash:utc:direct:2014" value="{now.isoformat()}"/>'
            return body.replace(b"<Period", timing.encode() + b"<Period")
        if how == "published":
            return body.replace(b"<MPD ", f'<MPD publishTime="{now.isoformat()}" '.encode())
        line.station.served = now
        return body

    line.station.odd["/live.mpd"] = said
    assert line.go(SECOND) == []
    assert [piece.track.name[0] for piece in line.pieces()][:2] == ["P", "S"]
