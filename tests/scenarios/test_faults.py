"""Clocks, disks and files fail while the show is on: it goes on, shows nothing it may not, and is never black."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import itertools
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from player.errors import LibraryError
from player.library import database
from player.library.library import Library, accept_loss
from player.library.photos import PreparedRow, keep_prepared, known, to_prepare
from player.show.playlist import PhotoStep
from player.units import SECOND, Nanos
from tests.fakes.publisher import Publisher
from tests.fakes.showing import EVERYTHING, FRAME, HOUR, PHOTOS_ALONE, Showing, show_of

MINUTE: Final[Nanos] = 60 * SECOND
NAMES: Final = ("a", "b", "c", "p1", "p2", "p3", "p4")


def playing(folder: Path) -> Showing:
    """Return a show that has been on for a minute."""
    show = Showing(folder, kinds=(PhotoStep(), PhotoStep(pairs=True)))
    show.publish(*NAMES)
    show.play(MINUTE)
    return show


# Clocks


@pytest.mark.parametrize("by", [HOUR, -HOUR, 2 * MINUTE, -2 * MINUTE, 300 * SECOND // 1000])
def test_a_clock_step_never_disturbs_the_picture(tmp_path: Path, by: Nanos) -> None:
    """When the clock is set, the slide that is up stands as long as it would have stood, unless its right to be shown is over."""
    with playing(tmp_path) as show:
        show.play_until(lambda: not show.is_fading and bool(show.ready))
        left = show.loop.plan.cues[-1].end - show.clock.wall()
        before, slides = show.window.scene, len(show.slides)
        show.clock.step(by)
        show.poll()  # the feed confirms at the new time
        began = show.clock.monotonic()
        show.play_until(lambda: len(show.slides) > slides, stride=FRAME)
        assert before is not None
        assert abs(show.clock.monotonic() - began - left) <= 2 * FRAME
        show.play(2 * MINUTE)
        assert show.spread() <= 1


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_a_clock_step_without_a_confirmation_ends_the_lease(tmp_path: Path, by: Nanos) -> None:
    """By a clock that jumped an hour nobody has confirmed anything: words until the feed has."""
    with playing(tmp_path) as show:
        show.is_online = False
        show.clock.step(by)
        show.play(3 * SECOND)
        assert not show.up
        show.is_online = True
        show.play_until(lambda: bool(show.up), within=MINUTE)


def test_a_clock_set_to_and_fro_leaves_one_cue_for_every_instant(tmp_path: Path) -> None:
    """After the clock went back, cues that it makes wrong are replaced, and a restart goes on from the last one."""
    with playing(tmp_path) as show:
        for by in (2 * MINUTE, -2 * MINUTE, MINUTE, -4 * MINUTE):
            show.clock.step(by)
            show.poll()
            show.play(MINUTE)
        rows = show.ingest.connection.execute("SELECT start, ordinal FROM cues ORDER BY start").fetchall()
        assert [ordinal for _, ordinal in rows] == sorted(ordinal for _, ordinal in rows)
        ordinal = rows[-1][1]
        show.restart()
        assert show.loop.place.ordinal == ordinal + 1


# The library


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait in real time for a lock."""
    monkeypatch.setattr(database, "BUSY_S", 0.0)


