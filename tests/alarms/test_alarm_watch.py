"""One watch: looks, decides, has it told, remembers, and waits for nobody."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from player.alarms.keeping import NAME, Keeper
from player.alarms.post import Letter, Memory
from player.alarms.rules import HOUR, MINUTE, Facts
from player.alarms.watch import LOOK_EVERY
from player.units import SECOND
from tests.alarms.world import Inline, Later, P, R, Stuck, Waiting, World, telling_by


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A player with two addresses."""
    return World(tmp_path)


PLATE = "Hall: only the words are on the wall, for want of a photo that may be shown"
PHOTOS = "Hall: photos are on the wall again"
DARK = "Hall: the wall has been dark for over an hour, because somebody ordered it"
LIGHT = "Hall: the wall is no longer dark by order"


def test_each_address_hears_once_of_what_it_wants(world: World) -> None:
    """Of the dark both, of the plate one; at the beginning, at the end, and never in between."""
    world.facts = Facts(at=0, is_dark=True, plate=True)
    assert world.live(2 * MINUTE) == []
    assert world.live(2 * MINUTE) == [("env:A", PLATE)]
    assert world.live(2 * HOUR) == [("env:A", DARK), ("env:B", DARK)]
    world.facts = Facts(at=0, is_dark=False, plate=True)
    assert world.live(MINUTE) == [("env:A", LIGHT), ("env:B", LIGHT)]
    assert world.live(10 * HOUR) == []


def test_what_is_told_is_noted_for_the_journal(world: World) -> None:
    """When it begins and when it ends, once each, whoever hears of it."""
    world.is_online = False
    world.facts = Facts(at=0, plate=True)
    world.live(HOUR)
    world.facts = Facts(at=0, plate=False)
    world.live(HOUR)
    assert [(alarm, begins) for _, alarm, begins in world.noted] == [("plate", True), ("plate", False)]


def test_an_address_that_is_named_twice_hears_once(world: World) -> None:
    """Of all that either line names."""
    settings = world.configuration.settings
    twice = tuple(each.model_copy(update={"to": "env:A"}) for each in settings.alarms)
    world.configuration = world.configuration.model_copy(update={"settings": settings.model_copy(update={"alarms": twice})})
    world.begin()
    world.facts = Facts(at=0, is_dark=True, plate=True)
    assert world.live(2 * HOUR) == [("env:A", PLATE), ("env:A", DARK)]


def test_a_clock_that_is_set_tells_nothing_and_delays_nothing(world: World) -> None:
    """Ten hours ahead is no hour of darkness; back again is no second one; what waits to be told waits no longer."""
    world.facts = Facts(at=0, is_dark=True)
    assert world.live(50 * MINUTE) == []
    world.clock.step(10 * HOUR)
    assert world.live(5 * MINUTE) == []
    world.clock.step(-20 * HOUR)
    world.is_online = False
    assert world.live(6 * MINUTE) == []
    world.clock.step(-20 * HOUR)
    world.is_online = True
    assert world.live(2 * MINUTE) == [("env:A", DARK), ("env:B", DARK)]
    world.clock.step(100 * HOUR)
    assert world.live(HOUR) == []


def test_it_looks_every_five_seconds(world: World) -> None:
    """And not more often."""
    world.live(100 * SECOND)
    assert world.looks == 100 * SECOND // LOOK_EVERY


def test_a_restart_tells_nothing_twice_and_loses_no_end(world: World) -> None:
    """What was told is remembered in the data folder; the wait of an hour goes on through a restart."""
    world.facts = Facts(at=0, plate=True, is_dark=True)
    assert world.live(40 * MINUTE) == [("env:A", PLATE)]
    world.watch.close()
    world.begin()
    assert world.live(19 * MINUTE) == []
    assert world.live(2 * MINUTE) == [("env:A", DARK), ("env:B", DARK)]
    world.facts = Facts(at=0, plate=False, is_dark=False)
    world.begin()  # killed: nothing was closed
    assert [text for to, text in world.live(5 * MINUTE) if to == "env:A"] == [LIGHT, PHOTOS]


def test_what_happens_without_a_network_is_told_later_in_order(world: World) -> None:
    """Through a restart, too; the beginning before the end, and one right after the other."""
    world.is_online = False
    world.facts = Facts(at=0, plate=True)
    world.live(5 * MINUTE)
    world.facts = Facts(at=0, plate=False)
    world.live(10 * MINUTE)
    world.watch.close()
    world.begin()
    world.is_online = True
    assert [text for _, text in world.live(15 * MINUTE)] == [PLATE, PHOTOS]
    assert world.live(HOUR) == []


