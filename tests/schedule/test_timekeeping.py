"""What the kernel's answer about its clock means, and when a clock was set."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player import timekeeping
from player.timekeeping import ClockOffset, ClockState, Kept, ask_kernel, clock_state, offset_of, state_of, step
from player.units import MILLISECOND, SECOND, Nanos

PLL, UNSYNC, NANO = 0x0001, 0x0040, 0x2000


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        pytest.param(Kept(UNSYNC, 16_000_000, 16_000_000), ClockState.UNSYNCED, id="just started"),
        pytest.param(Kept(UNSYNC | PLL, 16_000_000, 16_000_000), ClockState.UNSYNCED, id="set by hand"),
        pytest.param(Kept(PLL | NANO, 0, 0), ClockState.SYNCED, id="timesyncd has just set it"),
        pytest.param(Kept(PLL | NANO, 1_024_500, 0), ClockState.SYNCED, id="timesyncd before it asks again, after 34 minutes"),
        pytest.param(Kept(PLL | NANO, 12_500, 340), ClockState.SYNCED, id="ntpd"),
        pytest.param(Kept(UNSYNC, 20_000, 150), ClockState.SYNCED, id="chrony that may not write the hardware's clock"),
        pytest.param(Kept(PLL | NANO, 9_000_000, 0), ClockState.HOLDOVER, id="no network for five hours"),
        pytest.param(Kept(PLL | UNSYNC, 16_000_000, 0), ClockState.HOLDOVER, id="no network since yesterday"),
        pytest.param(Kept(PLL, 5_000_000, 16_000_000), ClockState.HOLDOVER, id="kept by one who never estimates"),
        pytest.param(None, ClockState.HOLDOVER, id="the system cannot say"),
    ],
)
def test_the_kernels_answer_is_read_as_its_keepers_mean_it(kept: Kept | None, expected: ClockState) -> None:
    """A clock that nobody set is unsynced, one that was is held over, one that is being kept is synced."""
    assert state_of(kept) is expected


def test_this_machine_answers() -> None:
    """On Linux the kernel says what it knows, and its errors are what they can be: the structure is laid out right."""
    kept = ask_kernel()

    assert clock_state() in ClockState
    if kept is None:
        pytest.skip("needs adjtimex(2), which this system lacks or does not allow")
    assert 0 <= kept.max_error_us <= 16_000_000
    assert 0 <= kept.estimated_error_us <= 16_000_000
    assert 0 <= kept.status <= 0xFFFF


@pytest.mark.skipif(sys.platform != "linux" or ctypes.sizeof(ctypes.c_long) != 8, reason="needs 64-bit Linux's layout")
def test_the_kernels_structure_is_laid_out_as_its_header_says() -> None:
    """On 64-bit Linux maxerror, esterror and status stand at 24, 32 and 40, and the kernel writes 208 bytes at most."""
    layout = timekeeping.Timex

    assert [layout.maxerror.offset, layout.esterror.offset, layout.status.offset] == [24, 32, 40]
    assert ctypes.sizeof(layout) >= 208


def _refuses(_pointer: object) -> int:
    return -1


class _Refusing:
    """A C library whose adjtimex is not allowed."""

    adjtimex = staticmethod(_refuses)


@pytest.mark.parametrize("library", [_Refusing(), object()])
def test_a_system_that_cannot_say_loses_no_show(monkeypatch: pytest.MonkeyPatch, library: object) -> None:
    """Where the call is missing or not allowed, the clock counts as held over."""

    def opened(_name: str | None) -> object:
        return library

    monkeypatch.setattr(timekeeping.ctypes, "CDLL", opened)

    assert ask_kernel() is None
    assert clock_state() is ClockState.HOLDOVER


def test_a_system_without_a_c_library_loses_no_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is nothing to ask, nothing is raised."""

    def opened(_name: str | None) -> Any:
        raise TypeError("bad argument type for built-in operation")

    monkeypatch.setattr(timekeeping.ctypes, "CDLL", opened)

    assert ask_kernel() is None


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (0, 0),
        (249 * MILLISECOND, 0),
        (-249 * MILLISECOND, 0),
        (250 * MILLISECOND, 250 * MILLISECOND),
        (-250 * MILLISECOND, -250 * MILLISECOND),
        (3600 * SECOND, 3600 * SECOND),
        (-120 * SECOND, -120 * SECOND),
    ],
)
def test_a_clock_that_was_set_is_told_from_one_that_is_slewed(moved: Nanos, expected: Nanos) -> None:
    """A quarter of a second or more between two looks is a step, forwards or back; less is a keeper at work."""
    before = (1_800_000_000 * SECOND, 5 * SECOND)
    now = (before[0] + SECOND + moved, before[1] + SECOND)

    assert step(before, now) == expected


@given(st.integers(0, 2**62), st.integers(0, 2**62), st.integers(0, 2**50), st.integers(-(2**50), 2**50))
def test_a_step_is_the_same_however_much_time_went_by(wall: Nanos, monotonic: Nanos, passed: Nanos, moved: Nanos) -> None:
    """Only the difference of the two clocks counts, to the nanosecond."""
    found = step((wall, monotonic), (wall + passed + moved, monotonic + passed))

    assert found == (moved if abs(moved) >= 250 * MILLISECOND else 0)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        pytest.param(Kept(PLL | NANO, 512_000, 0, -1_800), ClockOffset(-1_800, 0), id="timesyncd"),
        pytest.param(Kept(UNSYNC, 20_000, 150), ClockOffset(0, 150), id="chrony"),
        pytest.param(Kept(PLL | NANO, 12_500, 340, 60), ClockOffset(60, 340), id="ntpd"),
        pytest.param(Kept(PLL, 1_000, 16_000_000), None, id="kept by one who never estimates"),
        pytest.param(Kept(PLL | NANO, 9_000_000, 0, 3), None, id="no network for five hours"),
        pytest.param(Kept(UNSYNC, 16_000_000, 16_000_000), None, id="just started"),
        pytest.param(None, None, id="the system cannot say"),
    ],
)
def test_how_far_a_clock_is_off_is_what_its_keeper_says(kept: Kept | None, expected: ClockOffset | None) -> None:
    """By what it has still to put right and its own estimate; nobody knows once nobody has been heard of for hours."""
    assert offset_of(kept) == expected


def test_a_clock_is_right_to_what_it_is_off_and_how_sure_that_is() -> None:
    """Whichever way it is off."""
    assert ClockOffset(-1_800, 200).within_us == ClockOffset(1_800, 200).within_us == 2_000


class _Answering:
    """A C library whose kernel has an offset of 2,500,000 to put right, in the unit that its *status* says."""

    def __init__(self, status: int) -> None:
        self._status = status

    def adjtimex(self, pointer: Any) -> int:
        """Write an answer into the structure."""
        answer = pointer._obj
        answer.offset, answer.maxerror, answer.esterror, answer.status = -2_500_900, 7, 5, self._status
        return 0


@pytest.mark.parametrize(("status", "off_us"), [(PLL | NANO, -2_500), (PLL, -2_500_900)])
def test_an_offset_is_in_the_unit_that_the_kernel_keeps_time_in(
    monkeypatch: pytest.MonkeyPatch, status: int, off_us: int
) -> None:
    """Nanoseconds where its status says so, which is everywhere by now; else microseconds."""

    def opened(_name: str | None) -> object:
        return _Answering(status)

    monkeypatch.setattr(timekeeping.ctypes, "CDLL", opened)

    assert ask_kernel() == Kept(status, 7, 5, off_us)
