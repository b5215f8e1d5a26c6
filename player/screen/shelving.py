"""Edits of shapes on their way to the disk, and calibrations that others put there: between frame loop and writer.

What the disk refuses waits here, and is tried again each second: on the wall it counts already.
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from player import log
from player.calibration.record import Kept
from player.calibration.shelf import KEPT, Edit, Shelf
from player.calibration.thumbnail import thumbnail
from player.clock import Clock
from player.errors import GeometryError, LibraryError
from player.units import MILLISECOND, SECOND, Nanos

LOOK_EVERY: Final[Nanos] = SECOND  # at the folder: whoever restores an earlier calibration looks at the wall
TRY_EVERY: Final[Nanos] = SECOND  # while the disk refuses
PACE: Final[Nanos] = 500 * MILLISECOND  # of one gesture: a key that is held moves 30 times a second, and writing takes 50 ms

_log = log.get("screen")


@dataclass(frozen=True, slots=True, eq=False)
class _News:
    """What somebody else has put on the shelf."""

    outputs: Mapping[str, Kept]
    edits: int
    """How many edits had been told when it was read; one that was told since counts more."""


class Shelving:
    """The frame loop tells and asks, the writer's thread writes and reads; neither waits for the other."""

    def __init__(self, data: Path, clock: Clock, wake: Callable[[], None]) -> None:
        """Keep edits in the data folder; *wake* lets the writer begin."""
        self._shelf = Shelf(data)
        self._clock = clock
        self._wake = wake
        # The frame loop's:
        self.outputs: Mapping[str, Kept] | None = None
        """What counts, of the outputs that were edited or told of since this process began; None: nothing was."""
        self.is_watched = False
        """Whether anybody wants to know what others put on the shelf."""
        self._edits = 0
        self._taken: _News | None = None
        # From one to the other, each a single object:
        self._told: queue.SimpleQueue[tuple[int, Edit]] = queue.SimpleQueue()
        self._news: _News | None = None
        self.problem = ""
        """Why the newest edit is not on the disk yet; empty when it is."""
        # The writer's:
        self._waiting: deque[tuple[int, Edit]] = deque()
        self._written = 0
        self._known: int | None = None
        """The number of the calibration that was read or written last."""
        self._look_at: Nanos = 0
        self._try_at: Nanos = 0
        self._gesture: int | None = None
        """Of what was written last."""
        self._rests_until: Nanos = 0
        self._refused = log.Edge(_log, begins="a calibration cannot be kept; it is tried again", ends="calibrations are kept")
        self._blind = log.Edge(_log, begins="calibrations cannot be read; the shapes stay", ends="calibrations are read again")

    # The frame loop

    def put(self, edit: Edit) -> None:
        """Have an edit kept. Of one gesture the last is enough."""
        self._edits += 1
        self.outputs = {**(self.outputs or {}), **edit.others, **edit.outputs}
        self._told.put((self._edits, edit))
        self._wake()

    def news(self) -> Mapping[str, Kept] | None:
        """Return what somebody else has made the newest calibration since the last call; None: nothing."""
        news = self._news
        if news is None or news is self._taken or news.edits != self._edits:
            return None  # what was edited meanwhile becomes the newest in a moment, and is told then, with what others changed
        self._taken = news
        self.outputs = news.outputs
        return news.outputs

    @property
    def is_settled(self) -> bool:
        """Whether the disk has every edit."""
        return self._written == self._edits

    # The writer's thread

    def step(self, *, is_last: bool = False) -> None:
        """Write what waits, then look what others wrote, as far as the disk lets us; the *last* time nothing is put off."""
        with suppress(queue.Empty):
            while True:
                self._take_in(*self._told.get_nowait())
        now = self._clock.monotonic()
        if self._waiting and (is_last or now >= self._try_at):
            self._write(now, is_last=is_last)
        if self.is_watched and not self._waiting and now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            self._look()

    def _take_in(self, number: int, edit: Edit) -> None:
        if edit.gesture is not None and self._waiting and self._waiting[-1][1].gesture == edit.gesture:
            edit = _joined(self._waiting.pop()[1], edit)
        if len(self._waiting) == KEPT:  # the shelf itself keeps no more
            _, first = self._waiting.popleft()
            then, second = self._waiting.popleft()
            self._waiting.appendleft((then, _joined(first, second)))
        self._waiting.append((number, edit))

    def _write(self, now: Nanos, *, is_last: bool) -> None:
        problem = ""
        while self._waiting and not problem:
            number, edit = self._waiting[0]
            is_held = len(self._waiting) == 1 and edit.gesture is not None and edit.gesture == self._gesture
            if is_held and now < self._rests_until and not is_last:
                return
            try:
                made = self._shelf.keep(edit, _picture(edit))
            except LibraryError as error:
                problem, self._try_at = str(error), self._clock.monotonic() + TRY_EVERY
            else:
                self._waiting.popleft()
                if made.number != self._known:
                    _log.info("a calibration is kept", number=made.number, what=made.what)
                # What others kept in between, or was not taken from us yet, is news to whoever edits.
                if made.number > (self._known or 0) + 1 or self._news is not self._taken:
                    self._news = _News(made.outputs, number)
                self._written, self._known = number, made.number
                self._gesture, self._rests_until = edit.gesture, now + PACE
        self._refused.note("calibration", holds=bool(problem), **({"why": problem} if problem else {}))
        self.problem = problem

    def _look(self) -> None:
        """Read the newest calibration, if it is another than before."""
        edits = self._written  # of what is told after this, nothing is known here
        try:
            number = self._shelf.newest_number()
            if number == self._known:
                return
            found = self._shelf.newest()
        except LibraryError as error:
            self._blind.note("shelf", holds=True, why=str(error))
            return
        self._blind.note("shelf", holds=False)
        if found.warning:
            _log.warning("the last calibration cannot be used", why=found.warning, todo="weremember calibrate --history")
        self._known = number
        if found.calibration is not None:
            self._news = _News(found.calibration.outputs, edits)


def _joined(earlier: Edit, later: Edit) -> Edit:
    """Return two edits as one."""
    return replace(later, outputs={**earlier.outputs, **later.outputs})


def _picture(edit: Edit) -> bytes | None:
    try:
        return thumbnail({**edit.others, **edit.outputs})
    except GeometryError:  # a picture beside it is a convenience; what the shelf keeps it judges itself
        return None
