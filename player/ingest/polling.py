"""Asking one source: what to read it with, when to ask again, and what a folder must remember between scans."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.errors import FeedError, NetworkError, WeRememberError
from player.feed import jsonfeed
from player.feed.fetch import AnsweredError, Fetcher
from player.feed.folder import Stamp, scan
from player.feed.item import Polled, Validators, Withdrawal
from player.feed.local import fetcher_for
from player.feed.poll import poll, withdrawn_before
from player.feed.trust import MODERATED, Policy
from player.library.sources import CORE
from player.settings import Network, Settings
from player.units import Nanos, Seconds, nanos

CORE_EVERY_S: Final[Seconds] = 30.0  # a folder on this machine: looking costs a directory listing
MAX_PAUSE_S: Final[Seconds] = 900.0  # a source that fails for a day is asked every quarter of an hour


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """A source as configured."""

    name: str
    kind: str
    url: str
    every_s: Seconds
    policy: Policy


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking a source once came to: a poll, or an error with what was withdrawn before it happened."""

    source: SourceConfig
    polled: Polled | None = None
    device: int | None = None
    error: WeRememberError | None = None
    withdrawn: tuple[Withdrawal, ...] = ()
    waiting: int = 0
    """Files of a folder that are still being copied."""


@dataclass(slots=True)
class Asker:
    """Asks one source again and again; keeps what is only needed between two times."""

    source: SourceConfig
    fetcher: Fetcher
    clock: Clock
    stamps: Mapping[str, Stamp] = field(default_factory=dict[str, Stamp])

    def ask(self, validators: Mapping[str, Validators]) -> Answer:
        """Ask now. Never raises a WeRememberError: it is part of the answer."""
        try:
            if self.source.kind == "folder":
                return self._scan()
            polled = poll(self.source.url, parse=PARSERS[self.source.kind], fetcher=self.fetcher, validators=validators)
            return Answer(self.source, polled)
        except WeRememberError as error:
            return Answer(self.source, error=error, withdrawn=withdrawn_before(error))
        except Exception as error:  # noqa: BLE001 - the seam around one source: a hostile one must not deafen the rest
            return Answer(self.source, error=FeedError(f"cannot be read: {type(error).__name__}: {error}"[:300]))

    def _scan(self) -> Answer:
        found = scan(Path(self.source.url), settled=self.stamps, now=self.clock.wall())
        self.stamps = found.stamps
        return Answer(self.source, Polled(found.snapshot), device=found.device, waiting=len(found.waiting))


PARSERS: Final = {"jsonfeed": jsonfeed.parse}
"""One file per format of feed; a folder is scanned, not parsed."""


def sources_of(settings: Settings) -> tuple[SourceConfig, ...]:
    """Return every source that the configuration names, the core set among them."""
    found = [
        SourceConfig(
            name,
            feed.kind,
            feed.url,
            feed.every,
            Policy(
                trust=feed.trust,
                min_approvals=feed.min_approvals,
                assume_approved=feed.assume_approved,
                lease_s=feed.lease,
            ),
        )
        for name, feed in settings.feeds.items()
    ]
    if settings.core:
        found.append(SourceConfig(CORE, "folder", settings.core.url, CORE_EVERY_S, Policy(trust=MODERATED, is_core=True)))
    return tuple(found)


def web_fetcher(url: str, network: Network, clock: Clock) -> Fetcher:
    """Return what fetches the pages and photos of the source at *url*."""
    return fetcher_for(url, clock=clock, allow=network.allow, proxy=network.proxy, ca_file=network.ca_file)


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
