"""Seccomp: a small program in the kernel looks at every system call of this process. The program comes from `filters`.

https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import errno
import os
from array import array
from typing import Final

from player.pictures.kernel import address, prctl

_PR_SET_SECCOMP: Final = 22  # linux/prctl.h
_SECCOMP_MODE_FILTER: Final = 2  # linux/seccomp.h


def install(probe: bytes, program: bytes) -> None:
    """Confine this process, for good, to the calls that *program* lets through. It must have one thread only.

    Needs that gaining privileges was given up before.

    Raises:
        OSError: ENOEXEC, there is no program for this machine, or *probe* shows that it does not fit (it is emulated);
            EINVAL, the kernel has no filters; EPERM or EACCES, something forbids them. Then nothing is confined.
    """
    if not program:
        raise OSError(errno.ENOEXEC, "no table of system calls for this machine")
    load(probe)
    # Under an emulator the kernel sees other calls than we make: the program would kill every worker at once. Better none.
    if os.getppid() >= 0:
        raise OSError(errno.ENOEXEC, "the kernel sees other system calls than are made")
    load(program)


def load(program: bytes) -> None:
    """Give a program to the kernel; those given before stay, and of their answers the strictest counts. OSError when refused."""
    code = array("Q", program)  # an instruction has eight bytes
    # struct sock_fprog: how many instructions, in the low 16 bits of an aligned word, and where they are.
    described = array("Q", (len(code), address(code)))
    prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, described.tobytes())
