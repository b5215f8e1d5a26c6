"""The commands that set up a façade: what each leaves for whom, and what is refused before anybody is asked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from player import ordering, outputs
from player.calibration.record import Kept
from player.calibration.shelf import Edit, Shelf
from player.cli import main
from player.command import Calibrate, Command, ShowCard
from player.library.library import open_library
from player.output.shape import plain
from player.output.testcard import NAMES
from player.processes import children
from player.units import SECOND, Size
from tests.fakes.displays import FakePanes, display
from tests.fakes.site import Site

MINUTE: Final = 60 * SECOND
WALL: Final = "outputs: [{id: left, display: {name: EPSON PJ, size: 320x180}}]\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A place with an output and a data folder."""
    site = Site(tmp_path, rest=WALL)
    with closing(open_library(site.data, writer="test")):
        return site


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Command]:
    """The orders that were left, each answered with "done"."""
    found: list[Command] = []

    def order(_folder: Path, command: Command, say: Callable[[str], None]) -> bool:
        found.append(command)
        say("done")
        return True

    monkeypatch.setattr(ordering, "order", order)
    return found


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("testcard grid", ShowCard("grid")),
        ("testcard grid --output left --for 5m", ShowCard("grid", "left", 5 * MINUTE)),
        ("testcard off", ShowCard(None)),
        ("testcard off --output left", ShowCard(None, "left")),
        ("calibrate", Calibrate()),
        ("calibrate --output left --for 1h", Calibrate("left", 60 * MINUTE)),
        ("calibrate --off", Calibrate(is_over=True)),
    ],
)
def test_each_order_is_left_as_it_was_meant(site: Site, given: list[Command], words: str, order: Command) -> None:
    """For the screen; what became of it is printed."""
    done = site.command(*words.split())
    assert (done.exit_code, done.stdout, done.stderr) == (0, "done\n", "")
    assert given == [order]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("testcard gird", 'there is no test card "gird". Did you mean "grid"?'),
        ("testcard grid --output lfet", 'there is no output "lfet". Did you mean "left"?'),
        ("testcard grid --for 5", 'not "5". Did you mean "5m"?'),
        ("testcard grid --for 9h", "for at most 4 h at a time"),
        ("testcard off --for 5m", "off is at once"),
        ("testcard", "Missing argument 'NAME|off'"),
        ("calibrate --output lfet", 'there is no output "lfet". Did you mean "left"?'),
        ("calibrate --off --history", "--off stands alone"),
        ("calibrate --restore 1 --output left", "--restore stands alone"),
        ("calibrate --json", "--json goes with --history"),
        ("projectors --ask --json", "choose one"),
        ("simulate --out wall.png", "Missing option '--outputs'"),
        ("simulate --outputs --out wall.png --moved left", "such as left=2,-0.5"),
        ("simulate --outputs --out wall.png --at noon", "--at"),
    ],
)
def test_what_is_no_order_is_refused_with_the_nearest(site: Site, given: list[Command], words: str, says: str) -> None:
    """One line on stderr, status 2, and nothing is left for anybody."""
    done = site.command(*words.split())
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr
    assert not given


@pytest.mark.parametrize("words", ["testcard grid", "calibrate", "simulate --outputs --out wall.png"])
def test_without_outputs_it_is_said_what_to_write(tmp_path: Path, given: list[Command], words: str) -> None:
    """Nobody is asked: nothing could be set up."""
    done = Site(tmp_path).command(*words.split())
    assert done.exit_code == 1
    assert "there are no outputs" in done.stderr
    assert not given


def test_the_help_names_every_card() -> None:
    """Whoever stands before a wall has no manual at hand."""
    text = CliRunner().invoke(main, ["testcard", "--help"]).stdout
    assert all(name in text for name in NAMES)


def test_the_history_of_calibrations_is_listed_and_taken_back(site: Site) -> None:
    """Without a player that runs: whatever counts now counts when it starts."""
    assert site.command("calibrate", "--history").stdout == "no calibration yet: outputs are as the configuration has them\n"
    size = Size(320, 180)
    for what in ("first", "second"):
        Shelf(site.data).keep(Edit(at=0, by="anna", what=what, outputs={"left": Kept(plain(size), size)}))
    assert "second" in site.command("calibrate", "--history").stdout.splitlines()[0]
    assert "calibration 3 counts now: number 1 again: first" in site.command("calibrate", "--restore", "1").stdout
    refused = site.command("calibrate", "--restore", "9")
    assert (refused.exit_code, refused.stderr) == (1, "weremember: there is no calibration 9: 1 to 3 are there\n")


def test_displays_are_listed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """With who has which; status 1 where an output misses its own."""

    def panes(_keys: object) -> FakePanes:
        return FakePanes([display(0)])

    monkeypatch.setattr(outputs, "SdlPanes", panes)
    done = site.command("outputs")
    assert (done.exit_code, done.stdout.splitlines()[1].endswith(": output left")) == (0, True)
    site.rest = WALL.replace("EPSON PJ", "BENQ")
    site.configure()
    assert site.command("outputs").exit_code == 1


def test_projectors_are_told(site: Site) -> None:
    """Where there are none, it is said how they are written; where nobody watches them, that is a problem."""
    assert "there are no projectors" in site.command("projectors").stderr
    site.rest = "projectors: {left: {host: 127.0.0.1}}\n"
    site.configure()
    done = site.command("projectors")
    assert done.exit_code == 1
    assert "left" in done.stdout


def test_run_starts_a_process_for_the_projectors() -> None:
    """It stands by until there are some, and it is a command that nobody is shown."""
    table = {child.name: child for child in children(config=None, data="/d", windowed=None, ends_by_key=False)}
    assert table["projector"].argv[2:6] == ("player", "projector", "--data", "/d")
    assert main.commands["projector"].hidden
