"""`weremember projectors`: how they are, and each asked once."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from player.errors import OperatorError
from player.projector import told
from player.projector.call import Call
from player.projector.listing import ask_all, print_projectors
from player.projector.section import Projector
from player.projector.told import Report, Told
from player.settings import Configuration, with_data
from player.units import SECOND
from tests.fakes.clock import FakeClock
from tests.fakes.home import CLEAN, Home
from tests.fakes.projector import Device, Quirk, plugged
from tests.fakes.schedules import instant

TEXT = """site: {zone: Europe/Warsaw}
projectors:
  left: {host: 10.0.0.5, input: 32}
  right: {host: 10.0.0.6}
  door: {kind: wol, mac: "00:26:AB:12:34:56"}
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """Three projectors, of which one is only woken."""
    found = with_data(Home(tmp_path).clean(CLEAN + TEXT), str(tmp_path / "data"))
    found.data.mkdir()
    return found


def printed(configuration: Configuration, clock: FakeClock, *, json_only: bool = False) -> tuple[bool, str]:
    """Whether all is well, and what is printed."""
    out = io.StringIO()
    console = Console(file=out, width=200)
    return print_projectors(configuration, clock=clock, json_only=json_only, console=console), out.getvalue()


def test_each_has_its_line(configuration: Configuration) -> None:
    """How it is, until when by the site's clock, its lamp, and why somebody should look."""
    clock = FakeClock()
    ends = instant("2027-01-27 23:30", "Europe/Warsaw")
    left = Told(says="on and shown: the show is on", aim="open", why="", turns=ends, lamp_hours=(1200,), model="PT [1]")
    right = Told(says="does not answer", aim="open", why="", worries=("does not answer",))
    told.write(configuration.data, Report(clock.wall(), {"left": left, "right": right}))
    is_well, text = printed(configuration, clock)
    assert not is_well
    lines = {line.split()[0]: line for line in text.splitlines()}
    assert "on and shown: the show is on" in lines["left"]
    assert all(part in lines["left"] for part in ("Wed 23:30", "1,200 h", "PT [1]"))
    assert lines["right"].count("does not answer") == 2
    assert "nothing is known of it yet" in lines["door"]


def test_as_json_it_is_for_programs(configuration: Configuration) -> None:
    """The same, and which are worth a look."""
    clock = FakeClock()
    each = Told(says="off: no show is on", aim="off", why="no show is on")
    told.write(configuration.data, Report(clock.wall(), dict.fromkeys(("left", "right", "door", "old"), each)))
    is_well, text = printed(configuration, clock, json_only=True)
    found = json.loads(text)
    assert is_well
    assert sorted(found["projectors"]) == ["door", "left", "right"]
    assert found["projectors"]["left"]["says"] == "off: no show is on"
    assert found["worries"] == {}


def test_a_process_that_does_not_run_is_said(configuration: Configuration) -> None:
    """An old file, or none, is not how they are."""
    clock = FakeClock()
    told.write(configuration.data, Report(clock.wall() - 3600 * SECOND, {}))
    is_well, text = printed(configuration, clock)
    assert not is_well
    assert text.count("nobody watches it") == 3


def test_without_projectors_it_says_how_to_write_one(tmp_path: Path) -> None:
    """Both commands."""
    found = Home(tmp_path).clean()
    with pytest.raises(OperatorError, match="write `projectors:"):
        print_projectors(found, clock=FakeClock())
    with pytest.raises(OperatorError, match="write `projectors:"):
        ask_all(found, lambda _text: None, clock=FakeClock())


def test_each_is_asked_once_and_nothing_is_changed(configuration: Configuration) -> None:
    """What it is, how it is, and whether it has the input that is configured; one that is silent is one line."""
    clock = FakeClock()
    devices = {"10.0.0.5": Device(clock), "10.0.0.6": Device(clock, Quirk.SILENT)}
    said: list[str] = []

    def call(projector: Projector) -> Call:
        return Call(plugged(devices[projector.host or ""], clock), clock)

    assert not ask_all(configuration, said.append, clock=clock, call=call)
    assert said == [
        "left (10.0.0.5): Maker Model, class 1, off, inputs 11 31, lamp 1234 1, has no input 32",
        "right (10.0.0.6): does not greet: it is busy, or does not speak PJLink",
        "door: is only woken, and cannot be asked",
    ]
    assert devices["10.0.0.5"].told == []
