"""The folder of calibrations: whatever happens to files, disks and clocks, the newest sound one counts."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from player.calibration import shelf as calibration_shelf
from player.calibration.record import Calibration, Kept, to_bytes
from player.calibration.shelf import FOLDER, KEPT, Edit, Shelf
from player.errors import LibraryError, OperatorError
from player.output.shape import Point, Shape, plain
from player.units import SECOND
from tests.calibration.wall import SIZE
from tests.library.denied import read_only


def moved(by: float) -> Shape:
    """A shape that differs by a number."""
    return replace(plain(SIZE), corners=(Point(by, 0), *plain(SIZE).corners[1:]))


def edit(by: float, *, at: int = SECOND, gesture: int | None = None, output: str = "left") -> Edit:
    """An edit that can be told from others."""
    return Edit(at=at, by="dana", what=f"moved by {by:g}", outputs={output: Kept(moved(by), SIZE)}, gesture=gesture)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty one."""
    return Shelf(tmp_path)


def file(shelf: Shelf, number: int, ending: str = "json") -> Path:
    """Where a calibration lies."""
    return shelf.folder / f"{number:09}.{ending}"


def what(shelf: Shelf) -> list[str]:
    """The history in words, newest first."""
    return [entry.calibration.what if entry.calibration else entry.problem for entry in shelf.history()]


def test_an_empty_shelf_says_nothing(shelf: Shelf) -> None:
    """Before the first edit there is no folder, and nothing to warn of."""
    assert shelf.newest().calibration is None
    assert shelf.newest().warning == ""
    assert shelf.history() == ()
    assert shelf.newest_number() == 0


def test_what_is_kept_counts_after_a_restart(shelf: Shelf, tmp_path: Path) -> None:
    """Another process finds the newest, with its thumbnail."""
    shelf.keep(edit(1), b"png 1")
    made = shelf.keep(edit(2), b"png 2")

    again = Shelf(tmp_path)
    assert again.newest().calibration == made
    assert again.newest_number() == 2
    thumbnails = [entry.thumbnail for entry in again.history()]
    assert [path.read_bytes() for path in thumbnails if path] == [b"png 2", b"png 1"]
    assert not list(shelf.folder.glob("*.part"))


def test_outputs_that_were_not_edited_stay(shelf: Shelf) -> None:
    """An output whose display is away keeps its shape when another one is edited."""
    shelf.keep(edit(1, output="away"))
    made = shelf.keep(edit(2))

    assert set(made.outputs) == {"away", "left"}


def test_truncated_anywhere_the_previous_one_counts(shelf: Shelf) -> None:
    """However many bytes of the newest a power cut left, the one before it is used and one line says so."""
    before = shelf.keep(edit(1))
    shelf.keep(edit(2))
    whole = file(shelf, 2).read_bytes()

    for length in range(len(whole)):
        file(shelf, 2).write_bytes(whole[:length])
        found = shelf.newest()
        assert found.calibration == before, length
        assert found.warning.startswith("calibration 2 is "), length
        assert found.warning.endswith("; number 1 is used"), length


def test_a_newer_version_is_left_alone(shelf: Shelf) -> None:
    """After a downgrade the last one that can be read is used, and the next edit comes after the newer file."""
    before = shelf.keep(edit(1))
    shelf.keep(edit(2))
    newer = file(shelf, 2).read_bytes().replace(b'"weremember_calibration":1', b'"weremember_calibration":2')
    file(shelf, 2).write_bytes(newer)

    assert shelf.newest().calibration == before
    assert shelf.newest().warning == "calibration 2 is made by a newer version of the player; number 1 is used"
    assert shelf.keep(edit(3)).number == 3
    assert file(shelf, 2).read_bytes() == newer


def test_when_all_are_damaged_the_configuration_counts(shelf: Shelf) -> None:
    """With nothing sound left there is no calibration, and the line says what is used instead."""
    shelf.keep(edit(1))
    file(shelf, 1).write_bytes(b"")

    assert shelf.newest().calibration is None
    assert "the configuration's shapes are used" in shelf.newest().warning


