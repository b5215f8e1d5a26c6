"""The process of films as a whole: from the configuration to frames in the screen's hands, by a real decoder."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.doorway import connected, is_there
from player.errors import FilmError
from player.film.keeping import CHECK_EVERY, FAR_BEHIND, STEADY, KeptFilm, opened
from player.film.known import NAME as FACTS
from player.film.known import read
from player.film.ring import RingReader
from player.film.scout import Scout
from player.film.service import ATTENDED_EVERY, Cinema, run
from player.film.talk import NAME, Ended, Failed, OpenFilm, OpenStream, Ready, State
from player.film.wire import Film
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.library.trusted_time import TrustedClock, trusted_clock
from player.screen.films import Films
from player.settings import Configuration, with_data
from player.show.scene import Clip
from player.units import MILLISECOND, SECOND, Nanos, Rect, Size
from tests.fakes.films import Recipe, film, number_in
from tests.fakes.home import CLEAN, Home
from tests.fakes.site import Site

SIZE: Final = Size(160, 96)
CLOCK: Final = SystemClock()
PATIENCE: Final = 20 * SECOND  # until a test gives up
CLIP: Final = Clip("a", Rect(0, 0, *SIZE), SECOND, is_live=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a folder with a film in a playlist."""
    found = Home(tmp_path)
    (tmp_path / "playlists" / "film.mp4").write_bytes(film(Recipe(frames=60)))
    found.playlist("one", "slides:\n  - film: {file: film.mp4}\n")
    (tmp_path / "data").mkdir()
    return found


def path_in(home: Home) -> str:
    """Return the film's path, as the configuration has it."""
    return str(home.folder / "playlists" / "film.mp4")


def configuration(home: Home, text: str = CLEAN) -> Configuration:
    """Return what is in force."""
    return with_data(home.clean(text), str(home.folder / "data"))


def until(holds: Callable[[], bool], meanwhile: Callable[[], object]) -> None:
    """Let something go on until something holds."""
    deadline = CLOCK.monotonic() + PATIENCE
    while not holds():
        assert CLOCK.monotonic() < deadline
        meanwhile()


@contextmanager
def kept(home: Home, wanted: OpenFilm | None = None) -> Generator[KeptFilm]:
    """Give a film being decoded."""
    found = KeptFilm(wanted or OpenFilm(film=path_in(home), size=SIZE), CLOCK.monotonic(), is_heard=False)
    try:
        yield found
    finally:
        found.close()


def kill(found: KeptFilm) -> None:
    """Kill its decoder."""
    assert found._decoder.pid is not None
    os.kill(found._decoder.pid, signal.SIGKILL)


def test_a_film_of_the_configuration_reaches_the_screen(home: Home) -> None:
    """The screen asks for it by its path, and sees its frames at their instants; no other file can be had, but as a stream."""
    cinema, films = Cinema(CLOCK), Films(CLOCK)
    cinema.go_by(configuration(home, f"{CLEAN}streams: {{rehearsal: {{url: '{path_in(home)}'}}}}\n"))
    films.look_in(home.folder / "data")

    def meet() -> None:
        assert cinema.desk is not None
        films._link.step(0)
        cinema.desk.step(2 * MILLISECOND)

    try:
        films.open("a", OpenFilm(film=path_in(home), size=SIZE, begin=SECOND))
        films.open("b", OpenFilm(film="/etc/passwd", size=SIZE))
        films.open("c", OpenStream(stream="nothing", size=SIZE))
        films.open("d", OpenStream(stream="rehearsal", size=SIZE))
        until(lambda: isinstance(films.state("a"), Ready | Ended) and isinstance(films.state("d"), Ready), meet)
        assert films.state("b") == Failed("/etc/passwd is in no playlist")
        assert isinstance(films.state("c"), Failed)
        seen: list[int] = []

        def look() -> None:
            meet()
            films.tick(CLOCK.monotonic())
            frame = films.frame(CLIP, len(seen) * 40 * MILLISECOND)
            if frame is not None and (not seen or number_in(frame.luma) != seen[-1]):
                seen.append(number_in(frame.luma))

        until(lambda: len(seen) == 3, look)
        assert seen == [25, 26, 27]
    finally:
        films.stop()
        cinema.close()


def test_no_stream_is_opened_by_a_configuration_that_is_over(home: Home) -> None:
    """The screen may have read of another address already: it is refused for the moment, and asked for again."""
    cinema = Cinema(CLOCK)
    cinema.go_by(configuration(home, f"{CLEAN}streams: {{rehearsal: {{url: '{path_in(home)}'}}}}\n"))
    cinema.is_stale = lambda: True
    with contextlib.closing(cinema), pytest.raises(FilmError, match="about to be read"):
        cinema.open(OpenStream(stream="rehearsal", size=SIZE), 0, is_heard=False)


