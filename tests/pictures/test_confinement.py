"""The walls around a picture worker hold, each alone and all together, and their absence costs no photo."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.errors import InterruptedPictureError
from player.pictures import landlock, prepare
from player.pictures.child import Children, worker_command
from player.pictures.filters import MACHINES, filters_for, probe, program
from player.pictures.prepare import reached_confinement
from player.pictures.wire import Confinement, Filters, Format, Lack, Level, Request
from player.units import Size
from tests.fakes import corpus

ROOT: Final = Path(__file__).parents[2]
PRISONER: Final = Path(__file__).with_name("prisoner.py")
ALL: Final = Level.LIMITS | Level.NO_NEW_PRIVILEGES | Level.LANDLOCK | Level.SECCOMP
BOUNDS: Final = Size(200, 200)
TILE: Final = Size(50, 50)

KILLED: Final = (
    *("open itself", "openat2", "create", "overwrite", "truncate", "rename", "unlink", "mkdir", "symlink", "chmod", "chdir"),
    *("socket", "socket pair", "connect", "connect abstract", "pipe", "memfd", "write elsewhere", "read elsewhere", "fork"),
    *("exec", "kill parent", "trace parent", "code", "data to code", "setuid", "unshare", "io_uring", "x32"),
)
REFUSED: Final = {
    **dict.fromkeys(("open", "list", "stat"), "EACCES"),
    **dict.fromkeys(("type", "ask a pipe"), "ENOTTY"),
    **dict.fromkeys(("survive the parent", "another filter", "raise a limit", "signal itself", "its own times"), "EPERM"),
    **dict.fromkeys(("futex with priorities", "no such call"), "ENOSYS"),
    "poison": "EINVAL",
}
BY_SECCOMP: Final = {**dict.fromkeys(KILLED, "killed"), **REFUSED, "thread": "RuntimeError"}
BY_LANDLOCK: Final = {
    # From which ABI on, and what the kernel says.
    1: dict.fromkeys(("open", "open itself", "openat2", "list", "create", "overwrite", "exec"), "EACCES")
    | dict.fromkeys(("rename", "unlink", "mkdir", "symlink"), "EACCES")
    | {"trace parent": "EPERM"},
    3: {"truncate": "EACCES"},
    4: {"connect": "EACCES"},
    6: dict.fromkeys(("connect abstract", "kill parent"), "EPERM"),
}
ANYWAY: Final = {"read elsewhere", "poison", "type", "x32", "no such call", "trace parent", "unshare", "io_uring"}
"""What fails, or may fail, without any wall."""


def tried(walls: str, folder: Path) -> dict[str, str]:
    """Return what came of each of the prisoner's deeds behind *walls*."""
    command = (sys.executable, "-I", "-S", str(PRISONER), str(ROOT), str(folder), walls)
    said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert said.stderr == ""
    return dict(line.split(": ", 1) for line in said.stdout.splitlines())


def here() -> Confinement:
    """Return what this machine lets a worker reach."""
    return reached_confinement(SystemClock())


def needs(level: Level) -> None:
    """Skip the test where a wall cannot be built: in a container that forbids it, or on an old kernel."""
    if level not in here().level:
        pytest.skip(f"this machine has no {level.name}: {here()}")


def prepared(children: Children | None = None) -> Size:
    """Return the size of a good photo, prepared."""
    return prepare.prepare(corpus.jpeg(), bounds=BOUNDS, tile_bounds=TILE, clock=SystemClock(), children=children).size


def test_without_walls_each_deed_succeeds(tmp_path: Path) -> None:
    """The deeds are real: whoever is not confined can do them, so that a refusal below proves a wall."""
    free = tried("nothing", tmp_path)

    assert set(free) == {*BY_SECCOMP}
    assert {name for name, outcome in free.items() if outcome != "done"} <= ANYWAY


def test_seccomp_alone_stops_every_deed(tmp_path: Path) -> None:
    """What attacks is killed; what a library may try by itself is refused. No other wall is needed for it."""
    needs(Level.SECCOMP)

    assert tried("seccomp", tmp_path) == BY_SECCOMP


def test_landlock_alone_opens_no_path(tmp_path: Path) -> None:
    """Landlock alone lets nothing be opened, made or removed; newer kernels stop connections and signals too."""
    needs(Level.LANDLOCK)
    outcomes = tried("landlock", tmp_path)
    abi = here().landlock_abi

    for since, refused in BY_LANDLOCK.items():
        if abi >= since:
            assert {name: outcomes[name] for name in refused} == refused


@pytest.mark.parametrize("walls", ["all", "threads"])
def test_all_walls_together_stop_every_deed(walls: str, tmp_path: Path) -> None:
    """As a worker has them: nothing gets out. Only a decoder that cannot do without may start a thread, and no process."""
    needs(ALL)

    assert tried(walls, tmp_path) == BY_SECCOMP | ({"thread": "done"} if walls == "threads" else {})


def test_a_worker_says_which_walls_stand() -> None:
    """A worker reaches at least its limits and gives up gaining privileges, and has a reason for each wall that is missing."""
    reached = here()

    assert Level.LIMITS | Level.NO_NEW_PRIVILEGES in reached.level
    assert (Level.LANDLOCK in reached.level) == (reached.no_landlock is Lack.NOTHING) == (reached.landlock_abi > 0)
    assert (Level.SECCOMP in reached.level) == (reached.no_seccomp is Lack.NOTHING)


