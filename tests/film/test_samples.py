"""Sound in shared memory: each sample at its place in the film, silence where there is none."""

from __future__ import annotations

import os
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from player.errors import WorkerError
from player.film.ring import make_ring
from player.film.samples import CAPACITY, SamplesReader, SamplesWriter, make_samples, sample_at
from player.units import MILLISECOND, SECOND, Size

LONG: Final = 100


def wave(start: int, count: int) -> NDArray[np.float32]:
    """Return samples that say which they are."""
    each = (np.arange(start, start + count) % 999 + 1) / 1000
    return np.stack([each, -each], axis=1).astype(np.float32)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(-50, 200), st.integers(0, CAPACITY // 2), st.integers(0, CAPACITY // 2)), max_size=12))
def test_every_sample_is_heard_at_its_place(steps: list[tuple[int, int, int]]) -> None:
    """With gaps and overlaps, round the ring's end: what is heard is the wave at that place, or silence, never another place."""
    descriptor = make_samples()
    writer, reader = SamplesWriter(descriptor, 0), SamplesReader(descriptor)
    os.close(descriptor)
    place = 0
    for gap, count, taken in steps:
        start = max(0, writer.end + gap)
        before, room = writer.end, writer.room
        writer.write(start, wave(start, count))
        assert before <= writer.end <= before + room

        heard = reader.take(place, taken)

        right = wave(place, taken)
        assert ((heard == right) | (heard == 0)).all()
        place += taken


def test_what_was_written_without_gaps_is_heard_whole() -> None:
    """More than a ring full, in pieces, and nothing is lost while the reader keeps up."""
    descriptor = make_samples()
    writer, reader = SamplesWriter(descriptor, 500), SamplesReader(descriptor)
    os.close(descriptor)
    for place in range(500, 3 * CAPACITY, 30_000):
        writer.write(place, wave(place, 30_000))
        assert (reader.take(place, 30_000) == wave(place, 30_000)).all()


def test_a_reader_that_does_not_take_is_not_written_over() -> None:
    """What finds no room is left out; the writer is told how much there is."""
    descriptor = make_samples()
    writer, reader = SamplesWriter(descriptor, 0), SamplesReader(descriptor)
    os.close(descriptor)

    writer.write(0, wave(0, CAPACITY + LONG))

    assert (writer.end, writer.room, reader.written) == (CAPACITY, 0, CAPACITY)
    assert (reader.take(0, LONG) == wave(0, LONG)).all()
    assert writer.room == LONG
    assert (reader.take(CAPACITY - LONG, 2 * LONG)[:LONG] == wave(CAPACITY - LONG, LONG)).all()


def test_what_is_no_sound_is_never_heard() -> None:
    """Numbers that would hurt come out as silence, or as loud as can be."""
    descriptor = make_samples()
    writer, reader = SamplesWriter(descriptor, 0), SamplesReader(descriptor)
    os.close(descriptor)
    writer.write(0, np.array([[np.nan, np.inf], [-np.inf, 9.0]], np.float32))

    assert reader.take(0, 2).tolist() == [[0.0, 0.0], [0.0, 1.0]]


def test_another_writer_goes_on() -> None:
    """After a decoder's end the next one writes behind what is there."""
    descriptor = make_samples()
    SamplesWriter(descriptor, 0).write(0, wave(0, LONG))

    writer = SamplesWriter(descriptor, 10)

    assert writer.end == LONG
    os.close(descriptor)


def test_a_ring_of_frames_is_no_sound() -> None:
    """A descriptor of something else is refused."""
    descriptor = make_ring(Size(32, 16))
    with pytest.raises(WorkerError, match="not a ring of samples"):
        SamplesReader(descriptor)
    os.close(descriptor)


def test_instants_have_samples() -> None:
    """48 in a millisecond."""
    assert [sample_at(at) for at in (0, MILLISECOND, SECOND, SECOND - 1)] == [0, 48, 48_000, 47_999]
