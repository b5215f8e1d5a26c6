"""Loudness by EBU R 128: the reference signals of EBU Tech 3341 that are made of tones, and what follows for a film."""

from __future__ import annotations

import numpy as np
import pytest

from player.film.gain import factor
from player.film.loudness import Loudness, Meter, gain_for

RATE = 48_000
Part = tuple[float, float]
"""Decibels of full scale, and seconds."""


def _tone(*parts: Part, hertz: float = 1000.0, phase: float = 0.0) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return a sine in both channels, at one loudness after the other."""
    loudness = np.concatenate([np.full(round(seconds * RATE), factor(db)) for db, seconds in parts])
    wave = loudness * np.sin(2 * np.pi * hertz * np.arange(len(loudness)) / RATE + phase)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def _measured(samples: np.ndarray[tuple[int, int], np.dtype[np.float32]], block: int = 4800) -> Loudness:
    meter = Meter()
    for start in range(0, len(samples), block):
        meter.add(samples[start : start + block])
    return meter.result()


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (((-23, 20),), -23),
        (((-33, 20),), -33),
        (((-36, 10), (-23, 60), (-36, 10)), -23),
        (((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)), -23),
        (((-26, 20), (-20, 20.1), (-26, 20)), -23),
    ],
    ids=["1", "2", "3: relative gate", "4: absolute gate", "5: mean of power"],
)
def test_the_reference_tones_measure_as_the_standard_says(parts: tuple[Part, ...], expected: float) -> None:
    """EBU Tech 3341, cases 1 to 5: within a tenth of a unit."""
    found = _measured(_tone(*parts), block=48_000)

    assert found.integrated == pytest.approx(expected, abs=0.1)


def test_a_sine_of_997_hertz_measures_its_own_level() -> None:
    """At -23 dBFS in both channels it has -23 LUFS, and its true peak is its amplitude."""
    found = _measured(_tone((-23, 5), hertz=997))

    assert found.integrated == pytest.approx(-23, abs=0.1)
    assert found.peak == pytest.approx(-23, abs=0.2)


def test_the_true_peak_lies_between_the_samples() -> None:
    """EBU Tech 3341, case 16: a quarter of the rate, 45 degrees off; the samples say -9 dB, the wave -6."""
    samples = _tone((-6, 3), hertz=RATE / 4, phase=np.pi / 4)
    samples[:RATE] *= np.linspace(0, 1, RATE, dtype=np.float32)[:, None]  # a tone that begins at once overshoots

    found = _measured(samples)

    assert np.abs(samples).max() == pytest.approx(factor(-9), abs=0.005)
    assert found.peak == pytest.approx(-6, abs=0.2)


def test_blocks_of_any_length_measure_alike() -> None:
    """Decoders give blocks of 1024, of 1, or of a second: what is measured is the same."""
    samples = _tone((-20, 1), (-30, 2))

    assert _measured(samples, 1024) == _measured(samples, 77_777) == _measured(samples, 1601)


@pytest.mark.parametrize("samples", [np.zeros((0, 2), np.float32), np.zeros((RATE, 2), np.float32), _tone((-20, 0.2))])
def test_silence_has_no_loudness(samples: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> None:
    """Nothing, zeros, and what is shorter than the 0.4 s that are weighed: no loudness, and so no gain."""
    found = _measured(samples)

    assert found.integrated is None
    assert gain_for(found) == 0


def test_samples_that_are_no_numbers_spoil_nothing() -> None:
    """Broken decoders make infinities: they count as silence, and the rest is measured."""
    samples = _tone((-23, 5))
    samples[1000:1100] = np.nan
    samples[2000:2010] = np.inf
    samples[3000] = -1e30

    found = _measured(samples)

    assert found.integrated is not None
    assert np.isfinite(found.integrated)


@pytest.mark.parametrize(
    ("loudness", "gain"),
    [
        (Loudness(-23.0, -6.0), 0.0),
        (Loudness(-18.0, -1.0), -5.0),
        (Loudness(-30.0, -20.0), 7.0),
        (Loudness(-30.0, -4.0), 3.0),  # its peak leaves no more
        (Loudness(-60.0, -50.0), 20.0),  # more would be noise
        (Loudness(5.0, 10.0), -20.0),
        (Loudness(-23.0, 2.0), -3.0),  # as loud as it should be, and yet its peaks would be cut
        (Loudness(-40.0, None), 17.0),
        (Loudness(None, None), 0.0),
    ],
)
def test_a_film_is_brought_to_the_target_within_bounds(loudness: Loudness, gain: float) -> None:
    """To -23 LUFS, by 20 dB at most, its true peak no higher than -1 dBTP."""
    assert gain_for(loudness) == pytest.approx(gain)


def test_what_was_brought_to_the_target_measures_so() -> None:
    """A film with 31 dB between loud and soft, with its gain, has the loudness that was asked for."""
    samples = _tone((-14, 2), (-45, 2), (-20, 2))

    gain = gain_for(_measured(samples), -23)

    assert _measured(samples * np.float32(factor(gain))).integrated == pytest.approx(-23, abs=0.1)
