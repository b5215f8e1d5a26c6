"""What the centre says, obeyed: withdrawals at once and whatever happens, fetches spread out, programmes written down."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from player.errors import LibraryError
from player.fleet import messages, obeying, topics
from player.fleet.connection import Incoming
from player.fleet.envelope import seal
from player.fleet.messages import Coming, Desired, Hint, Release, Withdrawn
from player.fleet.obeying import COMPLAIN_EVERY, MAX_OWED, RECORD, RETRY, Obeying
from player.fleet.orders import Orders
from player.fleet.outgoing import Sealing
from player.fleet.topics import Kind
from player.library import programmes
from player.library.library import Library
from player.units import MILLISECOND, SECOND, Nanos
from tests.library.shelf import Shelf, item

KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER: Final = Ed25519PrivateKey.from_private_bytes(bytes(32))
ID: Final = "oswiecim-1"
HASH: Final = "0123456789abcdef" * 4
GROUP: Final = topics.group_hint("memorial")
COMMIT: Final = topics.commit("memorial")


class Player:
    """A player that hears the centre."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.clock = shelf.clock
        self.is_open = True
        self.receipts: list[tuple[int, str, str, Nanos]] = []
        self.seq = 0
        self.begin()

    def begin(self, key: Ed25519PrivateKey | None = KEY) -> None:
        """Begin anew, as after a restart of the process."""
        folder = self.shelf.library.folder
        sealing = Sealing(ID, "0123abcd", self.clock)
        self.obeying = Obeying(
            ID,
            ("memorial",),
            key=key.public_key() if key else None,
            opened=self.opened,
            orders=Orders(self.opened, sealing, folder=folder, clock=self.clock, look=lambda: None),
            obeyed=self.owe,
            feed="wall",
            folder=folder,
            clock=self.clock,
        )

    def owe(self, number: int, source: str, item: str, at: Nanos) -> None:
        """Note for which withdrawal receipts are owed."""
        self.receipts.append((number, source, item, at))

    def opened(self) -> Library:
        """Return the library, unless it cannot be opened."""
        if not self.is_open:
            raise LibraryError("the disk does not answer")
        return self.shelf.library

    def hear(
        self, topic: str, body: Any, *, seq: int | None = None, ts: int | None = None, key: Ed25519PrivateKey = KEY
    ) -> bytes:
        """Let something come from the centre, and whatever follows of it at once."""
        self.seq = self.seq + 1 if seq is None else seq
        now = self.clock.wall() // MILLISECOND
        payload = seal(body, to=topic, seq=self.seq, ts=now if ts is None else ts, key=key)
        self.bytes(topic, payload)
        return payload

    def bytes(self, topic: str, payload: bytes) -> None:
        """Let something come."""
        self.obeying.hear(Incoming(topic, payload), self.clock.monotonic())
        self.obeying.step(self.clock.monotonic())

    def passes(self, length: Nanos) -> None:
        """Let time pass."""
        self.clock.advance(length)
        self.obeying.step(self.clock.monotonic())

    @property
    def withdrawn(self) -> set[tuple[str, str]]:
        """What is withdrawn here."""
        return {(each.source, each.item) for each in self.shelf.library.orders.tombstones()}

    @property
    def fetches(self) -> list[dict[str, str]]:
        """What ingest was asked for, and has not answered."""
        return [each.arguments for each in self.shelf.library.orders.waiting("ingest") if each.verb == "fetch"]

    def answer_fetches(self) -> None:
        """Let ingest have done it."""
        for each in self.shelf.library.orders.waiting("ingest"):
            self.shelf.library.orders.answer(each.id, "asked soon", at=self.clock.wall())


@pytest.fixture
def player(tmp_path: Path) -> Generator[Player]:
    """One with a photo, of which another source has the same bytes."""
    made = Shelf(tmp_path / "data", "wall", "other")
    made.show("wall", ("a", b"a"), ("b", b"b"))
    made.publish(("twin", b"a"))
    made.take_in("other", item("twin"))
    made.prepare()
    yield Player(made)
    made.close()


def _hint(*numbers: int, item: str = "a", source: str = "*", **rest: Any) -> Any:
    withdrawn = tuple(Withdrawn(number=n, item=item, at=1_800_000_000_000, source=source) for n in numbers)
    told: dict[str, Any] = {"spread_s": 60, "withdrawn": withdrawn} | rest
    return Hint(**told).body()


def test_a_withdrawal_is_obeyed_at_once(player: Player) -> None:
    """Before any fetch it is on record, with its bytes, so that the same picture in another source goes as well."""
    player.hear(topics.ALL_HINT, _hint(7))

    assert player.withdrawn == {("*", "a")}
    assert player.shelf.library.orders.withdrawn_bytes([hashlib.sha256(b"a").hexdigest()])
    (told,) = player.receipts
    assert told[:3] == (7, "*", "a")


