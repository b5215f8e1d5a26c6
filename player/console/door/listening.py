"""The socket that the console listens on, and under which names: worked out from the configuration."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Collection

from player.console.door.origin import LOOPBACK, Names, names_of
from player.console.door.wire import BACKLOG
from player.console.section import Console
from player.errors import OperatorError


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        OperatorError: another program has the port, or the machine has not the address.
    """
    family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET  # noqa: PLR2004 - of the protocol
    try:
        # Named: only of sockets that say so does asyncio know that they are TCP, and has them send at once.
        found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise OperatorError(f"no socket can be opened: {error.strerror}") from error
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(not ipaddress.ip_address(host).is_unspecified))
        found.bind((host, port))
        found.listen(BACKLOG)
        found.setblocking(False)  # noqa: FBT003 - the name is socket's
    except OSError as error:
        found.close()
        raise OperatorError(_why(error, host, port)) from error
    return found


def names(console: Console, port: int) -> Names:
    """Return under which names the console may be asked; *port* is the one that it has in truth."""
    own = [*console.hosts, *([] if console.is_loopback else [console.host, *of_machine()])]
    return names_of(own, port=port, scheme="https" if console.tls.is_on else "http")


def addresses(console: Console, covers: Collection[str] = ()) -> tuple[str, ...]:
    """Return where to find the console, for people: by its names first, then by the machine's own addresses and names.

    Those that its certificate *covers*, as far as there are any: a browser takes no others without a warning.
    """
    named = [*console.hosts, *(_reachable() if console.is_everywhere else [console.host])]
    fitting = [name for name in named if name in covers or f"*.{name.partition('.')[2]}" in covers]
    return tuple(console.url(name) for name in dict.fromkeys(fitting or named))


def _reachable() -> list[str]:
    """Return what other machines find this one by, numbers before names, for not every network knows names; else loopback."""
    found = sorted((name for name in of_machine() if name not in LOOPBACK), key=lambda name: (":" in name, not name[0].isdigit()))
    return found or list(LOOPBACK[1:2])


def of_machine() -> tuple[str, ...]:
    """Return what this machine is called, and its addresses."""
    from player.console.door import certificate  # noqa: PLC0415 - 8 MB that loopback does without

    return certificate.names_of_machine()


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken by another program: end it, or write another `port:` under `console:`"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"this machine has no address {host}: write another `host:` under `console:`"
    return f"{host}:{port}: {error.strerror}"
