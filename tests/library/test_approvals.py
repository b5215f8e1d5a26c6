"""Approvals seen, in the journal."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from player.library import journal
from player.library.approvals import TO_A_LINE, TOGETHER, note_approvals
from player.library.database import connect
from player.library.orders import ORDERS, Orders


def test_approvals_are_written_with_who_gave_them(tmp_path: Path) -> None:
    """Ids, the beginnings of their hashes and their states; nothing else of anybody."""
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as connection:
        orders = Orders(connection, writer="ingest")
        seen = [("p-1", "0123456789abcdef" * 4, "approved"), ("p-2", None, "pending")]
        assert note_approvals(orders, "wall", 412, ["anna", "ben"], seen, at=5) == 1
        [line] = journal.lines(connection)
    assert (line.kind, line.at) == ("approvals", 5)
    assert line.what == {
        "source": "wall",
        "sequence": 412,
        "by": ["anna", "ben"],
        "items": [["p-1", "0123456789abcdef", "approved"], ["p-2", "", "pending"]],
    }


def test_a_hundred_thousand_are_many_lines_and_few_transactions(tmp_path: Path) -> None:
    """As long a list as one likes; nothing at all for none."""
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        orders = Orders(connection, writer="ingest")
        number = TO_A_LINE * TOGETHER * 2 + 1
        lines = note_approvals(orders, "wall", None, [], ((f"p-{n}", None, "approved") for n in range(number)), at=5)
        assert lines == TOGETHER * 2 + 1
        assert journal.verify(connection).lines == lines
        assert note_approvals(orders, "wall", None, [], [], at=5) == 0
