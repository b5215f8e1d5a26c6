"""Windows with OpenGL, on an X server in memory: what is drawn once is seen on each of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("moderngl", reason="needs moderngl (x86-64)")

from tests.fakes.display import EMPTY, display
from tests.render.gl.windows import APART, LEFT, RIGHT

ROOT = Path(__file__).parents[3]
LOOKS = 50


def test_two_windows_show_their_parts_of_one_canvas(needs: Callable[[str], None], tmp_path: Path) -> None:
    """Each window has its part of the canvas to the byte, turned as its seat says, though neither can wait for a display.

    A window that is gone is not drawn on: that ends the process.
    """
    needs("Xvfb")
    with display() as screen:
        environment = {**os.environ, "DISPLAY": screen.name, "SDL_VIDEODRIVER": "x11", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
        with subprocess.Popen(
            [sys.executable, "-m", "tests.render.gl.windows", str(tmp_path)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as windows:
            assert windows.stdin is not None
            assert windows.stdout is not None
            assert windows.stderr is not None
            line = windows.stdout.readline()
            if not line:
                why = windows.stderr.read()
                last = why.strip().splitlines()[-1]
                assert last.startswith(("pygame.error", "player.errors.OperatorError")), why
                pytest.skip(f"needs OpenGL on Xvfb (Debian: sudo apt install libgl1-mesa-dri): {last}")
            told = json.loads(line)
            canvas = np.load(tmp_path / "canvas.npy")
            wanted = np.full((screen.size.height, screen.size.width, 3), EMPTY, np.uint8)
            wanted[: LEFT.height, : LEFT.width] = canvas[: LEFT.height, :320]
            wanted[: RIGHT.height, APART : APART + RIGHT.width] = canvas[::-1, :319:-1]
            looks = (screen.pixels() for _ in range(LOOKS))  # the X server takes its time
            is_as_wanted = any(np.array_equal(pixels, wanted) for pixels in looks)
            windows.stdin.write("\n")
            windows.stdin.close()
            assert windows.wait() == 0

    assert told["errors"] == ["GL_NO_ERROR", "GL_NO_ERROR"]
    assert told["same"]
    assert is_as_wanted
