"""What a picture worker may not do, laid on by itself before it reads a byte of the picture.

Everything the decoder will need must be imported by then: afterwards nothing can be opened.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from typing import Final

from player.pictures.wire import Level

MEMORY_BYTES: Final = 1024**3  # address space; a good 50 MP WebP peaks at 800 MB
CPU_S: Final = 5  # seconds of processor time; a 50 MP picture takes about two on a slow core
OPEN_FILES: Final = 3  # the three pipes it has; so no file, no socket and no pipe can be opened
NICENESS: Final = 5  # the picture on screen goes before those to come; lower still, a busy machine would miss the deadline

_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
_PR_SET_NO_NEW_PRIVS: Final = 38  # linux/prctl.h

_LIMITS: Final = (
    (resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES),
    (resource.RLIMIT_CPU, CPU_S, CPU_S + 1),  # SIGXCPU at the first, SIGKILL at the second
    (resource.RLIMIT_FSIZE, 0, 0),
    (resource.RLIMIT_CORE, 0, 0),
    (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
)


def confine(*, may_thread: bool = False) -> Level:
    """Give up, for good, what decoding does not need; return the level reached.

    With *may_thread* threads can still be started, and so processes: the kernel counts both alike. What is started dies with
    the worker's group. OSError or ValueError when a limit is refused.
    """
    os.closerange(OPEN_FILES, _highest_descriptor())
    os.nice(NICENESS)
    libc = ctypes.CDLL(None)
    for kind, soft, hard in _LIMITS:
        _lower(kind, soft, hard)
    if not may_thread:
        # Counted against everything this user runs, but enforced on this process only. Root is exempt, so it is no help there.
        _lower(resource.RLIMIT_NPROC, 0, 0)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    refused = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return Level.LIMITS if refused else Level.NO_NEW_PRIVILEGES


def _lower(kind: int, soft: int, hard: int) -> None:
    """Set a limit, keeping one that is already tighter: the operator's, or a container's."""
    _, ceiling = resource.getrlimit(kind)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(kind, (soft, hard))


def _highest_descriptor() -> int:
    """One past the highest descriptor that may be open; a first-line guard, since the parent already closes all but three."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(soft, 4096) if soft != resource.RLIM_INFINITY else 4096
