"""A template becomes a player's configuration: its text stays, what it names goes along, and what cannot is said."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from player.centre import bundling
from player.centre.bundling import luggage
from player.centre.enrolling import Enrolled, Wish, enrol
from player.centre.splicing import tree_of, with_fleet, with_key
from player.centre.store import Store
from player.cli import main
from player.errors import OperatorError
from player.schema import Tree
from player.settings import load
from tests.fakes.centre import founded
from tests.fakes.clock import OPENING

FLEET: dict[str, Tree] = {"id": "a", "groups": ["g"]}
TEMPLATE = """\
# The wall of all museums.   Two spaces here,   and there.
site:
  zone: Europe/Warsaw   # not theirs

feeds:
  # of the publisher
  wall: {kind: jsonfeed, url: ../feeds/feed.json, trust: moderated, map: maps/own.yaml}
network: {ca_file: tls/ca.pem}
fleet:
  share: 2/5   # of Jan
  groups: [other]
  # the end of it

show: wall   # every day
schedule: schedule.yaml
"""
PLAYLIST = """\
hold: 8s
slides:
  - photo
  - names: {file: ../lists/names.txt}
  - film: {file: films/a.mp4}
  - film: {file: films/long.mp4, subtitles: films/other.he.vtt}
  - film: {file: /media/usb/b.mp4}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a template and everything that it names."""
    files: dict[str, str] = {
        "wall.yaml": TEMPLATE,
        "playlists/wall.yaml": PLAYLIST,
        "playlists/films/a.mp4": "a film",
        "playlists/films/a.pl.srt": "1\n00:00:01,000 --> 00:00:02,000\nx\n",
        "playlists/films/long.mp4": "a film of more than is let through",
        "playlists/films/other.he.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n",
        "playlists/.hidden.yaml": "not theirs",
        "lists/names.txt": "Anna\n",
        "maps/own.yaml": "x: y\n",
        "tls/ca.pem": "-----BEGIN CERTIFICATE-----\n",
        "schedule.yaml": "slots: []\n",
        "assets/words.yaml": "own: words\n",
    }
    folder = tmp_path / "home"
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def made(folder: Path, template: Path, site: str = "") -> Enrolled:
    """Enrol a player by a template."""
    office = founded(folder)
    with Store(office.folder) as store:
        return enrol(office, store, Wish(id="a", group="g", template=template, site=site), OPENING)


def test_the_text_of_a_template_stays(tmp_path: Path, home: Path) -> None:
    """Each line and each comment is as it was, but for the block `fleet:`, whose other keys are kept."""
    written = (made(tmp_path, home / "wall.yaml").folder / "config.yaml").read_text("utf-8")
    before, _, rest = TEMPLATE.partition("fleet:\n")
    after = rest[rest.index("  # the end of it") :]

    assert written.startswith(f"{before}fleet:\n  share: 2/5\n")
    assert written.endswith(f"  groups:\n  - g\n{after}".split("\n", 2)[2])
    assert written.endswith("show: wall   # every day\nschedule: schedule.yaml\n")


def test_what_a_template_names_goes_along_to_its_place(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Playlists, schedule, lists, subtitles, words, maps and films within a limit: in the folder and in the archive alike."""
    monkeypatch.setattr(bundling, "MAX_FILMS", 20)
    done = made(tmp_path, home / "wall.yaml")
    with tarfile.open(done.archive) as tar:
        tar.extractall(tmp_path / "there", filter="data")
    there = tmp_path / "there" / "a"
    names = {str(path.relative_to(there)) for path in there.rglob("*") if path.is_file()}

    assert names - {"config.yaml", "README"} - {name for name in names if name.startswith("fleet/")} == {
        "playlists/wall.yaml",
        "playlists/films/a.mp4",
        "playlists/films/a.pl.srt",
        "playlists/films/other.he.vtt",
        "lists/names.txt",
        "maps/own.yaml",
        "tls/ca.pem",
        "schedule.yaml",
        "assets/words.yaml",
    }
    for name in names:
        assert (there / name).read_bytes() == (done.folder / name).read_bytes()
    by_hand = "bring it by hand, to playlists/films/long.mp4 there"
    too = "is a path: it must be there on the player's computer, too"
    assert done.remarks == (
        f"feeds.wall.url: ../feeds/feed.json {too}, as seen from its config.yaml",
        f"playlists/wall.yaml slides.3.film: films/long.mp4 is too large (0 MB, and films of 0 MB in all go along): {by_hand}",
        f"playlists/wall.yaml slides.4.film: /media/usb/b.mp4 {too}",
    )
    assert all(f"Before that: {remark}\n" in (there / "README").read_text("utf-8") for remark in done.remarks)
    loaded = load(there / "config.yaml")
    assert [str(each).replace(str(there), str(done.folder)) for each in loaded.problems] == list(done.problems)
    assert not [each for each in done.problems if "names.txt" in each or "schedule" in each or "a.mp4" in each]


