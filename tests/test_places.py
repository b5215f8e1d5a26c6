"""Where things lie, before any configuration is read in earnest."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.places import DEFAULT_DATA, LAST_CLEAN, probable_data


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
