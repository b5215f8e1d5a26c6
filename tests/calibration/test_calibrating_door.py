"""`weremember calibrate --history` and `--restore`, as people and programs read them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from player.calibrating import history, restore
from player.calibration.record import Kept
from player.calibration.shelf import Edit, Shelf
from player.errors import OperatorError
from player.output.shape import Point, plain
from player.settings import Configuration, with_data
from tests.calibration.wall import SIZE
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.home import Home


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A site in Warsaw that nobody has mapped yet."""
    home = Home(tmp_path)
    home.playlist("words", "slides: [words]\n")
    return with_data(home.clean("feeds: {}\nshow: words\nsite: {zone: Europe/Warsaw}\n"), str(tmp_path / "data"))


def keep(configuration: Configuration, by: float, at: int = OPENING) -> None:
    """Keep an edit."""
    shape = replace(plain(SIZE), corners=(Point(by, 0), *plain(SIZE).corners[1:]))
    Shelf(configuration.data).keep(
        Edit(at=at, by="dana", what=f"left: moved {by:g}", outputs={"left": Kept(shape, SIZE)}), b"png"
    )


def said(configuration: Configuration) -> list[str]:
    """The history as lines."""
    lines: list[str] = []
    history(configuration, lines.append)
    return lines


def test_nothing_yet(configuration: Configuration) -> None:
    """Before the first edit one line says so, and no folder is made."""
    assert said(configuration) == ["no calibration yet: outputs are as the configuration has them"]
    assert not configuration.data.exists()


def test_when_who_and_what(configuration: Configuration) -> None:
    """Newest first, in the site's own time; a clock that nobody had set is called that, a damaged file too."""
    keep(configuration, 1)
    keep(configuration, 2, at=5)
    keep(configuration, 3)
    (configuration.data / "calibration" / "000000003.json").write_bytes(b"{")

    assert said(configuration) == [
        "     3  cannot be used: it is truncated or damaged",
        "     2  time not known       dana  left: moved 2  (counts now)",
        "     1  2027-01-20 10:00:00  dana  left: moved 1",
    ]


def test_for_programs(configuration: Configuration) -> None:
    """JSON has UTC, the thumbnail's place, and null for what is not known."""
    keep(configuration, 1)
    keep(configuration, 2, at=2**75)
    (configuration.data / "calibration" / "000000001.json").write_bytes(b"{")
    lines: list[str] = []
    history(configuration, lines.append, as_json=True)
    newest, damaged = json.loads(lines[0])

    assert newest["at"] is None
    assert newest["outputs"] == ["left"]
    assert newest["thumbnail"].endswith("000000002.png")
    assert damaged == {"number": 1, "thumbnail": damaged["thumbnail"], "problem": "truncated or damaged"}


def test_restoring_says_how_to_come_back(configuration: Configuration) -> None:
    """What counts now is said, and the number that counted until now."""
    keep(configuration, 1)
    keep(configuration, 2)
    lines: list[str] = []
    made = restore(configuration, "previous", lines.append, FakeClock())

    assert made.outputs["left"].shape.corners[0] == Point(1, 0)
    assert made.at == OPENING
    assert lines == [
        "calibration 3 counts now: number 1 again: left: moved 1 (outputs: left)",
        "back again: weremember calibrate --restore 2",
    ]
    with pytest.raises(OperatorError, match="no calibration 9"):
        restore(configuration, "9", lines.append)
