"""Streams whose sound comes apart, by HLS and by DASH, through a confined child: seen and heard."""

from __future__ import annotations

import selectors
from itertools import pairwise
from typing import Final

import pytest

from player.clock import SystemClock
from player.film.decoder import Wanted
from player.film.live.decoder import LiveState
from player.film.live.fetched.decoder import FetchedDecoder
from player.film.live.fetched.fetching import Source
from player.film.live.hosts import fetcher_for
from player.film.ring import RingReader
from player.film.samples import SamplesReader, sample_at
from player.film.wire import Ready
from player.units import SECOND, Size
from tests.fakes.films import number_in
from tests.fakes.streaming_apart import Apart, Dash

CLOCK: Final = SystemClock()
SIZE: Final = Size(160, 96)
PATIENCE: Final = 20 * SECOND  # until a test gives up


@pytest.mark.parametrize(("station", "path"), [(Apart, "master.m3u8"), (Dash, "live.mpd")])
def test_it_is_seen_and_heard(station: type[Apart | Dash], path: str) -> None:
    """Frames one after another, a tone with them, and it is told that there is sound."""
    with station(CLOCK).serve() as base:
        url = f"{base}/{path}"
        source = Source(url, fetcher_for(url, (), allow=(), clock=CLOCK), SECOND, SIZE.width * SIZE.height)
        decoder = FetchedDecoder(source, Wanted(size=SIZE, has_sound=True), clock=CLOCK)
        reader, listener = RingReader(decoder.ring), SamplesReader(decoder.samples)
        deadline = CLOCK.monotonic() + PATIENCE
        states: list[LiveState] = []
        seen: list[int] = []
        loudest, heard = 0.0, 0
        with selectors.DefaultSelector() as selector:
            selector.register(decoder, selectors.EVENT_READ)
            while len(seen) < 12 or loudest < 0.2:
                now = CLOCK.monotonic()
                assert now < deadline, (states, seen, loudest)
                selector.select(0.01)
                states += decoder.hear()
                frame = reader.newest_due(now)
                if frame is None:
                    continue
                reader.tell(now - decoder.epoch, now)
                at = sample_at(now - decoder.epoch)
                loudest = max(loudest, float(abs(listener.take(heard or at, at - heard if heard else 0)).max(initial=0)))
                heard = at
                if not seen or seen[-1] != number_in(frame.luma):
                    seen.append(number_in(frame.luma))
        decoder.close()
        decoder.join()
        reader.close()
        listener.close()
    assert all(one < following for one, following in pairwise(seen))
    assert [state for state in states if isinstance(state, Ready)][-1] == Ready(has_sound=True)
