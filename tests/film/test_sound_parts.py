"""The parts that sound is made of: levels, the picture's place, speeds a little off, and the section of the configuration."""

from __future__ import annotations

import os

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from player.film.gain import FULL, SILENT, Fader, Level, decibels, envelope, factor, level_at, turned, volume
from player.film.picture import STALE, noted, sample_heard
from player.film.resampling import HALF, resampled, span, supported
from player.film.ring import Position
from player.film.samples import SamplesReader, SamplesWriter, make_samples
from player.film.section import Sound
from player.film.voice import BLOCK, Voice
from player.units import MILLISECOND, SECOND
from tests.fakes.loudspeaker import Phasor, loudness_of, roughest, seconds_in

RATE = 48_000


def test_decibels_and_factors_are_each_other_s_inverse() -> None:
    """6.02 dB is twice; and back."""
    assert factor(6.0206) == pytest.approx(2, abs=1e-4)
    assert decibels(factor(-17.5)) == pytest.approx(-17.5)


def test_volume_is_heard_as_it_is_written() -> None:
    """Nothing, all, and at half of it 18 dB less."""
    assert volume(0) == 0
    assert volume(100) == 1
    assert decibels(volume(50)) == pytest.approx(-18.06, abs=0.01)


def test_two_ramps_at_once_have_one_power() -> None:
    """What fades out and what fades in always add up, at every instant."""
    going, coming = turned(FULL, 0.0, 0, SECOND), turned(SILENT, 1.0, 0, SECOND)

    power = envelope(going, 0, RATE, rate=RATE) ** 2 + envelope(coming, 0, RATE, rate=RATE) ** 2

    assert power == pytest.approx(1, abs=1e-5)


def test_a_ramp_that_is_turned_about_goes_on_from_where_it_is() -> None:
    """Half-way in, it goes out again from there; and what leads there already stays as it is."""
    coming = turned(SILENT, 1.0, 0, SECOND)
    going = turned(coming, 0.0, SECOND // 2, SECOND)

    assert level_at(going, SECOND // 2) == pytest.approx(level_at(coming, SECOND // 2))
    assert turned(coming, 1.0, SECOND // 3, SECOND) is coming
    assert level_at(Level(0.0, 1.0, start=5), 4) == 0
    assert level_at(Level(0.0, 1.0, start=5), 5) == 1


def test_a_level_that_is_ordered_too_late_is_led_over_to() -> None:
    """A step between two blocks becomes a slope of ten milliseconds."""
    fader = Fader(FULL)
    first = fader.block(0, 960, rate=RATE)
    fader.turn(0.0, 0, 0)

    second = fader.block(20 * MILLISECOND, 960, rate=RATE)

    assert first[-1] == 1
    assert np.abs(np.diff(np.concatenate([first, second]))).max() < 0.003
    assert not second[480:].any()


def test_a_picture_is_where_it_was_plus_what_passed() -> None:
    """Between what the screen says, the picture goes on at its own speed."""
    picture = noted(None, Position(2 * SECOND, 100 * SECOND))

    assert sample_heard(picture, 100 * SECOND + SECOND // 2) == 2.5 * RATE
    assert sample_heard(picture, 100 * SECOND - SECOND) == RATE
    assert sample_heard(picture, 100 * SECOND + STALE + 1) is None
    assert sample_heard(None, 0) is None


def test_a_picture_that_does_not_move_has_no_sound() -> None:
    """The same instant again and again means that it stands; when it moves, it runs again."""
    picture = None
    for frame in range(20):
        picture = noted(picture, Position(SECOND, frame * 16 * MILLISECOND))
    assert sample_heard(picture, 320 * MILLISECOND) is None

    for frame in range(20, 40):
        picture = noted(picture, Position(SECOND + (frame - 20) * 16 * MILLISECOND, frame * 16 * MILLISECOND))

    assert sample_heard(picture, 640 * MILLISECOND) is not None


@pytest.mark.parametrize("hertz", [440, 5000, 15_000])
@pytest.mark.parametrize(("position", "ratio"), [(100.0, 1.0), (100.5, 1.0), (200.123, 1.0002), (333.9, 0.995), (333.3, 1.005)])
def test_a_tone_from_between_the_samples_is_the_tone(hertz: float, position: float, ratio: float) -> None:
    """Whatever the place and the speed, a sine is the sine at that place, 66 dB or more above what is wrong with it."""
    wave = np.sin(2 * np.pi * hertz * np.arange(4000) / RATE)
    samples = np.stack([wave, -wave], axis=1).astype(np.float32)
    first, needed = span(position, ratio, 1440)
    assert supported(position, ratio, first + needed) >= 1440

    found = resampled(samples[first : first + needed], position - first, ratio, 1440)

    expected = np.sin(2 * np.pi * hertz * (position + ratio * np.arange(1440)) / RATE)
    assert np.abs(found[:, 0] - expected).max() < 5e-4
    assert np.array_equal(found[:, 1], -found[:, 0])


def test_no_sample_is_made_of_what_is_not_there() -> None:
    """Of samples up to an end, just so many can be made that none needs a later one."""
    for position, ratio in ((0.0, 1.0), (10.7, 1.0003), (5.2, 0.996)):
        count = supported(position, ratio, 1000)
        first, needed = span(position, ratio, count)
        assert first + needed <= 1000
        assert sum(span(position, ratio, count + 2)) > 1000
    assert supported(1000.0, 1.0, 1000 - HALF) == 0


def test_sound_is_off_unless_it_is_asked_for() -> None:
    """The defaults: no sound but of shows that ask, the system's card, R 128's loudness; and what people write is understood."""
    assert Sound().enabled is None
    assert Sound().loudness == -23
    written = {"enabled": "true", "device": "HDMI", "volume": "80 %", "loudness": "-16", "delay": "80ms"}
    assert Sound.model_validate(written) == Sound(enabled=True, device="HDMI", volume=80, loudness=-16, delay=0.08)


@pytest.mark.parametrize("wrong", [{"volume": "101%"}, {"volume": "loud"}, {"loudness": "-5"}, {"delay": "2s"}, {"device": ""}])
def test_what_cannot_be_is_refused(wrong: dict[str, str]) -> None:
    """More than all, no number, louder than any standard, later than any display, no name."""
    with pytest.raises(ValidationError):
        Sound.model_validate(wrong)


def test_the_decoder_s_ring_is_a_source() -> None:
    """What a decoder writes into shared memory is what is heard, and is freed as it passes."""
    descriptor = make_samples()
    writer, reader, phasor = SamplesWriter(descriptor, 0), SamplesReader(descriptor), Phasor()
    os.close(descriptor)
    now = [SECOND]
    voice = Voice(reader, lambda: Position(now[0] - SECOND, now[0]))
    voice.fade(1.0, 0, 0)
    heard: list[NDArray[np.float32]] = []
    for _ in range(5 * RATE // BLOCK):
        while writer.room >= 4800 and writer.end < 5 * RATE:
            writer.write(writer.end, phasor.take(writer.end, 4800))
        block = voice.block(now[0])
        assert block is not None
        heard.append(block)
        now[0] += BLOCK * SECOND // RATE

    whole = np.concatenate(heard)[RATE : 4 * RATE]
    assert loudness_of(whole) == pytest.approx(0.5, abs=1e-3)
    assert roughest(whole) < 1e-3
    assert seconds_in(whole)[RATE // 2] == pytest.approx(0.5, abs=1e-3)
