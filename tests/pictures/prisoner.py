"""A program that raises walls around itself and then tries to get out; what the tests of confinement run.

    python -I -S prisoner.py ROOT FOLDER WALLS

WALLS is `nothing`, `landlock`, `seccomp`, `all` or `threads` (all, for a decoder that needs them). For every deed a process of
its own is forked, so that one may die of it, and a line says what came of it: `done`, the name of an error, or `killed`.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import mmap
import os
import platform
import resource
import signal
import socket
import sys
import termios
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

ROOT, FOLDER, WALLS = sys.argv[1:]
sys.path.append(ROOT)

# Only now, with the path said: as a worker, this runs without site packages.
from player.pictures import landlock, sandbox, seccomp  # noqa: E402
from player.pictures.calls import NUMBERS  # noqa: E402
from player.pictures.filters import MACHINES, filters_for  # noqa: E402
from player.pictures.kernel import call, prctl  # noqa: E402

PARENT: Final = os.getpid()
PAGE: Final = mmap.mmap(-1, mmap.PAGESIZE)
PAGE_AT: Final = ctypes.addressof(ctypes.c_char.from_buffer(PAGE))
ELSEWHERE: Final = os.dup2(1, 9)  # a descriptor that was left open by mistake
LIBC: Final = ctypes.CDLL(None, use_errno=True)
FUTEX: Final = NUMBERS["futex"][MACHINES[platform.machine()].column]

PR_SET_PDEATHSIG: Final = 1
PR_SET_NO_NEW_PRIVS: Final = 38
PTRACE_SEIZE: Final = 0x4206
FUTEX_LOCK_PI: Final = 6
MADV_HWPOISON: Final = 100
CLONE_NEWUSER: Final = 0x1000_0000
X32_GETPID: Final = 0x4000_0000 | 39
IO_URING_SETUP: Final = 425
OPENAT2: Final = 437
NO_SUCH_CALL: Final = 999

tcp, abstract = socket.socket(), socket.socket(socket.AF_UNIX)
tcp.bind(("127.0.0.1", 0))
tcp.listen()
abstract.bind(f"\0prisoner-{PARENT}")
abstract.listen()
TCP_AT, ABSTRACT_AT = tcp.getsockname(), abstract.getsockname()


def checked(answer: int) -> None:
    """Raise what the C library just met."""
    if answer < 0:
        raise OSError(ctypes.get_errno(), "refused")


def connect(family: socket.AddressFamily, where: object) -> None:
    """Open a socket and connect it."""
    socket.socket(family).connect(where)  # pyright: ignore[reportArgumentType]  an address, or a name in the abstract space


def fork() -> None:
    """Start a process."""
    if os.fork() == 0:
        os._exit(0)


def thread() -> None:
    """Start a thread and wait for it."""
    worker = threading.Thread(target=str)
    worker.start()
    worker.join()


DEEDS: Final[dict[str, Callable[[], object]]] = {
    "open": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "open itself": lambda: os.open("/proc/self/mem", os.O_RDWR),
    "openat2": lambda: call(OPENAT2, -100, b"/etc/passwd\0", bytes(24), 24),
    "list": lambda: list(Path("/").iterdir()),
    "stat": lambda: Path("/etc/passwd").stat(),
    "create": lambda: os.open(f"{FOLDER}/new", os.O_CREAT | os.O_WRONLY),
    "overwrite": lambda: os.open(f"{FOLDER}/old", os.O_WRONLY),
    "truncate": lambda: os.truncate(f"{FOLDER}/old", 0),
    "rename": lambda: Path(FOLDER, "old").rename(f"{FOLDER}/other"),
    "unlink": lambda: Path(FOLDER, "gone").unlink(),
    "mkdir": lambda: Path(FOLDER, "folder").mkdir(),
    "symlink": lambda: Path(FOLDER, "link").symlink_to("/"),
    "chmod": lambda: Path(FOLDER).chmod(0o700),
    "chdir": lambda: os.chdir("/"),
    "socket": socket.socket,
    "socket pair": socket.socketpair,
    "connect": lambda: connect(socket.AF_INET, TCP_AT),
    "connect abstract": lambda: connect(socket.AF_UNIX, ABSTRACT_AT),
    "pipe": os.pipe,
    "memfd": lambda: os.memfd_create("program"),
    "write elsewhere": lambda: os.write(ELSEWHERE, b""),
    "read elsewhere": lambda: os.read(ELSEWHERE, 0),
    "fork": fork,
    "thread": thread,
    "exec": lambda: os.execv("/bin/echo", ["echo", "-n", "done"]),  # noqa: S606  without a shell is what is tried
    "kill parent": lambda: os.kill(PARENT, 0),
    "trace parent": lambda: checked(LIBC.ptrace(PTRACE_SEIZE, PARENT, None, None)),
    "code": lambda: mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_EXEC),
    "data to code": lambda: checked(LIBC.mprotect(ctypes.c_void_p(PAGE_AT), mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC)),
    "poison": lambda: checked(LIBC.madvise(ctypes.c_void_p(PAGE_AT), mmap.PAGESIZE, MADV_HWPOISON)),
    "type": lambda: fcntl.ioctl(0, termios.TIOCSTI, b"x"),
    "ask a pipe": lambda: fcntl.ioctl(1, termios.FIONREAD, bytes(4)),
    "survive the parent": lambda: prctl(PR_SET_PDEATHSIG, 0),
    "another filter": lambda: seccomp.load(filters_for(may_thread=True).program),
    "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE)),
    "setuid": lambda: os.setuid(os.getuid()),
    "unshare": lambda: checked(LIBC.unshare(CLONE_NEWUSER)),
    "io_uring": lambda: call(IO_URING_SETUP, 1, bytes(120)),
    "futex with priorities": lambda: checked(LIBC.syscall(FUTEX, ctypes.c_void_p(PAGE_AT), FUTEX_LOCK_PI, 0, None)),
    "x32": lambda: call(X32_GETPID),
    "no such call": lambda: call(NO_SUCH_CALL),
    "signal itself": lambda: signal.raise_signal(signal.SIGCHLD),
    "its own times": lambda: resource.getrusage(resource.RUSAGE_SELF),
}


def raise_walls() -> None:
    """Confine this process as the command line says."""
    if WALLS in {"all", "threads"}:
        sandbox.confine(filters_for(may_thread=WALLS == "threads"), may_thread=WALLS == "threads")
    elif WALLS != "nothing":
        prctl(PR_SET_NO_NEW_PRIVS, 1)
    if WALLS == "landlock":
        landlock.restrict()
    elif WALLS == "seccomp":
        seccomp.install(*filters_for(may_thread=False))


def attempt(deed: Callable[[], object]) -> str:
    """Return what came of *deed*."""
    try:
        deed()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    except (RuntimeError, ValueError) as error:
        return type(error).__name__
    return "done"


def main() -> None:
    """Try everything, in the order of the table."""
    for name in ("old", "gone"):
        Path(FOLDER, name).touch()
    for name, deed in DEEDS.items():
        os.write(1, f"{name}: ".encode())
        process = os.fork()
        if process == 0:
            raise_walls()
            os.write(1, attempt(deed).encode())
            os._exit(0)
        _, status = os.waitpid(process, 0)
        ends = {-signal.SIGSYS: "killed", 0: ""}
        code = os.waitstatus_to_exitcode(status)
        os.write(1, f"{ends.get(code, f'exit {code}')}\n".encode())


main()
