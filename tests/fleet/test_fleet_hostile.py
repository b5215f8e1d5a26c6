"""What nobody sends who means well: the player stays as it was, and what is withdrawn is withdrawn."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

from player.errors import LibraryError
from player.fleet import messages, topics
from player.fleet.messages import LAST_MS, Hint, Withdrawn
from player.fleet.wire import MAX_INTEGER, WireError
from player.library import dark, programmes
from player.library.library import open_library
from player.library.orders import Orders as Record
from player.units import MILLISECOND, SECOND
from tests.fakes.overheard import Centre
from tests.fleet.test_fleet_obeying import COMMIT, GROUP, HASH, Player
from tests.fleet.test_fleet_orders import Hall
from tests.library.shelf import Shelf

NOWHERE: Final = "\N{GRINNING FACE}" * messages.MAX_ID
"""An id of 3.6 kB as it is sent."""


@pytest.fixture
def player(tmp_path: Path) -> Generator[Player]:
    """One with two photos."""
    made = Shelf(tmp_path / "data", "wall")
    made.show("wall", ("a", b"a"), ("b", b"b"))
    made.prepare()
    yield Player(made)
    made.close()


@pytest.fixture
def hall(tmp_path: Path) -> Generator[Hall]:
    """A player that is ordered about."""
    library, screen = (open_library(tmp_path / "orders", writer=writer) for writer in ("fleet", "screen"))
    yield Hall(library, screen)
    library.close()
    screen.close()


@pytest.mark.parametrize("at", range(3))
def test_one_withdrawal_without_room_takes_no_other_along(at: int) -> None:
    """Wherever it stands among the newest: the rest is told."""
    items = ["a", "b", "c"]
    items[at] = NOWHERE
    told = Hint(60, None, tuple(Withdrawn(number=n, item=item, at=n) for n, item in enumerate(items))).body()

    assert [each.number for each in messages.withdrawals(told)] == [n for n in range(3) if n != at]


def test_a_withdrawal_of_any_date_is_obeyed(player: Player) -> None:
    """A centre whose clock is in another age: what it withdraws is withdrawn, and what stands beside it as well."""
    far: list[Any] = [{"w": 1, "id": "a", "at": MAX_INTEGER, "source": "*"}, {"w": 2, "id": "b", "at": 1, "source": "*"}]

    player.hear(topics.ALL_HINT, {"spread": 60, "withdrawn": far})

    assert player.withdrawn == {("*", "a"), ("*", "b")}


def test_a_programme_of_another_age_is_none(player: Player) -> None:
    """It is refused where it comes in: no row could hold its time."""
    released = {"version": "1", "hash": HASH, "activate_at": LAST_MS + 1}

    player.hear(COMMIT, released)
    player.hear(GROUP, {"spread": 60, "next": released | {"bytes": 9}})

    assert programmes.every(player.shelf.library.connection) == ()
    with pytest.raises(WireError):
        messages.commit(released)
    assert messages.commit(released | {"activate_at": LAST_MS}).activate_at * MILLISECOND < 2**63


def test_a_commit_told_again_takes_back_nothing(player: Player) -> None:
    """A power cut, and a clock that is behind until it is set: the retained commit of what comes leaves alone what is on."""
    here, now = player.shelf.library.connection, player.clock.wall()
    on, coming = HASH, HASH[::-1]
    for version, digest, at in (("1", on, now + 60 * SECOND), ("2", coming, now + 7200 * SECOND)):
        assert programmes.commit(here, "memorial", version=version, digest=digest, activate_at=at, at=at - 60 * SECOND)
        programmes.took(here, "memorial", digest, b"{}")
    assert programmes.in_force(here, "memorial", now + 3600 * SECOND)

    programmes.commit(here, "memorial", version="2", digest=coming, activate_at=now + 7200 * SECOND, at=now)

    found = programmes.in_force(here, "memorial", now + 3600 * SECOND)
    assert found
    assert found.hash == on


def test_dark_that_fails_half_way_says_what_it_did(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full after its number was noted: the file is there, and that is the answer."""

    def full(*_: object, **__: object) -> int:
        raise LibraryError("the disk is full")

    monkeypatch.setattr(Record, "post", full)
    hall.order(10, "dark")

    assert dark.demanded(hall.library.folder) is not None
    ((to, is_done, _),) = hall.answers()
    assert (to, is_done) == (10, True)


def test_orders_played_back_to_a_broken_disk_have_one_answer(hall: Hall) -> None:
    """One that was done is not told to have failed, and none that was overtaken makes anything dark."""
    hall.order(10, "dark")
    hall.obeyed()
    (first,) = hall.answers()
    dark.take_away(hall.library.folder)
    hall.order(11, "light")
    hall.is_open = False

    hall.order(10, "dark")
    hall.order(9, "dark")
    hall.order(11, "light")

    assert hall.answers() == [first, (9, False, "overtaken by a later one")]
    assert dark.demanded(hall.library.folder) is None


@pytest.fixture
def overheard(tmp_path: Path) -> Generator[Centre]:
    """A player whose events are heard."""
    library, player = (open_library(tmp_path / "told", writer=writer) for writer in ("fleet", "screen"))
    yield Centre(library, player)
    library.close()
    player.close()


def test_what_was_taken_back_here_is_not_said_to_be_off(overheard: Centre) -> None:
    """A person reinstates before the screen has answered, and an old hint comes again: the photo may be on the wall."""
    receipt = overheard.withdraw("p-1", "wall")
    overheard.events.obeyed(17, "wall", "p-1", receipt.known_at)
    overheard.player.orders.lift("wall", "p-1", None, by="Ewa", at=overheard.clock.wall())

    assert overheard.all() == []
    overheard.begin()
    overheard.events.obeyed(17, "wall", "p-1", receipt.known_at)
    assert overheard.all() == []

    overheard.clock.advance(SECOND)
    overheard.off(overheard.withdraw("p-1", "wall"))
    assert 17 in [each["w"] for each in overheard.all()]
