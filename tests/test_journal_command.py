"""The journal for people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from player import journal
from player.errors import LibraryError
from player.library.library import open_library
from player.library.receipts import Receipt
from player.library.tombstones import Record
from player.settings import Configuration, Settings
from player.units import MILLISECOND
from tests.fakes.clock import OPENING


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A site in Warsaw whose data folder is not there yet."""
    storage = {"data": str(tmp_path / "data")}
    settings = Settings.model_validate({"feeds": {}, "site": {"zone": "Europe/Warsaw"}, "storage": storage})
    return Configuration(settings=settings, playlists={}, home=str(tmp_path))


def fill(configuration: Configuration) -> None:
    """Write a line, and a withdrawal with its receipt."""
    library = open_library(configuration.data, writer="ingest")
    orders = library.orders
    orders.note("received", {"source": "wall"}, at=OPENING)
    orders.withdraw_all([Record(source="wall", item="p-17", reason="author", is_here=True)], known_at=OPENING)
    receipt = Receipt("wall", "p-17", OPENING, OPENING + 11 * MILLISECOND, was_up=True)
    orders.off_screen([receipt], at=OPENING)
    orders.gone([receipt], at=OPENING + 290 * MILLISECOND)
    library.close()


def test_an_empty_folder_is_empty(configuration: Configuration) -> None:
    """That is nothing to complain of, and nothing is made."""
    said: list[str] = []
    assert journal.verify(configuration, said.append)
    journal.show(configuration, said.append)
    assert said == ["empty"]
    assert not configuration.data.exists()
    open_library(configuration.data, writer="ingest").close()
    assert journal.verify(configuration, said.append)
    assert said == ["empty", "empty"]


def test_a_whole_journal_tells_its_heads(configuration: Configuration) -> None:
    """One line for each writer, to be compared with what somebody wrote down."""
    fill(configuration)
    said: list[str] = []
    assert journal.verify(configuration, said.append)
    [line] = said
    assert line.startswith("ingest: 3 lines, the last is ")
    assert len(line.rsplit(" ", 1)[1]) == 64


def test_a_broken_one_says_where(configuration: Configuration) -> None:
    """Which writer, which line, and what is wrong."""
    fill(configuration)
    library = open_library(configuration.data, writer="ingest")
    library.orders.connection.execute("DELETE FROM journal WHERE seq=3")
    library.close()
    said: list[str] = []
    assert not journal.verify(configuration, said.append)
    assert said[-1] == "ingest: line 3 is tail missing"


def test_a_journal_that_is_gone_is_no_empty_one(configuration: Configuration) -> None:
    """The library was there, and its orders are not."""
    fill(configuration)
    (configuration.data / "orders.sqlite").unlink()
    with pytest.raises(LibraryError, match="is gone"):
        journal.verify(configuration, list[str]().append)


def test_lines_are_shown_in_the_time_of_the_site(configuration: Configuration) -> None:
    """Receipts in words; from a moment on, and of one kind, if asked."""
    fill(configuration)
    said: list[str] = []
    journal.show(configuration, said.append, kind="receipt")
    receipt = "withdrawn p-17 known 10:00:00.000 off screen 10:00:00.011 bytes gone 10:00:00.290"
    assert said == [f"2027-01-20 10:00:00.290 ingest 3 receipt: {receipt}"]
    said.clear()
    journal.show(configuration, said.append, since=OPENING + 1, as_json=True)
    [line] = said
    assert json.loads(line)["what"]["gone"] == OPENING + 290 * MILLISECOND
    said.clear()
    journal.show(configuration, said.append)
    assert len(said) == 3
