"""The one thread of the screen that writes."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest

from player.clock import SystemClock
from player.command.replies import done
from player.library import cues, database
from player.library.canvas import canvas_of, tiles_of
from player.library.cues import StoredCue
from player.library.leftovers import PREVIEW
from player.library.library import Library, open_library
from player.library.photo import Pick
from player.render.protocol import Image
from player.screen import backlog
from player.screen import writer as writing
from player.screen.attended import Attended, Missed
from player.screen.attended import read as read_attended
from player.screen.ledger import Ledger
from player.screen.preview import reduced
from player.screen.writer import Writer
from player.units import SECOND, Size
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.showing import FRAME, Showing


@pytest.fixture
def library(tmp_path: Path) -> Generator[Library]:
    """Another process's hold on the same folder."""
    opened = open_library(tmp_path / "data", writer="ingest")
    yield opened
    opened.close()


@pytest.fixture
def writer(library: Library) -> Generator[Writer]:
    """A writer whose work is done when the test says so."""
    made = Writer(library.folder, ledger=Ledger(), clock=FakeClock())
    yield made
    made._close()


def canvas(value: int, width: int = 1920, height: int = 1080) -> Image:
    """Return a canvas of one grey."""
    return np.full((height, width, 4), value, np.uint8)


def cue(ordinal: int, *, start: int | None = None, show: str = "wall") -> StoredCue:
    """Return a cue that says nothing but its number."""
    at = ordinal * 10 if start is None else start
    return StoredCue(show=show, ordinal=ordinal, step=0, start=at, length=10, fade=1, seed=0, slide={})


def test_work_is_done_in_its_order(writer: Writer, library: Library) -> None:
    """Cues, the canvas, the journal and answers are in the library when the writer has been round."""
    number = library.orders.post("screen", "reload", {}, by="operator", at=1)
    writer.wall(Size(1920, 1080), 70)
    writer.store(cue(1))
    writer.store(cue(2))
    writer.left("wall/photo", "withdrawn: author", at=3)
    writer.answer(number, done("reloaded"), at=4)
    writer.step()
    assert (canvas_of(library), tiles_of(library)) == (Size(1920, 1080), 70)
    assert [c.ordinal for c in cues.before(library.connection, 100, 9)] == [1, 2]
    assert library.orders.result(number) == "read again"
    kinds = [kind for (kind,) in library.orders.connection.execute("SELECT kind FROM journal")]
    assert "off screen" in kinds


def test_a_cue_decided_anew_replaces_what_it_makes_wrong(writer: Writer, library: Library) -> None:
    """After the clock went back, cues that would begin later than the new one are gone, and so is its old version."""
    for ordinal in (1, 2, 3):
        writer.store(cue(ordinal))
    writer.store(cue(4, start=15))
    writer.step()
    assert [(c.ordinal, c.start) for c in cues.before(library.connection, 100, 9)] == [(1, 10), (4, 15)]


def test_a_photo_counts_as_shown_once_it_is_written(writer: Writer) -> None:
    """A showing stays in the ledger until the library has it; one that was none leaves it at once."""
    ledger = writer.ledger
    number = ledger.add((Pick(1, "wall", 1, is_debut=False),))
    writer.shown((Pick(1, "wall", 1, is_debut=False),), entry=number, show="wall", at=5)
    assert ledger.picks()
    writer.step()
    assert not ledger.picks()
    number = ledger.add((Pick(1, "wall", 1, is_debut=False),))
    writer.shown((), entry=number, show="wall", at=5)
    assert not ledger.picks()


