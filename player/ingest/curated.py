"""Asking an account whose boosts or reposts are the approval: all of them each time, and what became of those that vanished.

Where the server tells what happens as it happens, it is listened to as well. That only hastens: polling stays the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from player import log
from player.clock import Clock
from player.errors import WeRememberError
from player.feed import bluesky, mastodon
from player.feed.fetch import PAGE_BYTES, PAGE_DEADLINE_S, Fetcher
from player.feed.item import Withdrawal
from player.feed.listening import Listener, Streams
from player.feed.poll import poll
from player.feed.roll import Posts, Question, Reads, Walker
from player.feed.streaming import Event
from player.ingest.asking import Answer, Before, SourceConfig, within_the_seam

_log = log.get("ingest")


class Network(Protocol):
    """What one network's adapter offers."""

    def read(self) -> Reads:
        """Return what reads its pages."""
        ...

    def first_page(self, url: str, get: Callable[[str], bytes]) -> str:
        """Return where the newest are, of the address as configured; *get* asks the server."""
        ...

    def questions(self, vanished: Posts, *, url: str, witness: str) -> tuple[Question, ...]:
        """Return what to ask of what is listed no more."""
        ...

    def missing(self, body: bytes, question: Question) -> tuple[Withdrawal, ...]:
        """Return withdrawals of what the answer lacks."""
        ...


class Mastodon:
    """See ``feed.mastodon``."""

    def read(self) -> Reads:
        """See ``Network``."""
        return mastodon.read

    def first_page(self, url: str, get: Callable[[str], bytes]) -> str:
        """See ``Network``: a profile's account has a number that must be asked for."""
        ask = mastodon.lookup_page(url)
        return mastodon.first_page(url, mastodon.account_of(get(ask), url=ask) if ask else None)

    def questions(self, vanished: Posts, *, url: str, witness: str) -> tuple[Question, ...]:
        """See ``Network``."""
        return mastodon.questions(vanished, url=url, witness=witness)

    def missing(self, body: bytes, question: Question) -> tuple[Withdrawal, ...]:
        """See ``Network``."""
        return mastodon.missing_by_id(body, question)


class Bluesky:
    """See ``feed.bluesky``."""

    def read(self) -> Reads:
        """See ``Network``."""
        return bluesky.read

    def first_page(self, url: str, get: Callable[[str], bytes]) -> str:
        """See ``Network``."""
        del get
        return bluesky.first_page(url)

    def questions(self, vanished: Posts, *, url: str, witness: str) -> tuple[Question, ...]:
        """See ``Network``."""
        return bluesky.questions(vanished, url=url, witness=witness)

    def missing(self, body: bytes, question: Question) -> tuple[Withdrawal, ...]:
        """See ``Network``."""
        return bluesky.missing_by_id(body, question)


NETWORKS: Final[dict[str, Network]] = {"mastodon": Mastodon(), "bluesky": Bluesky()}


@dataclass(slots=True)
class CuratedAsker:
    """Asks one account again and again."""

    source: SourceConfig
    network: Network
    fetcher: Fetcher
    clock: Clock
    streams: Streams | None = None
    """Opens the account's stream, where there is one and we have the key to it."""
    _walker: Walker = field(init=False)
    _first: str = ""

    def __post_init__(self) -> None:
        self._walker = Walker(self.network.read())

    def ask(self, before: Before) -> Iterator[Answer]:
        """See ``Asks``."""
        return within_the_seam(self.source, self._ask(before))

    def took(self, answer: Answer) -> None:
        """Nothing is kept for it."""

    def forget(self) -> None:
        """Each asking reads everything, or is told by its validators what it need not."""

    def listener(self, heard: Callable[[Answer], None], hasten: Callable[[], None]) -> Listener | None:
        """Return what listens to the account's stream, if it has one."""
        if self.streams is None:
            return None

        def tell(event: Event) -> None:
            news = mastodon.heed(event, roll=self._walker.roll, account=self._account())
            if news.withdrawn:
                heard(Answer(self.source, withdrawn=news.withdrawn, is_last=False))
            if news.is_reason_to_poll:
                hasten()

        url = mastodon.stream_page(self.source.url)
        return Listener(self.source.name, url, web=self.streams, clock=self.clock, tell=tell, begun=hasten)

    def _ask(self, before: Before) -> Iterator[Answer]:
        self._first = self._first or self.network.first_page(self.source.url, self._get)
        polled = poll(self._first, parse=self._walker, fetcher=self.fetcher, validators=before.validators)
        yield Answer(self.source, polled, withdrawn=self._vanished() if polled.snapshot else ())

    def _account(self) -> str:
        """Whose boosts these are; nobody's before the first page was asked for."""
        return mastodon.account_in(self._first) if self._first else ""

    def _vanished(self) -> tuple[Withdrawal, ...]:
        """Ask what became of posts that are listed no more: those that were deleted are withdrawn, the others only hidden."""
        roll = self._walker.roll
        witness = next(iter(roll.posts), None)
        if not roll.vanished or witness is None:
            return ()
        found: list[Withdrawal] = []
        for question in self.network.questions(roll.vanished, url=self._first, witness=witness):
            try:
                found += self.network.missing(self._get(question.url), question)
            except WeRememberError as error:  # they are hidden in any case
                _log.info("could not ask what became of posts that vanished", source=self.source.name, why=str(error))
        return tuple(found)

    def _get(self, url: str) -> bytes:
        return self.fetcher.get(url, limit_bytes=PAGE_BYTES, deadline_s=PAGE_DEADLINE_S).body
