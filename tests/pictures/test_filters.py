"""The filter of system calls, run here as the kernel would run it, for every machine that it is made for."""

from __future__ import annotations

import errno
import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from player.pictures import filters
from player.pictures.calls import ABSENT, ALLOW, FUTURE, KILL, NUMBERS, Guard, answers, refused
from player.pictures.filters import MACHINES, Machine, filters_for, program
from player.pictures.wire import Filters

X86, ARM = MACHINES["x86_64"], MACHINES["aarch64"]
ONLY_ON_X86: Final = {"open", "stat", "lstat", "access", "readlink", "time", "poll"}
"""Calls that aarch64, being younger, never had: it has the forms that end in `at`."""
HEADERS: Final = Path("/usr/include")
MOST: Final = 4096  # instructions that the kernel takes; linux/bpf_common.h, BPF_MAXINSNS
THREAD: Final = 0x3D_0F00  # what glibc's pthread_create asks of clone
MUSLS: Final = 0x7D_0F00  # and musl's


def answer(code: bytes, machine: Machine, number: int, *arguments: int) -> int:
    """Run a filter over one system call: the part of classic BPF that it is made of."""
    given = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<iIQ6Q", number - (number >> 31 << 32), machine.audit, 0, *given)
    steps = list(struct.iter_unpack("<HBBI", code))
    at, value = 0, 0
    while True:
        what, yes, no, operand = steps[at]
        at += 1
        match what:
            case 0x20:  # ld [k]
                (value,) = struct.unpack_from("<I", data, operand)
            case 0x54:  # and k
                value &= operand
            case 0x15:  # jeq
                at += yes if value == operand else no
            case 0x35:  # jge
                at += yes if value >= operand else no
            case 0x06:  # ret
                return operand
            case _:
                pytest.fail(f"an instruction that is not used: {what:#x}")


