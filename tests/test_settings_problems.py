"""What an operator gets wrong in config.yaml: every problem at once, each with its line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.settings import load
from tests.fakes.home import GOOD, Home, feed


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one playlist."""
    return Home(tmp_path)


PROBLEMS: dict[str, tuple[str | bytes, str]] = {
    # what an operator gets wrong
    "unknown key": (
        "show: one\nfeeds: {}\ndisplay:\n  fulscreen: true\n",
        'config.yaml:4 display.fulscreen: unknown key. Did you mean "fullscreen"?',
    ),
    "unknown key in a feed": (feed(f"{GOOD}, evry: 30s"), 'config.yaml:3 feeds.wall.evry: unknown key. Did you mean "every"?'),
    "unknown key, nothing like it": (
        "show: one\nfeeds: {}\nsite: {qqq: 1}\n",
        "config.yaml:3 site.qqq: unknown key. Known: clock, latitude, longitude, name, zone.",
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
        feed("kind: gopher, url: x, trust: moderated"),
        "config.yaml:3 feeds.wall.kind: must be 'jsonfeed', 'folder', 'rss', 'wallsio', 'mapped', 'mastodon' or 'bluesky'",
    ),
    "no trust": (feed("kind: folder, url: x"), "config.yaml:3 feeds.wall.trust: is missing"),
    "unknown trust": (
        feed("kind: folder, url: x, trust: hashtag"),
        'config.yaml:3 feeds.wall.trust: "hashtag" is no approval: a hashtag is not one. Write moderated if',
    ),
    "a signed folder": (
        feed("kind: folder, url: x, trust: signed"),
        "config.yaml:3 feeds.wall.trust: only a jsonfeed is signed. Write `kind: jsonfeed`, or moderated if",
    ),
    "a mapped feed without a map": (
        feed("kind: mapped, url: 'https://a.example/', trust: moderated"),
        "config.yaml:3 feeds.wall: a mapped feed needs its map: write `map: curator`",
    ),
    "a map that there is not": (
        feed("kind: mapped, url: 'https://a.example/', trust: moderated, map: nothing"),
        "config.yaml:3 feeds.wall.map: there is no map ",
    ),
    "a map for nobody": (feed(f"{GOOD}, map: curator"), "config.yaml:3 feeds.wall.map: only `kind: mapped` reads a map"),
    "a hashtag as a feed": (
        feed("kind: rss, url: 'https://mastodon.example/tags/x.rss', trust: moderated"),
        "config.yaml:3 feeds.wall.url: a hashtag, a search or a timeline lists what anybody posts",
    ),
    "a key for a path": (
        feed("kind: rss, url: x, trust: moderated, token: 'env:KEY'"),
        "config.yaml:3 feeds.wall.token: a path on this machine asks for no key",
    ),
    "a key in the open": (
        feed("kind: rss, url: 'https://a.example/', trust: moderated, token: hunter2-hunter2"),
        "config.yaml:3 feeds.wall.token: write where the key is to be found, not the key",
    ),
    "a day that there is not": (
        "show: one\nfeeds: {}\nretention: {delete_after: 2027-02-30}\n",
        'config.yaml:3 retention.delete_after: write a day as 2027-02-28, not "2027-02-30"',
    ),
    "trust to be reviewed": (
        feed("kind: folder, url: x, trust: reviewed"),
        "config.yaml:3 feeds.wall.trust: reviewed needs the review desk: write `console: {reviewers: true}`, or moderated",
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
        "show: three\nsite: {zone: Mars}\nfeeds:\n  core: {kind: tape, url: 'http://a.example/', trust: x}\nshow: four\nfoo: 1\n"
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
    assert str(problem) == "config.yaml:1 is not a file"
