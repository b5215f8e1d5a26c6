"""Standing by for alarms, projectors and the console: small until there may be some, and never asleep when there are."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

import pytest

from player.heartbeat import Heartbeat
from player.places import LAST_CLEAN
from player.settings import keep_clean, with_data
from player.standby import ALARMS, CONSOLE, FILMS, PROJECTORS, Need, may_need, stand_by
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.home import CLEAN, Home

WITH_ALARMS: Final = f"{CLEAN}alarms: [{{to: env:A}}]\n"
HEAVY: Final = ("pydantic", "yaml", "sqlite3", "requests", "apprise", "numpy", "PIL", "pygame")


class Watched(FakeClock):
    """A clock at which, after some seconds, something is done."""

    def __init__(self, **at: object) -> None:
        super().__init__()
        self.at = at

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        """Let *length* pass, and do what is due."""
        found = super().wait(until, length)
        due = self.at.pop(f"s{self.monotonic() // SECOND}", None)
        if callable(due):
            due()
        return found


def stands_by(
    home: Home, clock: FakeClock, stopped: threading.Event, reload: threading.Event | None = None, need: Need = ALARMS
) -> bool:
    """Stand by with a data folder of its own."""
    return stand_by(
        need,
        str(home.file),
        str(home.folder / "data"),
        clock=clock,
        heartbeat=Heartbeat(None),
        stopped=stopped,
        reload=reload or threading.Event(),
    )


def test_a_player_with_alarms_waits_for_nothing(tmp_path: Path) -> None:
    """Who is to be told is told from the first moment on."""
    home, clock = Home(tmp_path), FakeClock()
    home.clean(WITH_ALARMS)
    assert stands_by(home, clock, threading.Event())
    assert clock.monotonic() == 0


def test_a_player_without_them_waits_until_its_end(tmp_path: Path) -> None:
    """It looks once a second, and ends when it is told to."""
    home, stopped = Home(tmp_path), threading.Event()
    home.clean()
    clock = Watched(s90=stopped.set)
    assert not stands_by(home, clock, stopped)
    assert clock.monotonic() == 90 * SECOND


@pytest.mark.parametrize("by_signal", [True, False])
def test_alarms_that_are_added_are_noticed(tmp_path: Path, *, by_signal: bool) -> None:
    """On SIGHUP; and after `weremember reload`, which has another process keep a new clean copy."""
    home, stopped, reload = Home(tmp_path), threading.Event(), threading.Event()
    home.clean()

    def edit() -> None:
        configuration = with_data(home.clean(WITH_ALARMS), str(tmp_path / "data"))
        if by_signal:
            reload.set()
        else:
            keep_clean(configuration)

    clock = Watched(s5=lambda: home.clean(WITH_ALARMS), s20=edit, s60=stopped.set)
    assert stands_by(home, clock, stopped, reload)
    assert clock.monotonic() == 20 * SECOND  # not while somebody still wrote it


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("feeds: {}\n", False),
        ("# alarms: [{to: env:A}]\nfeeds: {}\n", False),
        ("feeds: {}   # no alarms: here\n", False),
        ("feeds: {}\nalarms: []\n", True),
        ("{feeds: {}, 'alarms': [{to: env:A}]}\n", True),
        ('feeds: {}\n"alarms":\n  - to: env:A\n', True),
    ],
)
def test_what_is_written_is_looked_at_as_text(tmp_path: Path, text: str, *, may: bool) -> None:
    """A comment is none; a yes may be wrong, a no is not."""
    file = tmp_path / "config.yaml"
    file.write_text(text)
    assert may_need(ALARMS, file, tmp_path / "nowhere") is may


def test_the_clean_copy_counts_while_the_file_is_spoilt(tmp_path: Path) -> None:
    """A slip in config.yaml does not keep anybody from being told, and neither does a file that is gone."""
    home = Home(tmp_path)
    configuration = with_data(home.clean(WITH_ALARMS), str(tmp_path / "data"))
    keep_clean(configuration)
    copy = tmp_path / "data" / LAST_CLEAN
    home.file.write_bytes(b"\xff\xfe feeds: [")
    assert may_need(ALARMS, home.file, copy)
    home.file.unlink()
    assert may_need(ALARMS, home.file, copy)
    copy.unlink()
    assert not may_need(ALARMS, home.file, copy)


def test_projectors_wake_their_process_and_alarms_do_not(tmp_path: Path) -> None:
    """In the file or in its clean copy; a clean copy without any has an empty group of them."""
    home, copy = Home(tmp_path), tmp_path / "data" / LAST_CLEAN
    keep_clean(with_data(home.clean(WITH_ALARMS), str(tmp_path / "data")))
    assert not may_need(PROJECTORS, home.file, copy)
    configuration = with_data(home.clean(f"{CLEAN}projectors: {{left: {{host: 192.168.1.20}}}}\n"), str(tmp_path / "data"))
    assert may_need(PROJECTORS, home.file, copy)
    assert stands_by(home, FakeClock(), threading.Event(), need=PROJECTORS)
    keep_clean(configuration)
    home.file.unlink()
    assert may_need(PROJECTORS, home.file, copy)
    assert not may_need(ALARMS, home.file, copy)


def test_a_playlist_with_a_film_wakes_its_process_and_a_stream_does(tmp_path: Path) -> None:
    """A film stands in a playlist, so the clean copy says so; streams stand in the file as well."""
    home, copy = Home(tmp_path), tmp_path / "data" / LAST_CLEAN
    keep_clean(with_data(home.clean(), str(tmp_path / "data")))
    assert not may_need(FILMS, home.file, copy)
    home.file.write_text(f"{CLEAN}streams: {{ceremony: {{url: https://example.org/live.m3u8}}}}\n")
    assert may_need(FILMS, home.file, copy)
    home.playlist("testimony", "slides:\n  - film: {file: film.mp4}\n")
    (tmp_path / "playlists" / "film.mp4").write_bytes(b"a film")
    keep_clean(with_data(home.clean(), str(tmp_path / "data")))
    assert may_need(FILMS, home.file, copy)


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("console: {enabled: false}\n", False),
        ("console: {port: 8601, enabled: false}  # off\n", False),
        ("console:\n  enabled: false\n", False),
        ("console:   # ours\n\n    # off\n    port: 8601\n    enabled: false  # for now\n", False),
        ("", True),
        ("console: {}\n", True),
        ("console: {enabled: true}\n", True),
        ("# console: {enabled: false}\n", True),
        ("console: {port: 8601}  # {enabled: false}\n", True),
        ("console: {hosts: ['a, enabled: false}']}\n", True),
        ("console:\n  # enabled: false\n  port: 8601\n", True),
        ("console:\n  port: 8601\nlight: {cap: 50}\nother:\n  enabled: false\n", True),
        ("site: {name: x}\n  console: {enabled: false}\n", True),
    ],
)
def test_a_console_is_needed_unless_it_is_surely_off(tmp_path: Path, text: str, *, may: bool) -> None:
    """For it is on by default; a yes may be wrong, a no is not."""
    (tmp_path / "config.yaml").write_text(f"{CLEAN}{text}")
    assert may_need(CONSOLE, tmp_path / "config.yaml", tmp_path / "nowhere") is may


def test_a_console_that_is_switched_on_is_noticed(tmp_path: Path) -> None:
    """After `weremember reload`, by which another process keeps a new clean copy: that counts, whatever the file looks like."""
    home, stopped = Home(tmp_path), threading.Event()
    off = f"{CLEAN}console: {{enabled: false}}\n"
    keep_clean(with_data(home.clean(off), str(tmp_path / "data")))

    def switch() -> None:
        keep_clean(with_data(home.clean(CLEAN), str(tmp_path / "data")))
        home.clean(off)

    clock = Watched(s20=switch, s60=stopped.set)
    assert stands_by(home, clock, stopped, need=CONSOLE)
    assert clock.monotonic() == 20 * SECOND
    assert may_need(CONSOLE, tmp_path / "gone", tmp_path / "data" / LAST_CLEAN)


def test_a_console_that_is_off_is_small(tmp_path: Path) -> None:
    """Its process reads no configuration in earnest and serves nothing, and ends when it is told to."""
    home = Home(tmp_path)
    home.file.write_text(f"{CLEAN}console: {{enabled: false}}\n")
    code = (
        "import sys, threading, player.standby as standby\n"
        "def stand_by(*_, stopped, **__): return False\n"
        "standby.stand_by = stand_by\n"
        "import os\n"
        "os._exit = lambda _: print(*sys.modules)\n"
        "from player.cli import main\n"
        f"main(['console', 'serve', '--config', {str(home.file)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "player.standby" in done.stdout.split(), done.stderr
    assert not {*HEAVY, "uvicorn", "starlette", "player.console"} & set(done.stdout.split())


def test_standing_by_loads_nothing_large() -> None:
    """The command line and what stands by bring in none of what reads configurations, pictures or networks."""
    code = "import sys, player.cli, player.standby; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(done.stdout.split())
