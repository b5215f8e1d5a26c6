"""Wall: outputs as they are mapped, calibrations restored, and corners that are moved from the page."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from player.calibration.shelf import Shelf
from player.console.people.roles import Role
from tests.fakes.console import Browser, Console

TEXT: Final = """
feeds: {}
show: one
canvas: 3840x1080
outputs:
  - {id: left, display: {name: EPSON, serial: A1, size: 1920x1080}, crop: [0, 0, 1920, 1080]}
  - {id: right, display: {name: EPSON, serial: B2, size: 1920x1080}, crop: [1920, 0, 1920, 1080]}
"""
CORNERS: Final = (("10", "20"), ("1920", "0"), ("1920", "1080"), ("0", "1080"))
CROSSED: Final = (("1920", "0"), ("0", "0"), ("1920", "1080"), ("0", "1080"))


@pytest.fixture
def console(tmp_path: Path) -> Generator[Console]:
    """A console of a façade with two outputs."""
    with Console(tmp_path, text=TEXT) as console:
        yield console


def shape(browser: Browser, number: int, corners: tuple[tuple[str, str], ...] = CORNERS, output: str = "left") -> int:
    """Place the corners of an output; return the status."""
    places = {f"{axis}{i}": value for i, pair in enumerate(corners, 1) for axis, value in zip("xy", pair, strict=True)}
    return browser.post("/wall/shape", {"output": output, "number": str(number), **places}).status_code


def test_it_draws_what_each_output_takes(console: Console) -> None:
    """On the canvas, and where it lands; with what may be done for whoever may."""
    viewer = console.browser(Role.VIEWER).get("/wall").text
    operator = console.browser(Role.OPERATOR).get("/wall").text

    assert '<rect class="crop" x="1920.0" y="0.0" width="1920.0" height="1080.0"/>' in viewer
    assert 'points="0.0,0.0 1920.0,0.0 1920.0,1080.0 0.0,1080.0 "' in viewer
    assert "/wall/shape" not in viewer
    for part in ("/wall/shape?output=left", "/orders/card", "/orders/dim", "/orders/calibrate", "colour bars"):
        assert part in operator


def test_one_display_has_nothing_to_be_mapped(tmp_path: Path) -> None:
    """And the page says so."""
    with Console(tmp_path) as console:
        assert "There is nothing to be mapped." in console.browser(Role.OPERATOR).get("/wall").text


def test_corners_that_are_placed_are_kept(console: Console) -> None:
    """As a calibration by whoever placed them; the page shows them, and the other output is as it was."""
    browser = console.browser(Role.OPERATOR)

    assert shape(browser, 0) == 303

    made = Shelf(console.data).newest().calibration
    assert made
    assert (made.number, made.by, made.outputs["left"].shape.corners[0]) == (1, "Olek", (10, 20))
    assert set(made.outputs) == {"left"}
    assert 'name="x1" value="10.0"' in browser.get("/wall/shape?output=left").text
    assert "Number 1" in browser.get("/wall").text


def test_whoever_was_overtaken_is_told(console: Console) -> None:
    """A calibration that somebody else made meanwhile is not lost unseen."""
    browser = console.browser(Role.OPERATOR)
    shape(browser, 0)

    assert shape(browser, 0, (("50", "50"), *CORNERS[1:])) == 409
    assert Shelf(console.data).newest_number() == 1


@pytest.mark.parametrize("corners", [CROSSED, (("nan", "0"), *CORNERS[1:]), (("1e9", "0"), *CORNERS[1:])])
def test_corners_that_cannot_be_are_refused(console: Console, corners: tuple[tuple[str, str], ...]) -> None:
    """Crossed, no numbers, or nowhere near: the last good ones stay."""
    assert shape(console.browser(Role.OPERATOR), 0, corners) in {409, 422}
    assert Shelf(console.data).newest_number() == 0


def test_an_output_that_there_is_not_has_no_corners(console: Console) -> None:
    """Neither to be seen nor to be placed; nor has any for whoever only looks."""
    browser = console.browser(Role.OPERATOR)

    assert browser.get("/wall/shape?output=../../etc").status_code == 404
    assert shape(browser, 0, output="middle") == 404
    assert console.browser(Role.VIEWER).get("/wall/shape?output=left").status_code == 403


def test_an_earlier_calibration_is_restored_as_a_new_one(console: Console) -> None:
    """Nothing is lost; one that there is not is said."""
    browser = console.browser(Role.OPERATOR)
    shape(browser, 0)
    shape(browser, 1, (("50", "50"), *CORNERS[1:]))

    answer = browser.post("/wall/restore", {"number": "1"})

    assert answer.status_code == 303
    made = Shelf(console.data).newest().calibration
    assert made
    assert (made.number, made.outputs["left"].shape.corners[0]) == (3, (10, 20))
    assert browser.post("/wall/restore", {"number": "99"}).status_code == 409
