"""The console collects what players say while nobody else does, and takes over when whoever did ends."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest
from click.testing import CliRunner

from player.centre import collecting, founding
from player.centre.founding import Office
from player.centre.link import Arrived, Broker
from player.centre.store import Store
from player.cli.program import main
from player.clock import SystemClock
from player.console.fleet import gathering
from player.console.fleet.gathering import Gathering
from player.errors import OperatorError
from player.fleet import topics
from player.fleet.topics import Kind
from player.fleet.voices import Stamp, Status, payload
from player.units import MILLISECOND
from tests.fakes.broker import until
from tests.fakes.clock import OPENING
from tests.fakes.fleet import Rolls


class Said:
    """A connection by which one player says that it is there, each time it is asked."""

    problem = ""
    let_go = 0
    is_connected = False
    """Nothing is said by it."""
    is_listening = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave."""

    def start(self) -> None:
        """Begin."""

    def take(self, most: int, patience_s: float) -> list[Arrived]:
        """Return what has come."""
        del most, patience_s
        said = payload(Status(is_online=True, boot=1, version="0.1.0"), Stamp("0123abcd", 1, OPENING // MILLISECOND))
        return [Arrived(topics.of_player("a", Kind.STATUS), said, is_retained=False)]

    def settle(self, taken: Iterable[Arrived]) -> None:
        """Keep nothing."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A centre with one player that was never heard of, whose connection is at hand."""
    place = tmp_path / "centre"
    founding.found(place, Broker("127.0.0.1"), OPENING, name="A test", players=10)
    rolls = Rolls(place, OPENING)
    rolls.add("a", state="")
    rolls.close()
    monkeypatch.setattr(collecting, "link_of", _said)
    monkeypatch.setattr(gathering, "TRIED_AGAIN", 10 * MILLISECOND)
    return place


def _said(office: Office) -> Said:
    del office
    return Said()


@contextmanager
def gathered(folder: Path) -> Generator[None]:
    """Let a console collect until the block is over."""
    found = Gathering(folder, SystemClock())
    found.start()
    try:
        yield
    finally:
        found.close()
        found.close()  # twice is once


def is_heard(folder: Path) -> bool:
    """Whether the player was heard."""
    with Store(folder) as store:
        found = store.player("a")
        return found is not None and found.state == "online"


def test_the_console_collects(folder: Path) -> None:
    """What a player says is written down, and that somebody collects is known to whoever looks."""
    with gathered(folder):
        until(lambda: is_heard(folder), "the player")
        with Store(folder) as store:
            assert collecting.is_collecting(store, SystemClock().wall())


def test_it_leaves_it_to_another_collector_and_takes_over(folder: Path) -> None:
    """Two would throw each other off the broker; when the other one ends, this one begins."""
    with collecting.alone(folder), gathered(folder):
        assert not is_heard(folder)
        other = pytest.raises(OperatorError)
        with other, collecting.alone(folder):
            pass
    with gathered(folder):
        until(lambda: is_heard(folder), "the player")


def test_ending_gives_the_lock_back(folder: Path) -> None:
    """Whoever comes next may collect at once."""
    with gathered(folder):
        until(lambda: is_heard(folder), "the player")
    with collecting.alone(folder):
        pass


@pytest.mark.parametrize("command", [["console", "serve"], ["run"]])
def test_a_folder_that_is_no_centre_is_said_in_one_line(tmp_path: Path, command: list[str]) -> None:
    """With what makes one; nothing is begun."""
    told = CliRunner().invoke(main, [*command, "--fleet", str(tmp_path)])

    assert told.exit_code != 0
    assert f"{tmp_path} is no centre of a fleet: weremember fleet init" in " ".join(told.output.split())


def test_a_collector_that_ends_by_itself_is_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours in its thread is not passed over: the console ends, and whoever watches it begins it anew."""
    found = Gathering(folder, SystemClock())
    monkeypatch.setattr(found, "_collect", _ends)
    assert not found.has_fallen
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "excepthook", _silent)
        found.start()
        until(lambda: found.has_fallen, "the end")
    found.close()
    assert not found.has_fallen


def _silent(_said: object) -> None:
    """Print nothing."""


def _ends() -> None:
    raise RuntimeError("a fault of ours")
