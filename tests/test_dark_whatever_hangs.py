"""Dark by key and by command with real processes, while each of the others is stopped in its tracks."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from player.library import dark
from player.library.orders import ORDERS
from player.library.schema import LIBRARY
from player.settings import load
from player.status import look
from tests.fakes.display import FakeDisplay, display, has_words
from tests.fakes.player import running
from tests.fakes.site import Site


@pytest.fixture
def screen(needs: Callable[[str], None]) -> Iterator[FakeDisplay]:
    """Return a display, with somebody who can press its keys."""
    needs("Xvfb")
    needs("xdotool")
    with display() as shown:
        yield shown


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a place whose show is words."""
    return Site(tmp_path, playlist="hold: 4s\nfade: 1s\nslides: [words]\n")


def press(screen: FakeDisplay, key: str) -> None:
    """Press a key in front of the wall."""
    subprocess.run(["xdotool", "key", key], env={**os.environ, "DISPLAY": screen.name}, check=True)


def is_black(screen: FakeDisplay) -> bool:
    """Whether every pixel of the display is black."""
    return not screen.pixels().any()


@contextmanager
def stopped(pid: int) -> Generator[None]:
    """Stop a process as a fault of the kernel would; let it go on afterwards."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):  # the supervisor has made an end of it
            os.kill(pid, signal.SIGCONT)


@contextmanager
def holding(site: Site) -> Generator[None]:
    """Be the process that hangs while it writes: both files are locked, and nobody gets their turn."""
    with (
        closing(sqlite3.connect(site.data / LIBRARY.name)) as library,
        closing(sqlite3.connect(site.data / ORDERS.name)) as orders,
    ):
        for each in (library, orders):
            each.execute("BEGIN IMMEDIATE")
        yield


def waits(site: Site, screen: FakeDisplay) -> None:
    """Wait until the show is up and obeys."""
    site.until(lambda: has_words(screen.pixels()), "the words are up")
    site.until((site.data / "status.json").exists, "the show runs")


def test_a_key_makes_it_dark_whatever_hangs(site: Site, screen: FakeDisplay) -> None:
    """With ingest stopped, with the supervisor stopped, with somebody holding the library: B is dark and L is light."""
    with running(site, screen) as player:
        waits(site, screen)
        site.until(lambda: player.child("ingest") > 0, "ingest is up")
        hangs = [lambda: stopped(player.child("ingest")), lambda: stopped(player.process.pid), lambda: holding(site)]
        for hang in hangs:
            with hang():
                press(screen, "b")
                site.until(lambda: is_black(screen), "the wall is black")
                press(screen, "l")
                site.until(lambda: has_words(screen.pixels()), "the words are up again")


def test_a_command_makes_it_dark_though_nothing_can_be_written(site: Site, screen: FakeDisplay) -> None:
    """Where the orders are held for ever, `dark` leaves a file, and the wall is black within a second or so."""
    with running(site, screen):
        waits(site, screen)
        with holding(site):
            dark.demand(site.data)
            site.until(lambda: is_black(screen), "the wall is black")


def test_a_dark_wall_is_dark_after_its_process_was_killed(site: Site, screen: FakeDisplay) -> None:
    """The process that comes instead never shows a light: each picture that can be seen of it is black."""
    with running(site, screen) as player:
        waits(site, screen)
        press(screen, "b")
        site.until(lambda: is_black(screen), "the wall is black")
        site.until(lambda: _is_kept(site), "it is on record")
        before = player.child("screen")
        os.kill(before, signal.SIGKILL)
        site.until(lambda: _never_light(screen) and player.child("screen") not in {0, before}, "another process runs")
        modified = (site.data / "status.json").stat().st_mtime_ns
        site.until(lambda: _never_light(screen) and (site.data / "status.json").stat().st_mtime_ns > modified, "it plays")
        site.until(lambda: is_black(screen), "the wall is black")
        press(screen, "l")
        site.until(lambda: has_words(screen.pixels()), "the words are up again")


def _is_kept(site: Site) -> bool:
    with closing(sqlite3.connect(f"file:{site.data / ORDERS.name}?mode=ro", uri=True)) as orders:
        return orders.execute("SELECT light FROM by_hand").fetchone() == (0.0,)


def _never_light(screen: FakeDisplay) -> bool:
    pixels = screen.pixels()
    assert not has_words(pixels), "words were seen on a wall that is to be dark"
    return True


def test_the_player_that_is_told_says_how_it_is(site: Site, screen: FakeDisplay) -> None:
    """What the running screen writes of itself is what `status` reads."""
    with running(site, screen):
        waits(site, screen)
        configuration = load(site.config).configuration
        assert configuration
        site.until(lambda: look(configuration).is_running, "it runs")
        assert look(configuration).screen["show"] == "wall"
