"""The file of the people: for its owner alone, and whatever happens to it, nobody comes in by that."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from player.console.people import rows
from player.console.people import store as storing
from player.console.people.answers import Entered
from player.console.people.roles import Role
from player.console.people.store import FILE, PEOPLE, Store
from player.errors import LibraryError
from player.library.database import DamagedError, NewerError, Schema, connect
from tests.fakes.clock import FakeClock
from tests.fakes.people import HOME, PASSWORD, added, log_in, people_in, with_admin


@pytest.fixture
def wide_open() -> Generator[None]:
    """A process that would let everybody read what it writes."""
    before = os.umask(0)
    yield
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _asides(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob(f"{FILE}.damaged-*") if not path.name.endswith(("-wal", "-shm")))


@pytest.mark.usefixtures("wide_open")
def test_nobody_else_can_read_it_from_its_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made with its mode before SQLite writes anything, and what SQLite lays beside it has the same."""
    modes: list[int] = []

    def noted(path: Path, schema: Schema) -> sqlite3.Connection:
        modes.append(_mode(path))
        assert path.stat().st_size == 0
        return connect(path, schema)

    monkeypatch.setattr(storing, "connect", noted)
    people = with_admin(tmp_path, FakeClock())
    assert modes == [0o600]
    assert {path.name: _mode(path) for path in tmp_path.iterdir()} == dict.fromkeys((FILE, f"{FILE}-wal", f"{FILE}-shm"), 0o600)
    people.close()


def test_a_mode_that_was_widened_is_put_right(tmp_path: Path) -> None:
    """A copy that came back from a backup is for its owner alone again."""
    with_admin(tmp_path, FakeClock()).close()
    (tmp_path / FILE).chmod(0o644)
    people = people_in(tmp_path, FakeClock())
    assert people.is_founded()
    assert _mode(tmp_path / FILE) == 0o600
    people.close()


def test_it_is_read_while_another_process_writes(tmp_path: Path) -> None:
    """Who is logged in stays known during a transaction of the command line."""
    people = with_admin(tmp_path, FakeClock())
    token = log_in(people).token
    other = Store(tmp_path, FakeClock())
    with other.changing() as connection:
        connection.execute("UPDATE users SET name='Eve'")
        assert people.whose(token) is not None
    assert str(people.whose(token)).count("Eve") == 1
    other.close()
    people.close()


def test_a_newer_file_is_left_as_it_is(tmp_path: Path) -> None:
    """It is said in a sentence what to do, nobody is known, and nothing is set aside."""
    people = with_admin(tmp_path, FakeClock())
    token = log_in(people).token
    people.close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute(f"PRAGMA user_version={len(PEOPLE.migrations) + 1}")
    connection.close()
    people = people_in(tmp_path, FakeClock())
    assert "was written by a newer version of this program" in people.trouble()
    assert people.whose(token) is None
    people.offer_code()
    with pytest.raises(NewerError):
        people.log_in("Ada", PASSWORD, address=HOME)
    assert not _asides(tmp_path)
    people.close()


@pytest.mark.parametrize("damage", ["not a database at all, " * 400, "", "SQLite format 3\0 and then nothing of the kind"])
def test_a_damaged_file_is_set_aside_with_its_date(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    """People begin again by a new code, which is printed; what was there is kept."""
    people = with_admin(tmp_path, FakeClock())
    token = log_in(people).token
    people.close()
    for path in tmp_path.iterdir():
        path.unlink()
    (tmp_path / FILE).write_text(damage)
    people = people_in(tmp_path, FakeClock())
    with caplog.at_level("INFO", "weremember"):
        people.offer_code(anew=True)
    assert people.trouble() == ""
    assert not people.is_founded()
    assert people.whose(token) is None
    assert "code" in caplog.records[-1].__dict__["fields"]
    aside = _asides(tmp_path)
    assert [path.read_text() for path in aside] == ([damage] if damage else [])  # an empty file is a new one
    assert all(path.name.endswith("Z") for path in aside)
    people.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 60_000), noise=st.binary(min_size=1, max_size=3000), cut=st.booleans())
def test_whatever_happens_to_it_nobody_comes_in(
    tmp_path_factory: pytest.TempPathFactory, *, at: int, noise: bytes, cut: bool
) -> None:
    """Bytes changed anywhere: it is read, or refused, or begun anew, and only who knew the password before is let in."""
    folder = tmp_path_factory.mktemp("damaged")
    people = with_admin(folder, FakeClock())
    people.close()
    with (folder / FILE).open("r+b") as file:
        file.seek(at % (folder / FILE).stat().st_size)
        file.write(noise)
        if cut:
            file.truncate()
    people = people_in(folder, FakeClock())
    for name, password in (("Ada", "another password"), ("", ""), ("Eve", PASSWORD)):
        try:
            assert not isinstance(people.log_in(name, password, address=HOME), Entered)
        except LibraryError as error:
            assert str(error)  # noqa: PT017 - either is right
    assert people.whose("A" * 43) is None
    people.close()


