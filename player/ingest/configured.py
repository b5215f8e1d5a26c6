"""From the configuration to the sources that are asked: what reads each, what fetches for it, and how far it is believed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.errors import OperatorError
from player.feed import jsonfeed, mapped, syndication, wallsio
from player.feed.address import AddressPolicy, Token
from player.feed.fetch import Fetcher, HttpFetcher, Saver
from player.feed.local import SourceFetcher, fetcher_for
from player.feed.poll import Parse
from player.feed.trust import MODERATED, Policy
from player.ingest.asking import Asks, SourceConfig
from player.ingest.curated import NETWORKS, CuratedAsker
from player.ingest.polling import Asker, Refused
from player.ingest.signed import SignedAsker
from player.library.sources import CORE
from player.secret import Secret
from player.settings import Settings
from player.units import Seconds

CORE_EVERY_S: Final[Seconds] = 30.0  # a folder on this machine: looking costs a directory listing


PARSERS: Final[dict[str, Callable[[SourceConfig], Parse]]] = {
    "jsonfeed": lambda _: jsonfeed.parse,
    "rss": lambda _: syndication.parse,
    "wallsio": lambda _: wallsio.parse,
    "mapped": lambda source: mapped.parser(mapped.load(Path(source.map))),
}
"""One file per format of feed; a folder is scanned, not parsed, and accounts are asked in their own way."""


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
            feed.map,
            feed.token,
        )
        for name, feed in settings.feeds.items()
    ]
    if settings.core:
        found.append(SourceConfig(CORE, "folder", settings.core.url, CORE_EVERY_S, Policy(trust=MODERATED, is_core=True)))
    return tuple(found)


def fetchers_of(settings: Settings, clock: Clock) -> dict[str, Fetcher]:
    """Return what fetches the photos of each source, by name; a signed one's core set is fetched as itself is."""
    return {**_fetchers(settings, clock)}


def _fetchers(settings: Settings, clock: Clock) -> dict[str, SourceFetcher]:
    fetchers: dict[str, SourceFetcher] = {}
    for source in sources_of(settings):
        with contextlib.suppress(OperatorError):  # who asks it says so
            fetchers[source.name] = fetcher_of(source, settings, clock)
        if source.core and source.name in fetchers:
            fetchers[source.core] = fetchers[source.name]
    return fetchers


def savers_of(settings: Settings, clock: Clock) -> dict[str, Saver]:
    """Return what fetches the films of each source, by name; each can be ended from another thread."""
    return {**_fetchers(settings, clock)}


def asker_of(source: SourceConfig, settings: Settings, clock: Clock, data: Path) -> Asks:
    """Return what asks *source*; *data* is the folder for what is only a cache."""
    try:
        return _asker(source, settings, clock, data)
    except OperatorError as error:
        return Refused(source, error)


def _asker(source: SourceConfig, settings: Settings, clock: Clock, data: Path) -> Asks:
    fetcher = fetcher_of(source, settings, clock)
    if source.is_signed:
        return SignedAsker(source, fetcher, clock, data)
    network = NETWORKS.get(source.kind)
    if network:
        streams = _web(source, settings, clock) if source.kind == "mastodon" and source.token else None
        return CuratedAsker(source, network, fetcher, clock, streams)
    make = PARSERS.get(source.kind)
    return Asker(source, make(source) if make else None, fetcher, clock)


def fetcher_of(source: SourceConfig, settings: Settings, clock: Clock) -> SourceFetcher:
    """Return what fetches the pages and photos of *source*."""
    network = settings.network
    return fetcher_for(
        source.url,
        clock=clock,
        allow=network.allow,
        proxy=network.proxy,
        ca_file=network.ca_file,
        token=_token(source),
    )


def _web(source: SourceConfig, settings: Settings, clock: Clock) -> HttpFetcher:
    network = settings.network
    policy = AddressPolicy(source.url, network.allow)
    return HttpFetcher(policy, clock=clock, proxy=network.proxy, ca_file=network.ca_file, token=_token(source))


def _token(source: SourceConfig) -> Token | None:
    """Return the source's key and how it wants it."""
    if source.token is None:
        return None
    query = wallsio.TOKEN if source.kind == "wallsio" else ""
    if source.kind == "mapped":
        wants = mapped.load(Path(source.map)).token
        query = (wants.query or "") if wants else ""
    return Token(Secret(source.token), query)
