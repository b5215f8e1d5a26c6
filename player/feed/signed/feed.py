"""One poll of a signed feed, in two steps: what was withdrawn, which is acted on at once; then what is approved.

No clock is read here: "now" is the time that the caller trusts. The newest signing time counts if it is later.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from player.errors import FeedError
from player.feed.address import plain
from player.feed.fetch import Fetcher
from player.feed.item import Reinstatement, Snapshot, Withdrawal
from player.feed.signed import documents
from player.feed.signed.cache import Cache
from player.feed.signed.client import Client, Target, check_root
from player.feed.signed.layout import (
    APPROVED,
    CORE,
    INDEX,
    LIST,
    POLICY,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    WITHDRAWN,
    is_page,
)
from player.feed.signed.listing import Held, Terms
from player.feed.signed.marks import Marks, raised, without_former_machine
from player.feed.signed.reading import Reading
from player.units import SECOND, Nanos, Seconds

__all__ = ["Held", "Listed", "Marks", "Refreshed", "SignedFeed", "check_root"]

_FIRST: Final = (ROOT, TIMESTAMP, SNAPSHOT, TARGETS, WITHDRAWN)  # all that a withdrawal depends on


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What holds now, but for the list of what is approved."""

    marks: Marks
    """How far it is believed; to be stored with the withdrawals."""
    withdrawn: tuple[Withdrawal, ...]
    reinstated: tuple[Reinstatement, ...]
    lease_s: Seconds
    """How long, from now, this counts as a confirmation: until *expires* at most."""
    expires: Nanos
    """When the first of what was believed here ends: the timestamp, as a rule."""
    halt: bool
    min_approvals: int
    discarded: tuple[str, ...] = ()
    """One line for each withdrawal or reinstatement that could not be read."""
    client: Client = field(repr=False, compare=False)
    policy: Target = field(repr=False)
    withdrawals: Target = field(repr=False)
    policy_lease_s: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What is approved now."""

    snapshot: Snapshot | None
    """None when nothing that concerns it has changed since what is held."""
    core: Snapshot | None
    """The set approved for offline use; None in the same way."""
    held: Held
    """To be passed back next time, once this was taken in."""
    marks: Marks
    signed_by: tuple[str, ...]
    """The people whose signatures on the list are valid, each once."""
    lease_s: Seconds
    expires: Nanos
    """As Refreshed has them, or until the list itself ends."""


class SignedFeed:
    """A signed feed at one address, seen from one pinned root."""

    def __init__(self, url: str, *, root: bytes, cache: Path, fetcher: Fetcher) -> None:
        """Remember where the feed is; nothing is asked or read yet.

        Args:
            url: The base URL, or the absolute path of a local folder.
            root: The root that was pinned.
            cache: A folder of ours. It may be deleted or damaged at any time.
            fetcher: Gets everything.
        """
        self._url = url
        self._root = root
        self._cache = Cache(cache)
        self._fetcher = fetcher

    def refresh(self, *, marks: Marks, now: Nanos) -> Refreshed:
        """Ask what holds now and what was withdrawn.

        Args:
            marks: How far this feed was ever believed.
            now: The time that the caller trusts.

        Raises:
            FeedError: It cannot be believed: badly signed, expired, older than the marks, or not as it must be.
            NetworkError: It could not be fetched.
        """
        now = max(now, marks.signed_at or now)
        client = Client(self._url, root=self._root, cache=self._cache, fetcher=self._fetcher, now=now)
        client.refresh()
        marks = without_former_machine(marks, client.machine_since)
        marks = raised(marks, {role: client.version(role) for role in _FIRST if role != WITHDRAWN}, client.signed_at)
        now = max(now, client.signed_at)
        client.load(WITHDRAWN, LIST, now=now)
        marks = raised(marks, {WITHDRAWN: client.version(WITHDRAWN)})
        policy_target, list_target = self._wanted(client, TARGETS, POLICY), self._wanted(client, WITHDRAWN, LIST)
        gone = documents.withdrawals(client.read(list_target), url=client.address(list_target))
        policy = documents.policy(client.read(policy_target), url=client.address(policy_target))
        expires = min(client.expires(role) for role in _FIRST)
        return Refreshed(
            marks=marks,
            withdrawn=gone.withdrawn,
            reinstated=policy.reinstated,
            lease_s=min(policy.lease_s, (expires - now) / SECOND),
            expires=expires,
            halt=policy.halt or gone.halt,
            min_approvals=policy.min_approvals,
            discarded=(*gone.discarded, *policy.discarded),
            client=client,
            policy=policy_target,
            withdrawals=list_target,
            policy_lease_s=policy.lease_s,
        )

    def listed(self, refreshed: Refreshed, held: Held | None, *, now: Nanos) -> Listed:
        """Ask what is approved now. Only pages that changed are fetched and read.

        Args:
            refreshed: From this feed, just now.
            held: From the last listing that was taken in; None reads everything.
            now: The time that the caller trusts.

        Raises:
            FeedError: As ``refresh``; what that returned still counts.
            NetworkError: Something could not be fetched.
        """
        client = refreshed.client
        now = max(now, refreshed.marks.signed_at or now)
        client.load(APPROVED, INDEX, now=now)
        marks = raised(refreshed.marks, {APPROVED: client.version(APPROVED)})
        index_target = self._wanted(client, APPROVED, INDEX)
        index = documents.index(client.read(index_target), url=client.address(index_target))
        if index.sequence != client.version(APPROVED):
            raise FeedError(f"{plain(self._url)}: the list of pages is of another publication than the signatures on it")
        reading = Reading(self._url, client, self._pages(client, index), client.target(TARGETS, CORE))
        terms = Terms(
            policy=refreshed.policy.sha256,
            core=reading.core.sha256 if reading.core else "",
            min_approvals=max(refreshed.min_approvals, index.min_approvals),
            approvals=len(client.signers(APPROVED)),
            core_approvals=len(client.signers(TARGETS)),
        )
        offered = reading.read(held, terms, halt=refreshed.halt or index.halt, discarded=index.discarded)
        documents_now = (refreshed.policy, refreshed.withdrawals, index_target, *reading.targets)
        if offered.snapshot is not None:
            self._cache.keep_only([target.sha256 for target in documents_now])
        expires = min(refreshed.expires, client.expires(APPROVED))
        lease_s = min(refreshed.policy_lease_s, (expires - now) / SECOND)
        return Listed(
            snapshot=replace(offered.snapshot, lease_s=lease_s) if offered.snapshot else None,
            core=offered.core,
            held=offered.held,
            marks=marks,
            signed_by=client.signers(APPROVED),
            lease_s=lease_s,
            expires=expires,
        )

    def _wanted(self, client: Client, role: str, path: str) -> Target:
        target = client.target(role, path)
        if target is None:
            raise FeedError(f"{plain(self._url)}: {path} is missing from {role}.json")
        return target

    def _pages(self, client: Client, index: documents.Index) -> dict[str, Target]:
        """Every page by its path: exactly those that the index names must have been signed."""
        signed = {path for path in client.paths(APPROVED) if is_page(path)}
        if signed != set(index.pages):
            raise FeedError(f"{plain(self._url)}: the list of pages does not name the pages that were signed")
        return {path: self._wanted(client, APPROVED, path) for path in index.pages}
