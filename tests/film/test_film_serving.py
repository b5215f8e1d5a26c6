"""Where the screen asks for films: one screen at a time, believed no further than it must be, with its sound."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from player.doorway import connected, listening
from player.errors import WorkerError
from player.film.ring import RingReader
from player.film.section import Sound
from player.film.serving import SOUNDS_EVERY, Desk
from player.film.sound import Heard
from player.film.talk import (
    MAX_SOURCES,
    MOST,
    NAME,
    Close,
    Failed,
    Given,
    Is,
    Loud,
    Mute,
    News,
    Open,
    OpenFilm,
    Order,
    Ready,
    Sounds,
    news_of,
    packed,
)
from player.film.voice import Voice
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import FakeClock
from tests.fakes.kept import Cellar

SIZE: Final = Size(64, 36)
FILM: Final = OpenFilm(film="a.mp4", size=SIZE)
HEARD: Final = OpenFilm(film="a.mp4", size=SIZE, has_sound=True)
ON: Final = Sound(enabled=True)


class FakeMixer:
    """Notes what it is to play."""

    def __init__(self, section: Sound) -> None:
        self.section = section
        self.voices: list[Voice] = []
        self.is_muted = self.is_alive = False
        self.how = Heard("HDMI", 0, 0.0, 0.0)
        self.hangs = False

    def start(self) -> None:
        """Begin."""
        self.is_alive = True

    def stop(self) -> None:
        """End, unless it hangs."""
        self.is_alive = False
        if self.hangs:
            raise WorkerError("the sound card's driver does not answer")

    def add(self, voice: Voice) -> None:
        """Play *voice*."""
        self.voices.append(voice)

    def mute(self, *, is_muted: bool) -> None:
        """Note it."""
        self.is_muted = is_muted

    def heard(self) -> Heard:
        """Return how it is."""
        return self.how


class Studio:
    """A desk with a cellar, and what screens say to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.cellar = Cellar()
        self.mixers: list[FakeMixer] = []
        self.desk = Desk(listening(folder, NAME, socket.SOCK_SEQPACKET), self.clock, self.cellar.open, mixer=self._mixer)
        self.desk.go_by(ON)
        self.memory: list[int] = []

    def _mixer(self, section: Sound) -> FakeMixer:
        self.mixers.append(FakeMixer(section))
        return self.mixers[-1]

    def screen(self) -> socket.socket:
        """Return a screen that has just come."""
        link = connected(self.folder, NAME, 1.0, socket.SOCK_SEQPACKET)
        link.settimeout(0)
        self.desk.step(SECOND)
        return link

    def say(self, screen: socket.socket, *orders: Order) -> list[News]:
        """Say something, and return what is heard."""
        for order in orders:
            screen.send(packed(order))
        self.desk.step(0)
        self.desk.step(0)
        return self.hear(screen)

    def hear(self, screen: socket.socket) -> list[News]:
        """Return what was said to a screen; memory is kept."""
        said: list[News] = []
        with contextlib.suppress(BlockingIOError):
            while True:
                message, descriptors, _, _ = socket.recv_fds(screen, MOST, 4)
                if not message:
                    break
                self.memory += descriptors
                said.append(news_of(message))
        return said

    def close(self) -> None:
        """Let everything go."""
        self.desk.close()
        for descriptor in self.memory:
            os.close(descriptor)


@pytest.fixture
def studio(tmp_path: Path) -> Generator[Studio]:
    """Give a desk that serves."""
    found = Studio(tmp_path)
    yield found
    found.close()


def is_gone(screen: socket.socket) -> bool:
    """Whether the desk has hung up."""
    try:
        return screen.recv(MOST) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_the_socket_is_ours_alone_however_long_its_folder_is_called(tmp_path: Path) -> None:
    """Nobody else may write to it; and a path of 400 letters is none too many."""
    folder = tmp_path / ("long" * 50) / ("long" * 50)
    folder.mkdir(parents=True)
    studio = Studio(folder)
    with studio.screen():
        assert (folder / NAME).stat().st_mode & 0o777 == 0o600
    studio.close()


def test_a_film_is_taken_in_and_its_memory_handed_over(studio: Studio) -> None:
    """The screen gets the ring itself, then what becomes of it; at the end nothing is left open."""
    with studio.screen() as screen:
        assert studio.say(screen, Open("1 a", FILM)) == [Given("1 a")]
        film = studio.cellar.kept[0]
        film.put(0, 90)
        frame = RingReader(studio.memory[0]).newest(0)
        assert frame is not None
        assert int(frame.luma[0, 0]) == 90

        film.coming = [Ready(has_sound=False)]
        assert studio.say(screen) == [Is("1 a", Ready(has_sound=False))]
        studio.say(screen, Close("1 a"), Close("nothing"))
        assert film.is_closed


def test_what_cannot_be_opened_is_said(studio: Studio) -> None:
    """The reason reaches the screen, and the next film is none the worse for it."""
    studio.cellar.broken.add("a.mp4")
    with studio.screen() as screen:
        assert studio.say(screen, Open("1 a", FILM)) == [Is("1 a", Failed("a.mp4 is no film"))]
        studio.cellar.broken.clear()
        assert studio.say(screen, Open("1 a", FILM)) == [Given("1 a")]


def test_there_is_an_end_to_what_a_screen_may_have(studio: Studio) -> None:
    """Each film has forty megabytes: a screen that forgets to close them is refused more."""
    with studio.screen() as screen:
        for n in range(MAX_SOURCES):
            assert studio.say(screen, Open(f"{n}", FILM)) == [Given(f"{n}")]

        assert studio.say(screen, Open("more", FILM)) == [Is("more", Failed("too many films are open at once"))]
        assert studio.say(screen, Open("0", FILM)) == [Given("0")]
        assert studio.cellar.kept[0].is_closed


