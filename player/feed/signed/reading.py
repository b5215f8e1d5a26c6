"""Reads as little as it can of one publication's pages, and makes snapshots of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from player.errors import FeedError
from player.feed.address import plain
from player.feed.item import Page, Snapshot
from player.feed.poll import MAX_ITEMS
from player.feed.signed import documents
from player.feed.signed.client import Client, Target
from player.feed.signed.layout import APPROVED, MIN_APPROVALS, TARGETS
from player.feed.signed.listing import Held, HeldPage, Listing, Terms, joined

_EMPTY: Final = Page(items=())


@dataclass(frozen=True, slots=True)
class Read:
    """What changed; snapshots are None when nothing did."""

    snapshot: Snapshot | None
    core: Snapshot | None
    held: Held


@dataclass(frozen=True, slots=True)
class Reading:
    """The pages of one publication, and what reads them."""

    url: str
    """The feed's base."""
    client: Client
    pages: Mapping[str, Target]
    """By path."""
    core: Target | None

    @property
    def targets(self) -> tuple[Target, ...]:
        """All documents that are listed here."""
        return (*self.pages.values(), *((self.core,) if self.core else ()))

    def read(self, held: Held | None, terms: Terms, *, halt: bool, discarded: tuple[str, ...]) -> Read:
        """Read what changed since *held*.

        Args:
            held: What was taken in; None reads everything.
            terms: What every verdict depends on now.
            halt: Somebody has halted the show, elsewhere than on a page.
            discarded: Lines to begin with.

        Raises:
            FeedError: A page cannot be believed.
            NetworkError: A page could not be fetched.
        """
        if held is not None and self._is_all(held, terms, halt=halt):
            return Read(None, None, held)
        kept: dict[str, HeldPage] = self._same(held) if held is not None and held.covers(terms) else {}
        core = self._parsed(self.core) if self.core else _EMPTY
        parsed = {path: self._parsed(target) for path, target in self.pages.items() if path not in kept}
        listing = joined(parsed, core, kept)
        if kept and not listing.is_clean:
            parsed = {path: parsed.get(path) or self._parsed(target) for path, target in self.pages.items()}
            kept = {}
            listing = joined(parsed, core, kept)
        if len(listing.items) + len(listing.kept) > MAX_ITEMS:
            raise FeedError(f"{plain(self.url)}: more than {MAX_ITEMS:,} items")
        pages = {path: kept.get(path) or _held(self.pages[path], parsed[path]) for path in self.pages}
        core_halts = _halts(core)
        now = Held(terms, pages, halt or core_halts or _any_halts(pages), core_halts, listing.is_clean)
        is_core_same = held is not None and bool(kept) and held.halt == now.halt
        return Read(
            self._snapshot(listing, now, discarded),
            None if is_core_same else self._core(listing, now),
            now,
        )

    def _is_all(self, held: Held, terms: Terms, *, halt: bool) -> bool:
        """Whether *held* is all there is now."""
        same = self._same(held)
        is_same = held.terms == terms and len(same) == len(held.pages) == len(self.pages)
        return is_same and held.halt == (halt or held.core_halts or _any_halts(same))

    def _same(self, held: Held) -> dict[str, HeldPage]:
        return {path: page for path, page in held.pages.items() if path in self.pages and self.pages[path].sha256 == page.sha256}

    def _parsed(self, target: Target) -> Page:
        return documents.page(self.client.read(target), url=self.client.address(target), base=plain(self.url))

    def _snapshot(self, listing: Listing, held: Held, discarded: tuple[str, ...]) -> Snapshot:
        return Snapshot(
            items=listing.items,
            withdrawn=listing.withdrawn,
            discarded=(*discarded, *listing.discarded),
            kept=listing.kept,
            complete=True,
            sequence=self.client.version(APPROVED),
            min_approvals=held.terms.min_approvals,
            approvals=held.terms.approvals,
            halt=held.halt,
        )

    def _core(self, listing: Listing, held: Held) -> Snapshot:
        return Snapshot(
            items=listing.core,
            withdrawn=listing.core_withdrawn,
            complete=True,
            sequence=self.client.version(TARGETS),
            min_approvals=MIN_APPROVALS,
            approvals=held.terms.core_approvals,
            halt=held.halt,
        )


def _held(target: Target, page: Page) -> HeldPage:
    return HeldPage(target.sha256, tuple(item.id for item in page.items), _halts(page))


def _halts(page: Page) -> bool:
    return page.halt or page.expired


def _any_halts(pages: Mapping[str, HeldPage]) -> bool:
    return any(page.halts for page in pages.values())
