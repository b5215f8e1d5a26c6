"""What a decoder of pictures or films may not do, laid on by itself before it looks at a byte of them.

Everything the decoder will need must be imported by then: afterwards nothing can be opened. Landlock and seccomp are kept
from some machines; where they are, the worker says so and decodes behind the walls that stand.
"""

from __future__ import annotations

import errno
import os
import resource
from typing import Final, NamedTuple

from player.pictures import landlock, seccomp
from player.pictures.kernel import prctl
from player.pictures.wire import Confinement, Filters, Lack, Level

MEMORY_BYTES: Final = 1024**3  # address space; a good 50 MP WebP peaks at 800 MB
CPU_S: Final = 5  # seconds of processor time; a 50 MP picture takes about two on a slow core
OPEN_FILES: Final = 3  # the three pipes it has; so no file, no socket and no pipe can be opened
NICENESS: Final = 5  # the picture on screen goes before those to come; lower still, a busy machine would miss the deadline

_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
_SIGKILL: Final = 9  # on every Linux; importing `signal` for it would cost half a millisecond
_PR_SET_NO_NEW_PRIVS: Final = 38  # linux/prctl.h

_LACKS: Final = {
    errno.ENOSYS: Lack.ABSENT,
    errno.EINVAL: Lack.ABSENT,  # prctl's word for what it does not know
    errno.EOPNOTSUPP: Lack.SWITCHED_OFF,
    errno.EPERM: Lack.FORBIDDEN,
    errno.EACCES: Lack.FORBIDDEN,
    errno.ENOEXEC: Lack.OTHER_MACHINE,
}


class Allowance(NamedTuple):
    """What a worker may use: by default what one picture needs."""

    memory_bytes: int = MEMORY_BYTES
    cpu_s: int | None = CPU_S
    """None: as much as there is; then somebody must watch it."""
    descriptors: int = OPEN_FILES
    """That it keeps, from 0 on; so nothing can be opened besides."""
    niceness: int = NICENESS

    @property
    def limits(self) -> tuple[tuple[int, int, int], ...]:
        """Each limit of the kernel with its soft and its hard value."""
        limits = (
            (resource.RLIMIT_AS, self.memory_bytes, self.memory_bytes),
            (resource.RLIMIT_FSIZE, 0, 0),
            (resource.RLIMIT_CORE, 0, 0),
            (resource.RLIMIT_NOFILE, self.descriptors, self.descriptors),
        )
        if self.cpu_s is None:
            return limits
        return (*limits, (resource.RLIMIT_CPU, self.cpu_s, self.cpu_s + 1))  # SIGXCPU at the first, SIGKILL at the second


def confine(filters: Filters, *, may_thread: bool = False, allowance: Allowance | None = None) -> Confinement:
    """Give up, for good, what decoding does not need; return which walls stand, and why others do not.

    *filters* are given to the kernel; with *may_thread* they must let threads through, and no limit forbids those. *allowance*:
    None for a picture. What is started dies with the worker's group. OSError or ValueError when a limit is refused.
    """
    allowed = allowance or Allowance()
    os.closerange(allowed.descriptors, _highest_descriptor())
    os.nice(allowed.niceness)
    level = _give_up_privileges()
    # In this order: Landlock takes a descriptor for a moment, and nothing can be changed any more once the filter stands.
    abi, no_landlock = _landlock()
    for kind, soft, hard in allowed.limits:
        _lower(kind, soft, hard)
    if not may_thread:
        # Counted against everything this user runs, but enforced on this process only. Root is exempt: the filter is not.
        _lower(resource.RLIMIT_NPROC, 0, 0)
    no_seccomp = _seccomp(filters)
    level |= Level.LIMITS
    if no_landlock is Lack.NOTHING:
        level |= Level.LANDLOCK
    if no_seccomp is Lack.NOTHING:
        level |= Level.SECCOMP
    return Confinement(level, abi, no_landlock, no_seccomp)


def _give_up_privileges() -> Level:
    try:
        prctl(_PR_SET_PDEATHSIG, _SIGKILL)
        prctl(_PR_SET_NO_NEW_PRIVS, 1)
    except OSError:
        return Level.NONE
    return Level.NO_NEW_PRIVILEGES


def _landlock() -> tuple[int, Lack]:
    try:
        return landlock.restrict(), Lack.NOTHING
    except OSError as error:
        return 0, _LACKS.get(error.errno or 0, Lack.FAILED)


def _seccomp(filters: Filters) -> Lack:
    try:
        seccomp.install(filters.probe, filters.program)
    except OSError as error:
        return _LACKS.get(error.errno or 0, Lack.FAILED)
    return Lack.NOTHING


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
