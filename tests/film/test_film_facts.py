"""What is known of films: found out once, kept, believed only of that very file; and how loud each is made."""

from __future__ import annotations

import json
import os
import signal
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.errors import FilmError, InterruptedFilmError, WorkerError
from player.film import facts, measuring
from player.film.facts import LONGEST_PAUSE, PAUSE, Facts
from player.film.known import NAME, Known, Stamp, read, stamp_of, write
from player.film.limits import PROBE_WALL
from player.film.looking import Looks, looked_at
from player.film.process import film_command
from player.film.wire import Failed, Film
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.films import Recipe, film
from tests.fakes.films_shown import film_of, known_of

CLOCK = SystemClock()
DIES: Final = (*film_command()[:1], "-c", f"import os; os.kill(os.getpid(), {signal.SIGKILL})")
GIVES_UP: Final = (*film_command()[:1], "-c", "raise SystemExit(1)")


class HastyClock(FakeClock):
    """Time flies: whoever asks twice has waited for as long as a look may take."""

    def monotonic(self) -> Nanos:
        """Return another instant each time."""
        self.advance(PROBE_WALL)
        return super().monotonic()


def put(folder: Path, name: str, content: bytes) -> str:
    """Write a file; return its path."""
    (folder / name).write_bytes(content)
    return str(folder / name)


def looked(folder: Path, *films: str, target: float | None = None, command: tuple[str, ...] | None = None) -> dict[str, Known]:
    """Let films be looked at; return what is known then."""
    Facts(folder, CLOCK, threading.Event(), command=command).look(films, target=target)
    return read(folder)


def test_films_are_looked_at_once_and_kept(tmp_path: Path) -> None:
    """A good one and a bad one; the next look starts no child; what is not named any more is forgotten."""
    good, bad = put(tmp_path, "one.mp4", film(Recipe(frames=50))), put(tmp_path, "two.mp4", b"no film at all")
    known = looked(tmp_path, good, bad, str(tmp_path / "gone.mp4"))
    assert known.keys() == {good, bad}
    found = known[good].film
    assert isinstance(found, Film)
    assert found.duration == 2 * SECOND
    assert isinstance(known[bad].film, Failed)
    assert looked(tmp_path, good, command=GIVES_UP) == {good: known[good]}


def test_another_file_is_looked_at_anew(tmp_path: Path) -> None:
    """By its length or its time; what was known of the old one is not said of the new one."""
    path = put(tmp_path, "one.mp4", b"no film at all")
    assert isinstance(looked(tmp_path, path)[path].film, Failed)
    put(tmp_path, "one.mp4", film(Recipe(frames=50)))
    assert isinstance(looked(tmp_path, path)[path].film, Film)


def test_a_film_is_heard_once_and_brought_to_the_same_loudness(tmp_path: Path) -> None:
    """By what its whole sound comes to; another target is another gain; without sound there is nothing to hear."""
    loud = put(tmp_path, "loud.mp4", film(Recipe(frames=50, has_sound=True)))
    mute = put(tmp_path, "mute.mp4", film(Recipe(frames=50)))
    known = looked(tmp_path, loud, mute, target=-23.0)
    first = known[loud].gain_db
    assert first is not None
    assert -20 < first < -5
    assert known[mute].gain_db is None
    second = looked(tmp_path, loud, mute, target=-26.0)[loud]
    assert second.target == -26.0
    assert second.gain_db == pytest.approx(first - 3, abs=0.01)


def test_a_look_ends_when_the_process_does(tmp_path: Path) -> None:
    """What was not looked at yet is looked at after the next start."""
    path = put(tmp_path, "one.mp4", b"a film")
    stopped = threading.Event()
    stopped.set()
    Facts(tmp_path, CLOCK, stopped).look([path], target=-23.0)
    assert read(tmp_path) == {}


def test_a_fault_of_ours_is_no_fault_of_the_film(tmp_path: Path) -> None:
    """Nothing is kept of it; whoever asks at the command line hears why."""
    path = put(tmp_path, "one.mp4", b"a film")
    nowhere = (str(tmp_path / "no-such-program"),)
    assert looked(tmp_path, path, command=nowhere) == {}
    with pytest.raises(WorkerError):
        looked_at(Path(path), CLOCK, command=nowhere)


def test_what_may_be_our_fault_is_not_kept_of_a_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decoder that was killed, gave up or was too slow on a busy machine, and a file that cannot be opened now."""
    path = put(tmp_path, "one.mp4", b"a film")
    for command in (DIES, GIVES_UP):
        assert looked(tmp_path, path, command=command) == {}
    with pytest.raises(WorkerError, match="no answer within 15 s"):
        looked_at(Path(path), HastyClock())

    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(WorkerError, match="it cannot be read: Permission denied"):
        looked_at(Path(path), CLOCK)


def test_a_film_that_could_not_be_shown_is_looked_at_again_by_the_next_process(tmp_path: Path) -> None:
    """What an older run kept of it stays until there is an answer, and no longer."""
    path = put(tmp_path, "one.mp4", film(Recipe(frames=5)))
    broken = replace(known_of(Path(path)), film=Failed("its decoder gave up"))
    write(tmp_path, {path: broken})
    assert looked(tmp_path, path, command=GIVES_UP) == {path: broken}
    assert isinstance(looked(tmp_path, path)[path].film, Film)


def test_what_check_finds_good_counts_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over what was kept before, and for the process that runs: it does not look itself, nor put back what it had."""
    path, other = put(tmp_path, "one.mp4", b"no film at all"), put(tmp_path, "two.mp4", b"no film at all")
    running = Facts(tmp_path, CLOCK, threading.Event())
    running.look([path], target=None)

    def good(*_: object, **__: object) -> Film:
        return film_of()

    monkeypatch.setattr("player.film.looking.looked_at", good)
    look = Looks(CLOCK)
    look(Path(path))
    look.keep(tmp_path)
    assert read(tmp_path)[path].film == film_of()
    running.look([path, other], target=None)
    assert read(tmp_path)[path].film == film_of()
    assert isinstance(read(tmp_path)[other].film, Failed)


