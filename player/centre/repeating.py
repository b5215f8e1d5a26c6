"""What the broker must keep: one that lost power may have lost all of it, and whoever comes then hears nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from player.centre import hinting, ledger, releasing
from player.centre.link import Message
from player.centre.signing import Signer
from player.centre.store import Store
from player.fleet import messages, topics
from player.fleet.messages import Desired, Hint
from player.units import Nanos

REPORT_S: Final = 300


@dataclass(frozen=True, slots=True)
class Word:
    """Something that stays at the broker, not yet signed: what was signed an hour ago may be older than what is there."""

    what: Hint | messages.Release
    group: str | None = None
    """Whose; None: everybody's."""

    @property
    def topic(self) -> str:
        """Where it stays."""
        if self.group is None:
            return topics.ALL_HINT
        return topics.group_hint(self.group) if isinstance(self.what, Hint) else topics.commit(self.group)

    def signed(self, signer: Signer) -> Message:
        """Return it as it is said now."""
        if isinstance(self.what, Hint):
            return signer.hint(self.what, self.group)
        return signer.commit(self.what, self.group or "")


def words(store: Store, now: Nanos) -> Iterator[Word]:
    """Yield what is to be kept for all, what is withdrawn first, and for each group. Told again, it changes nothing.

    Raises:
        LibraryError: the file cannot be used.
    """
    yield Word(hinting.for_everybody(ledger.withdrawals(store)))
    for group in ledger.groups_released(store):
        known = ledger.releases(store, group)
        yield Word(releasing.hint_of(store, known, now), group)
        committed = [each for each in known if each.committed_at is not None]
        if committed:
            yield Word(hinting.as_told(max(committed, key=lambda each: each.activate_at)), group)


def desired(signer: Signer, player: str, players: int) -> Message:
    """Return what is desired of a *player*; *players* are how many are expected: over so long they come back."""
    return signer.desired(player, Desired(players, REPORT_S))
