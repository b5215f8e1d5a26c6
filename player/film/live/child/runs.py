"""One track of what the child is fed as runs of bytes, each read as a file that is only read forwards."""

from __future__ import annotations

from player.film.heads import HEAD_BYTES
from player.film.live.child.records import Record, Records
from player.film.live.wire import PLAIN, Kind, Track, listed_in, tag_of
from player.units import Nanos


class Runs:
    """Reads records; blocks until there are any. FilmError when the other end is none of ours."""

    def __init__(self, records: Records, track: Track = Track.PICTURES) -> None:
        self._records = records
        self._track = track
        self._next: Record | None = None
        self._rest = memoryview(b"")
        self._listed: Nanos | None = None
        self.tag = PLAIN
        """What was said of the run that `next` went on to."""

    def next(self) -> bytes | None:
        """Go on to the next run and return how it begins; None when there is none."""
        while True:
            self._rest = memoryview(b"")
            record = self._next or self._records.take(self._track)
            self._next = None
            if record.kind is Kind.END:
                self._next = record
                return None
            if record.kind is not Kind.RUN:
                continue
            tag, self._listed = tag_of(record.data), None
            head = b""
            while len(head) < HEAD_BYTES and (more := self.read(HEAD_BYTES - len(head))):
                head += more
            if head:
                self.tag = tag
                self._rest = memoryview(head + bytes(self._rest))
                return head

    def read(self, size: int) -> bytes:
        """Return at most *size* bytes of this run; none at its end."""
        while not self._rest:
            if self._next is None:
                record = self._records.take(self._track)
                if record.kind is Kind.BYTES:
                    self._rest = memoryview(record.data)
                    continue
                if record.kind is Kind.LISTED:
                    self._listed = listed_in(record.data)
                    continue
                self._next = record
            return b""
        data, self._rest = bytes(self._rest[:size]), self._rest[size:]
        return data

    def take_listed(self) -> Nanos | None:
        """Return how much of the run was listed before the segment that is being read; None when that was taken already."""
        listed, self._listed = self._listed, None
        return listed
