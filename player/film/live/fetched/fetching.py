"""A thread that follows a stream's playlist and fetches what is next, for as long as it is wanted. It never gives up.

Every address, those in playlists too, goes by the fetcher's policy; each answer has its limit of bytes, redirects and time.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from player.clock import Clock
from player.errors import FilmError, NetworkError, OperatorError
from player.feed.fetch import AnsweredError
from player.film.live.fetched.bringing import LATE_STEP, Bringing
from player.film.live.fetched.leg import Leg
from player.film.live.fetched.lists import PLAYLIST_S, Line, Lists
from player.film.live.fetched.notes import Awaited, Behind, Fetched, Note, Trouble, Unfetched
from player.film.live.fetched.others import Others, Seen, newest_of
from player.film.live.fetched.pieces import Piece, Pieces
from player.film.live.fetched.sounding import Sounding
from player.film.live.listed.choosing import beginning, ladder
from player.film.live.listed.following import Step
from player.film.live.listed.media import Media, Segment, Variant
from player.film.live.tuning import pause_after
from player.film.live.wire import Track
from player.units import MILLISECOND, SECOND, Nanos, Seconds, nanos

SEGMENT_S: Final[Seconds] = 10.0  # to fetch one; slower is slower than it is played
LEAST_S: Final[Seconds] = 4.0  # likewise where there is a lesser rendition; so long a reserve lasts, and no hiccup of a line does
LENGTHS: Final = 2.0  # times its own length to fetch one, likewise: there is no hope for it
STALE: Final = 3  # failures of a rendition in a row; then the list of renditions is asked for again: its addresses expire
LEAST_PAUSE: Final[Nanos] = 200 * MILLISECOND  # between two looks at a playlist, whatever it says
RECKONED_PAUSE: Final[Nanos] = 500 * MILLISECOND  # between two looks at a list that goes by the time, and is not fetched for it
ROOM_PAUSE: Final[Nanos] = 100 * MILLISECOND  # between looks whether there is room for more
_TROUBLE: Final = (NetworkError, FilmError, OperatorError)


@dataclass(frozen=True, slots=True)
class Source:
    """What is fetched, and how."""

    url: str
    fetcher: Line
    latency: Nanos
    """How far behind the edge to begin."""
    pixels: int
    """Of the place it is shown in."""
    most_bits: int = 0
    """In a second; 0: as many as there are."""
    has_sound: bool = True
    """Whether its sound is wanted, where that comes apart."""
    rate: float = 60.0
    """Frames in a second that are shown."""


@dataclass(frozen=True, slots=True)
class Edge:
    """How far a run reaches."""

    length: Nanos
    """From its beginning to the end of the newest segment that is listed."""
    seen: Nanos
    """When that was first seen, CLOCK_MONOTONIC."""


class Fetching:
    """One stream being fetched. `stop` it."""

    def __init__(self, source: Source, *, clock: Clock, ring: Callable[[], None]) -> None:
        """*ring*: called when there is a note, from the thread; must not wait."""
        self._source = source
        self._clock = clock
        self._ring = ring
        self._stop = threading.Event()
        self._woken = threading.Event()
        self._lists = Lists(source.url, source.fetcher, clock)
        self._bringing = Bringing(source.fetcher, self._lists)
        self._others = Others(self._lists, clock)
        self._pictures = Leg(Track.PICTURES, source.latency)
        self._sound = Leg(Track.SOUND, source.latency)
        self._wanted_rung: int | None = None
        self._rung = 0
        self._joins = 0
        self._era = 0
        self._failures = 0
        self._is_stale = False
        """Whether the list of renditions is to be asked for again: addresses in it expire."""
        self._has_ended = True
        self._seen: tuple[int, Nanos] = (-1, 0)
        self._looked: Nanos = 0
        self.pieces = Pieces(source.latency)
        """What was fetched."""
        self.pieces.recall()
        self._sounding = Sounding(
            self._sound,
            self._pictures,
            self.pieces,
            lists=self._lists,
            bringing=Bringing(source.fetcher, self._lists),  # of its own: sound and pictures may have other keys
            clock=clock,
        )
        self.notes: deque[Note] = deque(maxlen=100)
        """What happened, to be taken by the keeper."""
        self.rungs: tuple[Variant, ...] = ()
        """The renditions that may be played, the least first; empty: there is but one, or nothing is known yet."""
        self.edge: tuple[int, Edge] | None = None
        """The newest run, as `pieces` number it, and how far it reaches."""
        self._thread = threading.Thread(target=self._go_on, name="fetching a stream")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def rejoin(self) -> None:
        """Leave what was fetched, at once, and go on at the edge."""
        self.pieces.recall()
        self._woken.set()

    def move(self, rung: int) -> None:
        """Fetch that rendition from the next segment on."""
        self._wanted_rung = rung
        self._woken.set()

    @property
    def has_failed(self) -> bool:
        """Whether its thread has ended, though nobody told it to."""
        return not (self._stop.is_set() or self._thread.is_alive())

    @property
    def rendition(self) -> str:
        """Which is fetched, in words."""
        return self.rungs[self._rung].name if self._rung < len(self.rungs) else ""

    def stop(self) -> None:
        """End it, and what is being fetched; its thread is gone within a second, see `join`."""
        self._stop.set()
        self._source.fetcher.cut()
        self._woken.set()

    def join(self) -> None:
        """Wait until it has ended."""
        if self._thread.ident is not None:
            self._thread.join()

    def _go_on(self) -> None:
        while not self._stop.is_set():
            try:
                self.turn()
            except _TROUBLE as error:
                self._note(Trouble(str(error)))
                self._wait(pause_after(self._failures))

    def turn(self) -> None:
        """Do what is next: look at the playlist, fetch a segment, or wait.

        Raises:
            NetworkError, FilmError, OperatorError: It could not be done, and is to be tried again.
        """
        try:
            self._turn()
        except _TROUBLE:
            self._failures += 1
            self._pictures.media = None
            self._is_stale = self._is_stale or not self._failures % STALE
            raise

    def _turn(self) -> None:
        self._woken.clear()
        if self.pieces.begin_anew():
            self._rejoin()
        wanted = self._wanted_rung
        if wanted is not None and wanted != self._rung and wanted < len(self.rungs):
            self._go_to(wanted)
        pictures = self._pictures
        if self._sounding.turn(self._joins, lambda why: self._note(Trouble(why))):
            return
        if not self.pieces.has_room():
            pictures.media = self._sound.media = None  # they will be other ones by then
            self._wait(ROOM_PAUSE)
            return
        media = pictures.media = pictures.media or self._look()
        if not pictures.reached and self._stands(media) and not media.has_ended:
            pictures.follower.shun()
        was_left = self._others.was_left(pictures.url, media)
        step = None if was_left else pictures.step(media)
        if step is not None:
            self._fetch(step, media)
            return
        pictures.media = None
        others = Seen.GOING_ON if was_left else self._seen_beside(media)
        if others is Seen.GOING_ON:
            self._note(Behind(self._rung))
        elif pictures.follower.is_through(media) and (others is Seen.NOTHING or self._stands(media)):
            if not self._has_ended:
                self.pieces.put(Piece(pictures.run, b""))
            self._has_ended = pictures.is_apart = True
            raise FilmError("it is over")
        pause = RECKONED_PAUSE if media.is_reckoned else max(LEAST_PAUSE, media.target // 2)
        # From when it was looked at: a segment, or sound, may have taken its time since.
        self._wait(self._sounding.pause(max(0, pause - (self._clock.monotonic() - self._looked))))

    def _rejoin(self) -> None:
        self._joins += 1
        self._era = 0
        self._pictures.rejoin()
        self._sounding.rejoin()

    def _go_to(self, rung: int) -> None:
        self._rung = rung
        if self._pictures.url != self.rungs[rung].url:  # it was missing there, and all others are not late by that
            self._lists.late = max(0, self._lists.late - self._pictures.forgiven() * LATE_STEP)
        self._pictures.go_to(self.rungs[rung].url)
        self._sound.go_to(self.rungs[rung].sound if self._source.has_sound else "")

    # Pictures

    def _look(self) -> Media:
        is_anew = self._is_stale or not self.rungs
        if is_anew:
            found = self._top()
            if isinstance(found, Media):
                self.rungs = ()
                self._pictures.go_to(self._source.url)
                self._sound.go_to("")
                return self._listed(found)
            is_anew = found
        self._go_to(min(self._rung, len(self.rungs) - 1))
        began = self._clock.monotonic()
        try:
            return self._listed(self._lists.media(self._pictures.url, self._pictures.numbering))
        except _TROUBLE:
            self._is_stale = True
            # Once is an accident. The others may be had; without them and the list of them, it is not the rendition's fault.
            if self._failures and self._others.look(self.rungs, self._rung, self._seen[0]) is Seen.GOING_ON:
                self._note(Behind(self._rung))
            elif is_anew:
                self._miss(began, nanos(PLAYLIST_S), is_refused=False)
            raise

    def _top(self) -> Media | bool:
        """Learn which renditions there are; False: those that were known must do. Or return the segments, if there is but one."""
        self._is_stale = False
        try:
            found = self._lists.top()
        except _TROUBLE:
            if self.rungs:
                return False
            raise
        if isinstance(found, Media):
            return found
        source = self._source
        self.rungs = ladder(found, pixels=source.pixels, rate=source.rate, most_bits=source.most_bits)
        self._rung = beginning(self.rungs) if self._wanted_rung is None else self._wanted_rung
        return True

    def _listed(self, media: Media) -> Media:
        newest, self._looked = newest_of(media), self._clock.monotonic()
        if newest != self._seen[0]:
            self._seen = (newest, self._looked)
        return media

    def _stands(self, media: Media) -> bool:
        """Whether nothing new was listed for longer than a segment: joined again, it would show its end each time."""
        return self._looked - self._seen[1] > media.target * 3 // 2 + SECOND  # however long ago it was looked at

    def _seen_beside(self, media: Media) -> Seen:
        """Return what the others do, if *media*, of which all was fetched, does not go on; else `STANDING`."""
        if media.has_ended or self._stands(media):
            return self._others.look(self.rungs, self._rung, newest_of(media))
        return Seen.STANDING

    def _fetch(self, step: Step, media: Media) -> None:
        began = self._clock.monotonic()
        pictures, segment = self._pictures, step.segment
        given = self._given(segment)
        try:
            data = self._bringing.bring(pictures, step, media, given)
        except _TROUBLE as error:
            self._miss(began, min(nanos(given), segment.length), is_refused=isinstance(error, AnsweredError))
            raise
        if data is None and self._sounding.newest is not None:  # else it is only now learnt how late all segments are
            self._note(Awaited(self._rung))
        if data is None or self.pieces.is_recalled:
            return
        era = pictures.era(segment, media, self._joins)
        if era < self._era and pictures.is_apart:  # whoever makes the stream has begun anew
            self._joins += 1
            self._sounding.rejoin()
            era = pictures.era(segment, media, self._joins)
        self._era = era
        self._sounding.pictured(segment, media)
        if pictures.is_apart:
            self._has_ended = False
        self.pieces.put(pictures.piece(segment, data, era))
        self._failures = 0
        listed = pictures.run_length + sum(each.length for each in media.segments if each.number > segment.number)
        self.edge = pictures.run, Edge(listed, self._seen[1])
        self._note(Fetched(self._clock.monotonic() - began, segment.length, self._rung))

    def _given(self, segment: Segment) -> Seconds:
        """Return how long to try to fetch one: the least rendition is all there is, the others are left in time."""
        return min(SEGMENT_S, max(LEAST_S, LENGTHS * segment.length / SECOND)) if self._rung else SEGMENT_S

    def _miss(self, began: Nanos, given: Nanos, *, is_refused: bool) -> None:
        self._note(Unfetched(self._clock.monotonic() - began, given, self._rung, is_refused))

    def _note(self, note: Note) -> None:
        self.notes.append(note)
        self._ring()

    def _wait(self, length: Nanos) -> None:
        if not self._stop.is_set():  # else this turn may have cleared what `stop` woke it by
            self._clock.wait(self._woken, length)
