"""Which walls stand around the picture workers of this machine, in words for the operator."""

from __future__ import annotations

from typing import Final

from player.pictures.wire import Confinement, Lack, Level

NETWORK_SINCE: Final = 4  # Landlock's ABI, Linux 6.7; before, it guards files alone

_STANDING: Final = {
    Level.LIMITS: "limits",
    Level.NO_NEW_PRIVILEGES: "no new privileges",
    Level.LANDLOCK: "Landlock",
    Level.SECCOMP: "seccomp",
}
_FORBIDDEN: Final = "a container or a service manager forbids it"
_NO_LANDLOCK: Final = {
    Lack.ABSENT: "the kernel has none (it came with Linux 5.13), or a container hides it",
    Lack.SWITCHED_OFF: "it is switched off; add landlock to lsm= on the kernel's command line",
    Lack.FORBIDDEN: _FORBIDDEN,
}
_NO_SECCOMP: Final = {
    Lack.ABSENT: "the kernel has no filters of system calls, or a container hides them",
    Lack.FORBIDDEN: _FORBIDDEN,
    Lack.OTHER_MACHINE: "it is made for x86-64 and aarch64, neither emulated nor in 32 bits",
}
_REFUSED: Final = "the kernel refused it"


def in_words(reached: Confinement) -> str:
    """Return which walls stand, and of each that does not why, and what would mend it where a person can."""
    standing = [name for wall, name in _STANDING.items() if wall in reached.level]
    text = f"confined: {', '.join(standing)}" if standing else "not confined"
    if 0 < reached.landlock_abi < NETWORK_SINCE:
        text += f" (Landlock {reached.landlock_abi}: files, not the network)"
    if Level.NO_NEW_PRIVILEGES not in reached.level:
        text += "; gaining privileges could not be given up"
    if Level.LANDLOCK not in reached.level:
        text += f"; no Landlock: {_NO_LANDLOCK.get(reached.no_landlock, _REFUSED)}"
    if Level.SECCOMP not in reached.level:
        text += f"; no seccomp: {_NO_SECCOMP.get(reached.no_seccomp, _REFUSED)}"
    return text


def is_enough(reached: Confinement) -> bool:
    """Whether a decoder that a crafted file took over would find no file and no network: either of the two walls sees to it."""
    return bool(reached.level & (Level.LANDLOCK | Level.SECCOMP))
