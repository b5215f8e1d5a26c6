"""Asking a source of pages, or a folder; when to ask again; and what a folder must remember between scans."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.errors import NetworkError, OperatorError, WeRememberError
from player.feed.fetch import AnsweredError, Fetcher
from player.feed.folder import Stamp, scan
from player.feed.item import Polled, Validators
from player.feed.poll import Parse, poll
from player.ingest.asking import Answer, Before, SourceConfig, within_the_seam
from player.units import Nanos, Seconds, nanos

MAX_PAUSE_S: Final[Seconds] = 900.0  # a source that fails for a day is asked every quarter of an hour


@dataclass(slots=True)
class Asker:
    """Asks a source of pages, or a folder."""

    source: SourceConfig
    parse: Parse | None
    """None for a folder, which is scanned."""
    fetcher: Fetcher
    clock: Clock
    stamps: Mapping[str, Stamp] = field(default_factory=dict[str, Stamp])

    def ask(self, before: Before) -> Iterator[Answer]:
        """See ``Asks``."""
        return within_the_seam(self.source, self._ask(before))

    def took(self, answer: Answer) -> None:
        """Nothing is kept for it."""

    def forget(self) -> None:
        """Each asking reads everything, or is told by its validators what it need not."""

    def listener(self, heard: Callable[[Answer], None], hasten: Callable[[], None]) -> None:
        """It tells nothing by itself."""

    def _ask(self, before: Before) -> Iterator[Answer]:
        if self.parse is None:
            yield self._scan()
            return
        polled = poll(self.source.url, parse=self.parse, fetcher=self.fetcher, validators=before.validators)
        yield Answer(self.source, polled)

    def _scan(self) -> Answer:
        found = scan(Path(self.source.url), settled=self.stamps, now=self.clock.wall())
        self.stamps = found.stamps
        return Answer(self.source, Polled(found.snapshot), device=found.device, waiting=len(found.waiting))


@dataclass(frozen=True, slots=True)
class Refused:
    """A source that cannot be asked as it is configured; each asking says why."""

    source: SourceConfig
    error: OperatorError

    def ask(self, before: Before) -> Iterator[Answer]:
        """See ``Asks``."""
        del before
        yield Answer(self.source, error=self.error)

    def took(self, answer: Answer) -> None:
        """It never is."""

    def forget(self) -> None:
        """There is nothing."""

    def listener(self, heard: Callable[[Answer], None], hasten: Callable[[], None]) -> None:
        """It tells nothing."""


def pause_after(
    source: SourceConfig,
    error: WeRememberError | None,
    failures: int,
    *,
    chance: random.Random,
) -> Nanos:
    """Return how long to wait before asking *source* again.

    Never longer than its own interval while it answers, and spread so that many players do not ask at once; after
    failures longer and longer, with full jitter; as long as a server asks for, when it does.
    """
    if error is None:
        return nanos(source.every_s * chance.uniform(0.8, 1.0))
    ceiling = min(MAX_PAUSE_S, source.every_s * 2 ** min(failures, 10))
    pause = max(min(source.every_s, 5.0), chance.uniform(0, ceiling))
    asked = error.retry_after_s if isinstance(error, AnsweredError) else None
    return nanos(max(pause, min(asked, 86_400.0)) if asked else pause)


def validators_from(text: str) -> dict[str, Validators]:
    """Return what `sources.confirm` stored of a source's pages."""
    stored: dict[str, list[str | None]] = json.loads(text)
    return {url: Validators(*pair) for url, pair in stored.items()}


def lost_device(answer: Answer, device_before: int | None) -> NetworkError | None:
    """Say so when a folder lies on another disk than before: what is not mounted looks empty."""
    if answer.device is None or device_before in {None, answer.device}:
        return None
    return NetworkError(
        f"{answer.source.url} is on another disk than before: mount the right one, or rename the source if this is meant",
    )
