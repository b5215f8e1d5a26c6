"""A rendition that does not go on while another one does is left before anything is seen of it; a stream that stands is not."""

from __future__ import annotations

from typing import Final

import pytest

from player.film.live.fetched.decoder import FetchedDecoder
from player.film.live.fetched.fetching import Fetching, Source
from player.film.live.fetched.lists import Lists
from player.film.live.fetched.notes import Awaited, Behind, Fetched, Unfetched
from player.film.live.fetched.others import LOOK, Others, Seen
from player.film.live.listed.media import Variant
from player.film.wire import Begun, Confined, line_of
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import FakeClock, PacedClock
from tests.fakes.streaming import Answer, pursued
from tests.fakes.streaming_apart import Dash
from tests.film.live.fetched.test_live_decoder import URL
from tests.film.live.fetched.test_live_renditions import PIXELS, Two, kept

EMPTY: Final = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:9\n"
BEST: Final = b'<Representation id="best" width="160" height="96" bandwidth="250000"/>'
MORE: Final = b'<Representation id="pictures"'
SAID: Final = "".join(line_of(each).decode() for each in (Confined(0), Begun(1, 0, Size(80, 45))))
SAY: Final = f"import sys; sys.stdin.buffer.read(200); sys.stdout.write({SAID!r}); sys.stdout.flush()"
LASTING: Final = f"{SAY}\nwhile sys.stdin.buffer.read1(65536): pass"  # a child that is blamed for nothing
DASH: Final = "https://station.example/live.mpd"


class Watch:
    """A fetcher of a station with two renditions, on a clock by hand; it obeys nobody but the test."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.station = Two(self.clock)
        self.fetching = Fetching(Source(URL, self.station, SECOND, PIXELS), clock=self.clock, ring=lambda: None)

    def go(self, length: Nanos) -> list[str]:
        """Let time pass, and take all that comes; return what hindered it."""
        why: list[str] = []
        end = self.clock.monotonic() + length
        while self.clock.monotonic() < end:
            why += pursued(self.fetching, self.clock, SECOND // 4)
            self.taken()
        return why

    def taken(self) -> list[bytes]:
        """Take all that was fetched."""
        found: list[bytes] = []
        while (piece := self.fetching.pieces.take()) is not None:
            found.append(piece.data)
        return found

    def behind(self) -> int:
        """Return how often it was noted that the better one is behind."""
        return sum(note == Behind(1) for note in self.fetching.notes)

    def came_to(self, name: str) -> int:
        """As `Two.came_to`, of segments."""
        return self.station.came_to(f"{name}-segment" if name else "segment")


def stopped(station: Two) -> bytes:
    """Return the better one's list as of now, for good."""
    return station.playlist().replace(b"segment", b"high-segment")


def long(station: Two) -> bytes:
    """Return the lower one's list, which reaches back further."""
    first = max(0, station.newest - 15)
    lines = (f"#EXTINF:0.5,\nsegment{number}.ts\n" for number in range(first, station.newest + 1))
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:{first}\n{''.join(lines)}".encode()


@pytest.mark.parametrize("kind", ["stands", "is empty", "has ended", "is missing"])
def test_a_rendition_whose_list_does_not_go_on_is_left(kind: str) -> None:
    """Whether its list stands, is empty, says that it is over, or is gone: the lower one goes on where it was, and plays."""
    clock = PacedClock()
    station = Two(clock)

    def is_left(_: FetchedDecoder) -> bool:
        if station.came_to("high-segment") >= 2 and callable(station.odd["/high"]):
            now = stopped(station)
            answers: dict[str, Answer] = {
                "stands": now,
                "is empty": EMPTY,
                "has ended": now + b"\n#EXT-X-ENDLIST",
                "is missing": 404,
            }
            station.odd["/high"] = answers[kind]
        return station.came_to("segment") >= 2

    decoder = kept(station, clock, LASTING, is_left)
    assert decoder.rendition == "36p"


