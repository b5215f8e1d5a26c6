"""Which addresses a feed may make us ask, decided before every request and every redirect.

A feed's text chooses what we fetch, so it must not be able to point us at the router, the projector or a cloud's metadata
service. A name is resolved once, every answer is checked, and the connection is made to exactly what was checked: a second
look-up could give another answer (DNS rebinding).
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit, urlunsplit

from player.errors import NetworkError
from player.feed.public import ends_in_number, is_inside_name, is_public
from player.loopback import is_loopback
from player.secret import Secret

Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
"""Name and port to every address it has; raises NetworkError when there is none."""

MAX_URL: Final = 4096  # characters; signed links of cloud stores come near 2,000
MAX_ADDRESSES: Final = 64  # answers of one name, all of them checked; the largest hosts have about 16

_PORTS: Final = {"http": 80, "https": 443}
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\]|[\ud800-\udfff]")
_NAME: Final = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


class RefusedAddressError(NetworkError):
    """We will not ask this address; asking again later changes nothing."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where one request goes. Nothing in it is a secret."""

    url: str
    """Normalised, without user name, password and fragment."""
    scheme: str
    host: str
    """ASCII, lower case, without brackets."""
    port: int
    addresses: tuple[str, ...]
    """What to connect to, all checked; empty when a proxy resolves the name."""

    @property
    def host_header(self) -> str:
        """The name and, unless it is the scheme's own, the port."""
        return _authority(self.scheme, self.host, self.port)


@dataclass(frozen=True, slots=True)
class Token:
    """A key that a service gave us, for the scheme, host and port of the feed's own URL and for no other."""

    secret: Secret
    query: str = ""
    """The parameter of the query that carries it; empty: it goes as `Authorization: Bearer`."""


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """The rules for one feed: https and public addresses, but for what the operator has named."""

    own: str = ""
    """The feed's own URL as configured: its host and port count as listed."""
    allow: tuple[str, ...] = ()
    """``network.allow`` of the configuration: hosts, or hosts with a port, that may be private."""

    def check(self, url: str, resolve: Resolve, *, proxied: bool = False) -> Destination:
        """Return where a request for *url* goes.

        Args:
            url: An absolute URL, as a feed or a redirect gives it.
            resolve: Asked at most once.
            proxied: A proxy resolves names, so hosts other than our own machine are judged by name only.

        Raises:
            RefusedAddressError: The rules forbid it.
            NetworkError: The name has no address.
        """
        scheme, host, port, rest = _parts(url)
        listed = self._lists(host, port)
        authority = _authority(scheme, host, port)
        clean = f"{scheme}://{authority}{rest}"
        if proxied and not _names_this_machine(host):
            if scheme != "https":
                raise RefusedAddressError(f"{plain(clean)}: only https is fetched from other machines")
            if not listed and is_inside_name(host):
                raise RefusedAddressError(
                    f"{plain(clean)}: {host} is inside this network; list it under network.allow if that is meant"
                )
            return Destination(clean, scheme, host, port, ())
        addresses = tuple(dict.fromkeys(resolve(host, port)))
        if not addresses or len(addresses) > MAX_ADDRESSES:
            count = "no address" if not addresses else f"{len(addresses)} addresses, which no web server has"
            raise NetworkError(f"{plain(clean)}: {host} has {count}")
        if not listed and not all(is_public(address) for address in addresses):
            raise RefusedAddressError(
                f"{plain(clean)}: {host} is inside this network; list it under network.allow if that is meant"
            )
        if scheme == "http" and not all(is_loopback(address) for address in addresses):
            raise RefusedAddressError(f"{plain(clean)}: only https is fetched from other machines")
        return Destination(clean, scheme, host, port, addresses)

    def is_own(self, destination: Destination) -> bool:
        """Whether *destination* has the scheme, host and port of the feed's own URL: what secrets are for."""
        return is_web(self.own) and _parts(self.own)[:3] == (destination.scheme, destination.host, destination.port)

    def credentials_for(self, destination: Destination) -> tuple[str, str] | None:
        """User name and password of the feed's own URL, for its own scheme, host and port and no other."""
        split = urlsplit(self.own)
        if not self.is_own(destination) or split.username is None:
            return None
        return unquote(split.username), unquote(split.password or "")

    def _lists(self, host: str, port: int) -> bool:
        if is_web(self.own) and _parts(self.own)[1:3] == (host, port):
            return True
        return any(entry in {(host, None), (host, port)} for entry in map(_entry, self.allow))


