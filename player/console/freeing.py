"""Memory that was taken in one piece goes back to the machine when it is done with."""

from __future__ import annotations

import contextlib
import ctypes
from typing import Final

LARGE: Final = 1_000_000  # bytes: a password's hash takes twenty times as much, and a page a tenth
_MMAP_THRESHOLD: Final = -3  # mallopt(3)


def give_back() -> None:
    """Have the C library map each large piece by itself, and go on with that.

    Left alone, it takes the first hash to mean that such pieces are usual: from then on each thread keeps the space of one, 39 MB
    for the two that hash, until the process ends.
    """
    with contextlib.suppress(AttributeError):  # another C library: this is glibc's habit
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, LARGE)
