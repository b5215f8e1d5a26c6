"""What `doctor` finds of the wall: what draws and why, outputs, calibration, projectors."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pytest

from player.calibration.record import Kept
from player.calibration.shelf import Edit, Shelf
from player.doctor import wall
from player.doctor.finding import Finding
from player.errors import OperatorError
from player.output.shape import plain
from player.projector import told
from player.projector.told import Report, Told
from player.screen.displays import Found
from player.screen.panes import Keys
from player.screen.writer import STATUS
from player.settings import Configuration, with_data
from player.units import SECOND, Size
from tests.fakes.clock import FakeClock
from tests.fakes.displays import FULL_HD, FakePanes, display
from tests.fakes.home import CLEAN, Home

OUTPUTS: Final = (
    f"{CLEAN}outputs: [{{id: left, display: {{name: EPSON PJ, serial: X4Z1}}}}, {{id: right, display: {{name: DUMMY1}}}}]\n"
)


def configured(folder: Path, text: str) -> Configuration:
    """Return a configuration with a data folder that is there."""
    (folder / "data").mkdir()
    return with_data(Home(folder).clean(text), str(folder / "data"))


def gpu(name: str) -> Callable[[], tuple[str, bool]]:
    """Return a machine with that OpenGL."""

    def found() -> tuple[str, bool]:
        if not name:
            raise OperatorError("There is no OpenGL 3.3 without a window here")
        return name, name != "llvmpipe"

    return found


@pytest.mark.parametrize(
    ("wanted", "says", "mark"),
    [
        (
            ("auto", "llvmpipe"),
            "CPU, for llvmpipe is no graphics card but a processor that plays one; cross-fades mix encoded",
            "green",
        ),
        (("auto", ""), "CPU; cross-fades mix encoded values, not light, at full frame rate. There is no OpenGL", "green"),
        (("auto", "NVIDIA"), "GPU (NVIDIA); cross-fades mix light", "green"),
        (("cpu", "NVIDIA"), "CPU, as `renderer: cpu` says; cross-fades mix encoded", "green"),
        (("gl", "llvmpipe"), "GPU (llvmpipe), as `renderer: gl` says; cross-fades mix light. That is a processor", "yellow"),
        (("gl", ""), "CPU; cross-fades mix encoded", "red"),
    ],
)
def test_what_draws_and_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: tuple[str, str], says: str, mark: str
) -> None:
    """A real graphics card, unless somebody wants it otherwise; what was asked for and is not there is a problem."""
    setting, name = wanted
    monkeypatch.setattr(wall, "_gpu", gpu(name))
    found = wall.renderer(configured(tmp_path, f"{CLEAN}display: {{renderer: {setting}}}\n"), FakeClock())
    assert found.text.startswith(says)
    assert f"[{mark}]" in found.mark


def test_the_screen_that_runs_knows_best(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its word counts while it is fresh; what it said yesterday does not."""
    monkeypatch.setattr(wall, "_gpu", gpu("NVIDIA"))
    configuration, clock = configured(tmp_path, CLEAN), FakeClock()
    said = {"at": clock.wall(), "renderer": "CPU (the graphics card failed 3 times)"}
    (configuration.data / STATUS).write_text(json.dumps(said))
    assert wall.renderer(configuration, clock).text == f"{said['renderer']}; {wall.MIXED}"
    (configuration.data / STATUS).write_text(json.dumps({**said, "renderer": "GPU (ANV)"}))
    assert wall.renderer(configuration, clock).text == f"GPU (ANV); {wall.IN_LIGHT}"
    clock.advance(60 * SECOND)
    assert wall.renderer(configuration, clock).text.startswith("GPU (NVIDIA)")


def outputs(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch, displays: Sequence[Found], *, has_display: bool = True
) -> list[Finding]:
    """Return what is found of the outputs on a machine with these displays."""
    monkeypatch.setattr(wall, "has_display", lambda: has_display)

    def panes(_keys: Keys) -> FakePanes:
        return FakePanes(displays)

    monkeypatch.setattr(wall, "SdlPanes", panes)
    return [*wall.outputs(configuration)]


