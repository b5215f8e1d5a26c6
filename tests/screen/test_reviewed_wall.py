"""A whole show of a reviewed source: the oracle of the wall looks after every frame."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from player.library import pending, receipts, reviewing
from player.library.reviewing import Outcome, Reviewer
from player.library.reviews import Name
from player.library.tombstones import Record
from player.units import SECOND
from tests.fakes.showing import FRAME, Showing

RITA: Final = Reviewer("rita", "Rita", "reviewer", 1, frozenset({"rita"}))
ADA: Final = Reviewer("ada", "Ada", "admin", 2, frozenset({"ada"}))


@pytest.fixture
def show(tmp_path: Path) -> Generator[Showing]:
    """A show whose only source is reviewed; three photos wait."""
    with Showing(tmp_path) as show:
        show.review()
        show.publish("a", "b", "c")
        yield show


def approve(show: Showing, name: str, *people: Reviewer) -> None:
    """Let people approve a photo."""
    (row,) = pending.named(show.ingest.connection, [Name("wall", name)])
    for by in people:
        at = show.clock.wall()
        assert reviewing.approve(show.ingest.orders, row.name, row.subject, needed=2, by=by, at=at) is Outcome.DONE


def on_the_wall(show: Showing, name: str) -> None:
    """Let a photo be approved and come up."""
    approve(show, name, RITA, ADA)
    show.settle()
    show.play_until(lambda: name in show.top and not show.is_fading)


def test_nothing_that_waits_is_ever_seen(show: Showing) -> None:
    """Not with one approval either: words alone are up, for as long as it takes."""
    approve(show, "a", RITA)
    show.play(120 * SECOND)

    assert not show.seen


def test_what_two_approve_comes_up_and_nothing_else(show: Showing) -> None:
    """And is the only one."""
    on_the_wall(show, "a")
    show.play(60 * SECOND)

    assert set(show.seen) == {"a"}


def test_rejected_while_it_is_up_it_is_gone_with_the_next_frame(show: Showing) -> None:
    """As with a withdrawal: ingest need not have heard of it, and the screen writes its receipt."""
    on_the_wall(show, "a")
    (row,) = pending.named(show.ingest.connection, [Name("wall", "a")])
    record = Record(source="wall", item="a", reason="hatred", digests=frozenset({row.sha256}), is_here=True)

    assert (
        reviewing.reject(show.ingest.orders, row.name, row.subject, record=record, by=ADA, at=show.clock.wall()) is Outcome.DONE
    )
    show.frame(FRAME)

    assert "a" not in show.up
    show.frame(FRAME)
    (receipt,) = receipts.latest(show.ingest.orders.connection, 1)
    assert receipt.was_up


def test_an_approval_taken_back_takes_it_off_with_the_next_frame(show: Showing) -> None:
    """The one that made it two."""
    on_the_wall(show, "a")

    assert reviewing.undo(show.ingest.orders, ADA, show.clock.wall())
    show.frame(FRAME)

    assert "a" not in show.up


def test_with_the_orders_lost_nobody_guesses(show: Showing) -> None:
    """Who approved what stands there, too."""
    on_the_wall(show, "a")
    path = show.folder / "orders.sqlite"
    for each in path.parent.glob("orders.sqlite*"):
        each.unlink()
    show.blind()
    show.play(3 * SECOND)

    assert not show.up
