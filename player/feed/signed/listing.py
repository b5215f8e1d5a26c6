"""What is listed now, from pages that changed and pages that did not: which must be read again, and how they join. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from player.feed.harvest import bounded
from player.feed.item import Item, Page, Status, Withdrawal
from player.feed.once import each_once, withdrawals_once
from player.feed.text import shown


@dataclass(frozen=True, slots=True)
class Terms:
    """What the verdict on every item depends on. When it changes, all pages are read again."""

    policy: str
    """The hash of policy.json: it takes withdrawals back."""
    core: str
    """The hash of core.json, empty when there is none."""
    min_approvals: int
    approvals: int
    """How many people signed the list."""
    core_approvals: int


@dataclass(frozen=True, slots=True)
class HeldPage:
    """A page that was read."""

    sha256: str
    ids: tuple[str, ...]
    halts: bool = False
    """It says itself that the show is halted, or over."""


@dataclass(frozen=True, slots=True)
class Held:
    """What of a feed was taken in already. Kept in memory between polls by whoever took it in, and only then."""

    terms: Terms
    pages: Mapping[str, HeldPage]
    """By path of the target."""
    halt: bool = False
    """Somebody has halted the show."""
    core_halts: bool = False
    """The core set says so itself."""
    is_clean: bool = True
    """No id was listed in two ways."""

    def covers(self, terms: Terms) -> bool:
        """Whether pages that have not changed need no second reading. What was listed during a halt was not taken in."""
        return self.terms == terms and self.is_clean and not self.halt


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Pages joined: each id once."""

    items: tuple[Item, ...]
    core: tuple[Item, ...]
    withdrawn: tuple[Withdrawal, ...]
    core_withdrawn: tuple[Withdrawal, ...]
    discarded: tuple[str, ...]
    kept: tuple[str, ...] = field(repr=False)
    is_clean: bool


def joined(parsed: Mapping[str, Page], core: Page, kept: Mapping[str, HeldPage]) -> Listing:
    """Join pages.

    An id that is listed in two ways counts as not approved, wherever it is listed; so does one that is in the core set with
    other bytes. Of pages that were kept only the ids are known: one that is met again there makes the listing unclean, and its
    user must read all pages again.

    Args:
        parsed: The pages that were read, by path.
        core: The set approved for offline use.
        kept: The pages that have not changed since they were taken in.
    """
    withdrawn = withdrawals_once(gone for page in parsed.values() for gone in page.withdrawn)
    core_withdrawn = withdrawals_once(core.withdrawn)
    items, contradictions = each_once((item for page in parsed.values() for item in page.items), withdrawn)
    ids = tuple(name for page in kept.values() for name in page.ids)
    bytes_of = {item.id: item.sha256 for item in items}
    other = {item.id for item in core.items if bytes_of.get(item.id, item.sha256) != item.sha256}
    lines = [line for page in (core, *parsed.values()) for line in page.discarded]
    lines += contradictions
    lines += [f"{shown(name)}: in the core set with other bytes, so it counts as not approved" for name in sorted(other)]
    return Listing(
        items=_doubted(items, other),
        core=_doubted(core.items, other),
        withdrawn=withdrawn,
        core_withdrawn=core_withdrawn,
        discarded=bounded(lines),
        kept=ids,
        is_clean=not contradictions and not other and bytes_of.keys().isdisjoint(ids),
    )


def _doubted(items: tuple[Item, ...], names: set[str]) -> tuple[Item, ...]:
    """*items*, those of *names* not approved."""
    if not names:
        return items
    return tuple(replace(i, status=Status.UNKNOWN) if i.id in names and i.status is not Status.WITHDRAWN else i for i in items)
