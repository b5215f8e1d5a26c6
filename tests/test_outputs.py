"""The list of displays: what can be copied is what the configuration takes, and binds each to the display that it was made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from player import outputs
from player.output.section import Outputs
from player.outputs import NONE, UNASKED, list_displays
from player.schema import Frozen, read, validate
from player.screen.binding import Binding, bound
from player.screen.displays import Found, Head
from player.units import Size
from tests.fakes.displays import FULL_HD, FakePanes, display, edid
from tests.fakes.home import CLEAN, Home

TWO: Final = (display(0, serial="X4Z1", size=FULL_HD), display(1, serial="X4Z2", size=FULL_HD, left=1920))
LEFT: Final = f"{CLEAN}outputs: [{{id: left, display: {{name: EPSON PJ, serial: X4Z1}}}}]\n"


class File(Frozen):
    """What of config.yaml is printed."""

    outputs: Outputs = ()


def said(home: Home, text: str, displays: tuple[Found, ...], *, as_json: bool = False) -> tuple[str, bool]:
    """Return what is printed, and whether all is well."""
    lines: list[str] = []
    is_well = list_displays(home.clean(text), lines.append, as_json=as_json, panes=FakePanes(displays))
    return "\n".join(lines), is_well


def test_displays_are_listed_with_who_has_them(tmp_path: Path) -> None:
    """A line for each: what it says of itself, where it is, and its output."""
    text, is_well = said(Home(tmp_path), LEFT, TWO)
    assert is_well
    assert text.splitlines() == [
        "outputs:",
        "  - {id: left, display: {name: EPSON PJ, serial: X4Z1, size: 1920x1080}}   # on HDMI-1, 50 Hz, at 0, 0: output left",
        "  - {id: hdmi-2, display: {name: EPSON PJ, serial: X4Z2, size: 1920x1080}}   # on HDMI-2, 50 Hz, at 1920, 0: no output",
    ]


@pytest.mark.parametrize(
    "displays",
    [
        TWO,
        (display(0), display(1), display(2, serial="7")),
        (Found(0, "0", "", Size(640, 480)), Found(1, "1", "", Size(640, 480))),
        (Found(0, "Ünïcode, {x}: #1", "12: 3", Size(640, 480)), Found(1, "on", "1e5", Size(640, 480), socket="DP-1")),
        (Found(0, "EPSON PJ", "1", FULL_HD, socket="left"), Found(1, "EPSON PJ", "2", FULL_HD, socket="LEFT")),
    ],
)
def test_what_is_printed_can_be_copied(tmp_path: Path, displays: tuple[Found, ...]) -> None:
    """Read back, it is a right section, and each line is bound to the display that it was printed for; twins by number."""
    text, _ = said(Home(tmp_path), CLEAN, displays)
    (tmp_path / "copied.yaml").write_text(text, "utf-8")
    document = read(tmp_path / "copied.yaml", "copied.yaml")
    copied = validate(document, File)
    assert copied is not None, document.problems
    binding = bound(copied.outputs, displays, before=Binding())
    assert [binding.displays[each.id] for each in copied.outputs] == list(displays)


def test_a_missing_display_is_a_problem(tmp_path: Path) -> None:
    """The output is named, with what is there instead."""
    text, is_well = said(Home(tmp_path), LEFT, TWO[1:])
    assert not is_well
    assert text.splitlines()[-1].startswith("# output left: its display (EPSON PJ X4Z1) is not there; there are: EPSON PJ X4Z2")


def test_without_a_display_server_the_kernel_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the EDID of each; where it knows of none, it is said where to ask."""
    monkeypatch.setattr(outputs, "heads", lambda: (Head("HDMI-A-1", edid()), Head("DP-1", b"")))
    home = Home(tmp_path)
    text, is_well = said(home, CLEAN, ())
    assert is_well
    first, _, *lines = text.splitlines()
    assert first == UNASKED
    assert lines[0].startswith("  - {id: hdmi-a-1, display: {name: EPSON PJ, serial: X4Z1, size: 1920x1080}}")
    assert lines[1].startswith("  - {id: dp-1, display: {name: DP-1, size: 1920x1080}}")
    monkeypatch.setattr(outputs, "heads", lambda: ())
    assert said(home, CLEAN, ()) == (f"# {NONE}", False)


def test_programs_get_an_object(tmp_path: Path) -> None:
    """Every display with its outputs, and the outputs that have none."""
    text, _ = said(Home(tmp_path), LEFT, TWO, as_json=True)
    found = json.loads(text)
    assert [each["outputs"] for each in found["displays"]] == [["left"], []]
    assert (found["displays"][0]["serial"], found["displays"][0]["size"], found["missing"]) == ("X4Z1", "1920x1080", {})
