"""A player's events with a broker that acknowledges when it is told to, and what happens at the player."""

from __future__ import annotations

import json
from typing import Any

from player.errors import LibraryError
from player.fleet.events import Events
from player.fleet.outgoing import Outgoing, Sealing
from player.library.library import Library
from player.library.receipts import Receipt
from player.library.tombstones import Record
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING, FakeClock


class Centre:
    """A player's events, and a broker that acknowledges when it is told to."""

    def __init__(self, library: Library, player: Library) -> None:
        self.library = library
        """As the fleet's process has it."""
        self.player = player
        """As the others have it, who write."""
        self.clock = FakeClock()
        self.is_open = True
        self.begin()

    def begin(self) -> None:
        """Begin anew, as after a restart of the process."""
        sealing = Sealing("oswiecim-1", "0123abcd", self.clock)
        self.events = Events(self.opened, sealing, clock=self.clock)
        self.under_way: list[Outgoing] = []

    def opened(self) -> Library:
        """Return the library, unless it cannot be opened."""
        if not self.is_open:
            raise LibraryError("the disk does not answer")
        return self.library

    def hear(self) -> list[dict[str, Any]]:
        """Let a second pass; return what is sent then."""
        self.clock.advance(SECOND)
        sent = self.events.step(self.clock.monotonic())
        self.under_way += sent
        assert all((each.topic, each.qos, each.retain) == ("wr/1/p/oswiecim-1/event", 1, False) for each in sent)
        return [json.loads(each.payload) for each in sent]

    def acknowledge(self) -> None:
        """Say that everything has come."""
        for each in self.under_way:
            assert each.token is not None
            self.events.acknowledged(each.token)
        self.under_way.clear()

    def all(self) -> list[dict[str, Any]]:
        """Hear and acknowledge until nothing more comes."""
        found: list[dict[str, Any]] = []
        while fresh := self.hear():
            found += fresh
            self.acknowledge()
        return found

    # What happens here

    def missed(self, show: str, at: Nanos = OPENING) -> None:
        """Let the journal say that a show was missed."""
        self.player.orders.note("missed", {"slot": "evening", "show": show, "start": at, "why": "no power"}, at=at)

    def withdraw(self, item: str, source: str = "wall", *, is_here: bool = True) -> Receipt:
        """Withdraw an item."""
        record = Record(source=source, item=item, reason="", at=None, digests=frozenset(), is_here=is_here)
        self.player.orders.withdraw_all([record], known_at=self.clock.wall())
        return Receipt(source, item, self.clock.wall())

    def off(self, receipt: Receipt, *, was_up: bool = True) -> None:
        """Let the wall be without it."""
        at = self.clock.wall()
        self.player.orders.off_screen([Receipt(*receipt.key, off_at=at, was_up=was_up)], at=at)

    def gone(self, receipt: Receipt) -> None:
        """Let its last byte be gone."""
        self.player.orders.gone([receipt], at=self.clock.wall())