def test_what_the_disk_refuses_waits(writer: Writer, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody else holds the library nothing is lost, and everything is written afterwards, in order."""
    monkeypatch.setattr(database, "BUSY_S", 0.0)
    with closing(sqlite3.connect(library.folder / "library.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer.store(cue(1))
        writer.step()
        writer.store(cue(2))
        writer.step()
        other.execute("ROLLBACK")
    writer.step()
    assert [c.ordinal for c in cues.before(library.connection, 100, 9)] == [1, 2]


def test_of_what_waits_too_long_turns_are_kept(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest cues may go when a disk refuses for a day; a photo's turn may not."""
    monkeypatch.setattr(backlog, "MAX_BACKLOG", 5)
    monkeypatch.setattr(writer, "_opened", _refusing)
    for n in range(10):
        writer.store(cue(n))
        writer.shown((Pick(n, "wall", 1, is_debut=False),), entry=writer.ledger.add(()), show="wall", at=n)
    writer.step()
    assert [work.is_vital for work in writer.waiting].count(True) == 10
    assert [work.is_vital for work in writer.waiting].count(False) == 5
    assert not writer.waiting[-2].is_vital


def _refusing() -> Library:
    raise database.LibraryError("library.sqlite: the disk is full: free some space")


def test_a_line_for_lost_orders_blocks_nothing(library: Library) -> None:
    """Where the orders are lost, nobody can be answered; everything else is still written."""
    library.orders.connection.close()
    (library.folder / "orders.sqlite").unlink()
    writer = Writer(library.folder, ledger=Ledger(), clock=FakeClock())
    writer.answer(1, done("reloaded"), at=1)
    writer.left("wall/x", "withdrawn", at=1)
    writer.store(cue(1))
    writer.step()
    assert [c.ordinal for c in cues.before(library.connection, 100, 9)] == [1]
    writer._close()


def test_a_preview_is_small_whole_and_of_what_is_presented(writer: Writer, library: Library) -> None:
    """960 pixels wide, the canvas's shape, in one step: no other file is left, and a reader never finds half of one."""
    writer.preview(canvas(200), 1.0, 0)
    writer.step()
    seen = cv2.imread(str(library.folder / PREVIEW))
    assert seen is not None
    assert seen.shape == (540, 960, 3)
    assert abs(float(seen.mean()) - 200) < 2
    assert not list(library.folder.glob("*.part"))


def test_a_canvas_smaller_than_the_preview_stays_as_it_is() -> None:
    """Nothing is enlarged; and what is kept is a copy, for the canvas is drawn on again at the next frame."""
    small = canvas(7, 640, 360)
    kept = reduced(small)
    small[:] = 0
    assert kept.shape == (360, 640, 3)
    assert int(kept.min()) == 7


def test_a_preview_is_wanted_at_most_once_a_second(writer: Writer) -> None:
    """After one there is none for a second, however often the picture changes."""
    assert writer.wants_preview(0)
    writer.preview(canvas(1), 1.0, 0)
    assert not writer.wants_preview(SECOND - 1)
    assert writer.wants_preview(SECOND)


def test_a_preview_is_as_old_as_what_it_shows(library: Library) -> None:
    """However long the disk kept it waiting: who asks when it was taken asks whether somebody was withdrawn since."""
    clock = FakeClock()
    writer = Writer(library.folder, ledger=Ledger(), clock=clock)
    writer.preview(canvas(1), 1.0, 0)
    clock.advance(30 * SECOND)
    writer.step()
    assert (library.folder / PREVIEW).stat().st_mtime_ns == OPENING
    writer._close()


def test_of_two_previews_the_last_is_written(writer: Writer, library: Library) -> None:
    """A slow disk is behind by one picture and never by two."""
    writer.preview(canvas(10), 1.0, 0)
    writer.preview(canvas(200), 1.0, 0)
    writer.step()
    seen = cv2.imread(str(library.folder / PREVIEW))
    assert seen is not None
    assert float(seen.mean()) > 150


def test_a_preview_that_cannot_be_written_stops_nothing(writer: Writer, library: Library) -> None:
    """With something in its place, the preview fails and the cue is written."""
    (library.folder / PREVIEW).mkdir()
    writer.preview(canvas(1), 1.0, 0)
    writer.store(cue(1))
    writer.step()
    assert cues.before(library.connection, 100, 9)


def test_the_thread_writes_and_ends(library: Library) -> None:
    """Started, it writes what it is given; stopped, it has written everything and is gone."""
    writer = Writer(library.folder, ledger=Ledger(), clock=SystemClock())
    writer.start()
    writer.store(cue(1))
    writer.preview(canvas(9), 1.0, 0)
    writer.stop()
    assert not writer._thread.is_alive()
    assert cues.before(library.connection, 100, 9)
    assert (library.folder / PREVIEW).exists()


def test_previews_come_on_change_alone_and_at_once_after_a_withdrawal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that stands is written once; a withdrawal rewrites the file at the next frame, within the second too."""
    written: list[int] = []
    with Showing(tmp_path) as show:
        show.writer.is_quiet = False
        monkeypatch.setattr(writing, "write_previews", lambda *_: written.append(show.clock.monotonic()))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType] - whatever is written
        show.publish("a", "b", "c")
        show.play(60 * SECOND, stride=FRAME * 6)
        assert len(written) > 20
        assert min(later - sooner for sooner, later in itertools.pairwise(written)) >= SECOND
        show.loads = False
        show.play(60 * SECOND)
        count = len(written)
        show.play(30 * SECOND)
        assert len(written) == count
        show.loads = True
        show.play_until(lambda: show.is_fading and bool(show.top), stride=FRAME)
        show.play_until(lambda: not show.writer.wants_preview(show.clock.monotonic()), stride=FRAME)
        show.writer.step()
        count, name = len(written), next(iter(show.up))
        show.withdraw(name)
        show.frame(FRAME)
        show.writer.step()
        assert len(written) == count + 1


def test_a_writer_that_ends_waits_for_nobody(library: Library) -> None:
    """At the end of the process one more try is made, of a fraction of a second; whoever holds the file holds nobody up."""
    writer = Writer(library.folder, ledger=Ledger(), clock=FakeClock())
    with closing(sqlite3.connect(library.folder / "orders.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer.rung("live", at=1)
        writer.store(cue(1))
        writer._ended = True
        writer.step()
        assert len(writer.waiting) == 1
    assert [c.ordinal for c in cues.before(library.connection, 100, 9)] == [1]
    writer._close()


def test_what_was_missed_is_found_again_unless_it_is_written(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the schedule remembers is kept though the orders are held, but not that it is settled what was missed."""
    monkeypatch.setattr(database, "BUSY_S", 0.0)
    writer = Writer(library.folder, ledger=Ledger(), clock=FakeClock())
    writer.attended(Attended(until=5))
    writer.step()
    with closing(sqlite3.connect(library.folder / "orders.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer.missed([Missed(slot="c", show="x", start=6, why="w")], at=9)
        writer.attended(Attended(until=9, begun=(("d", 7),)))
        writer.step()
        assert read_attended(library.folder) == Attended(until=5, begun=(("d", 7),))
    writer.step()
    assert read_attended(library.folder) == Attended(until=9, begun=(("d", 7),))
    writer._close()


def test_a_session_counts_what_was_shown_before(writer: Writer) -> None:
    """Photos whose showing no disk has taken keep their turn; what was only chosen has it still to come."""
    shown, chosen = (Pick(1, "wall", 1, is_debut=False),), (Pick(2, "wall", 1, is_debut=False),)
    entry = writer.ledger.add(shown)
    writer.ledger.add(chosen)
    writer.shown(shown, entry=entry, show="wall", at=5)
    writer.begin_session()
    assert writer.ledger.picks() == shown
    writer.step()
    assert not writer.ledger.picks()
