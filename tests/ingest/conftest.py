"""What the tests of ingest share."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.library.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Generator[Shelf]:
    """A library with the sources "wall" and "other"."""
    made = Shelf(tmp_path / "data", "wall", "other")
    yield made
    made.close()
