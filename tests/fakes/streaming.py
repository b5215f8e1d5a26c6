"""A station that streams live: real HLS, made by FFmpeg, its playlist moving with the clock; and all it may do wrong.

Asked in memory, as a fetcher is, or served by HTTP on this machine.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import av

from player.clock import Clock
from player.errors import NetworkError, WeRememberError
from player.feed.fetch import AnsweredError, Response
from player.feed.item import Validators
from player.film.live.fetched.fetching import Fetching
from player.units import SECOND, Nanos, Seconds
from tests.fakes.clock import FakeClock
from tests.fakes.films import Recipe, film

LENGTH: Final[Nanos] = SECOND // 2  # of a segment: short, so that tests are
PER_SEGMENT: Final = 12  # frames, at 24 a second
COUNT: Final = 24  # segments that are different; then they begin anew, with a discontinuity
LISTED: Final = 6
RECIPE: Final = Recipe(frames=PER_SEGMENT * COUNT, rate=Fraction(24), key_every=PER_SEGMENT, has_sound=True)

Answer = bytes | int | Callable[[], bytes]
"""What is given: content, a status, or whatever is made up then."""


@cache
def segments(recipe: Recipe = RECIPE, form: str = "mpegts", *, only: str = "") -> tuple[bytes, ...]:
    """Return a film as segments, cut at its key frames, its instants going on through all of them.

    *only*: `video` or `audio`; all else is left out.
    """
    made: list[bytes] = []
    source: Any
    with av.open(io.BytesIO(film(replace(recipe, container="mkv"))), "r") as source:
        packets = [packet for packet in source.demux() if packet.size]
        cuts = [packet.pts * packet.time_base for packet in packets if packet.is_keyframe and packet.stream.type == "video"]
        for begin, end in zip(cuts, [*cuts[1:], Fraction(10**6)], strict=True):
            out = io.BytesIO()
            target: Any
            with av.open(out, "w", format=form) as target:
                kept = [stream for stream in source.streams if stream.type == (only or stream.type)]
                streams = {stream.index: target.add_stream_from_template(stream) for stream in kept}
                for packet in packets:
                    if packet.stream.index in streams and begin <= packet.pts * packet.time_base < end:
                        packet.stream = streams[packet.stream.index]
                        target.mux(packet)
                        packet.stream = source.streams[packet.stream.index]
            made.append(out.getvalue())
    return tuple(made)


def fragments(recipe: Recipe = RECIPE) -> tuple[bytes, tuple[bytes, ...]]:
    """Return a film as CMAF: what comes first, and its fragments, one for each key frame."""
    muxing = (("movflags", "frag_keyframe+empty_moov+default_base_moof"),)
    data = film(replace(recipe, container="mp4", muxing=muxing))
    starts = [at - 4 for at in range(len(data)) if data.startswith(b"moof", at)]
    ends = [*starts[1:], data.rfind(b"mfra") - 4]
    return data[: starts[0]], tuple(data[begin:end] for begin, end in zip(starts, ends, strict=True))


def pursued(fetching: Fetching, clock: FakeClock, length: Nanos) -> list[str]:
    """Let *fetching* go on for so long, without its thread; return what hindered it."""
    end, why = clock.monotonic() + length, list[str]()
    while clock.monotonic() < end:
        try:
            fetching.turn()
        except WeRememberError as error:
            why.append(str(error))
            clock.advance(SECOND)
    return why


class Station:
    """One stream, on air since it was made."""

    def __init__(self, clock: Clock, pieces: tuple[bytes, ...] | None = None) -> None:
        self.pieces = segments() if pieces is None else pieces
        self._clock = clock
        self._began = clock.monotonic() - LISTED * LENGTH
        self.odd: dict[str, Answer] = {}
        """What is answered in place of the right thing, by path."""
        self.has_ended = False
        self.is_dead = False
        self.is_cut = False
        self.served: datetime | None = None
        """What time it is by its answers."""
        self.asked: list[str] = []
        """Every path that was asked for."""
        self.extra: dict[int, str] = {}
        """Lines before the segment with a number."""
        self._frozen: int | None = None

    @property
    def newest(self) -> int:
        """The number of the newest segment that is listed."""
        return (self._clock.monotonic() - self._began) // LENGTH if self._frozen is None else self._frozen

    def freeze(self) -> None:
        """List nothing new from now on."""
        self._frozen = self.newest

    def thaw(self) -> None:
        """List what there is again, as if all had gone on behind the scenes."""
        self._frozen = None

    def playlist(self) -> bytes:
        """Return it as of now."""
        first = max(0, self.newest - LISTED + 1)
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        for number in range(first, self.newest + 1):
            lines += [self.extra[number]] if number in self.extra else []
            lines += [] if number % len(self.pieces) or not number else ["#EXT-X-DISCONTINUITY"]
            lines += [f"#EXTINF:{LENGTH / SECOND},", f"segment{number}.ts"]
        return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if self.has_ended else [])]).encode()

    def content(self, path: str) -> Answer:
        """Return what is answered for a path such as /live.m3u8."""
        self.asked.append(path)
        if path in self.odd:
            return self.odd[path]
        if self.is_dead:
            return 503
        if path == "/live.m3u8":
            return self.playlist()
        if path.startswith("/segment"):
            return self.pieces[int(path[8:].partition(".")[0]) % len(self.pieces)]
        return 404

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        deadline_s: Seconds,
        validators: Validators | None = None,
        identity: bool = False,
    ) -> Response:
        """Answer as `Fetcher.get` does, for addresses below https://station.example."""
        del deadline_s, validators, identity
        if self.is_cut or not url.startswith("https://station.example/"):
            raise NetworkError(f"{url}: refused")
        answer = self.content(url.removeprefix("https://station.example"))
        if isinstance(answer, int):
            raise AnsweredError(f"{url}: answered {answer}", status=answer)
        body = answer if isinstance(answer, bytes) else answer()
        if len(body) > limit_bytes:
            raise NetworkError(f"{url}: too large")
        return Response(200, body, url=url, served=self.served)

    def cut(self) -> None:
        """Answer nothing any more."""
        self.is_cut = True

    @contextmanager
    def serve(self) -> Generator[str]:
        """Serve it on this machine; give where it begins."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        station = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = station.content(self.path)
                if isinstance(answer, int):
                    self.send_response(answer)
                    self.send_header("Location", self.path)  # for redirects: to itself, for ever
                    self.end_headers()
                    return
                body = answer if isinstance(answer, bytes) else answer()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  http.server's name
                """Keep quiet."""

            def handle(self) -> None:
                with suppress(OSError):  # whoever asked has gone
                    super().handle()

        return Handler
