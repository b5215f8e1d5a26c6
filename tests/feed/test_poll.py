"""Polling: when it may say "unchanged", how pages become a snapshot, and that it never confirms too much."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from player.errors import FeedError, NetworkError, WeRememberError
from player.feed import jsonfeed
from player.feed.fetch import AnsweredError, Response
from player.feed.item import Polled, Snapshot, Status, Validators, Withdrawal
from player.feed.poll import BrokenFeedError, BrokenWalkError, poll, withdrawn_before
from tests.fakes.publisher import Fault, Publisher


def polled(publisher: Publisher, known: dict[str, Validators] | None = None) -> Polled:
    """One poll of *publisher*."""
    publisher.requests.clear()
    return poll(publisher.url, parse=jsonfeed.parse, fetcher=publisher, validators=known or {})


def snapshot(publisher: Publisher) -> Snapshot:
    """What an unconditional poll gives."""
    got = polled(publisher).snapshot
    assert got is not None
    return got


def wall(count: int = 5, page_size: int = 2) -> Publisher:
    """A publisher of *count* approved items, on pages."""
    publisher = Publisher(page_size=page_size)
    for number in range(count):
        publisher.add(f"p-{number}")
    return publisher


def test_pages_join_to_one_snapshot() -> None:
    """All pages of one publication are one snapshot, in order, with the first page's word on the whole."""
    publisher = wall()
    publisher.ours = {"lease_s": 600, "min_approvals": 2}
    publisher.withdraw("p-0")
    got = snapshot(publisher)

    assert [each.id for each in got.items] == ["p-1", "p-2", "p-3", "p-4"]
    assert got.withdrawn == (Withdrawal("p-0", "author", got.withdrawn[0].at),)
    assert (got.complete, got.sequence, got.lease_s, got.min_approvals) == (True, publisher.sequence, 600.0, 2)
    assert publisher.requests == ["/feed.json", "/feed-1.json"]


def test_unchanged_is_every_page_unchanged() -> None:
    """When each page of the last walk answers 304 there is no new snapshot, and the validators stay."""
    publisher = wall()
    first = polled(publisher)
    again = polled(publisher, first.validators)

    assert again == Polled(None, first.validators)
    assert publisher.requests == ["/feed.json", "/feed-1.json", "/feed-2.json"]


def test_one_changed_page_makes_all_anew() -> None:
    """A change on a later page alone is seen, and all pages are fetched again without conditions."""
    publisher = wall()
    publisher.sequence = None
    first = polled(publisher)
    publisher.edit("p-4", at="2027-01-21T00:00:00Z")
    again = polled(publisher, first.validators)

    assert again.snapshot is not None
    assert len(again.snapshot.items) == 5
    assert publisher.requests == ["/feed.json", "/feed-1.json", "/feed-2.json"] * 2


def test_a_changed_first_page_is_not_fetched_twice() -> None:
    """The answer that showed the change begins the walk."""
    publisher = wall()
    first = polled(publisher)
    publisher.add("p-5")
    again = polled(publisher, first.validators)

    assert again.snapshot is not None
    assert len(again.snapshot.items) == 6
    assert publisher.requests == ["/feed.json", "/feed-1.json", "/feed-2.json"]


@pytest.mark.parametrize("lost", ["the first", "a later"])
def test_without_all_validators_nothing_is_unchanged(lost: str) -> None:
    """A page that gave no validators is never taken for unchanged."""
    publisher = wall()
    known = polled(publisher).validators
    key = publisher.url if lost == "the first" else f"{publisher.base}/feed-2.json"
    for less in ({**known, key: Validators()}, {each: value for each, value in known.items() if each != publisher.url}):
        assert polled(publisher, less).snapshot is not None


def test_next_url_must_not_repeat() -> None:
    """Pages that lead in a circle are no feed."""
    publisher = wall()
    publisher.misbehave(Fault.NEXT_LOOP, path="/anything")
    with pytest.raises(FeedError, match="read already"):
        polled(publisher)


