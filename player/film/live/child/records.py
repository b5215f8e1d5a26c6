"""The child's end of its pipe: records, for the two threads that read its tracks.

Whoever runs dry reads on, and keeps for the other what is the other's: so pictures never wait for sound that comes late, nor the
reverse, whatever order they come in.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import BinaryIO, Final, NamedTuple

from player.errors import FilmError
from player.film.live.wire import HEADER, MAX_RECORD, Kind, Track

PICTURES_KEPT: Final = 24_000_000  # bytes, as many as may wait as packets; then who waits for sound must wait
UNASKED_KEPT: Final = 1_000_000  # bytes likewise while no sound has come apart: what is not asked for is to stay in the pipe
SOUND_KEPT: Final = 8_000_000  # bytes: two minutes at 512 kbit/s; what is beyond is left out, for pictures never wait
STRANGE: Final = "what feeds the decoder speaks another language"


class Record(NamedTuple):
    """What came in one piece."""

    kind: Kind
    data: bytes


class Records:
    """A pipe's content, by track. Each track is for one thread."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._changed = threading.Condition()
        self._kept: dict[Track, deque[Record]] = {track: deque() for track in Track}
        self._held = dict.fromkeys(Track, 0)
        self._is_reading = self._is_over = self._has_sound = False

    def take(self, track: Track) -> Record:
        """Return the next record of *track*, waiting for it; END for ever once there are no more.

        Raises:
            FilmError: The other end of the pipe is none of ours.
        """
        while True:
            with self._changed:
                while not self._kept[track] and not self._is_over and self._is_reading:
                    self._changed.wait()
                if self._kept[track]:
                    found = self._kept[track].popleft()
                    self._held[track] -= len(found.data)
                    self._changed.notify_all()
                    return found
                if self._is_over:
                    return Record(Kind.END, b"")
                self._is_reading = True
            self._read_on(track)

    def _read_on(self, track: Track) -> None:
        came: tuple[Track, Record] | None = None
        is_over = True
        try:
            came = self._next()
            is_over = came is None
        finally:
            with self._changed:
                if came is not None:
                    self._keep(*came, reader=track)
                # Only now: while it waits for room, a newer record that the other reads would come before this one.
                self._is_reading, self._is_over = False, is_over
                self._changed.notify_all()

    def _next(self) -> tuple[Track, Record] | None:
        """Read one record; None at the end."""
        header = self._pipe.read(HEADER.size)
        if len(header) < HEADER.size:
            return None
        kind, track, length = HEADER.unpack(header)
        if length > MAX_RECORD or kind not in set(Kind) or track not in set(Track):
            raise FilmError(STRANGE)
        if kind == Kind.END:
            return None
        data = self._pipe.read(length)
        return (Track(track), Record(Kind(kind), data)) if len(data) == length else None

    def _keep(self, track: Track, record: Record, *, reader: Track) -> None:
        """Keep a record for who reads *track*; called with the lock."""
        if track is Track.SOUND:
            self._has_sound = True
            if record.kind is Kind.BYTES and self._held[track] > SOUND_KEPT:
                return
        elif reader is Track.SOUND:
            most = PICTURES_KEPT if self._has_sound else UNASKED_KEPT
            while self._held[track] > most:
                self._changed.wait()
        self._kept[track].append(record)
        self._held[track] += len(record.data)
