"""Asking a signed source: what was withdrawn first, then what is approved; only what changed is fetched and read again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from player.clock import Clock
from player.errors import OperatorError
from player.feed.fetch import Fetcher
from player.feed.item import Polled
from player.feed.signed.feed import Held, Listed, Marks, Refreshed, SignedFeed
from player.ingest.asking import Answer, Before, SourceConfig, within_the_seam
from player.library.leftovers import SIGNED


@dataclass(slots=True)
class SignedAsker:
    """Asks one signed source again and again."""

    source: SourceConfig
    fetcher: Fetcher
    clock: Clock
    data: Path
    _held: Held | None = None
    """What of it is in the library."""
    _offered: Held | None = None
    """What will be, once the last answer is."""
    _acted: tuple[int | str, ...] = ()
    """What said what is withdrawn, by versions and hashes, once it was acted on."""
    _acting: tuple[int | str, ...] = ()
    """What says it now."""
    _root: bytes = b""
    """Under which pinned root that was."""

    def ask(self, before: Before) -> Iterator[Answer]:
        """See ``Asks``."""
        return within_the_seam(self.source, self._ask(before))

    def took(self, answer: Answer) -> None:
        """Keep what the library now holds, so that pages that do not change are not read again."""
        self._held = self._offered
        del answer
        self._acted = self._acting

    def forget(self) -> None:
        """See ``Asks``. What is being read at this moment goes by what was known: the next reading is whole."""
        self._held = self._offered = None

    def listener(self, heard: Callable[[Answer], None], hasten: Callable[[], None]) -> None:
        """It tells nothing by itself."""

    def _ask(self, before: Before) -> Iterator[Answer]:
        source = self.source
        if before.root is None:
            raise OperatorError(
                f"no root is pinned for it, so nothing is believed: weremember feed trust ROOT.json --feed {source.name}"
            )
        if before.root != self._root:
            self._root, self._held, self._acted = before.root, None, ()
        feed = SignedFeed(source.url, root=before.root, cache=self._cache(before.root), fetcher=self.fetcher)
        marks = before.marks or Marks({})
        refreshed = feed.refresh(marks=marks, now=self.clock.wall())
        self._acting = _withdrawing(refreshed)
        if self._acted != self._acting:
            yield Answer(
                source,
                withdrawn=refreshed.withdrawn,
                reinstated=refreshed.reinstated,
                marks=refreshed.marks,
                root=before.root,
                is_last=False,
            )
        listed = feed.listed(refreshed, self._held, now=self.clock.wall())
        self._offered = listed.held
        yield self._answer(listed, before.root)

    def _answer(self, listed: Listed, root: bytes) -> Answer:
        return Answer(
            self.source,
            Polled(listed.snapshot, lease_s=listed.lease_s),
            marks=listed.marks,
            root=root,
            core=listed.core,
            signed_by=listed.signed_by,
        )

    def _cache(self, root: bytes) -> Path:
        """Another root or another address is another publisher."""
        of = hashlib.sha256(root + self.source.url.encode()).hexdigest()[:16]
        return self.data / SIGNED / f"{self.source.name}-{of}"


def _withdrawing(refreshed: Refreshed) -> tuple[int | str, ...]:
    """Name what says what is withdrawn: a publisher that lost its count may say another thing in the same version."""
    versions = refreshed.marks.versions
    return (versions["withdrawn"], versions["targets"], refreshed.withdrawals.sha256, refreshed.policy.sha256)
