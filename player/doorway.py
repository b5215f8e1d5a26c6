"""How the player's processes reach each other: sockets in the data folder, which the same user alone may open.

What is said there is others' matter: `filming.wire`, `film.talk`.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Generator
from pathlib import Path
from typing import Final

WAITING: Final = 8  # connections
_CREDENTIALS: Final = struct.Struct("3i")


@contextlib.contextmanager
def reached(folder: Path, name: str) -> Generator[str]:
    """Yield the address of the socket *name* in *folder*, short however long the folder's own is."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{name}"
    finally:
        os.close(descriptor)


def listening(folder: Path, name: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
    """Return a socket that waits as *name* in *folder* for the player's other processes.

    Raises:
        OSError: there can be none.
    """
    (folder / name).unlink(missing_ok=True)  # one player at a time has the folder
    link = socket.socket(socket.AF_UNIX, kind)
    try:
        with reached(folder, name) as address:
            link.bind(address)
        (folder / name).chmod(0o600)
        link.listen(WAITING)
    except OSError:
        link.close()
        raise
    return link


def is_there(folder: Path, name: str) -> bool:
    """Whether there is a socket *name* in *folder* to be reached: whoever deletes it leaves who listens unheard for ever."""
    try:
        return (folder / name).is_socket()
    except OSError:
        return False


def connected(folder: Path, name: str, within_s: float, kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
    """Return a connection to whoever waits as *name* in *folder*; 0 seconds: at once or not at all.

    Raises:
        OSError: nobody does.
    """
    link = socket.socket(socket.AF_UNIX, kind)
    try:
        link.settimeout(within_s)
        with reached(folder, name) as address:
            link.connect(address)
        if not is_ours(link):
            raise PermissionError("somebody else listens there")
    except OSError:
        link.close()
        raise
    return link


def is_ours(link: socket.socket) -> bool:
    """Whether who is at the other end runs as the user that we do."""
    told = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return _CREDENTIALS.unpack(told)[1] == os.geteuid()
