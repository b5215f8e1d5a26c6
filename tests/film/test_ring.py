"""Frames in shared memory: the newest whose time has come is seen whole, and nobody waits for anybody."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import WorkerError
from player.film.limits import MAX_RING_BYTES, MAX_RING_SIZE, MAX_SLOTS, MIN_SLOTS
from player.film.memory import PAGE, Words, mapped, shared_memory
from player.film.ring import Position, RingReader, RingWatch, RingWriter, make_ring
from player.units import SECOND, Size

SMALL: Final = Size(32, 16)
FRAME: Final = SECOND // 25
FAR: Final = 10**15


@pytest.fixture
def ring() -> Iterator[int]:
    """Give a descriptor of a ring of small frames."""
    descriptor = make_ring(SMALL)
    yield descriptor
    os.close(descriptor)


def write(writer: RingWriter, pts: int, due: int = 0, shade: int = 0) -> None:
    """Write one frame of one shade."""
    luma, chroma = writer.begin()
    luma.fill(shade)
    chroma.fill(shade)
    writer.publish(pts, due)


def test_the_newest_frame_whose_instant_has_come_is_seen(ring: int) -> None:
    """Before the first there is none; then always the last that is not after the instant, also when some are skipped."""
    writer, reader = RingWriter(ring), RingReader(ring)
    assert reader.newest(FAR) is None
    for number in range(5):
        write(writer, number * FRAME, shade=number)

    assert reader.newest(-1) is None
    for at, shade in ((0, 0), (FRAME - 1, 0), (FRAME, 1), (3 * FRAME + 5, 3), (3 * FRAME + 6, 3), (FAR, 4)):
        frame = reader.newest(at)
        assert frame is not None
        assert (frame.serial, frame.pts) == (shade + 1, shade * FRAME)
        assert frame.luma.shape == (16, 32)
        assert frame.chroma.shape == (8, 16, 2)
        assert (frame.luma == shade).all()
        assert (frame.chroma == shade).all()


def test_frames_of_a_live_stream_are_seen_when_they_are_due(ring: int) -> None:
    """Of live streams, the machine's clock decides."""
    writer, reader = RingWriter(ring), RingReader(ring)
    write(writer, 0, due=100, shade=1)
    write(writer, FRAME, due=200, shade=2)

    assert reader.newest_due(99) is None
    assert [frame.due for now in (100, 199, 200) if (frame := reader.newest_due(now))] == [100, 100, 200]


def test_who_keeps_a_live_stream_knows_what_is_due(ring: int) -> None:
    """As its reader sees it: not what is written ahead, nor what lies half-written, nor an instant that no decoder writes."""
    writer, watch = RingWriter(ring), RingWatch(ring)
    assert watch.newest_due(FAR) is None
    write(writer, FRAME, due=100)
    write(writer, 3 * SECOND, due=3 * SECOND)
    assert [watch.newest_due(now) for now in (99, 100, 3 * SECOND - 1, 3 * SECOND)] == [None, 100, 100, 3 * SECOND]
    writer.begin()
    assert watch.newest_due(FAR) == 3 * SECOND

    write(writer, 4 * SECOND, due=-5)
    assert watch.newest_due(FAR) == 3 * SECOND
    watch.close()


def test_what_is_seen_cannot_be_written(ring: int) -> None:
    """The reader's frames are read-only, by the kernel."""
    writer, reader = RingWriter(ring), RingReader(ring)
    write(writer, 0)
    frame = reader.newest(0)

    assert frame is not None
    with pytest.raises(ValueError, match="read-only"):
        frame.luma[0, 0] = 1


@given(st.lists(st.integers(0, 4), max_size=60))
def test_a_frame_that_is_held_is_never_written_over(steps: list[int]) -> None:
    """However writer and reader take turns: the frame in hand stays as it was, and the writer stops only when it is full."""
    descriptor = make_ring(SMALL)
    writer, reader = RingWriter(descriptor), RingReader(descriptor)
    os.close(descriptor)
    slots, written, frame, at = MAX_SLOTS, 0, None, 0
    for step in steps:
        for _ in range(step * 4):
            held = 1 if frame is None else frame.serial
            assert writer.has_room() == (written + 1 - slots < held)
            if writer.has_room():
                written += 1
                write(writer, written, shade=written % 251)
        at += 3
        before = frame
        frame = reader.newest(at) or frame
        assert before is None or frame is None or frame.serial >= before.serial
        if frame is not None:
            assert frame.pts == min(at, written)
            assert (frame.luma == frame.serial % 251).all()


def test_two_who_run_at_once_see_whole_frames_in_order(ring: int) -> None:
    """One writes as fast as it can, one reads as fast as it can: never half a frame, never an older one."""
    writer, reader = RingWriter(ring), RingReader(ring)
    last = 600

    def write_all() -> None:
        number = 0
        while number < last:
            if writer.has_room():
                number += 1
                write(writer, number, shade=number % 251)

    thread = threading.Thread(target=write_all)
    thread.start()
    seen: list[int] = []
    while not seen or seen[-1] < last:
        frame = reader.newest((seen[-1] if seen else 0) + 2)
        if frame is not None:
            assert (frame.luma == frame.serial % 251).all()
            assert (frame.chroma == frame.serial % 251).all()
            seen.append(frame.serial)
    thread.join()

    assert seen == sorted(seen)


