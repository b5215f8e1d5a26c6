"""Tests of commands to running processes: left in the library, answered there, and told to whoever gave them."""

from __future__ import annotations

import getpass
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from player import ordering
from player.clock import SystemClock
from player.command import Command, parse
from player.errors import LibraryError
from player.library import dark
from player.library.library import Library, open_library
from player.ordering import order, order_all
from player.settings import Configuration, load, with_data
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


def test_a_command_reaches_all_processes_and_their_answers_come_back(configuration: Configuration) -> None:
    """Whoever orders a reload hears from screen, ingest and console what became of it."""
    said: list[str] = []

    with (
        _process(configuration, "screen", "done"),
        _process(configuration, "ingest", "no"),
        _process(configuration, "console", "yes"),
    ):
        missing = order_all(configuration, "reload", said.append)

    assert missing == []
    assert sorted(said) == ["console: reload: yes", "ingest: reload: no", "screen: reload: done"]


def test_a_process_that_does_not_answer_is_named_and_its_command_is_closed(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that nobody took is answered with that, so that a player started tomorrow does not obey it."""
    monkeypatch.setattr(ordering, "WAIT", 200 * MILLISECOND)
    said: list[str] = []

    with _process(configuration, "ingest", "done"), _process(configuration, "console", "done"):
        missing = order_all(configuration, "reload", said.append)

    assert missing == ["screen"]
    assert sorted(said) == ["console: reload: done", "ingest: reload: done"]
    with closing(open_library(configuration.data, writer="test")) as library:
        assert library.orders.waiting("screen") == ()


def test_reload_without_a_player_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`reload` while nothing runs ends with one line that asks whether the player is running."""
    monkeypatch.setattr(ordering, "WAIT", 50 * MILLISECOND)
    site = Site(tmp_path)

    done = site.command("reload")
    assert done.exit_code == 1
    assert done.stderr == f"weremember: there is no data folder {site.data}: is it the right one?\n"
    assert not site.data.exists()

    site.data.mkdir()
    done = site.command("reload")
    assert done.exit_code == 1
    assert done.stderr.startswith("weremember: no answer from screen, ingest, console within ")
    assert done.stderr.endswith("is the player running? (weremember run)\n")


def test_reload_passes_on_what_the_processes_answered(configuration: Configuration, tmp_path: Path) -> None:
    """`reload` prints a line per process and is fine when all have answered; a console that is switched off need not."""
    assert configuration.data == tmp_path / "data"
    site = _site_again(tmp_path)
    site.config.write_text(f"{site.config.read_text()}console: {{enabled: false}}\n")
    with _process(configuration, "screen", "done"), _process(configuration, "ingest", "done"):
        done = site.command("reload")

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


def order_of(*words: str) -> Command:
    """Return an order as it is typed."""
    return parse(words)


def test_an_order_is_left_for_the_screen_and_its_answer_comes_back(configuration: Configuration) -> None:
    """It stands there with who gave it; what the screen says of it is said."""
    said: list[str] = []
    with _process(configuration, "screen", "done"):
        assert order(configuration.data, order_of("go", "wall", "for", "2h"), said.append)
    assert said == ["go: done"]
    with closing(open_library(configuration.data, writer="test")) as library:
        row = library.orders.connection.execute("SELECT verb, arguments, by FROM commands").fetchone()
    assert row == ("go", '{"show": "wall", "length_ns": "7200000000000"}', operator())


@pytest.mark.parametrize(("words", "waits"), [("dark", True), ("dim 60", True), ("next", False), ("go wall", False)])
def test_only_what_says_how_the_wall_is_to_be_waits_for_a_screen(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch, words: str, *, waits: bool
) -> None:
    """Where none runs, dark will be obeyed by the next one; the next slide will not come tomorrow."""
    monkeypatch.setattr(ordering, "WAIT", 100 * MILLISECOND)
    said: list[str] = []
    assert not order(configuration.data, order_of(*words.split()), said.append)
    with closing(open_library(configuration.data, writer="test")) as library:
        assert bool(library.orders.waiting("screen")) is waits
    assert ("as soon as one runs" in said[0]) is waits


def test_dark_can_be_ordered_where_nothing_can_be_written(configuration: Configuration) -> None:
    """With the record of withdrawals spoilt, no order can be kept; a file says dark all the same, and light is refused."""
    Site.damage_orders(_site_again(configuration.data.parent))
    said: list[str] = []
    assert order(configuration.data, order_of("dark"), said.append)
    assert dark.demanded(configuration.data) is not None
    assert said[0].startswith("dark within a second, if a screen runs; it cannot be put on record: ")
    with pytest.raises(LibraryError):
        order(configuration.data, order_of("light"), said.append)
    assert dark.demanded(configuration.data) is not None


@pytest.mark.parametrize("comes_meanwhile", [False, True])
def test_light_takes_away_the_dark_that_it_found(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch, *, comes_meanwhile: bool
) -> None:
    """Once light is recorded; a dark that somebody leaves while the library is opened stays."""
    monkeypatch.setattr(ordering, "WAIT", 0)
    real = open_library

    def opened(folder: Path, *, writer: str) -> Library:
        assert dark.demanded(folder) is not None
        if comes_meanwhile:
            dark.demand(folder)
        return real(folder, writer=writer)

    dark.demand(configuration.data)
    monkeypatch.setattr(ordering, "open_library", opened)
    order(configuration.data, order_of("light"), lambda _: None)
    assert (dark.demanded(configuration.data) is not None) is comes_meanwhile


def test_light_says_where_the_file_stays(configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen that begins anew would obey it."""
    monkeypatch.setattr(ordering, "WAIT", 0)
    monkeypatch.setattr(dark, "take_away", stays)
    dark.demand(configuration.data)
    said: list[str] = []
    order(configuration.data, order_of("light"), said.append)
    assert "cannot be deleted: delete it by hand" in said[0]


def stays(folder: Path, demand: int) -> bool:
    """Take nothing away."""
    del folder, demand
    return False


def test_dark_waits_for_nobody(configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is there before the library is even opened: a process that hangs may keep it for ever."""
    monkeypatch.setattr(ordering, "WAIT", 0)
    seen: list[bool] = []
    real = open_library

    def opened(folder: Path, *, writer: str) -> Library:
        seen.append(dark.demanded(folder) is not None)
        return real(folder, writer=writer)

    monkeypatch.setattr(ordering, "open_library", opened)
    order(configuration.data, order_of("dark"), lambda _: None)
    assert seen == [True]


def test_an_order_for_another_folder_says_so(configuration: Configuration) -> None:
    """No folder is made for a player that there is not."""
    elsewhere = with_data(configuration, str(configuration.data / "none"))
    with pytest.raises(LibraryError, match="there is no data folder"):
        order(elsewhere.data, order_of("dark"), lambda _: None)
    assert not elsewhere.data.exists()