def test_what_holds_is_told_after_days_without_a_network(world: World) -> None:
    """And what ended long ago only by its end, which says all."""
    world.is_online = False
    world.facts = Facts(at=0, plate=True, is_dark=True)
    world.live(2 * HOUR)
    world.facts = Facts(at=0, plate=True, is_dark=False)
    world.live(MINUTE)
    world.clock.advance(72 * HOUR)
    world.is_online = True
    assert [text for to, text in world.live(15 * MINUTE) if to == "env:A"] == [PLATE, LIGHT]


def test_what_was_on_its_way_at_the_end_is_known_to_have_gone(world: World) -> None:
    """Or else it would be told again after the next start."""
    later = Later()
    world.lane = telling_by(later)
    world.begin()
    world.facts = Facts(at=0, plate=True)
    world.live(5 * MINUTE)
    assert world.watch.is_telling()
    assert world.heard == []
    world.watch.close()
    assert world.said() == [PLATE]
    world.lane = Inline
    world.begin()
    assert world.live(HOUR) == []


def test_what_has_not_set_out_does_not_keep_a_new_configuration_waiting(world: World) -> None:
    """It is told by the watch that follows."""
    world.lane = telling_by(Waiting())
    world.begin()
    world.facts = Facts(at=0, plate=True)
    world.live(5 * MINUTE)
    assert not world.watch.is_telling()
    world.watch.close()
    world.lane = Inline
    world.begin()
    assert world.live(MINUTE) == [("env:A", PLATE)]


def test_a_look_that_does_not_come_back_is_the_disks_alarm(tmp_path: Path) -> None:
    """Nor is anybody kept from being told by a memory that cannot be written."""
    world = World(tmp_path, Stuck)
    assert world.live(MINUTE) == []
    assert [text for _, text in world.live(2 * MINUTE)] == [
        f"Hall: the data folder cannot be used: {world.configuration.data} does not answer"
    ]
    world.watch.close()


def test_a_disk_that_refuses_is_tried_again(world: World) -> None:
    """Until the memory is kept: else a restart would tell what was told."""
    folder = world.configuration.data
    folder.rename(folder.with_name("elsewhere"))
    world.facts = Facts(at=0, plate=True)
    assert world.live(5 * MINUTE) == [("env:A", PLATE)]
    folder.mkdir()
    world.live(2 * SECOND)
    world.begin()
    assert world.live(HOUR) == []


def test_an_address_that_is_gone_is_told_nothing(world: World, tmp_path: Path) -> None:
    """What waited for it goes with it."""
    world.is_online = False
    world.facts = Facts(at=0, plate=True)
    world.live(2 * MINUTE)
    settings = world.configuration.settings
    world.configuration = world.configuration.model_copy(
        update={"settings": settings.model_copy(update={"alarms": settings.alarms[1:]})}
    )
    world.begin()
    world.is_online = True
    assert world.live(HOUR) == []
    assert Keeper(tmp_path / "data").load().waiting == ()


def test_a_fault_of_ours_ends_the_process(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts it again counts how often that happened."""

    def fails(_letter: Letter) -> None:
        raise ZeroDivisionError

    class Careless(Inline):
        def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
            future: Future[R] = Future()
            future.set_exception(ZeroDivisionError()) if fn is fails else future.set_result(fn(*args, **kwargs))
            return future

    monkeypatch.setattr(world, "send", fails)
    world.lane = Careless
    world.facts = Facts(at=0, lost="orders.sqlite is gone")
    world.begin()
    with pytest.raises(ZeroDivisionError):
        world.live(MINUTE)


def test_the_memory_is_for_nobody_else(tmp_path: Path) -> None:
    """It holds where people are reached; a folder that refuses costs the memory alone; what is damaged is forgotten."""
    keeper = Keeper(tmp_path)
    waiting = (Letter(to="env:A", alarm="plate", state="begins", text="x", at=1),)
    keeper.keep(Memory({}, waiting))
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert Keeper(tmp_path).load() == Memory({}, waiting)
    (tmp_path / NAME).write_bytes(b"[" * 100_000)
    assert Keeper(tmp_path).load() == Memory({})
    assert not Keeper(tmp_path / "nowhere").keep(Memory({}))
    keeper.forget()
    keeper.forget()
    assert not (tmp_path / NAME).exists()
