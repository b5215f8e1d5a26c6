"""The smallest process begins without the command line, and says what it takes."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("click", "pydantic", "yaml", "PIL", "numpy", "pygame", "paho")


@pytest.mark.parametrize("words", [("--help",), ("--config",), ("--windowed", "1x1")])
def test_it_takes_where_and_nothing_else(words: tuple[str, ...]) -> None:
    """Anything but what `run` gives is wrong usage, in a line."""
    done = subprocess.run([sys.executable, "-m", "player", "fleetlink", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"weremember: fleetlink takes --config FILE and --data DIR, not '{words[0]}'\n"


def test_it_waits_as_small_as_a_process_can_be() -> None:
    """Until there is a broker in the configuration nothing heavy is loaded, not even the command line."""
    code = "import sys; import player.fleetlink; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not [name for name in HEAVY if name in loaded]
