"""Local files as a source: inside their own folder, regular, bounded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from player.clock import SystemClock
from player.errors import NetworkError
from player.feed.body import TooLargeError
from player.feed.fetch import AnsweredError, Response
from player.feed.local import LocalFetcher, SourceFetcher, fetcher_for


def read(folder: Path, name: str, limit: int = 100) -> Response:
    """Read *name* out of *folder*."""
    return LocalFetcher(folder).get(str(folder / name), limit_bytes=limit, deadline_s=1)


def test_a_file_is_read_and_known_again(tmp_path: Path) -> None:
    """The content comes with an ETag; with it, the same content is "unchanged" and other content is not, whatever its date."""
    (tmp_path / "feed.json").write_bytes(b"one")
    first = read(tmp_path, "feed.json")
    again = LocalFetcher(tmp_path).get(str(tmp_path / "feed.json"), limit_bytes=9, deadline_s=1, validators=first.validators)
    (tmp_path / "feed.json").write_bytes(b"two")
    changed = LocalFetcher(tmp_path).get(str(tmp_path / "feed.json"), limit_bytes=9, deadline_s=1, validators=first.validators)

    assert (first.body, again.is_unchanged, changed.body) == (b"one", True, b"two")


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    """Neither a path nor a link leads out of the source's own folder."""
    (tmp_path / "secret").write_bytes(b"secret")
    own = tmp_path / "own"
    own.mkdir()
    (own / "link").symlink_to("../secret")
    for name in ("../secret", "link", "/etc/passwd"):
        with pytest.raises(NetworkError, match="outside"):
            read(own, name)


@pytest.mark.parametrize(
    ("name", "message"),
    [("gone", "cannot be read"), ("dir", "Is a directory"), ("pipe", "not a file"), ("big", "larger"), ("a\0", "null")],
)
def test_only_bounded_regular_files_are_read(tmp_path: Path, name: str, message: str) -> None:
    """What is missing, no file, or too large is one clear line; a pipe does not block."""
    (tmp_path / "dir").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "big").write_bytes(bytes(101))
    with pytest.raises(NetworkError, match=message):
        read(tmp_path, name)


def test_a_file_that_is_not_there_is_answered_as_by_a_web_server(tmp_path: Path) -> None:
    """A missing file is a 404, so that a reader can ask whether there is a newer one; a missing folder answers nothing."""
    with pytest.raises(AnsweredError) as caught:
        read(tmp_path, "gone")
    (tmp_path / "loop").symlink_to("loop")
    for folder, name in ((tmp_path / "gone", "file"), (tmp_path, "loop")):
        with pytest.raises(NetworkError) as silent:
            read(folder, name)
        assert not isinstance(silent.value, AnsweredError)

    assert caught.value.status == 404


def test_a_refused_path_leaves_nothing_open(tmp_path: Path) -> None:
    """A folder in place of a file costs no descriptor, however often a feed names it."""
    (tmp_path / "dir").mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(NetworkError):
            read(tmp_path, "dir")

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_web_feed_cannot_name_local_files(tmp_path: Path) -> None:
    """A path in a feed from the web is refused, while a local feed's is read."""
    (tmp_path / "1.jpg").write_bytes(b"picture")
    path = str(tmp_path / "1.jpg")
    own = fetcher_for(str(tmp_path / "feed.json"), clock=SystemClock())

    assert own.get(path, limit_bytes=100, deadline_s=1).body == b"picture"
    with pytest.raises(NetworkError, match="cannot name local files"):
        SourceFetcher(LocalFetcher(tmp_path)).get(path, limit_bytes=100, deadline_s=1)
    with pytest.raises(NetworkError, match="cannot name local files"):
        fetcher_for("https://feed.example/f.json", clock=SystemClock()).get(path, limit_bytes=100, deadline_s=1)


def test_a_folder_is_its_own_root(tmp_path: Path) -> None:
    """For a folder of pictures, its files are read, and its neighbours are not."""
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "1.jpg").write_bytes(b"picture")
    (tmp_path / "2.jpg").write_bytes(b"other")
    own = fetcher_for(str(photos), clock=SystemClock())

    assert own.get(str(photos / "1.jpg"), limit_bytes=100, deadline_s=1).body == b"picture"
    with pytest.raises(NetworkError, match="outside"):
        own.get(str(tmp_path / "2.jpg"), limit_bytes=100, deadline_s=1)


def test_a_file_that_is_too_large_is_told_apart(tmp_path: Path) -> None:
    """Whoever knows the exact size can tell "more than that" from a file that cannot be read."""
    (tmp_path / "big").write_bytes(bytes(101))
    with pytest.raises(TooLargeError):
        read(tmp_path, "big")
