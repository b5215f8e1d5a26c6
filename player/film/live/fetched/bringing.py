"""Fetches one segment whole: what must be read before it, what it is encrypted with, and again when it is not there yet."""

from __future__ import annotations

from typing import Final

from player.errors import FilmError, NetworkError, OperatorError
from player.feed.fetch import AnsweredError
from player.film.heads import HEAD_BYTES, sound_of, stream_of
from player.film.live.fetched import keys
from player.film.live.fetched.leg import MOST_TRIES, Leg
from player.film.live.fetched.lists import Line, Lists
from player.film.live.listed.following import Step
from player.film.live.listed.media import Key, Media
from player.film.live.wire import Track
from player.units import MILLISECOND, Nanos, Seconds

SEGMENT_BYTES: Final = 32_000_000  # ten seconds at 25 Mbit/s
HEAD_LIMIT: Final = 1_000_000  # bytes of what comes before segments; a kilobyte is usual
LATE_STEP: Final[Nanos] = 500 * MILLISECOND  # later than its time a segment is taken to be that was not there
_NOT_FOUND: Final = 404


class Bringing:
    """For the thread that fetches."""

    def __init__(self, line: Line, lists: Lists) -> None:
        self._line = line
        self._lists = lists
        self._key: tuple[str, bytes] = ("", b"")

    def bring(self, leg: Leg, step: Step, media: Media, deadline_s: Seconds) -> bytes | None:
        """Return the segment that *step* of *leg* leads to in *media*; None when it was asked for too early, and is so again.

        Raises:
            NetworkError, FilmError, OperatorError: It cannot be had; what comes next does not follow what came before.
        """
        try:
            return self._whole(leg, step, deadline_s)
        except (NetworkError, FilmError, OperatorError) as error:
            if media.is_reckoned and isinstance(error, AnsweredError) and error.status == _NOT_FOUND and self._is_late(leg, step):
                return None
            leg.is_apart = True
            if isinstance(error, FilmError):
                self._key = ("", b"")  # it may be another one by now, or what came for one was none; pauses grow with failures
            raise

    def _is_late(self, leg: Leg, step: Step) -> bool:
        """Whether it may only be late: then it is asked for again, and all that follow are as much later."""
        if leg.again(step.segment):
            self._lists.late += LATE_STEP
            leg.media = None
            return True
        self._lists.late = max(0, self._lists.late - MOST_TRIES * LATE_STEP)  # it never was
        return False

    def _whole(self, leg: Leg, step: Step, deadline_s: Seconds) -> bytes:
        segment = step.segment
        head = b""
        if leg.is_apart and segment.head:
            head = self._bytes(segment.head, HEAD_LIMIT, deadline_s, segment.head_key)
        data = self._bytes(segment.url, SEGMENT_BYTES, deadline_s, segment.key)
        known = sound_of if leg.track is Track.SOUND else stream_of
        if known((head or data)[:HEAD_BYTES]) is None:
            raise FilmError("a segment of it is no film but something else")
        return head + data

    def _bytes(self, url: str, limit: int, deadline_s: Seconds, key: Key | None) -> bytes:
        data = self._line.get(url, limit_bytes=limit, deadline_s=deadline_s, identity=True).body
        if key is None:
            return data
        if key.url != self._key[0]:
            answer = self._line.get(key.url, limit_bytes=keys.KEY_BYTES, deadline_s=deadline_s, identity=True)
            self._key = key.url, answer.body
        return keys.opened(data, key=self._key[1], vector=key.vector)