def test_a_copy_under_another_name_does_not_count(shelf: Shelf) -> None:
    """A file that was copied by hand over a later number is not taken for that one."""
    shelf.keep(edit(1))
    file(shelf, 2).write_bytes(file(shelf, 1).read_bytes())

    assert shelf.newest().warning == "calibration 2 is number 1 under another name; number 1 is used"


@pytest.mark.parametrize("at", [0, -5, 2**70])
def test_clocks_do_not_order_history(shelf: Shelf, at: int) -> None:
    """A clock in 1970, before it or gone mad changes nothing: what was made last counts."""
    shelf.keep(edit(1, at=1_900_000_000 * SECOND))
    shelf.keep(edit(2, at=at))

    assert what(shelf) == ["moved by 2", "moved by 1"]
    assert shelf.newest().calibration == shelf.chosen("2")


def test_the_hundred_and_first_goes(shelf: Shelf) -> None:
    """The last hundred are kept with their thumbnails; older ones go, and what an interrupted writing left."""
    for number in range(KEPT + 1):
        shelf.keep(edit(number), b"png")
    (shelf.folder / "000000044.json.part").write_bytes(b"half")
    shelf.keep(edit(KEPT + 1), b"png")

    assert [entry.number for entry in shelf.history()] == list(range(KEPT + 2, 2, -1))
    assert len(list(shelf.folder.glob("*.png"))) == KEPT
    assert not list(shelf.folder.glob("*.part"))


def test_a_gesture_is_one_entry(shelf: Shelf) -> None:
    """A key held down for ten seconds is one line of the history, with where it ended."""
    shelf.keep(edit(0))
    for by in range(30):
        shelf.keep(edit(by, gesture=11), b"png")
    shelf.keep(edit(301, gesture=12))

    assert what(shelf) == ["moved by 301", "moved by 29", "moved by 0"]


def test_a_gesture_does_not_overwrite_what_came_between(shelf: Shelf, tmp_path: Path) -> None:
    """When somebody else has kept something meanwhile, the same gesture makes a new entry."""
    shelf.keep(edit(1, gesture=11))
    Shelf(tmp_path).keep(edit(2))
    shelf.keep(edit(3, gesture=11))

    assert what(shelf) == ["moved by 3", "moved by 2", "moved by 1"]


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    """The screen and the command line, writing at once, each get a number of their own."""
    shelves = [Shelf(tmp_path) for _ in range(4)]

    def keep(number: int) -> Calibration:
        return shelves[number % 4].keep(edit(number, output=f"o{number}"))

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(keep, range(16)))

    assert sorted(each.number for each in made) == list(range(1, 17))
    newest = Shelf(tmp_path).newest().calibration
    assert newest is not None
    assert len(newest.outputs) == 16


