"""Whether a request is meant for this console, and comes from one of its own pages: pure decisions about headers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
DEFAULT_PORTS: Final = {"http": 80, "https": 443}

_HOST: Final = re.compile(r"(?P<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?)(?::(?P<port>[0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Address:
    """A name and a port, as a Host header says them."""

    name: str
    port: int


@dataclass(frozen=True, slots=True)
class Names:
    """Under which names this console may be asked.

    A page elsewhere can have its own name point at this machine (DNS rebinding), and would then be of the same origin: what
    comes under a name that nobody gave this machine is turned away.
    """

    names: frozenset[str]
    port: int
    scheme: str

    def take(self, host: str, local: str) -> bool:
        """Whether a request with this Host header, which came in at the *local* address of this machine, is meant for us."""
        asked = parse(host, self.scheme)
        return asked is not None and asked.port == self.port and (asked.name in self.names or asked.name == _plain(local))


def names_of(own: Collection[str], *, port: int, scheme: str) -> Names:
    """Return the names that count: loopback's, and *own*."""
    return Names(frozenset(_plain(name.lower()) for name in (*LOOPBACK, *own)), port, scheme)


def parse(host: str, scheme: str) -> Address | None:
    """Return what a Host header says; None when it is none."""
    found = _HOST.fullmatch(host.lower())
    if not found:
        return None
    return Address(_plain(found["name"].strip("[]")), int(found["port"]) if found["port"] else DEFAULT_PORTS[scheme])


def is_own(*, host: str, scheme: str, origin: str | None, site: str | None) -> bool:
    """Whether what changes something was pressed on a page of ours.

    Browsers say so themselves, by Origin or Sec-Fetch-Site, and no page can say it for them. Whoever says neither is no browser
    of these years, or a program: it can say Origin too.

    Args:
        host: The Host header, which was found to be ours.
        scheme: http or https.
        origin: The Origin header.
        site: The Sec-Fetch-Site header, which browsers leave out over plain http beyond loopback.
    """
    if origin is None and site is None:
        return False
    return (origin is None or origin.lower() == f"{scheme}://{host.lower()}") and (site is None or site == "same-origin")


def _plain(name: str) -> str:
    """Return an address as it is written shortest, a name as it is."""
    try:
        return str(ipaddress.ip_address(name.partition("%")[0]))
    except ValueError:
        return name
