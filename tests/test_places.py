"""Where things lie, before any configuration is read in earnest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from player.places import DEFAULT_DATA, LAST_CLEAN, RUN_DATA, beside, data_to_be, probable_data


@pytest.mark.parametrize(
    "text",
    [
        "storage:\n  data: kept  # on the good disk\n",
        "storage: {budget: 1 GB, data: kept}\n",
        "storage: {data: 'kept', budget: 1 GB}\n",
        'feeds: {data: {kind: folder}}\nstorage:\n  data: "kept"\n',
        "core: {data: ~nobody-of-this-name/x}\nstorage: {data: kept}",
    ],
)
def test_a_folder_that_a_player_has_worked_in_is_found(tmp_path: Path, text: str) -> None:
    """However the file is written; what only looks like it is passed over."""
    (tmp_path / "config.yaml").write_text(text)
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / LAST_CLEAN).write_text("{}")
    assert probable_data(tmp_path / "config.yaml") == tmp_path / "kept"


@pytest.mark.parametrize("text", ["", "storage: {data: kept}", "\x00" * 9, "data:"])
def test_else_it_is_the_usual_one(tmp_path: Path, text: str) -> None:
    """A folder where nobody was, a file that says nothing, and no file at all."""
    (tmp_path / "config.yaml").write_text(text)
    assert probable_data(tmp_path / "config.yaml") == Path(DEFAULT_DATA).expanduser()
    assert probable_data(tmp_path / "none.yaml") == Path(DEFAULT_DATA).expanduser()


@pytest.mark.parametrize("written", [None, "", "  \n"], ids=["gone", "empty", "blank"])
def test_without_a_file_it_is_where_the_player_began_else_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str | None
) -> None:
    """The folder whose copy says that it was made of this very file's folder; no other, and none that is damaged."""
    config = tmp_path / "config.yaml"
    if written is not None:
        config.write_text(written)
    for name, copy in (("a", "{"), ("b", '{"home": "/elsewhere"}'), ("c", json.dumps({"home": str(tmp_path)}))):
        (tmp_path / name).mkdir()
        (tmp_path / name / LAST_CLEAN).write_text(copy)
    assert probable_data(config) == tmp_path / "c"
    monkeypatch.setenv(RUN_DATA, str(tmp_path / "b"))
    assert probable_data(config) == tmp_path / "b"
    monkeypatch.setenv(RUN_DATA, str(tmp_path / "nowhere"))
    assert probable_data(config) == tmp_path / "c"


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("storage:\n  budget: 1 GB\n  # not here\n\n  data: kept  # disk\nshow: wall\n", "kept"),
        ("feeds: {data: {kind: folder}}\nstorage: {budget: 1 GB, data: 'kept'}\n", "kept"),
        ("storage:  # of photos\n  data: kept\n", "kept"),
        ("storage: {data: kept}", "kept"),
        ("storage:\n  budget: 1 GB\nfeeds:\n  data: {kind: folder}\n", None),
        ("storage: {budget: 1 GB}\nfeeds: {data: {kind: folder}}\n", None),
        ("storage: {data: ~nobody-of-this-name/x}", None),
        ("", None),
    ],
)
def test_a_folder_where_nobody_was_yet_is_found_for_the_first_start(tmp_path: Path, text: str, folder: str | None) -> None:
    """By the key that names it, and by no other of that name."""
    (tmp_path / "config.yaml").write_text(text)
    assert data_to_be(tmp_path / "config.yaml") == (tmp_path / folder if folder else Path(DEFAULT_DATA).expanduser())


@pytest.mark.parametrize(("text", "found"), [("f.mp4", "/lists/f.mp4"), ("/f.mp4", "/f.mp4"), ("~/f.mp4", "/home/ada/f.mp4")])
def test_a_file_that_a_file_names_lies_beside_it(monkeypatch: pytest.MonkeyPatch, text: str, found: str) -> None:
    """Unless it says where; a home that there is not is a name like any other."""
    monkeypatch.setenv("HOME", "/home/ada")

    assert str(beside(Path("/lists"), text)) == found
    assert str(beside(Path("/lists"), "~nobody-of-that-name/f.mp4")) == "/lists/~nobody-of-that-name/f.mp4"
