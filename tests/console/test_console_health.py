"""Whether all is well: 200 while pictures are presented and a withdrawal would be obeyed, and at no other time."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from player.console import health
from player.console.house import answers
from player.console.looks import duty
from player.console.looks.processes import Processes
from player.library import recording
from player.library.heard import STATUS
from player.library.library import open_library
from player.library.orders import ORDERS
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.console import PORT, Console
from tests.fakes.kernel import Kernel


@pytest.fixture
def console(tmp_path: Path) -> Generator[Console]:
    """A console whose clock stands while nobody moves it."""
    with Console(tmp_path) as console:
        console.between = 0
        yield console


def screen_says(console: Console) -> None:
    """Let a screen say how it is."""
    (console.data / STATUS).write_text(json.dumps({"at": console.clock.wall()}))


def seen(console: Console) -> tuple[int, dict[str, Any]]:
    """Return what a watcher sees."""
    answer = console.browser().ask("GET", "/health")
    return answer.status_code, answer.json()


def test_all_is_well_while_the_screen_says_so_and_obeys(console: Console) -> None:
    """And nobody needs to log in to hear it."""
    screen_says(console)

    assert seen(console) == (200, {"ok": True, "presenting": True, "obeying": True, "why": []})


def test_a_screen_that_is_silent_is_not_well(console: Console) -> None:
    """Neither before it said anything, nor some seconds after its last word; and an old clock's word is none."""
    assert seen(console)[0] == 503
    screen_says(console)
    console.clock.advance(6 * SECOND)
    status, said = seen(console)

    assert status == 503
    assert said["why"] == ["the screen does not say how it is"]


def test_a_screen_that_does_not_obey_is_not_well(console: Console) -> None:
    """An order that waits for longer than a few frames is one that a withdrawal would wait behind."""
    with closing(open_library(console.data, writer="a test")) as library:
        library.orders.post("screen", "next", {}, by="Ada", at=console.clock.wall())
    console.clock.advance(6 * SECOND)
    screen_says(console)
    status, said = seen(console)

    assert (status, said["presenting"], said["obeying"]) == (503, True, False)


def test_withdrawals_that_cannot_be_recorded_are_not_well(tmp_path: Path) -> None:
    """Without a library there is nothing to obey."""
    with Console(tmp_path, has_library=False) as console:
        screen_says(console)
        status, said = seen(console)

    assert status == 503
    assert "there is no library" in said["why"][0]


def test_orders_that_somebody_holds_are_not_well(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """A withdrawal would be refused. It is tried every few seconds, however often somebody asks."""
    screen_says(console)
    tried: list[Path] = []
    attempt = recording.attempt

    def counted(folder: Path, *, patience: Nanos) -> None:
        del patience
        tried.append(folder)
        attempt(folder, patience=MILLISECOND)

    monkeypatch.setattr(recording, "attempt", counted)
    with closing(sqlite3.connect(console.data / ORDERS.name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert [seen(console)[0] for _ in range(5)] == [503] * 5
        assert "no withdrawal can be recorded" in seen(console)[1]["why"][0]
        assert len(tried) == 1
    console.clock.advance(duty.TRIED_EVERY)
    screen_says(console)
    assert seen(console)[0] == 200


def test_a_full_disk_is_not_well(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be recorded on it."""
    screen_says(console)
    full = shutil.disk_usage(console.data)._replace(free=0)

    def usage(_: Path) -> object:
        return full

    monkeypatch.setattr(shutil, "disk_usage", usage)
    status, said = seen(console)

    assert (status, said["obeying"]) == (503, False)
    assert "the disk is full" in said["why"][0]


def test_a_player_without_ingest_is_not_well(console: Console, tmp_path: Path) -> None:
    """What publishers withdraw is heard by nobody; nor is it while ingest is started again and again."""
    (tmp_path / "proc").mkdir()
    kernel = Kernel(tmp_path / "proc")
    console.desk.looks.processes = Processes(proc=kernel.folder, parent=kernel.parent)
    kernel.runs(screen=1, ingest=2)
    screen_says(console)
    assert seen(console)[0] == 200

    kernel.runs(screen=1)
    status, said = seen(console)
    assert (status, said["why"]) == (503, ["nobody hears what publishers withdraw: ingest is down, or does not stay up"])
    kernel.runs(screen=1, ingest=3)
    assert seen(console)[0] == 503


def test_an_order_that_a_clock_ahead_has_dated_is_waited_for(console: Console) -> None:
    """Unanswered for a minute is unanswered."""
    with closing(open_library(console.data, writer="a test")) as library:
        library.orders.post("screen", "next", {}, by="Olek", at=console.clock.wall() + 3600 * SECOND)
    screen_says(console)
    assert seen(console)[0] == 200
    console.clock.advance(60 * SECOND)
    screen_says(console)
    assert seen(console)[0] == 503


def test_the_console_asks_itself(console: Console) -> None:
    """It lives while its own page answers, whether all is well or not; a page of another name does not count."""
    assert console.run(answers(console.app, PORT, "http"))
    assert not console.run(answers(console.app, PORT + 1, "http"))


def test_lost_orders_are_not_well(console: Console) -> None:
    """A player that forgot its withdrawals obeys none."""
    for file in console.data.glob("orders.sqlite*"):
        file.unlink()
    screen_says(console)
    status, said = seen(console)

    assert status == 503
    assert "orders.sqlite is gone" in said["why"][0]
    assert health.PATH == "/health"
