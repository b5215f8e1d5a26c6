"""The sound of one film, in blocks: at its picture's time, as loud as it is to be, and without a click at either end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import numpy as np

from player.film.drift import Course, begun, followed
from player.film.gain import SILENT, Fader, factor
from player.film.limits import CHANNELS, SOUND_RATE
from player.film.picture import Picture, noted, sample_heard
from player.film.resampling import HALF, Sound, resampled, span, supported
from player.film.ring import Position
from player.units import Nanos

BLOCK: Final = 960  # samples, 20 ms: half a frame of film, and fifty rounds of Python a second
EDGE: Final = (
    480  # samples, 10 ms, over which sound that was cut off goes out or comes in: short enough to be no fade, and no click
)
HISTORY: Final = SOUND_RATE  # samples that are kept behind: so far back sound can leap when a picture goes on after a pause
_OUT: Final = np.cos(np.linspace(0, np.pi / 2, EDGE, dtype=np.float32))[:, None]
_IN: Final = _OUT[::-1]


class Source(Protocol):
    """Where decoded sound lies: a ring of samples, counted from the film's start."""

    @property
    def written(self) -> int:
        """One past the last sample that is there."""
        ...

    def take(self, start: int, count: int) -> Sound:
        """Return samples from *start* on, count x 2, silence for what is not there; what lies before their end is freed."""
        ...


class Voice:
    """What is heard of one film. All but `fade`, `end` and what can be read belongs to the thread that plays."""

    def __init__(self, source: Source, position: Callable[[], Position | None], *, gain_db: float = 0.0) -> None:
        """It is silent until it is faded in.

        Args:
            source: Of its samples.
            position: What the screen said last of where the picture is; asked for every block.
            gain_db: By how much it is made louder, from its loudness.
        """
        self._window = _Window(source)
        self._position = position
        self._factor = factor(gain_db)
        self._fader = Fader(SILENT)
        self._is_ending = False
        self._picture: Picture | None = None
        self._course: Course | None = None
        self._trend = 0.0

    def fade(self, to: float, begin: Nanos, length: Nanos) -> None:
        """Bring it *to* 0 or 1 from *begin* on, CLOCK_MONOTONIC, within *length*: as its picture fades."""
        self._fader.turn(to, begin, length)

    def end(self, begin: Nanos, length: Nanos) -> None:
        """Let it go out; then it is over."""
        self.fade(0.0, begin, length)
        self._is_ending = True

    def is_over(self, t: Nanos) -> bool:
        """Whether nothing more will be heard of it from *t* on."""
        return self._is_ending and t >= self._fader.level.end and self._course is None

    @property
    def course(self) -> Course | None:
        """Where it is and how far off the picture; None while nothing is heard of it."""
        return self._course

    def block(self, heard_at: Nanos, *, later: Nanos = 0, is_free: bool = False) -> Sound | None:
        """Return the next BLOCK x 2 samples; None for silence.

        Args:
            heard_at: When its first sample will be heard, CLOCK_MONOTONIC.
            later: How much later than it leaves here the picture is seen.
            is_free: Nothing was heard before this block.
        """
        wanted = self._wanted(heard_at - later)
        gain = self._fader.block(heard_at, BLOCK, rate=SOUND_RATE)
        before = None if is_free else self._course
        if wanted is None or not gain.any():
            self._course = None
            self._let_go(wanted)
        else:
            self._course = self._next(wanted, before)
        if before is None and self._course is None:
            return None
        out = np.zeros((BLOCK, CHANNELS), np.float32)
        if before is not None and (self._course is None or self._course.leapt):
            out[:EDGE] += self._window.sound(before.position + before.ratio * BLOCK, before.ratio, EDGE) * _OUT
        if self._course is not None:
            self._play(self._course, out)
        return np.asarray(out * (gain * self._factor)[:, None], np.float32)

    def skip(self, now: Nanos) -> None:
        """Let go of what would be heard by *now*: nobody listens, and the decoder must not wait for that."""
        self._course = None
        self._let_go(self._wanted(now))

    def _let_go(self, wanted: float | None) -> None:
        if wanted is not None:
            self._window.skip(int(wanted))

    def _wanted(self, t: Nanos) -> float | None:
        said = self._position()
        if said is not None and (self._picture is None or said != self._picture.last):
            self._picture = noted(self._picture, said)
        return sample_heard(self._picture, t)

    def _next(self, wanted: float, before: Course | None) -> Course:
        if before is None:
            return begun(wanted, self._trend)
        course = followed(before, wanted, BLOCK)
        self._trend = course.trend
        return course

    def _play(self, course: Course, out: Sound) -> None:
        """Add what is there to *out*; when it ends within an edge's length from here, it goes out before that."""
        count = self._window.reach(course.position, course.ratio, BLOCK + EDGE)
        sound = self._window.sound(course.position, course.ratio, min(BLOCK, count))
        edge = min(EDGE, len(sound))
        if course.leapt and edge:
            sound[:edge] *= _IN[:edge]
        if count < BLOCK + EDGE:
            if edge:
                sound[-edge:] *= _OUT[-edge:]
            self._course = None
        out[: len(sound)] += sound


class _Window:
    """The samples around where it plays."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._begin = 0
        self._samples = np.zeros((0, CHANNELS), np.float32)

    @property
    def _end(self) -> int:
        return self._begin + len(self._samples)

    def reach(self, position: float, ratio: float, count: int) -> int:
        """Fetch what *count* that begin at *position* need; return how many of them can be made."""
        first, needed = span(position, ratio, count)
        if not len(self._samples) or first > self._end:
            self._begin, self._samples = first, self._samples[:0]
        if first < self._begin:
            return 0  # freed already: silent until the picture is there
        new = min(first + needed, self._source.written) - self._end
        if new > 0:
            kept = max(0, len(self._samples) + new - HISTORY - needed)
            self._samples = np.concatenate([self._samples[kept:], self._source.take(self._end, new)])
            self._begin += kept
        return min(count, supported(position, ratio, self._end))

    def sound(self, position: float, ratio: float, count: int) -> Sound:
        """Return *count* from *position* on; silence for what is not here any more."""
        first, needed = span(position, ratio, count)
        here = np.zeros((needed, CHANNELS), np.float32)
        begin, end = max(first, self._begin), min(first + needed, self._end)
        if count <= 0 or begin >= end:
            return np.zeros((max(0, count), CHANNELS), np.float32)
        here[begin - first : end - first] = self._samples[begin - self._begin : end - self._begin]
        return resampled(here, position - first, ratio, count)

    def skip(self, position: int) -> None:
        """Free what lies before *position*."""
        if position - HALF > self._end:
            self._samples = self._samples[:0]
            self._source.take(max(0, position - HALF), 0)