def cases() -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield every call that the table names, with arguments that fit, that nearly fit, and that do not."""
    for name in NUMBERS:
        for value in (0, 1, 2, 3, 4, 6, 7, 9, 100, 128, 256, 0o100, 0o1000, 0x200000, THREAD, MUSLS, THREAD | 1 << 28, 17, 2**32):
            for position in range(3):
                yield name, (*(0,) * position, value)


@pytest.mark.parametrize(("may_thread", "may_more"), [(False, False), (True, False), (True, True)])
def test_both_machines_decide_alike(may_thread: bool, may_more: bool) -> None:  # noqa: FBT001  parameters of the test
    """A call that both machines have meets the same fate on both, whatever its arguments, and as the table says."""
    on_x86, on_arm = (
        program(machine, may_thread=may_thread, may_read_at=may_more, may_converse=may_more) for machine in (X86, ARM)
    )
    rules = answers(may_thread=may_thread, may_read_at=may_more, may_converse=may_more)

    for name, arguments in cases():
        rule = rules[name]
        if isinstance(rule, Guard):
            low = (*arguments, 0, 0)[rule.argument] & 0xFFFF_FFFF & rule.mask
            rule = rule.then if low in rule.fits else rule.otherwise
        assert answer(on_x86, X86, X86.number(name), *arguments) == rule, name
        if ARM.number(name) != ABSENT:
            assert answer(on_arm, ARM, ARM.number(name), *arguments) == rule, name


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_what_is_not_named_is_killed(machine: Machine) -> None:
    """Every number below those of the future that the table does not name kills; those of the future fail; x32 kills."""
    code = program(machine, may_thread=False)
    named = {machine.number(name) for name in NUMBERS}

    for number in range(FUTURE):
        assert (answer(code, machine, number) == KILL) or number in named
    assert answer(code, machine, FUTURE) == answer(code, machine, 0x3FFF_FFFF) == refused(errno.ENOSYS)
    for number in (0x4000_0000, 0x4000_0000 | machine.number("read"), 0x7FFF_FFFF, 0xFFFF_FFFF):
        assert answer(code, machine, number) == KILL


def test_another_machines_calls_are_killed() -> None:
    """Numbers mean other things elsewhere: a call made as another architecture (32-bit x86) kills."""
    i386 = Machine(0x4000_0003, X86.column)

    assert answer(program(X86, may_thread=False), i386, X86.number("read")) == KILL


@pytest.mark.parametrize(
    ("name", "arguments", "verdict"),
    [
        ("read", (0,), ALLOW),
        ("read", (3,), KILL),
        ("write", (2,), ALLOW),
        ("write", (0,), KILL),
        ("mmap", (0, 4096, 3), ALLOW),
        ("mmap", (0, 4096, 5), KILL),
        ("mprotect", (0, 4096, 4), KILL),
        ("openat", (0, 0, os.O_RDONLY | os.O_CLOEXEC), refused(errno.EACCES)),
        ("openat", (0, 0, os.O_WRONLY), KILL),
        ("openat", (0, 0, os.O_RDONLY | os.O_CREAT), KILL),
        ("openat", (0, 0, os.O_TMPFILE | os.O_RDWR), KILL),
        ("futex", (0, 128), ALLOW),
        ("futex", (0, 128 | 256 | 9), ALLOW),
        ("futex", (0, 6), refused(errno.ENOSYS)),
        ("madvise", (0, 0, 100), refused(errno.EINVAL)),
        ("clone", (THREAD,), refused(errno.EAGAIN)),
        ("clone", (17,), KILL),
    ],
)
def test_arguments_decide(name: str, arguments: tuple[int, ...], verdict: int) -> None:
    """Reading and writing of the pipes, data but no code, looking but not touching, waiting but not by priority."""
    assert answer(program(X86, may_thread=False), X86, X86.number(name), *arguments) == verdict


@pytest.mark.parametrize(
    ("flags", "verdict"),
    [(THREAD, ALLOW), (MUSLS, ALLOW), (17, KILL), (THREAD | 0x1000_0000, KILL), (THREAD ^ 0x1_0000, KILL), (0x4111, KILL)],
)
def test_a_thread_is_all_that_clone_may_make(flags: int, verdict: int) -> None:
    """Where threads are needed, a fork, a vfork, a new namespace and half a thread still kill."""
    assert answer(program(X86, may_thread=True), X86, X86.number("clone"), flags) == verdict


def test_the_tables_differ_only_where_it_is_said() -> None:
    """x86-64 has every call of the table; aarch64 lacks its forerunners only; no number is there twice."""
    assert {name for name in NUMBERS if ARM.number(name) == ABSENT} == ONLY_ON_X86
    assert ABSENT not in {X86.number(name) for name in NUMBERS}
    for machine in MACHINES.values():
        numbers = [number for name in NUMBERS if (number := machine.number(name)) != ABSENT]
        assert len(numbers) == len(set(numbers))
        assert max(numbers) < FUTURE
    assert set(answers(may_thread=False)) == set(answers(may_thread=True)) == set(NUMBERS)


def _defined(header: Path) -> dict[str, int]:
    """The numbers of a header. Generic ones that differ between 32 and 64 bits have a name of their own."""
    text = header.read_text("ascii")
    plain = {name: int(number) for name, number in re.findall(r"#define __NR_(\w+)\s+(\d+)\s", text)}
    both = {name: int(number) for name, number in re.findall(r"#define __NR3264_(\w+)\s+(\d+)\s", text)}
    for name, other in re.findall(r"#define __NR_(\w+)\s+__NR3264_(\w+)\s", text):
        if other in both:
            plain.setdefault(name, both[other])
    return plain


@pytest.mark.parametrize(
    ("machine", "header"),
    [
        (X86, HEADERS / "x86_64-linux-gnu/asm/unistd_64.h"),
        (ARM, HEADERS / "asm-generic/unistd.h"),  # whose numbers aarch64 takes as they are
    ],
    ids=MACHINES,
)
def test_the_numbers_are_the_kernels(machine: Machine, header: Path) -> None:
    """Each number is the one in the kernel's own header, and what is absent is absent there."""
    if not header.exists():
        pytest.skip(f"the kernel's headers are not installed: {header}")
    kernels = _defined(header)

    assert {name: machine.number(name) for name in NUMBERS} == {name: kernels.get(name, ABSENT) for name in NUMBERS}


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_the_kernel_can_take_the_filter(machine: Machine) -> None:
    """It is shorter than the kernel allows, fits the request's header, and no jump leaves it."""
    code = program(machine, may_thread=True)
    steps = list(struct.iter_unpack("<HBBI", code))

    assert len(steps) < MOST
    assert len(code) < 1 << 16
    assert all(at + 1 + max(yes, no) < len(steps) for at, (what, yes, no, _) in enumerate(steps) if what in {0x15, 0x35})


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_the_probe_changes_one_call(machine: Machine) -> None:
    """The filter that finds out whether numbers hold makes one call fail here, and none on another machine."""
    code = filters.probe(machine)
    asked = machine.number("getppid")

    assert {number for number in range(500) if answer(code, machine, number) != ALLOW} == {asked}
    assert answer(code, Machine(0x4000_0003, 0), asked) == ALLOW


def test_an_unknown_machine_has_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where we have no numbers, and in a 32-bit Python, whose calls are others than the kernel's name tells, there is none."""
    filters_for.cache_clear()
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "here", "6", "1", "riscv64")))
    assert filters_for(may_thread=False) == Filters()
    monkeypatch.undo()
    monkeypatch.setattr(filters.sys, "maxsize", 2**31 - 1)
    filters_for.cache_clear()
    assert filters_for(may_thread=False) == Filters()
    monkeypatch.undo()
    filters_for.cache_clear()
