"""A ceremony rehearsed on one computer: what is sent, what goes wrong on demand, and the folder that a player goes by."""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from player.errors import OperatorError
from player.film.known import read
from player.film.live.listed.playlist import Media, parse
from player.film.wire import Film
from player.filming.voice import RATE
from player.rehearsing import evening
from player.rehearsing.easel import Easel, film
from player.rehearsing.evening import NO_KEYS, play, rehearse
from player.rehearsing.stage import ELSE, STREAM, set_up
from player.rehearsing.station import EVERY, KEPT, PLAYLIST, Station
from player.schedule.desired import Phase, desired
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import FakeClock

URL = "http://127.0.0.1:9/live.m3u8"


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands where it is put."""
    return FakeClock(monotonic=100 * SECOND)


@pytest.fixture
def station(tmp_path: Path, clock: FakeClock) -> Generator[Station]:
    """A station with small pictures, in an empty folder."""
    with closing(Station(tmp_path, Easel(Size(160, 96)), clock)) as found:
        yield found


def send(station: Station, clock: FakeClock, length: Nanos) -> None:
    """Let it send for a while."""
    for _ in range(length // EVERY + 1):
        clock.advance(station.step())


def listed(folder: Path) -> Media:
    """What a player reads there."""
    found = parse((folder / PLAYLIST).read_bytes(), URL)
    assert isinstance(found, Media)
    return found


def test_a_ceremony_is_sent_as_a_stream(station: Station, tmp_path: Path, clock: FakeClock) -> None:
    """Its pieces are what the playlist says, one after the other, a second each; the folder does not fill up."""
    send(station, clock, 25 * SECOND)

    media = listed(tmp_path)
    names = [each.url.rpartition("/")[2] for each in media.segments]
    head = media.segments[0].head.rpartition("/")[2]
    data = b"".join((tmp_path / name).read_bytes() for name in (head, *names))
    with av.open(BytesIO(data), "r") as file:
        times = [frame.time for frame in file.decode(video=0)]
    assert not media.has_ended
    assert len(times) == len(names) * SECOND // EVERY
    assert times[-1] - times[0] == pytest.approx(len(names), abs=0.1)
    assert len(list(tmp_path.iterdir())) <= KEPT + 1


def test_a_tone_begins_with_each_second(tmp_path: Path, clock: FakeClock) -> None:
    """Loudest within the first tenth of it, silent in between: with it the number in the picture changes."""
    with closing(Station(tmp_path, Easel(Size(160, 96)), clock, has_sound=True)) as station:
        send(station, clock, 6 * SECOND)
        names = [each.url.rpartition("/")[2] for each in listed(tmp_path).segments]
        data = b"".join((tmp_path / name).read_bytes() for name in ("1-start.mp4", *names))
    with av.open(BytesIO(data), "r") as file:
        wave = np.concatenate([np.abs(frame.to_ndarray()[0]) for frame in file.decode(audio=0)])
    second = wave[:RATE]
    assert len(wave) > 3 * RATE
    assert second[: RATE // 5].max() > 0.05
    assert second[RATE // 4 : RATE * 9 // 10].max() < 0.01


def test_a_machine_that_is_late_keeps_the_streams_time(station: Station, tmp_path: Path, clock: FakeClock) -> None:
    """Five seconds without a picture are five seconds of the stream all the same."""
    send(station, clock, 3 * SECOND)
    before = listed(tmp_path).segments[-1].number
    clock.advance(5 * SECOND)
    send(station, clock, 0)

    assert listed(tmp_path).segments[-1].number >= before + 4


def test_it_stalls_goes_on_and_ends_as_it_is_told(station: Station, tmp_path: Path, clock: FakeClock) -> None:
    """By what a person types, who hears each time what is to be seen; anything else lists the keys."""
    seen: list[str] = []
    numbers: list[int] = []

    def typing() -> Iterator[str]:
        for word in ("", "s\n", "", "G", "x", "e", "g", "q"):
            send(station, clock, 3 * SECOND)
            numbers.append(listed(tmp_path).segments[-1].number)
            seen.append("over" if listed(tmp_path).has_ended else "on")
            yield word

    typed, said = typing(), list[str]()
    play(station, hear=lambda _: next(typed), say=said.append, stopped=threading.Event(), look=lambda: None)

    first, before, stalled, still, *_ = numbers
    assert first < before == stalled == still < numbers[4]
    assert [*seen] == ["on"] * 6 + ["over", "on"]
    assert [re.split("[:.]", sentence)[0] for sentence in said] == [
        "Nothing is sent",
        "The station sends again",
        "s and Enter",
        "The station says that it is over",
        "The station sends again",
    ]


def test_whoever_looks_may_end_it(station: Station) -> None:
    """A player that has ended is no rehearsal; and who is told to stop, stops."""

    def look() -> None:
        raise OperatorError("the player has ended")

    stopped = threading.Event()
    with pytest.raises(OperatorError, match="the player has ended"):
        play(station, hear=lambda _: "", say=print_nothing, stopped=stopped, look=look)
    stopped.set()
    play(station, hear=lambda _: "", say=print_nothing, stopped=stopped, look=look)


def print_nothing(_said: str) -> None:
    """Take a sentence."""


def small(out: Path, words: str, tell: Callable[[float], None]) -> None:
    """Draw a film in no time."""
    film(out, words, tell, length=2 * SECOND)


def test_the_folder_is_a_rehearsal(tmp_path: Path) -> None:
    """A title page now, the stream in a minute, another show where there is none; of its film all is known before it begins."""
    clock = FakeClock()
    configuration, begins = set_up(
        tmp_path, URL, begins_in=60 * SECOND, has_sound=False, clock=clock, tell=lambda _: None, draw=small
    )

    assert begins == clock.wall() + 60 * SECOND
    now, then = (desired(at, configuration.rules) for at in (clock.wall() + SECOND, begins))
    assert (now.phase, now.slot, now.show) == (Phase.PREROLL, "ceremony", ELSE)
    assert (then.start, then.live, then.show) == (begins, STREAM, ELSE)
    (known,) = read(configuration.data).values()
    assert isinstance(known.film, Film)


def test_a_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    """Nobody's data is played with."""
    (tmp_path / "data").mkdir()
    with pytest.raises(OperatorError, match="File exists"):
        set_up(tmp_path, URL, begins_in=SECOND, has_sound=False, clock=FakeClock(), tell=lambda _: None, draw=small)


