"""The beat of a film on a display: 30 pictures a second at 60 refreshes are two each, and not one, then three.

A picture whose instant falls on a refresh would be seen now at this one and now at the next, for ticks come a little early and
late. So a film is looked at a little ahead of its instant, by so much that its pictures change midway between two refreshes; how
much stays as it is until they have drifted to the edge. Only where pictures last whole refreshes: others have no even beat.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from player.units import SECOND, Nanos

EDGE: Final = 0.2  # of a refresh, on either side: ticks are seen to be off by a tenth
WHOLE: Final = 0.05  # of a refresh: 29.97 pictures at 60 refreshes are off by 0.002, 25 by 0.4
SMOOTH: Final = 32  # ticks, half a second
SLOWEST: Final[Nanos] = SECOND // 20  # a tick that comes later than this says nothing of the display


def refresh_after(refresh: Nanos, tick: Nanos) -> Nanos:
    """Return how long a refresh takes by what was thought before and by one more *tick*: each comes a little early or late."""
    if not 0 < tick < SLOWEST:
        return refresh
    return refresh + (tick - refresh) // SMOOTH if refresh else tick


@dataclass(frozen=True, slots=True)
class Cadence:
    """How far ahead of its instant a film is looked at, and what that is judged by."""

    ahead: Nanos = 0
    """At most half a refresh either way."""
    pts: Nanos | None = None
    """The picture that was seen last."""

    def after(self, pts: Nanos, at: Nanos, refresh: Nanos) -> Cadence:
        """Return it once the picture *pts* is seen at the instant *at* of the film.

        *refresh* is how long a tick takes, 0 while nobody knows.
        """
        if pts == self.pts:
            return self
        seen = replace(self, pts=pts)
        if self.pts is None or not refresh or not _is_even(pts - self.pts, refresh):
            return seen
        late = (at + self.ahead - pts) / refresh  # 0 to 1: how long after its instant its tick came
        if EDGE <= late <= 1 - EDGE or not 0 <= late <= 1:
            return seen
        half = refresh // 2
        ahead = self.ahead + (half if late < EDGE else -half)
        # Drifted by a whole refresh: one picture stands for one more or one less, and the beat is even again for minutes.
        if abs(ahead) > half:
            ahead += refresh if ahead < 0 else -refresh
        return replace(seen, ahead=ahead)


def _is_even(length: Nanos, refresh: Nanos) -> bool:
    """Whether a picture that long lasts whole refreshes."""
    refreshes = length / refresh
    return refreshes > 1 - WHOLE and abs(refreshes - round(refreshes)) <= WHOLE * max(1.0, round(refreshes))