def test_a_writer_that_died_half_way_shows_nothing_torn(ring: int) -> None:
    """What was being written is not seen; the next writer goes on from the last whole frame, in the same numbers."""
    writer, reader = RingWriter(ring), RingReader(ring)
    write(writer, 0, shade=1)
    luma, _ = writer.begin()
    luma.fill(9)

    frame = reader.newest(FAR)
    assert frame is not None
    assert frame.serial == 1

    write(RingWriter(ring), FRAME, shade=2)
    frame = reader.newest(FAR)
    assert frame is not None
    assert (frame.serial, frame.pts, int(frame.luma[0, 0])) == (2, FRAME, 2)


def test_a_writer_gone_mad_is_not_believed(ring: int) -> None:
    """Numbers that cannot be lead to no frame, and to nothing outside the ring."""
    reader = RingReader(ring)
    memory = mapped(ring, offset=PAGE, length=PAGE, is_writable=True)
    words = np.frombuffer(memory, np.int64)
    chance = np.random.default_rng(1)
    for _ in range(200):
        words[:] = chance.integers(-(2**63), 2**63 - 1, len(words))
        frame = reader.newest(FAR)
        assert frame is None or frame.luma.shape == (16, 32)


def test_instants_that_no_decoder_of_ours_writes_are_no_frames(ring: int) -> None:
    """A decoder that was taken over must not make its reader reckon with numbers that are none."""
    writer, reader = RingWriter(ring), RingReader(ring)
    write(writer, FRAME, due=100, shade=1)
    assert reader.newest_due(100) is not None
    for pts, due in ((2**63 - 1, 200), (-(2**63), 200), (2 * FRAME, -5)):
        write(writer, pts, due=due, shade=2)
        frame = reader.newest_due(2**62)
        assert frame is not None
        assert frame.due == 100


def test_each_end_hears_the_other(ring: int) -> None:
    """What is on screen, that nothing more is wanted, that the decoder lives, and when the film ends."""
    writer, reader, watch = RingWriter(ring), RingReader(ring), RingWatch(ring)
    assert (watch.position, writer.position, watch.last_pts, reader.ends_at) == (None, None, None, None)
    assert not writer.is_over

    reader.tell(5, 7)
    writer.beat()
    write(writer, 3 * FRAME)
    writer.finish(4 * FRAME)
    reader.end()

    assert watch.position == writer.position == Position(5, 7)
    assert (watch.beat, watch.last_pts, reader.ends_at) == (1, 3 * FRAME, 4 * FRAME)
    assert writer.is_over


def test_a_reader_that_died_while_it_wrote_stops_nobody(ring: int) -> None:
    """A pair of words that stays half-written is no position, and nobody waits for it."""
    words = Words(mapped(ring, offset=0, length=PAGE, is_writable=True))
    words[0] = 1

    assert RingWatch(ring).position is None


@pytest.mark.parametrize("size", [Size(31, 16), Size(0, 16), Size(3842, 2160), Size(3840, 2162), Size(-2, 2)])
def test_only_sizes_that_are_asked_for_have_rings(size: Size) -> None:
    """Odd sides and those beyond 3840 x 2160 have none."""
    with pytest.raises(WorkerError, match="no ring of"):
        make_ring(size)


@pytest.mark.parametrize(("size", "slots"), [(Size(1920, 1080), 12), (Size(2560, 1440), 7), (MAX_RING_SIZE, MIN_SLOTS)])
def test_a_ring_has_as_many_frames_as_memory_allows(size: Size, slots: int) -> None:
    """Twelve at 1920 x 1080, fewer of larger ones, never fewer than four nor more memory than is stated."""
    descriptor = make_ring(size)
    writer = RingWriter(descriptor)
    count = 0
    while writer.has_room():
        writer.begin()
        writer.publish(count)
        count += 1

    assert count == slots
    assert os.fstat(descriptor).st_size <= MAX_RING_BYTES
    os.close(descriptor)


def test_memory_that_could_shrink_is_refused(ring: int) -> None:
    """A reader of shared memory dies when it is cut short: so it must be sealed, and what is none of ours is refused."""
    assert fcntl.fcntl(ring, fcntl.F_GET_SEALS) & fcntl.F_SEAL_SHRINK
    with pytest.raises(PermissionError):
        os.ftruncate(ring, 0)
    loose = os.memfd_create("loose", os.MFD_ALLOW_SEALING)
    os.ftruncate(loose, 10 * PAGE)
    for descriptor, reason in (
        (loose, "could shrink"),
        (shared_memory("short", PAGE), "not a ring"),
        (shared_memory("empty", 10 * PAGE), "no ring of 0 frames"),
        (os.open("/dev/null", os.O_RDONLY), "not shared memory"),
    ):
        with pytest.raises(WorkerError, match=reason):
            RingReader(descriptor)
        os.close(descriptor)
