"""Keeping a show's promise that everyone is shown by the end of the campaign: before each mosaic, how many tiles it needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from player import log
from player.errors import LibraryError
from player.library.census import Census, census
from player.library.library import Library
from player.schedule.agenda import MAX_DAYS, Row, agenda
from player.schedule.campaign import campaign_end, rows_of_slides, time_left
from player.schedule.rules import Rules
from player.schedule.section import Schedule
from player.schedule.zones import local, zone
from player.show.playlist import MosaicStep, Show, Sides, Step
from player.show.promise import Crowd, Kept, most_tiles, size_for, sized_step
from player.show.slide import Stage
from player.units import SECOND, Nanos

LOOK_AHEAD_EVERY: Final[Nanos] = 3600 * SECOND  # the agenda of a campaign takes milliseconds, that of two years a second

_log = log.get("show")


class Promise:
    """One show's. Used by the thread that chooses slides, which may take its time."""

    def __init__(self, show: Show, *, schedule: Schedule, rules: Rules, stage: Stage) -> None:
        self._show = show
        self._schedule = schedule
        self._rules = rules
        self._most = most_tiles(stage)
        self._end: Nanos | None = None
        self._rows: tuple[Row, ...] = ()
        self._looked_at: Nanos | None = None
        self._size: Sides | None = None
        self._is_kept = True

    def sized(self, step: Step, index: int, library: Library, now: Nanos) -> Step:
        """Return *step*, the show's line *index*, as it is to be shown at *now* (wall): an open mosaic at the size it needs.

        Where nothing is promised, or nobody can say by when, that is the size of the largest tiles.
        """
        if not self._show.everyone_by or not isinstance(step.kind, MosaicStep) or step.kind.most is None:
            return step
        try:
            found = census(library.connection)
        except LibraryError:
            return step if self._size is None else sized_step(step, self._size)
        kept = self._kept(found, index, now)
        if kept is None:
            return step
        if kept.size != self._size or kept.is_kept != self._is_kept:
            tell = _log.info if kept.is_kept else _log.warning
            tell("everyone by the end of the campaign", show=self._show.id, what=kept.sentence)
        self._size, self._is_kept = kept.size, kept.is_kept
        return sized_step(step, kept.size)

    def _kept(self, found: Census, index: int, now: Nanos) -> Kept | None:
        self._look_ahead(now)
        if self._end is None:
            return None
        return size_for(
            self._show,
            Crowd(found.photos, found.portraits / found.prepared if found.prepared else 0.0),
            unseen=found.unseen,
            left=time_left(self._rows, self._show.id, now=now, until=self._end),
            most=self._most,
            step=index,
            before=self._size,
        )

    def _look_ahead(self, now: Nanos) -> None:
        """Find out when the campaign ends and when this show is on until then, once an hour."""
        if self._looked_at is not None and 0 <= now - self._looked_at < LOOK_AHEAD_EVERY:
            return
        self._looked_at = now
        self._end = campaign_end(self._schedule, self._rules, now)
        if self._end is None:
            return
        here = zone(self._rules.zone)
        today = local(now, here).date()
        first = today - timedelta(1)  # a show may have begun before midnight
        days = min(MAX_DAYS, (local(self._end, here).date() - first).days + 1)
        self._rows = tuple(rows_of_slides(agenda(self._rules, first, days), self._rules))


class Promises:
    """Those of all shows. They outlive a library that is opened anew: what was told is not told again."""

    def __init__(self, *, schedule: Schedule, rules: Rules, stage: Stage) -> None:
        self._schedule = schedule
        self._rules = rules
        self._stage = stage
        self._made: dict[str, Promise] = {}

    def of(self, show: Show) -> Promise | None:
        """Return who keeps what *show* promises; None: it promises nothing."""
        if show.everyone_by is None:
            return None
        if show.id not in self._made:
            self._made[show.id] = Promise(show, schedule=self._schedule, rules=self._rules, stage=self._stage)
        return self._made[show.id]
