"""config.yaml and its playlists as settled values, and the copy of the last clean ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.errors import OperatorError
from player.places import DEFAULT_DATA, LAST_CLEAN
from player.settings import (
    INSTALLATION,
    find,
    keep_clean,
    last_clean,
    load,
    with_data,
)
from player.units import Size
from tests.fakes.home import CLEAN, GOOD, ONE, Home, feed


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one playlist."""
    return Home(tmp_path)


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
