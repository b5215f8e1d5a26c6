"""What was shown, in the journal: batches of hashes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from player.errors import LibraryError
from player.library import journal
from player.library.database import connect
from player.library.orders import ORDERS, Orders
from player.screen.plays import LONGEST, MOST, Plays
from player.units import SECOND
from tests.fakes.clock import OPENING
from tests.fakes.showing import Showing


def written(orders: Orders) -> list[object]:
    """The plays in the journal, a list for each line."""
    return [line.what["plays"] for line in journal.lines(orders.connection, kind="plays")]


def test_plays_are_written_together(tmp_path: Path) -> None:
    """Nothing before five minutes have passed or two hundred are there; then one line, with seconds since its beginning."""
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as connection:
        orders, plays = Orders(connection, writer="screen"), Plays()
        plays.add(["aa"], show="wall", at=OPENING)
        plays.add(["bb", "cc"], show="wall", at=OPENING + 9 * SECOND)
        plays.write(orders, now=OPENING + LONGEST - 1)
        assert written(orders) == []
        plays.write(orders, now=OPENING + LONGEST)
        assert written(orders) == [[[0, "aa"], [9, "bb"], [9, "cc"]]]
        plays.add((f"{n}" for n in range(MOST + 1)), show="wall", at=OPENING)
        plays.write(orders, now=OPENING)
        plays.write(orders, now=OPENING, is_last=True)
        assert sorted(str(each).count(",") // 2 + 1 for each in written(orders)) == [1, 3, MOST]


def test_a_line_is_of_one_show_and_of_one_clock(tmp_path: Path) -> None:
    """Another show, or a clock that went back, begins another line."""
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as connection:
        orders, plays = Orders(connection, writer="screen"), Plays()
        plays.add(["aa"], show="wall", at=OPENING)
        plays.add(["bb"], show="facade", at=OPENING + SECOND)
        plays.add(["cc"], show="facade", at=OPENING)
        plays.write(orders, now=OPENING, is_last=True)
        assert sorted(str(each) for each in written(orders)) == ["[[0, 'aa']]", "[[0, 'bb']]", "[[0, 'cc']]"]


def test_what_the_disk_refuses_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And written once, later; where the orders are lost it is let go."""
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as connection:
        orders, plays = Orders(connection, writer="screen"), Plays()
        plays.add(["aa"], show="wall", at=OPENING)
        with monkeypatch.context() as patch:
            patch.setattr(Orders, "note", _refusing)
            with pytest.raises(LibraryError):
                plays.write(orders, now=OPENING, is_last=True)
        for _ in range(2):
            plays.write(orders, now=OPENING, is_last=True)
        assert written(orders) == [[[0, "aa"]]]
        plays.add(["bb"], show="wall", at=OPENING)
        plays.write(None, now=OPENING, is_last=True)
        plays.write(orders, now=OPENING, is_last=True)
        assert written(orders) == [[[0, "aa"]]]


def _refusing(*_: object, **__: object) -> None:
    raise LibraryError("the disk is full")


def test_a_show_leaves_hashes_alone(tmp_path: Path) -> None:
    """What was shown stands in the journal and in the library by the beginning of its hash; nothing there names anybody."""
    with Showing(tmp_path) as show:
        show.publish("alpha", "beta", "gamma")
        show.play(LONGEST + 20 * SECOND)
        found = written(show.ingest.orders)
        assert found
        lines = [str(line.what) for line in journal.lines(show.ingest.orders.connection, kind="plays")]
        assert not [line for line in lines for name in ("alpha", "beta", "gamma") if name in line]
        hashes = {play for (play,) in show.ingest.connection.execute("SELECT photo FROM plays")}
        originals = {original[:16] for (original,) in show.ingest.connection.execute("SELECT original FROM photos")}
        assert hashes == originals