@pytest.mark.parametrize(("found", "put"), [(b"CREATE TABLE users", b"CREATE TABL\x80 users"), (b"AdaAda", b"\xff\xfeaAda")])
def test_text_that_is_none_is_damage(tmp_path: Path, found: bytes, put: bytes) -> None:
    """In a name as well as in what the tables are made of: people begin anew, and are not locked out for ever."""
    people = people_in(tmp_path, FakeClock())
    added(people, "AdaAda", Role.ADMIN)
    people.close()
    content = (tmp_path / FILE).read_bytes()
    assert found in content
    (tmp_path / FILE).write_bytes(content.replace(found, put))
    people = people_in(tmp_path, FakeClock())
    assert not people.is_founded()
    assert len(_asides(tmp_path)) == 1
    people.close()


def test_a_file_that_is_busy_is_not_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process holds for too long, or a disk that does not answer, is left where it is."""
    with_admin(tmp_path, FakeClock()).close()

    class Busy(sqlite3.Connection):
        def execute(self, sql: str, *rest: object) -> sqlite3.Cursor:
            if sql.startswith("SELECT id"):
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                raise error
            return super().execute(sql, *rest)  # pyright: ignore[reportArgumentType] - whatever it was

    def busy(path: Path, _schema: Schema) -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, factory=Busy)

    with monkeypatch.context() as patched:
        patched.setattr(storing, "connect", busy)
        people = people_in(tmp_path, FakeClock())
        assert "database is locked" in people.trouble()
    assert people.is_founded()
    assert not _asides(tmp_path)
    people.close()


def test_another_programs_database_is_no_list_of_people(tmp_path: Path) -> None:
    """One that is sound and holds something else is set aside like a damaged one."""
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("CREATE TABLE users(name)")
        connection.execute(f"PRAGMA user_version={len(PEOPLE.migrations)}")
    connection.close()
    people = people_in(tmp_path, FakeClock())
    assert not people.is_founded()
    assert len(_asides(tmp_path)) == 1
    people.close()


def test_damage_that_shows_later_is_mended_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once; the file is set aside, the next call works on a new one, and a code is printed for it."""
    people = with_admin(tmp_path, FakeClock())
    token = log_in(people).token

    def deep(*_: object) -> None:
        raise DamagedError("a page deep inside")

    with monkeypatch.context() as patched:
        patched.setattr(rows, "session", deep)
        assert people.whose(token) is None
    assert len(_asides(tmp_path)) == 1
    with caplog.at_level("INFO", "weremember"):
        assert people.whose(token) is None
        assert people.whose(token) is None
    assert [record.message for record in caplog.records].count(
        "the console is to be set up; this code makes its first user, within the hour"
    ) == 1
    people.close()


def test_whoever_deletes_it_begins_anew(tmp_path: Path) -> None:
    """Also while the console runs: nobody goes on working by a file that is gone."""
    people = with_admin(tmp_path, FakeClock())
    token = log_in(people).token
    for path in tmp_path.iterdir():
        path.unlink()
    assert people.whose(token) is None
    assert not people.is_founded()
    assert _mode(tmp_path / FILE) == 0o600
    people.close()


def test_two_that_find_the_damage_together_set_it_aside_once(tmp_path: Path) -> None:
    """The console and the command line end up with one and the same new file."""
    (tmp_path / FILE).write_bytes(b"damaged" * 1000)
    stores = [Store(tmp_path, FakeClock()) for _ in range(4)]
    together = threading.Barrier(len(stores))
    failed: list[str] = []

    def use(store: Store) -> None:
        together.wait(10)
        try:
            with store.changing() as connection:
                connection.execute("INSERT INTO codes VALUES(1, x'00', 0) ON CONFLICT DO NOTHING")
        except LibraryError as error:
            failed.append(str(error))

    threads = [threading.Thread(target=use, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A clock of a test waits no time at all, so who came late may have been told to come again.
    assert all("does not come to an end" in each for each in failed)
    assert len(_asides(tmp_path)) == 1
    with stores[0].changing() as connection:
        connection.execute("UPDATE codes SET made_at=7")
    for store in stores:
        with store.reading() as connection:
            assert connection.execute("SELECT made_at FROM codes").fetchall() == [(7,)]
    for store in stores:
        store.close()


@pytest.mark.parametrize("what", ["missing", "a file", "a folder in its place"])
def test_a_folder_that_cannot_be_used_is_a_sentence(tmp_path: Path, what: str) -> None:
    """Nobody is known, and it is said why."""
    folder = tmp_path / "data"
    if what == "a file":
        folder.write_text("")
    elif what != "missing":
        (folder / FILE).mkdir(parents=True)
    people = people_in(folder, FakeClock())
    assert people.trouble()
    assert people.whose("A" * 43) is None
    with pytest.raises(LibraryError):
        people.log_in("Ada", PASSWORD, address=HOME)
    people.close()
