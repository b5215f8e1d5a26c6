"""Tests of commands to running processes: left in the library, answered there, and told to whoever gave them."""

from __future__ import annotations

import getpass
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from player import command
from player.clock import SystemClock
from player.command import order_all
from player.library.library import open_library
from player.settings import Configuration, load
from player.terminal import operator
from player.units import MILLISECOND
from tests.fakes.site import Site


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """Return a configuration with a data folder of its own."""
    site = Site(tmp_path)
    with closing(open_library(site.data, writer="test")):
        loaded = load(site.config).configuration
    assert loaded
    return loaded


@contextmanager
def _process(configuration: Configuration, name: str, answer: str) -> Generator[None]:
    """Play the process called *name*: answer each command with *answer* until the end."""
    ended = threading.Event()

    def live() -> None:
        clock = SystemClock()
        with closing(open_library(configuration.data, writer=name)) as library:
            while not clock.wait(ended, 10 * MILLISECOND):
                for waiting in library.orders.waiting(name):
                    library.orders.answer(waiting.id, f"{waiting.verb}: {answer}", at=clock.wall())

    thread = threading.Thread(target=live, name=name)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_a_command_reaches_both_processes_and_their_answers_come_back(configuration: Configuration) -> None:
    """Whoever orders a reload hears from screen and ingest what became of it."""
    said: list[str] = []

    with _process(configuration, "screen", "done"), _process(configuration, "ingest", "no"):
        missing = order_all(configuration, "reload", said.append)

    assert missing == []
    assert sorted(said) == ["ingest: reload: no", "screen: reload: done"]


def test_a_process_that_does_not_answer_is_named_and_its_command_is_closed(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that nobody took is answered with that, so that a player started tomorrow does not obey it."""
    monkeypatch.setattr(command, "WAIT", 200 * MILLISECOND)
    said: list[str] = []

    with _process(configuration, "ingest", "done"):
        missing = order_all(configuration, "reload", said.append)

    assert missing == ["screen"]
    assert said == ["ingest: reload: done"]
    with closing(open_library(configuration.data, writer="test")) as library:
        assert library.orders.waiting("screen") == ()


def test_reload_without_a_player_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`reload` while nothing runs ends with one line that asks whether the player is running."""
    monkeypatch.setattr(command, "WAIT", 50 * MILLISECOND)
    site = Site(tmp_path)

    done = site.command("reload")
    assert done.exit_code == 1
    assert done.stderr == f"weremember: there is no data folder {site.data}: is it the right one?\n"
    assert not site.data.exists()

    site.data.mkdir()
    done = site.command("reload")
    assert done.exit_code == 1
    assert done.stderr.startswith("weremember: no answer from screen, ingest within ")
    assert done.stderr.endswith("is the player running? (weremember run)\n")


def test_reload_passes_on_what_the_processes_answered(configuration: Configuration, tmp_path: Path) -> None:
    """`reload` prints a line per process and is fine when all have answered."""
    assert configuration.data == tmp_path / "data"
    with _process(configuration, "screen", "done"), _process(configuration, "ingest", "done"):
        done = _site_again(tmp_path).command("reload")

    assert done.exit_code == 0
    assert sorted(done.stdout.splitlines()) == ["ingest: reload: done", "screen: reload: done"]


def _site_again(folder: Path) -> Site:
    """Return the place in *folder* that is there already."""
    site = object.__new__(Site)
    site.folder, site.config, site.data, site.rest = folder, folder / "config.yaml", folder / "data", ""
    return site


def test_a_person_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system knows no name for whoever types, the record says so and nothing fails."""

    def nobody() -> str:
        raise OSError("no entry")

    monkeypatch.setattr(getpass, "getuser", nobody)

    assert operator() == "unknown"
