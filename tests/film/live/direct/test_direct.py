"""A file as a stream, from its beginning again and again, through a confined child."""

from __future__ import annotations

import selectors
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.errors import WorkerError
from player.film import wire
from player.film.decoder import Wanted
from player.film.limits import HANG
from player.film.live.decoder import Live, LiveState
from player.film.live.direct.decoder import Direct, DirectDecoder, Rehearsed
from player.film.live.kept import KeptStream
from player.film.live.ways import way_of
from player.film.process import film_command
from player.film.ring import RingReader
from player.film.section import Stream
from player.film.talk import Opening, OpenStream, Ready, State
from player.film.wire import Failed
from player.units import SECOND, Size
from tests.fakes.clock import PacedClock
from tests.fakes.films import Recipe, film, number_in

CLOCK: Final = SystemClock()
SIZE: Final = Size(160, 96)
PATIENCE: Final = 20 * SECOND  # until a test gives up


class Seat:
    """A keeper and a viewer of one stream."""

    def __init__(self, source: Direct, *, is_heard: bool = False, behind: int = 2 * SECOND) -> None:
        self.decoder = DirectDecoder(source, Wanted(size=SIZE, has_sound=is_heard), clock=CLOCK, behind=behind)
        self.reader = RingReader(self.decoder.ring)
        self.states: list[LiveState] = []
        self.seen: list[int] = []
        """Numbers of the frames that were on screen."""

    def watch(self, until: Callable[[], bool]) -> None:
        """Keep and look, until something holds."""
        deadline = CLOCK.monotonic() + PATIENCE
        serial = -1
        with selectors.DefaultSelector() as selector:
            selector.register(self.decoder, selectors.EVENT_READ)
            while not until():
                assert CLOCK.monotonic() < deadline, (self.states, self.seen)
                selector.select(0.004)
                self.states += self.decoder.hear()
                now = CLOCK.monotonic()
                frame = self.reader.newest_due(now)
                if frame is not None and frame.serial != serial:
                    serial = frame.serial
                    self.reader.tell(now - self.decoder.epoch, now)
                    self.seen.append(number_in(frame.luma))

    def close(self) -> None:
        """Leave."""
        self.decoder.close()
        self.decoder.join()
        self.reader.close()


