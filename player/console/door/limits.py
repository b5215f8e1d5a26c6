"""How often: token buckets by address, by person and by what is asked. Pure: time is given, and what is kept is one number each.

A bucket is the instant at which it is full again: it holds a token for each whole `every` that this lies within its burst.
Dark does not come by here: the guard asks for everything else.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from player.units import MILLISECOND, SECOND, Nanos

MAX_KEYS: Final = 4096  # that one set of buckets knows: some hundred kilobytes, whoever comes with however many addresses
NETWORK_V6: Final = 64  # bits: whoever has one address of version 6 has the whole network below it
MINUTE: Final[Nanos] = 60 * SECOND

Kind: TypeAlias = Literal["page", "form", "api", "stream", "file"]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and one more every so often."""

    burst: int
    every: Nanos


REQUESTS: Final[Mapping[Kind, Rate]] = {
    "page": Rate(30, 500 * MILLISECOND),  # somebody who clicks through everything
    "form": Rate(20, 500 * MILLISECOND),  # one press of a key after the other
    "api": Rate(60, 100 * MILLISECOND),  # a program that asks for all it can, page by page
    "stream": Rate(60, SECOND),  # each lasts, and how many at once is bounded elsewhere; whoever reviews takes one for each photo
    "file": Rate(300, 20 * MILLISECOND),  # a page of Photos has a hundred thumbnails
}
"""By kind of route, for each person who has logged in, and for each address of those who have not."""
ALL: Final = Rate(600, 10 * MILLISECOND)  # of one address together, whoever is there: a site's office behind one router
BY_ADDRESS: Final = Rate(20, 15 * SECOND)  # failed log-ins of one address, for whatever names
BY_NAME: Final = Rate(10, MINUTE)  # failed log-ins to one name, from wherever
BY_BOTH: Final = Rate(5, 2 * MINUTE)  # failed log-ins to one name from one address, when others have used that name's up


def wait(full_at: Nanos, rate: Rate, now: Nanos) -> Nanos:
    """Return how long until a token is there; 0: there is one."""
    return max(0, max(full_at, now) + rate.every - now - rate.burst * rate.every)


def taken(full_at: Nanos, rate: Rate, now: Nanos) -> Nanos:
    """Return the bucket with a token less; an empty one stays empty."""
    return min(max(full_at, now) + rate.every, now + rate.burst * rate.every)


def given_back(full_at: Nanos, rate: Rate) -> Nanos:
    """Return the bucket with a token more; a full one stays full."""
    return full_at - rate.every


class Buckets:
    """Buckets of one rate, by key. Those that were asked for longest ago are forgotten, as if they were full."""

    def __init__(self, rate: Rate, most: int = MAX_KEYS) -> None:
        self._rate = rate
        self._most = most
        self._full_at: OrderedDict[str, Nanos] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def wait(self, key: str, now: Nanos) -> Nanos:
        """Return how long until *key* may again; 0: it may."""
        return wait(self._full_at.get(key, now), self._rate, now)

    def take(self, key: str, now: Nanos) -> None:
        """Take a token from *key*."""
        self._full_at[key] = taken(self._full_at.pop(key, now), self._rate, now)
        while len(self._full_at) > self._most:
            self._full_at.popitem(last=False)

    def give_back(self, key: str) -> None:
        """Give *key* a token back."""
        if key in self._full_at:
            self._full_at[key] = given_back(self._full_at[key], self._rate)


class Requests:
    """What the console is asked for. Used from one thread."""

    def __init__(self, rates: Mapping[Kind, Rate] = REQUESTS, together: Rate = ALL) -> None:
        self._together = Buckets(together)
        self._kinds = {kind: Buckets(rate) for kind, rate in rates.items()}

    def ask(self, kind: Kind, *, address: str, person: int | None, now: Nanos) -> Nanos:
        """Count a request in; return 0 when it may go on, else how long to wait.

        Args:
            kind: Of the route.
            address: Where it comes from.
            person: Who has logged in there; one who floods in the same network does not use up what is theirs.
            now: Monotonic time.
        """
        network = network_of(address)
        buckets = self._kinds[kind]
        key = f"at {network}" if person is None else f"person {person}"
        length = max(self._together.wait(network, now) if person is None else 0, buckets.wait(key, now))
        if length:
            return length
        if person is None:
            self._together.take(network, now)
        buckets.take(key, now)
        return 0


class LogIns:
    """Failed log-ins, by name and by address: guessing is slow, and nobody is locked out by what others do elsewhere.

    A name that many guess at from many places is tried from each other place `BY_BOTH` times at least. Not safe for threads.
    """

    def __init__(self) -> None:
        self._by_address = Buckets(BY_ADDRESS)
        self._by_name = Buckets(BY_NAME)
        self._by_both = Buckets(BY_BOTH)

    def ask(self, name: str, *, address: str, now: Nanos) -> Nanos:
        """Count a log-in in as one that fails; return 0 when it may be tried, else how long to wait.

        Of those that did not fail, tell `succeeded`: what is under way counts, or a hundred at once would be one.
        """
        network, both = self._keys(name, address)
        of_name = min(self._by_name.wait(name, now), self._by_both.wait(both, now))
        length = max(self._by_address.wait(network, now), of_name)
        if not length:
            self._by_address.take(network, now)
            self._by_name.take(name, now)
            self._by_both.take(both, now)
        return length

    def succeeded(self, name: str, *, address: str) -> None:
        """Take back what `ask` counted, but for the name: nothing may have been left of it, and others guess at it still."""
        network, both = self._keys(name, address)
        self._by_address.give_back(network)
        self._by_both.give_back(both)

    def _keys(self, name: str, address: str) -> tuple[str, str]:
        network = network_of(address)
        return network, f"{network} {name}"


def network_of(address: str) -> str:
    """Return what counts as one address: of version 6, the network that one household has; what is none is one together."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "?"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    if found.is_loopback:
        return str(found)
    return str(ipaddress.ip_network((int(found), NETWORK_V6), strict=False))
