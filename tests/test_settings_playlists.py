"""What an operator gets wrong in the playlists beside config.yaml, told where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.settings import load
from tests.fakes.home import CLEAN, Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one playlist."""
    return Home(tmp_path)


PLAYLISTS: dict[str, tuple[str, str]] = {
    "unknown slide": ("slides:\n  - foto\n", 'playlists/one.yaml:2 slides.0.foto: unknown key. Did you mean "photo"?'),
    "two slides in a line": ("slides:\n  - {photo: {}, words: {}}\n", "playlists/one.yaml:2 slides.0: each line is one slide"),
    "an empty line": ("slides:\n  - photo\n  -\n", "playlists/one.yaml:3 slides.1"),
    "no slides": ("title: x\n", "playlists/one.yaml:1 slides: is missing"),
    "slides left empty": ("slides:\n", "playlists/one.yaml:1 slides: must be a list"),
    "an empty list": ("slides: []\n", "playlists/one.yaml:1 slides: must have at least 1"),
    "hold too short": ("hold: 2s\nslides: [photo]\n", 'playlists/one.yaml:1 hold: must be at least 4 s, not "2s"'),
    "fade too long": ("fade: 1m\nslides: [photo]\n", 'playlists/one.yaml:1 fade: must be at most 10 s, not "1m"'),
    "half a time": (
        "slides:\n  - photo: {times: 1.5}\n",
        'playlists/one.yaml:2 slides.0.photo.times: must be a whole number, not "1.5"',
    ),
    "too many times": (
        "slides:\n  - photo: {times: 5000}\n",
        'playlists/one.yaml:2 slides.0.photo.times: must be at most 1000, not "5000"',
    ),
    "unknown order": ("order: random\nslides: [photo]\n", "playlists/one.yaml:1 order: must be 'fair', not \"random\""),
    "one language as text": ("words: {languages: he}\nslides: [words]\n", "playlists/one.yaml:1 words.languages: must be a list"),
    "a fact without source": ("slides:\n  - fact: {text: x}\n", "playlists/one.yaml:2 slides.0.fact.source: is missing"),
    "a fact too long": (
        f"slides:\n  - fact: {{source: x, text: {'a' * 401}}}\n",
        "playlists/one.yaml:2 slides.0.fact.text: must be at most 400 letters long",
    ),
    "a link too long": (
        f"slides:\n  - fact: {{source: x, text: x, link: {'a' * 301}}}\n",
        "playlists/one.yaml:2 slides.0.fact.link: must be at most 300 letters long",
    ),
    "a missing show": (
        "slides:\n  - photo\n  - show: on\n",
        'playlists/one.yaml:3 slides.1: there is no playlist "on". Did you mean "one"?',
    ),
    "a show of itself": ("slides:\n  - show: one\n", 'playlists/one.yaml:2 slides.0: "one" takes itself in'),
    "a show without a name": ("slides:\n  - show:\n", "playlists/one.yaml:2 slides.0.show"),
    "a group in capitals": (
        "slides: [photo]\nsync: Memorial\n",
        "playlists/one.yaml:2 sync: write the name of a group in small letters, digits and hyphens, such as memorial",
    ),
    "no group": ("slides: [photo]\nsync:\n", "playlists/one.yaml:2 sync: write the name of a group"),
    "a promise in step": (
        "slides: [{mosaic: {rows: 2..3}}]\neveryone_by: end-of-campaign\nsync: memorial\n",
        "playlists/one.yaml:3 sync: mosaics of a show in step have one size at all sites: leave out everyone_by, or sync",
    ),
    "empty": ("", "playlists/one.yaml:1 is empty"),
    "a tab": ("slides:\n\t- photo\n", "playlists/one.yaml:2 a tab: indent with spaces"),
}


@pytest.mark.parametrize(("text", "expected"), PLAYLISTS.values(), ids=list(PLAYLISTS))
def test_every_mistake_in_a_playlist_is_one_clear_problem(home: Home, text: str, expected: str) -> None:
    """With the playlist's own name and line."""
    home.playlist("one", text)
    (problem,) = home.problems(CLEAN)
    assert problem.startswith(expected)


