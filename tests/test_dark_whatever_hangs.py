"""Dark by key, by command and by file with real processes, while each of the others is stopped in its tracks."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from player.library import dark
from player.library.orders import ORDERS
from player.settings import load
from player.status import look
from player.units import Size
from tests.fakes import corpus
from tests.fakes.display import FakeDisplay, display, has_words
from tests.fakes.hanging import hangs, worker_stopped
from tests.fakes.player import running
from tests.fakes.publisher import Publisher
from tests.fakes.site import LONG_AGO, Site

WORDS = "hold: 4s\nfade: 1s\nslides: [words]\n"
NO_CONSOLE = "console: {enabled: false}\n"
"""Nothing here is asked of it, and its port is one for the whole machine: another test may have it."""


@pytest.fixture
def screen(needs: Callable[[str], None]) -> Iterator[FakeDisplay]:
    """Return a display, with somebody who can press its keys."""
    needs("Xvfb")
    needs("xdotool")
    with display(Size(640, 360)) as shown:
        yield shown


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a place whose show is words."""
    return Site(tmp_path, playlist=WORDS, rest=NO_CONSOLE)


def press(screen: FakeDisplay, key: str) -> None:
    """Press a key in front of the wall."""
    subprocess.run(["xdotool", "key", key], env={**os.environ, "DISPLAY": screen.name}, check=True)


def is_black(screen: FakeDisplay) -> bool:
    """Whether every pixel of the display is black."""
    return not screen.pixels().any()


def waits(site: Site, screen: FakeDisplay) -> None:
    """Wait until the show is up and obeys."""
    site.until(lambda: has_words(screen.pixels()), "the words are up")
    site.until((site.data / "status.json").exists, "the show runs")


def test_it_becomes_dark_whatever_hangs(site: Site, screen: FakeDisplay) -> None:
    """Every other process stopped in turn, the library held by a stopped command, the disk dumb: B is dark, L is light.

    And so is the empty file, which needs nobody but the screen.
    """
    with running(site, screen) as player:
        waits(site, screen)
        site.until(lambda: player.child("ingest") > 0 and player.child("alarm") > 0, "all processes are up")
        for what, hang in hangs(site, player).items():
            with hang():
                for order in (lambda: press(screen, "b"), lambda: dark.demand(site.data)):
                    order()
                    site.until(lambda: is_black(screen), f"the wall is black while this hangs: {what}")
                    press(screen, "l")
                    site.until(lambda: has_words(screen.pixels()), f"the words are up again while this hangs: {what}")


def test_it_becomes_dark_while_a_picture_worker_hangs(site: Site, screen: FakeDisplay) -> None:
    """Whoever prepares pictures is not asked."""
    publisher = Publisher()
    publisher.add("large", corpus.jpeg(5000, 4000), approved_at=LONG_AGO)
    with publisher.serve() as url, running(site, screen) as player:
        waits(site, screen)
        site.until(lambda: player.child("ingest") > 0, "ingest is up")
        site.configure(f"{{wall: {{kind: jsonfeed, url: '{url}', trust: moderated, every: 1s}}}}")
        site.command("reload")
        with worker_stopped(site, player):
            press(screen, "b")
            site.until(lambda: is_black(screen), "the wall is black")


def test_the_command_is_answered_as_what_it_is(site: Site, screen: FakeDisplay) -> None:
    """File and row are one order: it became dark by it, it was not dark already."""
    with running(site, screen):
        waits(site, screen)
        assert site.command("dark").output.strip() == "dark"
        site.until(lambda: is_black(screen), "the wall is black")
        assert site.command("dark").output.strip() == "dark already"
        assert site.command("light").output.strip() == "light"
        site.until(lambda: has_words(screen.pixels()), "the words are up again")


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


def test_a_dark_wall_is_dark_when_the_whole_player_starts_again(site: Site, screen: FakeDisplay) -> None:
    """Ended in order and started anew, it is black from the first picture on, until `light`."""
    with running(site, screen):
        waits(site, screen)
        assert site.command("dark").output.strip() == "dark"
        site.until(lambda: is_black(screen), "the wall is black")
    (site.data / "status.json").unlink()
    with running(site, screen):
        site.until(lambda: _never_light(screen) and (site.data / "status.json").exists(), "it plays")
        site.until(lambda: is_black(screen), "the wall is black")
        assert site.command("light").output.strip() == "light"
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
