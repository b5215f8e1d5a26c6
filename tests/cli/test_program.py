"""The help: every command where somebody looks for it, in one short sentence."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from player.cli import main
from player.cli.program import HIDDEN, SECTIONS


@pytest.mark.parametrize("width", [80, 100])
def test_the_help_is_read_at_a_glance(width: int) -> None:
    """Each command stands once, under what a person wants, with a whole sentence on its line."""
    text = CliRunner().invoke(main, ["--help"], terminal_width=width).stdout
    lines = text.splitlines()
    for title, commands in SECTIONS.items():
        assert f"{title}:" in lines
        for command in commands:
            (line,) = [line for line in lines if line.startswith(f"  {command.name} ")]
            assert line.endswith(".")
            assert not line.endswith("...")
    assert all(len(line) <= width for line in lines)


def test_no_command_is_forgotten() -> None:
    """What there is stands in the help, but for what `run` starts itself."""
    shown = {command.name for commands in SECTIONS.values() for command in commands}
    assert set(main.commands) == shown | {command.name for command in HIDDEN}
    assert all(command.hidden for command in HIDDEN)


@pytest.mark.parametrize(("typed", "meant"), [("drak", "dark"), ("statsu", "status"), ("withdrow", "withdraw")])
def test_a_mistyped_command_names_the_nearest(typed: str, meant: str) -> None:
    """In one line, for somebody in a hurry."""
    done = CliRunner().invoke(main, [typed])
    assert done.exit_code == 2
    assert f"No such command '{typed}'. Did you mean '{meant}'?" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_alarms_process_is_nobodys_command() -> None:
    """`alarm` offers the test alone."""
    text = CliRunner().invoke(main, ["alarm", "--help"]).stdout
    assert "  test " in text
    assert "  watch " not in text
