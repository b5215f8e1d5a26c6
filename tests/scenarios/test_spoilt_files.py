"""Pictures come late, are gone, damaged or no pictures, or cannot be drawn: the show goes on without them."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from player.library.photos import PreparedRow, keep_prepared, known, to_prepare
from player.units import SECOND, Nanos
from tests.fakes.on_air import NAMES, playing
from tests.fakes.showing import FRAME, Showing

MINUTE: Final[Nanos] = 60 * SECOND


def test_a_slow_loader_keeps_the_present_slide(tmp_path: Path) -> None:
    """When the next slide is not ready in time, the present one stays, as it is, and then the show goes on."""
    with playing(tmp_path) as show:
        show.loads = False
        show.play(MINUTE)
        before, frames = show.window.scene, show.window.frames
        show.play(2 * MINUTE)
        assert show.window.scene == before
        assert show.window.frames == frames
        show.loads = True
        slides = len(show.slides)
        show.play(20 * SECOND)
        assert len(show.slides) > slides


def test_a_late_slide_has_its_whole_time(tmp_path: Path) -> None:
    """A slide that came late is up for as long as any other."""
    with playing(tmp_path) as show:
        show.loads = False
        show.play(MINUTE)
        show.loads = True
        slides = len(show.slides)
        show.play_until(lambda: len(show.slides) > slides, stride=FRAME)
        began = show.clock.monotonic()
        show.play_until(lambda: len(show.slides) > slides + 1, stride=FRAME)
        assert abs(show.clock.monotonic() - began - 7500 * SECOND // 1000) <= 2 * FRAME


def overwrite(path: Path) -> None:
    """Leave something else under the same name."""
    path.write_bytes(b"what a bad disk gave back")


@pytest.mark.parametrize("spoil", [Path.unlink, overwrite])
def test_a_photo_whose_file_is_spoilt_is_left_out_and_made_again(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    """Its file gone or damaged, a photo is left out and nothing else; once ingest has made it again, it takes turns again."""
    with playing(tmp_path) as show:
        photo = next(photo for photo in show.known.values() if photo.item == "b")
        show.play_until(lambda: "b" not in show.up | show.ready)
        show.is_online = False
        spoil(show.ingest.files.path(photo.picture))
        show.seen.clear()
        show.play(2 * MINUTE)
        assert set(show.seen) == set(NAMES) - {"b"}
        assert show.ingest.connection.execute("SELECT picture FROM photos WHERE item='b'").fetchone() == (None,)
        show.is_online = True
        show.play_until(lambda: "b" in show.up, within=3 * MINUTE)
        show.seen.clear()
        show.play(3 * MINUTE)
        assert max(show.seen.values()) - min(show.seen.values()) <= 2
        assert show.spread() <= 1


def test_a_file_that_only_cannot_be_read_now_is_kept(tmp_path: Path) -> None:
    """What may be a moment's fault costs a photo its place for a minute, and not its file."""
    with playing(tmp_path) as show:
        photo = next(photo for photo in show.known.values() if photo.item == "b")
        path = show.ingest.files.path(photo.picture)
        show.play_until(lambda: "b" not in show.up | show.ready)
        aside = path.with_suffix(".aside")
        path.rename(aside)
        path.mkdir()  # reading a folder fails as a sick disk does
        show.play(2 * MINUTE)
        path.rmdir()
        aside.rename(path)
        show.play_until(lambda: "b" in show.up, within=3 * MINUTE)
        show.seen.clear()
        show.play(3 * MINUTE)
        assert max(show.seen.values()) - min(show.seen.values()) <= 2
        assert show.spread() <= 1


def test_a_picture_that_cannot_be_decoded_is_left_out(tmp_path: Path) -> None:
    """A file that is what its name says and yet no picture stops nothing."""
    with playing(tmp_path) as show:
        show.publisher.add("bad", b"bad")
        show.is_online = True
        publish_undecodable(show)
        show.seen.clear()
        show.play(2 * MINUTE)
        assert set(show.seen) == set(NAMES)


def publish_undecodable(show: Showing) -> None:
    """Let ingest have made a file of the photo "bad" that no decoder takes."""
    show._take_in("wall", show.publisher)
    (job,) = to_prepare(show.ingest.connection, now=show.clock.wall(), limit=9, pixels=0)
    photo = next(iter(show.known.values()))
    digest = show.ingest.files.write(b"no picture at all")
    row = PreparedRow(
        original="0" * 64,
        picture=digest,
        tile=digest,
        size=photo.size,
        tile_size=photo.tile_size,
        stored_bytes=1,
        phash="",
        prepared_for=2**62,
    )
    assert keep_prepared(show.ingest.connection, job, row)
    assert known(show.ingest.connection, "wall", ["bad"])


def test_a_picture_that_no_renderer_takes_is_left_out(tmp_path: Path) -> None:
    """A slide that cannot be prepared for drawing is left out, and the thread that prepares slides lives."""
    with playing(tmp_path) as show:
        photo = next(photo for photo in show.known.values() if photo.item == "p2")
        show.play_until(lambda: "p2" not in show.up | show.ready)
        show.renderer.refuses.add(photo.picture)
        show.seen.clear()
        show.play(3 * MINUTE)
        assert set(show.seen) >= set(NAMES) - {"p2"} - {"p1", "p3", "p4"}
        assert "p2" not in show.seen


def test_a_disk_that_lost_every_picture_leaves_words(tmp_path: Path) -> None:
    """When no file can be read, words are shown; nobody searches a whole library for one that can."""
    with playing(tmp_path) as show:
        show.publish(*(f"more {n}" for n in range(60)))
        shutil.rmtree(show.folder / "pictures")
        show.is_online = False
        show.play(30 * SECOND)
        slides = len(show.slides)
        show.play(MINUTE)
        assert len(show.slides) - slides >= 5
        show.is_online = True
        show.play_until(lambda: bool(show.up), within=3 * MINUTE)


def test_a_fault_of_drawing_keeps_the_last_picture(tmp_path: Path) -> None:
    """While nothing can be drawn, what is up stays; it is tried at every frame, nobody counts as shown, and it goes on."""
    with playing(tmp_path) as show:
        show.play_until(lambda: not show.is_fading)
        before, counts = show.window.scene, show.shown()
        show.renderer.is_failing = True
        show.play(12 * SECOND)
        assert show.window.scene == before
        assert show.loop._until == 0
        assert sum(show.shown().values()) <= sum(counts.values()) + 2
        show.renderer.is_failing = False
        show.frame(FRAME)
        assert show.window.scene != before
        show.play(2 * MINUTE)
        assert show.spread() <= 1
