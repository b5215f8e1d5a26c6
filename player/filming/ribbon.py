"""The last seconds of the running show, in memory: what a playlist names, and what may be asked for. A value of time, no more.

Whatever is wiped is gone from here at once, and its names with it: another epoch begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KEPT: Final = 6  # pieces: a player stands three behind the newest, and may be one late; the picture is seconds old at most
LEAST: Final = 2  # with fewer nobody begins
LENGTH_S: Final = 1


@dataclass(frozen=True, slots=True)
class _Piece:
    number: int
    data: bytes


class Ribbon:
    """The pieces of one stream after the other."""

    def __init__(self, epoch: int) -> None:
        """Begin with *epoch*, a number that no stream before had."""
        self._epoch = epoch
        self._start = b""
        self._pieces: tuple[_Piece, ...] = ()
        self._next = 0
        self._breaks = 0

    def add(self, start: bytes, piece: bytes) -> None:
        """Keep a *piece*, which needs *start* before it."""
        self._start = start
        self._pieces = (*self._pieces, _Piece(self._next, piece))[-KEPT:]
        self._next += 1

    def wipe(self) -> None:
        """Forget everything."""
        if self._start or self._pieces:
            self._breaks += 1
        self._epoch += 1
        self._start, self._pieces = b"", ()

    @property
    def playlist(self) -> str:
        """What there is, for a player (RFC 8216); empty: not enough yet."""
        if len(self._pieces) < LEAST:
            return ""
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            f"#EXT-X-TARGETDURATION:{LENGTH_S}",
            f"#EXT-X-MEDIA-SEQUENCE:{self._pieces[0].number}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{self._breaks}",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            f'#EXT-X-MAP:URI="{self._epoch}-start.mp4"',
        ]
        for piece in self._pieces:
            lines += [f"#EXTINF:{LENGTH_S:.3f},", f"{self._epoch}-{piece.number}.m4s"]
        return "\n".join(lines) + "\n"

    def part(self, name: str) -> bytes:
        """Return what is called so in the playlist; empty: it is not there, or not any more."""
        if name == f"{self._epoch}-start.mp4":
            return self._start
        return next((piece.data for piece in self._pieces if name == f"{self._epoch}-{piece.number}.m4s"), b"")
