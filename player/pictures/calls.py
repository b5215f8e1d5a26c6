"""The system calls that decoding a picture makes, by their numbers on two machines, and what becomes of each. Data only.

Three fates. *Allowed*: what CPython, Pillow and its decoders were seen to need, on glibc, and what musl needs instead of it.
*Refused* with an error: what a C library or Python may try by itself, in a version we have not met, and does without: asking
about files, processors, limits, a terminal. Nothing is gained by asking, and a good photo must not die of it. *Killed*:
everything else; no honest decoder starts programs, makes files, sockets or machine code, or signals another process.
One decoder speaks to a server (a stream by RTMP or RTSP): calls that would make a connection are answered without being made.
"""

from __future__ import annotations

import errno
import os
from typing import Final, NamedTuple, TypeAlias

ABSENT: Final = -1

NUMBERS: Final[dict[str, tuple[int, int]]] = {
    # x86-64 (arch/x86/entry/syscalls/syscall_64.tbl), aarch64 (include/uapi/asm-generic/unistd.h). Frequent ones first.
    "read": (0, 63),
    "write": (1, 64),
    "pread64": (17, 67),
    "futex": (202, 98),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "brk": (12, 214),
    "madvise": (28, 233),
    "mprotect": (10, 226),
    "writev": (20, 66),
    "fstat": (5, 80),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "rt_sigreturn": (15, 139),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "gettimeofday": (96, 169),
    "getrandom": (318, 278),
    "sched_yield": (24, 124),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "clone": (56, 220),
    "clone3": (435, 435),
    "rseq": (334, 293),
    "set_robust_list": (273, 99),
    "open": (2, ABSENT),
    "openat": (257, 56),
    "stat": (4, ABSENT),
    "lstat": (6, ABSENT),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, ABSENT),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, ABSENT),
    "readlinkat": (267, 78),
    "getcwd": (79, 17),
    "lseek": (8, 62),
    "close": (3, 57),
    "ioctl": (16, 29),
    "fcntl": (72, 25),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "prctl": (157, 167),
    "sigaltstack": (131, 132),
    "membarrier": (324, 283),
    "getcpu": (309, 168),
    "sched_getaffinity": (204, 123),
    "sched_setaffinity": (203, 122),
    "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120),
    "get_mempolicy": (239, 236),
    "mbind": (237, 235),
    "getpriority": (140, 141),
    "getrlimit": (97, 163),
    "prlimit64": (302, 261),
    "getrusage": (98, 165),
    "times": (100, 153),
    "time": (201, ABSENT),
    "clock_getres": (229, 114),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "sysinfo": (99, 179),
    "uname": (63, 160),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "poll": (7, ABSENT),
    "ppoll": (271, 73),
    "recvfrom": (45, 207),
    "sendto": (44, 206),
    "socket": (41, 198),
    "connect": (42, 203),
    "getsockopt": (55, 209),
    "setsockopt": (54, 208),
    "getsockname": (51, 204),
    "getpeername": (52, 205),
    "shutdown": (48, 210),
}
FUTURE: Final = 447  # memfd_secret, Linux 5.14. From here up we name none; numbers are the same everywhere since 424

# linux/seccomp.h: what a filter answers.
KILL: Final = 0x8000_0000  # the whole process, by SIGSYS; before Linux 4.14 the thread
ALLOW: Final = 0x7FFF_0000
_ERROR: Final = 0x0005_0000


def refused(number: int) -> int:
    """Return the answer that makes a call fail with the error *number*."""
    return _ERROR | number


class Guard(NamedTuple):
    """An answer that depends on one argument: the low half of it, which is all that the kernel reads of these."""

    argument: int
    """Counted from 0."""
    mask: int
    """Which bits of it count."""
    fits: tuple[int, ...]
    then: int
    otherwise: int


Answer: TypeAlias = int | Guard

_ALL: Final = 0xFFFF_FFFF
_EXECUTABLE: Final = 4  # PROT_EXEC; linux/mman.h
_WRITABLE: Final = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC
_FUTEX_OP: Final = _ALL ^ 128 ^ 256  # without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME
_FUTEX_OPS: Final = (0, 1, 3, 4, 9, 10)  # WAIT, WAKE, REQUEUE, CMP_REQUEUE, WAIT_BITSET, WAKE_BITSET; none that inherits priority
_MADVICE: Final = (3, 4, 8, 14, 15)  # WILLNEED, DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE; HWPOISON would harm the machine
_DETACHED: Final = 0x0040_0000  # CLONE_DETACHED: musl still says it, no kernel heeds it
# linux/sched.h: VM FS FILES SIGHAND THREAD SYSVSEM SETTLS PARENT_SETTID CHILD_CLEARTID. All of them: a thread, never a process.
_THREAD: Final = 0x0000_0100 | 0x200 | 0x400 | 0x800 | 0x0001_0000 | 0x0004_0000 | 0x0008_0000 | 0x0010_0000 | 0x0020_0000

