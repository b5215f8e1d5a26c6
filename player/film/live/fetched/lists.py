"""Fetches what a stream lists, and has it read: HLS playlists, or a manifest of DASH, one document for all renditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from player.clock import Clock
from player.errors import FilmError
from player.feed.fetch import Fetcher, Response
from player.film.live.listed.dash import Manifest, Numbering, is_manifest, read
from player.film.live.listed.media import Media, Playlist
from player.film.live.listed.playlist import parse
from player.units import SECOND, Nanos, Seconds

PLAYLIST_BYTES: Final = 4_000_000  # 20,000 lines with signed addresses; a manifest of a day
PLAYLIST_S: Final[Seconds] = 6.0  # for one; it is needed again before a segment is over
CLOCKS_DIFFER: Final[Nanos] = 2 * SECOND  # from the server's, which says whole seconds; less is no difference


class Line(Fetcher, Protocol):
    """What fetches a stream, and can be told to stop."""

    def cut(self) -> None:
        """End what is under way in another thread, and refuse all that follows."""
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    manifest: Manifest
    fetched: Nanos
    """CLOCK_MONOTONIC."""
    time: Nanos
    """What time it was then for the server, nanoseconds since 1970."""

    def time_at(self, now: Nanos) -> Nanos:
        """Return what time it is for the server at *now*, CLOCK_MONOTONIC: whoever sets our clock meanwhile changes nothing."""
        return self.time + now - self.fetched


class Lists:
    """The lists of one stream. NetworkError, FilmError or OperatorError where one cannot be had."""

    def __init__(self, url: str, line: Line, clock: Clock) -> None:
        """*url*: of the stream, as configured."""
        self._url = url
        self._line = line
        self._clock = clock
        self._kept: _Kept | None = None
        self.late: Nanos = 0
        """How much later than their time segments are there, as far as it was seen."""

    def top(self) -> Playlist:
        """Return the renditions there are; or the segments, where there is but one and no name for it."""
        answer = self._ask(self._url)
        if is_manifest(answer.body):
            self._kept = None  # where nothing could be had by its time, that is reckoned anew
            return self._keep(answer, self._url).manifest.renditions
        self._kept = None
        return parse(answer.body, answer.url or self._url)

    def media(self, url: str, numbering: Numbering, *, deadline_s: Seconds = PLAYLIST_S) -> Media:
        """Return the segments of a rendition as of now; *numbering*: of who follows it."""
        kept = self._kept
        if kept is not None and url.startswith(f"{kept.manifest.url}#"):
            if self._clock.monotonic() - kept.fetched >= kept.manifest.fresh:
                kept = self._keep(self._ask(kept.manifest.asked_next, deadline_s), kept.manifest.url)
            now = kept.time_at(self._clock.monotonic()) - self.late
            return numbering.numbered(kept.manifest.media(url, now))
        answer = self._ask(url, deadline_s)
        found = parse(answer.body, answer.url or url)
        if not isinstance(found, Media):
            raise FilmError("a rendition of it lists renditions again")
        return found

    def _ask(self, url: str, deadline_s: Seconds = PLAYLIST_S) -> Response:
        return self._line.get(url, limit_bytes=PLAYLIST_BYTES, deadline_s=deadline_s)

    def _keep(self, answer: Response, url: str) -> _Kept:
        manifest = read(answer.body, answer.url or url, called=url)
        now, time = self._clock.monotonic(), _time(manifest, answer, self._clock.wall())
        if self._kept is not None:
            reckoned = self._kept.time_at(now)
            # A clock that is set, ours or the server's, must not bring back what was on two hours ago.
            time = time if time - reckoned > CLOCKS_DIFFER else reckoned
        self._kept = _Kept(manifest, now, time)
        return self._kept


def _time(manifest: Manifest, answer: Response, wall: Nanos) -> Nanos:
    """Return what time it is for the server, by *wall* ours: a machine without a right time must show what is on all the same."""
    if manifest.now is not None:
        return manifest.now
    if answer.served is not None:
        served = round(answer.served.timestamp()) * SECOND + SECOND // 2
        return served if abs(served - wall) > CLOCKS_DIFFER else wall
    return max(manifest.published or 0, wall)
