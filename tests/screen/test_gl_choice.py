"""When a graphics card is asked for at all, and what is remembered of those that failed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from player.screen import gl_choice
from player.screen.gl_choice import no_use_of
from player.screen.gl_tries import LATELY, MOST, NAME, Tries
from player.screen.window import RendererName
from player.units import SECOND
from tests.fakes.clock import FakeClock

STARTS = """
import os, sys
os.environ["SDL_VIDEODRIVER"] = "dummy"
from player.screen import gl_choice
gl_choice.DEVICES = ()
from player.screen.wall import first_wall
first_wall(sys.argv[1], None).easel.close()
print(*sorted({"moderngl", "player.screen.facade"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("renderer", "devices", "why"),
    [
        ("auto", (), "there is no graphics card"),
        ("auto", ("renderD128",), ""),
        ("gl", (), ""),
        ("cpu", ("renderD128",), "as `renderer: cpu` says"),
    ],
)
def test_a_device_is_looked_for_first(
    renderer: RendererName, devices: Sequence[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`auto` asks where there is one, `gl` always, `cpu` never."""
    monkeypatch.setattr(gl_choice, "DEVICES", (str(tmp_path / "renderD*"),))
    for device in devices:
        (tmp_path / device).touch()
    assert no_use_of(renderer) == why


def test_a_machine_without_one_loads_nothing_of_it(tmp_path: Path) -> None:
    """Its plate is up as soon as before."""
    done = subprocess.run([sys.executable, "-c", STARTS, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""


def test_tries_are_remembered_for_ten_minutes_of_one_start_of_the_machine(tmp_path: Path) -> None:
    """What ended in order does not count, nor what another start of the machine saw, nor what was long ago."""
    clock = FakeClock()
    for _ in range(MOST + 1):
        Tries(tmp_path, clock, lambda: "one").begin()
        sound = Tries(tmp_path, clock, lambda: "one")
        clock.advance(SECOND)
        sound.begin()
        sound.end()
        sound.end()
    tries = Tries(tmp_path, clock, lambda: "one")
    assert tries.failed() == MOST
    assert Tries(tmp_path, clock, lambda: "two").failed() == 0
    clock.advance(LATELY)
    assert tries.failed() == 0


def test_the_last_of_them_takes_its_note_away(tmp_path: Path) -> None:
    """So that a sound player leaves nothing behind."""
    tries = Tries(tmp_path, FakeClock())
    tries.begin()
    assert (tmp_path / NAME).exists()
    tries.end()
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize("content", ["", "[]", '{"boot": "one", "began": 7}', '{"boot": "one", "began": ["x", null]}'])
def test_a_note_that_cannot_be_read_counts_for_nothing(tmp_path: Path, content: str) -> None:
    """It is written anew."""
    (tmp_path / NAME).write_text(content)
    tries = Tries(tmp_path, FakeClock(), lambda: "one")
    assert tries.failed() == 0
    tries.begin()
    assert tries.failed() == 1


def test_without_a_folder_nobody_remembers(tmp_path: Path) -> None:
    """Nor where nothing can be written; that keeps nobody from drawing."""
    for folder in (None, tmp_path / "nowhere"):
        tries = Tries(folder, FakeClock())
        tries.begin()
        assert tries.failed() == 0
        tries.end()
