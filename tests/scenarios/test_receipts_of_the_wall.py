"""For every withdrawal a receipt, wherever the photo happened to be: off the wall first, and out of memory, files and rows."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import cv2
import pytest

from player.errors import LibraryError
from player.feed.item import Withdrawal
from player.ingest import withdrawal
from player.ingest.withdrawal import complete
from player.library import journal, photos, receipts
from player.library.leftovers import PREVIEW
from player.library.receipts import Receipt
from player.library.tombstones import WILDCARD
from player.show.playlist import Kind, MosaicStep, PhotoStep, WordsStep
from player.show.scene import Composition
from player.units import SECOND
from tests.fakes.showing import FRAME, PHOTOS_ALONE, Showing, show_of
from tests.fakes.wall import grey_of

PAIRS: Final = (PhotoStep(pairs=True),)
MOSAICS: Final = (MosaicStep(columns=3, rows=2),)
PORTRAITS: Final = tuple(f"p{number}" for number in range(1, 10))


def current(show: Showing) -> str:
    """It stands in full."""
    show.play_until(lambda: len(show.up) == 1 and not show.is_fading)
    return next(iter(show.up))


def fading_in(show: Showing) -> str:
    """It is half there, over another one."""
    show.play_until(lambda: show.is_fading and len(show.leaving) == 1 and len(show.top) == 1)
    return next(iter(show.top))


def fading_out(show: Showing) -> str:
    """It is half gone."""
    show.play_until(lambda: show.is_fading and len(show.leaving) == 1)
    return next(iter(show.leaving))


def half_of_a_pair(show: Showing) -> str:
    """It stands beside another."""
    show.play_until(lambda: len(show.top) == 2 and not show.is_fading)
    return min(show.top)


def tile(show: Showing) -> str:
    """It is one of many."""
    show.play_until(lambda: len(show.top) == 6 and not show.is_fading)
    return min(show.top)


def ready_next(show: Showing) -> str:
    """It is prepared, and not up."""
    show.play_until(lambda: bool(show.ready) and not show.is_fading and not show.ready <= show.up)
    return min(show.ready)


def nowhere(show: Showing) -> str:
    """It is neither up nor prepared."""
    show.play_until(lambda: bool(show.ready) and not show.is_fading)
    return min(set(PORTRAITS) - show.ready - show.up)


WHEREVER: Final[list[tuple[Callable[[Showing], str], Sequence[Kind], bool]]] = [
    (current, PHOTOS_ALONE, True),
    (fading_in, PHOTOS_ALONE, True),
    (fading_out, PHOTOS_ALONE, True),
    (half_of_a_pair, PAIRS, True),
    (tile, MOSAICS, True),
    (ready_next, PHOTOS_ALONE, False),
    (ready_next, MOSAICS, False),
    (nowhere, PHOTOS_ALONE, False),
]


def playing(folder: Path, kinds: Sequence[Kind] = PHOTOS_ALONE) -> Showing:
    """Return a show of nine that has been on for a while."""
    show = Showing(folder, kinds=kinds)
    show.publish(*PORTRAITS)
    show.play(20 * SECOND)
    return show


def receipt_of(show: Showing, name: str) -> Receipt | None:
    """Return how far the withdrawal of *name* has come."""
    found = receipts.newest(show.ingest.orders.connection)
    return found.get(("wall", name)) or found.get((WILDCARD, name))


def lines_of(show: Showing) -> list[Receipt | None]:
    """The receipts in the journal."""
    return [receipts.from_line(line.what) for line in journal.lines(show.ingest.orders.connection, kind=receipts.KIND)]


@pytest.mark.parametrize(("where", "kinds", "was_up"), WHEREVER)
def test_the_receipt_says_when_it_was_off_and_gone(
    tmp_path: Path, where: Callable[[Showing], str], kinds: Sequence[Kind], *, was_up: bool
) -> None:
    """Known, one frame later off screen (or not on screen, when it was not), and every byte gone: one line in the journal."""
    with playing(tmp_path, kinds) as show:
        name = where(show)
        known = show.clock.wall()
        show.withdraw(name)
        show.frame(FRAME)
        off = show.clock.wall()
        show.frame(FRAME)
        receipt = receipt_of(show, name)
        assert receipt == Receipt("wall", name, known, off, was_up, known)
        assert lines_of(show) == [receipt]
        assert journal.verify(show.ingest.orders.connection).fault is None
        show.play(10 * SECOND)
        assert lines_of(show) == [receipt]


def test_what_the_screen_shows_longer_is_not_called_gone(tmp_path: Path) -> None:
    """While drawing fails, even of the plate, there is no answer; it comes with the first frame without the photo."""
    with playing(tmp_path) as show:
        name = current(show)
        known = show.clock.wall()
        show.renderer.is_failing = True
        withdrawal.withdraw(show.ingest, "wall", [Withdrawal(name, "author", known)], known, clock=show.clock)
        show.clock.advance(FRAME)
        for _ in range(5):
            show.loop.frame(show.clock.monotonic())
            show.writer.step()
            show.clock.advance(FRAME)
        waiting = receipt_of(show, name)
        assert waiting
        assert waiting.off_at is None
        show.renderer.is_failing = False
        show.frame(FRAME)
        show.frame(FRAME)
        answered = receipt_of(show, name)
        assert answered
        assert answered.was_up
        assert answered.off_at == show.clock.wall() - FRAME


def test_a_slide_in_the_making_is_waited_for(tmp_path: Path) -> None:
    """A photo that the loader is preparing at that moment is answered for when nothing of it is in memory any more."""
    with playing(tmp_path) as show:
        caught: list[str] = []

        def withdraw_it(composition: Composition) -> None:
            names = [show.known[digest].item for digest in composition.photos]
            if names and not caught:
                caught.extend(names)
                show.withdraw(names[0])
                show.loop.frame(show.clock.monotonic())
                show.writer.step()
                receipt = receipt_of(show, names[0])
                assert receipt
                assert receipt.off_at is None
                assert names[0] in show.held

        show.renderer.on_prepare = withdraw_it
        show.play_until(lambda: bool(caught), stride=FRAME)
        show.frame(FRAME)
        receipt = receipt_of(show, caught[0])
        assert receipt
        assert receipt.off_at
        assert not receipt.was_up
        assert caught[0] not in show.held


def test_withdrawn_in_every_source_by_hand(tmp_path: Path) -> None:
    """Another process writes the tombstone for all sources: the same receipt, from this wall."""
    with playing(tmp_path) as show:
        name = current(show)
        now = show.clock.wall()
        withdrawal.withdraw(show.ingest, WILDCARD, [Withdrawal(name, "by the operator", now)], now, clock=show.clock)
        show.frame(FRAME)
        assert name not in show.up | show.held
        show.frame(FRAME)
        receipt = receipt_of(show, name)
        assert receipt
        assert receipt.was_up
        assert receipt.source == WILDCARD


@pytest.mark.parametrize("in_order", [True, False])
def test_a_restart_in_between_is_no_hole(tmp_path: Path, *, in_order: bool) -> None:
    """Withdrawn while it is up, and the screen ends before its next frame: the next screen answers, and never shows it."""
    with playing(tmp_path) as show:
        name = current(show)
        show.withdraw(name)
        show.restart(in_order=in_order)
        show.seen.clear()
        show.frame(FRAME)
        show.frame(FRAME)
        receipt = receipt_of(show, name)
        assert receipt
        assert receipt.off_at
        assert not receipt.was_up
        show.play(60 * SECOND)
        assert name not in show.seen


def test_evicted_a_moment_ago(tmp_path: Path) -> None:
    """Made room for others just before, a photo leaves nothing, and its bytes are bound all the same."""
    with playing(tmp_path) as show:
        name = nowhere(show)
        key = photos.keys_of(show.ingest.connection, "wall", [name])[name]
        original = show.ingest.connection.execute("SELECT original FROM photos WHERE key=?", (key,)).fetchone()[0]
        show.ingest.files.delete_all(photos.evict(show.ingest.connection, [key], show.clock.wall() + SECOND))
        show.withdraw(name)
        show.frame(FRAME)
        show.frame(FRAME)
        assert show.ingest.orders.withdrawn_bytes([original])
        assert len(lines_of(show)) == 1


def test_what_cannot_be_deleted_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The receipt is not written before the last file is gone; whoever tidies up next ends it."""
    with playing(tmp_path) as show:
        name = current(show)
        with monkeypatch.context() as patch:
            patch.setattr(show.ingest.files.__class__, "delete", _refusing)
            show.withdraw(name)
            show.frame(FRAME)
            show.frame(FRAME)
            assert name not in show.up
            assert lines_of(show) == []
        assert complete(show.ingest, show.clock) == 1
        assert len(lines_of(show)) == 1