def test_each_missing_show_is_told_where_it_is_written(home: Home) -> None:
    """Once each, in its own playlist, though another one takes that in."""
    home.playlist("one", "slides:\n  - show: two\n  - show: none\n")
    home.playlist("two", "slides:\n  - photo\n  - show: never\n")
    assert home.problems(CLEAN) == [
        'playlists/one.yaml:3 slides.1: there is no playlist "none". Did you mean "one"?',
        'playlists/two.yaml:3 slides.1: there is no playlist "never". Known: one, two.',
    ]


@pytest.mark.parametrize(
    ("slides", "expected"),
    [
        ("  - photo\n  - names: {file: n.txt}\n", "4 slides.1: names are read"),
        ("  - film: {file: n.mp4}\n  - names: {file: n.txt}\n", "3 slides.0: films go"),
        ("  - photo\n  - words\n  - show: two\n", "5 slides.2: films go"),
    ],
)
def test_what_goes_at_its_own_pace_is_in_nobodys_step(home: Home, slides: str, expected: str) -> None:
    """Told once, at the show's own line, also where that takes in a playlist which for itself is as it may be."""
    home.playlist("one", f"sync: memorial\nslides:\n{slides}")
    home.playlist("two", "slides: [photo, show: three]\n")
    home.playlist("three", "slides: [photo, film: {file: n.mp4}]\n")
    (problem,) = (each for each in home.problems(CLEAN) if "in step" in each)
    assert problem.startswith(f"playlists/one.yaml:{expected} at their own pace, and the show")


def test_a_circle_of_playlists_is_told_at_each_line_of_it(home: Home) -> None:
    """So that whoever opens either file sees it; a third one that only looks in is not to blame."""
    home.playlist("one", "slides:\n  - show: two\n")
    home.playlist("two", "slides:\n  - photo\n  - show: one\n")
    home.playlist("three", "slides:\n  - show: one\n")
    assert home.problems(CLEAN) == [
        'playlists/one.yaml:2 slides.0: "two" takes itself in',
        'playlists/two.yaml:3 slides.1: "one" takes itself in',
    ]


def test_a_playlist_that_takes_in_a_faulty_one_is_not_to_blame(home: Home) -> None:
    """The mistake is told where it is."""
    home.playlist("one", "slides:\n  - show: two\n")
    home.playlist("two", "slides:\n  - foto\n")
    assert home.problems(CLEAN) == ['playlists/two.yaml:2 slides.0.foto: unknown key. Did you mean "photo"?']


def test_a_draft_that_is_not_on_is_told_of_and_in_nobodys_way(home: Home) -> None:
    """A mistake in a playlist that is not on is a problem for `check`; what is on goes on, without the draft."""
    home.playlist("draft", "slides: [photo: {tims: 5}]\n")
    home.playlist(".one", "not a playlist: what some systems leave beside a file\n")
    assert len(home.problems(CLEAN)) == 1
    configuration = load(home.file).configuration
    assert configuration is not None
    assert set(configuration.playlists) == {"one"}


def test_a_mistake_in_what_is_on_stands_in_the_way(home: Home) -> None:
    """Directly, or in a playlist that the show takes in."""
    home.playlist("draft", "slides: [photo: {tims: 5}]\n")
    home.playlist("one", "slides: [photo, show: draft]\n")
    home.problems(CLEAN)
    assert load(home.file).configuration is None


def test_playlists_that_double_again_and_again(home: Home) -> None:
    """Each takes in the next one twice: one problem where it becomes too much, and no hang."""
    for number in range(8):
        home.playlist(f"p{number:02}", f"slides: [show: p{number + 1:02}, show: p{number + 1:02}]\n")
    home.playlist("p08", "slides: [photo: {times: 1000}]\n")
    problems = home.problems(CLEAN)
    assert problems
    assert all("it comes to more than 100,000 slides" in problem for problem in problems)
