"""SDL's own sound drivers that need no hardware: what is heard is what was sent, and whatever is wrong is said in a sentence."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from player.clock import SystemClock
from player.errors import OperatorError
from player.film.device import AUTO, absent, device_names, open_loudspeaker
from player.film.ring import Position
from player.film.section import Sound
from player.film.sound import Mixer
from player.film.voice import Voice
from player.units import MILLISECOND
from tests.fakes.loudspeaker import RATE, Phasor, loudness_of, seconds_in

NEVER = threading.Event()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file that SDL's disk driver writes what it plays to, at a sound card's pace."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    monkeypatch.setenv("SDL_DISKAUDIOFILE", str(tmp_path / "heard.raw"))
    monkeypatch.setenv("SDL_DISKAUDIODELAY", "4")  # milliseconds a block, instead of 11: time is short
    return tmp_path / "heard.raw"


def test_what_is_heard_is_what_was_sent(file: Path) -> None:
    """Every sample that is queued reaches the driver, in order and to the last bit; around them there is silence."""
    sent = np.random.default_rng(3).uniform(-1, 1, (6000, 2)).astype(np.float32)
    card, clock = open_loudspeaker(AUTO), SystemClock()
    assert card.queued() == 0
    card.push(sent[:1000])
    card.push(sent[1000:])
    while card.queued():
        assert card.is_there()
        clock.wait(NEVER, 5 * MILLISECOND)
    card.close()
    card.close()

    heard = np.fromfile(file, np.float32).reshape(-1, 2)
    first = int(np.flatnonzero(heard.any(axis=1))[0])
    assert np.array_equal(heard[first : first + len(sent)], sent)
    assert not heard[first + len(sent) :].any()


def test_a_film_s_sound_reaches_the_driver_in_step(file: Path) -> None:
    """The thread, the mixer and SDL together: a film that is faded in arrives whole, at one speed, without a hole."""
    clock = SystemClock()
    mixer = Mixer(Sound(enabled=True), clock=clock)
    began = clock.monotonic()
    voice = Voice(Phasor(), lambda: Position(clock.monotonic() - began, clock.monotonic()))
    voice.fade(1.0, began, 0)
    mixer.add(voice)
    rounds = 0
    mixer.start()
    try:
        while len(sounding := _loud(file)) < 2000:
            rounds += 1
            assert rounds < 1000, "nothing arrives"
            assert mixer.is_alive
            clock.wait(NEVER, 10 * MILLISECOND)
    finally:
        mixer.stop()

    steps = np.diff(np.unwrap(2 * np.pi * seconds_in(sounding[:2000]))) * RATE / (2 * np.pi)
    assert steps == pytest.approx(1.0, abs=0.02)


def _loud(file: Path) -> NDArray[np.float32]:
    """Return what was written so far, without silence and edges."""
    written = file.read_bytes() if file.exists() else b""
    heard = np.frombuffer(written[: len(written) // 8 * 8], np.float32).reshape(-1, 2)
    return heard[loudness_of(heard) > 0.49]


def test_a_name_is_found_by_a_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Operators write what they remember; a name that fits nothing is answered with those that there are."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    (name,) = device_names()

    card = open_loudspeaker(name[2:-2].upper())

    assert card.name == name
    card.close()
    with pytest.raises(OperatorError, match=f'no sound device "Beamer"; there are: {name}'):
        open_loudspeaker("Beamer")
    assert absent("Beamer") == f'There is no sound device "Beamer"; there are: {name}.'
    assert (absent(name), absent(AUTO)) == ("", "")


def test_a_machine_without_sound_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where SDL finds no way to play anything, the operator reads why."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "there-is-no-such-driver")

    with pytest.raises(OperatorError, match="There is no sound on this machine"):
        open_loudspeaker(AUTO)
    with pytest.raises(OperatorError, match="There is no sound on this machine"):
        device_names()
    assert absent(AUTO).startswith("There is no sound on this machine")


def test_sdl_leaves_the_signals_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """SDL would end on SIGTERM by itself; the process that plays ends in order."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    before = _caught()
    card = open_loudspeaker(AUTO)

    assert _caught() == before
    card.close()


def _caught() -> bool:
    """Return whether anything in this process catches SIGTERM."""
    line = next(line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith("SigCgt"))
    return bool(int(line.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def test_a_card_can_be_opened_and_closed_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the interpreter's lock while holding the card's: pygame's own device hangs within fifty times."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    for _ in range(12):
        card = open_loudspeaker(AUTO)
        card.push(np.zeros((480, 2), np.float32))
        card.close()
