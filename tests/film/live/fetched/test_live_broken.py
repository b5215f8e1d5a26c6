"""A server that is started again: whatever it does to connections meanwhile, it is followed once it answers."""

from __future__ import annotations

import socket
import struct
from http.server import BaseHTTPRequestHandler
from typing import Final

import pytest

from player.film.live.fetched.fetching import Fetching, Source
from player.film.live.hosts import fetcher_for
from player.units import SECOND
from tests.fakes.clock import FakeClock
from tests.fakes.streaming import COUNT, Station, pursued

TS: Final = tuple((b"\x47" + bytes(187)) * (number + 1) for number in range(COUNT))
AT_ONCE: Final = struct.pack("ii", 1, 0)  # lingering for no second: a close is a reset


class Torn(Station):
    """A station that breaks connections off as long as it is told to."""

    how = ""
    """Empty: it answers."""
    broken = 0
    """Connections so far that were."""

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        station = self
        whole = super()._handler()

        class Handler(whole):
            def handle_one_request(self) -> None:
                if not station.how:
                    super().handle_one_request()
                    return
                self.requestline, self.request_version, self.command = self.rfile.readline().decode(), "HTTP/1.0", "GET"
                self.close_connection = True
                station.broken += 1
                if station.how == "midway":
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(b"#EXTM3U\n")
                if station.how == "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                    self.connection.close()

        return Handler


@pytest.mark.parametrize("how", ["closed", "reset", "midway"])
def test_a_server_that_breaks_connections_off_is_joined_again(how: str) -> None:
    """Without a word, by a reset, or in the middle of an answer: each is told, and then it goes on where the stream is."""
    clock = FakeClock()
    station = Torn(clock, TS)
    with station.serve() as base:
        url = f"{base}/live.m3u8"
        made = Fetching(Source(url, fetcher_for(url, (), allow=(), clock=clock), SECOND, 100), clock=clock, ring=lambda: None)
        assert pursued(made, clock, SECOND) == []
        while made.pieces.take() is not None:
            pass
        station.how = how
        why = pursued(made, clock, 20 * SECOND)
        station.how = ""
        assert pursued(made, clock, SECOND) == []
        piece = made.pieces.take()

    assert len(why) == station.broken >= 19
    assert all(each.startswith(f"{base}/") for each in why)
    assert piece is not None
    assert piece.run == 2
    assert (station.newest - len(piece.data) // 188 + 1) % COUNT <= 5
