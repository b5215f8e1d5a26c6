"""The wall: outputs, projectors, calibrations."""

from __future__ import annotations

import json
from pathlib import Path

from player.calibration.shelf import Edit, Shelf
from player.console.looks import wall
from player.console.looks.heard import listened
from player.library.heard import STATUS
from player.projector.told import Report, Told, write
from player.settings import Configuration, with_data
from player.units import Size
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.home import CLEAN, Home

OUTPUTS = """
canvas: 3840x1080
outputs:
  - {id: left, display: {name: EPSON, serial: A1, size: 1920x1080}, crop: [0, 0, 1920, 1080]}
  - {id: right, display: {name: EPSON, serial: B2, size: 1920x1080}, crop: [1920, 0, 1920, 1080], rotate: 180}
projectors:
  left: {kind: pjlink, host: 192.168.1.20}
"""


def configured(folder: Path) -> Configuration:
    """Two outputs, one of which is a projector's."""
    (folder / "data").mkdir()
    return with_data(Home(folder).clean(CLEAN + OUTPUTS), str(folder / "data"))


def test_outputs_are_drawn_where_they_take_the_canvas(tmp_path: Path) -> None:
    """What each takes of the canvas and where that lands, before any screen has run."""
    found = wall.look(configured(tmp_path), None, OPENING, word=None)

    assert found.canvas == Size(3840, 1080)
    left, right = found.outputs
    assert (left.crop, right.crop) == ((0, 0, 1920, 1080), (1920, 0, 1920, 1080))
    assert left.corners == ((0, 0), (1920, 0), (1920, 1080), (0, 1080))
    assert (left.is_standing, right.rotate) == (None, 180)


def test_how_they_stand_is_what_the_screen_says(tmp_path: Path) -> None:
    """Which display each has, why one has none, what card is on it, and how projectors are."""
    configuration = configured(tmp_path)
    outputs = [
        {"id": "left", "display": "EPSON A1", "size": [1280, 720]},
        {"id": "right", "display": None, "why": "unplugged\u202e"},
    ]
    told = {"at": OPENING, "outputs": outputs, "cards": {"left": "grid"}, "editing": "right", "dim": 60, "light": 0.6}
    (configuration.data / STATUS).write_text(json.dumps(told))
    write(configuration.data, Report(OPENING, {"left": Told(says="it shines", aim="open", why="")}))

    found = wall.look(configuration, None, OPENING, word=listened(configuration.data, FakeClock()))

    left, right = found.outputs
    assert (left.is_standing, left.display, left.size, left.card) == (True, "EPSON A1", Size(1280, 720), "grid")
    assert (right.is_standing, right.why, right.is_edited) == (False, "unplugged", True)
    assert (found.dim, found.light) == (60, 0.6)
    assert [(each.name, each.told and each.told.says) for each in found.projectors] == [("left", "it shines")]


def test_the_history_says_which_one_counts(tmp_path: Path) -> None:
    """The newest sound one is in force; one that cannot be used says why; thumbnails are found by their number alone."""
    configuration = configured(tmp_path)
    shelf = Shelf(configuration.data)
    for what in ("first", "second", "third"):
        shelf.keep(Edit(at=OPENING, by="Olek", what=what, outputs={}), what.encode())
    (shelf.folder / "000000003.json").write_bytes(b"{")

    found = wall.look(configuration, None, OPENING, word=None)

    assert [(each.number, each.what, bool(each.problem), each.is_in_force) for each in found.history] == [
        (3, "", True, False),
        (2, "second", False, True),
        (1, "first", False, False),
    ]
    assert wall.thumbnail(configuration.data, 2) == b"second"
    assert wall.thumbnail(configuration.data, 9) is None