_ALLOWED: Final = (
    *("munmap", "mremap", "brk", "exit", "exit_group", "rt_sigreturn", "rt_sigaction", "rt_sigprocmask", "restart_syscall"),
    # Clocks are read without a call where they can be; virtual machines without a steady counter cannot.
    *("clock_gettime", "gettimeofday", "getrandom", "sched_yield", "getpid", "gettid", "fstat"),
)
_NO_CODE: Final = Guard(2, _EXECUTABLE, (0,), ALLOW, KILL)
_LOOK: Final = refused(errno.EACCES)
_REFUSED: Final = {
    # Asked for the lines of a traceback, a module, /proc and /sys. A path may be asked about but not followed.
    "open": Guard(1, _WRITABLE, (0,), _LOOK, KILL),
    "openat": Guard(2, _WRITABLE, (0,), _LOOK, KILL),
    **dict.fromkeys(("stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2"), _LOOK),
    **dict.fromkeys(("readlink", "readlinkat", "getcwd"), _LOOK),
    # As a pipe, and one that is no terminal, would answer.
    "lseek": refused(errno.ESPIPE),
    "ioctl": refused(errno.ENOTTY),
    **dict.fromkeys(("close", "fcntl"), refused(errno.EBADF)),
    # abort() signals itself; refused, it ends by an illegal instruction instead, which tells a crash from a break-out.
    **dict.fromkeys(("tkill", "tgkill"), refused(errno.EPERM)),
    # Names for threads and mappings, stacks for signals.
    **dict.fromkeys(("prctl", "sigaltstack"), refused(errno.EPERM)),
    # Optional by design: callers know kernels without them.
    **dict.fromkeys(("clone3", "rseq", "set_robust_list", "membarrier", "getcpu"), refused(errno.ENOSYS)),
    **dict.fromkeys(("get_mempolicy", "mbind", "time"), refused(errno.ENOSYS)),
    # How many processors, how much memory, which limits, who am I: every caller has a guess of its own.
    **dict.fromkeys(("sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_getscheduler"), refused(errno.EPERM)),
    **dict.fromkeys(("getpriority", "getrlimit", "prlimit64", "getrusage", "times", "sysinfo", "uname"), refused(errno.EPERM)),
    **dict.fromkeys(("getppid", "getuid", "geteuid", "getgid", "getegid"), refused(errno.EPERM)),
    # Nobody waits here; the deadline runs.
    **dict.fromkeys(("clock_getres", "nanosleep", "clock_nanosleep"), refused(errno.EPERM)),
}
_GUARDED: Final = {
    "read": Guard(0, _ALL, (0,), ALLOW, KILL),
    "pread64": KILL,
    **dict.fromkeys(("write", "writev"), Guard(0, _ALL, (1, 2), ALLOW, KILL)),
    "mmap": _NO_CODE,
    "mprotect": _NO_CODE,
    "futex": Guard(1, _FUTEX_OP, _FUTEX_OPS, ALLOW, refused(errno.ENOSYS)),
    "madvise": Guard(2, _ALL, _MADVICE, ALLOW, refused(errno.EINVAL)),
    # As where the limit of processes is reached; a decoder that can do without a thread goes on.
    "clone": Guard(0, _ALL ^ _DETACHED, (_THREAD,), refused(errno.EAGAIN), KILL),
}
_THREADED: Final = {
    # clone3 stays refused: its flags lie in memory, where no filter sees them, and C libraries fall back to clone.
    "clone": Guard(0, _ALL ^ _DETACHED, (_THREAD,), ALLOW, KILL),
    # glibc 2.35 and later ends the process when a thread may not do what the first one did.
    "rseq": ALLOW,
    "set_robust_list": ALLOW,
}


_READING: Final = {
    # A film lies on descriptor 3, and is read here and there; nothing else is.
    "pread64": Guard(0, _ALL, (3,), ALLOW, KILL),
}

_INTERNET: Final = (2, 10)  # AF_INET, AF_INET6
_DONE: Final = refused(0)  # "it failed with no error": the call is not made, and its caller is told 0
_RELAY: Final = (0,)  # the descriptor of the one connection
_CONVERSING: Final = {
    # Who speaks RTMP or RTSP opens a connection for it, as libraries do: none is made. It is told that its new socket has
    # number 0, where an end of a pair of sockets lies that its parent holds the other end of, and that it is connected.
    "socket": Guard(0, _ALL, _INTERNET, _DONE, refused(errno.EAFNOSUPPORT)),
    "connect": Guard(0, _ALL, _RELAY, _DONE, refused(errno.EBADF)),
    "setsockopt": Guard(0, _ALL, _RELAY, _DONE, refused(errno.EBADF)),
    "getsockopt": Guard(0, _ALL, _RELAY, ALLOW, refused(errno.EBADF)),
    **dict.fromkeys(("recvfrom", "sendto"), Guard(0, _ALL, _RELAY, ALLOW, KILL)),
    # Polling tells only about descriptors that one has.
    **dict.fromkeys(("poll", "ppoll"), ALLOW),
    # Whom it is connected to is nobody's business; closing it is left to the end of the process.
    **dict.fromkeys(("getsockname", "getpeername", "shutdown"), refused(errno.ENOTCONN)),
}


def answers(*, may_thread: bool, may_read_at: bool = False, may_converse: bool = False) -> dict[str, Answer]:
    """Return what becomes of each call that is not killed, in the order in which to ask.

    With *may_converse*, descriptor 0 is a socket to whoever started the worker, and stands for any connection that is asked for.
    """
    rules: dict[str, Answer] = {**dict.fromkeys(_ALLOWED, ALLOW), **_REFUSED, **_GUARDED, **dict.fromkeys(_CONVERSING, KILL)}
    rules |= (_THREADED if may_thread else {}) | (_READING if may_read_at else {}) | (_CONVERSING if may_converse else {})
    return {name: rules[name] for name in NUMBERS if name in rules}
