"""Workers that hang, lie, crash or are killed, and what a worker cannot do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.errors import InterruptedPictureError, PictureError, WorkerError
from player.pictures import child
from player.pictures.child import Children
from player.pictures.prepare import Prepared, prepare
from player.units import Size
from tests.fakes import corpus

BOUNDS: Final = Size(200, 200)
TILE: Final = Size(50, 50)
ROOT: Final = Path(__file__).parents[2]
PROLOGUE: Final = """
import os, signal, sys, time
sys.path.append(sys.argv[1])
from player.pictures.wire import *
from player.units import Size
request = Request.unpack(os.read(0, REQUEST.size))
left = request.length + sum(request.filter_lengths)
while left:
    left -= len(os.read(0, left))
def write(data):
    while data:
        data = data[os.write(1, data):]
def fine(original=Size(320, 240), picture=Size(200, 150), tile=Size(50, 38)):
    write(Answer(Verdict.FINE, original, picture, tile, 7).pack())
"""
HELLO: Final = "write(Confinement(Level.LIMITS).pack())\n"


def worker_that(does: str, *, hello: str = HELLO) -> Children:
    """Return children that read the request as they should and then do something else."""
    return Children((sys.executable, "-I", "-S", "-c", PROLOGUE + hello + does, str(ROOT)))


def asked(children: Children, data: bytes | None = None) -> Prepared:
    """Prepare a good picture with a bad worker."""
    return prepare(data or corpus.jpeg(), bounds=BOUNDS, tile_bounds=TILE, clock=SystemClock(), children=children)


def leaves_no_process() -> bool:
    """Whether this process has no child left, running or not yet reaped."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def test_an_honest_stranger_is_believed() -> None:
    """The protocol is what is checked, not who speaks it: right sizes and right counts are a picture."""
    result = asked(worker_that("fine(); write(bytes(200 * 150 * 3 + 50 * 38 * 3))"))

    assert (result.size, result.tile_size, result.phash) == (Size(200, 150), Size(50, 38), "0000000000000007")


@pytest.mark.parametrize(
    "lie",
    [
        "fine(); write(bytes(200 * 150 * 3 + 50 * 38 * 3 - 1))",  # a byte too few
        "fine(); write(bytes(200 * 150 * 3 + 50 * 38 * 3 + 1))",  # a byte too many
        "fine(picture=Size(200, 151)); write(bytes(200 * 151 * 3 + 50 * 38 * 3))",  # not the shape of the original
        "fine(Size(40_000, 30_000)); write(bytes(200 * 150 * 3 + 50 * 38 * 3))",  # an original that may not be
        "fine(Size(0, 0), Size(0, 0), Size(0, 0))",
        "fine(Size(4_294_967_295, 1))",
        "write(b'nonsense' * 100)",
        "write(MAGIC + bytes([99]) + bytes(ANSWER.size - 5))",  # a verdict that is none
        "write(MAGIC)",
        "pass",
        "fine(); write(bytes(100_000_000))",  # more than there is room for
    ],
)
def test_a_lying_worker_is_the_pictures_fault(lie: str) -> None:
    """A worker that was taken over by a crafted file gets nothing past the counts, and the picture is refused."""
    with pytest.raises(PictureError, match="nonsense"):
        asked(worker_that(lie))
    assert leaves_no_process()


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "the decoder was stopped: it was killed"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "the decoder was stopped: it crashed"),
        ("os.kill(os.getpid(), signal.SIGSYS)", "the decoder was stopped: it tried what no decoder needs"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "the decoder was stopped: more than 5 s of work"),
        ("os.kill(os.getpid(), 40)", "the decoder was stopped: signal 40"),
        ("raise RecursionError", "cannot be decoded: the decoder gave up"),
        ("write(Answer(Verdict.OUT_OF_MEMORY).pack())", "needs more than 1024 MiB of memory"),
        ("write(Answer(Verdict.UNREADABLE, detail='a\\x1b[31mb\\nc').pack())", r"^cannot be decoded \(a\[31mbc\)$"),
    ],
)
def test_a_worker_that_dies_says_why(end: str, reason: str) -> None:
    """A crash, a kill and a limit each have their words, and only what answered is refused for good.

    No byte of a worker's own words can harm a terminal.
    """
    with pytest.raises(PictureError, match=reason) as refused:
        asked(worker_that(end))
    assert isinstance(refused.value, InterruptedPictureError) == ("write" not in end)
    assert leaves_no_process()


