"""How a stream comes, by what its address says: fetched piece by piece (HLS, DASH), by one connection, or from a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from player.clock import Clock
from player.film.live.direct.decoder import Direct, Rehearsed
from player.film.live.fetched.lists import Line
from player.film.live.hosts import far_for, fetcher_for
from player.film.section import Spoken, Stream


def way_of(
    stream: Stream, *, allow: Sequence[str], clock: Clock, proxy: str | None = None, ca_file: str | None = None
) -> Line | Direct:
    """Return how *stream* comes.

    Args:
        stream: As configured, a path of a file made whole.
        allow: `network.allow`: which hosts may be private.
        clock: For deadlines.
        proxy: `network.proxy`; RTMP and RTSP go past it.
        ca_file: `network.ca_file`.

    Raises:
        OperatorError: The file of certificates cannot be used.
    """
    spoken = stream.spoken
    if spoken is Spoken.FILE:
        return Rehearsed(Path(stream.url))
    if spoken is Spoken.TALK:
        return far_for(stream.url, stream.hosts, allow=allow, ca_file=ca_file)
    return fetcher_for(stream.url, stream.hosts, allow=allow, clock=clock, proxy=proxy, ca_file=ca_file)