def test_a_list_that_stands_is_left_before_the_reserve_is_used_up() -> None:
    """It is noted after a segment and a half and a second, once another list was seen to go on; what follows joins on."""
    watch = Watch()
    watch.go(2 * SECOND)
    watch.station.odd["/high"] = stopped(watch.station)
    began, newest = watch.clock.monotonic(), watch.station.newest
    while not watch.behind() and watch.clock.monotonic() - began <= 4 * SECOND:
        watch.go(SECOND // 4)
    assert watch.behind()
    watch.station.odd["/low"] = lambda: long(watch.station)
    watch.fetching.move(0)
    watch.go(SECOND)

    assert next(path for path in watch.station.asked if path.startswith("/segment")) == f"/segment{newest + 1}.ts"


def test_a_stream_that_stands_as_a_whole_costs_no_rendition() -> None:
    """An encoder whose cable was pulled: no list goes on, and none is to blame."""
    watch = Watch()
    watch.go(2 * SECOND)
    watch.station.freeze()
    assert watch.go(20 * SECOND) == []
    assert watch.behind() == 0
    watch.station.thaw()
    watch.go(2 * SECOND)
    assert watch.behind() == 0


def test_what_stood_is_not_shown_when_it_is_tried_again() -> None:
    """Minutes later, its list still ends where it was left: nothing of it is fetched, and it is left again at once."""
    watch = Watch()
    watch.go(2 * SECOND)
    watch.station.odd["/high"] = stopped(watch.station)
    watch.go(5 * SECOND)
    watch.fetching.move(0)
    watch.go(60 * SECOND)
    before = watch.came_to("high")
    watch.fetching.notes.clear()
    watch.fetching.move(1)
    watch.go(SECOND)
    assert watch.behind()
    assert watch.came_to("high") == before
    del watch.station.odd["/high"]
    watch.station.odd["/high"] = lambda: stopped(watch.station)
    watch.go(2 * SECOND)
    assert watch.came_to("high") > before


def test_a_stream_is_over_once_all_of_it_is() -> None:
    """One list that says so is not believed while another goes on; nor at once, where the others say nothing yet."""
    watch = Watch()
    watch.go(2 * SECOND)
    watch.station.odd["/high"] = stopped(watch.station) + b"\n#EXT-X-ENDLIST"
    watch.station.freeze()
    assert watch.go(SECOND) == []
    watch.station.thaw()
    watch.go(2 * SECOND)
    assert watch.behind()

    watch.fetching.move(0)
    watch.go(SECOND)
    watch.station.freeze()
    watch.station.has_ended = True
    watch.fetching.notes.clear()
    assert set(watch.go(5 * SECOND)) == {"it is over"}
    assert not watch.behind()


def test_one_that_says_it_is_over_is_believed_where_the_others_stand() -> None:
    """Their packager was ended with them: after a segment and a half and a second."""
    watch = Watch()
    watch.go(2 * SECOND)
    watch.station.odd["/high"] = stopped(watch.station) + b"\n#EXT-X-ENDLIST"
    watch.station.freeze()
    assert set(watch.go(5 * SECOND)) == {"it is over"}


def test_a_list_that_is_missing_once_is_an_accident() -> None:
    """The list of renditions is asked for anew at once, for it may have another address; the second time it is left."""
    watch = Watch()
    watch.go(2 * SECOND)
    asked = watch.station.came_to("live.m3u8")
    good = watch.station.odd["/high"]
    watch.station.odd["/high"] = 404
    assert len(pursued(watch.fetching, watch.clock, SECOND)) == 1
    watch.station.odd["/high"] = good
    watch.go(2 * SECOND)
    assert watch.station.came_to("live.m3u8") == asked + 1
    assert not watch.behind()

    watch.station.odd["/high"] = 404
    watch.go(3 * SECOND)
    assert watch.behind()


def test_renditions_that_are_known_outlast_the_list_of_them() -> None:
    """Its address has expired, and all else was gone for a while: it goes on as soon as the lists of the renditions are back."""
    watch = Watch()
    watch.go(2 * SECOND)
    watch.station.odd["/live.m3u8"] = 403
    high, watch.station.is_dead = watch.station.odd.pop("/high"), True
    watch.go(20 * SECOND)
    watch.station.odd["/high"], watch.station.is_dead = high, False
    watch.fetching.notes.clear()
    watch.go(SECOND)

    assert any(isinstance(note, Fetched) for note in watch.fetching.notes)
    assert watch.fetching.rendition == "45p"


def test_a_time_between_two_looks_is_no_list_that_stands() -> None:
    """A segment that took ten seconds to fetch: what was listed before it is looked at again before it is judged."""
    watch = Watch()
    watch.go(2 * SECOND)

    def slow() -> bytes:
        watch.clock.advance(10 * SECOND)
        return b"\x47" + bytes(187)

    watch.station.odd |= {f"/high-segment{watch.station.newest + 1}.ts": slow}
    watch.go(14 * SECOND)
    assert not watch.behind()


class Several(Dash):
    """A station of DASH with two representations of its pictures."""

    best: Answer | None = None
    """What is answered for the better one's segments, if not what is right."""

    def content(self, path: str) -> Answer:
        """See `Station.content`."""
        if path == "/live.mpd":
            written = super().content(path)
            assert isinstance(written, bytes)
            return written.replace(MORE, BEST + MORE)
        found = super().content(path.replace("/best/", "/pictures/"))
        return self.best if path.startswith("/best/") and self.best is not None and "head" not in path else found


def dash() -> tuple[Several, FakeClock, Fetching]:
    """Return a fetcher of the better representation, which has had a few segments."""
    clock = FakeClock()
    station = Several(clock)
    source = Source(DASH, station, SECOND, 160 * 96, has_sound=False)
    made = Fetching(source, clock=clock, ring=lambda: None)
    made.move(1)
    pursued(made, clock, 2 * SECOND)
    return station, clock, made


def test_each_time_a_piece_is_missing_is_told() -> None:
    """Of a representation whose pieces are gone: not only after all the tries that one which is late is given."""
    station, clock, made = dash()
    assert any(isinstance(note, Fetched) for note in made.notes)
    assert not any(isinstance(note, Awaited) for note in made.notes)
    station.best = 404
    while made.pieces.take() is not None:
        pass
    pursued(made, clock, 3 * SECOND)
    awaited = [note for note in made.notes if isinstance(note, Awaited)]

    assert len(awaited) >= 4
    assert not any(isinstance(note, Unfetched) for note in made.notes)


def test_who_learns_how_late_a_station_is_blames_no_representation() -> None:
    """The first segment is asked for again until it is there; from then on all are as late."""
    clock = FakeClock()
    station = Several(clock)
    station.late = 3 * SECOND
    source = Source(DASH, station, SECOND, 160 * 96, has_sound=False)
    made = Fetching(source, clock=clock, ring=lambda: None)
    pursued(made, clock, 6 * SECOND)

    assert any(isinstance(note, Fetched) for note in made.notes)
    assert not any(isinstance(note, Awaited) for note in made.notes)


@pytest.mark.parametrize("answer", [None, 404])
def test_what_was_awaited_in_vain_makes_no_other_representation_late(answer: Answer | None) -> None:
    """Its tries are taken back when it is left; those of a segment that came in the end are not."""
    station, clock, made = dash()
    station.best = answer
    while made.pieces.take() is not None:
        pass
    pursued(made, clock, 3 * SECOND)
    made.move(0)
    made.turn()

    assert made._lists.late == 0  # pyright: ignore[reportPrivateUsage]  a test may look inside


class Lobby:
    """Three renditions' lists, as they may be looked at."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.station = Two(self.clock)
        self.station.odd |= {f"/{name}": self.station.playlist for name in "abc"}
        self.others = Others(Lists(URL, self.station, self.clock), self.clock)
        self.rungs = [Variant(url=f"https://station.example/{name}", bandwidth=1, size=None) for name in "abc"]

    def look(self, rung: int, newest: int | None = None) -> Seen:
        """See `Others.look`; *newest*: None, if that is all there is."""
        return self.others.look(self.rungs, rung, self.station.newest if newest is None else newest)


def test_lists_with_other_numbers_are_seen_to_go_on_too() -> None:
    """What has more is known at once to go on; what has less, as soon as it has more than before."""
    lobby = Lobby()
    assert lobby.look(2, 5) is Seen.GOING_ON
    assert lobby.look(2, 1000) is Seen.STANDING
    lobby.clock.advance(SECOND)
    assert lobby.look(2, 1000) is Seen.GOING_ON


def test_all_others_are_looked_at_until_one_goes_on() -> None:
    """The next lower first: two of three may come from one machine, which is gone."""
    lobby = Lobby()
    lobby.station.odd |= {"/b": 404}
    assert lobby.look(2, 0) is Seen.GOING_ON
    assert lobby.station.asked == ["/b", "/a"]
    lobby.station.odd |= {"/a": EMPTY}
    assert lobby.look(2, 0) is Seen.NOTHING
    assert lobby.look(0, 0) is Seen.GOING_ON
    assert lobby.station.asked[-2:] == ["/b", "/c"]
    assert lobby.others.look(lobby.rungs[:1], 0, 0) is Seen.NOTHING


def test_lists_that_nobody_answers_for_hold_nobody_up() -> None:
    """After two seconds no further one is asked for: the one that is followed may be there again."""
    lobby = Lobby()

    def slow() -> bytes:
        lobby.clock.advance(LOOK + 1)
        return b"<html>"

    lobby.station.odd["/b"] = slow
    assert lobby.look(2, 0) is Seen.NOTHING
    assert lobby.station.asked == ["/b"]
