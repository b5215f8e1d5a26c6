"""Interlaced pictures to whole ones: two half pictures of different instants, seen at once, are combs. All others pass untouched.

One picture for each frame, not for each field: what is lost is smoothness that 25 frames a second never had.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from av.error import FFmpegError
from av.filter.context import FilterContext
from av.filter.graph import Graph
from av.video.frame import VideoFrame

_METHOD: Final = "bwdif"  # of the BBC's weighting and yadif's edges: the best that two cores do in time
_OPTIONS: Final = "mode=send_frame:deint=interlaced"
MILLI: Final = Fraction(1, 1000)  # of a second, where a frame does not say what its instants count
MOST_HELD: Final = 8  # frames inside the filter; it holds one back, to look at what follows


class _Facts(NamedTuple):
    """What a frame says of its instant."""

    pts: int | None
    base: Fraction | None
    lasts: int


class _Loom(NamedTuple):
    graph: Graph
    into: FilterContext
    out: FilterContext
    shape: tuple[int, int, str]


class Fields:
    """Frames of one stream in their order. From the first interlaced one on, each is a frame later."""

    def __init__(self) -> None:
        self._loom: _Loom | None = None
        self._held: deque[_Facts] = deque()

    def reset(self) -> None:
        """Forget what is held back: what follows does not follow it."""
        self._loom = None
        self._held.clear()

    def woven(self, frames: Sequence[VideoFrame], *, is_last: bool) -> list[VideoFrame]:
        """Return whole pictures for *frames*; those that are held back too when it *is_last*."""
        if self._loom is None and not any(frame.interlaced_frame for frame in frames):
            return list(frames)
        found: list[VideoFrame] = []
        try:
            for frame in frames:
                found += self._through(frame)
            if is_last:
                found += self._rest()
        except (FFmpegError, ValueError):
            # What no filter takes is shown as it is.
            self.reset()
            return [*found, *frames]
        return found

    def _through(self, frame: VideoFrame) -> list[VideoFrame]:
        shape = (frame.width, frame.height, frame.format.name)
        found: list[VideoFrame] = []
        if self._loom is not None and (self._loom.shape != shape or len(self._held) > MOST_HELD):
            found += self._rest()
        if self._loom is None:
            self._loom = _loom(frame, shape)
        self._held.append(_Facts(frame.pts, frame.time_base, frame.duration or 0))
        self._loom.into.push(frame)
        return found + self._pulled(self._loom)

    def _rest(self) -> list[VideoFrame]:
        if self._loom is None:
            return []
        self._loom.into.push(None)
        found = self._pulled(self._loom)
        self.reset()
        return found

    def _pulled(self, loom: _Loom) -> list[VideoFrame]:
        found: list[VideoFrame] = []
        while self._held:
            try:
                frame = loom.out.pull()
            except (BlockingIOError, EOFError):  # nothing more for now, or at all
                break
            if isinstance(frame, VideoFrame):
                facts = self._held.popleft()
                frame.pts, frame.time_base, frame.duration = facts.pts, facts.base, facts.lasts
                found.append(frame)
        return found


def _loom(frame: VideoFrame, shape: tuple[int, int, str]) -> _Loom:
    graph = Graph()
    graph.threads = 1
    into = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or MILLI)
    method, out = graph.add(_METHOD, _OPTIONS), graph.add("buffersink")
    graph.link_nodes(into, method, out)
    graph.configure()
    return _Loom(graph, into, out, shape)
