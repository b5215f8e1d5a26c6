"""From the table in `calls` to what the kernel runs: classic BPF, instructions of eight bytes, jumps forward only.

Made by the parent once and sent with every request: a worker lives for less than a tenth of a second, and a part of a
hundred of that would go into making it.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from player.pictures.calls import ABSENT, ALLOW, FUTURE, KILL, NUMBERS, Answer, Guard, answers, refused
from player.pictures.wire import Filters


class Machine(NamedTuple):
    """An architecture that we have the numbers of. Both store the low half of an argument first."""

    audit: int
    """What the kernel calls it; linux/audit.h."""
    column: int
    """Of the numbers in `calls.NUMBERS`."""

    def number(self, name: str) -> int:
        """Return the number of a system call here, ABSENT when there is none."""
        return NUMBERS[name][self.column]


MACHINES: Final = {"x86_64": Machine(0xC000_003E, 0), "aarch64": Machine(0xC000_00B7, 1)}
"""By the name that `uname` gives them."""

_FOREIGN: Final = 0x4000_0000  # and above: x32's calls on x86-64, and -1, with which a tracer skips a call
_PROBED: Final = errno.ENOANO  # no kernel answers getppid with it, nor with any error
_WIDE: Final = 2**32  # a 32-bit Python on a 64-bit kernel makes other calls than the kernel's name tells

# linux/bpf_common.h; offsets in struct seccomp_data.
_LOAD: Final = 0x20
_IF_EQUAL: Final = 0x15
_IF_AT_LEAST: Final = 0x35
_AND: Final = 0x54
_RETURN: Final = 0x06
_NUMBER_AT: Final = 0
_MACHINE_AT: Final = 4
_ARGUMENTS_AT: Final = 16
_ARGUMENT_BYTES: Final = 8
_INSTRUCTION: Final = struct.Struct("=HBBI")  # code, jump if true, jump if false, operand


@cache
def filters_for(*, may_thread: bool, may_read_at: bool = False, may_converse: bool = False) -> Filters:
    """Return what a worker on this machine gives the kernel; empty when we do not have its numbers."""
    machine = MACHINES.get(os.uname().machine) if sys.maxsize > _WIDE else None
    if machine is None:
        return Filters()
    code = program(machine, may_thread=may_thread, may_read_at=may_read_at, may_converse=may_converse)
    return Filters(probe(machine), code)


def program(machine: Machine, *, may_thread: bool, may_read_at: bool = False, may_converse: bool = False) -> bytes:
    """Return the filter for *machine*: a struct sock_filter for each instruction."""
    rules = answers(may_thread=may_thread, may_read_at=may_read_at, may_converse=may_converse)
    return b"".join(_instructions(machine, rules))


def probe(machine: Machine) -> bytes:
    """Return a filter that changes nothing but that getppid fails as it never does."""
    look = _only(_MACHINE_AT, machine.audit, otherwise=ALLOW) + _op(_LOAD, _NUMBER_AT)
    return look + _case(machine.number("getppid"), _op(_RETURN, refused(_PROBED))) + _op(_RETURN, ALLOW)


def _instructions(machine: Machine, rules: dict[str, Answer]) -> Iterator[bytes]:
    yield _only(_MACHINE_AT, machine.audit, otherwise=KILL)
    yield _op(_LOAD, _NUMBER_AT)
    yield _op(_IF_AT_LEAST, _FOREIGN, no=1) + _op(_RETURN, KILL)
    # A C library newer than our table may try what is newer still; it knows kernels without it.
    yield _op(_IF_AT_LEAST, FUTURE, no=1) + _op(_RETURN, refused(errno.ENOSYS))
    for name, answer in rules.items():
        number = machine.number(name)
        if number != ABSENT:
            yield _case(number, _guarded(answer) if isinstance(answer, Guard) else _op(_RETURN, answer))
    yield _op(_RETURN, KILL)


def _guarded(guard: Guard) -> bytes:
    """Load the argument, and return one answer where it fits and another where not."""
    load = _op(_LOAD, _ARGUMENTS_AT + _ARGUMENT_BYTES * guard.argument) + _op(_AND, guard.mask)
    count = len(guard.fits)
    asks = b"".join(_op(_IF_EQUAL, value, yes=count - index) for index, value in enumerate(guard.fits))
    return load + asks + _op(_RETURN, guard.otherwise) + _op(_RETURN, guard.then)


def _case(number: int, then: bytes) -> bytes:
    """What to do for one system call, whose number is loaded; *then* returns."""
    return _op(_IF_EQUAL, number, no=len(then) // _INSTRUCTION.size) + then


def _only(offset: int, value: int, *, otherwise: int) -> bytes:
    return _op(_LOAD, offset) + _op(_IF_EQUAL, value, yes=1) + _op(_RETURN, otherwise)


def _op(code: int, operand: int, *, yes: int = 0, no: int = 0) -> bytes:
    return _INSTRUCTION.pack(code, yes, no, operand)
