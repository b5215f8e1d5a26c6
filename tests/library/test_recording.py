"""Whether a withdrawal could be recorded at this moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from player.errors import LibraryError
from player.library.library import open_library
from player.library.orders import ORDERS
from player.library.recording import attempt
from player.units import MILLISECOND

PATIENCE = 10 * MILLISECOND


def test_it_can_and_nothing_is_written(tmp_path: Path) -> None:
    """Whoever reads sees no change."""
    with closing(open_library(tmp_path, writer="a test")) as library:
        before = library.versions()
        attempt(tmp_path, patience=PATIENCE)
        assert library.versions() == before


def test_it_cannot_while_somebody_holds_the_orders(tmp_path: Path) -> None:
    """For longer than anybody writes; afterwards it can."""
    open_library(tmp_path, writer="a test").close()
    with closing(sqlite3.connect(tmp_path / ORDERS.name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryError, match="locked"):
            attempt(tmp_path, patience=PATIENCE)
        other.execute("ROLLBACK")
        attempt(tmp_path, patience=PATIENCE)


def test_lost_orders_are_not_made_anew(tmp_path: Path) -> None:
    """Then nobody would see that they are lost."""
    open_library(tmp_path, writer="a test").close()
    for path in tmp_path.glob(f"{ORDERS.name}*"):
        path.unlink()
    with pytest.raises(LibraryError, match="missing"):
        attempt(tmp_path, patience=PATIENCE)
    assert not (tmp_path / ORDERS.name).exists()