def is_web(url: str) -> bool:
    """Whether *url* is fetched over the network; anything else names a local file."""
    return url[:8].lower().startswith(("http://", "https://"))


def plain(url: str) -> str:
    """*url* for messages and logs: without user name, password and query, where tokens live."""
    if not is_web(url):
        return url
    try:
        split = urlsplit(url)
        _ = split.port  # a password with / in it looks like a port, and the rest of it like a path
    except ValueError:
        return "a malformed address"
    return f"{split.scheme}://{split.netloc.rpartition('@')[2]}{split.path}{'?…' if split.query else ''}"


def identity(url: str) -> str:
    """*url* for the library: feeds that differ stay different, and no secret is kept (of the query, a hash)."""
    shown = plain(url)
    return shown[:-1] + hashlib.sha256(urlsplit(url).query.encode()).hexdigest()[:16] if shown.endswith("?…") else shown


def without_key(url: str, name: str, value: str) -> str:
    """*url* without the parameter *name* of its query where that is empty or has this *value*; all else stays as written."""
    split = urlsplit(url)

    def stays(pair: str) -> bool:
        key, _, given = pair.partition("=")
        return unquote_plus(key) != name or unquote_plus(given) not in {"", value}

    return urlunsplit(split._replace(query="&".join(filter(stays, split.query.split("&")))))


def _names_this_machine(host: str) -> bool:
    return host == "localhost" or is_loopback(host)


def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port, and path with query of *url*; raises RefusedAddressError when it has none of them."""
    if len(url) > MAX_URL:
        raise RefusedAddressError(f"an address of {len(url)} characters is refused (limit {MAX_URL})")
    try:
        split = urlsplit(url)
        port = split.port
        host = _ascii_host(split)
    except ValueError as error:
        raise RefusedAddressError(f"{plain(url)}: not a usable address") from error
    if split.scheme not in _PORTS:
        raise RefusedAddressError(f"{plain(url)}: only https is fetched")
    if not host or _UNSAFE.search(split.netloc):
        raise RefusedAddressError(f"{plain(url)}: not a usable address")
    rest = (split.path or "/") + (f"?{split.query}" if split.query else "")
    return split.scheme, host, _PORTS[split.scheme] if port is None else port, rest


def _ascii_host(split: SplitResult) -> str:
    """The host in the one spelling that is checked, resolved, sent and compared; raises ValueError when it has none.

    What Unicode takes for the same (full-width digits, other dots, letters in circles) is made plain before anything is judged.
    """
    host = split.hostname or ""
    host = (host if host.isascii() else host.encode("idna").decode("ascii")).rstrip(".").lower()
    if ":" in host or "[" in split.netloc:
        literal = ipaddress.IPv6Address(host)
        if literal.scope_id is not None:
            raise ValueError("the address names an interface of this machine")
        return str(literal)
    if ends_in_number(host):
        return str(ipaddress.IPv4Address(host))  # in its one proper spelling: 0177.0.0.1 is read in two ways
    if not _NAME.fullmatch(host):
        raise ValueError("not the name of a host")
    return host


def _authority(scheme: str, host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == _PORTS[scheme] else f"{name}:{port}"


def _entry(text: str) -> tuple[str, int | None]:
    """Host and port of one line of ``network.allow``; an entry that cannot be read matches nothing."""
    entry = text.strip().lower()
    try:
        return str(ipaddress.ip_address(entry)), None
    except ValueError:
        pass
    try:
        split = urlsplit(f"//{entry}")
        return _ascii_host(split), split.port
    except ValueError:
        return "", None
