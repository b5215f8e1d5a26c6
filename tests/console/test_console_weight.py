"""What the console's process carries: it shares a small machine with the show, and nothing that draws belongs in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LOADED = "import sys, player.console.service, player.console.door.certificate; print('\\n'.join(sys.modules))"


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    """What is in memory when the console has begun."""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_console_loads_nothing_that_draws(loaded: list[str]) -> None:
    """No picture is decoded, drawn or warped here; numpy alone is, for calibrations are not read without its judgement."""
    rooms = {name.partition(".")[0] for name in loaded}
    assert "uvicorn" in rooms
    assert not rooms & {"cv2", "pygame", "moderngl", "PIL", "segno"}


def test_the_console_loads_nothing_that_asks_or_tells_others(loaded: list[str]) -> None:
    """It answers: no library that calls somebody is in it, nor rich, which is for terminals."""
    assert not {"requests", "urllib3", "httpx", "tuf", "apprise", "rich"} & {name.partition(".")[0] for name in loaded}


def test_a_console_of_one_wall_loads_nothing_of_a_fleet(loaded: list[str]) -> None:
    """It weighs what it weighed before there were any: neither a centre, nor its pages, nor what speaks to brokers is in it."""
    assert not [name for name in loaded if name.startswith(("player.centre", "player.console.fleet", "paho"))]