def test_pages_without_end_are_no_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of pages and of items is bounded."""
    monkeypatch.setattr("player.feed.poll.MAX_PAGES", 2)
    with pytest.raises(FeedError, match="more than 2 pages"):
        polled(wall())
    monkeypatch.setattr("player.feed.poll.MAX_ITEMS", 3)
    with pytest.raises(FeedError, match="more than 3 items"):
        polled(wall())


class Meddling:
    """A fetcher that does something between two requests."""

    def __init__(self, publisher: Publisher, after: int, deed: Any) -> None:
        self.publisher = publisher
        self.after = after
        self.deed = deed

    def get(self, url: str, **how: Any) -> Response:
        """Get, and do the deed in time."""
        if len(self.publisher.requests) == self.after:
            self.deed()
        return self.publisher.get(url, **how)


def test_a_publication_that_changes_meanwhile_confirms_nothing() -> None:
    """Pages of two publications do not make a snapshot; the next poll does."""
    publisher = wall()
    meddling = Meddling(publisher, 1, lambda: publisher.remove("p-0"))
    publisher.requests.clear()
    with pytest.raises(FeedError, match="another publication"):
        poll(publisher.url, parse=jsonfeed.parse, fetcher=meddling, validators={})
    assert len(snapshot(publisher).items) == 4


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.TOO_MANY, Fault.OFFLINE, Fault.UNAUTHORISED])
def test_a_broken_walk_confirms_nothing_but_still_withdraws(fault: Fault) -> None:
    """When a later page fails there is no snapshot, yet what the first page withdrew is handed on."""
    publisher = wall()
    publisher.withdraw("p-0")
    publisher.misbehave(fault, path="/feed-1.json")
    with pytest.raises((BrokenFeedError, BrokenWalkError)) as caught:
        polled(publisher)

    assert [gone.item for gone in withdrawn_before(caught.value)] == ["p-0"]
    assert isinstance(caught.value, FeedError if fault is Fault.HTML else NetworkError)
    if fault is Fault.TOO_MANY:
        assert isinstance(caught.value, AnsweredError)
        assert caught.value.retry_after_s == 120.0


@pytest.mark.parametrize(
    ("fault", "error"), [(Fault.HTML, FeedError), (Fault.UNAUTHORISED, AnsweredError), (Fault.DRIP, NetworkError)]
)
def test_a_bad_first_page_confirms_nothing(fault: Fault, error: type[WeRememberError]) -> None:
    """401, HTML and silence are errors, also when the feed was known, and never "unchanged"."""
    publisher = wall()
    known = polled(publisher).validators
    publisher.misbehave(fault)
    for validators in ({}, known):
        with pytest.raises(error) as caught:
            polled(publisher, validators)
        assert withdrawn_before(caught.value) == ()


def test_halt_on_any_page_halts() -> None:
    """A halt, or the end of the feed, said on any page counts."""
    publisher = wall()
    plain = jsonfeed.parse

    def halting(body: bytes, *, url: str) -> Any:
        page = plain(body, url=url)
        return replace(page, halt=True, expired=True, min_approvals=3) if url.endswith("-2.json") else page

    got = poll(publisher.url, parse=halting, fetcher=publisher, validators={}).snapshot

    assert got is not None
    assert (got.halt, got.expired, got.min_approvals) == (True, True, 3)


def test_withdrawn_on_one_page_beats_approved_on_another() -> None:
    """Withdrawals count for all pages."""
    publisher = wall()
    publisher.withdrawn.append({"id": "p-4"})
    got = snapshot(publisher)

    assert {each.id: each.status for each in got.items}["p-4"] is Status.WITHDRAWN


def test_twins_on_two_pages_that_disagree_are_not_approved() -> None:
    """An id that two pages describe differently counts as not approved, with a line."""
    publisher = wall()
    publisher.items["twin"] = {**publisher.items["p-0"], "content_text": "another"}
    got = snapshot(publisher)

    assert len(got.items) == 5
    assert got.items[0].status is Status.UNKNOWN
    assert any("listed twice" in line for line in got.discarded)
