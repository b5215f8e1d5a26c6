"""Whether text can be shaped here."""

from __future__ import annotations

import ctypes

import pytest
from PIL import features

from player.text.shaping import REMEDY, trouble


def test_a_machine_without_fribidi_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare system has none: better a sentence before the start than a black wall after it."""

    def missing(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    assert not trouble()
    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert not trouble()  # Pillow has found one elsewhere

    def check(feature: str) -> bool:
        return feature != "fribidi"

    monkeypatch.setattr(features, "check", check)
    assert trouble() == REMEDY