def test_a_rehearsal_leaves_nothing_running(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Told to stop, its server and its encoder are gone; a folder that was named is kept, and says how a ceremony is written."""
    home, stopped = tmp_path / "rehearsal", threading.Event()

    def drawn(*given: Any) -> None:
        small(*given)
        stopped.set()

    rehearse(folder=home, windowed=None, begins_in=SECOND, has_sound=True, has_player=False, stopped=stopped, draw=drawn)

    assert "show: {live: ceremony, else: instead}" in (home / "config.yaml").read_text("utf-8")
    assert NO_KEYS.format(pid=os.getpid()) in capsys.readouterr().out
    assert threading.active_count() == 1
    with pytest.raises(OperatorError, match="cannot be used: File exists"):
        rehearse(folder=home, windowed=None, begins_in=SECOND, has_sound=True, has_player=False, stopped=stopped, draw=small)


def test_who_stops_it_while_it_draws_waits_for_no_film() -> None:
    """The next picture is the last one; a folder of its own is gone with it."""
    stopped = threading.Event()

    def drawn(out: Path, words: str, tell: Callable[[float], None]) -> None:
        stopped.set()
        film(out, words, tell)

    made = set(Path(tempfile.gettempdir()).glob("weremember-*"))
    rehearse(folder=None, windowed=None, begins_in=SECOND, has_sound=False, has_player=False, stopped=stopped, draw=drawn)
    assert set(Path(tempfile.gettempdir()).glob("weremember-*")) <= made
    assert threading.active_count() == 1


def test_without_a_display_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says so, and what can be done there all the same; not even the folder is made."""
    monkeypatch.setattr(evening, "has_display", lambda: False)
    home = tmp_path / "rehearsal"
    with pytest.raises(OperatorError, match=r"there is no display here .*--no-player"):
        rehearse(folder=home, windowed=None, begins_in=SECOND, has_sound=False, has_player=True, stopped=threading.Event())
    assert not home.exists()
