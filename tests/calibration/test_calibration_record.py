"""A calibration as bytes: what was kept comes back exactly, and what is not whole is refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any, cast

import pytest

from player.calibration.record import (
    MAX_BYTES,
    MAX_WORDS,
    Calibration,
    Kept,
    UnreadableError,
    from_bytes,
    in_force,
    to_bytes,
)
from player.output.mesh import resampled
from player.output.shape import Edges, Light, Mesh, Point, Shape, grid, plain
from player.units import Size
from tests.calibration.wall import LOCKED, SIZE, WINDOW

BENT = replace(Mesh(3, 3, grid(3, 3)), points=(*grid(3, 3)[:4], Point(0.5123456789012345, 0.49), *grid(3, 3)[5:]))
FULL = Shape(
    corners=(Point(1.1, 2), Point(319.3, 0), Point(318, 179), Point(0, 180)),
    mesh=resampled(BENT, 5, 5),
    masks=(WINDOW, LOCKED, replace(WINDOW, id="out", kind="keep"), replace(WINDOW, id="words", kind="text")),
    edges=Edges(1.5, 40, 0, 0.1),
    light=Light(0.9, (1, 0.95, 0.9), (2.2, 2.1, 2.3), 0.0005, 2.5),
)
MADE = Calibration(
    7,
    1_800_000_000_000_000_000,
    "dana",
    "left: corner 1 moved",
    {"left": Kept(FULL, SIZE, (WINDOW, LOCKED)), "b": Kept(plain(SIZE), SIZE)},
)


def forged(change: dict[str, object], **parts: object) -> bytes:
    """A file with another body under a checksum that is right."""
    whole = cast("dict[str, Any]", json.loads(to_bytes(MADE)))
    whole["calibration"] |= change
    body = json.dumps(whole["calibration"], sort_keys=True, separators=(",", ":"))
    return json.dumps({**whole, "sha256": hashlib.sha256(body.encode()).hexdigest(), **parts}).encode()


def test_what_is_kept_comes_back_exactly() -> None:
    """Every value of every shape survives the file, to the last bit."""
    assert from_bytes(to_bytes(MADE)) == MADE


def test_who_and_what_are_one_line() -> None:
    """Line ends, half characters and novels in a name do not reach the history."""
    found = from_bytes(to_bytes(replace(MADE, by="a\nb\udc80", what="x " * 500)))

    assert found.by == "a b?"
    assert len(found.what) <= MAX_WORDS


def test_a_changed_digit_is_seen() -> None:
    """A digit that a disk changed makes the file damaged, however likely the number looks."""
    with pytest.raises(UnreadableError, match="checksum"):
        from_bytes(to_bytes(MADE).replace(b"319.3", b"319.4"))


def test_a_newer_version_is_named() -> None:
    """A file of a later player is not called damaged."""
    with pytest.raises(UnreadableError, match="newer version"):
        from_bytes(forged({}, weremember_calibration=2))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"null",
        b"[1]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"weremember_calibration":true}',
        b" " * (MAX_BYTES + 1),
        forged({}, sha256=None),
        forged({"number": 0}),
        forged({"number": "x"}),
        forged({"outputs": {"left": {"shape": {}, "size": [1, 1]}}}),
        forged({"outputs": {str(i): {} for i in range(17)}}),
    ],
    ids=range(13),
)
def test_what_is_no_calibration_is_refused(content: bytes) -> None:
    """Nothing that only looks like a calibration is believed, and nothing crashes."""
    with pytest.raises(UnreadableError):
        from_bytes(content)


@pytest.mark.parametrize(
    "shape",
    [
        replace(FULL, corners=(FULL.corners[1], FULL.corners[0], *FULL.corners[2:])),
        replace(FULL, corners=(Point(1e300, 0), *FULL.corners[1:])),
        replace(FULL, masks=(replace(WINDOW, points=WINDOW.points[:2]),)),
        replace(FULL, mesh=Mesh(3, 3, (*grid(3, 3)[1::-1], *grid(3, 3)[2:]))),
        replace(FULL, mesh=Mesh(3, 3, grid(3, 3)[:8])),
        replace(FULL, edges=Edges(-1)),
        replace(FULL, light=Light(gain=0.0)),
        replace(FULL, light=Light(gamma=(0.0, 2.2, 2.2))),
        replace(FULL, light=Light(black=1.0)),
    ],
    ids=range(9),
)
def test_a_shape_that_cannot_be_shown_is_refused(shape: Shape) -> None:
    """A sound checksum is no excuse for a folded picture, a mask of two points or a gamma of 0."""
    with pytest.raises(UnreadableError):
        from_bytes(to_bytes(replace(MADE, outputs={"left": Kept(shape, SIZE)})))


def test_numbers_without_end_are_refused() -> None:
    """What JSON reads as infinite is no place on a wall."""
    with pytest.raises(UnreadableError):
        from_bytes(to_bytes(MADE).replace(b"319.3", b"1e999"))


def test_another_size_stretches_the_shape() -> None:
    """A display that comes back with twice the pixels shows the same part of the wall."""
    found = in_force(Kept(FULL, SIZE), plain(Size(640, 360)), Size(640, 360))

    assert found.corners[1] == Point(638.6, 0)
    assert found.masks[0].points[0] == Point(120, 80)
    assert found.masks[0].feather_px == 4
    assert found.mesh == FULL.mesh


def test_without_a_calibration_the_configuration_counts() -> None:
    """What nobody has edited is as configured."""
    assert in_force(None, plain(SIZE), SIZE) == plain(SIZE)