def test_a_screen_that_goes_takes_its_films_with_it(studio: Studio) -> None:
    """Whoever dies closes the socket: its decoders end."""
    with studio.screen() as screen:
        studio.say(screen, Open("1 a", HEARD))
    studio.desk.step(0)

    assert studio.cellar.kept[0].is_closed
    assert studio.mixers[0].voices[0].is_over(studio.clock.monotonic() + SECOND)


def test_a_newer_screen_takes_over(studio: Studio) -> None:
    """What the one before had is over, and it hears so."""
    with studio.screen() as before:
        studio.say(before, Open("1 a", FILM))
        with studio.screen() as screen:
            assert is_gone(before)
            assert studio.cellar.kept[0].is_closed
            assert studio.say(screen, Open("1 a", FILM)) == [Given("1 a")]


def test_what_makes_no_sense_is_passed_over(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the films of a wall end for it nor what is said after it; it is in the log once for each screen."""
    with studio.screen() as screen:
        studio.say(screen, Open("1 a", FILM))
        for nonsense in (b"{", b"[" * 9000, b"x" * (MOST + 1)):
            screen.send(nonsense)

        assert studio.say(screen, Open("2 b", FILM)) == [Given("2 b")]
        assert not is_gone(screen)
        assert not studio.cellar.kept[0].is_closed
    assert [record.message for record in caplog.records] == ["the screen says nonsense, which is passed over"]


def test_sources_closed_in_a_look_are_not_asked(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first one has to say cannot be told any more: the second, which is closed for it, is left alone."""
    screen = studio.screen()
    studio.say(screen, Open("1 a", FILM), Open("2 b", FILM))
    first, second = studio.cellar.kept
    screen.close()
    first.coming, second.coming = [Ready(has_sound=False)], [Ready(has_sound=False)]

    def found(within: Nanos) -> list[object]:
        del within
        return []  # its end was not seen yet

    monkeypatch.setattr(studio.desk, "_found", found)
    studio.desk.step(0)

    assert first.is_closed
    assert second.is_closed
    assert second.coming


def test_a_screen_that_hears_nothing_is_let_go(studio: Studio) -> None:
    """Nobody waits for a screen that hangs: once no more can be said to it, it counts as gone."""
    with studio.screen() as screen:
        studio.say(screen, Open("1 a", FILM))
        film = studio.cellar.kept[0]
        for _ in range(2000):
            if not film.is_closed:
                film.coming = [Ready(has_sound=False)] * 10
            studio.desk.step(0)

        assert film.is_closed


def test_sound_is_played_where_it_is_wanted(studio: Studio) -> None:
    """A film with sound gets a voice, which fades as the screen says; one without gets none; mute is for all."""
    with studio.screen() as screen:
        studio.say(screen, Open("1 a", FILM), Mute(is_muted=True))
        assert not studio.mixers
        studio.say(screen, Open("2 b", HEARD), Loud("2 b", 0.5, 0, SECOND), Loud("1 a", 1, 0, 0), Loud("gone", 1, 0, 0))
        (mixer,) = studio.mixers
        assert mixer.is_alive
        assert mixer.is_muted
        assert (mixer.voices[0]._fader.level.last, mixer.voices[0]._fader.level.length) == (0.5, SECOND)

        studio.say(screen, Mute(is_muted=False))
        assert not mixer.is_muted


@pytest.mark.parametrize("hangs", [False, True])
def test_another_sound_card_plays_on_what_is_heard(studio: Studio, *, hangs: bool) -> None:
    """When the configuration names another one, films go on there, though the driver of the one before hangs."""
    with studio.screen() as screen:
        studio.say(screen, Open("1 a", HEARD))
        studio.desk.go_by(ON)
        assert len(studio.mixers) == 1
        studio.mixers[0].hangs = hangs
        studio.desk.go_by(Sound(enabled=True, device="USB"))

        assert [mixer.is_alive for mixer in studio.mixers] == [False, True]
        assert studio.mixers[1].section.device == "USB"
        assert studio.mixers[1].voices == studio.mixers[0].voices


def test_how_sound_does_is_said_when_it_changes(studio: Studio) -> None:
    """Once a second at most, and only news."""
    with studio.screen() as screen:
        studio.say(screen, Open("1 a", HEARD))
        said: list[News] = []
        for off_s in (0.0, 0.0, 0.25, 0.25):
            studio.mixers[0].how = Heard("HDMI", 1, off_s, 0.0)
            studio.clock.advance(SOUNDS_EVERY)
            said += studio.say(screen)

        assert said == [Sounds("HDMI", 1, 0), Sounds("HDMI", 1, SECOND // 4)]


def test_sound_that_has_died_ends_the_process(studio: Studio) -> None:
    """Without its thread decoders would wait for ever: all is begun anew, by the supervisor."""
    with studio.screen() as screen:
        studio.say(screen, Open("1 a", HEARD))
        studio.mixers[0].is_alive = False
        studio.clock.advance(SOUNDS_EVERY)
        with pytest.raises(WorkerError, match="thread that plays sound"):
            studio.desk.step(0)
        studio.mixers[0].is_alive = True


def test_it_waits_no_longer_than_it_is_told(studio: Studio) -> None:
    """With nobody there, a look costs nothing."""
    before: Nanos = studio.clock.monotonic()
    studio.desk.step(0)
    assert studio.clock.monotonic() == before