def test_a_film_of_which_nothing_can_be_found_out_is_left_for_longer_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Up to an hour, and it is said once; another file is looked at at once."""
    path, clock, looks = put(tmp_path, "one.mp4", b"a film"), FakeClock(), list[Nanos]()

    def fails(*_: object, **__: object) -> Film:
        looks.append(clock.monotonic())
        raise WorkerError("its decoder was killed")

    monkeypatch.setattr(facts, "looked_at", fails)
    found = Facts(tmp_path, clock, threading.Event())
    while clock.monotonic() < 20_000 * SECOND:
        found.look([path], target=None)
        clock.advance(PAUSE)
    gaps = [after - before for before, after in pairwise(looks)]
    assert gaps[:3] == [PAUSE, 2 * PAUSE, 4 * PAUSE]
    assert max(gaps) == LONGEST_PAUSE
    assert [record.message for record in caplog.records] == ["a film could not be looked at"]
    put(tmp_path, "one.mp4", b"another film")
    count = len(looks)
    found.look([path], target=None)
    assert len(looks) == count + 1


@pytest.mark.parametrize("error", [WorkerError("no memory"), InterruptedFilmError("it was killed"), FilmError("damaged")])
def test_how_loud_a_film_is_stays_open_where_the_fault_may_be_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A damaged one stays as it is for good; else it is heard again, later."""
    path, clock = tmp_path / "one.mp4", FakeClock()
    path.write_bytes(b"a film")
    known = replace(known_of(path, replace(film_of(), has_sound=True)), gain_db=None, target=None)
    write(tmp_path, {str(path): known})

    def fails(*_: object, **__: object) -> float:
        raise error

    monkeypatch.setattr(measuring, "gain_of", fails)
    found = Facts(tmp_path, clock, threading.Event())
    found.look([str(path)], target=-23.0)
    is_its_own = type(error) is FilmError
    assert read(tmp_path)[str(path)].gain_db == (0.0 if is_its_own else None)

    def heard(*_: object, **__: object) -> float:
        return -3.0

    monkeypatch.setattr(measuring, "gain_of", heard)
    found.look([str(path)], target=-23.0)
    clock.advance(PAUSE)
    found.look([str(path)], target=-23.0)
    assert read(tmp_path)[str(path)].gain_db == (0.0 if is_its_own else -3.0)


def test_at_the_command_line_each_is_looked_at_once(tmp_path: Path) -> None:
    """A file that cannot be opened is a film that cannot be shown."""
    look = Looks(CLOCK)
    assert look(tmp_path / "gone.mp4") is look(tmp_path / "gone.mp4")
    assert look(tmp_path / "gone.mp4") == Failed("it cannot be read: No such file or directory")


def test_what_check_found_is_kept_for_the_player(tmp_path: Path) -> None:
    """Beside what was known, of which nothing is lost, how loud a film is neither; before a first run the folder is made."""
    data = tmp_path / "data"
    good, known = Path(put(tmp_path, "one.mp4", film(Recipe(frames=5)))), Path(put(tmp_path, "two.mp4", b"no film at all"))
    look = Looks(CLOCK)
    look.keep(data)
    assert not data.exists()
    found = look(good)
    with pytest.raises(WorkerError, match="cannot be made: Not a directory"):
        look.keep(good / "data")
    look.keep(data)
    assert [*read(data)] == [str(good)]
    look(known)
    (data / NAME).unlink()
    stamp = stamp_of(known)
    assert stamp is not None
    heard = Known(stamp=stamp, film=Failed("it was looked at before"), gain_db=-3.0)
    write(data, {str(known): heard})
    look.keep(data)
    assert read(data) == {str(known): heard, str(good): Known(stamp=stamp_of(good) or stamp, film=found)}


def test_what_is_kept_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Films and failures, with their gains."""
    one = known_of(tmp_path / "one.mp4", gain_db=-4.25)
    films = {"/a/one.mp4": one, "/a/two.mp4": Known(stamp=Stamp(5, 7), film=Failed("it is locked"), target=-23.0)}
    write(tmp_path, films)
    assert read(tmp_path) == films


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"a": 1}', b'{"a": {"stamp": [1, 2], "film": "{}"}}', b'{"a": {"stamp": [1], "film": ""}}']
)
def test_what_is_not_ours_is_nothing(tmp_path: Path, content: bytes) -> None:
    """A damaged file is written anew; nobody believes a film that cannot be."""
    (tmp_path / NAME).write_bytes(content)
    assert read(tmp_path) == {}


def test_a_gain_that_cannot_be_is_none(tmp_path: Path) -> None:
    """Whoever wrote it: a loudspeaker is not to be risked."""
    write(tmp_path, {"/a": known_of(tmp_path / "a", film_of(), gain_db=-3.0)})
    for gain in (900.0, float("inf"), float("nan")):
        record = json.loads((tmp_path / NAME).read_text())
        record["/a"]["gain"] = gain
        (tmp_path / NAME).write_text(json.dumps(record))
        assert read(tmp_path)["/a"].gain_db is None


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Nor is what is not there, or a name that no system has."""
    assert stamp_of(tmp_path) is None
    assert stamp_of(tmp_path / "a\0b") is None
    assert stamp_of(tmp_path / ("a" * 900)) is None


def test_what_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    """Of ours: the folder is gone."""
    with pytest.raises(WorkerError, match="could not be written"):
        write(tmp_path / "gone", {})
