"""Clocks, disks and files fail while the show is on: it goes on, shows nothing it may not, and is never black."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from player.errors import LibraryError
from player.library import database
from player.library.library import Library, accept_loss
from player.units import SECOND, Nanos
from tests.fakes.on_air import NAMES, playing
from tests.fakes.publisher import Publisher
from tests.fakes.showing import FRAME, HOUR, Showing

MINUTE: Final[Nanos] = 60 * SECOND


# Clocks


@pytest.mark.parametrize("by", [HOUR, -HOUR, 2 * MINUTE, -2 * MINUTE, 300 * SECOND // 1000])
def test_a_clock_step_never_disturbs_the_picture(tmp_path: Path, by: Nanos) -> None:
    """When the clock is set, the slide that is up stands as long as it would have stood, unless its right to be shown is over."""
    with playing(tmp_path) as show:
        show.play_until(lambda: not show.is_fading and bool(show.ready))
        left = show.loop.reel.plan.cues[-1].end - show.clock.wall()
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
