"""The alarms' process: a watch for each configuration."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from player.alarms import service
from player.alarms.keeping import NAME, Keeper
from player.alarms.post import Letter, Memory
from player.alarms.watch import Watch
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.settings import Configuration, keep_clean, with_data
from player.units import SECOND, Nanos
from tests.alarms.world import TEXT
from tests.fakes.clock import SteppedClock
from tests.fakes.home import Home


def run(configuration: Configuration, folder: Path, clock: SteppedClock, *, reloads: int = 0) -> list[Nanos]:
    """Run the process for a minute; return when it beat."""
    stopped, reload = threading.Event(), threading.Event()
    beats: list[Nanos] = []

    class Beats(Heartbeat):
        def beat(self, now: Nanos, *, presented: bool, rung: str = "") -> None:
            assert not presented
            assert not rung
            beats.append(now)
            if len(beats) <= reloads:
                reload.set()
            if len(beats) >= 60:
                stopped.set()

    in_force = InForce(folder / "config.yaml", str(configuration.data))
    service.run(in_force, clock=clock.trusted, heartbeat=Beats(None), stopped=stopped, reload=reload)
    return beats


def test_the_process_beats_each_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With alarms and without; reloads make a new watch each, and close the old one."""
    home = Home(tmp_path)
    configuration = with_data(home.clean("feeds: {}\nshow: one\n"), str(tmp_path / "data"))
    assert len(run(configuration, tmp_path, SteppedClock())) == 60
    home.clean(TEXT)
    closed: list[int] = []
    close = Watch.close

    def counted(self: Watch) -> None:
        closed.append(1)
        close(self)

    monkeypatch.setattr(Watch, "close", counted)
    configuration.data.mkdir(exist_ok=True)
    beats = run(configuration, tmp_path, SteppedClock(), reloads=3)
    assert len(beats) == 60
    assert len(closed) == 4


def test_who_tells_nobody_forgets(tmp_path: Path) -> None:
    """An address that is written weeks later must not be told that something is over."""
    home = Home(tmp_path)
    configuration = with_data(home.clean("feeds: {}\nshow: one\n"), str(tmp_path / "data"))
    configuration.data.mkdir()
    Keeper(configuration.data).keep(Memory({}, (Letter(to="env:A", alarm="plate", state="ends", text="x", at=1),)))
    run(configuration, tmp_path, SteppedClock())
    assert not (configuration.data / NAME).exists()


def test_a_reload_waits_for_what_is_on_its_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And beats meanwhile."""
    home = Home(tmp_path)
    configuration = with_data(home.clean(TEXT), str(tmp_path / "data"))
    configuration.data.mkdir()
    left = 20
    closed: list[int] = []

    def is_telling(_: Watch) -> bool:
        nonlocal left
        left -= 1
        return left > 0

    close = Watch.close

    def counted(self: Watch) -> None:
        closed.append(left)
        close(self)

    monkeypatch.setattr(Watch, "is_telling", is_telling)
    monkeypatch.setattr(Watch, "close", counted)
    assert len(run(configuration, tmp_path, SteppedClock(), reloads=1)) == 60
    assert closed[0] == 0


def test_a_reload_of_the_player_reaches_the_alarms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the screen or ingest has taken a new configuration in; an edit alone changes nothing yet."""
    home = Home(tmp_path)
    configuration = with_data(home.clean("feeds: {}\nshow: one\n"), str(tmp_path / "data"))
    reads: list[int] = []
    read = InForce.read

    def counted(self: InForce) -> Configuration | None:
        reads.append(1)
        return read(self)

    monkeypatch.setattr(InForce, "read", counted)
    clock, seconds = SteppedClock(), 0

    def wait(until: threading.Event, _length: Nanos) -> bool:
        nonlocal seconds
        seconds += 1
        clock.advance(SECOND)
        if seconds == 10:
            home.file.write_text("feeds: {}\nshow: one\nsite: {name: Hall}\n")
        if seconds == 20:
            assert len(reads) == 1
            keep_clean(with_data(home.clean("feeds: {}\nshow: one\nsite: {name: Hall}\n"), str(configuration.data)))
        return until.is_set()

    monkeypatch.setattr(clock.trusted, "wait", wait)
    run(configuration, tmp_path, clock)
    assert len(reads) == 2


def test_nothing_heavy_is_imported_to_watch() -> None:
    """Apprise is for the process that sends; a picture, a window or a feed's reader for nobody here."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", "import sys, player.alarms.service; print('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "player.alarms.sending" in loaded
    assert not loaded & {"apprise", "requests", "pygame", "numpy", "cv2", "PIL", "tuf"}
