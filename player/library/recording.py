"""Whether a withdrawal could be recorded at this moment: a transaction is begun as for one, and taken back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from player.library.database import translated
from player.library.orders import ORDERS
from player.units import SECOND, Nanos


def attempt(folder: Path, *, patience: Nanos) -> None:
    """Begin to write in the orders of *folder*, waiting no longer than *patience* for others who do, and leave it at that.

    Raises:
        LibraryError: no withdrawal can be recorded, and why.
    """
    orders = f"{(folder / ORDERS.name).absolute().as_uri()}?mode=rw"  # made here, they would hide that they are lost
    with (
        translated(ORDERS.name),
        closing(sqlite3.connect(orders, uri=True, timeout=patience / SECOND, isolation_level=None)) as connection,
    ):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
