"""Which addresses a feed may make us ask, decided before every request and every redirect.

A feed's text chooses what we fetch, so it must not be able to point us at the router, the projector or a cloud's metadata
service. A name is resolved once, every answer is checked, and the connection is made to exactly what was checked: a second
look-up could give another answer (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from player.errors import NetworkError

Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
"""Name and port to every address it has; raises NetworkError when there is none."""

MAX_URL: Final = 4096  # characters; signed links of cloud stores come near 2,000
MAX_ADDRESSES: Final = 16  # answers looked at; a name with more is no ordinary web server

_PORTS: Final = {"http": 80, "https": 443}
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\]|[\ud800-\udfff]")
_INSIDE_NAMES: Final = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "corp", "home")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_GLOBAL_V6: Final = ipaddress.IPv6Network("2000::/3")  # the only range handed out for the open internet
_TUNNELS: Final = (ipaddress.IPv6Network("2001::/23"), ipaddress.IPv6Network("2002::/16"))  # Teredo and kin; 6to4: they wrap IPv4
_METADATA: Final = frozenset({ipaddress.IPv4Address("168.63.129.16")})  # Azure's wire server: a public number, an inside service


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
            if not listed and _is_inside_name(host):
                raise RefusedAddressError(
                    f"{plain(clean)}: {host} is inside this network; list it under network.allow if that is meant"
                )
            return Destination(clean, scheme, host, port, ())
        addresses = tuple(dict.fromkeys(resolve(host, port)))[:MAX_ADDRESSES]
        if not addresses:
            raise NetworkError(f"{plain(clean)}: {host} has no address")
        if not listed and not all(is_public(address) for address in addresses):
            raise RefusedAddressError(
                f"{plain(clean)}: {host} is inside this network; list it under network.allow if that is meant"
            )
        if scheme == "http" and not all(_is_loopback(address) for address in addresses):
            raise RefusedAddressError(f"{plain(clean)}: only https is fetched from other machines")
        return Destination(clean, scheme, host, port, addresses)

    def credentials_for(self, destination: Destination) -> tuple[str, str] | None:
        """User name and password of the feed's own URL, for its own scheme, host and port and no other."""
        if not is_web(self.own):
            return None
        split = urlsplit(self.own)
        if split.username is None or _parts(self.own)[:3] != (destination.scheme, destination.host, destination.port):
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
    except ValueError:
        return "a malformed address"
    return f"{split.scheme}://{split.netloc.rpartition('@')[2]}{split.path}{'?…' if split.query else ''}"


def is_public(address: str) -> bool:
    """Whether *address* (IPv4 or IPv6, as text) lies on the open internet, whatever form it is wrapped in."""
    ip = _ip(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast and not ip.is_reserved and ip not in _METADATA
    if ip is None or ip.is_multicast:
        return False
    return ip in _GLOBAL_V6 and ip.is_global and not any(ip in tunnel for tunnel in _TUNNELS)


def _ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address itself, taken out of IPv4-mapped and NAT64 wrappings; None when it is none."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip


def _is_loopback(address: str) -> bool:
    ip = _ip(address)
    return ip is not None and ip.is_loopback


def _names_this_machine(host: str) -> bool:
    return host == "localhost" or _is_loopback(host)


def _is_inside_name(host: str) -> bool:
    """Whether a name, unresolved, already says that it is inside some network (also: old spellings of IPv4 as one number)."""
    if _ip(host) is not None:
        return not is_public(host)
    last = host.rpartition(".")[2]
    if "." not in host or last.isdigit() or last.startswith("0x"):
        return True
    return any(host.endswith(f".{name}") for name in _INSIDE_NAMES)


def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port, and path with query of *url*; raises RefusedAddressError when it has none of them."""
    if len(url) > MAX_URL:
        raise RefusedAddressError(f"an address of {len(url)} characters is refused (limit {MAX_URL})")
    try:
        split = urlsplit(url)
        port = split.port
        host = _ascii_host(split)
    except ValueError as error:
        raise RefusedAddressError(f"{plain(url)}: not a usable address ({error})") from error
    if split.scheme not in _PORTS:
        raise RefusedAddressError(f"{plain(url)}: only https is fetched")
    if not host or _UNSAFE.search(split.netloc):
        raise RefusedAddressError(f"{plain(url)}: not a usable address")
    rest = (split.path or "/") + (f"?{split.query}" if split.query else "")
    return split.scheme, host, _PORTS[split.scheme] if port is None else port, rest


def _ascii_host(split: SplitResult) -> str:
    host = (split.hostname or "").rstrip(".").lower()
    return host if host.isascii() else host.encode("idna").decode("ascii")


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
