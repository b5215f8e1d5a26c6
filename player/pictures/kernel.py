"""The one door to what the kernel offers and Python does not: raw system calls, by number.

Made of `_ctypes`, the C half of `ctypes`, with the few lines of the other half that are needed: each picture's worker imports
this, and the whole of `ctypes` would cost it two milliseconds.
"""

from __future__ import annotations

import _ctypes
import os
from array import array
from typing import Final


class _Function(_ctypes.CFuncPtr):
    """A function of the C library that answers an int: given an int it gets one, given bytes it gets their address."""

    _flags_ = _ctypes.FUNCFLAG_CDECL | _ctypes.FUNCFLAG_USE_ERRNO


_LOADED: Final = _ctypes.dlopen(None)  # pyright: ignore[reportArgumentType]  None, all that is loaded, is missing in its stub
_SYSCALL: Final = _Function(_ctypes.dlsym(_LOADED, "syscall"))
_PRCTL: Final = _Function(_ctypes.dlsym(_LOADED, "prctl"))


def call(number: int, *arguments: int | bytes) -> int:
    """Make a system call and return what it answers; OSError when the kernel refuses. Of bytes it gets the address."""
    return _checked(_SYSCALL(number, *arguments))


def prctl(option: int, *arguments: int | bytes) -> int:
    """Change a setting of this process; OSError when the kernel refuses. What is not given is 0."""
    return _checked(_PRCTL(option, *(*arguments, 0, 0, 0, 0)[:4]))


def address(content: array[int]) -> int:
    """Return where *content* lies in memory: valid while the caller holds it and does not change its length."""
    return content.buffer_info()[0]


def _checked(answer: int) -> int:
    if answer == -1:
        number = _ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