@pytest.mark.parametrize("by_ms", [-3_600_000, 3_600_000, -(10**11)])
def test_a_withdrawal_counts_whatever_the_clock_says(player: Player, by_ms: int) -> None:
    """An hour off, or years: harm runs one way."""
    player.hear(topics.ALL_HINT, _hint(7), ts=player.clock.wall() // MILLISECOND + by_ms)

    assert player.withdrawn == {("*", "a")}


def test_a_withdrawal_counts_however_old_its_hint_is(player: Player) -> None:
    """Reordered, replayed: what it withdraws is withdrawn, and told again nothing more happens."""
    player.hear(topics.ALL_HINT, _hint(8, item="b"), seq=100)
    old = player.hear(topics.ALL_HINT, _hint(7), seq=5)
    player.bytes(topics.ALL_HINT, old)

    assert player.withdrawn == {("*", "a"), ("*", "b")}
    assert [number for number, *_ in player.receipts] == [8, 7]


def test_what_was_taken_back_is_not_withdrawn_again_by_a_retained_hint(player: Player) -> None:
    """A person reinstates; the same hint, delivered again after a restart, is the same withdrawal and counts no more."""
    payload = player.hear(topics.ALL_HINT, _hint(7))
    player.shelf.library.orders.lift("*", "a", None, by="Ewa", at=player.clock.wall())

    player.begin()
    player.bytes(topics.ALL_HINT, payload)

    assert player.withdrawn == set()


def test_a_strange_hint_still_withdraws(player: Player) -> None:
    """Whatever else is wrong in it."""
    body = _hint(7) | {"spread": "soon", "next": 5}

    player.hear(topics.ALL_HINT, body)

    assert player.withdrawn == {("*", "a")}


def test_a_withdrawal_waits_for_a_library_that_cannot_be_written(player: Player, caplog: pytest.LogCaptureFixture) -> None:
    """It is tried again until it is on record; said once."""
    player.is_open = False
    player.hear(topics.ALL_HINT, _hint(7))
    for _ in range(5):
        player.passes(RETRY)
    assert player.receipts == []

    player.is_open = True
    player.passes(RETRY)

    assert player.withdrawn == {("*", "a")}
    assert caplog.text.count("cannot be written down") == 1


def test_what_waits_is_bounded(player: Player) -> None:
    """However many hints come while nothing can be written."""
    player.is_open = False
    for first in range(0, MAX_OWED + 100, 20):
        player.hear(topics.ALL_HINT, _hint(*range(first, first + 20)))

    assert len(player.obeying._owed) == MAX_OWED  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    "topic", ["wr/1/g/east/hint", "wr/1/p/krakow-1/cmd/dark", "wr/1/p/oswiecim-1/report", "x", "wr/1/all/hint"]
)
def test_nobody_else_is_obeyed(player: Player, topic: str) -> None:
    """Another key, another player's topic, another group's, one that is none."""
    key = OTHER if topic == topics.ALL_HINT else KEY

    player.hear(topic, _hint(7), key=key)

    assert player.withdrawn == set()


def test_without_a_key_nobody_is_obeyed(player: Player) -> None:
    """A player that is told of no centre only tells."""
    player.begin(key=None)

    player.hear(topics.ALL_HINT, _hint(7))

    assert player.withdrawn == set()


def test_garbage_is_said_once_in_a_while(player: Player, caplog: pytest.LogCaptureFixture) -> None:
    """A thousand messages that are not the centre's are one line; ten minutes later one more."""
    for number in range(1000):
        player.bytes(topics.ALL_HINT, b"[" * number)
    assert caplog.text.count("not as the centre's are") == 1

    player.passes(COMPLAIN_EVERY)
    player.bytes(topics.ALL_HINT, b"x")

    assert caplog.text.count("not as the centre's are") == 2


def test_a_hint_has_the_feed_fetched_within_its_spread(player: Player) -> None:
    """Once for each version of the feed, not before its turn, and not again when the hint comes again."""
    payload = player.hear(topics.ALL_HINT, _hint(feed=8))
    assert player.fetches == []

    player.passes(61 * SECOND)
    assert player.fetches == [{"source": "wall"}]
    player.bytes(topics.ALL_HINT, payload)
    player.hear(topics.ALL_HINT, _hint(feed=9))
    player.passes(61 * SECOND)

    assert player.fetches == [{"source": "wall"}]  # ingest has not answered: one is enough


