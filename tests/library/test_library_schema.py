"""The library of an older version is brought forward."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from player.library import programmes
from player.library.database import Schema, connect
from player.library.schema import LIBRARY


def test_plays_of_the_first_version_become_hashes(tmp_path: Path) -> None:
    """What was shown keeps its time and show; instead of the photo's row the beginning of its hash, where that is known."""
    path = tmp_path / "library.sqlite"
    with closing(connect(path, Schema(LIBRARY.name, LIBRARY.migrations[:1], durable=False))) as connection:
        connection.execute(
            "INSERT INTO photos(key, source, item, state, reason, version, facts, image, caption, credit, alt, language, country,"
            " is_news, entered, original) VALUES(7, 'wall', 'a', 'approved', '', '', '', '', '', '', '', '', '', 0, 0, ?)",
            ("0123456789abcdef" * 4,),
        )
        connection.executemany("INSERT INTO plays VALUES(?, ?, 'wall')", [(1, 7), (2, 8)])
    with closing(connect(path, LIBRARY)) as connection:
        assert connection.execute("SELECT at, photo, show FROM plays ORDER BY at").fetchall() == [
            (1, "0123456789abcdef", "wall"),
            (2, "", "wall"),
        ]


def test_what_an_older_version_had_is_no_film(tmp_path: Path) -> None:
    """Every photo stays one, whatever it is called."""
    path = tmp_path / "library.sqlite"
    with closing(connect(path, Schema(LIBRARY.name, LIBRARY.migrations[:4], durable=False))) as connection:
        connection.execute(
            "INSERT INTO photos(key, source, item, state, reason, version, facts, image, caption, credit, alt, language, country,"
            " is_news, entered) VALUES(7, 'wall', 'a.mp4', 'approved', '', '', '', '/a.mp4', '', '', '', '', '', 0, 0)"
        )
    with closing(connect(path, LIBRARY)) as connection:
        assert connection.execute("SELECT is_film, film, film_facts FROM photos").fetchall() == [(0, None, None)]


def test_photos_of_an_older_version_are_found_by_their_words(tmp_path: Path) -> None:
    """What was taken in before there were words to look for is found by author and caption."""
    path = tmp_path / "library.sqlite"
    with closing(connect(path, Schema(LIBRARY.name, LIBRARY.migrations[:2], durable=False))) as connection:
        connection.execute(
            "INSERT INTO photos(key, source, item, state, reason, version, facts, image, caption, credit, alt, language, country,"
            " is_news, entered) VALUES(7, 'wall', 'a', '', '', '', '', '', 'We Remember', 'Anna Nowak', '', '', '', 0, 0)"
        )
    with closing(connect(path, LIBRARY)) as connection:
        assert connection.execute("SELECT words FROM photos").fetchall() == [("anna nowak we remember",)]


def test_an_older_version_had_no_programmes(tmp_path: Path) -> None:
    """There is room for them now, and nothing in it."""
    path = tmp_path / "library.sqlite"
    with closing(connect(path, Schema(LIBRARY.name, LIBRARY.migrations[:6], durable=False))):
        pass
    with closing(connect(path, LIBRARY)) as connection:
        assert programmes.every(connection) == ()