def test_the_command_says_what_check_says(tmp_path: Path, home: Path) -> None:
    """What is not there is said before the bundle is carried anywhere, and that word is left for it."""
    office = founded(tmp_path)
    words = ["fleet", "enrol", "a", "--group", "g", "--config", str(home / "wall.yaml"), "--centre", str(office.folder)]
    found = CliRunner().invoke(main, words)

    assert found.exit_code == 0, found.output
    assert "feeds.wall.url: ../feeds/feed.json is a path" in found.output
    assert "check says of" in found.output
    assert "b.mp4" in found.output
    assert "as soon as `weremember fleet collect` runs" in found.output


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("site: {zone: UTC}  # c\nshow: a\n", "x: # y"),
        ("site: {}\n", "x"),
        ("site:\nshow: a\n", "x"),
        ("site:   # none\nshow: a\n", "x"),
        ("show: a", 'a "quoted" one'),
        ("site:\n    zone: UTC\n\n# c\nshow: a\n", "Oświęcim"),
        ("site:\n    zone: |\n      UTC\n\nshow: a\n", "x"),
        ("show: a\nsite:\n    zone: UTC", "x"),
        ("site:\r\n    zone: UTC\r\nshow: a\r\n", "x"),
        ("fleet:\n  a: &x [b]\n  c: *x\n# d\nshow: a\n", "x"),
        ("fleet: {}\n", "x"),
        ("fleet: # c", "x"),
    ],
)
def test_keys_are_added_however_a_text_is_written(text: str, site: str) -> None:
    """Afterwards it says what it said, and what was added; its comments outside of `fleet:` are there."""
    expected = tree_of(text, "t")
    group = expected.setdefault("site", {})
    expected["site"] = {**group, "name": site} if isinstance(group, dict) else {"name": site}
    expected["feeds"] = {"campaign": {"url": "https://x"}}
    expected["fleet"] = FLEET

    found = with_key(text, "t", ("site", "name"), site)
    found = with_key(found, "t", ("feeds", "campaign"), {"url": "x"})
    found = with_key(found, "t", ("feeds", "campaign"), {"url": "https://x"})
    found = with_fleet(found, "t", FLEET, heading="h")

    assert tree_of(found, "t") == expected
    if text.startswith("site"):
        assert all(line in found for line in text.splitlines() if line.startswith("#"))


@pytest.mark.parametrize("text", ["{show: a}", "show: a\n...\n", "- a", "site: [a]\n", "site: &s {zone: UTC}\nother: *s\n"])
def test_a_text_to_which_nothing_can_be_added_is_refused(tmp_path: Path, text: str) -> None:
    """In a line that says how to write it, and nobody is enrolled."""
    (tmp_path / "t.yaml").write_text(text)
    with pytest.raises(OperatorError, match=r"write it|must be a group|write them"):
        made(tmp_path, tmp_path / "t.yaml", site="Here")


def test_the_templates_own_name_of_a_site_stays(tmp_path: Path) -> None:
    """And that is said, for the centre has another one."""
    (tmp_path / "t.yaml").write_text("site: {name: any}\nfeeds: {}\n")
    done = made(tmp_path, tmp_path / "t.yaml", site="Here")

    assert "site: {name: any}\nfeeds: {}\n" in (done.folder / "config.yaml").read_text()
    assert [each for each in done.remarks if each.startswith('site.name stays "any"')]


@pytest.mark.parametrize("path", ["../../x.txt", "~/x.txt", "/etc/x", "a\0b", "../config.yaml/../../y"])
def test_nothing_outside_of_the_templates_folder_is_taken(tmp_path: Path, path: str) -> None:
    """Whatever a playlist names."""
    folder = tmp_path / "playlists"
    folder.mkdir()
    (tmp_path.parent / "x.txt").write_text("x")
    (folder / "p.yaml").write_text(f'slides:\n  - names: {{file: "{path}"}}\n'.replace("\0", "\\0"))
    found = luggage(tmp_path / "t.yaml", {"console": {"tls": {"key": "k.pem"}}, "alarms": ["file:/etc/key"]})

    assert set(found.files) == {"playlists/p.yaml"}
    assert len(found.remarks) == 3
