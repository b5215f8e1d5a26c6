"""Servers of RTMP and RTSP on this machine, each a script: what is sent to whoever connects, and what it said meanwhile.

Both protocols are spoken as one answer after another, without listening to more than is needed: clients take answers in order.
"""

from __future__ import annotations

import io
import os
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final, TypeAlias, cast

from tests.fakes.films import Recipe, film

SONG: Final = Recipe(frames=75, key_every=25, has_sound=True)
SILENT: Final = replace(SONG, has_sound=False)
_CHUNK: Final = 1_000_000  # bytes: every message in one piece
_FLV_HEADER: Final = 13
_TAG: Final = struct.Struct(">BHBHBB3x")  # kind, length (16 + 8 bits), time (16 + 8 bits, and 8 above)

Script: TypeAlias = "Callable[[socket.socket, Talker], None]"


class Talker:
    """A server of scripts, one for each connection; the last one is for all that follow."""

    def __init__(self, *scripts: Script, trusted: ssl.SSLContext | None = None) -> None:
        """*trusted*: shows a certificate, where the connection is to be encrypted."""
        self._scripts = scripts
        self._trusted = trusted
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self.port: int = self._socket.getsockname()[1]
        self.count = 0
        """Connections so far."""
        self.said = bytearray()
        """What clients said."""
        self.is_over = threading.Event()

    @contextmanager
    def serve(self) -> Generator[int]:
        """Serve; give the port."""
        thread = threading.Thread(target=self._accept)
        thread.start()
        try:
            yield self.port
        finally:
            self.is_over.set()
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            thread.join()
            for each in self._threads:
                each.join()

    def hear(self, link: socket.socket, count: int) -> bytes:
        """Take so many bytes in."""
        data = b""
        while len(data) < count and (more := link.recv(count - len(data))):
            data += more
        self.said += data
        return data

    def leave(self, link: socket.socket, *, lingers: bool) -> None:
        """Say that nothing more comes, unless it *lingers*; and take in what comes, until the other one goes or this is over."""
        if not lingers:
            link.shutdown(socket.SHUT_WR)
        link.settimeout(0.05)
        while not self.is_over.is_set():
            with suppress(TimeoutError):
                data = link.recv(65_536)
                if not data:
                    return
                self.said += data

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                link, _ = self._socket.accept()
                script = self._scripts[min(self.count, len(self._scripts) - 1)]
                self.count += 1
                thread = threading.Thread(target=self._talk, args=(link, script))
                self._threads.append(thread)
                thread.start()

    def _talk(self, link: socket.socket, script: Script) -> None:
        with link, suppress(OSError):
            link.settimeout(10)
            if self._trusted is None:
                script(link, self)
                return
            with self._trusted.wrap_socket(link, server_side=True) as kept:
                script(kept, self)


def saying(data: bytes, *, then_lingers: bool = True) -> Script:
    """Return a script that sends *data*, whatever it is asked."""

    def script(link: socket.socket, talker: Talker) -> None:
        link.sendall(data)
        talker.leave(link, lingers=then_lingers)

    return script


def rtmp(
    recipe: Recipe | None = SONG, *, status: str = "NetStream.Play.Start", tail: bytes = b"", lingers: bool = True
) -> Script:
    """Return a script that gives a film at once; *status*: what the asking for it is answered; *tail*: what follows."""

    def script(link: socket.socket, talker: Talker) -> None:
        # Rooms for C0 and C1; S0, S1 of an old server, which asks for no digest, and S2.
        greeting = talker.hear(link, 1537)
        link.sendall(b"\x03" + bytes(8) + os.urandom(1528) + greeting[1:])
        level = "status" if status.endswith("Start") else "error"
        link.sendall(
            _message(1, struct.pack(">I", _CHUNK))
            + _message(5, struct.pack(">I", 2_500_000))
            + _message(20, _amf("_result", 1.0, {"fmsVer": "FMS/3,0,1,123"}, {"level": "status"}))
            + _message(20, _amf("_result", 2.0, None, 1.0))
            + _message(20, _amf("onStatus", 0.0, None, {"level": level, "code": status, "description": "as it is"}), stream=1)
        )
        if level == "status":
            link.sendall((flv_messages(film(replace(recipe, container="flv"))) if recipe else b"") + tail)
        talker.leave(link, lingers=lingers)

    return script


