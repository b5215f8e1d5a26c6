"""Outputs, light, the renderer and the wall's measures in config.yaml: what is taken in, and every mistake with its line."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from player.output.shape import Box
from player.settings import INSTALLATION, keep_clean, last_clean
from player.units import Size
from tests.fakes.home import CLEAN, Home

WALL: Final = """canvas: 3600x1080
outputs:
  - {id: left, display: {name: EPSON PJ, serial: X4Z1, size: 1920x1080}, crop: [0, 0, 1920, 1080], black: 0.0008}
  - {id: right, display: {name: EPSON PJ, serial: X4Z2}, crop: [1680, 0, 1920, 1080], mirror: horizontal}
projectors:
  left: {host: 192.168.1.20}
  right-2: {host: 192.168.1.21}
light: {picture_level: 0.6}
display: {renderer: gl, viewing_distance: 100m, wall_width: 24.5 m}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one playlist."""
    return Home(tmp_path)


def test_a_facade_is_taken_in_and_kept(home: Home) -> None:
    """Every section as values; the last clean copy gives the same back."""
    configuration = home.clean(f"{CLEAN}{WALL}storage: {{data: data}}\n")
    settings = configuration.settings
    assert settings.canvas == Size(3600, 1080)
    assert [(each.id, each.crop) for each in settings.outputs] == [
        ("left", Box(0, 0, 1920, 1080)),
        ("right", Box(1680, 0, 1920, 1080)),
    ]
    assert set(settings.projectors) == {"left", "right-2"}
    assert settings.light.picture_level == 0.6
    display = settings.display
    assert (display.renderer, display.viewing_distance, display.wall_width) == ("gl", 100.0, 24.5)
    keep_clean(configuration)
    assert last_clean(configuration.data) == configuration


def test_without_outputs_nothing_is_different(home: Home) -> None:
    """One display, whatever draws, and light as it comes."""
    settings = home.clean().settings
    assert (settings.canvas, settings.outputs, settings.projectors) == (None, (), {})
    assert (settings.light.picture_level, settings.display.renderer, settings.display.viewing_distance) == (None, "auto", None)


ONE: Final = "outputs: [{id: left}]\n"
PROBLEMS: Final[dict[str, tuple[str, str]]] = {
    "crossed corners": (
        "outputs:\n  - id: left\n    corners: [[0, 0], [100, 100], [100, 0], [0, 100]]\n",
        "5 outputs.0.corners: The corners are crossed",
    ),
    "an unknown key": ("outputs: [{id: left, mirorr: none}]\n", '3 outputs.0.mirorr: unknown key. Did you mean "mirror"?'),
    "outside the canvas": (
        "canvas: 1920x1080\noutputs:\n  - {id: left, crop: [1000, 0, 1920, 1080]}\n",
        "5 outputs.0.crop: lies outside the canvas",
    ),
    "two outputs on one display": (
        "outputs:\n  - {id: left, display: A}\n  - {id: right, display: A}\n",
        '5 outputs.1.display: may be the display of output "left"',
    ),
    "one name twice": ("outputs:\n  - {id: a, display: A}\n  - {id: a, display: B}\n", "5 outputs.1.id: two outputs are called"),
    "a window beside its output": (
        (
            "outputs:\n  - id: left\n    display: {name: A, size: 1920x1080}\n"
            "    masks: [{id: w, kind: drop, points: [[5180, 830], [5400, 830], [5400, 1020]]}]\n"
        ),
        "6 outputs.0.masks.0.points: all of it lies beside the output, which has 1920x1080",
    ),
    "a slice beyond its display": (
        "outputs:\n  - {id: left, display: {name: A, size: 1920x1080}, place: [1800, 0, 1920, 1080]}\n",
        "4 outputs.0.place: reaches to 3720, 1080, beyond its display of 1920x1080",
    ),
    "gamma 0": ("outputs: [{id: left, gamma: 0}]\n", '3 outputs.0.gamma: must be 0.5 to 4, not "0"'),
    "a canvas for nobody": ("canvas: 3600x1080\n", "3 canvas: is shared by outputs, and there are none"),
    "a rotation of the one display": (f"{ONE}display: {{rotate: 90}}\n", "4 display.rotate: is for one display alone"),
    "a size of the one display": (f"{ONE}display: {{size: 640x480}}\n", "4 display.size: is for one display alone"),
    "a projector of nobody": (
        f"{ONE}projectors:\n  lfet: {{host: 10.0.0.1}}\n",
        '5 projectors.lfet: there is no output "lfet". Did you mean "left"?',
    ),
    "light that blinds nobody": ("light: {picture_level: 0}\n", '3 light.picture_level: must be at least 0.05, not "0"'),
    "an unknown renderer": ("display: {renderer: gpu}\n", "3 display.renderer: must be 'auto', 'cpu' or 'gl', not \"gpu\""),
    "a distance without a unit": (
        "display: {viewing_distance: 100, wall_width: 24m}\n",
        '3 display.viewing_distance: write a length in metres with its unit, such as 100m or 8.5m, not "100"',
    ),
    "a distance beyond sight": (
        "display: {viewing_distance: 9000m, wall_width: 24m}\n",
        "3 display.viewing_distance: is from 0.5 m to 5000 m, not 9000 m",
    ),
    "a distance without a wall": ("display: {viewing_distance: 100m}\n", "3 display: to know what can be read"),
}


@pytest.mark.parametrize(("text", "expected"), PROBLEMS.values(), ids=list(PROBLEMS))
def test_every_mistake_is_one_clear_problem(home: Home, text: str, expected: str) -> None:
    """File, line, path, the reason, and the nearest right form where there is one."""
    (problem,) = home.problems(CLEAN + text)
    assert problem.startswith(f"config.yaml:{expected}")


def test_the_example_of_a_facade_is_right(home: Home) -> None:
    """What is commented in config.yaml is a right configuration once the marks are taken away."""
    text = (INSTALLATION / "config.yaml").read_text("utf-8")
    start, end = text.index("# canvas:"), text.index("\n\n", text.index("# light:"))
    wall = re.sub(r"^# ", "", text[start:end], flags=re.MULTILINE)
    settings = home.clean(f"{CLEAN}{wall}\n").settings
    assert [each.id for each in settings.outputs] == ["left", "right"]
    assert set(settings.projectors) == {"left", "right"}
    assert settings.light.picture_level == 0.6


def test_whoever_reads_the_configuration_loads_no_pictures() -> None:
    """Every process does: what outputs are made of stays out of it."""
    code = "import sys, player.settings; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=INSTALLATION, capture_output=True, text=True, check=True)
    assert not {"numpy", "cv2", "PIL", "pygame"} & set(done.stdout.split())
