"""An account whose boosts are the approval: asked whole, listened to, and questioned about what vanished."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

from player.errors import NetworkError
from player.feed import mastodon, wire
from player.feed.trust import MODERATED, Policy
from player.ingest.asking import Answer, Before, SourceConfig
from player.ingest.curated import NETWORKS, CuratedAsker
from tests.fakes.clock import FakeClock
from tests.fakes.shelf import Shelf

PAYLOADS: Final = Path(__file__).parents[1] / "feed" / "payloads" / "mastodon"
PROFILE: Final = "https://mastodon.example/@organiser"
POLICY: Final = Policy(trust=MODERATED)


class Server:
    """A Mastodon server with the boosts of the payloads, in two pages."""

    def __init__(self) -> None:
        self.boosts: list[dict[str, Any]] = json.loads((PAYLOADS / "boosts.json").read_text("utf-8"))
        account = json.loads((PAYLOADS / "account.json").read_text("utf-8"))
        self.ask = mastodon.lookup_page(PROFILE) or ""
        self.first = mastodon.first_page(PROFILE, account["id"])
        self.pages: dict[str, Any] = {self.ask: account}
        self.shelf = Shelf(self.pages)
        self.serve(self.boosts)

    def serve(self, boosts: list[dict[str, Any]]) -> None:
        """List these, and nothing after them."""
        self.pages[self.first] = boosts
        page = mastodon.parse(json.dumps(boosts).encode(), url=self.first)
        assert page.next_url
        self.pages[page.next_url] = []

    def asker(self, streams: Streams | None = None) -> CuratedAsker:
        """Ask it."""
        source = SourceConfig("wall", "mastodon", PROFILE, 60, POLICY)
        return CuratedAsker(source, NETWORKS["mastodon"], self.shelf, FakeClock(), streams)

    def pictured(self) -> dict[str, Any]:
        """One boost that shows something."""
        shown = {item.id for item in mastodon.parse(json.dumps(self.boosts).encode(), url=self.first).items}
        return next(boost for boost in self.boosts if boost["reblog"] and boost["reblog"]["uri"] in shown)

    def answer_by_id(self, asker: CuratedAsker, *, exists: bool) -> None:
        """Answer what is asked of a post that vanished: the witness is there in any case."""
        post = self.pictured()["reblog"]
        (question,) = asker.network.questions({post["id"]: (post["uri"],)}, url=self.first, witness=self._witness(asker))
        others = [boost["reblog"] for boost in self.boosts if boost["reblog"]]
        self.pages[question.url] = [each for each in others if exists or each["id"] != post["id"]]

    def _witness(self, asker: CuratedAsker) -> str:
        del asker
        rest = [boost for boost in self.boosts if boost is not self.pictured()]
        return next(iter(mastodon.read(json.dumps(rest).encode(), url=self.first).posts))


class Streams:
    """What the account's stream brings, and then silence until the test is over."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.over = threading.Event()

    def stream(self, url: str, *, limits: wire.Limits) -> Generator[bytes]:
        """See ``HttpFetcher.stream``."""
        del limits
        assert url == "https://mastodon.example/api/v1/streaming/user"
        yield b""
        yield from self.pieces
        self.over.wait(10)


def asked(asker: CuratedAsker) -> Answer:
    """Ask once."""
    (answer,) = asker.ask(Before())
    return answer


def ids(answer: Answer) -> set[str]:
    """What was listed."""
    assert answer.polled is not None
    assert answer.polled.snapshot is not None
    return {item.id for item in answer.polled.snapshot.items}


def test_all_boosts_are_listed_each_time() -> None:
    """The profile is looked up once; the walk to its end is a complete list."""
    server = Server()
    asker = server.asker()

    first, again = asked(asker), asked(asker)

    assert server.pictured()["reblog"]["uri"] in ids(first) == ids(again)
    assert first.polled is not None
    assert first.polled.snapshot is not None
    assert first.polled.snapshot.complete
    assert server.shelf.requests.count(server.ask) == 1


@pytest.mark.parametrize("exists", [True, False])
def test_what_vanished_is_withdrawn_only_if_it_was_deleted(*, exists: bool) -> None:
    """A boost taken back hides its picture; a post that its author deleted is withdrawn for ever."""
    server = Server()
    asker = server.asker()
    asked(asker)
    server.answer_by_id(asker, exists=exists)
    uri = server.pictured()["reblog"]["uri"]

    server.serve([boost for boost in server.boosts if boost is not server.pictured()])
    answer = asked(asker)

    assert uri not in ids(answer)
    assert {gone.item for gone in answer.withdrawn} == (set() if exists else {uri})


def test_a_question_that_is_not_answered_costs_nothing() -> None:
    """What vanished is hidden in any case; the poll counts."""
    server = Server()
    asker = server.asker()
    asked(asker)

    server.serve([boost for boost in server.boosts if boost is not server.pictured()])
    answer = asked(asker)

    assert answer.error is None
    assert not answer.withdrawn


def test_a_server_that_is_away_is_part_of_the_answer() -> None:
    """And it is asked for its account again the next time."""
    server = Server()
    asker = server.asker()
    gone = server.pages.pop(server.ask)

    assert isinstance(asked(asker).error, NetworkError)

    server.pages[server.ask] = gone
    assert asked(asker).error is None


def test_a_deletion_is_heard_at_once() -> None:
    """The stream names the post by its server's number; its picture is withdrawn without waiting for a poll."""
    server = Server()
    post = server.pictured()["reblog"]
    streams = Streams(f"event: delete\ndata: {post['id']}\n\n".encode())
    asker = server.asker(streams)
    asked(asker)
    heard: list[Answer] = []
    hastened = threading.Semaphore(0)
    listener = asker.listener(heard.append, hastened.release)
    assert listener is not None

    with listener:
        assert hastened.acquire(timeout=10)  # the stream has begun
        assert hastened.acquire(timeout=10)  # the event was heeded
        streams.over.set()

    assert [gone.item for answer in heard for gone in answer.withdrawn] == [post["uri"]]
    assert not any(answer.is_last for answer in heard)


def test_without_a_key_nobody_listens() -> None:
    """Polling alone finds everything, later."""
    assert Server().asker().listener(lambda _: None, lambda: None) is None
