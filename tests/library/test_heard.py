"""How old the screen's word is, whatever becomes of the time of day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from player.library.heard import FRESH, STATUS, age, dated, heard, is_of_now
from player.units import SECOND
from tests.fakes.clock import OPENING, FakeClock

DAY = 86_400 * SECOND


def test_a_word_grows_old_by_monotonic_time() -> None:
    """A clock that is set, forwards or backwards, makes it neither older nor younger."""
    clock = FakeClock(monotonic=DAY)
    said = dated({"at": clock.wall()}, clock.monotonic())
    clock.step(-365 * DAY)
    assert is_of_now(said, clock)
    clock.advance(FRESH - 1)
    assert (age(said, clock), is_of_now(said, clock)) == (FRESH - 1, True)
    clock.advance(1)
    clock.step(730 * DAY)
    assert (age(said, clock), is_of_now(said, clock)) == (FRESH, False)


def test_the_word_of_another_start_of_the_machine_is_never_of_now() -> None:
    """A machine without a battery wakes at about the time at which the power went: its clock says that it was a moment ago."""
    clock = FakeClock(monotonic=DAY)
    said = dated({"at": clock.wall()}, clock.monotonic()) | {"boot": "another"}
    assert (age(said, clock), is_of_now(said, clock)) == (None, False)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, None),
        ({"at": "soon"}, None),
        ({"at": OPENING - 3 * SECOND}, 3 * SECOND),
        ({"at": OPENING + SECOND}, 0),
        ({"at": OPENING + FRESH}, None),
        ({"at": OPENING, "boot": "", "monotonic": 0}, None),
        ({"at": OPENING, "boot": 7}, None),
        (dated({}, "now"), None),  # pyright: ignore[reportArgumentType] - whatever a file holds
    ],
)
def test_whatever_a_file_holds_has_an_age_or_none(said: dict[str, Any], expected: int | None) -> None:
    """What does not say of which start it is goes by the time of day."""
    assert age(said, FakeClock()) == expected


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"at": ' + b"9" * 300_000])
def test_a_file_that_is_half_written_says_nothing(tmp_path: Path, content: bytes) -> None:
    """Nor does one that is too long, or is none."""
    assert heard(tmp_path) == {}
    (tmp_path / STATUS).write_bytes(content)
    assert heard(tmp_path) == {}
