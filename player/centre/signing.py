"""The centre signs: whatever goes to a player, with its key and a number that only rises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from player.centre.link import Message
from player.centre.store import Store
from player.clock import Clock
from player.errors import OperatorError
from player.fleet import envelope, topics
from player.fleet.messages import Desired, Hint, Order, Release
from player.fleet.topics import Kind
from player.fleet.wire import Plain, WireError
from player.units import MILLISECOND, SECOND, Nanos

SOONEST: Final[Nanos] = 60 * SECOND  # an order that expires sooner is lost on a slow line
LATEST: Final[Nanos] = 300 * SECOND  # and one that is obeyed later than that surprises somebody


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the key, and the file that keeps the last number."""

    key: Ed25519PrivateKey
    store: Store
    clock: Clock

    def hint(self, hint: Hint, group: str | None = None, *, is_retained: bool = True) -> Message:
        """Return a hint for everybody, or for a *group*: retained, so that whoever comes later hears it, too."""
        to = topics.ALL_HINT if group is None else topics.group_hint(group)
        return Message(to, self._sealed(hint.body(), to)[0], is_retained=is_retained)

    def commit(self, release: Release, group: str) -> Message:
        """Return what puts a release in force: retained."""
        to = topics.commit(group)
        return Message(to, self._sealed(release.body(), to)[0], is_retained=True)

    def desired(self, player: str, desired: Desired) -> Message:
        """Return what is desired of one player: retained."""
        to = topics.of_player(player, Kind.DESIRED)
        return Message(to, self._sealed(desired.body(), to)[0], is_retained=True)

    def order(self, player: str, verb: str, arguments: Mapping[str, str], expires: Nanos) -> tuple[int, Message]:
        """Return an order to one player and its number. It is never retained: what was meant for now is not done tomorrow."""
        to = topics.command(player, verb)
        lasts = min(LATEST, max(SOONEST, expires))
        until = (self.clock.wall() + lasts) // MILLISECOND
        payload, number = self._sealed(Order(verb, until, arguments).body(), to)
        answer_to = topics.of_player(player, Kind.EVENT)
        correlation = str(number).encode("ascii")
        return number, Message(to, payload, expiry_s=lasts // SECOND, correlation=correlation, response_topic=answer_to)

    def _sealed(self, body: Mapping[str, Plain], to: str) -> tuple[bytes, int]:
        now = self.clock.wall()
        number = self.store.next_sequence(now)
        try:
            return envelope.seal(body, to=to, seq=number, ts=now // MILLISECOND, key=self.key), number
        except WireError as error:
            raise OperatorError(f"this cannot be said to players: {error}") from error