@pytest.mark.parametrize(
    "hang",
    [
        "time.sleep(60)",
        "os.close(1); os.close(2); time.sleep(60)",  # looks finished, is not
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
        "os.fork(); time.sleep(60)",  # a grandchild holds the pipes
    ],
)
def test_a_worker_that_hangs_is_killed(hang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that does not answer in time is killed with all that it started, and the picture is refused."""
    monkeypatch.setattr(child, "WALL_S", 1)

    with pytest.raises(InterruptedPictureError, match="no answer within"):
        asked(worker_that(hang))
    assert leaves_no_process()


def test_a_worker_that_cannot_start_is_our_fault() -> None:
    """A missing interpreter says nothing of the picture."""
    with pytest.raises(WorkerError, match="cannot start a picture worker"):
        asked(Children(("/nonexistent/python",)))


def test_a_worker_that_fails_before_it_greets_is_our_fault() -> None:
    """A broken installation says nothing of the picture, and its last words are told."""
    with pytest.raises(WorkerError, match="exit 1 ImportError: no Pillow here"):
        asked(worker_that("raise ImportError('no Pillow here')", hello=""))


def test_a_worker_that_refuses_early_is_understood() -> None:
    """A worker that answers before it has read everything is heard; the unread rest is no error."""
    early = "import os, sys; sys.path.append(sys.argv[1])\nfrom player.pictures.wire import *\n"
    early += "os.write(1, Confinement(Level.LIMITS).pack() + Answer(Verdict.TOO_SMALL).pack())"
    children = Children((sys.executable, "-I", "-S", "-c", early, str(ROOT)))

    with pytest.raises(PictureError, match="too small"):
        asked(children, corpus.jpeg() + bytes(5_000_000))


def test_what_a_worker_started_dies_with_it() -> None:
    """A process that a taken-over worker left behind, its pipes closed, is killed with the worker's group."""
    reading, writing = os.pipe()
    leaves = "import os, sys, time\nif os.fork():\n os._exit(0)\n"
    leaves += "for d in (0, 1, 2): os.close(d)\nopen(sys.argv[1], 'w'); time.sleep(600)"
    children = Children((sys.executable, "-I", "-S", "-c", leaves, f"/proc/{os.getpid()}/fd/{writing}"))

    with pytest.raises(WorkerError, match="exit 0"):
        asked(children)
    os.close(writing)
    assert os.read(reading, 1) == b""  # nobody holds the other end
    os.close(reading)


def test_closed_children_start_no_other() -> None:
    """After closing, nothing is started, and that is no picture's fault."""
    children = worker_that("pass")
    children.close()

    with pytest.raises(WorkerError, match="the player stops"):
        asked(children)


def test_the_environment_stays_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker sees no variable of ours: no token, no proxy, no home."""
    monkeypatch.setenv("WEREMEMBER_TOKEN", "secret")
    tells = "import os, sys; sys.exit(' '.join(sorted(os.environ)) or 'nothing')"

    with pytest.raises(WorkerError) as told:
        asked(Children((sys.executable, "-I", "-S", "-c", tells)))
    # LC_CTYPE is Python's own doing (PEP 538).
    assert str(told.value).removesuffix("LC_CTYPE").removesuffix("nothing") == "the picture worker did not start: exit 1 "


def test_descriptors_stay_outside() -> None:
    """A worker has its three pipes and no other descriptor, not even an inheritable one."""
    reading, writing = os.pipe()
    leaking = os.dup2(writing, 99, inheritable=True)
    tells = "import os, sys; sys.exit(' '.join(sorted(os.listdir('/proc/self/fd'))))"

    with pytest.raises(WorkerError, match=r"exit 1 0 1 2 3$"):  # 3 is the listing itself
        asked(Children((sys.executable, "-I", "-S", "-c", tells)))
    for descriptor in (reading, writing, leaking):
        os.close(descriptor)


@pytest.mark.parametrize(
    ("deed", "outcome"),
    [
        ("open('/etc/hostname')", "OSError"),
        ("open('/tmp/x', 'w')", "OSError"),
        ("socket.socket()", "OSError"),
        ("os.pipe()", "OSError"),
        ("bytearray(1100 * 1024 * 1024)", "MemoryError"),
        ("resource.setrlimit(resource.RLIMIT_NOFILE, (3, 100)) if os.getuid() else open('/')", "ValueError|OSError"),
        ("None", "nothing"),
    ],
)
def test_limits_alone_leave_little(deed: str, outcome: str) -> None:
    """Without a filter, too: no file, no socket, no pipe, no more memory than its share, and no way back."""
    code = f"""
import os, resource, socket, sys
sys.path.append(sys.argv[1])
from player.pictures.sandbox import confine
from player.pictures.wire import Filters
confine(Filters())
try:
    {deed}
except Exception as error:
    told = type(error).__mro__
else:
    told = ()
print(' '.join(kind.__name__ for kind in told) or 'nothing')
"""
    command = (sys.executable, "-I", "-S", "-c", code, str(ROOT))
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert any(name in said for name in outcome.split("|"))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF"])
def test_every_format_is_decoded_without_roots_exemptions(form: str) -> None:
    """The limit on processes spares root; as anybody else, too, a worker decodes every format."""
    if form == "HEIF":
        heif = pytest.importorskip("pillow_heif", reason="the heic extra is not installed")
        heif.register_heif_opener()
    data = corpus.encoded(corpus.sheet(1000, 750), form)
    code = """
import os, sys
sys.path += sys.argv[2:]
from player.pictures.decode import *
from player.pictures.filters import filters_for
from player.pictures.sandbox import confine
from player.pictures.wire import THREADED
data = sys.stdin.buffer.read()
form = Format[sys.argv[1]]
opener = load_opener(form)
if os.getuid() == 0:
    os.setuid(65534)
confine(filters_for(may_thread=form in THREADED), may_thread=form in THREADED)
decoded = decode(data, opener, Request(form, Size(100, 100), Size(50, 50), len(data)))
os.write(1, str(decoded.picture.size).encode())
"""
    name = "HEIC" if form == "HEIF" else form
    command = (sys.executable, "-I", "-S", "-c", code, name, *child.worker_command()[5:])
    said = subprocess.run(command, input=data, capture_output=True, check=False)

    assert (said.stdout, said.stderr) == (b"(100, 75)", b"")


def test_too_much_work_ends_a_confined_process() -> None:
    """A decoder that works for ever is ended by the kernel, whatever it is doing."""
    code = """
import sys
sys.path.append(sys.argv[1])
from player.pictures import sandbox
sandbox.confine(Filters(), allowance=sandbox.Allowance(cpu_s=1))
write(Confinement(Level.LIMITS).pack())
while True:
    pass
"""
    with pytest.raises(InterruptedPictureError, match="more than 5 s of work"):
        asked(worker_that(code, hello=""))