def test_a_folder_that_is_held_stops_nobody(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody stopped a `calibrate --restore` in the middle of it: after a moment the edit is refused, and kept later."""
    monkeypatch.setattr(calibration_shelf, "PAUSE_S", 0.0)
    shelf.keep(edit(1))
    with (shelf.folder / "lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LibraryError, match="another program"):
            Shelf(tmp_path).keep(edit(2))
        assert what(shelf) == ["moved by 1"]
    Shelf(tmp_path).keep(edit(2))
    assert what(shelf) == ["moved by 2", "moved by 1"]


def test_what_was_not_changed_stays_as_others_kept_it(shelf: Shelf, tmp_path: Path) -> None:
    """An output that was only seen beside the edited one is kept where nothing is kept of it yet, and else left alone."""
    beside = {"right": Kept(moved(7), SIZE)}
    assert shelf.keep(replace(edit(1), others=beside)).outputs["right"].shape == moved(7)
    Shelf(tmp_path).keep(edit(9, output="right"))
    assert shelf.keep(replace(edit(2), others=beside)).outputs["right"].shape == moved(9)


def test_restoring_loses_nothing(shelf: Shelf) -> None:
    """An earlier one becomes the newest as a new entry, thumbnail and all, and that can be taken back."""
    shelf.keep(edit(1), b"one")
    shelf.keep(edit(2))
    made = shelf.restore("1", at=SECOND, by="dana")

    assert made.outputs["left"].shape == moved(1)
    assert what(shelf) == ["number 1 again: moved by 1", "moved by 2", "moved by 1"]
    assert file(shelf, 3, "png").read_bytes() == b"one"
    assert shelf.restore("previous", at=SECOND, by="dana").outputs["left"].shape == moved(2)


@pytest.mark.parametrize(
    ("which", "why"),
    [
        ("9", "1 to 2 are there"),
        ("-1", "say which"),
        ("last", "say which"),
        ("²", "say which"),
        ("2", "truncated"),
        ("previous", "before"),
    ],
)
def test_what_cannot_be_restored_is_said(shelf: Shelf, which: str, why: str) -> None:
    """A number that is not there, a word, a damaged one: one line each, and nothing changes."""
    shelf.keep(edit(1))
    shelf.keep(edit(2))
    file(shelf, 2).write_bytes(b"{")

    with pytest.raises(OperatorError, match=why):
        shelf.restore(which, at=0, by="dana")
    assert shelf.newest_number() == 2


def test_a_full_disk_is_said_and_loses_nothing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk is full the edit is refused in one line, and the last one counts as before."""
    before = shelf.keep(edit(1))
    monkeypatch.setattr(os, "fsync", _failing(errno.ENOSPC))

    with pytest.raises(LibraryError, match="disk is full"):
        shelf.keep(edit(2))
    assert shelf.newest().calibration == before
    assert not list(shelf.folder.glob("*.part"))


def test_a_thumbnail_that_cannot_be_written_costs_no_edit(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The calibration comes first: a disk that fills up between the two costs the thumbnail alone."""
    real, calls = os.fsync, iter(range(100))
    refuse = _failing(errno.ENOSPC)

    def fill_up(descriptor: int) -> None:
        (real if next(calls) < 2 else refuse)(descriptor)

    monkeypatch.setattr(os, "fsync", fill_up)
    made = shelf.keep(edit(1), b"png")
    assert shelf.newest().calibration == made
    assert shelf.history()[0].thumbnail is None


def test_a_read_only_folder_still_maps_the_wall(shelf: Shelf) -> None:
    """Where nothing may be written the newest is found all the same, and an edit is refused in one line."""
    made = shelf.keep(edit(1))
    with read_only(shelf.folder.parent) as data:
        denied = Shelf(data)
        assert denied.newest().calibration == made
        with pytest.raises(LibraryError, match="could not be kept"):
            denied.keep(edit(2))


def test_other_files_are_no_calibrations(shelf: Shelf) -> None:
    """Notes, folders and strange names in the folder are neither read nor removed."""
    shelf.keep(edit(1))
    for name in ("notes.txt", "12.json", "000000002.json.bak"):
        (shelf.folder / name).write_text("mine")
    (shelf.folder / "000000009.json").mkdir()

    assert shelf.newest().calibration == shelf.chosen("1")
    shelf.keep(edit(2))
    assert (shelf.folder / "notes.txt").exists()
    assert shelf.newest_number() == 10


def test_the_file_is_one_that_people_can_read(shelf: Shelf) -> None:
    """It is JSON with its version first."""
    made = shelf.keep(edit(1))
    content = file(shelf, 1).read_bytes()

    assert content == to_bytes(made)
    assert next(iter(json.loads(content).items())) == ("weremember_calibration", 1)
    assert shelf.folder.name == FOLDER
    assert isinstance(made, Calibration)


def _failing(number: int) -> Callable[[int], None]:
    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    return fail
