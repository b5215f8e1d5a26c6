"""Films on their way into the library: who knows of them, and what becomes of their files."""

from __future__ import annotations

import errno
import fcntl
import os
from dataclasses import replace
from pathlib import Path

import pytest

from player.errors import LibraryError
from player.library.coming import LOOKED_AT, Coming, coming, film_to_come
from player.library.files import WRITING, FileStore
from player.units import SECOND
from tests.fakes.clock import OPENING
from tests.library.shelf import sha

WHAT = Coming("wall", "f", sha(b"film"))


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "pictures")


def test_everybody_knows_what_is_coming(store: FileStore) -> None:
    """From its first byte until it is seen to the end of it, whether it was kept or not."""
    assert coming(store, OPENING) == []
    with film_to_come(store, WHAT) as film:
        assert coming(store, OPENING) == [WHAT]
        film.add(b"film")
        path = film.keep()
        assert coming(store, OPENING) == [WHAT]
    assert coming(store, OPENING) == []
    assert (path.read_bytes(), [each for each in store.folder.rglob("*") if each.is_file()]) == (b"film", [path])


@pytest.mark.parametrize("said", [b"", b'{"source": "wa', b"[]", b'{"source": "wall"}', b"\xff"])
def test_a_mark_that_says_nothing_yet_stands_for_anything(store: FileStore, said: bytes) -> None:
    """Whoever reads it in the moment before it is written must not think that nothing is coming."""
    mark = store.folder / "00" / "a.mark.1.part"
    mark.parent.mkdir(parents=True)
    mark.write_bytes(said)
    with mark.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert coming(store, OPENING) == [None]
        assert store.drop_leftovers(OPENING) == 0
    assert coming(store, OPENING + 10**12 * SECOND) == []


def test_without_locks_age_says_whether_a_film_is_written(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some network file systems have none: what was not written for half a minute counts as left behind."""
    _without_locks(monkeypatch)
    with film_to_come(store, WHAT):
        (mark,) = store.folder.glob("??/*.mark.*")
        written = mark.stat().st_mtime_ns
        assert coming(store, written) == [WHAT]
        assert coming(store, written + WRITING + 1) == []
        assert store.drop_leftovers(written + WRITING + 10 * SECOND) == 2


def _without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)


def test_without_locks_a_film_counts_as_coming_for_longer_than_its_bytes_lie_there(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as it goes on, and until what came of it is tidied up; else a receipt would say that it is gone."""
    _without_locks(monkeypatch)
    now = OPENING
    with film_to_come(store, WHAT) as film:
        for _ in range(3):
            film.goes_on(now)
            for path in set(store.folder.glob("??/*")) - set(store.folder.glob("??/*.mark.*")):
                os.utime(path, ns=(now + SECOND, now + SECOND))  # a piece that came a moment later
            now += WRITING + SECOND
            assert coming(store, now) == [WHAT]
            assert store.drop_leftovers(now) == 0
        now += SECOND
        assert store.drop_leftovers(now) == 1
        assert coming(store, now) == [WHAT]


def test_without_locks_a_film_may_be_looked_at_for_a_quarter_of_an_hour(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written meanwhile."""
    _without_locks(monkeypatch)
    with film_to_come(store, WHAT) as film:
        film.tell(OPENING)
        assert coming(store, OPENING + LOOKED_AT) != []
        assert coming(store, OPENING + LOOKED_AT + WRITING + 1) == []


def test_all_of_it_here_a_mark_says_which_bytes_they_are(store: FileStore) -> None:
    """Whatever its source said, or did not say."""
    with film_to_come(store, replace(WHAT, sha256=None)) as film:
        film.add(b"other")
        film.tell(OPENING)
        assert coming(store, OPENING) == [replace(WHAT, sha256=sha(b"other"))]


def test_a_film_whose_mark_is_gone_comes_no_further(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without locks it was taken for a leftover: it must not come unseen."""
    _without_locks(monkeypatch)
    with film_to_come(store, WHAT) as film:
        for path in store.folder.glob("??/*"):
            path.unlink()
        with pytest.raises(LibraryError, match="could not be kept"):
            film.goes_on(OPENING)
        with pytest.raises(LibraryError, match="could not be kept"):
            film.tell(OPENING)


def test_a_film_that_is_there_already_stays_what_it_is(store: FileStore) -> None:
    """Another item has the same bytes: its file is not replaced, and what came is gone."""
    with film_to_come(store, WHAT) as film:
        film.add(b"film")
        before = film.keep().stat()
    with film_to_come(store, WHAT) as film:
        film.add(b"film")
        after = film.keep(is_there=True).stat()

    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert not list(store.folder.glob("??/*.part"))


def test_a_folder_that_nobody_can_read_is_said(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody says then that nothing is coming."""
    with film_to_come(store, WHAT):

        def denied(*_: object) -> bytes:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(Path, "open", denied)
        with pytest.raises(LibraryError, match="nobody knows which films"):
            coming(store, OPENING)
        monkeypatch.undo()
