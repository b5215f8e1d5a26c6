"""Playlists beside a configuration, and whether there is what they need."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.repertoire import in_turn, playlists
from tests.fakes.home import Home

CANDLE = "slides:\n  - candle\n  - words\n"
STREAM = "streams: {x: {url: 'https://live.example/x.m3u8'}}\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a playlist of photos, `one`, and one that needs none, `quiet`."""
    home = Home(tmp_path)
    home.playlist("quiet", CANDLE)
    return home


def test_shows_without_photos_need_no_feeds(home: Home) -> None:
    """Nothing is asked for that nobody would look at, though a playlist that nobody plays has photos in it."""
    configuration = home.clean("show: quiet\n")

    assert configuration.settings.feeds == {}


@pytest.mark.parametrize(
    "text",
    [
        "show: one\n",
        "show: taking\n",
        "show: quiet\nschedule: {slots: [{id: day, show: one, at: 09:00 to 17:00}]}\n",
        f"show: quiet\n{STREAM}schedule: {{slots: [{{id: day, show: {{live: x, else: one}}, at: 09:00 to 17:00}}]}}\n",
    ],
)
def test_a_show_with_photos_asks_where_they_come_from(home: Home, text: str) -> None:
    """By itself, within another, on a slot, or while a stream cannot be had."""
    home.playlist("taking", f"{CANDLE}  - show: one\n")
    (home.folder / "core").mkdir()

    (problem,) = home.problems(text)

    name = "taking" if "taking" in text else "one"
    assert problem.startswith(f'config.yaml:1 feeds: is missing, and the show "{name}" has photos in it. Write where they come')
    assert home.problems(f"feeds: {{}}\n{text}") == []
    assert home.problems(f"core: {{kind: folder, url: core}}\n{text}") == []


def test_playlists_come_in_the_order_of_being_needed(home: Home) -> None:
    """The show that is on first, what it takes in, the schedule's, then the rest; one that takes itself in comes once."""
    home.playlist("taking", f"{CANDLE}  - show: one\n")
    found, _ = playlists(home.folder)
    assert [*in_turn(["taking", "live x else quiet", "nowhere"], found)] == [found["taking"], found["one"], found["quiet"]]
    home.playlist("one", "slides:\n  - show: taking\n")
    found, _ = playlists(home.folder)
    assert [*in_turn(["quiet", "one"], found)] == [found["quiet"], found["one"], found["taking"]]
