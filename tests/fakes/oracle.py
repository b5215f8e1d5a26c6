"""What may be on the wall, worked out from what the publisher's people did and what the player was let hear; by itself.

It shares no code with the player: neither its library nor its verdicts. It is told of every poll what was served; it decides
itself whether that may be believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from player.units import SECOND, Nanos

LEASE: Final[Nanos] = 3600 * SECOND


@dataclass(frozen=True, slots=True)
class Listing:
    """One item as two people approved it."""

    sha256: str
    until: Nanos | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """One publication: all that its people say at that moment."""

    number: int
    """Publications are numbered; a player never goes back."""
    approved: Mapping[str, Listing]
    core: Mapping[str, Listing]
    withdrawn: frozenset[tuple[str, str]]
    """By id and date; of each the bytes are those of *bound*."""
    bound: Mapping[tuple[str, str], str]
    """The SHA-256 that a withdrawal named."""
    reinstated: frozenset[tuple[str, str]]
    signed_at: Nanos
    expires: Nanos
    is_halted: bool = False


@dataclass(slots=True)
class Oracle:
    """What the player may show, given all that it heard."""

    made: Nanos
    """When the program was made: no time is before that."""
    believed: Truth | None = None
    heard: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Every withdrawal ever heard, by id and date."""
    taken_back: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    digests: dict[tuple[str, str], set[str]] = field(default_factory=dict[tuple[str, str], set[str]])
    """What each binds: the bytes that it named, and those that the item was approved with as far as the player heard."""
    history: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """Every hash that an id was ever approved with, as far as the player heard."""
    lease_ends: Nanos = 0
    _signed: Nanos = 0
    _learned: Nanos = 0

    def now(self, system: Nanos, monotonic: Nanos) -> Nanos:
        """Return the time that counts."""
        signed = self._signed + monotonic - self._learned if self._signed else 0
        return max(system, signed, self.made + monotonic)

    def heard_of(self, truth: Truth, system: Nanos, monotonic: Nanos) -> None:
        """The player took a poll for good; *truth* is what was served.

        Raises:
            AssertionError: It must not have been believed.
        """
        assert self.believed is None or truth.number >= self.believed.number, "an older publication was believed"
        if truth.signed_at > self._signed:
            self._signed, self._learned = truth.signed_at, monotonic
        now = self.now(system, monotonic)
        assert now < truth.expires, "an expired publication was believed"
        for each in truth.withdrawn:
            self.heard.add(each)
            self.digests.setdefault(each, set()).update({truth.bound[each]} - {""}, self.history.get(each[0], set()))
        self.taken_back |= truth.reinstated
        if truth.is_halted:
            self.believed, self.lease_ends = truth, now
            return
        for listed in (truth.approved, truth.core):
            for name, listing in listed.items():
                self.history.setdefault(name, set()).add(listing.sha256)
        self.believed = truth
        self.lease_ends = min(now + LEASE, truth.expires)

    def forbids(self, name: str, sha256: str, now: Nanos, *, is_core: bool) -> str:
        """Say why an item with these bytes may not be seen now; nothing when it may."""
        standing = self.heard - self.taken_back
        if any(gone == name for gone, _ in standing):
            return "withdrawn"
        if any(sha256 in self.digests[each] for each in standing):
            return "its bytes were withdrawn"
        if self.believed is None:
            return "nothing was ever believed"
        listing = (self.believed.core if is_core else self.believed.approved).get(name)
        if listing is None:
            return "not listed"
        if listing.sha256 != sha256:
            return "other bytes than were approved"
        return self._by_time(listing, now, is_core=is_core)

    def _by_time(self, listing: Listing, now: Nanos, *, is_core: bool) -> str:
        if self.believed and self.believed.is_halted:
            return "halted"
        if listing.until is not None and listing.until <= now:
            return "its own end has passed"
        return "the lease has run out" if not is_core and now >= self.lease_ends else ""
