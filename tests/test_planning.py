"""`weremember plan` for people and for programs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from player.errors import OperatorError
from player.forecast import Asked
from player.library.photo import Pick
from player.library.ranks import note_shown
from player.planning import plan
from player.settings import Configuration, with_data
from player.show.instep import measure
from player.units import SECOND
from tests.fakes.clock import OPENING
from tests.fakes.filmed import configured
from tests.fakes.home import Home
from tests.fakes.in_step import InStep
from tests.fakes.schedules import instant
from tests.library.shelf import Shelf

NOW = instant("2027-01-19 12:00")
TEXT = """feeds: {}
show: one
site: {zone: Europe/Warsaw}
schedule:
  days: {campaign: 2027-01-20..2027-01-21}
  fallback: words
  slots:
    - {id: wall, show: one, day: campaign, at: 09:00 to 17:00, priority: 10}
    - {id: noon, show: many, day: campaign, at: 12:00 to 13:00, priority: 20, preroll: 5m}
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A campaign of two days."""
    home = Home(tmp_path)
    home.playlist("one", "hold: 8s\nfade: 2s\nslides: [photo]\n")
    home.playlist("many", "everyone_by: end-of-campaign\nfade: 2s\nslides: [{mosaic: {columns: 4..12, rows: 3..6}}]\n")
    home.playlist("words", "slides: [words]\n")
    return with_data(home.clean(TEXT), str(tmp_path / "data"))


def was_shown(shelf: Shelf, name: str) -> None:
    """A photo was on the wall in full."""
    picks = [Pick(shelf.key("wall", name), "wall", 1, is_debut=False)]
    note_shown(shelf.library.connection, picks, show="one", at=NOW)


def said(configuration: Configuration, asked: Asked, *, as_json: bool = False) -> list[str]:
    """What is printed."""
    lines: list[str] = []
    plan(configuration, asked, now=NOW, say=lines.append, as_json=as_json)
    return lines


def test_for_people(configuration: Configuration) -> None:
    """The campaign that is to come, show by show; the title page shows nobody, the fallback neither."""
    lines = said(configuration, Asked(photos=4000))
    assert lines[:2] == ["4,000 photos; 50% portraits", "Tue 2027-01-19 13:00 to Thu 2027-01-21 24:00, Europe/Warsaw:"]
    assert "  one: 13.8 h, 4,980 showings" in lines
    assert any(line.startswith("  many: 2.0 h, ") and "mosaics of" in line for line in lines)
    assert any(line.startswith("Everyone has been seen once by ") for line in lines)


def test_for_programs(configuration: Configuration) -> None:
    """The same as one object, times in UTC."""
    found = json.loads("\n".join(said(configuration, Asked(photos=120_000), as_json=True)))
    assert (found["from"], found["to"]) == ("2027-01-19T12:00:00Z", "2027-01-21T23:00:00Z")
    assert found["unseen"] == 120_000 - found["showings"]
    assert found["fits_with"]["hold_s"] is None
    assert found["everyone_at"] is None
    assert [(each["show"], each["mosaic"]) for each in found["shows"]] == [("words", None), ("one", None), ("many", [12, 6])]
    assert found["stored_at_once"] == 4_000_000_000 // 450_000


def test_what_would_make_room_is_said(configuration: Configuration) -> None:
    """A hold, a mosaic, the storage; or that nothing does."""
    some = said(configuration, Asked(photos=38_000))
    assert any("photos are not" in line for line in some)
    assert any("All would be with mosaics of" in line for line in some) or any("give it more time" in line for line in some)
    assert "The storage budget holds about 8,888 prepared photos at a time" in some[-2]
    assert any("give it more time" in line for line in said(configuration, Asked(photos=10_000_000)))


def test_the_photos_that_there_are(configuration: Configuration) -> None:
    """Without a number, those of the library count, and who has been seen needs no second time."""
    assert said(configuration, Asked())[0] == "No photos yet; `--photos 120000` makes a plan for so many"
    shelf = Shelf(configuration.data)
    shelf.show("wall", ("a", b"A"), ("b", b"B"))
    was_shown(shelf, "a")
    shelf.close()
    lines = said(configuration, Asked())
    assert lines[0] == "2 photos, 1 of them seen before; 0% portraits"
    assert "Everyone has been seen once by Wed 2027-01-20 09:00." in lines


def test_other_days(configuration: Configuration) -> None:
    """From a day on, for so many days; without any end, a week."""
    lines = said(configuration, Asked(photos=10, first=date(2027, 1, 21), days=1))
    assert lines[1] == "Thu 2027-01-21 00:00 to Thu 2027-01-21 24:00, Europe/Warsaw:"
    with pytest.raises(OperatorError, match="there is no such agenda"):
        said(configuration, Asked(photos=10, days=99_999))
    with pytest.raises(OperatorError, match="there is no such agenda"):
        said(configuration, Asked(photos=10, days=0))
    with pytest.raises(OperatorError, match="at least 1 photo and at most 10,000,000"):
        said(configuration, Asked(photos=10**9))
    with pytest.raises(OperatorError, match="at least 1 photo"):
        said(configuration, Asked(photos=-5))


def test_hours_of_streams_are_said_to_be_left_out(tmp_path: Path) -> None:
    """Nobody's photo is on the wall during a ceremony; its title page is none of it."""
    home = Home(tmp_path)
    home.playlist("words", "slides: [words]\n")
    live = "    - {id: c, show: {live: stream, else: one}, day: campaign, at: 18:00 to 19:30, preroll: 5m}\n"
    live += "streams: {stream: {url: https://live.example/stream.m3u8}}\n"
    text = TEXT.replace("show: many", "show: one").replace("priority: 20, preroll: 5m}\n", "priority: 20}\n" + live)
    configuration = with_data(home.clean(text), str(tmp_path / "data"))
    assert "  live: 3.0 h without slides, so not counted" in said(configuration, Asked(photos=100))
    assert json.loads("\n".join(said(configuration, Asked(photos=100), as_json=True)))["live_s"] == 3 * 3600


def test_a_show_in_step_comes_in_rounds(tmp_path: Path) -> None:
    """In which time each photo of its programme comes once is said, and who comes first; without a programme nothing is."""
    there = configured(tmp_path, wall="sync: memorial\nhold: 6s\nfade: 2s\nslides: [photo, photo, words]\n")
    cycle = measure(there.show("wall").steps).cycle / SECOND
    with InStep(tmp_path, show=there.show("wall")) as show:
        show.publish("a", "b", "c", "d", "e", "f")
        assert not [line for line in said(there, Asked()) if "in step" in line]
        show.release("week 3", at=OPENING + 60 * SECOND)
        assert said(there, Asked())[-1] == (
            f"wall is in step with memorial, version week 3: each of its 6 photos comes once in {3 * cycle:.1f} s;"
            " above it counts as if it went by its own order."
        )
        assert json.loads("\n".join(said(there, Asked(), as_json=True)))["in_step"] == [
            {"show": "wall", "group": "memorial", "version": "week 3", "photos": 6, "round_s": 3 * cycle, "share": ""}
        ]
