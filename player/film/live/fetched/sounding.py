"""Sound that comes apart, fetched by the thread that fetches its pictures: these go first, and are seen without it too.

How long sound is waited for goes by how long the pictures last that were fetched. What is missing, hangs or comes slower than it
plays is left out, and asked for again ever later: then a ceremony is silent, but nobody's face stands still for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from player.clock import Clock
from player.errors import FilmError, NetworkError, OperatorError
from player.film.live.fetched.bringing import Bringing
from player.film.live.fetched.leg import Leg
from player.film.live.fetched.lists import Lists
from player.film.live.fetched.pieces import Pieces
from player.film.live.listed.following import Step, beside
from player.film.live.listed.media import Media, Segment
from player.film.live.tuning import pause_after
from player.film.live.wire import Track
from player.units import MILLISECOND, SECOND, Nanos

MOST: Final[Nanos] = 4 * SECOND  # for a list or a segment of sound, which is small
LEAST: Final[Nanos] = 500 * MILLISECOND  # likewise, however few pictures are left: a connection over half the world is made in it
SHARE: Final = 2  # of the pictures that are left, one part in so many: the next of them has to be fetched in the rest
PAUSE: Final[Nanos] = 500 * MILLISECOND  # between two looks for sound that its pictures have come without


class Sounding:
    """The track of sound beside that of the pictures."""

    def __init__(self, leg: Leg, pictures: Leg, pieces: Pieces, *, lists: Lists, bringing: Bringing, clock: Clock) -> None:
        """*leg*: of the sound; *pieces*: where what is fetched goes."""
        self._leg = leg
        self._pictures = pictures
        self._pieces = pieces
        self._lists = lists
        self._bringing = bringing
        self._clock = clock
        self._failures = 0
        self._not_before: Nanos = 0
        self._lasts: Nanos = 0
        """CLOCK_MONOTONIC: until when the pictures last that were fetched."""
        self._free: Nanos = 0
        """CLOCK_MONOTONIC: until when there are no pictures to be fetched, as far as is known."""
        self._was_last = False
        self.newest: tuple[Segment, Media] | None = None
        """The last segment of pictures that was fetched, and its list."""

    @property
    def is_wanted(self) -> bool:
        """Whether there is sound apart, and less of it was fetched than of the pictures."""
        return bool(self._leg.url) and self._leg.reached < self._pictures.reached

    def rejoin(self) -> None:
        """Begin at the edge again, beside the pictures. What was slow is so still: pauses go on growing."""
        self._leg.rejoin()
        self._lasts = self._not_before = 0

    def pictured(self, segment: Segment, media: Media) -> None:
        """Take note that *segment* of the pictures, listed in *media*, was fetched by now."""
        self.newest = segment, media
        self._lasts = max(self._lasts, self._clock.monotonic()) + segment.length

    def pause(self, most: Nanos) -> Nanos:
        """Return how long to wait, there being no pictures to fetch for as long as *most*."""
        now = self._clock.monotonic()
        self._free = now + most
        return min(most, max(0, self._not_before - now)) if self.is_wanted and not self._is_short else most

    def turn(self, joins: int, note: Callable[[str], None]) -> bool:
        """Fetch the next segment, if it is its turn; False when there is none now, and pictures go on.

        Args:
            joins: How often the stream was joined.
            note: Told what hinders it.
        """
        began = self._clock.monotonic()
        if self._was_last and began >= self._free:
            self._was_last = False
            return False
        if not self.is_wanted or began < self._not_before or self._is_short or not self._pieces.has_room(Track.SOUND):
            return False
        try:
            step = self._fetched(joins)
        except (NetworkError, FilmError, OperatorError) as error:
            self._leg.media, self._leg.is_apart = None, True
            self._put_off()
            note(f"its sound: {error}")
            return False
        now = self._clock.monotonic()
        if step is None:
            self._not_before = now + PAUSE
            return False
        self._was_last = True
        if now - began > step.segment.length:
            self._put_off()
        else:
            self._failures = 0
        return True

    def _put_off(self) -> None:
        self._failures += 1
        self._not_before = self._clock.monotonic() + pause_after(self._failures)

    @property
    def _left(self) -> Nanos:
        """How long the pictures last that were fetched; less than nothing: since when there are none."""
        return self._lasts - self._clock.monotonic()

    @property
    def _is_short(self) -> bool:
        """Whether less than a segment of pictures is left: the next of them is waited for first, and leaves at least that."""
        return self.newest is not None and self._left < self.newest[0].length

    def _given(self) -> Nanos:
        """Return how long to wait for something now."""
        return max(LEAST, min(MOST, self._left // SHARE))

    def _fetched(self, joins: int) -> Step | None:
        """Fetch the next segment, hand it on, and return which it was; None: there is none yet."""
        found = self._next()
        if found is None:
            return None
        leg, (step, media) = self._leg, found
        given = min(self._given(), max(LEAST, step.segment.length))  # longer: it comes slower than it plays
        data = self._bringing.bring(leg, step, media, given / SECOND)
        if data is not None and not self._pieces.is_recalled:
            self._pieces.put(leg.piece(step.segment, data, leg.era(step.segment, media, joins)))
        return step

    def _next(self) -> tuple[Step, Media] | None:
        """Return which segment of sound is next, and its list; it begins beside the newest that was fetched of the pictures."""
        leg = self._leg
        if self.newest is not None and leg.reached + self.newest[0].length < self._pictures.reached - max(0, self._left):
            leg.has_begun, leg.is_apart = False, True  # what would come next belongs to pictures that are over
        for _ in range(2):
            is_fresh = leg.media is None
            media = leg.media = leg.media or self._lists.media(leg.url, leg.numbering, deadline_s=self._given() / SECOND)
            if is_fresh and self._is_short:
                return None  # it took its time, and is kept
            if not leg.has_begun and self.newest is not None:
                leg.begin(beside(*self.newest, media), self._pictures.reached - self.newest[0].length)
            step = leg.step(media)
            if step is not None:
                return step, media
            leg.media = None  # it may list more by now
            if is_fresh:
                break
        return None
