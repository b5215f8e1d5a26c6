"""Which rendition of a stream: the best that this machine and its line were not seen to fail at. Pure.

The picture is never made smooth by hope: it begins with a modest one, what failed is left at once, and tried again seldom, each
time later. What is broken, and not merely too much, is left too; when all are, they are gone through again and again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from player.film.limits import MAX_FRAME_PIXELS
from player.film.live.listed.media import Variant
from player.units import SECOND, Nanos

FIRST_BITS: Final = 3_000_000  # in a second, to begin with: a good 720p; a line that bears less is found out by fetching it
CLEAN: Final[Nanos] = 300 * SECOND  # after one that failed, before a better one is tried: a speech goes on undisturbed
LONGEST: Final[Nanos] = 3600 * SECOND  # between tries, after several that failed
WINDOW: Final = 60  # frames at least that are judged together: two seconds
LATE_SHARE: Final = 0.1  # of them late, and decoding does not follow; a busy moment makes 1 in 60
ROOMY: Final = 1.5  # times as many pixels as are shown: the next larger rendition is still taken
FASTER: Final = 1.1  # times as many frames as an output shows: 30 on 29.97 are not too many
SLOW: Final = 0.8  # of a segment's own length to fetch it: the line has no reserve for a bad minute
EASY: Final = 0.5  # of it, as the next better rendition is reckoned to take: far enough from SLOW
FEW: Final = 3  # segments in a row by which the line is measured: a single one may have been a small one
UNSAID: Final = 3.0  # times as many bits the next better one is taken to have where that is not said; 1.5 to 2.5 are usual
MOST_LOST: Final = 2  # segments in a row that were cut off, are too large or no film: one is an accident
MOST_REFUSED: Final = 4  # in a row that the server had no answer for: one more than after which addresses are asked for anew
MOST_GAPS: Final = 3  # where something was lost, and what came next was not: who skips every other piece is broken too
GAPS_OF: Final = 12  # segments that are judged together, likewise: every fourth one lost is too much
MOST_DEATHS: Final = 2  # decoders in a row that did not last: one may have been killed by somebody else


def ladder(variants: Sequence[Variant], *, pixels: int, rate: float, most_bits: int) -> tuple[Variant, ...]:
    """Return the renditions that may be played, the least first; at least one.

    Args:
        variants: All there are. Where some say how large they are, those that do not are sound alone, or worse.
        pixels: Of the place it is shown in; far more are of no use.
        rate: Frames in a second that are shown; where there is the same with about so many, more are of no use.
        most_bits: In a second, 0: as many as there are.
    """
    ordered = sorted([each for each in variants if each.size] or variants, key=_weight)
    wanted = [
        each
        for each in ordered
        if (each.size is None or each.size.width * each.size.height <= min(MAX_FRAME_PIXELS, ROOMY * pixels))
        and not 0 < most_bits < each.bandwidth
    ]
    enough = {each.size for each in wanted if each.size and each.rate <= FASTER * rate}
    return tuple([each for each in wanted if each.size not in enough or each.rate <= FASTER * rate] or ordered[:1])


def _weight(each: Variant) -> tuple[float, ...]:
    return (each.size.width * each.size.height, each.rate, each.bandwidth) if each.size else (each.bandwidth,)


def beginning(rungs: Sequence[Variant]) -> int:
    """Return which of a ladder to begin with, when nothing is known of the line."""
    return _best([each.bandwidth for each in rungs], FIRST_BITS)


def _best(bits: Sequence[int], most: int) -> int:
    return max((rung for rung, needed in enumerate(bits) if 0 < needed <= most), default=0)


class Chooser:
    """The rung of the ladder that is played; all instants CLOCK_MONOTONIC."""

    def __init__(self, rungs: Sequence[Variant], now: Nanos) -> None:
        """*rungs*: as `ladder` has them; it is begun as `beginning` says."""
        self._bits = tuple(each.bandwidth for each in rungs)
        self.rung = beginning(rungs)
        """The one to play, 0 the least."""
        self._since = now
        self._failed_at: Nanos | None = None
        self._patience = CLEAN
        self._is_trying = False
        self._too_much = len(rungs)
        """The least that was more than the line or the machine bears, as far as is known."""
        self._frames = self._late = self._lost = self._deaths = 0
        self._is_smooth = False
        self._is_awaited = False
        """Whether what is on screen is still the rendition before."""
        self._shares: deque[float] = deque(maxlen=FEW)
        self._gaps: deque[bool] = deque(maxlen=GAPS_OF)
        """Of the latest segments: which were the first of those lost together. Others that were lost are none."""

    def resize(self, rungs: Sequence[Variant]) -> None:
        """Take other rungs, if they are others: the playlist was made anew. It stays at about as many bits."""
        bits = tuple(each.bandwidth for each in rungs)
        if bits != self._bits:
            had, self._bits = self._bits[self.rung], bits
            self.rung = _best(bits, had) if had else min(self.rung, len(bits) - 1)
            self._too_much = len(bits)

    def begun(self) -> None:
        """Count frames from here on: the rung's first one is on screen."""
        self._is_awaited = False
        self._frames = self._late = 0

    def paced(self, frames: int, late: int, now: Nanos) -> bool:
        """Count *frames* that were to be shown, of which so many came *late*; return whether the rung has changed."""
        if self._is_awaited:
            return False
        self._frames += frames
        self._late += late
        if self._frames < WINDOW:
            return False
        share = self._late / self._frames
        self._frames = self._late = 0
        if share > LATE_SHARE:
            return self._step_down(now)
        self._is_smooth = True
        if self._is_trying and now - self._since > CLEAN:
            self._is_trying, self._patience = False, CLEAN  # the better one has held
        return self._step_up(now)

    def fetched(self, took: Nanos, length: Nanos, now: Nanos) -> bool:
        """Take note that a segment of *length* was fetched in *took*; return whether the rung has changed."""
        self._lost = 0
        self._gaps.append(False)
        share = took / length
        if share > SLOW:
            return self._step_down(now)
        self._shares.append(share)
        return self._step_up(now)

    def unfetched(self, took: Nanos, given: Nanos, now: Nanos, *, is_refused: bool) -> bool:
        """Take note of a segment that could not be had; return whether the rung has changed.

        Args:
            took: How long it was tried.
            given: For how long at most, or its length, if that is less.
            now: The instant.
            is_refused: Whether there was an answer, and it was none: a segment that is missing.
        """
        if took > SLOW * given:
            return self._step_down(now)
        if not self._lost:
            self._gaps.append(True)
        self._lost += 1
        is_enough = self._lost >= (MOST_REFUSED if is_refused else MOST_LOST) or sum(self._gaps) >= MOST_GAPS
        return is_enough and self._turn_away(now)

    def awaited(self, now: Nanos) -> bool:
        """Take note that a segment is missing, and is asked for again: it may be late. Return whether the rung has changed."""
        self._lost += 1
        return self._lost >= MOST_REFUSED and self._turn_away(now)

    def behind(self, now: Nanos) -> bool:
        """Take note that it does not go on, while another one was seen to; return whether the rung has changed."""
        return self._turn_away(now)

    def died(self, now: Nanos, *, has_lasted: bool) -> bool:
        """Take note that a decoder has ended by itself, or hung; return whether the rung has changed.

        *has_lasted*: whether it was live for a while before.
        """
        self._deaths = 0 if has_lasted else self._deaths + 1
        most = 1 if self._is_trying else MOST_DEATHS  # what failed before has no second chance: each is seen on the wall
        return self._deaths >= most and self._turn_away(now)

    def _step_down(self, now: Nanos) -> bool:
        """Leave what is too much."""
        self._too_much = self.rung
        less = [rung for rung in range(self.rung) if self._bits[rung] < self._bits[self.rung]]
        return self._fail(max(less, default=max(0, self.rung - 1)), now)

    def _turn_away(self, now: Nanos) -> bool:
        """Leave what is broken: for the next lower one; from the least for the best that is not too much, as far as is known."""
        best = min(max(1, self._too_much - 1), len(self._bits) - 1)  # the next at least: here nothing is seen anyway
        return self._fail(self.rung - 1 if self.rung else best, now)

    def _fail(self, rung: int, now: Nanos) -> bool:
        if self._is_trying:
            self._patience = min(LONGEST, 2 * self._patience)
        self._is_trying = False
        self._failed_at = now
        return self._go_to(rung, now)

    def _step_up(self, now: Nanos) -> bool:
        if self.rung >= len(self._bits) - 1 or not self._is_smooth:
            return False
        if self._failed_at is not None and now - self._failed_at < self._patience:
            return False
        if not self._is_easy() and now - self._since < self._patience:
            return False
        self._is_trying = self._failed_at is not None
        self._too_much = max(self._too_much, self.rung + 2)
        return self._go_to(self.rung + 1, now)

    def _is_easy(self) -> bool:
        """Whether the line was measured to bear the next better one."""
        here, there = self._bits[self.rung : self.rung + 2]
        more = max(1.0, there / here) if here and there else UNSAID
        return len(self._shares) == FEW and more * max(self._shares) <= EASY

    def _go_to(self, rung: int, now: Nanos) -> bool:
        has_changed, self.rung = rung != self.rung, rung
        self._since = now
        self._frames = self._late = self._lost = self._deaths = 0
        self._is_smooth = False
        self._is_awaited = self._is_awaited or has_changed
        self._shares.clear()
        self._gaps.clear()
        return has_changed