@pytest.mark.usefixtures("impatient")
def test_a_library_that_somebody_locks_stops_nothing(tmp_path: Path) -> None:
    """While another process holds the library for minutes, slides go on, fair; then everything is written that was shown."""
    with playing(tmp_path) as show:
        shown = sum(show.shown().values())
        with closing(sqlite3.connect(show.folder / "library.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            show.is_online = False
            slides = len(show.slides)
            show.play(3 * MINUTE)
            assert len(show.slides) - slides >= 20
            assert len(frozenset[str]().union(*show.slides[slides:])) == len(NAMES)
            assert sum(show.shown().values()) == shown
            other.execute("ROLLBACK")
        show.is_online = True
        show.play(MINUTE)
        counts = show.shown().values()
        assert sum(counts) > shown + 20
        assert max(counts) - min(counts) <= 1
        assert show.spread() <= 1


def test_a_full_disk_stops_nothing_and_costs_no_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing can be written the show goes on by what it remembers; counts stay fair, also across the repair."""

    def refusing(folder: Path, *, writer: str) -> Library:
        raise LibraryError(f"library.sqlite: the disk is full: free some space ({folder}, {writer})")

    with playing(tmp_path) as show:
        with monkeypatch.context() as full:
            show.writer._close()
            full.setattr("player.screen.writer.open_library", refusing)
            show.seen.clear()
            show.play(10 * MINUTE, stride=SECOND)
            assert set(show.seen) == set(NAMES)
            assert max(show.seen.values()) - min(show.seen.values()) <= 2
        show.play(MINUTE)
        counts = show.shown().values()
        assert max(counts) - min(counts) <= 1
        assert show.spread() <= 1
        assert len(show.ledger.picks()) <= 4


def test_a_deleted_data_folder_is_noticed_and_filled_again(tmp_path: Path) -> None:
    """When somebody deletes everything, no photo is up two seconds later; when ingest has fetched again, the show goes on."""
    with playing(tmp_path) as show:
        shutil.rmtree(show.folder)
        show.blind()
        show.play(5 * SECOND)
        assert not show.up | show.held
        show.is_online = True
        show.reopen_ingest()
        show.play_until(lambda: bool(show.up), within=MINUTE)


def test_a_damaged_library_is_set_aside_and_filled_again(tmp_path: Path) -> None:
    """Garbage in place of the library: no photo two seconds later, the file aside with its date, the show on when refilled."""
    with playing(tmp_path) as show:
        show.is_online = False
        show.ingest.close()
        show.writer._close()
        for suffix in ("-wal", "-shm"):
            (show.folder / f"library.sqlite{suffix}").unlink(missing_ok=True)
        (show.folder / "library.sqlite").write_bytes(b"what a bad disk gave back" * 2000)
        show.blind()
        show.play(5 * SECOND)
        assert not show.up | show.held
        assert list(show.folder.glob("library.sqlite.damaged-*"))
        show.is_online = True
        show.reopen_ingest()
        show.play_until(lambda: bool(show.up), within=MINUTE)


def test_damage_deep_inside_the_library_is_set_aside_too(tmp_path: Path) -> None:
    """A library whose first page is sound and whose tables are not is not asked for ever: it is set aside."""
    with playing(tmp_path) as show:
        show.is_online = False
        show.ingest.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        for each in (show.ingest, show.watch):
            each.close()
        show.watch._library = None
        show.writer._close()
        show.loader._let_go()
        path = show.folder / "library.sqlite"
        content = bytearray(path.read_bytes())
        content[4096 * 2 :] = b"\xa5" * (len(content) - 4096 * 2)
        path.write_bytes(content)
        show.blind()
        show.play(10 * SECOND)
        assert not show.up | show.held
        assert list(show.folder.glob("library.sqlite.damaged-*"))
        show.is_online = True
        show.reopen_ingest()
        show.play_until(lambda: bool(show.up), within=MINUTE)


def test_without_its_orders_the_screen_shows_nothing_but_the_core_set(tmp_path: Path) -> None:
    """Orders damaged while the show is on: live photos are gone within two seconds; core photos and words remain."""
    with playing(tmp_path) as show:
        show.publishers["core"] = Publisher(base="https://core.example")
        show.declare()
        show.publish("core 1", "core 2", source="core")
        show.play(MINUTE)
        assert not any(name.startswith("core") for name in show.seen)
        damage_orders(show)
        show.is_online = False
        show.blind()
        show.play(4 * SECOND)
        assert not (show.up | show.held) & set(NAMES)
        show.seen.clear()
        show.play(2 * MINUTE)
        assert set(show.seen) == {"core 1", "core 2"}
        show.restart()
        show.seen.clear()
        show.play(MINUTE)
        assert set(show.seen) == {"core 1", "core 2"}


def test_turns_are_counted_though_the_orders_are_lost(tmp_path: Path) -> None:
    """A line that cannot be written in lost orders keeps nothing else from being written."""
    with playing(tmp_path) as show:
        show.publishers["core"] = Publisher(base="https://core.example")
        show.declare()
        show.publish("core 1", "core 2", source="core")
        damage_orders(show)
        show.is_online = False
        show.blind()
        show.play(2 * MINUTE)
        assert show.shown()["core 1"] >= 3
        assert len(show.ledger.picks()) <= 2


def test_when_a_person_accepts_the_loss_the_show_goes_on(tmp_path: Path) -> None:
    """New orders, by name: a few seconds later live photos are shown again, without a restart."""
    with playing(tmp_path) as show:
        damage_orders(show)
        show.is_online = False
        show.blind()
        show.play(MINUTE)
        assert not show.up
        accept_loss(show.folder, writer="doctor", by="somebody", now=show.clock.wall())
        show.is_online = True
        show.reopen_ingest()
        show.play_until(lambda: bool(show.up), within=MINUTE)


def damage_orders(show: Showing) -> None:
    """Overwrite the record of withdrawals, as a bad disk would."""
    for suffix in ("-wal", "-shm"):
        (show.folder / f"orders.sqlite{suffix}").unlink(missing_ok=True)
    (show.folder / "orders.sqlite").write_bytes(b"what a bad disk gave back" * 2000)


# The loader and its files


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


# Ends and beginnings


@pytest.mark.parametrize("in_order", [True, False])
def test_a_restart_goes_on_where_the_show_was(tmp_path: Path, *, in_order: bool) -> None:
    """Started again, in order or after a power cut, the next slide is the next one; counts go on, and nobody follows himself."""
    with Showing(tmp_path, kinds=EVERYTHING) as show:
        show.publish(*NAMES)
        for _ in range(12):
            show.play(23 * SECOND)
            place, up = show.loop.place, show.top
            show.restart(in_order=in_order)
            assert show.loop.place.ordinal in {place.ordinal, place.ordinal - (not in_order)}
            assert show.loop.place.step in {place.step, (place.step - 1) % len(EVERYTHING)}
            slides = len(show.slides)
            show.play(3 * SECOND)
            assert len(show.top) != 1 or show.top != up
            assert len(show.slides) > slides
            assert show.spread() <= 1


def test_crashing_again_and_again_shows_news_at_most_every_other_time(tmp_path: Path) -> None:
    """Even a screen that is restarted after every slide does not let newcomers crowd the others out."""
    with Showing(tmp_path) as show:
        show.publish(*NAMES)
        show.play(MINUTE)
        show.publish(*(f"new {n}" for n in range(20)))
        show.play(20 * SECOND)
        for _ in range(8):
            slides = len(show.slides)
            show.play_until(lambda begun=slides: len(show.slides) > begun + 1)
            show.play(3 * SECOND)
            show.restart()
        slides = [next(iter(slide)) for slide in show.slides if slide]
        firsts = [name.startswith("new") and name not in slides[:n] for n, name in enumerate(slides)]
        assert sum(firsts) >= 6
        assert not any(one and other for one, other in itertools.pairwise(firsts))


def test_reading_the_configuration_again_keeps_the_picture_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """After twenty reloads, some to another show, the picture was never disturbed and nothing more is prepared than before."""
    with Showing(tmp_path, kinds=EVERYTHING) as show:
        show.publish(*NAMES)
        show.play(MINUTE)
        first, second = show.show, show_of(PHOTOS_ALONE, name="photos")
        for number in range(20):
            before = show.window.scene
            show.reload(second if number % 2 else first)
            show.frame(0)
            assert show.window.scene == before
            show.play(7 * SECOND)
            assert sum(show.renderer.prepared.values()) <= 4
        assert show.spread() <= 1
