"""config.yaml and its playlists: settled values, or every problem at once, each with its line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.errors import OperatorError
from player.settings import (
    DEFAULT_DATA,
    INSTALLATION,
    LAST_CLEAN,
    Configuration,
    find,
    keep_clean,
    last_clean,
    load,
    with_data,
)
from player.units import Size

CLEAN = "feeds: {}\nshow: one\n"
ONE = "slides:\n  - photo\n"


class Home:
    """A folder with a configuration in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "config.yaml"
        (folder / "playlists").mkdir()
        self.playlist("one", ONE)

    def playlist(self, name: str, text: str) -> None:
        """Write a playlist."""
        (self.folder / "playlists" / f"{name}.yaml").write_text(text)

    def problems(self, text: str | bytes) -> list[str]:
        """What is wrong with *text* as the configuration."""
        self.file.write_bytes(text if isinstance(text, bytes) else text.encode())
        loaded = load(self.file)
        assert (loaded.configuration is None) == bool(loaded.problems)
        return [str(problem) for problem in loaded.problems]

    def clean(self, text: str = CLEAN) -> Configuration:
        """The configuration that *text* is."""
        assert self.problems(text) == []
        configuration = load(self.file).configuration
        assert configuration is not None
        return configuration


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one playlist."""
    return Home(tmp_path)


def feed(fields: str) -> str:
    """A configuration with one feed, its fields in line 3 and after."""
    return f"show: one\nfeeds:\n  wall: {{{fields}}}\n"


GOOD = "kind: jsonfeed, url: 'https://a.example/feed.json', trust: moderated"

PROBLEMS: dict[str, tuple[str | bytes, str]] = {
    # what an operator gets wrong
    "unknown key": (
        "show: one\nfeeds: {}\ndisplay:\n  fulscreen: true\n",
        'config.yaml:4 display.fulscreen: unknown key. Did you mean "fullscreen"?',
    ),
    "unknown key in a feed": (feed(f"{GOOD}, evry: 30s"), 'config.yaml:3 feeds.wall.evry: unknown key. Did you mean "every"?'),
    "unknown key, nothing like it": (
        "show: one\nfeeds: {}\nsite: {qqq: 1}\n",
        "config.yaml:3 site.qqq: unknown key. Known: latitude, longitude, name, zone.",
    ),
    "key given twice": ("show: one\nfeeds: {}\nshow: two\n", "config.yaml:3 show: given twice, first in line 1"),
    "key given twice, below": (
        "show: one\nfeeds: {}\nsite:\n  name: a\n  name: b\n",
        "config.yaml:5 site.name: given twice, first in line 4",
    ),
    "not a switch": (
        "show: one\nfeeds: {}\ndisplay: {fullscreen: sometimes}\n",
        'config.yaml:3 display.fullscreen: must be true or false, not "sometimes"',
    ),
    "not a number": (
        "show: one\nfeeds: {}\nsite: {latitude: north}\n",
        'config.yaml:3 site.latitude: must be a number, not "north"',
    ),
    "not finite": ("show: one\nfeeds: {}\nsite: {latitude: nan}\n", 'config.yaml:3 site.latitude: must be a number, not "nan"'),
    "off the globe": (
        "show: one\nfeeds: {}\nsite: {latitude: 91}\n",
        'config.yaml:3 site.latitude: must be at most 90, not "91"',
    ),
    "a list for a number": (
        "show: one\nfeeds: {}\nsite: {latitude: [1]}\n",
        "config.yaml:3 site.latitude: must be a number, not this",
    ),
    "a group for a text": ("show: one\nfeeds: {}\nsite: {name: {a: b}}\n", "config.yaml:3 site.name: must be text"),
    "a text for a group": ("show: one\nfeeds: {}\nsite: Demo\n", "config.yaml:3 site: must be a group of `key: value` lines"),
    "a group left empty": ("show: one\nfeeds: {}\nsite:\n", "config.yaml:3 site: must be a group of `key: value` lines"),
    "a text for a list": ("show: one\nfeeds: {}\nnetwork: {allow: host}\n", "config.yaml:3 network.allow: must be a list"),
    "rotate 45": (
        "show: one\nfeeds: {}\ndisplay: {rotate: 45}\n",
        'config.yaml:3 display.rotate: must be 0, 90, 180 or 270, not "45"',
    ),
    "fps 0": ("show: one\nfeeds: {}\ndisplay: {fps: 0}\n", 'config.yaml:3 display.fps: must be at least 1, not "0"'),
    "margin too large": (
        "show: one\nfeeds: {}\ndisplay: {margin: 0.3}\n",
        'config.yaml:3 display.margin: must be at most 0.25, not "0.3"',
    ),
    "margin below nothing": (
        "show: one\nfeeds: {}\ndisplay: {margin: -0.1}\n",
        'config.yaml:3 display.margin: must be at least 0, not "-0.1"',
    ),
    "an output by name": (
        "show: one\nfeeds: {}\ndisplay: {output: HDMI-1}\n",
        'config.yaml:3 display.output: must be a whole number, not "HDMI-1"',
    ),
    "size nonsense": (
        "show: one\nfeeds: {}\ndisplay: {size: large}\n",
        'config.yaml:3 display.size: write a size as WIDTHxHEIGHT, such as 1920x1080, not "large"',
    ),
    "size too small": (
        "show: one\nfeeds: {}\ndisplay: {size: 10x10}\n",
        "config.yaml:3 display.size: each side must be 160 to 16384 pixels, not 10x10",
    ),
    "unknown zone": (
        "show: one\nfeeds: {}\nsite: {zone: Europe/Warsow}\n",
        'config.yaml:3 site.zone: there is no time zone "Europe/Warsow". Did you mean "Europe/Warsaw"?',
    ),
    "no zone at all": (
        "show: one\nfeeds: {}\nsite: {zone: '!'}\n",
        'config.yaml:3 site.zone: there is no time zone "!". Write it as Europe/Warsaw.',
    ),
    "a zone that climbs": (
        "show: one\nfeeds: {}\nsite: {zone: ../../etc/passwd}\n",
        'config.yaml:3 site.zone: there is no time zone "../../etc/passwd". Write it as Europe/Warsaw.',
    ),
    "budget without unit": (
        "show: one\nfeeds: {}\nstorage: {budget: 4}\n",
        'config.yaml:3 storage.budget: write a size with its unit, such as 500 MB or 4 GB, not "4"',
    ),
    "budget too small": (
        "show: one\nfeeds: {}\nstorage: {budget: 1 MB}\n",
        'config.yaml:3 storage.budget: must be at least 50 MB, not "1 MB"',
    ),
    "data of nobody": (
        "show: one\nfeeds: {}\nstorage: {data: ~nobody-here/data}\n",
        'config.yaml:3 storage.data: there is no user "nobody-here" on this machine',
    ),
    "a missing certificate": (
        "show: one\nfeeds: {}\nnetwork: {ca_file: none.pem}\n",
        "config.yaml:3 network.ca_file: there is no file ",
    ),
    # feeds
    "no feeds": ("show: one\n", "config.yaml:1 feeds: is missing"),
    "feeds left empty": ("show: one\nfeeds:\n", "config.yaml:2 feeds: is empty. Write `feeds: {}` for a show of words alone"),
    "feeds as a list": ("show: one\nfeeds: [a]\n", "config.yaml:2 feeds: must be a group of `key: value` lines"),
    "a feed named core": (
        "show: one\nfeeds:\n  core: {" + GOOD + "}\n",
        'config.yaml:3 feeds.core: "core" is the name of the offline set: choose another',
    ),
    "a feed with a strange name": (
        "show: one\nfeeds:\n  my feed: {" + GOOD + "}\n",
        'config.yaml:3 feeds.my feed: a feed is named with letters, digits, - and _, not "my feed"',
    ),
    "unknown kind": (
        feed("kind: rss, url: x, trust: moderated"),
        "config.yaml:3 feeds.wall.kind: must be 'jsonfeed' or 'folder', not \"rss\"",
    ),
    "no trust": (feed("kind: folder, url: x"), "config.yaml:3 feeds.wall.trust: is missing"),
    "unknown trust": (
        feed("kind: folder, url: x, trust: hashtag"),
        'config.yaml:3 feeds.wall.trust: "hashtag" is no approval: a hashtag is not one. Write moderated if',
    ),
    "trust of later": (
        feed("kind: folder, url: x, trust: signed"),
        "config.yaml:3 feeds.wall.trust: signed comes with a later version; use moderated, or wait",
    ),
    "trust to be reviewed": (
        feed("kind: folder, url: x, trust: reviewed"),
        "config.yaml:3 feeds.wall.trust: reviewed needs the review desk of a later version; use moderated, or wait",
    ),
    "trust of another case": (
        feed("kind: folder, url: x, trust: Moderated"),
        'config.yaml:3 feeds.wall.trust: "Moderated" is no approval',
    ),
    "duration without unit": (
        feed(f"{GOOD}, every: 30"),
        'config.yaml:3 feeds.wall.every: write a length of time with its unit, such as 9s, 1.5s, 5m or 2h, not "30"',
    ),
    "duration of nothing": (feed(f"{GOOD}, every: 0s"), 'config.yaml:3 feeds.wall.every: must be at least 1 s, not "0s"'),
    "lease too long": (feed(f"{GOOD}, lease: 2d"), 'config.yaml:3 feeds.wall.lease: must be at most 86400 s, not "2d"'),
    "no address": (feed("kind: jsonfeed, url: '', trust: moderated"), "config.yaml:3 feeds.wall.url: must not be empty"),
    "http elsewhere": (
        feed("kind: jsonfeed, url: 'http://a.example/f', trust: moderated"),
        "config.yaml:3 feeds.wall.url: http is only for this machine: use https://a.example/f",
    ),
    "http on a name that only looks local": (
        feed("kind: jsonfeed, url: 'http://localhost.a.example/f', trust: moderated"),
        "config.yaml:3 feeds.wall.url: http is only for this machine",
    ),
    "another scheme": (
        feed("kind: jsonfeed, url: 'ftp://a.example/f', trust: moderated"),
        "config.yaml:3 feeds.wall.url: ftp:// is not supported: use https://",
    ),
    "a file address": (
        feed("kind: jsonfeed, url: 'file:///etc/passwd', trust: moderated"),
        "config.yaml:3 feeds.wall.url: file:// is not supported: use https://",
    ),
    "no host": (feed("kind: jsonfeed, url: 'https:///f', trust: moderated"), "config.yaml:3 feeds.wall.url: has no host"),
    "half an address": (
        feed("kind: jsonfeed, url: 'https://[::1', trust: moderated"),
        "config.yaml:3 feeds.wall.url: is not an address",
    ),
    "no such port": (
        feed("kind: jsonfeed, url: 'https://a.example:99999/', trust: moderated"),
        "config.yaml:3 feeds.wall.url: is not an address",
    ),
    "a folder with an address": (
        feed("kind: folder, url: 'https://a.example/', trust: moderated"),
        "config.yaml:3 feeds.wall.url: a folder is a path on this machine, not an address",
    ),
    "a folder of nobody": (
        feed("kind: folder, url: ~nobody-here/x, trust: moderated"),
        'config.yaml:3 feeds.wall.url: there is no user "nobody-here" on this machine',
    ),
    "a core that is a feed": (
        "show: one\nfeeds: {}\ncore: {kind: jsonfeed, url: x}\n",
        "config.yaml:3 core.kind: must be 'folder', not \"jsonfeed\"",
    ),
    # the show
    "a show that there is not": ("show: wal\nfeeds: {}\n", 'config.yaml:1 show: there is no playlist "wal".'),
    # no YAML, or not as we like it
    "empty": ("", "config.yaml:1 is empty"),
    "comments alone": ("# nothing\n", "config.yaml:1 is empty"),
    "a tab": ("show: one\nfeeds: {}\nsite:\n\tname: a\n", "config.yaml:4 a tab: indent with spaces"),
    "text": ("We remember\n", "config.yaml:1 must be a group of `key: value` lines"),
    "a list": ("- a\n- b\n", "config.yaml:1 must be a group of `key: value` lines"),
    "an open bracket": ("show: one\nfeeds: {\n", "config.yaml:3 is not YAML: "),
    "two documents": ("feeds: {}\n---\nfeeds: {}\n", "config.yaml:2 is not YAML: expected a single document"),
    "a missing colon": ("show: one\nfeeds\n", "config.yaml:3 is not YAML: "),
    "a group as a key": ("show: one\nfeeds: {}\n? [a]\n: b\n", "config.yaml:3 a key must be a word"),
    "not UTF-8": (
        "show: one\nsite: {name: Oświęcim}\n".encode("iso-8859-2"),
        "config.yaml:1 is not UTF-8 text (byte 24): save it as UTF-8",
    ),
    "UTF-16": ("feeds: {}\n".encode("utf-16"), "config.yaml:1 is not UTF-8 text (byte 0): save it as UTF-8"),
    "a control character": (b"feeds: {}\x00\n", "config.yaml:1 is not YAML: "),
    "a picture": (b"\xff\xd8\xff\xe0" * 500_000, "config.yaml:1 is "),
    "two megabytes": (b"#" * 2_000_000, "config.yaml:1 is larger than 1000 kB"),
}


@pytest.mark.parametrize(("text", "expected"), PROBLEMS.values(), ids=list(PROBLEMS))
def test_every_mistake_is_one_clear_problem(home: Home, text: str | bytes, expected: str) -> None:
    """File, line, path as a person would type it, and what to do."""
    (problem,) = home.problems(text)
    assert problem.startswith(expected)
    assert "\n" not in problem
    assert len(problem) < 300


BOMBS = {
    "a list of itself": "feeds: &a [*a]\n",
    "a list of itself twice": "feeds: &a [*a, *a]\n",
    "a group of itself": "feeds: &a {x: *a, y: *a}\n",
    "a billion laughs": "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{now}: &{now} [{','.join(['*' + before] * 10)}]\n" for before, now in zip("abcdefghi", "bcdefghij", strict=True)),
    "5,000 brackets": "feeds: " + "[" * 5000,
    "5,000 braces": "feeds: " + "{a: " * 5000,
    "a hundred brackets": "feeds: " + "[" * 100 + "]" * 100,
    "a staircase": "".join("  " * step + "a:\n" for step in range(400)),
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=list(BOMBS))
def test_bombs_are_one_clear_problem(home: Home, text: str) -> None:
    """Not a hang, not a crash, not a list of consequences."""
    (problem,) = home.problems(text)
    assert "is nested too deeply" in problem or "repeats itself too often" in problem
    assert len(problem) < 200


def test_honest_anchors_are_fine(home: Home) -> None:
    """Writing a thing once and using it twice is no bomb."""
    text = f"show: one\nfeeds:\n  a: &a {{{GOOD}}}\n  b: *a\n"
    assert set(home.clean(text).settings.feeds) == {"a", "b"}


@pytest.mark.parametrize(
    "text",
    [
        "show: one\nfeeds: {}\nstorage: {budget: " + "9" * 400 + " TB}\n",
        "show: one\nfeeds: {}\ndisplay: {size: " + "9" * 5000 + "x1080}\n",
        "show: one\nfeeds: {}\ndisplay: {rotate: " + "9" * 5000 + "}\n",
        "show: one\nfeeds: {}\ndisplay: {fps: " + "9" * 400 + "}\n",
        feed(f"{GOOD}, every: " + "9" * 400 + "s"),
        feed(f"{GOOD}, min_approvals: " + "9" * 5000),
    ],
)
def test_endless_numbers_are_problems(home: Home, text: str) -> None:
    """And no errors of Python."""
    assert len(home.problems(text)) == 1


def test_all_problems_are_told_at_once(home: Home) -> None:
    """Of the configuration and of every playlist, in order of file and line."""
    home.playlist("one", "slides:\n  - foto\n  - photo: {hold: 1s}\n")
    home.playlist("two", "hold: 9\n")
    problems = home.problems(
        "show: three\nsite: {zone: Mars}\nfeeds:\n  core: {kind: rss, url: 'http://a.example/', trust: x}\nshow: four\nfoo: 1\n"
    )
    assert [problem.split(": ")[0] for problem in problems] == [
        "config.yaml:1 show",
        "config.yaml:2 site.zone",
        "config.yaml:4 feeds.core",
        "config.yaml:4 feeds.core.kind",
        "config.yaml:4 feeds.core.trust",
        "config.yaml:4 feeds.core.url",
        "config.yaml:5 show",
        "config.yaml:6 foo",
        "playlists/one.yaml:2 slides.0.foto",
        "playlists/one.yaml:3 slides.1.photo.hold",
        "playlists/two.yaml:1 hold",
        "playlists/two.yaml:1 slides",
    ]


def test_a_missing_file_and_a_folder_in_its_place(home: Home) -> None:
    """Each says what it found."""
    (problem,) = load(home.file).problems
    assert str(problem) == "config.yaml:1 cannot be read: No such file or directory"
    home.file.mkdir()
    (problem,) = load(home.file).problems
    assert str(problem) == "config.yaml:1 cannot be read: Is a directory"


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


def test_playlists_that_double_again_and_again(home: Home) -> None:
    """Each takes in the next one twice: one problem where it becomes too much, and no hang."""
    for number in range(8):
        home.playlist(f"p{number:02}", f"slides: [show: p{number + 1:02}, show: p{number + 1:02}]\n")
    home.playlist("p08", "slides: [photo: {times: 1000}]\n")
    problems = home.problems(CLEAN)
    assert problems
    assert all("it comes to more than 100,000 slides" in problem for problem in problems)


def test_what_is_written_is_what_counts(home: Home) -> None:
    """Every key of the example, as values; relative paths start at the configuration."""
    (home.folder / "ca.pem").touch()
    settings = home.clean(
        "site: {name: Demo, zone: Europe/Warsaw, latitude: 50.0343, longitude: 19.1785}\n"
        "display: {output: 1, fullscreen: no, size: 1920x1080, fps: 50, rotate: 90, margin: 0.1}\n"
        "feeds:\n"
        "  demo: {kind: jsonfeed, url: assets/feed.json, trust: moderated, every: 30s, lease: 1h, min_approvals: 2}\n"
        "  web: {kind: jsonfeed, url: 'https://a.example/f', trust: moderated, assume_approved: true}\n"
        "  local: {kind: jsonfeed, url: 'http://127.0.0.1:8000/f', trust: moderated}\n"
        "  dir: {kind: folder, url: ~/photos, trust: moderated}\n"
        "core: {url: core}\n"
        "words: {only_checked: false, languages: [he, en]}\n"
        "network: {proxy: 'http://p.example:3128', ca_file: ca.pem, allow: [inside.example]}\n"
        "show: one\n"
        "storage: {data: data, budget: 1.5 GB}\n"
    ).settings
    display = settings.display
    assert (display.output, display.fullscreen, display.size, display.fps) == (1, False, Size(1920, 1080), 50)
    assert (display.rotate, display.margin) == (90, 0.1)
    assert settings.feeds["demo"].url == str(home.folder / "assets/feed.json")
    assert (settings.feeds["demo"].every, settings.feeds["demo"].lease) == (30, 3600)
    assert [feed.is_remote for feed in settings.feeds.values()] == [False, True, True, False]
    assert settings.feeds["dir"].url == str(Path("~/photos").expanduser())
    assert settings.core is not None
    assert settings.core.url == str(home.folder / "core")
    assert settings.network.ca_file == str(home.folder / "ca.pem")
    assert settings.storage.budget == 1_500_000_000
    assert settings.words.languages == ("he", "en")


def test_everything_but_the_feeds_has_a_default(home: Home) -> None:
    """`feeds: {}` is a show of words alone."""
    home.playlist("wall", ONE)
    configuration = home.clean("feeds: {}\n")
    assert configuration.settings.show == "wall"
    assert configuration.data == Path(DEFAULT_DATA).expanduser()
    assert configuration.settings.display.size is None


def test_auto_means_none(home: Home) -> None:
    """Where the machine knows better."""
    display = home.clean(f"{CLEAN}display: {{output: auto, size: auto, fps: auto}}\n").settings.display
    assert (display.output, display.size, display.fps) == (None, None, None)


def test_a_missing_folder_is_no_fault_of_the_configuration(home: Home) -> None:
    """It may be mounted later."""
    home.clean(feed("kind: folder, url: /nowhere/at/all, trust: moderated") + "core: {url: /nor/here}\n")


def test_what_comes_with_the_program_is_clean() -> None:
    """config.yaml and every playlist beside it; each show can be settled, and its words are found."""
    loaded = load(INSTALLATION / "config.yaml")
    assert loaded.problems == ()
    configuration = loaded.configuration
    assert configuration is not None
    assert {"wall", "mosaic", "facade", "exhibition"} <= set(configuration.playlists)
    for name in configuration.playlists:
        assert configuration.show(name).steps
    assert configuration.words_file.exists()
    assert configuration.show().id == configuration.settings.show


def test_without_playlists_of_its_own_a_site_has_the_programs(home: Home) -> None:
    """A configuration alone in a folder can be run."""
    (home.folder / "playlists" / "one.yaml").unlink()
    (home.folder / "playlists").rmdir()
    assert "facade" in home.clean("feeds: {}\nshow: facade\n").playlists


@pytest.mark.parametrize(
    ("own", "general", "expected"),
    [
        ("", "", (True, ())),
        ("", "words: {only_checked: false}\n", (False, ())),
        ("words: {only_checked: true}\n", "words: {only_checked: false, languages: [he]}\n", (True, ("he",))),
        ("words: {languages: all}\n", "words: {languages: [he]}\n", (True, ())),
        ("words: {languages: [pl, en]}\n", "", (True, ("pl", "en"))),
    ],
)
def test_a_shows_own_words_come_before_the_configurations(
    home: Home, own: str, general: str, expected: tuple[bool, tuple[str, ...]]
) -> None:
    """And those before the defaults, each key for itself."""
    home.playlist("one", ONE + own)
    configuration = home.clean(CLEAN + general)
    words = configuration.words_of(configuration.show())
    assert (words.only_checked, words.languages) == expected


def test_the_clean_copy_is_the_configuration(home: Home) -> None:
    """Kept and read it is equal, playlists and all; kept again it is not written again."""
    configuration = home.clean(f"{feed(GOOD)}display: {{size: 800x600, rotate: 270}}\nstorage: {{data: data}}\n")
    keep_clean(configuration)
    path = configuration.data / LAST_CLEAN
    before = path.stat().st_ino
    keep_clean(configuration)
    assert path.stat().st_ino == before
    assert last_clean(configuration.data) == configuration
    assert list(configuration.data.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"not JSON", b'{"settings": {"later": 1}}'])
def test_a_clean_copy_that_is_none_is_not_used(home: Home, content: bytes) -> None:
    """Whatever became of it; the next clean configuration replaces it."""
    configuration = home.clean(f"{CLEAN}storage: {{data: data}}\n")
    configuration.data.mkdir()
    (configuration.data / LAST_CLEAN).write_bytes(content)
    assert last_clean(configuration.data) is None
    keep_clean(configuration)
    assert last_clean(configuration.data) == configuration


def test_a_clean_copy_that_cannot_be_kept_says_so(home: Home) -> None:
    """With the path and the reason."""
    (home.folder / "data").write_text("in the way")
    with pytest.raises(OperatorError, match="could not be written"):
        keep_clean(home.clean(f"{CLEAN}storage: {{data: data}}\n"))


def test_the_command_lines_data_folder_beats_the_files(home: Home) -> None:
    """None leaves the file's."""
    configuration = home.clean(f"{CLEAN}storage: {{data: data}}\n")
    assert with_data(configuration, None).data == home.folder / "data"
    assert with_data(configuration, "/other").data == Path("/other")


def test_which_file_is_meant(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is named, else the one here, else the one that came with the program."""
    monkeypatch.delenv("WEREMEMBER_HOME", raising=False)
    monkeypatch.chdir(home.folder)
    assert find("x.yaml") == home.folder / "x.yaml"
    assert find(None) == INSTALLATION / "config.yaml"
    monkeypatch.setenv("WEREMEMBER_HOME", "/opt/weremember")
    assert find(None) == Path("/opt/weremember/config.yaml")
    home.file.touch()
    assert find(None) == home.file
