"""The file that says how the projectors are, whoever reads it and whatever is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from player.errors import LibraryError
from player.projector.told import NAME, NOBODY, SILENT_FOR, Report, Told, alarming, read, write
from player.units import SECOND

LEFT = Told(
    says="on and shown: the show is on",
    aim="open",
    why="the show is on",
    turns=5 * SECOND,
    power="on",
    mute=False,
    input="31",
    has_signal=True,
    lamp_hours=(12, 13),
    filter_hours=7,
    faults=("lamp warning",),
    model="Maker Model",
    worries=("reports: lamp (warning)",),
    care=("reports: lamp (warning)",),
    lit_at=3,
)
RIGHT = Told(says="off: no show is on", aim="off", why="no show is on")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """All of it, and nothing else lies about."""
    report = Report(7 * SECOND, {"left": LEFT, "right": RIGHT})
    write(tmp_path, report)
    assert read(tmp_path) == report
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "null", '{"at": 1}', '{"at": 1, "projectors": 3}', '{"at": 1, "projectors": {"a": 3}}', "[" * 9999],
)
def test_what_is_not_ours_is_nothing(tmp_path: Path, content: str) -> None:
    """A damaged file costs nothing but what it said."""
    (tmp_path / NAME).write_text(content)
    assert read(tmp_path) is None
    assert alarming(tmp_path, {"left": 1}, 0) == {"left": NOBODY}


@pytest.mark.parametrize("field", ["lamp_hours", "worries", "care", "turns", "mute", "power"])
@pytest.mark.parametrize("value", [None, 3, "x", [], ["x"], {}])
def test_a_field_of_another_kind_breaks_nothing(tmp_path: Path, field: str, value: Any) -> None:
    """Whatever is in a field, reading answers."""
    record = {"at": 1, "projectors": {"left": {"says": "x", "aim": "off", "why": "", field: value}}}
    (tmp_path / NAME).write_text(json.dumps(record))
    read(tmp_path)


def test_alarms_are_worries_and_silence(tmp_path: Path) -> None:
    """Who has a worry is told of; when the process says nothing for a minute, all are; one that is not configured is not."""
    names = {"left": 1, "right": 1}
    assert alarming(tmp_path, names, 0) == dict.fromkeys(names, NOBODY)
    write(tmp_path, Report(100 * SECOND, {"left": LEFT, "right": RIGHT, "old": LEFT}))
    assert alarming(tmp_path, names, 101 * SECOND) == {"left": "reports: lamp (warning)", "right": ""}
    assert alarming(tmp_path, names, 100 * SECOND + SILENT_FOR) == dict.fromkeys(names, NOBODY)
    assert alarming(tmp_path, {}, 0) == {}


def test_a_folder_that_refuses_is_one_of_our_errors(tmp_path: Path) -> None:
    """For the process to say once."""
    with pytest.raises(LibraryError, match="cannot be written"):
        write(tmp_path / "gone", Report(0, {}))
