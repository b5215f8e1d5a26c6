"""Cues as rows, and the size of the wall."""

from __future__ import annotations

from dataclasses import replace

from player.library import cues
from player.library.canvas import canvas_of, note_wall, tiles_of
from player.library.cues import StoredCue
from player.units import SECOND, Size
from tests.library.shelf import Shelf

CUE = StoredCue(show="wall", ordinal=0, step=0, start=0, length=9 * SECOND, fade=SECOND, seed=7, slide={"photos": [1, 2]})


def cue(ordinal: int, show: str = "wall") -> StoredCue:
    """The cue with this number, ten seconds after the one before it."""
    return replace(CUE, show=show, ordinal=ordinal, start=ordinal * 10 * SECOND, slide={"photos": [ordinal]})


def test_cues_come_back_as_they_were_stored(shelf: Shelf) -> None:
    """The last two that had begun, oldest first."""
    connection = shelf.library.connection
    for ordinal in range(4):
        cues.store(connection, cue(ordinal))
    assert cues.before(connection, 25 * SECOND) == [cue(1), cue(2)]
    assert cues.before(connection, 20 * SECOND, 1) == [cue(2)]
    assert cues.before(connection, -1) == []
    assert cues.last(connection, "wall") == cue(3)
    assert cues.last(connection, "other") is None


def test_a_cue_that_was_decided_anew_replaces_what_it_follows_no_more(shelf: Shelf) -> None:
    """Storing a cue drops all that begin when it does or later, and an earlier one with its number."""
    connection = shelf.library.connection
    for ordinal in range(4):
        cues.store(connection, cue(ordinal))
    anew = replace(cue(2), start=15 * SECOND)
    cues.store(connection, anew)
    assert cues.before(connection, 99 * SECOND, 9) == [cue(0), cue(1), anew]


def test_each_show_counts_for_itself(shelf: Shelf) -> None:
    """The same number in another show is another cue."""
    connection = shelf.library.connection
    cues.store(connection, cue(0))
    cues.store(connection, replace(cue(0, "facade"), start=10 * SECOND))
    assert cues.last(connection, "wall") == cue(0)
    assert cues.last(connection, "facade") is not None


def test_old_cues_and_plays_are_dropped(shelf: Shelf) -> None:
    """Each before its own date."""
    connection = shelf.library.connection
    for ordinal in range(3):
        cues.store(connection, cue(ordinal))
    connection.executemany("INSERT INTO plays VALUES(?, 1, 'wall')", [(1,), (2,), (3,)])
    cues.prune(connection, cues_before=10 * SECOND, plays_before=3)
    assert [each.ordinal for each in cues.before(connection, 99 * SECOND, 9)] == [1, 2]
    assert connection.execute("SELECT at FROM plays").fetchall() == [(3,)]


def test_the_canvas_is_written_down(shelf: Shelf) -> None:
    """None before the screen ever had one; the last one counts; nonsense is none."""
    assert (canvas_of(shelf.library), tiles_of(shelf.library)) == (None, None)
    note_wall(shelf.library, Size(1920, 1080), 76)
    note_wall(shelf.library, Size(3840, 2160), 83)
    assert (canvas_of(shelf.library), tiles_of(shelf.library)) == (Size(3840, 2160), 83)
    shelf.library.connection.execute("UPDATE meta SET value='wide' WHERE key='canvas'")
    assert canvas_of(shelf.library) is None