def flv_messages(data: bytes) -> bytes:
    """Return a film's tags as messages of RTMP."""
    out, at = bytearray(), _FLV_HEADER
    while at < len(data):
        kind, high, low, time_high, time_low, above = _TAG.unpack_from(data, at)
        length, instant = high << 8 | low, above << 24 | time_high << 8 | time_low
        begin = at + _TAG.size
        out += _message(kind, data[begin : begin + length], at=instant, stream=1)
        at = begin + length + 4
    return bytes(out)


def metadata(count: int) -> bytes:
    """Return so many messages that say nothing of a stream, though much."""
    return _message(18, _amf("onMetaData", {"title": "x" * 1000}), stream=1) * count


def _message(kind: int, body: bytes, *, at: int = 0, stream: int = 0) -> bytes:
    return b"\x03" + at.to_bytes(3, "big") + len(body).to_bytes(3, "big") + bytes([kind]) + struct.pack("<I", stream) + body


def _amf(*values: object) -> bytes:
    """Return values in AMF0, as Adobe wrote it down."""
    out = b""
    for value in values:
        if isinstance(value, str):
            out += b"\x02" + struct.pack(">H", len(value)) + value.encode()
        elif isinstance(value, float):
            out += b"\x00" + struct.pack(">d", value)
        elif isinstance(value, dict):
            pairs = cast("dict[str, object]", value)
            inside = b"".join(struct.pack(">H", len(key)) + key.encode() + _amf(each) for key, each in pairs.items())
            out += b"\x03" + inside + b"\x00\x00\x09"
        else:
            out += b"\x05"
    return out


_SDP: Final = (
    b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=ceremony\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"
)


def rtsp(recipe: Recipe = SILENT, *, status: str = "200 OK", sdp: bytes = _SDP) -> Script:
    """Return a script that gives a film's pictures at once; *status*: what DESCRIBE is answered."""

    def script(link: socket.socket, talker: Talker) -> None:
        asked = b""
        while more := link.recv(65_536):
            talker.said += more
            asked += more
            while (end := asked.find(b"\r\n\r\n")) >= 0:
                one, asked = asked[:end], asked[end + 4 :]
                link.sendall(_answer(one, status, sdp))
                if one.startswith(b"PLAY"):
                    link.sendall(rtp_packets(recipe))
                    talker.leave(link, lingers=True)
                    return

    return script


def _answer(asked: bytes, status: str, sdp: bytes) -> bytes:
    number = re.search(rb"CSeq: (\d+)", asked)
    head = b"CSeq: " + (number[1] if number else b"0") + b"\r\nSession: 1\r\n"
    if asked.startswith(b"DESCRIBE"):
        body = sdp if status.startswith("200") else b""
        head += f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n".encode()
        return f"RTSP/1.0 {status}\r\n".encode() + head + b"\r\n" + body
    if asked.startswith(b"SETUP"):
        head += b"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
    return b"RTSP/1.0 200 OK\r\n" + head + b"Public: DESCRIBE, SETUP, PLAY\r\n\r\n"


def rtp_packets(recipe: Recipe) -> bytes:
    """Return a film's pictures as packets of RTP between lines of RTSP (RFC 2326, 10.12; RFC 6184), a unit in each."""
    units = io.BytesIO(film(replace(recipe, container="h264", options=(("bf", "0"),)))).getvalue()
    out, number, picture = bytearray(), 0, 0
    for unit in re.split(rb"\x00?\x00\x00\x01", units)[1:]:
        is_picture = unit[0] & 0x1F in {1, 5}
        instant = picture * 90_000 // int(recipe.rate)
        head = struct.pack(">BBHII", 0x80, 96 | 0x80 * is_picture, number & 0xFFFF, instant, 0x1234)
        out += b"$\x00" + struct.pack(">H", len(head) + len(unit)) + head + unit
        number, picture = number + 1, picture + is_picture
    return bytes(out)