@pytest.mark.parametrize(
    ("site", "show", "heard"),
    [
        ("", "", [False, False]),
        ("", "sound: true\n", [True, False]),
        ("sound: {enabled: true}\n", "", [True, True]),
        ("sound: {enabled: false}\n", "sound: true\n", [False, False]),
    ],
)
def test_no_sound_is_decoded_where_none_may_be_heard(
    home: Home, monkeypatch: pytest.MonkeyPatch, site: str, show: str, heard: list[bool]
) -> None:
    """Whatever the screen asks for: of films where the site or a show has sound, of streams where the site has."""
    asked: list[bool] = []

    def note(*_: object, is_heard: bool) -> None:
        asked.append(is_heard)

    monkeypatch.setattr("player.film.service.KeptFilm", note)
    monkeypatch.setattr("player.film.live.kept.KeptStream", note)
    home.playlist("one", f"{show}slides:\n  - film: {{file: film.mp4}}\n")
    cinema = Cinema(CLOCK)
    with contextlib.closing(cinema):
        cinema.go_by(configuration(home, f"{CLEAN}streams: {{rehearsal: {{url: '{path_in(home)}'}}}}\n{site}"))
        for wanted in (OpenFilm(film=path_in(home), size=SIZE), OpenStream(stream="rehearsal", size=SIZE)):
            for is_heard in (True, False):
                cinema.open(wanted, 0, is_heard=is_heard)
    assert asked[1::2] == [False, False]
    assert asked[::2] == heard


def test_films_are_looked_at_before_anybody_asks(home: Home) -> None:
    """What they are is in the data folder soon; told to stop, it stops."""
    folder = home.folder / "data"
    scout = Scout(folder, [path_in(home)], target=None, clock=CLOCK)
    scout.start()
    until((folder / FACTS).exists, lambda: CLOCK.wait(threading.Event(), 5 * MILLISECOND))
    second = Scout(folder, [path_in(home)], target=None, clock=CLOCK)
    scout.end()
    second.start(scout)
    second.stop()

    assert isinstance(read(folder)[path_in(home)].film, Film)
    assert not scout._thread.is_alive()


def test_another_configuration_leaves_what_is_on_the_wall_alone(home: Home) -> None:
    """The desk stays through reloads and mistakes; without a film in it there is none, and with one again it is back."""
    cinema = Cinema(CLOCK)
    with_film = configuration(home)
    (home.folder / "playlists" / "two.yaml").write_text("slides:\n  - photo\n")
    try:
        cinema.go_by(None)
        assert cinema.desk is None
        cinema.go_by(with_film)
        desk, scout = cinema.desk, cinema._scout
        assert desk is not None
        cinema.go_by(configuration(home, f"{CLEAN}sound: {{enabled: true, volume: 50%}}\n"))
        assert cinema.desk is desk
        assert cinema._scout is not scout
        cinema.go_by(None)
        assert cinema.desk is desk
        home.playlist("one", "slides:\n  - photo\n")
        cinema.go_by(configuration(home))
        assert (cinema.desk, cinema._scout) == (None, None)
        cinema.go_by(with_film)
        assert cinema.desk is not None
        assert cinema._scout is not None
    finally:
        cinema.close()


