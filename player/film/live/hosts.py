"""Which hosts a live stream may lead to: its own and those that the operator listed, under the rules for feeds besides.

A playlist is text from outside, and chooses what we fetch: every address in it, and every redirect, is judged here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from player.clock import Clock
from player.feed.address import AddressPolicy, Destination, RefusedAddressError, Resolve, plain
from player.feed.fetch import HttpFetcher
from player.film.live.direct.far import Far, judged


@dataclass(frozen=True, slots=True)
class ListedHosts(AddressPolicy):
    """The feeds' policy, for the hosts named alone."""

    hosts: tuple[str, ...] = ()
    """Besides that of `own`: names, each with all that ends in it after a dot when it begins with `*.`."""

    def check(self, url: str, resolve: Resolve, *, proxied: bool = False) -> Destination:
        """See `AddressPolicy.check`; RefusedAddressError also for a host that is not listed."""
        host = _host(url)
        if host and not self._is_listed(host):
            raise RefusedAddressError(f"{plain(url)}: leads to {host[:100]}; list it under the stream's hosts if that is meant")
        found = AddressPolicy.check(self, url, resolve, proxied=proxied)
        if not self._is_listed(found.host):
            raise RefusedAddressError(f"{plain(url)}: writes its host in an unusual way")
        return found

    def _is_listed(self, host: str) -> bool:
        return host == _host(self.own) or any(_fits(host, entry) for entry in self.hosts)


def fetcher_for(
    url: str, hosts: Sequence[str], *, allow: Sequence[str], clock: Clock, proxy: str | None = None, ca_file: str | None = None
) -> HttpFetcher:
    """Return what fetches a stream and all that it leads to.

    Args:
        url: Of the stream, as configured.
        hosts: `hosts` of the stream.
        allow: `network.allow`: which of them may be private.
        clock: For deadlines.
        proxy: `network.proxy`.
        ca_file: `network.ca_file`.

    Raises:
        OperatorError: The file of certificates cannot be used.
    """
    policy = ListedHosts(own=url, allow=tuple(allow), hosts=tuple(hosts))
    return HttpFetcher(policy, clock=clock, proxy=proxy, ca_file=ca_file)


def far_for(url: str, hosts: Sequence[str], *, allow: Sequence[str], ca_file: str | None = None) -> Far:
    """Return where a stream by one connection comes from: RTMP or RTSP. Arguments as for `fetcher_for`; no proxy takes part."""
    policy = ListedHosts(own=judged(url), allow=tuple(allow), hosts=tuple(hosts))
    return Far(url, policy, ca_file)


def _host(url: str) -> str:
    """The host of *url*, lower case; empty when it has none, which the policy below refuses."""
    try:
        host = urlsplit(url).hostname or ""
        return (host if host.isascii() else host.encode("idna").decode("ascii")).rstrip(".").lower()
    except ValueError:
        return ""


def _fits(host: str, entry: str) -> bool:
    entry = entry.strip().lower()
    return host.endswith(entry[1:]) if entry.startswith("*.") else host == entry
