"""Films, streams and their sound, as operators are told of them; and shows that need no photos."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from player.console.looks import health
from player.console.looks.health import Health, Level
from player.console.looks.heard import said
from player.console.pages.now import told
from player.console.pages.saying import Speech
from player.console.rendering import Sheet, Stationery
from player.console.strings import LANGUAGES, catalogue
from player.library.right import Rung
from player.schedule.zones import zone
from player.units import SECOND
from tests.fakes.clock import OPENING
from tests.fakes.looked import SAID, Place

STREAM: dict[str, Any] = {"what": "ceremony", "is_live": True, "state": "ready", "has_sound": True, "latency": 3_240_000_000}
FILM: dict[str, Any] = {"what": "/srv/films/testimony.mp4", "is_live": False, "state": "ready", "has_sound": True, "latency": 0}


def rows(*sources: object, is_heard: bool = False, **sound: Any) -> list[Health]:
    """How they are."""
    record = SAID | {"films": {"sources": [*sources], "device": "", "dropouts": 0, "muted": False, **sound}}
    return list(health.moving(said(record, 0), is_heard=is_heard))


@pytest.mark.parametrize(
    ("source", "level", "word"),
    [
        (STREAM, Level.OK, "stream.behind"),
        (STREAM | {"latency": 0}, Level.OK, "stream.live"),
        (STREAM | {"state": "opening"}, Level.OK, "stream.opening"),
        (STREAM | {"state": "stalled"}, Level.WARN, "stream.stalled"),
        (STREAM | {"state": "failed", "why": "it is a web page"}, Level.BAD, "stream.failed"),
        (STREAM | {"state": "ended"}, Level.OK, "stream.ended"),
        (FILM, Level.OK, "film.ready"),
        (FILM | {"state": "opening"}, Level.OK, "film.opening"),
        (FILM | {"state": "failed", "why": "cut short"}, Level.WARN, "film.failed"),
        ({"what": 5, "state": []}, Level.OK, "film.opening"),
        ("nonsense", Level.OK, "film.opening"),
    ],
)
def test_each_film_and_stream_has_its_row(source: object, level: Level, word: str) -> None:
    """By its name, a film's without its folders; a stream that cannot be had needs somebody now."""
    (row,) = rows(source)

    assert (row.level, row.sentence.key) == (level, f"health.{word}")
    if isinstance(source, dict) and "is_live" in source:
        assert row.of == row.sentence.fields["name"] == ("ceremony" if "stream" in word else "testimony.mp4")
    if word == "stream.behind":
        assert row.sentence.fields["seconds"] == "3.2"


@pytest.mark.parametrize(
    ("sound", "level", "word"),
    [
        ({"device_why": "There is no such device."}, Level.WARN, "nowhere"),
        ({"device": "HDMI"}, Level.OK, "heard"),
        ({"device": "HDMI", "dropouts": 3}, Level.OK, "broken"),
        ({"device": "HDMI", "muted": True}, Level.OK, "muted"),
    ],
)
def test_sound_that_is_wanted_has_its_row(sound: dict[str, Any], level: Level, word: str) -> None:
    """Where nothing is to be heard, or nothing that plays can be, nobody asks for a device."""
    assert not [row for row in rows(FILM, **sound) if row.part == "sound"]
    assert not [row for row in rows(FILM | {"has_sound": False}, is_heard=True, **sound) if row.part == "sound"]
    _, row = rows(FILM, is_heard=True, **sound)
    assert (row.level, row.sentence.key) == (level, f"health.sound.{word}")
    assert row.sentence.fields.get("why") == sound.get("device_why")


def test_a_screen_that_is_silent_is_asked_for_no_films() -> None:
    """What it said minutes ago is no news."""
    assert not list(health.moving(said(SAID | {"films": {"sources": [STREAM]}}, 60 * SECOND), is_heard=True))
    assert not list(health.moving(None, is_heard=True))


@pytest.fixture
def place(tmp_path: Path) -> Generator[Place]:
    """A data folder in which a screen says how it is."""
    made = Place(tmp_path)
    yield made
    made.shelf.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_them_in_every_language(place: Place, language: str) -> None:
    """What is up, and how each is: every sentence is there, with its name in it."""
    sources = [STREAM | {"state": state, "why": "?"} for state in ("ready", "opening", "stalled", "failed", "ended")]
    sources += [STREAM | {"latency": 0}, *(FILM | {"state": state} for state in ("ready", "opening", "failed"))]
    place.says(slide="live", photos=[], films={"sources": sources, "device": "HDMI", "dropouts": 2, "muted": False})

    speech = Speech(Sheet(Stationery(catalogue(), {}), language), zone("UTC"), OPENING)
    found = told(place.look(OPENING), speech)

    sentences = [row.sentence for row in found.rows]
    assert sum("ceremony" in sentence for sentence in sentences) == 6
    assert sum("testimony.mp4" in sentence for sentence in sentences) == 3
    assert found.slide == catalogue().text("slide.live", language)


def test_a_wall_whose_shows_have_no_photos_is_right_without_sources() -> None:
    """Nobody is sent to look for what nothing needs; with photos in a show somebody is."""
    assert health.library(Rung.PLATE, "", has_sources=False, has_photos=False).level is Level.OK
    assert health.library(Rung.PLATE, "", has_sources=False).level is Level.WARN
    assert not list(health.feeds({}, (), OPENING, has_photos=False))
    assert [row.level for row in health.feeds({}, (), OPENING)] == [Level.WARN]
