"""Stations that send sound apart from pictures: by HLS, and by DASH, which has one document for both."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import av

from player.clock import Clock
from player.units import SECOND, Nanos
from tests.fakes.films import film
from tests.fakes.streaming import LENGTH, LISTED, RECIPE, Answer, Station, segments

MASTER: Final = b"""#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Other",LANGUAGE="pl",AUTOSELECT=YES,URI="other.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Main",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="sound.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="Words",DEFAULT=YES,URI="words.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=100000,RESOLUTION=160x96,AUDIO="a"
live.m3u8
"""
MANIFEST: Final = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic" availabilityStartTime="{begin}" minimumUpdatePeriod="PT5S"
 timeShiftBufferDepth="PT10S" profiles="urn:mpeg:dash:profile:isoff-live:2011"><Period id="1" start="PT0S">
<AdaptationSet contentType="video"><SegmentTemplate timescale="1000" duration="500" startNumber="0"
 initialization="$RepresentationID$/head.mp4" media="$RepresentationID$/$Number%05d$.m4s"/>
<Representation id="pictures" mimeType="video/mp4" codecs="avc1.4d401e" width="160" height="96" bandwidth="100000"/>
</AdaptationSet><AdaptationSet contentType="audio"><SegmentTemplate timescale="1000" duration="500" startNumber="0"
 initialization="$RepresentationID$/head.mp4" media="$RepresentationID$/$Number%05d$.m4s"/>
<Representation id="sound" mimeType="audio/mp4" codecs="mp4a.40.2" bandwidth="64000"/></AdaptationSet></Period></MPD>"""


class Apart(Station):
    """HLS with sound in a playlist of its own; begin at /master.m3u8."""

    def __init__(self, clock: Clock, pieces: tuple[bytes, ...] | None = None, sounds: tuple[bytes, ...] | None = None) -> None:
        super().__init__(clock, segments(only="video") if pieces is None else pieces)
        self._sounds = segments(only="audio") if sounds is None else sounds

    def content(self, path: str) -> Answer:
        """See `Station.content`."""
        found = super().content(path)
        if path in self.odd or self.is_dead:
            return found
        if path == "/master.m3u8":
            return MASTER
        if path == "/sound.m3u8":
            return self.playlist().replace(b"segment", b"sound")
        if path.startswith("/sound"):
            return self._sounds[int(path[6:].partition(".")[0]) % len(self._sounds)]
        return found


class Dash(Station):
    """DASH whose segments are numbered, listed by the time that it is; begin at /live.mpd."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, (b"",))
        self._start = clock.wall() - LISTED * LENGTH
        self.late: Nanos = 0
        """How much later than its time a segment is there."""

    def content(self, path: str) -> Answer:
        """See `Station.content`."""
        found = super().content(path)
        if path in self.odd or self.is_dead:
            return found
        if path in {"/live.mpd", "/right.mpd"}:
            return MANIFEST.format(begin=_written(self._start)).encode()
        track, _, name = path[1:].partition("/")
        if track not in {"pictures", "sound"}:
            return found
        head, pieces = fragments(track)
        if name == "head.mp4":
            return head
        number = int(name.partition(".")[0])
        is_there = self._began + (number + 1) * LENGTH + self.late <= self._clock.monotonic()
        return pieces[number % len(pieces)] if is_there else 404


def _written(nanos: int) -> str:
    return datetime.fromtimestamp(nanos / SECOND, UTC).isoformat()


@cache
def fragments(track: str) -> tuple[bytes, tuple[bytes, ...]]:
    """Return `pictures` or `sound` as CMAF: what comes first, and fragments as long as a segment."""
    out = io.BytesIO()
    kind = "video" if track == "pictures" else "audio"
    options = {"movflags": "empty_moov+default_base_moof", "frag_duration": str(LENGTH // 1000)}
    source: Any
    target: Any
    data = film(replace(RECIPE, container="mkv"))
    with av.open(io.BytesIO(data), "r") as source, av.open(out, "w", format="mp4", options=options) as target:
        found = next(stream for stream in source.streams if stream.type == kind)
        made = target.add_stream_from_template(found)
        for packet in source.demux(found):
            if packet.size:
                packet.stream = made
                target.mux(packet)
    data = out.getvalue()
    starts = [at - 4 for at in range(len(data)) if data.startswith(b"moof", at)]
    ends = [*starts[1:], data.rfind(b"mfra") - 4]
    return data[: starts[0]], tuple(data[begin:end] for begin, end in zip(starts, ends, strict=True))
