"""What is presented, as files for those who are elsewhere."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from player.fleet import voices, wire
from player.library.leftovers import PREVIEW, THUMBNAIL, THUMBNAIL_BYTES, drop_old_preview, drop_previews
from player.screen.preview import thumbnail, write_jpeg, write_previews
from player.units import SECOND
from tests.fakes.clock import OPENING


def noise(height: int, width: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """Return what no JPEG makes small."""
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)


def test_write_jpeg_replaces_in_one_step(tmp_path: Path) -> None:
    """The old picture is there until the new one is complete."""
    path = tmp_path / "preview.jpg"
    for value in (10, 200):
        write_jpeg(path, np.full((9, 16, 3), value, np.uint8), value)
        assert path.stat().st_mtime_ns == value
    assert [each.name for each in tmp_path.iterdir()] == ["preview.jpg"]


@pytest.mark.parametrize(("width", "height"), [(960, 540), (960, 120), (304, 540), (960, 540 * 4), (1, 900)])
def test_a_thumbnail_fits_in_a_message_whatever_is_on_the_wall(width: int, height: int) -> None:
    """Noise, on a wall of any shape; the shape is kept."""
    content = thumbnail(noise(height, width))

    assert 0 < len(content) <= THUMBNAIL_BYTES == voices.MAX_JPEG
    seen = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    assert abs(seen.shape[1] / seen.shape[0] - width / height) / (width / height) < 0.05 or min(seen.shape[:2]) == 1
    picture = voices.Picture(content, seen.shape[1], seen.shape[0], wire.MAX_INTEGER)
    assert len(voices.payload(picture, voices.Stamp("0123abcd", wire.MAX_INTEGER, wire.MAX_INTEGER))) <= wire.MAX_BYTES


def test_a_quiet_picture_is_as_large_as_it_may_be() -> None:
    """A plate is 240 pixels wide; a small wall is not enlarged."""
    plate = cv2.imdecode(np.frombuffer(thumbnail(np.full((540, 960, 3), 30, np.uint8)), np.uint8), cv2.IMREAD_COLOR)
    small = cv2.imdecode(np.frombuffer(thumbnail(np.full((90, 160, 3), 30, np.uint8)), np.uint8), cv2.IMREAD_COLOR)

    assert plate is not None
    assert plate.shape == (135, 240, 3)
    assert small is not None
    assert small.shape == (90, 160, 3)


def test_both_previews_come_and_go_together(tmp_path: Path) -> None:
    """They are as old as what they show, and what takes one away takes the other: both may show who was withdrawn since."""
    write_previews(tmp_path, noise(54, 96), OPENING)
    (tmp_path / "preview-small.4711.part").write_bytes(b"half")
    both = {tmp_path / PREVIEW, tmp_path / THUMBNAIL}
    assert {each.stat().st_mtime_ns for each in both} == {OPENING}

    drop_old_preview(tmp_path, OPENING - SECOND)
    assert all(each.exists() for each in both)

    drop_old_preview(tmp_path, OPENING)
    assert not any(each.exists() for each in both)
    write_previews(tmp_path, noise(54, 96), OPENING)
    drop_previews(tmp_path)
    assert not list(tmp_path.iterdir())
