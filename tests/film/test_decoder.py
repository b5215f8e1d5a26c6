"""A film's decoder as its keeper has it: a confined child that fills rings, is heard, ended when it hangs, and started anew."""

from __future__ import annotations

import os
import re
import selectors
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.errors import WorkerError
from player.film.decoder import Decoder, Wanted
from player.film.limits import HANG
from player.film.process import FilmProcess, film_command
from player.film.ring import RingReader, RingWriter
from player.film.samples import SamplesReader
from player.film.wire import Confined, Ended, Failed, Film, Ready, Request
from player.pictures.wire import Level
from player.units import MILLISECOND, SECOND, Size
from tests.fakes.films import Recipe, film, number_in, opened

SIZE: Final = Size(160, 96)
CLOCK: Final = SystemClock()
PATIENCE: Final = 20 * SECOND  # until a test gives up
FAR: Final = 10**15


@contextmanager
def decoder(data: bytes, wanted: Wanted | None = None, command: tuple[str, ...] | None = None) -> Generator[Decoder]:
    """Give a decoder at work."""
    with opened(data) as descriptor:
        made = Decoder(descriptor, wanted or Wanted(size=SIZE), now=CLOCK.monotonic(), command=command)
    try:
        yield made
    finally:
        made.close()


def heard(keeper: Decoder, until: Callable[[], bool] = lambda: False) -> list[Ready | Ended | Failed]:
    """Return what is heard until it ends, or until something is so."""
    states: list[Ready | Ended | Failed] = []
    deadline = CLOCK.monotonic() + PATIENCE
    while keeper.is_running and not until() and CLOCK.monotonic() < deadline:
        with selectors.DefaultSelector() as selector:
            selector.register(keeper, selectors.EVENT_READ)
            if selector.select(0.005):
                states += keeper.hear()
    return states


def taken_over(deed: str) -> tuple[str, ...]:
    """Return the command of a child that does *deed* in place of decoding, behind its walls."""
    program = f"""
import sys
sys.path += sys.argv[1:]
import ctypes, os, socket
from player.film import child
def deed(*_, **__):
    {deed}
child.open_film = deed
child.main()
"""
    command = film_command()
    return (*command[:4], program, *command[5:])


def child_of(keeper: Decoder) -> int:
    """Return the number of the process."""
    assert keeper.pid is not None
    return keeper.pid


def open_here() -> int:
    """Return how many descriptors this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_film_is_decoded_as_it_is_watched() -> None:
    """Frames come as they are wanted, the sound with them; readiness and end are told, and the child is gone."""
    with decoder(film(Recipe(frames=60, has_sound=True)), Wanted(size=SIZE, begin=SECOND, has_sound=True)) as keeper:
        reader, listener = RingReader(keeper.ring), SamplesReader(keeper.samples)
        states = heard(keeper, lambda: reader.newest(SECOND) is not None)
        assert states in ([], [Ready(has_sound=True)])

        numbers: list[int] = []
        at, deadline = SECOND, CLOCK.monotonic() + PATIENCE
        while len(numbers) < 35 and CLOCK.monotonic() < deadline:
            reader.tell(at, CLOCK.monotonic())
            frame = reader.newest(at)
            if frame is not None and (not numbers or number_in(frame.luma) != numbers[-1]):
                numbers.append(number_in(frame.luma))
                listener.take(at * 48_000 // SECOND, 1920)
                at = frame.pts + 40 * MILLISECOND
            states += keeper.hear()
        states += heard(keeper)

        assert numbers == list(range(25, 60))
        assert states == [Ready(has_sound=True), Ended(2_400_000_000, is_cut_short=False)]
        assert reader.ends_at == 2_400_000_000
        assert not keeper.is_running
        assert keeper.hear() == []
        assert keeper.check(CLOCK.monotonic()) is None


def test_it_stands_behind_all_its_walls_and_holds_nothing_else() -> None:
    """The child says which walls stand; of descriptors it has its pipes and the film, and the first two are all it may gain."""
    with opened(film(Recipe())) as descriptor:
        process = FilmProcess(Request(film=descriptor), (descriptor,))
        try:
            while not process.is_over:
                for said in process.hear():
                    if isinstance(said, Confined):
                        assert Level.LIMITS | Level.NO_NEW_PRIVILEGES in Level(said.level)
                    else:
                        assert isinstance(said, Film)
        finally:
            process.close()
    with decoder(film(Recipe(frames=200))) as keeper:
        reader = RingReader(keeper.ring)
        heard(keeper, lambda: reader.newest(FAR) is not None)
        held = {path.name: str(path.readlink()) for path in Path(f"/proc/{child_of(keeper)}/fd").iterdir()}

    assert set(held) == {"0", "1", "2", "3"}
    assert held["3"].startswith("/memfd:film")
    assert all(held[name].startswith("pipe:") for name in "012")


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        ("socket.socket()", "its decoder tried what no decoder needs; the file may be crafted to attack it"),
        ("os.pread(0, 1, 0)", "its decoder tried what no decoder needs; the file may be crafted to attack it"),
        ("os.kill(os.getppid(), 9)", r"its decoder (tried|was killed)"),
        ("os.abort()", "its decoder crashed"),
        ("ctypes.string_at(0)", "its decoder crashed"),
        ("raise RecursionError('deep')", r"its decoder gave up \(RecursionError: deep\)"),
        ("open('/etc/passwd')", r"its decoder gave up \(PermissionError: .*\)"),
        ("bytearray(1 << 40)", "it needs more memory than a film may: save it smaller"),
        ("os.write(1, b'hello' * 3)", "its decoder gave up|the decoder answered nonsense"),
        ('os.write(1, b\'{"say": "Ended", "at": -1, "is_cut_short": false}\' + bytes([10]))', "answered nonsense"),
        ("os.write(1, b'x' * 5000)", "the decoder answered nonsense: the file may be crafted to attack it"),
    ],
)
def test_what_happens_behind_the_walls_is_told_apart(deed: str, why: str) -> None:
    """A break-out, a crash, a mistake and a lie have sentences of their own."""
    with decoder(b"", command=taken_over(deed)) as keeper:
        (failed,) = heard(keeper)

        assert isinstance(failed, Failed)
        assert re.search(why, failed.why), failed
        assert not keeper.is_running


def test_what_cannot_be_decoded_is_said() -> None:
    """The child's own sentence reaches its keeper."""
    with decoder(b"<html>") as keeper:
        assert heard(keeper) == [Failed("this is a web page, not a film: give an MP4, MOV, MKV or WebM file")]


