"""Edits on their way to the disk: nothing is kept twice, nothing that others kept is undone unseen, and nobody else waits."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from player.calibration.record import Kept
from player.calibration.shelf import KEPT, Edit, Shelf
from player.errors import LibraryError
from player.output.shape import Point, plain
from player.screen.shelving import TRY_EVERY, Shelving
from player.units import SECOND, Size
from tests.fakes.clock import FakeClock

SIZE: Final = Size(64, 36)


def kept(by: float) -> Kept:
    """A shape that differs by a number."""
    shape = plain(SIZE)
    return Kept(replace(shape, corners=(Point(by, 0), *shape.corners[1:])), SIZE)


def edit(by: float, *, of: str = "a", beside: float | None = None, gesture: int | None = None) -> Edit:
    """An edit of one output, with output b *beside* it."""
    others = {} if beside is None else {"b": kept(beside)}
    return Edit(at=1, by="hand", what=f"{of} moved", outputs={of: kept(by)}, others=others, gesture=gesture)


class Desk:
    """A data folder, and a hand that edits."""

    def __init__(self, folder: Path) -> None:
        self.shelf, self.clock = Shelf(folder), FakeClock()
        self.shelving = Shelving(folder, self.clock, lambda: None)
        self.shelving.is_watched = True

    def write(self, *edits: Edit) -> None:
        """Have *edits* kept, with time passing."""
        for each in edits:
            self.shelving.put(each)
        self.clock.advance(2 * SECOND)
        self.shelving.step()

    @property
    def places(self) -> dict[str, float]:
        """Where each output's corner is by what counts now."""
        found = self.shelf.newest().calibration
        return {name: each.shape.corners[0].x for name, each in found.outputs.items()} if found else {}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty one."""
    return Desk(tmp_path)


def test_old_ones_that_cannot_be_removed_do_not_keep_an_edit_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is on the disk; that the folder cannot be gone through is no reason to say otherwise."""

    def refuse(_: Shelf) -> None:
        raise LibraryError("the folder cannot be read")

    monkeypatch.setattr(Shelf, "_trim", refuse)
    desk.write(edit(1))
    desk.write()
    assert desk.shelf.newest_number() == 1
    assert not desk.shelving.problem


def test_a_restore_between_two_edits_keeps_what_they_did_not_change(desk: Desk) -> None:
    """And whoever edits is told, though the restore took place in a second in which nobody looked."""
    desk.write(edit(1, beside=1))
    desk.write(edit(2, of="b"))
    desk.write(edit(2, beside=2, gesture=7))
    assert desk.shelving.news() is None
    desk.shelf.restore("1", at=2, by="console")
    desk.shelving.put(edit(3, beside=2, gesture=7))
    desk.shelving.step(is_last=True)
    assert desk.places == {"a": 3, "b": 1}
    news = desk.shelving.news()
    assert news is not None
    assert {name: each.shape.corners[0].x for name, each in news.items()} == {"a": 3, "b": 1}


def test_news_that_a_held_key_overtakes_are_told_when_it_rests(desk: Desk) -> None:
    """They are not forgotten because another edit was on its way."""
    desk.write(edit(1, beside=1))
    desk.shelf.keep(edit(9, of="b"))
    desk.write(edit(2, beside=1, gesture=7))
    desk.shelving.put(edit(3, beside=1, gesture=7))
    assert desk.shelving.news() is None
    desk.write()
    news = desk.shelving.news()
    assert news is not None
    assert (news["a"], news["b"]) == (kept(3), kept(9))
    desk.write()
    assert desk.shelving.news() is None


def test_edits_of_one_gesture_that_wait_lose_no_output(desk: Desk) -> None:
    """A held Z goes over several of them."""
    desk.write(edit(1, beside=1))
    desk.write(edit(4, gesture=7), edit(5, of="b", gesture=7))
    assert desk.places == {"a": 4, "b": 5}


def test_what_the_disk_refuses_for_long_loses_no_output(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """More edits wait than the shelf would keep: the oldest become one, and what only they changed is kept."""

    def refuse(*_: object) -> None:
        raise LibraryError("the disk is full")

    desk.write(edit(1, beside=1))
    with monkeypatch.context() as patched:
        patched.setattr(Shelf, "keep", refuse)
        desk.write(edit(7, of="b"), *(edit(n / 10) for n in range(KEPT + 20)))
        assert desk.shelving.problem
    desk.write()
    assert desk.places == {"a": (KEPT + 19) / 10, "b": 7}
    assert desk.shelving.is_settled


def test_a_folder_that_is_held_is_tried_again_after_a_pause(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a try takes: the same thread writes withdrawals, and has to come to them."""
    tries: list[int] = []

    def hang(*_: object) -> None:
        tries.append(desk.clock.monotonic())
        desk.clock.advance(5 * SECOND)
        raise LibraryError("another program holds the folder")

    monkeypatch.setattr(Shelf, "keep", hang)
    desk.write(edit(1))
    desk.shelving.step()
    assert len(tries) == 1
    desk.clock.advance(TRY_EVERY)
    desk.shelving.step()
    assert len(tries) == 2
