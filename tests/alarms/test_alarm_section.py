"""`alarms:` in config.yaml: who is told of what, and never an address in the open."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.alarms.rules import Alarm
from player.settings import Configuration
from tests.fakes.home import Home


def test_who_is_told_of_what(tmp_path: Path) -> None:
    """By a reference or a program; of everything unless it says of what."""
    text = (
        "feeds: {}\nshow: one\nalarms:\n  - {to: env:ALARM_URL, from: [plate, lease]}\n"
        "  - {to: 'command:/bin/ring --loud'}\n  - {to: file:/k, from: disk}\n"
    )
    configuration = Home(tmp_path).clean(text)
    assert [(target.to, target.about) for target in configuration.settings.alarms] == [
        ("env:ALARM_URL", ("plate", "lease")),
        ("command:/bin/ring --loud", tuple(alarm.value for alarm in Alarm)),
        ("file:/k", ("disk",)),
    ]
    assert Configuration.model_validate_json(configuration.model_dump_json()) == configuration


@pytest.mark.parametrize(
    ("alarm", "message"),
    [
        (
            "{to: 'mailto://me:pass@example.org'}",
            "alarms.0.to: write where the address is to be found, not the address: env:NAME",
        ),
        ("{to: ''}", "alarms.0.to: write where the address is to be found"),
        ("{to: 'command:ring'}", "alarms.0.to: name the program by its whole path: command:/usr/local/bin/ring --loud"),
        ("{to: 'command:/bin/ring \"'}", "alarms.0.to: cannot be taken apart into words: No closing quotation"),
        ("{to: env:A, from: [plat]}", "alarms.0.from.0: must be 'screen', 'plate'"),
        ("{to: env:A, from: []}", "alarms.0.from: must have at least 1"),
        ("{to: env:A, form: [plate]}", 'alarms.0.form: unknown key. Did you mean "from"?'),
        ("{from: [plate]}", "alarms.0.to: is missing"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, alarm: str, message: str) -> None:
    """And never repeats what may be a key."""
    found = Home(tmp_path).problems(f"feeds: {{}}\nshow: one\nalarms:\n  - {alarm}\n")
    assert len(found) == 1
    assert found[0].startswith(f"config.yaml:4 {message}")
    assert "pass" not in found[0]


def test_not_more_than_there_are_people(tmp_path: Path) -> None:
    """Each is a process when there is something to tell."""
    found = Home(tmp_path).problems("feeds: {}\nshow: one\nalarms: [" + "{to: env:A}, " * 21 + "]\n")
    assert found == ["config.yaml:3 alarms: must have at most 20 entries"]