def test_a_child_that_hangs_is_ended() -> None:
    """One that moves is left alone; one that stands still for five seconds is killed, and that is said once."""
    with decoder(film(Recipe(frames=200))) as keeper:
        reader = RingReader(keeper.ring)
        heard(keeper, lambda: reader.newest(FAR) is not None)
        now, pid = CLOCK.monotonic(), child_of(keeper)
        assert keeper.check(now) is None
        beat = keeper.watch.beat
        heard(keeper, lambda: keeper.watch.beat > beat)
        assert keeper.check(now + 10 * HANG) is None
        os.kill(pid, signal.SIGSTOP)
        keeper.check(now + 10 * HANG + 1)

        assert keeper.check(now + 11 * HANG) is None
        failed = keeper.check(now + 11 * HANG + 2)

        assert failed == Failed("its decoder did not move for 5 s and was ended")
        assert not Path(f"/proc/{pid}").exists()
        assert keeper.check(now + 20 * HANG) is None


def test_a_child_that_was_killed_is_started_anew() -> None:
    """The viewer keeps its ring and sees every frame once, in order, across the death."""
    with decoder(film(Recipe(frames=60))) as keeper:
        reader = RingReader(keeper.ring)
        numbers: list[int] = []
        states: list[Ready | Ended | Failed] = []
        at, deadline = 0, CLOCK.monotonic() + PATIENCE
        while len(numbers) < 60 and CLOCK.monotonic() < deadline:
            reader.tell(at, CLOCK.monotonic())
            frame = reader.newest(at)
            if frame is not None and (not numbers or number_in(frame.luma) != numbers[-1]):
                numbers.append(number_in(frame.luma))
                at = frame.pts + 40 * MILLISECOND
                if len(numbers) == 20:
                    os.kill(child_of(keeper), signal.SIGKILL)
            said = keeper.hear()
            states += said
            if any(isinstance(state, Failed) for state in said):
                keeper.restart(CLOCK.monotonic())

        assert numbers == list(range(60))
        assert Failed("its decoder was killed") in states


def test_a_viewer_that_wants_no_more_ends_it() -> None:
    """When the reader says that it is over, the child ends by itself."""
    with decoder(film(Recipe(frames=200))) as keeper:
        reader = RingReader(keeper.ring)
        heard(keeper, lambda: reader.newest(0) is not None)
        reader.end()

        assert isinstance(heard(keeper)[-1], Ended)


def test_nothing_is_left_behind() -> None:
    """After closing there are as many descriptors as before, and no child; closing twice does no harm."""
    before = open_here()
    with decoder(film(Recipe(has_sound=True)), Wanted(size=SIZE, has_sound=True)) as keeper:
        pid = child_of(keeper)
    keeper.close()

    assert not Path(f"/proc/{pid}").exists()
    assert open_here() == before
    with pytest.raises(ValueError, match="has ended"):
        keeper.fileno()


def test_a_size_that_no_ring_has_starts_nothing() -> None:
    """The asker's own mistake is ours to mend, and leaves nothing open."""
    before = open_here()
    with opened(b"") as descriptor, pytest.raises(WorkerError, match="no ring of"):
        Decoder(descriptor, Wanted(size=Size(161, 96)), now=0)

    assert open_here() == before


def test_a_program_that_is_not_there_is_our_fault() -> None:
    """When no child can be started, that is no film's fault."""
    with opened(b"") as descriptor, pytest.raises(WorkerError, match="cannot start a film's decoder"):
        Decoder(descriptor, Wanted(size=SIZE), now=0, command=("/nonexistent",))


def test_a_child_that_dies_by_any_signal_is_told_of() -> None:
    """One that has no name is none too few: its keeper lives on."""
    with opened(b"") as descriptor:
        keeper = Decoder(descriptor, Wanted(size=SIZE), now=0, command=("/bin/sh", "-c", "kill -40 $$"))
    try:
        assert heard(keeper)[-1] == Failed("its decoder ended by signal 40")
    finally:
        keeper.close()


def test_a_frame_that_claims_an_instant_far_away_is_no_place_to_begin() -> None:
    """A decoder that was taken over wrote it; the next one begins where the picture is."""
    with decoder(film(Recipe(frames=50))) as keeper:
        reader = RingReader(keeper.ring)
        heard(keeper, lambda: reader.newest(SECOND) is not None)
        os.kill(child_of(keeper), signal.SIGKILL)
        heard(keeper)
        reader.newest(SECOND)
        reader.tell(SECOND, CLOCK.monotonic())
        writer = RingWriter(keeper.ring)
        writer.begin()
        writer.publish(2**62)
        assert keeper.behind() == 0
        keeper.restart(CLOCK.monotonic())
        heard(keeper, lambda: keeper.watch.last_pts != 2**62)

        assert SECOND <= (keeper.watch.last_pts or 0) < 2 * SECOND
