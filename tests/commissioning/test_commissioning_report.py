"""The commissioning report: one page that says what was measured, without anything from outside and without people's photos."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest

from player.calibration.record import Kept
from player.calibration.shelf import Edit, Shelf
from player.commissioning import report
from player.commissioning.survey import Survey
from player.commissioning.throw import ALONE, named, throws
from player.errors import OperatorError
from player.output.shape import Point, Shape
from player.projector import told
from player.projector.told import Report, Told
from player.settings import Configuration, load
from player.units import Size
from tests.fakes.clock import OPENING, FakeClock

OUTPUTS: Final = """
outputs:
  - {id: left, display: {name: "Pro <b>", serial: X1, size: 320x180}, crop: [0, 0, 320, 180], black: 0.002}
  - id: right
    display: {name: Other, size: 320x180}
    crop: [256, 0, 320, 180]
    black: 0.002
    gain: 0.9
    masks: [{id: window, kind: drop, points: [[100, 60], [160, 60], [160, 120], [100, 120]], feather: 6}]
"""
REST: Final = """
display: {viewing_distance: 60m, wall_width: 24m}
light: {picture_level: 0.5}
projectors: {left: {host: 192.168.1.20}, right: {host: 192.168.1.21}}
schedule:
  slots: [{id: evening, show: facade, at: 17:00 to 23:00}]
  quiet: [{when: {at: 22:00 to 23:00}, do: {dim: 40}}]
"""


class Reader(HTMLParser):
    """Reads a page as a browser would, and minds what it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Note what would come from elsewhere."""
        self.fetched += [value or "" for key, value in attrs if key in {"src", "href"} and not (value or "").startswith("data:")]
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Every tag is closed in its turn."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep what people read."""
        self.words.append(data)


def configured(folder: Path, text: str) -> Configuration:
    """Return a configuration with two short shows of words."""
    (folder / "playlists").mkdir()
    for name in ("wall", "facade"):
        (folder / "playlists" / f"{name}.yaml").write_text("hold: 6s\nfade: 1.5s\nmotion: false\nslides: [words]\n")
    (folder / "config.yaml").write_text(
        f"site: {{name: Town <Hall>, zone: Europe/Warsaw}}\nfeeds: {{}}\nstorage: {{data: {folder / 'data'}}}\n{text}"
    )
    loaded = load(folder / "config.yaml")
    assert loaded.problems == ()
    assert loaded.configuration
    return loaded.configuration


def written(folder: Path, text: str) -> tuple[Survey, str, str]:
    """Write a report; return what was found, the page, and what people read of it."""
    configuration = configured(folder, text)
    configuration.data.mkdir(exist_ok=True)
    told.write(configuration.data, Report(OPENING, {"left": Told(says="on", aim="open", why="", worries=("lamp",))}))
    said: list[str] = []
    out = folder / "report.html"
    found = report(configuration, out, now=OPENING, say=said.append, clock=FakeClock())
    assert "played through: wall" in said[0]
    page = out.read_text("utf-8")
    reader = Reader()
    reader.feed(page)
    assert not reader.open
    assert not reader.fetched
    return found, page, " ".join(reader.words)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Survey, str, str]:
    """The report of a wall of two."""
    return written(tmp_path_factory.mktemp("wall"), OUTPUTS + REST)


def test_the_page_says_what_was_found(whole: tuple[Survey, str, str]) -> None:
    """Flashes, level, letters, contrast, evenness of white and black; each beside what may be."""
    found, _, words = whole
    for part in ("Flashes in any second", "Greatest picture level", "Smallest letter", "Least contrast", "white", "black"):
        assert part in words
    assert "3 (WCAG 2.3.1)" in words
    assert "60 m" in words
    assert [each.show for each in found.rehearsed] == ["wall", "facade"]
    assert all(each.flashes.most <= 3 for each in found.rehearsed)
    assert found.white
    assert found.white.uneven < 0.01
    assert found.black
    assert found.dim == 40
    assert "40 % brightness" in words


def test_the_page_says_how_the_wall_is_set_up(whole: tuple[Survey, str, str]) -> None:
    """Identity, seat, masks, projectors and what they worry about, the schedule in the site's time, versions."""
    _, _, words = whole
    for part in (
        "serial X1",
        "320x180",
        "window (drop)",
        "gain 0.9",
        "lamp",
        "nothing is known of it yet",
        "evening",
        "17:00",
        "Python",
    ):
        assert part in words


def test_names_are_words_and_no_markup(whole: tuple[Survey, str, str]) -> None:
    """Whatever somebody called a site or a display, it stands there as it was written."""
    _, page, words = whole
    assert "Town <Hall>" in words
    assert "Pro <b>" in words
    assert "<b>" not in page


def test_pictures_are_of_shapes_and_light_alone(whole: tuple[Survey, str, str]) -> None:
    """A mapping for each output, and panels of overlaps, white and black: nobody's photo is kept in a folder."""
    _, page, _ = whole
    assert len(re.findall(r'src="data:image/png;base64,', page)) == 2 + 3
    assert len(page) < 1_000_000


def test_a_display_alone_has_a_report_too(tmp_path: Path) -> None:
    """Without outputs the only display is one, and what is not said is asked for."""
    found, _, words = written(tmp_path, "display: {size: 320x180}\n")
    assert [each.id for each in found.throws.outputs] == [ALONE]
    assert "viewing_distance and wall_width are not set" in words
    assert found.black is None
    assert "None are configured" in words


def test_what_was_edited_on_the_wall_counts(tmp_path: Path) -> None:
    """The newest calibration of an output is judged, not what the configuration began with."""
    configuration = configured(tmp_path, OUTPUTS)
    corners = (Point(4, 4), Point(300, 4), Point(300, 170), Point(4, 170))
    shelf = Shelf(configuration.data)
    shelf.keep(Edit(at=OPENING, by="a", what="left: corner", outputs={"left": Kept(Shape(corners), Size(320, 180))}))
    found = throws(configuration)
    assert found.calibration == 1
    left, right = found.outputs
    assert left.shape.corners == corners
    assert left.is_calibrated
    assert not right.is_calibrated
    assert named(found.outputs, "right") is right
    with pytest.raises(OperatorError, match="there are left, right"):
        named(found.outputs, "lefft")


def test_a_report_that_cannot_be_written_says_so_before_the_work(tmp_path: Path) -> None:
    """Nobody waits a minute to hear of a folder that is not there."""
    configuration = configured(tmp_path, OUTPUTS)
    with pytest.raises(OperatorError, match="no folder"):
        report(configuration, tmp_path / "no" / "report.html", now=OPENING, say=print, clock=FakeClock())
