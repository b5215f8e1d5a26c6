"""A wall simulated: the show as all outputs together throw it, and how even that is."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PIL import Image as Picture

from player.errors import OperatorError
from player.output.shape import Point
from player.settings import Configuration, load
from player.simulating import Simulated, parse_move, simulate
from player.still import still
from tests.fakes.clock import OPENING, FakeClock

OUTPUTS: Final = """
outputs:
  - {id: left, display: {name: A, size: 320x180}, crop: [0, 0, 320, 180], black: 0.002}
  - {id: right, display: {name: B, size: 320x180}, crop: [256, 0, 320, 180], black: 0.002}
"""


def configured(folder: Path, outputs: str = OUTPUTS) -> Configuration:
    """Return a wall of two that shows words."""
    (folder / "playlists").mkdir()
    (folder / "playlists" / "wall.yaml").write_text("hold: 6s\nfade: 1.5s\nslides: [words]\n")
    (folder / "config.yaml").write_text(f"feeds: {{}}\nstorage: {{data: {folder / 'data'}}}\n{outputs}")
    loaded = load(folder / "config.yaml")
    assert loaded.problems == ()
    assert loaded.configuration
    return loaded.configuration


def simulated(
    folder: Path, *, moved: dict[str, Point] | None = None, outputs: str = OUTPUTS
) -> tuple[Simulated, list[str], Path]:
    """Simulate; return what was found, what was said, and the picture."""
    said: list[str] = []
    out = folder / "wall.png"
    found = simulate(configured(folder, outputs), OPENING, out, said.append, moved=moved, clock=FakeClock())
    return found, said, out


def test_the_wall_shows_the_show(tmp_path: Path) -> None:
    """The top of the picture is the canvas of that instant, as two projectors that blend throw it together."""
    found, said, out = simulated(tmp_path)
    canvas = still(
        load(tmp_path / "config.yaml").configuration or pytest.fail("it was clean before"),
        OPENING,
        found.canvas,
        FakeClock(),
        lambda _: None,
    )
    with Picture.open(out) as read:
        side = (read.size[0] - found.canvas.width) // 2
        wall = np.asarray(read.convert("RGB"))[: found.canvas.height, side : side + found.canvas.width]
    bright = canvas[..., 1] > 150
    assert np.abs(wall[..., 1].astype(int) - canvas[..., 1])[bright].max() <= 3
    assert (found.most, round(found.lit, 2)) == (2, 1.0)
    assert any(line.startswith("white: ±") for line in said)
    assert any(line.startswith("black: 0.40 % of white") for line in said)


def test_it_says_how_even_the_blend_is(tmp_path: Path) -> None:
    """Flat to half a percent in white; and no more so when a projector has moved."""
    found, _, _ = simulated(tmp_path)
    assert found.white
    assert found.white.uneven < 0.005
    (tmp_path / "off").mkdir()
    off, said, _ = simulated(tmp_path / "off", moved={"right": Point(3.0, 0.0)})
    assert off.white
    assert off.white.uneven > 3 * found.white.uneven
    assert "right is off by 3, 0 px" in said[0]


def test_without_outputs_there_is_nothing_to_simulate(tmp_path: Path) -> None:
    """And an output that does not exist does not move."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with pytest.raises(OperatorError, match="no outputs to simulate"):
        simulated(tmp_path / "a", outputs="")
    with pytest.raises(OperatorError, match='no output "middle": there are left, right'):
        simulated(tmp_path / "b", moved={"middle": Point(1, 1)})


def test_without_black_that_is_said(tmp_path: Path) -> None:
    """Where no output says what its black is, none is made up."""
    found, said, _ = simulated(tmp_path, outputs=OUTPUTS.replace(", black: 0.002", ""))
    assert found.black is None
    assert any("`black:`" in line for line in said)


@pytest.mark.parametrize(("text", "name", "move"), [("left=2,-0.5", "left", Point(2, -0.5)), ("b-2=0,10", "b-2", Point(0, 10))])
def test_a_move_is_read(text: str, name: str, move: Point) -> None:
    """As people write it."""
    assert parse_move(text) == (name, move)


@pytest.mark.parametrize("text", ["left", "left=2", "=1,2", "left=a,b", "left=1,2,3", "left=900,0", "left=nan,0"])
def test_a_move_that_is_none_is_refused(text: str) -> None:
    """With how to write one."""
    with pytest.raises(ValueError, match="pixels"):
        parse_move(text)