def test_a_withdrawal_has_the_feed_fetched_that_confirms_it(player: Player) -> None:
    """Spread out, and only where it was news: told again to a process that has begun anew, nothing is fetched."""
    payload = player.hear(topics.ALL_HINT, _hint(7))
    assert player.fetches == []
    player.passes(61 * SECOND)
    assert player.fetches == [{"source": "wall"}]
    player.answer_fetches()

    player.begin()
    player.bytes(topics.ALL_HINT, payload)
    player.passes(61 * SECOND)

    assert player.fetches == []


def test_a_programme_is_announced_and_committed(player: Player) -> None:
    """A group's hint announces what is to be fetched; its commit says from when on it counts."""
    activate_at = player.clock.wall() // MILLISECOND + 900_000
    release = Release("b", HASH, activate_at)

    player.hear(GROUP, _hint(coming=Coming(release, 5000)))
    (known,) = programmes.every(player.shelf.library.connection)
    assert (known.group, known.hash, known.size, known.is_committed) == ("memorial", HASH, 5000, False)

    player.hear(COMMIT, release.body())
    (known,) = programmes.every(player.shelf.library.connection)
    assert known.is_committed
    assert known.activate_at == activate_at * MILLISECOND


def test_what_is_taken_back_is_forgotten(player: Player) -> None:
    """Announced and never committed, it is not waited for any more; what is committed stays, and an old hint changes nothing."""
    soon = player.clock.wall() // MILLISECOND + 900_000
    on, given_up = Release("a", HASH[::-1], soon), Release("b", HASH, soon + 60_000)
    player.hear(COMMIT, on.body())
    announced = player.hear(GROUP, _hint(coming=Coming(given_up, 5000)))
    assert len(programmes.every(player.shelf.library.connection)) == 2

    player.hear(GROUP, Hint(60, is_nothing_coming=True).body())
    player.bytes(GROUP, announced)

    (known,) = programmes.every(player.shelf.library.connection)
    assert known.version == "a"
    assert not player.obeying.is_bereft()


def test_with_nothing_left_nothing_is_lost(player: Player) -> None:
    """A player whose only programme was taken back does not take its library for a new one."""
    player.hear(GROUP, _hint(coming=Coming(Release("b", HASH, player.clock.wall() // MILLISECOND + 900_000), 5000)))
    player.hear(GROUP, Hint(60, is_nothing_coming=True).body())

    assert programmes.every(player.shelf.library.connection) == ()
    assert not player.obeying.is_bereft()


def test_an_older_commit_counts_no_more(player: Player) -> None:
    """Replayed after a newer one, and after a restart: its number is lower, and nothing happens."""
    soon = player.clock.wall() // MILLISECOND + 900_000
    old = player.hear(COMMIT, Release("a", HASH[::-1], soon).body())
    player.hear(COMMIT, Release("b", HASH, soon).body())

    player.begin()
    player.bytes(COMMIT, old)

    committed = [each.version for each in programmes.every(player.shelf.library.connection) if each.is_committed]
    assert committed == ["b"]


def test_what_is_desired_is_kept_over_a_restart(player: Player) -> None:
    """How many players there are is known before the broker is heard again; an older word does not undo a newer one.

    Which groups it is in, and which share is its own, its configuration says alone.
    """
    topic = topics.of_player(ID, Kind.DESIRED)
    old = player.hear(topic, Desired(players=1).body())
    player.hear(topic, Desired(players=10_000, report_s=60).body() | {"groups": ["east"], "share": "2/5"})

    player.begin()
    player.bytes(topic, old)

    assert player.obeying.desired == Desired(players=10_000, report_s=60)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"seq":1}', b'{"seq":1,"desired":{"players":-1}}', b'{"seq":"x","desired":5}']
)
def test_a_record_of_what_is_desired_that_cannot_be_read(player: Player, content: bytes) -> None:
    """Is as if there were none."""
    (player.shelf.library.folder / RECORD).write_bytes(content)

    player.begin()

    assert player.obeying.desired == Desired()


def test_the_reason_for_a_withdrawal_is_the_centres(player: Player) -> None:
    """It stands in the journal, with who did it."""
    told = Withdrawn(number=3, item="b", at=1_800_000_000_000, source="wall", reason="by the family")
    player.hear(topics.ALL_HINT, Hint(1, withdrawn=(told, Withdrawn(number=4, item="a", at=5))).body())

    reasons = {each.item: each.reason for each in player.shelf.library.orders.tombstones()}
    assert reasons == {"b": "by the family", "a": obeying.REASON}
    assert ("wall", "b") in player.withdrawn
    assert messages.MAX_REASON == 80
