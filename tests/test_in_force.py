"""Which configuration counts: the file, its last clean copy while it has a mistake in it, and the file again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from player.in_force import InForce, Staleness
from player.places import LAST_CLEAN, RUN_DATA
from player.settings import Configuration, last_clean

CLEAN = "show: one\nfeeds: {{}}\nsite: {{name: {name}}}\nstorage: {{data: data}}\n"


class Home:
    """A folder with a configuration that is written again and again."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "config.yaml"
        self.data = folder / "data"
        self.playlist = folder / "playlists" / "one.yaml"
        self.playlist.parent.mkdir()
        self._age = 0
        self.write(self.playlist, "slides: [photo]\n")
        self.name("first")

    def write(self, path: Path, text: str) -> None:
        """Write a file at a time of its own."""
        path.write_text(text)
        self._age += 1
        os.utime(path, (self._age, self._age))

    def name(self, name: str) -> None:
        """Write a clean configuration."""
        self.write(self.file, CLEAN.format(name=name))

    def spoil(self, text: str = "nonsense: 1\nstorage: {data: data}\n") -> None:
        """Write a mistake."""
        self.write(self.file, text)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a clean configuration."""
    return Home(tmp_path)


def named(configuration: Configuration | None) -> str | None:
    """Which configuration this is."""
    return configuration.settings.site.name if configuration else None


def test_a_faulty_schedule_leaves_the_last_clean_one_in_force(home: Home) -> None:
    """Its slots go on; they are exchanged when it is mended."""

    def slots(in_force: InForce) -> list[str]:
        configuration = in_force.read()
        return [slot.id for slot in configuration.rules.slots] if configuration else []

    def scheduled(at: str) -> str:
        return f"{CLEAN.format(name='first')}schedule: {{slots: [{{id: one-{at[:2]}, show: one, at: {at}}}]}}\n"

    in_force = InForce(home.file, None)
    home.write(home.file, scheduled("10:00 to 11:00"))
    assert slots(in_force) == ["one-10"]
    home.write(home.file, scheduled("12:00 to 25:00"))
    assert slots(in_force) == ["one-10"]
    assert in_force.is_faulty
    home.write(home.file, scheduled("14:00 to 15:00"))
    assert slots(in_force) == ["one-14"]
    assert not in_force.is_faulty


def test_a_clean_file_counts_and_is_kept(home: Home) -> None:
    """With its playlists, in the data folder that it names."""
    in_force = InForce(home.file, None)
    configuration = in_force.read()
    assert named(configuration) == "first"
    assert not in_force.is_faulty
    assert last_clean(home.data) == configuration


@pytest.mark.parametrize("text", ["", "\tx", "feeds: [", "nonsense: 1\n"], ids=["empty", "tab", "half", "unknown key"])
def test_a_faulty_file_leaves_the_last_clean_copy_in_force(home: Home, text: str) -> None:
    """While the process runs, whatever became of the file; mended, it counts again."""
    in_force = InForce(home.file, None)
    in_force.read()
    home.spoil(text)
    assert named(in_force.read()) == "first"
    assert in_force.is_faulty
    home.name("mended")
    assert in_force.has_changed()
    assert named(in_force.read()) == "mended"
    assert not in_force.is_faulty
    assert named(last_clean(home.data)) == "mended"


def test_a_new_process_finds_the_copy_in_the_folder_that_the_file_names(home: Home) -> None:
    """Though the file has a mistake elsewhere."""
    InForce(home.file, None).read()
    home.spoil()
    assert named(InForce(home.file, None).read()) == "first"


def test_a_new_process_finds_the_copy_in_the_folder_of_the_command_line(home: Home, tmp_path: Path) -> None:
    """Which beats the file's, then and now."""
    other = str(tmp_path / "other")
    InForce(home.file, other).read()
    home.spoil("\t")
    configuration = InForce(home.file, other).read()
    assert named(configuration) == "first"
    assert configuration is not None
    assert configuration.data == tmp_path / "other"


def test_a_new_process_looks_in_the_usual_folder_when_the_file_cannot_be_read(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nowhere else to look."""
    monkeypatch.setattr("player.places.DEFAULT_DATA", str(tmp_path / "data"))
    InForce(home.file, None).read()
    home.file.unlink()
    assert named(InForce(home.file, None).read()) == "first"


def test_a_faulty_file_without_a_copy_leaves_nothing(home: Home) -> None:
    """The plate, then; and the file is looked at until it changes."""
    home.spoil()
    in_force = InForce(home.file, None)
    assert in_force.read() is None
    assert in_force.is_faulty
    assert not in_force.has_changed()
    home.name("mended")
    assert in_force.has_changed()
    assert named(in_force.read()) == "mended"


def test_a_playlist_is_part_of_it(home: Home) -> None:
    """A mistake in one, its mending, a new one and one that is gone are all changes."""
    in_force = InForce(home.file, None)
    in_force.read()
    home.write(home.playlist, "slides: [foto]\n")
    assert in_force.has_changed()
    configuration = in_force.read()
    assert in_force.is_faulty
    assert configuration is not None
    assert configuration.show().steps
    home.write(home.playlist, "slides: [words]\n")
    in_force.read()
    assert not in_force.is_faulty
    home.write(home.playlist.with_name("two.yaml"), "slides: [photo]\n")
    assert in_force.has_changed()
    in_force.read()
    home.playlist.with_name("two.yaml").unlink()
    assert in_force.has_changed()


def test_a_copy_that_cannot_be_kept_is_no_reason_to_stop(home: Home) -> None:
    """The configuration counts all the same."""
    home.data.write_text("in the way")
    assert named(InForce(home.file, None).read()) == "first"


def test_nothing_new_is_no_change(home: Home) -> None:
    """Reading settles it."""
    in_force = InForce(home.file, None)
    assert in_force.has_changed()
    in_force.read()
    assert not in_force.has_changed()


def test_a_new_process_finds_the_copy_though_the_file_is_gone(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the file, or wherever else the player's data were when it began."""
    InForce(home.file, None).read()
    elsewhere = tmp_path / "on" / "another" / "disk"
    InForce(home.file, str(elsewhere)).read()
    home.file.unlink()
    in_force = InForce(home.file, None)
    assert named(in_force.read()) == "first"
    assert in_force.is_faulty
    (home.data / LAST_CLEAN).unlink()
    monkeypatch.setenv(RUN_DATA, str(elsewhere))
    assert named(InForce(home.file, None).read()) == "first"


def test_a_process_is_stale_when_another_has_taken_in_a_new_one(home: Home) -> None:
    """By the clean copy, which changes once; a file that nobody has read yet changes nothing."""
    in_force = InForce(home.file, None)
    is_stale = Staleness(in_force, in_force.read())
    home.name("second")
    assert not is_stale()
    InForce(home.file, None).read()
    assert is_stale()
    is_stale = Staleness(in_force, in_force.read())
    assert not is_stale()


def test_a_process_with_a_faulty_file_is_stale_when_that_changes(home: Home) -> None:
    """With a clean copy or without one."""
    home.spoil()
    in_force = InForce(home.file, None)
    is_stale = Staleness(in_force, in_force.read())
    assert not is_stale()
    home.name("mended")
    assert is_stale()
