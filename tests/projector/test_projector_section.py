"""The section `projectors:`, and every mistake in it in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.projector.section import MAX_PROJECTORS, Projector, problems
from player.settings import keep_clean, last_clean, with_data
from tests.fakes.home import CLEAN, Home

GOOD = """projectors:
  left: {host: 192.168.1.20, password: env:PJLINK, input: 31, early: 15m, lamp_hours: 3000}
  right: {kind: pjlink, host: "fd00::20", port: 4353, mac: 00-26-ab-12-34-56, off_in_dark: never, between: shown}
  door: {kind: wol, mac: "00:26:AB:12:34:57", host: 192.168.1.255}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder with a configuration."""
    return Home(tmp_path)


def test_what_is_written_is_what_is_meant(home: Home) -> None:
    """Values and defaults."""
    found = home.clean(CLEAN + GOOD).settings.projectors
    left, right, door = found["left"], found["right"], found["door"]
    assert (left.host, left.port, left.password, left.input, left.early) == ("192.168.1.20", 4352, "env:PJLINK", "31", 900)
    assert (left.off_after, left.cool, left.off_in_dark, left.between) == (300, 120, 7200, "off")
    assert (right.host, right.mac, right.off_in_dark, right.between) == ("fd00::20", "00:26:AB:12:34:56", None, "shown")
    assert (door.kind, door.mac) == ("wol", "00:26:AB:12:34:57")


def test_there_need_be_none(home: Home) -> None:
    """A display is not a projector."""
    assert home.clean().settings.projectors == {}


def test_the_last_clean_copy_holds_them(home: Home, tmp_path: Path) -> None:
    """What a player runs on while the file is faulty has its projectors, and no password."""
    configuration = with_data(home.clean(CLEAN + GOOD), str(tmp_path / "data"))
    keep_clean(configuration)
    assert last_clean(tmp_path / "data") == configuration


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("left: {}", "projectors.left: where is it? Write `host: 192.168.1.20`"),
        ("left: {host: beamer.local}", 'host: write its number, such as 192.168.1.20, not "beamer.local"'),
        ("left: {host: 0.0.0.0}", "host: 0.0.0.0 is the address of no single projector"),
        ("left: {host: 239.1.1.1}", "host: 239.1.1.1 is the address of no single projector"),
        ("left: {host: 10.0.0.5, port: 0}", 'port: must be at least 1, not "0"'),
        ("left: {host: 10.0.0.5, port: x}", 'port: must be a whole number, not "x"'),
        ("left: {host: 10.0.0.5, password: hunter2}", "password: write where the key is to be found"),
        ("left: {host: 10.0.0.5, input: HDMI}", "input: write an input as PJLink counts them"),
        ("left: {host: 10.0.0.5, early: 10}", "early: write a length of time with its unit"),
        ("left: {host: 10.0.0.5, early: 3h}", "early: must be at most 7200 s"),
        ("left: {host: 10.0.0.5, cool: 1h}", "cool: must be at most 1800 s"),
        ("left: {host: 10.0.0.5, off_in_dark: 5s}", "off_in_dark: must be at least 60 s"),
        ("left: {host: 10.0.0.5, between: on}", "between: must be 'off' or 'shown'"),
        ("left: {host: 10.0.0.5, hosts: x}", 'hosts: unknown key. Did you mean "host"?'),
        ("left: {kind: rs232}", "kind: must be 'pjlink' or 'wol', not \"rs232\""),
        ("left: {kind: wol}", "left: what is woken? Write `mac: 00:26:AB:12:34:56`"),
        ('left: {kind: wol, mac: "00:26:AB:12:34"}', "mac: write the address on the sticker"),
        ('left: {kind: wol, mac: "00:26:AB:12:34:56", input: 31}', "a display that is only woken has no password, input"),
        ('left: {kind: wol, mac: "00:26:AB:12:34:56", host: "fd00::1"}', "a magic packet goes to an address such as"),
        ("a b: {host: 10.0.0.5}", "a projector is named with letters, digits, - and _"),
        ("left: {host: 10.0.0.5, lamp_hours: 0}", "lamp_hours: must be at least 1"),
        ("left: {host: 10.0.0.5}\n  right: {host: 10.0.0.5}", 'right.host: is the address of "left" too'),
    ],
)
def test_each_mistake_is_one_line_that_says_what_is_right(home: Home, line: str, words: str) -> None:
    """With its place, what is wrong, and the nearest right form; and no password is repeated."""
    found = home.problems(f"{CLEAN}projectors:\n  {line}\n")
    assert len(found) == 1
    assert words in found[0]
    assert found[0].startswith(("config.yaml:4 projectors", "config.yaml:5 projectors"))
    assert "hunter2" not in found[0]


def test_there_are_not_more_than_outputs_can_have(home: Home) -> None:
    """Each has a thread."""
    lines = "".join(f"  p{i}: {{host: 10.0.0.{i}}}\n" for i in range(1, MAX_PROJECTORS + 2))
    assert "at most" in home.problems(f"{CLEAN}projectors:\n{lines}")[0]


def test_a_projector_is_named_after_its_output() -> None:
    """Or after it and a number of its own, where two lie on each other; else the nearest name is given."""
    one, two, three = (Projector(host=f"10.0.0.{i}") for i in (1, 2, 3))
    assert list(problems({"left": one, "left-2": two}, ["left", "right"])) == []
    assert list(problems({"any": one}, [])) == []
    assert list(problems({"left": one, "rigth": three}, ["left", "right"])) == [
        (("projectors", "rigth"), 'there is no output "rigth". Did you mean "right"?')
    ]
