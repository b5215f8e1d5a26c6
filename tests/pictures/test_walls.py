"""What the operator reads of the walls around the picture workers."""

from __future__ import annotations

import pytest

from player.pictures.walls import in_words, is_enough
from player.pictures.wire import Confinement, Lack, Level

LIMITS = Level.LIMITS | Level.NO_NEW_PRIVILEGES


@pytest.mark.parametrize(
    ("reached", "says", "enough"),
    [
        (Confinement(LIMITS | Level.LANDLOCK | Level.SECCOMP, 7), "confined: limits, no new privileges, Landlock, seccomp", True),
        (
            Confinement(LIMITS | Level.LANDLOCK, 2, Lack.NOTHING, Lack.OTHER_MACHINE),
            (
                "confined: limits, no new privileges, Landlock (Landlock 2: files, not the network); "
                "no seccomp: it is made for x86-64 and aarch64, neither emulated nor in 32 bits"
            ),
            True,
        ),
        (
            Confinement(LIMITS | Level.SECCOMP, 0, Lack.SWITCHED_OFF),
            (
                "confined: limits, no new privileges, seccomp; "
                "no Landlock: it is switched off; add landlock to lsm= on the kernel's command line"
            ),
            True,
        ),
        (
            Confinement(LIMITS, 0, Lack.FAILED, Lack.FORBIDDEN),
            (
                "confined: limits, no new privileges; no Landlock: the kernel refused it; "
                "no seccomp: a container or a service manager forbids it"
            ),
            False,
        ),
        (
            Confinement(Level.NONE, 0, Lack.ABSENT, Lack.ABSENT),
            (
                "not confined; gaining privileges could not be given up; "
                "no Landlock: the kernel has none (it came with Linux 5.13), or a container hides it; "
                "no seccomp: the kernel has no filters of system calls, or a container hides them"
            ),
            False,
        ),
    ],
)
def test_the_operator_reads_what_stands_and_why_the_rest_does_not(reached: Confinement, says: str, enough: bool) -> None:  # noqa: FBT001  a parameter of the test
    """Each wall is named; each that is missing has a reason; it is a problem when neither Landlock nor seccomp stands."""
    assert (in_words(reached), is_enough(reached)) == (says, enough)