def test_a_folder_that_takes_no_socket_is_said_once(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """It is tried again with the next configuration, and the process lives on."""
    cinema = Cinema(CLOCK)
    (home.folder / "data" / NAME / "in the way").mkdir(parents=True)
    try:
        cinema.go_by(configuration(home))
        cinema.go_by(configuration(home))
        assert cinema.desk is None
        assert [record.message for record in caplog.records].count("films cannot be served") == 1
    finally:
        cinema.close()


def test_a_folder_that_takes_sockets_again_is_served(home: Home) -> None:
    """Within ten seconds, whatever kept them away, and without another configuration."""
    cinema = Cinema(CLOCK)
    (home.folder / "data" / NAME / "in the way").mkdir(parents=True)
    try:
        cinema.go_by(configuration(home))
        now = CLOCK.monotonic()
        cinema.attend(now + ATTENDED_EVERY)
        assert cinema.desk is None
        shutil.rmtree(home.folder / "data" / NAME)
        cinema.attend(now + 2 * ATTENDED_EVERY)
        assert cinema.desk is not None
        assert is_there(home.folder / "data", NAME)
    finally:
        cinema.close()


def test_a_door_that_was_deleted_is_made_anew(home: Home) -> None:
    """A new screen comes in by it; what the one before has open goes on until then."""
    cinema, folder = Cinema(CLOCK), home.folder / "data"
    with contextlib.closing(cinema):
        cinema.go_by(configuration(home))
        desk, now = cinema.desk, CLOCK.monotonic()
        assert desk is not None
        with connected(folder, NAME, 0, socket.SOCK_SEQPACKET) as screen:
            desk.step(0)
            assert desk._screen is not None
            (folder / NAME).unlink()
            cinema.attend(now + ATTENDED_EVERY)
            desk.step(0)
            assert (cinema.desk, desk._screen is not None) == (desk, True)
            screen.close()

            def is_gone() -> bool:
                desk.step(0)
                return desk._screen is None

            Site.until(is_gone, "the end of it")  # a program that is being started at this moment holds it for an instant more
        with connected(folder, NAME, 0, socket.SOCK_SEQPACKET):
            desk.step(0)
            assert desk._screen is not None


def test_it_serves_until_it_is_told_to_end(home: Home) -> None:
    """One round of everything; the socket is there meanwhile."""
    stopped, seen = threading.Event(), list[bool]()

    class Heart(Heartbeat):
        def beat(self, now: Nanos, *, presented: bool, rung: str = "") -> None:
            del now, presented, rung
            seen.append((home.folder / "data" / NAME).is_socket())
            stopped.set()

    home.clean()
    clock: TrustedClock = trusted_clock()
    in_force = InForce(home.file, str(home.folder / "data"))
    run(in_force, clock=clock, heartbeat=Heart(None), stopped=stopped, reload=threading.Event())

    assert seen == [True]


def test_a_decoder_that_dies_is_started_anew_once(home: Home) -> None:
    """Its viewer notices nothing; when it dies again within a minute the film has failed, and after a minute it may again."""
    with kept(home) as found:
        said: list[State] = []
        until(lambda: bool(said), lambda: said.extend(found.step(CLOCK.monotonic())))
        assert said == [Ready(has_sound=False)]
        first = found._decoder.pid
        kill(found)
        until(lambda: found._decoder.pid != first, lambda: said.extend(found.step(CLOCK.monotonic())))
        assert said == [Ready(has_sound=False)]

        second = found._decoder.pid
        kill(found)
        until(lambda: found._decoder.pid != second, lambda: said.extend(found.step(CLOCK.monotonic() + STEADY)))
        assert said == [Ready(has_sound=False)]
        kill(found)
        until(lambda: not found.descriptors(), lambda: said.extend(found.step(CLOCK.monotonic() + STEADY)))
        assert said[1:] == [Failed("its decoder was killed")]
        assert found.step(CLOCK.monotonic()) == []


def test_a_picture_that_is_far_ahead_is_met_there(home: Home) -> None:
    """After a wall that was dark for long, the film is begun anew where it is by then, and not decoded up to there."""
    (home.folder / "playlists" / "film.mp4").write_bytes(film(Recipe(frames=60, instants_ms=tuple(range(0, 60_000, 1000)))))
    with kept(home) as found:
        reader = RingReader(found.ring)
        until(lambda: bool(found.step(CLOCK.monotonic())), lambda: None)
        first, now = found._decoder.pid, CLOCK.monotonic()
        reader.tell(50 * SECOND, now)
        found.step(now + CHECK_EVERY)
        assert found._decoder.pid == first
        found.step(now + FAR_BEHIND + 2 * CHECK_EVERY)

        assert found._decoder.pid != first

        def is_there() -> bool:
            frame = reader.newest(50 * SECOND)
            return frame is not None and number_in(frame.luma) == 50

        until(is_there, lambda: found.step(CLOCK.monotonic()))


def test_what_is_no_film_is_not_even_opened(tmp_path: Path) -> None:
    """A pipe would hold us up, a folder is none, and what is not there is said."""
    os.mkfifo(tmp_path / "pipe")
    for name, why in (("pipe", "is no file"), ("", "is no file"), ("gone", "No such file"), ("\0", "no path")):
        with pytest.raises(FilmError, match=why):
            opened(tmp_path / name)


def test_a_film_that_was_closed_may_be_asked_still(home: Home) -> None:
    """Whoever closes it in the middle of a look at all of them finds nothing to do."""
    with kept(home) as found:
        found.close()

        assert found.step(CLOCK.monotonic() + 3600 * SECOND) == []
