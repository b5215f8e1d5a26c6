"""A studio and a player for each test that names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.publish.atelier import Atelier, Player


@pytest.fixture
def atelier(tmp_path: Path) -> Atelier:
    """A new studio with three people."""
    return Atelier(tmp_path)


@pytest.fixture
def player(atelier: Atelier, tmp_path: Path) -> Player:
    """A player that trusts it."""
    return Player(atelier, tmp_path / "player")
