"""A centre over a real broker without certificates, with players enrolled by hand: what tests of the centre's acts stand on."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from player.centre.addressees import Member, members
from player.centre.link import Broker as Where
from player.centre.link import Link
from player.centre.listening import TOPICS, Listening
from player.centre.signing import Signer
from player.centre.store import Store
from player.clock import Clock, SystemClock
from tests.fakes.broker import Broker
from tests.fakes.light_player import LightPlayer


@dataclass
class Fleet:
    """The centre's side."""

    store: Store
    port: int
    key: Ed25519PrivateKey
    clock: Clock = field(default_factory=SystemClock)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def signer(self) -> Signer:
        """Who signs."""
        return Signer(self.key, self.store, self.clock)

    @property
    def members(self) -> tuple[Member, ...]:
        """Everybody."""
        return members(self.store)

    def player(self, name: str, **how: object) -> LightPlayer:
        """Return a player, not yet there."""
        return LightPlayer(self.port, name, self.key.public_key(), **how)  # type: ignore[arg-type]

    @contextmanager
    def listening(self) -> Generator[tuple[Link, Listening]]:
        """Connect, and listen."""
        with Link(Where("127.0.0.1", self.port), None, name="centre-test", topics=TOPICS).open() as link:
            yield link, Listening(link, self.store, self.clock, self.stopped, self.members)


def enrol(store: Store, *names: str, group: str = "memorial", site: str = "Oświęcim", at: int = 1) -> None:
    """Let players belong to the fleet, as far as the centre's file is concerned."""
    with store.changing() as connection:
        connection.executemany(
            "INSERT INTO players(id, grp, site, enrolled_at, serial) VALUES(?,?,?,?,?)",
            [(name, group, site, at, name) for name in names],
        )


@contextmanager
def fleet(folder: Path, broker: Broker, *names: str, clock: Clock | None = None, group: str = "memorial") -> Generator[Fleet]:
    """Run a centre with these players enrolled."""
    folder.mkdir(parents=True, exist_ok=True)
    with Store(folder) as store:
        enrol(store, *names, group=group)
        yield Fleet(store, broker.port, Ed25519PrivateKey.generate(), clock or SystemClock())
