"""What state a live stream is in, and what to do about it: a function of the instant and of what was seen. Pure.

A face must not stand still on the wall for 3 s: a stream whose newest frame is older than STALL is said to have stalled, which is
sooner, because it is noticed and faded after it. After 15 s it is given up for what the schedule has instead. It is tried for
ever, and each time it is joined where it is live now.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

from player.units import MILLISECOND, SECOND, Nanos

STALL: Final[Nanos] = 1_900 * MILLISECOND  # without a new frame: 0.25 s until it is noticed and 0.8 s of fade are below 3 s
GIVEN_UP: Final[Nanos] = 15 * SECOND  # issue 7: then the other show
FRESH: Final[Nanos] = SECOND // 2  # a frame so old proves that the stream moves again; an older one is what is left of before
FIRST_PAUSE: Final[Nanos] = SECOND  # before it is tried again
LONGEST_PAUSE: Final[Nanos] = 10 * SECOND  # a ceremony that comes back must not be missed for longer
STEADY: Final[Nanos] = 10 * SECOND  # of being live without a break; then a new trouble is a new trouble
ATTEMPT: Final[Nanos] = 30 * SECOND  # without a frame since it was started or joined: anything may be stuck, so all begins anew
LAGS: Final[Nanos] = 12 * SECOND  # more than was asked for: two segments; then it joins the edge again
SELDOM: Final[Nanos] = 60 * SECOND  # between two such leaps
NOTHING_CAME: Final = f"nothing came of it for {GIVEN_UP // SECOND} s"


@dataclass(frozen=True, slots=True)
class Connecting:
    """Nothing was seen of it yet."""

    since: Nanos


@dataclass(frozen=True, slots=True)
class Playing:
    """Its newest frame is not older than STALL."""

    since: Nanos


@dataclass(frozen=True, slots=True)
class Stalled:
    """No frame has come since; the title page is to be shown."""

    since: Nanos


@dataclass(frozen=True, slots=True)
class GivenUp:
    """For now: what the schedule has instead is to be shown. It is tried on."""

    why: str


@dataclass(frozen=True, slots=True)
class Over:
    """It has ended, as it said itself. Should it begin again, it is played."""


Condition: TypeAlias = Connecting | Playing | Stalled | GivenUp | Over


class Deed(Enum):
    """What the keeper is to do now."""

    NOTHING = auto()
    START = auto()
    """Begin anew with another child, where it is live."""
    REJOIN = auto()
    """Leave what was fetched, and go on where it is live."""


def pause_after(failures: int) -> Nanos:
    """Return how long to wait after so many *failures* in a row: 1, 2, 4, 8, 10, 10 s and so on."""
    return min(LONGEST_PAUSE, FIRST_PAUSE << min(max(0, failures - 1), 8))


class Tuning:
    """One stream from its opening on. All instants CLOCK_MONOTONIC, never going back."""

    def __init__(self, now: Nanos) -> None:
        self.condition: Condition = Connecting(now)
        """As of the last `tick`."""
        self._start_at: Nanos | None = now
        self._tried_at = now
        self._failures = 0
        self._why = ""

    def trouble(self, why: str) -> None:
        """Remember what hinders it, to be told should it be given up."""
        self._why = why

    def lost(self, why: str, now: Nanos) -> None:
        """Its child has ended, which cannot be repaired but by another one."""
        self._why = why
        if self._start_at is None:
            self._failures += 1
            self._start_at = now + pause_after(self._failures)

    def over(self, now: Nanos) -> None:
        """It has said that it ended, and all of it was shown."""
        self.condition = Over()
        self._start_at = now + LONGEST_PAUSE
        self._why = ""

    def tick(self, now: Nanos, newest: Nanos | None) -> Deed:
        """Bring the condition up to *now*, and return what is to be done.

        *newest*: when the newest frame was due that is due by now. One that is still to come proves nothing: the face before it
        stands still until then.
        """
        age = None if newest is None else max(0, now - newest)
        before = self.condition
        self.condition = self._after(before, now, newest, age)
        if isinstance(self.condition, Playing) and now - self.condition.since >= STEADY:
            self._failures, self._why = 0, ""
        if self._start_at is not None:
            return self._start(now) if now >= self._start_at else Deed.NOTHING
        if isinstance(self.condition, Stalled) and isinstance(before, Playing):
            self._tried_at = now
            return Deed.REJOIN
        if not isinstance(self.condition, Playing) and now - self._tried_at > ATTEMPT:
            self._failures += 1
            return self._start(now)
        return Deed.NOTHING

    def lags(self, latency: Nanos, wanted: Nanos, now: Nanos) -> bool:
        """Whether it is to join the edge again, being *latency* behind where *wanted* was asked for."""
        if latency <= wanted + LAGS or now - self._tried_at < SELDOM:
            return False
        self._tried_at = now
        return True

    def _start(self, now: Nanos) -> Deed:
        self._start_at = None
        self._tried_at = now
        return Deed.START

    def _after(self, before: Condition, now: Nanos, newest: Nanos | None, age: Nanos | None) -> Condition:
        is_fresh = age is not None and age <= FRESH
        if isinstance(before, Playing):
            return before if age is not None and age <= STALL else self._stalled(now if newest is None else newest, now)
        if isinstance(before, Over):
            # What it ended with may still be fresh: only another start makes it come back.
            return Playing(now) if is_fresh and self._start_at is None else before
        if is_fresh:
            return Playing(now)
        if isinstance(before, Connecting | Stalled):
            return self._stalled(before.since, now) if isinstance(before, Stalled) else self._connecting(before, now)
        return before

    def _stalled(self, since: Nanos, now: Nanos) -> Condition:
        return GivenUp(self._why or NOTHING_CAME) if now - since > GIVEN_UP else Stalled(since)

    def _connecting(self, before: Connecting, now: Nanos) -> Condition:
        return GivenUp(self._why or NOTHING_CAME) if now - before.since > GIVEN_UP else before
