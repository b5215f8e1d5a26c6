"""Which addresses are this very machine: one answer for whoever fetches without TLS, listens, or is asked."""

from __future__ import annotations

import ipaddress


def is_loopback(address: str) -> bool:
    """Whether *address* (IPv4 or IPv6, as text) is this machine itself.

    Sockets for both kinds write IPv4 as ::ffff:127.0.0.1. Other wrappings, such as NAT64, lead over a network.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback
