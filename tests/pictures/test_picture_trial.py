"""The measurement that `bench` prints."""

from __future__ import annotations

import pytest

from player.clock import SystemClock
from player.pictures import trial
from player.units import Size


def test_each_round_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five rounds give five lengths of time, under one name."""
    monkeypatch.setattr(trial, "PHOTO", Size(400, 300))

    rounds = trial.measure_preparation(SystemClock())

    assert len(rounds) == trial.ROUNDS
    assert {name for name, _ in rounds} == {"prepare 12 MP JPEG"}
    assert all(seconds > 0 for _, seconds in rounds)
