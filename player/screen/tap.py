"""Where pictures of the wall are taken off for viewers elsewhere: while somebody wants them, so many a second, and made small.

The frame loop copies them into memory that the encoder shares, which the thread that writes finds. Nothing is encoded here.
"""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path
from typing import Final

from player.doorway import connected
from player.filming.handover import Memory
from player.filming.wire import NAME, SCREEN
from player.render.protocol import Image
from player.units import SECOND, Nanos

LOOK_EVERY: Final[Nanos] = SECOND  # whether there is somebody who encodes; asked in vain it takes 20 microseconds
ANSWERED_WITHIN_S: Final = 0.2  # the thread that asks has other things to write


class Tap:
    """Hands pictures over. `step` and `close` are the writing thread's, all else is the frame loop's."""

    def __init__(self, folder: Path) -> None:
        """Look for the encoder in the data *folder*."""
        self._folder = folder
        self._link: socket.socket | None = None
        self._memory: Memory | None = None
        self._next_look: Nanos = 0
        self._due: Nanos = 0

    def wants(self, now: Nanos) -> bool:
        """Whether a picture is to be taken now."""
        memory = self._memory
        return memory is not None and now >= self._due and memory.is_wanted(now)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was taken yet by those who want pictures now."""
        memory = self._memory
        return memory is not None and memory.is_empty

    def take(self, canvas: Image, light: float, now: Nanos) -> None:
        """Hand over what is being presented, BGRA, as bright as *light* says; never more often than is wanted."""
        memory = self._memory
        if memory is not None and self.wants(now):
            memory.put(canvas, light)
            self._due = max(self._due + memory.every, now + memory.every // 2)  # evenly, and after a pause at once

    def beat(self, now: Nanos) -> None:
        """Say that what was taken last is what is up."""
        memory = self._memory
        if memory is not None:
            memory.beat(now)

    def wipe(self) -> None:
        """Let nobody see any more what was taken: somebody on it was withdrawn."""
        memory = self._memory
        if memory is not None:
            memory.wipe()
            self._due = 0

    def step(self, now: Nanos) -> None:
        """See, once a second, whether there is somebody who encodes."""
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        if self._link is None:
            self._join()
        elif _is_gone(self._link):
            self.close()

    def close(self) -> None:
        """Hand over nothing any more."""
        if self._link is not None:
            self._link.close()
        self._link = self._memory = None

    def _join(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            link = connected(self._folder, NAME, ANSWERED_WITHIN_S)
            try:
                self._memory = _memory(link)
            except (OSError, ValueError):
                link.close()
                raise
            link.settimeout(0)
            self._link = link


def _memory(link: socket.socket) -> Memory:
    """Return the memory that the other side gives.

    Raises:
        OSError: it gives none in time.
        ValueError: it gives something else.
    """
    link.sendall(SCREEN)
    _, descriptors, _, _ = socket.recv_fds(link, 1, 1)
    if not descriptors:
        raise ValueError("no memory was given")
    try:
        return Memory(descriptors[0])
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _is_gone(link: socket.socket) -> bool:
    """Whether the other side has hung up."""
    try:
        return link.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
