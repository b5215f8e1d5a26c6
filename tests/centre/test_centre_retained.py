"""What the broker keeps never goes back to something older, and what somebody could not say is said by the collector."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from player.centre import hinting, ledger, relearning, releasing, withdrawing
from player.centre.addressees import Member
from player.centre.collecting import link_of
from player.centre.keeping import LOOK_EVERY, Keeper
from player.centre.ledger import Release, Withdrawal
from player.centre.link import Link, Message
from player.centre.listening import Line
from player.centre.signing import Signer
from player.centre.store import Store
from player.errors import NetworkError
from player.fleet import envelope, messages, topics
from player.show.instep import Measure
from player.units import SECOND
from tests.fakes.acting import enrol
from tests.fakes.broker import needs_mosquitto, until
from tests.fakes.centre import running
from tests.fakes.clock import OPENING, FakeClock

KEY = Ed25519PrivateKey.generate()
COMMIT = topics.commit("memorial")


@dataclass
class Broker:
    """A broker as the collector's connection has it: what is retained there, and whether it answers."""

    retained: dict[str, bytes] = field(default_factory=dict[str, bytes])
    came: list[bytes] = field(default_factory=list[bytes])
    said: int = 0
    is_listening: bool = True
    is_connected: bool = True
    connections: int = 1
    forgotten: int = 1
    breaks: bool = False

    def publish_all(self, said: Iterable[Message], *, patience_s: float = 5.0) -> None:
        """Keep what is to be kept."""
        del patience_s
        found = list(said)
        if self.breaks:
            raise NetworkError("gone")
        self.said += len(found)
        self.retained |= {each.topic: each.payload for each in found if each.is_retained}
        self.came += [each.payload for each in found if each.is_retained and each.topic == topics.ALL_HINT]

    def kept(self) -> list[bytes]:
        """Return what came."""
        found, self.came = self.came, []
        return found

    @property
    def items(self) -> list[str]:
        """What the hint for all withdraws."""
        opened = envelope.opened(self.retained[topics.ALL_HINT], topics.ALL_HINT, KEY.public_key())
        return [each.item for each in messages.withdrawals(opened.body)]


class Centre:
    """A ledger, a collector's keeper, and its broker."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock, self.broker = store, FakeClock(), Broker()
        self.signer = Signer(KEY, store, self.clock)
        self.keeper = self.again()

    def again(self) -> Keeper:
        """Return the keeper of a collector that has just begun."""
        return Keeper(self.store, cast("Link", self.broker), self.signer, self.clock, players=2)

    def withdraw(self, item: str) -> Withdrawal:
        """Write down a withdrawal, and tell nobody."""
        return withdrawing.record(self.store, ("*", item), reason="", by="anna", at=self.clock.wall())

    def later(self, times: int = 1) -> None:
        """Let some seconds pass."""
        for _ in range(times):
            self.clock.advance(LOOK_EVERY)
            self.keeper.step()


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """One with a player."""
    with Store(tmp_path) as store:
        enrol(store, "a")
        yield Centre(store)


def test_what_was_under_way_does_not_go_over_what_is_newer(centre: Centre) -> None:
    """A line that breaks amid it: what is said at the next connection is what stands in the file then."""
    centre.withdraw("x")
    centre.broker.breaks = True
    centre.keeper.step()
    centre.withdraw("y")
    centre.broker.connections, centre.broker.breaks = 2, False
    centre.keeper.step()
    centre.later(3)
    assert centre.broker.items == ["x", "y"]


def test_what_a_command_could_not_say_is_said_within_seconds(centre: Centre) -> None:
    """The collector's line is up: what somebody wrote down and could not publish goes out without a new connection."""
    centre.keeper.step()
    centre.withdraw("x")
    centre.later()
    assert centre.broker.items == ["x"]
    before = centre.broker.said
    centre.later(5)
    assert centre.broker.said == before, "it is said once"


def test_an_older_hint_that_somebody_said_last_is_mended(centre: Centre) -> None:
    """Whoever publishes what was read before another one withdrew is corrected, however often; a strange one likewise."""
    old = centre.signer.hint(hinting.for_everybody([centre.withdraw("x")]))
    centre.withdraw("y")
    centre.keeper.step()
    for stale in (old, old, Message(topics.ALL_HINT, b"what is this", is_retained=True)):
        centre.later()
        centre.broker.publish_all([stale])
        centre.later()
        assert centre.broker.items == ["x", "y"]


def test_a_broker_that_answers_nothing_is_not_told_for_ever(centre: Centre) -> None:
    """Where nobody hears what is kept it is said once."""
    centre.broker.came.append(b"")
    centre.withdraw("x")
    centre.keeper.step()
    centre.broker.came.clear()
    before = centre.broker.said
    centre.later(5)
    assert centre.broker.said == before


def test_a_commit_that_could_not_be_said_is_said_and_not_taken_back(centre: Centre) -> None:
    """What is in force for a group is what the file has, also when the line broke while the one before was said."""
    one = Release("memorial", "1", "aa" * 32, OPENING + 3600 * SECOND, OPENING, OPENING)
    two = Release("memorial", "2", "bb" * 32, OPENING + 7200 * SECOND, OPENING, OPENING)
    for each in (one, two):
        releasing.keep_facts(centre.store, each.hash, Measure((0,), (1,), (0,)), 99)
    ledger.release(centre.store, one)
    centre.broker.breaks = True
    centre.keeper.step()
    ledger.release(centre.store, two)
    centre.broker.breaks = False
    centre.later(3)
    said = envelope.opened(centre.broker.retained[COMMIT], COMMIT, KEY.public_key())
    assert messages.commit(said.body).version == "2"


