"""Landlock: a process tells the kernel which files, sockets and processes it will never need, here all of them.

https://docs.kernel.org/userspace-api/landlock.html. Each version of the interface (ABI) can refuse more; what the running
kernel does not know is left out. There are no rules that allow anything: an empty ruleset refuses all that it handles.
"""

from __future__ import annotations

import os
from array import array
from typing import Final

from player.pictures.kernel import call

_CREATE_RULESET: Final = 444  # include/uapi/asm-generic/unistd.h; the same on x86-64 and aarch64
_RESTRICT_SELF: Final = 446
_VERSION: Final = 1  # LANDLOCK_CREATE_RULESET_VERSION: answer the ABI and make nothing

NEWEST: Final = 9  # the newest ABI whose rights are listed here; on a newer kernel these still hold
_PATHS: Final = {1: 13, 2: 14, 3: 15, 5: 16, 9: 17}  # from this ABI on: how many rights to paths there are, from bit 0 up
_NETWORK: Final = {1: 0, 4: 2}  # binding and connecting TCP
_SCOPES: Final = {1: 0, 6: 2}  # abstract sockets and signals of processes outside


def handled(abi: int) -> tuple[int, ...]:
    """Return everything that ABI *abi*, 1 or more, can refuse: struct landlock_ruleset_attr, three masks of 64 bits.

    What is 0 at the end is left out: a kernel refuses a structure that is longer than it knows.
    """
    masks = tuple((1 << rights[max(since for since in rights if since <= abi)]) - 1 for rights in (_PATHS, _NETWORK, _SCOPES))
    return tuple(mask for mask in masks if mask)


def restrict() -> int:
    """Refuse this process, for good, every path and all that the kernel can refuse besides; return the kernel's ABI.

    What is open stays open. Needs a free descriptor, and that gaining privileges was given up before.

    Raises:
        OSError: ENOSYS, the kernel has no Landlock; EOPNOTSUPP, it is switched off at boot; EPERM, something forbids it.
    """
    abi = call(_CREATE_RULESET, 0, 0, _VERSION)
    attributes = array("Q", handled(abi)).tobytes()
    ruleset = call(_CREATE_RULESET, attributes, len(attributes), 0)
    try:
        call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return abi
