"""Which shows were on the wall, as the journal has it."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from player.errors import LibraryError
from player.library import journal
from player.library.library import open_library
from player.library.orders import Orders
from player.screen.curtain import KINDS, Curtain, Up
from player.units import SECOND
from tests.fakes.clock import OPENING
from tests.fakes.showing import Showing
from tests.fakes.timed import BEGINS, HOUR, MINUTE, slot, starts_anew, timed

EVENING = Up("facade", "evening", OPENING, "alone (priority 10)")
WALL = Up("wall", why="no slot is on: the fallback")


@pytest.fixture
def orders(tmp_path: Path) -> Generator[Orders]:
    """The orders, as the screen has them."""
    library = open_library(tmp_path / "data", writer="screen")
    yield library.orders
    library.close()


def lines(orders: Orders) -> list[tuple[str, str]]:
    """Return what the journal has of shows."""
    return [(line.kind, str(line.what["show"])) for line in journal.lines(orders.connection) if line.kind in KINDS]


def test_what_begins_and_what_ends_is_written_once(orders: Orders) -> None:
    """With its slot, and why; the end says why as well: what came instead."""
    curtain = Curtain()
    for up in (WALL, WALL, EVENING, EVENING, WALL):
        curtain.write(orders, up, at=OPENING)

    assert lines(orders) == [
        ("show begun", "wall"),
        ("show ended", "wall"),
        ("show begun", "facade"),
        ("show ended", "facade"),
        ("show begun", "wall"),
    ]
    end = list(journal.lines(orders.connection))[3]
    assert end.what == {"show": "facade", "slot": "evening", "start": OPENING, "why": WALL.why}


def test_a_show_that_had_begun_without_us_was_joined(orders: Orders) -> None:
    """That is another kind of line."""
    Curtain().write(orders, Up("facade", "evening", OPENING, is_late=True), at=OPENING + MINUTE)

    assert lines(orders) == [("joined late", "facade")]


def test_the_same_show_in_another_slot_is_another_one(orders: Orders) -> None:
    """Tonight is not tomorrow night."""
    curtain = Curtain()
    curtain.write(orders, EVENING, at=OPENING)
    curtain.write(orders, Up("facade", "evening", OPENING + 24 * HOUR), at=OPENING + 24 * HOUR)

    assert lines(orders) == [("show begun", "facade"), ("show ended", "facade"), ("show begun", "facade")]


def test_a_restart_in_the_middle_of_a_show_is_no_news(orders: Orders) -> None:
    """The journal is asked what was on; what another process wrote of shows is not ours."""
    Curtain().write(orders, EVENING, at=OPENING)
    Curtain().write(orders, EVENING, at=OPENING + MINUTE)
    Curtain().write(orders, WALL, at=OPENING + HOUR)

    assert lines(orders) == [("show begun", "facade"), ("show ended", "facade"), ("show begun", "wall")]


def test_a_line_that_somebody_changed_hides_nothing(orders: Orders) -> None:
    """What is on is written anew."""
    Curtain().write(orders, WALL, at=OPENING)
    orders.connection.execute("UPDATE journal SET what='{' WHERE seq=1")
    Curtain().write(orders, WALL, at=OPENING + MINUTE)
    orders.connection.execute("UPDATE journal SET what='{\"show\":7}' WHERE seq=2")
    Curtain().write(orders, EVENING, at=OPENING + 2 * MINUTE)

    assert orders.connection.execute("SELECT kind FROM journal ORDER BY seq").fetchall() == [("show begun",)] * 3


def test_an_end_that_was_written_is_not_written_again(orders: Orders, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk refuses between the end of one and the beginning of the other: the rest is written when it is tried again."""
    curtain = Curtain()
    curtain.write(orders, WALL, at=OPENING)
    note = Orders.note

    def refusing(self: Orders, kind: str, what: dict[str, object], *, at: int) -> None:
        if kind == "show begun":
            raise LibraryError("the disk is full")
        note(self, kind, what, at=at)

    with monkeypatch.context() as patch:
        patch.setattr(Orders, "note", refusing)
        with pytest.raises(LibraryError):
            curtain.write(orders, EVENING, at=OPENING)
    curtain.write(orders, EVENING, at=OPENING)

    assert lines(orders) == [("show begun", "wall"), ("show ended", "wall"), ("show begun", "facade")]


def of_the_wall(show: Showing) -> list[tuple[str, str]]:
    """Return what the journal of a wall has of shows."""
    show.writer.step()
    return lines(show.ingest.orders)


def test_a_wall_that_goes_by_a_schedule_says_what_is_on(tmp_path: Path) -> None:
    """What is on whenever no slot is, then the slot's show, and that again."""
    with timed(tmp_path, slot("words", BEGINS, MINUTE)) as show:
        show.play(3 * MINUTE)

        assert of_the_wall(show) == [
            ("show begun", "wall"),
            ("show ended", "wall"),
            ("show begun", "words"),
            ("show ended", "words"),
            ("show begun", "wall"),
        ]


def test_a_wall_that_comes_late_says_so(tmp_path: Path) -> None:
    """After a power cut in the evening: the slot had begun; a restart of the player in the middle of it says nothing."""
    with timed(tmp_path, slot("words", BEGINS, HOUR)) as show:
        show.play(10 * SECOND)
        starts_anew(show, BEGINS + 5 * MINUTE)
        show.kernel = type(show.kernel).SYNCED
        show.play(MINUTE)
        assert of_the_wall(show)[-2:] == [("show ended", "wall"), ("joined late", "words")]
        count = len(of_the_wall(show))

        show.restart()
        show.play(MINUTE)

        assert len(of_the_wall(show)) == count
