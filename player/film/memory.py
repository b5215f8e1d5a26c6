"""Shared memory of a fixed size between two processes, and the order in which they see each other's words.

Why it is sound. Every word has one writer and is an aligned 64-bit integer: CPython stores and loads an item of a `memoryview`
of "q" by a `memcpy` of eight bytes, which compilers turn into one instruction, so no half of a word is ever seen. What must be
seen in order (first the frame, then its number) is parted by `fence`. On x86-64 nothing more than the program's own order is
needed, since stores are seen in it (TSO). On Arm a lock handed round is a barrier: letting go is a store-release, taking is a
load-acquire, everything before the first is ordered before it, everything after the second after it, and a release is never
passed by a later acquire (RCsc; Arm ARM B2.3). The lock is the process's own: nobody waits for another process, ever.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
from typing import Final

from player.errors import WorkerError

PAGE: Final = (
    65536  # bytes; the largest page of the machines we run on (Arm), a multiple of all others: where a mapping may begin
)
_SIZE_SEALS: Final = fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK


def shared_memory(name: str, length: int) -> int:
    """Return a descriptor of *length* bytes of zeros that nobody can make longer or shorter; *name* is seen in /proc alone.

    Raises:
        WorkerError: The machine gives no memory.
    """
    try:
        descriptor = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except OSError as error:
        raise WorkerError(f"no shared memory for a film: {error}") from error
    try:
        os.ftruncate(descriptor, length)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SIZE_SEALS | fcntl.F_SEAL_SEAL)
    except OSError as error:
        os.close(descriptor)
        raise WorkerError(f"no shared memory for a film: {error}") from error
    return descriptor


def sealed_length(descriptor: int) -> int:
    """Return how many bytes *descriptor* has, for ever.

    Raises:
        WorkerError: It is no memory, or could be cut short while it is read, which would kill the reader by SIGBUS.
    """
    try:
        seals = fcntl.fcntl(descriptor, fcntl.F_GET_SEALS)
        length = os.fstat(descriptor).st_size
    except OSError as error:
        raise WorkerError(f"not shared memory: {error}") from error
    if seals & _SIZE_SEALS != _SIZE_SEALS:
        raise WorkerError("shared memory that could shrink is not read")
    return length


def mapped(descriptor: int, *, offset: int, length: int, is_writable: bool) -> mmap.mmap:
    """Map a part of *descriptor*, shared; WorkerError when the machine does not."""
    rights = mmap.PROT_READ | (mmap.PROT_WRITE if is_writable else 0)
    try:
        return mmap.mmap(descriptor, length, flags=mmap.MAP_SHARED, prot=rights, offset=offset)
    except (OSError, ValueError) as error:
        raise WorkerError(f"shared memory cannot be mapped: {error}") from error


class Words:
    """Aligned 64-bit signed integers in shared memory."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._words = memoryview(memory)[:PAGE].cast("q")
        self._turn = threading.Lock()
        self._turn.acquire()

    def __getitem__(self, index: int) -> int:
        return self._words[index]

    def __setitem__(self, index: int, value: int) -> None:
        self._words[index] = value

    def release(self) -> None:
        """Let the memory go: whoever looks afterwards gets a ValueError."""
        self._words.release()

    def fence(self) -> None:
        """Let what was read and written before be ordered before what is read and written after, for everybody who looks."""
        self._turn.release()
        self._turn.acquire()
