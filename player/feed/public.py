"""Which addresses lie on the open internet, whatever form they are written or wrapped in. Nobody is asked."""

from __future__ import annotations

import ipaddress
import re
from typing import Final, TypeAlias

Ip: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_GLOBAL_V6: Final = ipaddress.IPv6Network("2000::/3")  # the only range handed out for the open internet; not so 64:ff9b:1::/48
_TUNNELS: Final = (ipaddress.IPv6Network("2001::/23"), ipaddress.IPv6Network("2002::/16"))  # Teredo and kin; 6to4: they wrap IPv4
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})  # RFC 5214: before an IPv4 address, in the last 64 bits of any network
_METADATA: Final = frozenset({ipaddress.IPv4Address("168.63.129.16")})  # Azure's wire server: a public number, an inside service
_SPECIAL: Final = (  # protocols' own, a cloud's metadata among them, and the relays of 6to4; not all versions of Python know
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),
)
_INSIDE_NAMES: Final = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home.arpa", "corp", "home")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")


def is_public(address: str) -> bool:
    """Whether *address* (IPv4 or IPv6, as text) lies on the open internet, whatever form it is wrapped in."""
    ip = ip_of(address)
    if isinstance(ip, ipaddress.IPv4Address):
        is_special = ip in _METADATA or any(ip in network for network in _SPECIAL)
        return ip.is_global and not ip.is_multicast and not ip.is_reserved and not is_special
    if ip is None or ip.is_multicast or ip.scope_id is not None:
        return False
    is_wrapped = any(ip in tunnel for tunnel in _TUNNELS) or (int(ip) >> 32 & 0xFFFF_FFFF) in _ISATAP
    return ip in _GLOBAL_V6 and ip.is_global and not is_wrapped


def ip_of(address: str) -> Ip | None:
    """Return the address itself, taken out of IPv4-mapped and NAT64 wrappings; None when it is none."""
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


def ends_in_number(name: str) -> bool:
    """Whether *name* is one that resolvers take for an IPv4 address, in any of its old spellings: 127.1, 0x7f.1, 2130706433."""
    return _NUMBER.fullmatch(name.rpartition(".")[2]) is not None


def is_inside_name(name: str) -> bool:
    """Whether *name*, unresolved, already says that it is inside some network."""
    if ip_of(name) is not None:
        return not is_public(name)
    return "." not in name or any(name.endswith(f".{inside}") for inside in _INSIDE_NAMES)
