"""One poll of a feed of pages: ask whether it changed, else walk all its pages and join them to one snapshot.

A poll confirms photos, so it must never claim more than the source said just now: "unchanged" only when every page of the last
walk answered so, and a snapshot only from one unbroken walk through one publication. When a walk breaks off, what its pages
explicitly withdrew is still handed on: a withdrawal acts at once, whatever else failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from player.errors import FeedError, NetworkError, WeRememberError
from player.feed.address import plain
from player.feed.fetch import PAGE_BYTES, PAGE_DEADLINE_S, AnsweredError, Fetcher, Response
from player.feed.item import Item, Page, Polled, Snapshot, Validators, Withdrawal
from player.feed.once import each_once, withdrawals_once

MAX_PAGES: Final = 1000  # the signed form's 200 items a page make 200,000; plain pages hold 5,000
MAX_ITEMS: Final = 1_000_000  # in one snapshot, which is held in memory, about 1 kB each


class Parse(Protocol):
    """A format's parser."""

    def __call__(self, body: bytes, *, url: str) -> Page:
        """Return the page that *body*, fetched from *url*, holds; raises FeedError."""
        ...


class BrokenFeedError(FeedError):
    """A later page cannot be believed. Nothing is confirmed; what earlier pages withdrew is withdrawn."""

    def __init__(self, message: str, withdrawn: tuple[Withdrawal, ...]) -> None:
        super().__init__(message)
        self.withdrawn = withdrawn


class BrokenWalkError(AnsweredError):
    """A later page could not be fetched. Nothing is confirmed; what earlier pages withdrew is withdrawn."""

    def __init__(self, message: str, withdrawn: tuple[Withdrawal, ...], *, status: int, retry_after_s: float | None) -> None:
        super().__init__(message, status=status, retry_after_s=retry_after_s)
        self.withdrawn = withdrawn


def withdrawn_before(error: WeRememberError) -> tuple[Withdrawal, ...]:
    """What a failed poll had explicitly withdrawn before it failed; to be acted on like any other withdrawal."""
    return error.withdrawn if isinstance(error, BrokenFeedError | BrokenWalkError) else ()


def poll(url: str, *, parse: Parse, fetcher: Fetcher, validators: Mapping[str, Validators]) -> Polled:
    """Ask the feed at *url* what it approves now.

    Args:
        url: The first page: an URL, or the absolute path of a local feed.
        parse: The format's parser.
        fetcher: The only thing here that touches the world.
        validators: Of every page of the last walk that was stored; empty when there was none.

    Raises:
        FeedError: A page cannot be believed, or the pages do not belong together.
        NetworkError: A page could not be fetched.
    """
    first: Response | None = None
    if url in validators and all(each.etag or each.last_modified for each in validators.values()):
        changed = _first_change(url, fetcher, validators)
        if changed is None:
            return Polled(None, dict(validators))
        if changed[0] == url:
            first = changed[1]
    return _Walk(url, parse, fetcher).polled(first)


def _first_change(url: str, fetcher: Fetcher, validators: Mapping[str, Validators]) -> tuple[str, Response] | None:
    """The first page that is not as it was; None when all are."""
    for page in (url, *(known for known in validators if known != url)):
        answer = _get(fetcher, page, validators[page])
        if not answer.is_unchanged:
            return page, answer
    return None


def _get(fetcher: Fetcher, url: str, validators: Validators | None = None) -> Response:
    return fetcher.get(url, limit_bytes=PAGE_BYTES, deadline_s=PAGE_DEADLINE_S, validators=validators)


class _Walk:
    """From the first page to the last, collecting."""

    def __init__(self, url: str, parse: Parse, fetcher: Fetcher) -> None:
        self._url = url
        self._parse = parse
        self._fetcher = fetcher
        self._pages: list[Page] = []
        self._validators: dict[str, Validators] = {}
        self._count = 0

    def polled(self, first: Response | None) -> Polled:
        """Walk, and join; *first* is the first page when it has just been fetched."""
        try:
            self._walk(first)
        except FeedError as error:
            if not self._withdrawn():
                raise
            raise BrokenFeedError(str(error), self._withdrawn()) from error
        except NetworkError as error:
            if not self._withdrawn():
                raise
            status, later = (error.status, error.retry_after_s) if isinstance(error, AnsweredError) else (0, None)
            raise BrokenWalkError(str(error), self._withdrawn(), status=status, retry_after_s=later) from error
        return Polled(self._snapshot(), self._validators)

    def _walk(self, first: Response | None) -> None:
        seen: set[str] = set()
        url: str | None = self._url
        answer = first
        while url is not None:
            if url in seen:
                raise FeedError(f"{plain(url)}: next_url leads back to a page that was read already")
            if len(seen) == MAX_PAGES:
                raise FeedError(f"{plain(self._url)}: more than {MAX_PAGES:,} pages")
            seen.add(url)
            answer = answer or _get(self._fetcher, url)
            page = self._parse(answer.body, url=answer.url or url)
            self._take(page, url)
            self._validators[url] = answer.validators
            url, answer = page.next_url, None

    def _take(self, page: Page, url: str) -> None:
        self._pages.append(page)
        self._count += len(page.items)
        if page.sequence is not None and page.sequence != self._pages[0].sequence:
            raise FeedError(f"{plain(url)}: of another publication than the first page; it is read anew at the next poll")
        if self._count > MAX_ITEMS:
            raise FeedError(f"{plain(self._url)}: more than {MAX_ITEMS:,} items")

    def _withdrawn(self) -> tuple[Withdrawal, ...]:
        return withdrawals_once(gone for page in self._pages for gone in page.withdrawn)

    def _snapshot(self) -> Snapshot:
        first, pages = self._pages[0], self._pages
        withdrawn = self._withdrawn()
        all_items: list[Item] = [item for page in pages for item in page.items]
        items, contradictions = each_once(all_items, withdrawn)
        wanted = [page.min_approvals for page in pages if page.min_approvals is not None]
        return Snapshot(
            items=items,
            withdrawn=withdrawn,
            discarded=(*(line for page in pages for line in page.discarded), *contradictions),
            complete=first.complete,
            sequence=first.sequence,
            lease_s=first.lease_s,
            min_approvals=max(wanted, default=None),
            halt=any(page.halt for page in pages),
            expired=any(page.expired for page in pages),
        )
