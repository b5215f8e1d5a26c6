"""A player as far as a signed feed concerns it: keeps what must be kept between polls, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from player.errors import FeedError, WeRememberError
from player.feed.fetch import Fetcher
from player.feed.item import Reinstatement, Status, Withdrawal
from player.feed.signed.feed import Held, Listed, Marks, Refreshed, SignedFeed
from player.units import Nanos
from tests.fakes.repository import Repository

Deed: TypeAlias = Callable[[Repository], Any]


class Reader:
    """Polls one repository, from the root that it began with."""

    def __init__(self, repository: Repository, folder: Path, *, url: str = "", fetcher: Fetcher | None = None) -> None:
        self.repository = repository
        self.cache = folder / "cache"
        self.feed = SignedFeed(url or repository.base, root=repository.root, cache=self.cache, fetcher=fetcher or repository)
        self.marks = Marks({})
        self.held: Held | None = None
        self.withdrawn: dict[str, Withdrawal] = {}
        self.reinstated: tuple[Reinstatement, ...] = ()
        self.approved: set[str] = set()
        """Ids that may be shown, but for withdrawals."""
        self.core: set[str] = set()

    def refresh(self, now: Nanos | None = None) -> Refreshed:
        """Take the first step of a poll."""
        refreshed = self.feed.refresh(marks=self.marks, now=self.repository.now if now is None else now)
        self.marks = refreshed.marks
        self.withdrawn |= {each.item: each for each in refreshed.withdrawn}
        self.reinstated = refreshed.reinstated
        return refreshed

    def poll(self, now: Nanos | None = None) -> Listed:
        """Take both steps, and take in what they bring."""
        refreshed = self.refresh(now)
        listed = self.feed.listed(refreshed, self.held, now=self.repository.now if now is None else now)
        self.marks, self.held = listed.marks, listed.held
        if listed.snapshot is not None:
            said = {item.id: item.status for item in listed.snapshot.items}
            kept = self.approved.intersection(listed.snapshot.kept)
            self.approved = kept | {name for name, status in said.items() if status is Status.APPROVED}
        if listed.core is not None:
            self.core = {item.id for item in listed.core.items if item.status is Status.APPROVED}
        return listed

    @property
    def requests(self) -> list[str]:
        """What was asked for since this was last read."""
        asked = list(self.repository.requests)
        self.repository.requests.clear()
        return asked


def begun(folder: Path, **more: Any) -> Reader:
    """A reader who has polled a feed with three photos approved on two pages, one withdrawn and one kept for offline use."""
    repository = Repository(page_size=2, **more)
    repository.approve_all(["p-1", "p-2", "p-3"])
    repository.withdraw("gone")
    repository.keep_offline("core-1")
    reader = Reader(repository, folder)
    reader.poll()
    _ = reader.requests
    return reader


def refused(reader: Reader, match: str, error: type[WeRememberError] = FeedError) -> None:
    """Poll, which must fail and change nothing that is shown or remembered as withdrawn, nor lower any mark."""
    approved, withdrawn, versions = set(reader.approved), dict(reader.withdrawn), dict(reader.marks.versions)
    with pytest.raises(error, match=match):
        reader.poll()
    assert reader.approved == approved
    assert withdrawn.items() <= reader.withdrawn.items()
    assert all(reader.marks.versions[role] >= version for role, version in versions.items())
