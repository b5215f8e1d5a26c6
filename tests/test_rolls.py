"""Files of names: found by `check`, passed over by the show, never half read."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from player.rolls import with_readings
from player.settings import Configuration, load
from player.show.playlist import NamesStep
from tests.fakes.home import CLEAN, Home

LIST = "slides:\n  - names: {file: names.txt, hold: 12s}\n  - photo\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose show reads a list of names beside it."""
    made = Home(tmp_path)
    made.playlist("one", LIST)
    return made


def write(home: Home, text: str | bytes) -> Path:
    """Write the list."""
    path = home.folder / "playlists" / "names.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def played(home: Home) -> Configuration:
    """The configuration, faults of lists or not."""
    home.problems(CLEAN)
    found = load(home.file).configuration
    assert found is not None
    return found


def test_a_list_is_read_beside_its_playlist(home: Home) -> None:
    """By a path that begins at the playlist's folder; each page stands as long as the playlist says, or as it takes."""
    write(home, "Name 1\nName 2\nName 3\n")
    show = with_readings(home.clean().show(), 2)
    reading = show.steps[0].reading
    assert reading is not None
    assert reading.names == ("Name 1", "Name 2", "Name 3")
    assert [reading.leaf(at).hold for at in (0, 1)] == [12, 12]
    assert show.steps[1].reading is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "playlists/one.yaml:2 slides.0.names.file: {file} is not there"),
        ("Name 1\nName \x07 2\n", "names.txt:2 has a character that is no letter or sign (U+0007): take it out"),
        (b"Name 1\n\xfe\xff\n", "names.txt:2 is not UTF-8 text: save it as UTF-8"),
        ("\n\n", "names.txt:1 has no names in it: write one in each line"),
    ],
)
def test_a_faulty_list_is_one_problem_and_the_show_goes_on(
    home: Home, caplog: pytest.LogCaptureFixture, content: str | bytes | None, said: str
) -> None:
    """`check` names file and line; the show passes the list over, says so once, and nothing else is the worse for it."""
    if content is not None:
        write(home, content)
    file = home.folder / "playlists" / "names.txt"
    assert home.problems(CLEAN) == [said.format(file=file)]
    with caplog.at_level(logging.ERROR):
        show = with_readings(played(home).show(), 2)
    assert [step.reading for step in show.steps] == [None, None]
    assert [record.message for record in caplog.records if "passed over" in record.message] == ["a list of names is passed over"]


def test_what_is_no_file_is_not_opened(home: Home) -> None:
    """A folder, a path too long for any system, a user that there is not."""
    (home.folder / "playlists" / "names.txt").mkdir()
    assert home.problems(CLEAN)[0].endswith("names.txt is not a file")
    for file, said in (("a" * 900, "cannot be read: File name too long"), ("~nobody-here/names.txt", "is not there")):
        home.playlist("one", LIST.replace("names.txt", file))
        assert home.problems(CLEAN)[0].endswith(said)


def test_too_little_time_for_a_list_is_a_problem(home: Home) -> None:
    """Sixty names take two and a half minutes; the problem says so where the time is written."""
    write(home, "".join(f"Name {i}\n" for i in range(60)))
    home.playlist("one", LIST.replace("hold: 12s", "over: 2m"))
    (problem,) = home.problems(CLEAN)
    assert problem.startswith("playlists/one.yaml:2 slides.0.names.over: 60 names take at least 3m to be read")


def test_a_changed_list_is_read_anew(home: Home) -> None:
    """With the next reload, though nothing else has changed."""
    write(home, "Name 1\n")
    assert with_readings(played(home).show(), 9).steps[0].reading
    write(home, "Name 1\nName 2\n")
    reading = with_readings(played(home).show(), 9).steps[0].reading
    assert reading is not None
    assert len(reading.names) == 2


def test_a_name_that_no_font_has_is_left_out_and_told(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """With its line, once; all others are shown."""
    write(home, "Name 1\n\nשם 2\nName 3\n")
    with caplog.at_level(logging.WARNING):
        show = with_readings(played(home).show(), 9, has=lambda _, letter: letter.isascii())
    reading = show.steps[0].reading
    assert reading is not None
    assert reading.names == ("Name 1", "Name 3")
    (said,) = [record for record in caplog.records if "left out" in record.message]
    assert "3" in str(said.__dict__)


def test_a_list_of_which_nothing_can_be_shown_is_passed_over(home: Home) -> None:
    """As one that is not there."""
    write(home, "שם 1\n")
    show = with_readings(played(home).show(), 9, has=lambda _, letter: letter.isascii())
    assert isinstance(show.steps[0].kind, NamesStep)
    assert show.steps[0].reading is None
