"""Streams as nobody should send them: what can be shown is, what cannot be has a sentence, and nothing is waited for."""

from __future__ import annotations

import io
import socket
from collections import deque
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import av
import numpy as np
import pytest

from player.clock import SystemClock
from player.errors import FilmError, NetworkError, WeRememberError
from player.film.decoder import Wanted
from player.film.live.fetched.decoder import FetchedDecoder
from player.film.live.fetched.fetching import Fetching, Source
from player.film.live.fetched.notes import Trouble
from player.film.live.hosts import fetcher_for
from player.film.wire import Begun
from player.units import MILLISECOND, SECOND, Size
from tests.fakes.clock import PacedClock
from tests.fakes.sighted import Sight
from tests.fakes.streaming import PER_SEGMENT, RECIPE, Station, segments
from tests.fakes.streaming_apart import MASTER, Apart, Dash

CLOCK: Final = SystemClock()
SILENT: Final = replace(RECIPE, has_sound=False)
SIZE: Final = Size(160, 96)


def dots() -> bytes:
    """Return a second of pictures of a single pixel."""
    out = io.BytesIO()
    container: Any
    with av.open(out, "w", format="mpegts") as container:
        video: Any = container.add_stream("libx264", rate=24)
        video.width = video.height = 1
        video.pix_fmt = "yuv444p"
        video.codec_context.thread_count = 1
        for number in range(24):
            frame: Any = av.VideoFrame.from_ndarray(np.full((3, 1, 1), 128, np.uint8), format="yuv444p")
            frame.pts, frame.time_base = number, Fraction(1, 24)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return out.getvalue()


def test_a_picture_that_is_too_large_is_refused() -> None:
    """It is told how large it is; nothing of it is decoded."""
    with pytest.raises(FilmError, match="its pictures are 4608 x 2592, larger than can be played here"):
        Sight(segments(replace(SILENT, size=Size(4608, 2592), frames=1, key_every=1))).watch()


def test_a_single_pixel_is_shown_as_one() -> None:
    """It has black beside it, or is as large as it can be; nothing fails."""
    sight = Sight([dots()])
    sight.watch()

    begun = [said for said in sight.said if isinstance(said, Begun)]
    assert [said.size for said in begun] == [Size(2, 2)]


def test_a_thousand_frames_a_second_are_thinned() -> None:
    """As many are shown as an output shows, at their own instants."""
    sight = Sight(segments(replace(SILENT, frames=500, rate=Fraction(1000), key_every=500)))
    sight.watch()

    assert 20 < len(sight.numbers) < 40
    assert all(10 < b - a < 25 for a, b in pairwise(sight.numbers))
    assert sight.seen[-1][0] - sight.seen[0][0] <= 520 * MILLISECOND


def test_another_codec_without_a_word_is_no_fault() -> None:
    """What cannot be decoded of such a run is left out; the next run is seen from its beginning."""
    plain = (("x265-params", "log-level=none:pools=1:frame-threads=1:bframes=0:keyint=12"),)
    other = segments(replace(SILENT, codec="libx265", frames=PER_SEGMENT * 4, options=plain))
    cut = segments(SILENT)
    sight = Sight([cut[0], other[1], other[2]], [other[3]], [cut[4]])
    sight.watch()

    assert sight.numbers[-2 * PER_SEGMENT :] == list(range(36, 60))


def fetching(station: Station, path: str) -> Fetching:
    """Return who fetches from a station, without a thread."""
    url = f"https://station.example/{path}"
    return Fetching(Source(url, station, SECOND, 100_000), clock=PacedClock(), ring=lambda: None)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ((b"<Period", b"<BaseURL>https://10.0.0.1/</BaseURL><Period"), "refused"),
        ((b"<Period", b"<BaseURL>file:///etc/passwd</BaseURL><Period"), "refused"),
        ((b"$RepresentationID$/head.mp4", b"http://localhost/head.mp4"), "refused"),
        ((b"<SegmentTemplate", b'<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011"/><SegmentTemplate'), "DRM"),
        ((b"<MPD", b"<html><MPD"), "damaged"),
    ],
)
def test_a_manifest_leads_nowhere_else(change: tuple[bytes, bytes], why: str) -> None:
    """Its addresses go by the same rules as all others; what is protected is said to be."""
    station = Dash(PacedClock())
    body = station.content("/live.mpd")
    assert isinstance(body, bytes)
    station.odd["/live.mpd"] = body.replace(*change)
    found = fetching(station, "live.mpd")
    with pytest.raises((FilmError, NetworkError), match=why):
        found.turn()

    assert found.pieces.take() is None


def test_sound_that_leads_elsewhere_costs_no_picture() -> None:
    """It is refused, which is told; pictures go on without."""
    station = Apart(PacedClock())
    station.odd["/master.m3u8"] = MASTER.replace(b'"sound.m3u8', b'"https://10.0.0.1/sound.m3u8')
    found = fetching(station, "master.m3u8")
    tracks: deque[str] = deque()
    for _ in range(6):
        found.turn()
        piece = found.pieces.take()
        tracks.append(piece.track.name if piece else "")

    assert tracks.count("PICTURES") >= 2
    assert "SOUND" not in tracks
    assert any(isinstance(note, Trouble) and "10.0.0.1" in note.why for note in found.notes)


def test_closing_ends_what_is_being_fetched() -> None:
    """A server that says nothing is left at once: no thread of it is there a second later."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/live.m3u8"
        source = Source(url, fetcher_for(url, (), allow=(), clock=CLOCK), SECOND, 100)
        decoder = FetchedDecoder(source, Wanted(size=SIZE), clock=CLOCK)
        with listener.accept()[0]:
            decoder.close()
            closed = CLOCK.monotonic()
            decoder.join()
            assert CLOCK.monotonic() - closed < 5 * SECOND  # without an end of its own: ten seconds


def test_a_station_that_is_left_answers_nobody() -> None:
    """Whoever was told to stop begins nothing more."""
    station = Station(PacedClock())
    found = fetching(station, "live.m3u8")
    found.stop()
    with pytest.raises(WeRememberError):
        found.turn()
    assert station.asked == []
