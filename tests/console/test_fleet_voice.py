"""The console at a real broker: what players say is collected, orders are answered, withdrawals confirmed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from player.centre import collecting
from player.centre.ordering import Outcome
from player.centre.store import Store
from player.clock import SystemClock
from player.console.at_centre import has_wall
from player.console.fleet import acting, progress, roster
from player.console.fleet.gathering import Gathering
from player.console.fleet.shapes import OrderAsked, OrdersAsked, WithdrawAsked
from player.console.fleet.voice import speaking
from player.errors import NetworkError
from player.library.heard import STATUS
from player.places import RUN_DATA
from player.schedule.zones import zone
from player.units import SECOND
from tests.fakes.broker import needs_mosquitto, until
from tests.fakes.founded import Founded, founded

CLOCK = SystemClock()


@pytest.fixture
def centre(tmp_path: Path) -> Generator[Founded]:
    """A centre with two players enrolled, whose players the console collects."""
    with founded(tmp_path / "fleet", "a", "b") as centre:
        gathering = Gathering(centre.folder, CLOCK)
        gathering.start()
        yield centre
        gathering.close()


def comes(centre: Founded, holds: Callable[[Store], bool]) -> None:
    """Wait until something holds for what the centre has written down."""
    with Store(centre.folder) as store:
        until(lambda: holds(store), "what players say")


@needs_mosquitto
def test_players_are_collected_ordered_and_told_of_withdrawals(centre: Founded) -> None:
    """From a player that comes to be there, over an order and its answer, to a withdrawal that both have confirmed."""
    here, never = zone("UTC"), threading.Event()
    with centre.player("a") as a, centre.player("b") as b:
        b.is_deaf = True
        comes(centre, lambda store: store.counts().online == 2)
        comes(centre, lambda store: roster.summary(store, CLOCK.wall()).is_collected)

        with speaking(centre.folder, CLOCK, never) as voice:
            told = OrderAsked(name="a", order="go", show="evening", minutes=5)
            found = acting.meant(voice.everybody, name="a")
            (one,) = acting.give(told, voice, found, by="Ada", length=SECOND, here=here, tell=unheard)
            both = acting.give(
                OrdersAsked(order="dark"), voice, voice.everybody, by="Ada", length=SECOND, here=here, tell=unheard
            )
            taken = acting.record(voice.store, WithdrawAsked(item="photo-7", reason="x"), by="Ada", at=CLOCK.wall())
            acting.announce(taken, voice)

        assert (one.outcome, a.orders[0].arguments) == (Outcome.DONE, {"show": "evening", "length_ns": str(300 * SECOND)})
        assert [each.outcome for each in both] == [Outcome.DONE, Outcome.SILENT]
        until(lambda: [each.item for each in b.withdrawn] == ["photo-7"], "the hint")
        comes(centre, lambda store: confirmed(store, taken.number) == (1, ["b"]))
    comes(centre, lambda store: store.counts().online == 0)


def unheard(answered: int, sent: int) -> None:
    """Tell nobody how far an order has come."""
    del answered, sent


def confirmed(store: Store, number: int) -> tuple[int, list[str]]:
    """Return how many have confirmed a withdrawal, and who has not."""
    found = progress.detail(store, number, CLOCK.wall())
    assert found
    return found.progress.confirmed, [each.id for each in found.missing]


@needs_mosquitto
def test_a_broker_that_goes_is_said_and_one_that_comes_back_heard(centre: Founded) -> None:
    """Nobody takes an old list for a fresh one."""
    with centre.player("a"):
        comes(centre, lambda store: store.counts().online == 1)
    centre.broker.kill()

    comes(centre, lambda store: bool(roster.summary(store, CLOCK.wall()).problem))
    with pytest.raises(NetworkError), speaking(centre.folder, CLOCK, threading.Event()):
        pass

    centre.broker.start()
    comes(centre, lambda store: not store.meta(collecting.CONNECTED))


def test_whether_there_is_a_wall_shows_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen has said something there, or the console was begun by a whole player; a centre alone has none."""
    monkeypatch.delenv(RUN_DATA, raising=False)
    assert not has_wall(tmp_path)

    (tmp_path / STATUS).write_text("{}")
    assert has_wall(tmp_path)

    monkeypatch.setenv(RUN_DATA, str(tmp_path))
    assert has_wall(tmp_path / "elsewhere")
