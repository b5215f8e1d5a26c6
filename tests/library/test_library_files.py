"""Prepared pictures on disk: whole or not at all, and named by what they hold."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from player.errors import LibraryError
from player.library.files import FileStore
from player.units import Digest
from tests.library.shelf import sha


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """An empty folder that is not there yet."""
    return FileStore(tmp_path / "pictures")


def test_what_was_written_is_read(store: FileStore) -> None:
    """The name is the SHA-256 of the content; writing it again is no second file."""
    digest = store.write(b"picture")
    assert digest == sha(b"picture") == store.write(b"picture")
    assert store.read(digest) == b"picture"
    assert [name for name, _ in store.stored()] == [digest]


def test_what_changed_on_disk_is_not_read(store: FileStore) -> None:
    """Changed, cut short and missing files are refused, each in words."""
    digest = store.write(b"picture")
    for content in (b"pictura", b"pict", b""):
        store.path(digest).write_bytes(content)
        with pytest.raises(LibraryError, match="is damaged"):
            store.read(digest)
    store.delete(digest)
    with pytest.raises(LibraryError, match="cannot be read: No such file"):
        store.read(digest)


def test_a_damaged_file_is_written_anew(store: FileStore) -> None:
    """Also one that kept its size: a power cut may leave zeros."""
    digest = store.write(b"picture")
    store.path(digest).write_bytes(bytes(7))
    store.write(b"picture")
    assert store.read(digest) == b"picture"


def test_a_file_that_is_written_again_is_young_again(store: FileStore) -> None:
    """So that no sweep takes it before its row is there."""
    digest = store.write(b"picture")
    os.utime(store.path(digest), (1, 1))
    store.write(b"picture")
    ((_, written),) = store.stored()
    assert written > 1_000_000_000


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "/..", "", "a" * 64 + "\n"])
def test_what_is_no_hash_never_becomes_a_path(store: FileStore, name: str) -> None:
    """Reading, deleting and asking where it lies are refused alike."""
    for act in (store.path, store.read, store.delete):
        with pytest.raises(LibraryError, match="not the name of a prepared picture"):
            act(Digest(name))


def test_an_interrupted_write_leaves_nothing(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk at any step is told in words, and no part stays."""
    for step in ("fsync", "open"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, _full)
            with pytest.raises(LibraryError, match="the disk is full: free some space"):
                store.write(b"picture")
    assert [path for path in store.folder.rglob("*") if path.is_file() and path.suffix == ".part"] == []


def test_what_a_power_cut_left_is_dropped(store: FileStore) -> None:
    """The part of a process that is no more is deleted; that of a living one, and what is not ours, is left alone."""
    digest = store.write(b"picture")
    folder = store.path(digest).parent
    dead, living, strange = folder / f"{digest}.999999999.part", folder / f"{digest}.{os.getpid()}.part", folder / "notes.txt"
    for path in (dead, living, strange):
        path.write_bytes(b"half")
    assert [name for name, _ in store.stored()] == [digest]
    assert [path.exists() for path in (dead, living, strange)] == [False, True, True]


def test_deleting_twice_is_no_error(store: FileStore) -> None:
    """What is gone is gone."""
    digest = store.write(b"picture")
    store.delete(digest)
    store.delete(digest)
    assert list(store.stored()) == []


def test_one_file_that_cannot_be_deleted_does_not_keep_the_others(store: FileStore) -> None:
    """All are tried; the error comes at the end."""
    good, bad = store.write(b"good"), sha(b"bad")
    store.path(bad).mkdir(parents=True)
    with pytest.raises(LibraryError, match="could not be deleted"):
        store.delete_all([bad, good])
    assert not store.path(good).exists()


def test_an_empty_store_has_nothing(store: FileStore) -> None:
    """Before the first picture there is no folder, which is no error."""
    assert list(store.stored()) == []


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