def test_a_file_is_a_stream_that_begins_again(tmp_path: Path) -> None:
    """It is ready and live, and after its last frame its first one follows; the child has the file and pipes, no more."""
    file = tmp_path / "rehearsal.mp4"
    file.write_bytes(film(Recipe(frames=30)))
    before, threads = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
    seat = Seat(Rehearsed(file), is_heard=True, behind=SECOND // 4)
    seat.watch(lambda: len(seat.seen) > 4 and seat.seen[-1] < seat.seen[-3])
    pid = seat.decoder.pid
    held = {path.name for path in Path(f"/proc/{pid}/fd").iterdir()}
    assert seat.decoder.size is not None
    seat.close()

    assert isinstance(seat.states[0], wire.Ready)
    assert seat.states[1:] == [Live(None, "")]
    assert seat.decoder.latency is None
    assert held == {"0", "1", "2", "3"}
    again = next(i for i in range(1, len(seat.seen)) if seat.seen[i] < seat.seen[i - 1])
    assert seat.seen[again] <= 3  # from its beginning
    first = set(range(seat.seen[0], 30))  # nobody may have looked while it began
    assert len(first - set(seat.seen)) <= len(first) // 3  # it does not leap, as what is live does
    assert seat.decoder.hear() == []
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert threading.active_count() <= threads
    with pytest.raises(ValueError, match="closed"):
        _ = seat.decoder.watch


def test_what_the_screen_is_told_of_it(tmp_path: Path) -> None:
    """Connecting, then ready; how far behind it is, is not known."""
    (tmp_path / "rehearsal.mp4").write_bytes(film(Recipe(frames=30)))
    stream = Stream(url=str(tmp_path / "rehearsal.mp4"))
    wanted = OpenStream(stream="c", size=SIZE, has_sound=False)
    kept = KeptStream(stream, wanted, way_of(stream, allow=(), clock=CLOCK), CLOCK, is_heard=False)
    told, deadline = list[State](), CLOCK.monotonic() + PATIENCE
    while len(told) < 2:
        assert CLOCK.monotonic() < deadline, told
        with selectors.DefaultSelector() as selector:
            for descriptor in kept.descriptors():
                selector.register(descriptor, selectors.EVENT_READ)
            selector.select(0.01)
        told += kept.step(CLOCK.monotonic())
    kept.close()

    assert told == [Opening("connecting"), Ready(has_sound=False, latency=0, rendition="")]
    assert kept.descriptors() == ()


def unplayed(file: Path, clock: PacedClock, program: str) -> DirectDecoder:
    """Return a keeper whose children run *program*."""
    command = (*film_command()[:4], program)
    return DirectDecoder(Rehearsed(file), Wanted(size=SIZE), clock=clock, behind=SECOND, command=command)


def test_a_child_that_hangs_is_ended_and_another_begins(tmp_path: Path) -> None:
    """One whose beat stands still for five seconds is killed; one that is not wanted any more, too."""
    (tmp_path / "a.mp4").touch()
    clock = PacedClock()
    decoder = unplayed(tmp_path / "a.mp4", clock, "import time; time.sleep(60)")
    decoder.check(clock.monotonic())
    decoder.hear()
    pid, now = decoder.pid, clock.monotonic()
    assert pid is not None
    decoder.check(now)
    decoder.check(now + HANG + 1)
    assert decoder.pid is None
    clock.advance(20 * SECOND)
    decoder.hear()
    second = decoder.pid
    assert second not in {None, pid}
    decoder.close()
    assert decoder.pid is None
    assert decoder.is_running is False


def test_how_far_behind_what_has_arrived_it_is_shown(tmp_path: Path) -> None:
    """As its child says, once it does; of another child nothing is known yet."""
    (tmp_path / "a.mp4").touch()
    clock = PacedClock()
    said = wire.line_of(wire.Paced(30, 0, waiting=2 * SECOND)).decode()
    decoder = unplayed(tmp_path / "a.mp4", clock, f"import sys; sys.stdout.write({said!r}); sys.stdout.flush(); sys.stdin.read()")
    told = set[int | None]()
    with selectors.DefaultSelector() as selector:
        while decoder.latency is None:
            decoder.hear()
            selector.select(0.002)
    told.add(decoder.latency)
    decoder.check(clock.monotonic())
    decoder.check(clock.monotonic() + HANG + 1)
    told.add(decoder.latency)
    decoder.close()

    assert told == {2 * SECOND, None}


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("print('nonsense')", "the decoder answered nonsense"),
        ("raise ValueError('oh')", "its decoder gave up (ValueError: oh)"),
        ("", "its decoder gave up (without a word)"),
    ],
)
def test_a_child_that_dies_is_told(tmp_path: Path, program: str, why: str) -> None:
    """After fifteen seconds without a picture, with the last that was heard of it."""
    (tmp_path / "a.mp4").touch()
    clock = PacedClock()
    decoder = unplayed(tmp_path / "a.mp4", clock, program)
    states = decoder.hear()
    with selectors.DefaultSelector() as selector:
        while decoder.pid is not None:
            selector.select(0.002)
            states += decoder.hear()
    clock.advance(16 * SECOND)
    states += decoder.hear()
    decoder.close()

    (state,) = states
    assert isinstance(state, Failed)
    assert why in state.why


def test_a_file_that_is_gone_is_told_and_a_size_that_no_ring_has_starts_nothing(tmp_path: Path) -> None:
    """It is looked for again and again: a disk may be put in."""
    clock = PacedClock()
    decoder = unplayed(tmp_path / "gone.mp4", clock, "")
    decoder.hear()
    clock.advance(16 * SECOND)
    (state,) = decoder.hear()
    decoder.close()
    assert isinstance(state, Failed)
    assert state.why == f"{tmp_path}/gone.mp4 cannot be opened: No such file or directory"
    with pytest.raises(WorkerError, match="no ring of"):
        DirectDecoder(Rehearsed(tmp_path), Wanted(size=Size(161, 96)), clock=clock, behind=SECOND)