def test_outputs_have_their_displays_or_miss_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is named; one without its display is a problem, and what is there instead is said."""
    left, right = outputs(configured(tmp_path, OUTPUTS), monkeypatch, [display(0, serial="X4Z1", size=FULL_HD)])
    assert (left.topic, left.text, left.is_problem) == ("output left", "EPSON PJ X4Z1 1920x1080 on HDMI-1", False)
    assert right.is_problem
    assert right.text.startswith("its display (DUMMY1) is not there; there are: EPSON PJ X4Z1")


def test_without_a_display_server_outputs_are_not_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody asks over the network: that is no fault of the wall."""
    (found,) = outputs(configured(tmp_path, OUTPUTS), monkeypatch, [], has_display=False)
    assert (found.is_problem, found.is_worth_a_look) == (False, True)


def kept(configuration: Configuration, *names: str) -> Shelf:
    """Keep a calibration of these outputs."""
    shelf = Shelf(configuration.data)
    outputs = {name: Kept(plain(Size(1920, 1080)), Size(1920, 1080)) for name in names}
    shelf.keep(Edit(at=1_800_000_000 * SECOND, by="anna", what="top left of left moved", outputs=outputs))
    return shelf


def test_the_calibration_that_counts_is_told(tmp_path: Path) -> None:
    """None yet; then its number, what was done last and by whom, and what is still as configured."""
    configuration = configured(tmp_path, OUTPUTS)
    (none,) = wall.calibration(configuration)
    assert none.text == "none yet: outputs are as the configuration has them"
    kept(configuration, "left")
    (found,) = wall.calibration(configuration)
    assert found.text == "number 1 counts: top left of left moved, by anna (outputs: left); as the configuration has them: right"
    assert not found.is_problem


def test_a_damaged_calibration_is_a_problem(tmp_path: Path) -> None:
    """The one before it is used, and it is said how another is brought back."""
    configuration = configured(tmp_path, OUTPUTS)
    shelf = kept(configuration, "left", "right")
    kept(configuration, "left", "right")
    newest = shelf.folder / "000000002.json"
    newest.write_bytes(newest.read_bytes()[:-9])
    warning, found = wall.calibration(configuration)
    assert warning.is_problem
    assert warning.text.startswith("calibration 2 is truncated or damaged; number 1 is used. weremember calibrate --history")
    assert found.text.startswith("number 1 counts")


def test_an_output_that_was_renamed_is_worth_a_look(tmp_path: Path) -> None:
    """Its shape lies there unused."""
    configuration = configured(tmp_path, OUTPUTS)
    kept(configuration, "left", "right", "rihgt")
    _, stranger = wall.calibration(configuration)
    assert stranger.text == "rihgt: shaped on the wall, and not in the configuration: was an output renamed?"
    assert (stranger.is_problem, stranger.is_worth_a_look) == (False, True)


def test_projectors_are_told_one_by_one(tmp_path: Path) -> None:
    """In a sentence each; a worry is a problem, and so is silence of their process."""
    configuration = configured(tmp_path, f"{CLEAN}projectors: {{left: {{host: 10.0.0.1}}, right: {{host: 10.0.0.2}}}}\n")
    clock = FakeClock()
    assert [each.is_problem for each in wall.projectors(configuration, clock)] == [True, True]
    well = Told(says="on and shown: the show is on", aim="open", why="the show is on")
    unwell = Told(says="does not answer", aim="open", why="the show is on", worries=("does not answer",))
    told.write(configuration.data, Report(clock.wall(), {"left": well, "right": unwell}))
    left, right = wall.projectors(configuration, clock)
    assert (left.topic, left.text, left.is_problem) == ("projector left", "on and shown: the show is on", False)
    assert (right.text, right.is_problem) == ("does not answer. Look at it: does not answer", True)
    assert not [*wall.projectors(with_data(Home(tmp_path / "data").clean(), str(tmp_path)), clock)]