def _refusing(*_: object) -> None:
    raise LibraryError("no answer")


def test_the_preview_is_made_anew_at_once(tmp_path: Path) -> None:
    """What the preview shows is the wall without the photo, though the last preview is younger than a second."""
    with playing(tmp_path) as show:
        show.writer.is_quiet = False
        name = current(show)
        show.play(2 * SECOND, stride=FRAME)
        show.play_until(lambda: not show.writer.wants_preview(show.clock.monotonic()) and name in show.up, stride=FRAME)
        show.withdraw(name)
        show.frame(FRAME)
        show.writer.step()
        seen = cv2.imread(str(show.folder / PREVIEW))
        assert seen is not None
        assert abs(int(seen.mean()) - grey_of(show.window.scene)) <= 1


def test_a_photo_that_left_before_is_wiped_where_frames_are_made(tmp_path: Path) -> None:
    """Words stand, and nothing would be drawn for a while: the withdrawal of who was up before has the frame drawn anew."""
    with Showing(tmp_path, show=show_of((WordsStep(), PhotoStep()), hold=30, motion=False)) as show:
        show.publish("a", "b", "c")
        show.play_until(lambda: bool(show.up), stride=FRAME * 6)
        name = next(iter(show.up))
        show.play_until(lambda: not show.up and not show.is_fading, stride=FRAME * 6)
        show.play(SECOND, stride=FRAME * 6)
        drawn = show.renderer.draws
        show.play(SECOND, stride=FRAME * 6)
        assert show.renderer.draws == drawn
        show.withdraw(name)
        show.frame(FRAME)
        assert show.renderer.draws == drawn + 1
