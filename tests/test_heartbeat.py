"""Tests of the heartbeat between a child and the supervisor."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.heartbeat import ALIVE, BEAT_EVERY, PIPE, PRESENTED, Heartbeat, Pulse


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Yield both ends of a pipe: to read, to write."""
    read, write = os.pipe()
    yield read, write
    os.close(read)
    os.close(write)


def test_a_beat_says_whether_pictures_are_presented(pipe: tuple[int, int]) -> None:
    """What the child says arrives."""
    read, write = pipe
    heart = Heartbeat(write)

    heart.beat(0, presented=False)
    heart.beat(BEAT_EVERY, presented=True)

    assert os.read(read, 1000) == ALIVE + PRESENTED


def test_beats_are_as_many_as_are_of_use(pipe: tuple[int, int]) -> None:
    """Asked to beat at every frame, it writes twice a second, and at once when there is news."""
    read, write = pipe
    heart = Heartbeat(write)

    for frame in range(60):
        heart.beat(frame * BEAT_EVERY // 30, presented=frame >= 10)

    assert os.read(read, 10_000) == ALIVE + PRESENTED * 2


def test_a_supervisor_that_does_not_listen_holds_nobody_up(pipe: tuple[int, int]) -> None:
    """A full pipe, or one that nobody reads any more, is passed over."""
    _, write = pipe
    heart = Heartbeat(write)

    for beat in range(10_000):
        heart.beat(beat * BEAT_EVERY, presented=True)


def test_without_a_supervisor_it_beats_for_nobody() -> None:
    """A process that was started by hand has no pipe, and needs none; a faulty number is none."""
    for environ in ({}, {PIPE: ""}, {PIPE: "99999999999999999999"}, {PIPE: "-1"}, {PIPE: "²"}):
        Heartbeat.from_environment(environ).beat(0, presented=True)


def test_a_file_that_is_no_pipe_is_left_alone() -> None:
    """A number that by now means another file is not written to."""
    read, write = os.openpty()
    try:
        Heartbeat.from_environment({PIPE: str(write)}).beat(0, presented=True)
        os.set_blocking(read, False)
        with pytest.raises(BlockingIOError):
            os.read(read, 1)
    finally:
        os.close(read)
        os.close(write)


def test_our_own_children_do_not_find_the_pipe(pipe: tuple[int, int]) -> None:
    """The pipe is taken out of the environment, and closed when another program is started."""
    _, write = pipe
    os.set_inheritable(write, True)  # noqa: FBT003 - takes no keyword

    Heartbeat(write)

    environ = {PIPE: "none"}
    Heartbeat.from_environment(environ)
    assert not environ
    assert not os.get_inheritable(write)


@given(st.lists(st.sampled_from([ALIVE, PRESENTED]), min_size=1), st.data())
def test_beats_are_heard_however_they_are_cut(beats: list[bytes], data: st.DataObject) -> None:
    """The last whole beat counts, wherever the pipe cut the bytes apart."""
    wire = b"".join(beats)
    cut = data.draw(st.integers(0, len(wire)))
    pulse = Pulse()

    heard = [pulse.hear(wire[:cut]), pulse.hear(wire[cut:])]

    assert [known for known in heard if known is not None][-1] == (beats[-1] == PRESENTED)


def test_a_beat_may_say_where_the_photos_come_from(pipe: tuple[int, int]) -> None:
    """The rung of the ladder goes along with what is presented; a change of it is told at once, and heard."""
    read, write = pipe
    heart, pulse = Heartbeat(write), Pulse()

    for rung in ("live", "live", "stale"):
        heart.beat(0, presented=True, rung=rung)
    told = os.read(read, 1000)

    assert told == b"alive presented live\nalive presented stale\n"
    assert pulse.hear(told) is True
    assert pulse.rung == "stale"
    assert pulse.hear(PRESENTED) is True
    assert not pulse.rung


@given(st.binary())
def test_noise_is_no_beat(noise: bytes) -> None:
    """Whatever else comes by the pipe is no sign of life, and is not kept."""
    pulse = Pulse()

    assert pulse.hear(noise.replace(b"alive", b"")) is None
    assert pulse.hear(b"x" * 100_000) is None
    assert pulse.hear(b"\n" + ALIVE) is False