def test_two_people_withdraw_at_once(centre: Centre) -> None:
    """Whoever read the file first and speaks last tells both."""
    mine, others = centre.withdraw("x"), list[Withdrawal]()

    class Slow(Broker):
        def publish_all(self, said: Iterable[Message], *, patience_s: float = 5.0) -> None:
            """Say it when another one's whole command is over."""
            if not others:
                others.append(centre.withdraw("y"))
                withdrawing.announce(others, centre.signer, cast("Line", centre.broker))
            centre.broker.publish_all(said, patience_s=patience_s)

    withdrawing.announce([mine], centre.signer, cast("Line", Slow()))
    assert sorted(centre.broker.items) == ["x", "y"]


def test_a_ledger_from_last_week_takes_back_what_was_withdrawn_since(centre: Centre, tmp_path: Path) -> None:
    """Restored from a backup, the centre learns from the broker and goes on telling; of what others signed it learns nothing."""
    (tmp_path / "old").mkdir()
    with Store(tmp_path / "old") as store:
        restored = Centre(store)
        hint = centre.signer.hint(hinting.for_everybody([centre.withdraw("x"), centre.withdraw("y")]))
        theirs = Signer(Ed25519PrivateKey.generate(), store, centre.clock)
        forged = theirs.hint(hinting.for_everybody([centre.withdraw("forged")]))
        restored.clock.advance(SECOND)
        restored.withdraw("z")
        restored.broker.publish_all([forged, hint])
        restored.keeper.step()
        restored.later(3)
        assert {each.item for each in ledger.withdrawals(store)} == {"x", "y", "z"}
        assert set(restored.broker.items) == {"x", "y", "z"}
        assert {each.by for each in ledger.withdrawals(store)} == {"anna", relearning.BY}
        restored.again().step()
        assert len(ledger.withdrawals(store)) == len({"x", "y", "z"})


def test_whoever_was_enrolled_since_is_told_the_older_ones(centre: Centre) -> None:
    """What the hint has no room for any more is told in turn to a new player that is there, and stays nowhere."""
    items = {f"p-{n}" for n in range(messages.MAX_WITHDRAWN + 10)}
    for item in sorted(items):
        centre.withdraw(item)
    with centre.store.changing() as connection:
        connection.execute("UPDATE players SET state='online'")
    told = set[str]()

    class Hearing(Broker):
        def publish_all(self, said: Iterable[Message], *, patience_s: float = 5.0) -> None:
            """Hear what is said to all."""
            found = list(said)
            for each in found:
                if each.topic == topics.ALL_HINT:
                    opened = envelope.opened(each.payload, each.topic, KEY.public_key())
                    told.update(one.item for one in messages.withdrawals(opened.body))
            super().publish_all(found, patience_s=patience_s)

    centre.broker = Hearing()
    centre.keeper = centre.again()
    centre.keeper.step()
    kept = centre.broker.items
    centre.later(3)
    assert told == items
    assert centre.broker.items == kept


@needs_mosquitto
def test_a_real_broker_says_what_it_keeps(tmp_path: Path) -> None:
    """An older hint that somebody publishes is heard, and mended; what is said and not kept is no reason to."""
    with running(tmp_path) as (office, _), Store(office.folder) as store:
        clock = FakeClock()
        signer = Signer(office.signing_key(), store, clock)
        old = signer.hint(hinting.for_everybody([withdrawing.record(store, ("*", "x"), reason="", by="me", at=OPENING)]))
        withdrawing.record(store, ("*", "y"), reason="", by="me", at=OPENING)
        with link_of(office).open() as link, office.link("centre-test", topics=(topics.ALL_HINT,)).open() as other:
            keeper = Keeper(store, link, signer, clock, players=2)
            keeper.step()
            other.publish(replace(old, is_retained=False))
            other.publish(old)

            def is_mended() -> bool:
                clock.advance(LOOK_EVERY)
                keeper.step()
                said.extend(each.payload for each in other.take(10, 0.1))
                return len(said) >= len(("at first", "in passing", "old", "mended"))

            said = list[bytes]()
            until(is_mended, "the newest again")
            with office.link("centre-late", topics=(topics.ALL_HINT,)).open() as late:
                last = late.take(1, 5)[0]
        opened = envelope.opened(last.payload, last.topic, office.signing_key().public_key())
        assert [each.item for each in messages.withdrawals(opened.body)] == ["x", "y"]


def test_whoever_hears_no_hint_of_it_is_said_to_have_no_other_way() -> None:
    """One that is there and does not answer what the hint has no room for: by the feed, or in its turn."""
    taken = Withdrawal(1, "*", "p-17", "", OPENING, "anna")
    there = [Member("a", state="online")]
    for is_retained in (True, False):
        (waiting,) = withdrawing.progress(taken, there, {}, OPENING, is_retained=is_retained).waiting
        assert waiting.is_online
        assert (withdrawing.FED in waiting.why) != is_retained
