"""What was heard of operators in this process: no order is carried out twice, whatever session heard it."""

from __future__ import annotations

from dataclasses import dataclass

from player.units import Nanos


@dataclass(slots=True)
class Heard:
    """Lives as long as the process; the frame loop's alone."""

    orders: str = ""
    """Which orders file the numbers below are of."""
    upto: int = 0
    """Every row up to this one was carried out, though its answer may still be on its way to the disk."""
    dark_by_row: int = 0
    """The row that made it dark before its turn."""
    overruled_upto: int = 0
    """No row up to this one switches anything any more: dark was ordered after it, and obeyed."""
    before: tuple[str, int] = ("", 0)
    """Which orders file, and up to which row the process before has carried them out without getting an answer to the disk."""
    demand: int | None = None
    """The demand for darkness that was obeyed last."""
    demanded_at: Nanos | None = None
    """When (show time) it was; None: none was, or its order has come."""

    def go_by(self, orders: str) -> None:
        """Begin to count anew where the orders are another file than before."""
        if orders != self.orders:
            self.orders, self.upto, self.dark_by_row, self.overruled_upto = orders, 0, 0, 0

    def was_before(self, row: int) -> bool:
        """Whether the process before has carried out this *row*."""
        orders, upto = self.before
        return orders == self.orders and row <= upto