@pytest.mark.parametrize(
    "given",
    [
        Filters(),  # a machine whose system calls we have no numbers of
        *(Filters(probe(machine), program(machine, may_thread=False)) for machine in MACHINES.values()),  # one is not this one
    ],
    ids=["none", *MACHINES],
)
def test_filters_that_do_not_fit_the_machine_cost_no_photo(given: Filters, monkeypatch: pytest.MonkeyPatch) -> None:
    """On another architecture, or under an emulator, the worker finds out before it is too late, and decodes without."""
    needs(ALL)

    def chosen(*, may_thread: bool) -> Filters:
        assert not may_thread
        return given

    monkeypatch.setattr(prepare, "filters_for", chosen)

    reached = here()

    assert reached.level == (ALL if reached.no_seccomp is Lack.NOTHING else ALL ^ Level.SECCOMP)
    assert (reached.no_seccomp is Lack.OTHER_MACHINE) == (given != filters_for(may_thread=False) or not given.program)
    assert prepared() == Size(200, 150)


@pytest.mark.parametrize(
    ("refuses", "reached"),
    [
        ("444: 1", Confinement(ALL ^ Level.LANDLOCK, 0, Lack.FORBIDDEN)),
        ("444: 38", Confinement(ALL ^ Level.LANDLOCK, 0, Lack.ABSENT)),
        ("444: 95", Confinement(ALL ^ Level.LANDLOCK, 0, Lack.SWITCHED_OFF)),
        ("446: 7", Confinement(ALL ^ Level.LANDLOCK, 0, Lack.FAILED)),
    ],
)
def test_a_container_that_forbids_a_wall_costs_no_photo(refuses: str, reached: Confinement) -> None:
    """Where a filter around us refuses Landlock, or the kernel lacks it, the other walls stand and the photo is shown."""
    needs(ALL)
    # A container's own filter: laid on before the worker is imported, it answers some system calls with an error.
    outer = f"""
import sys
sys.path += sys.argv[1:]
from player.pictures.filters import _LOAD, _RETURN, _case, _op, refused
from player.pictures.kernel import prctl
from player.pictures.seccomp import load
prctl(38, 1)
refuses = {{{refuses}}}
cases = b"".join(_case(number, _op(_RETURN, refused(error))) for number, error in refuses.items())
load(_op(_LOAD, 0) + cases + _op(_RETURN, 0x7FFF0000))
from player.pictures.worker import main
main()
"""
    *before, _ = worker_command()[:5]
    children = Children((*before, outer, *worker_command()[5:]))
    outcome = children.ask((request_of_nothing(), *filters_for(may_thread=False)), most=10_000, clock=SystemClock())

    assert Confinement.unpack(outcome.output) == reached
    assert prepared(children) == Size(200, 150)


def request_of_nothing() -> bytes:
    """Return the header of a request for an empty picture."""
    return Request(Format.JPEG, Size(1, 1), Size(1, 1), 0, filters_for(may_thread=False).lengths).pack()


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("socket.socket()", "the decoder was stopped: it tried what no decoder needs"),
        ("os.abort()", "the decoder was stopped: it crashed"),
        ("ctypes.string_at(0)", "the decoder was stopped: it crashed"),
        ("raise RecursionError", "cannot be decoded: the decoder gave up"),  # its traceback looks for the source, in vain
        ("import json", "cannot be decoded: the decoder gave up"),
    ],
)
def test_what_happens_behind_the_walls_is_told_apart(deed: str, reason: str) -> None:
    """A break-out, a crash and a mistake have words of their own; each may be the machine's fault, so it is tried again once."""
    needs(ALL)
    taken_over = f"""
import ctypes, os, socket, sys
sys.path += sys.argv[1:]
from player.pictures import worker
def decode(*_):
    {deed}
worker.decode = decode
worker.main()
"""
    *before, _ = worker_command()[:5]

    with pytest.raises(InterruptedPictureError, match=f"^{reason}"):
        prepared(Children((*before, taken_over, *worker_command()[5:])))


@pytest.mark.parametrize("abi", range(1, 12))
def test_every_landlock_refuses_all_that_it_knows(abi: int) -> None:
    """Each version of Landlock is asked for exactly the rights that it has; a newer one for those of the newest we know."""
    paths, *more = landlock.handled(abi)

    assert paths == (1 << {1: 13, 2: 14, 3: 15, 4: 15, 5: 16, 6: 16, 7: 16, 8: 16}.get(abi, 17)) - 1
    assert more == ([] if abi < 4 else [3] if abi < 6 else [3, 3])
    assert landlock.handled(abi) == landlock.handled(min(abi, landlock.NEWEST))


def test_the_greeting_is_read_strictly() -> None:
    """What a worker says of its walls comes back as it was sent, and a wall that does not exist is no greeting."""
    said = Confinement(ALL, 7, Lack.NOTHING, Lack.FAILED)

    assert Confinement.unpack(said.pack()) == said
    for at, byte in ((0, 0), (4, 16), (6, 6), (7, 99)):
        broken = bytearray(said.pack())
        broken[at] = byte
        with pytest.raises(ValueError, match=r"greeting|not a valid|invalid value"):
            Confinement.unpack(broken)
