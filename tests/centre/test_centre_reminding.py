"""Withdrawals that the retained hint has no room for are told in turn, to those that are there and have not confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from player.centre import hinting, ledger
from player.centre.link import Message
from player.centre.reminding import EVERY, ROUND_EVERY, Reminding
from player.centre.signing import Signer
from player.centre.store import Store
from player.fleet import envelope, messages
from player.fleet.happenings import Receipt
from tests.fakes.acting import enrol
from tests.fakes.clock import OPENING, FakeClock

KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A centre's file with a player that is there."""
    with Store(tmp_path) as found:
        enrol(found, "a")
        with found.changing() as connection:
            connection.execute("UPDATE players SET state='online'")
        yield found


def withdraw(store: Store, count: int, *, named: str = "p-") -> list[int]:
    """Withdraw so many, and return their numbers."""
    found = [ledger.withdraw(store, source="*", item=f"{named}{n}", reason="", by="anna", at=OPENING) for n in range(count)]
    return [each.number for each in found]


def confirm(store: Store, *numbers: int) -> None:
    """Let the player have them off."""
    told = [
        ("a", Receipt(number=number, source="*", item="", known_at=1, off_at=1, gone_at=1, was_up=False, is_here=True))
        for number in numbers
    ]
    ledger.keep_receipts(store, told)


def numbers_of(said: tuple[Message, ...]) -> set[int]:
    """Return which withdrawals are told; never retained."""
    assert not any(each.is_retained for each in said)
    bodies = [envelope.opened(each.payload, each.topic, KEY.public_key()).body for each in said]
    return {each.number for body in bodies for each in messages.withdrawals(body)}


def test_the_older_ones_have_their_turns(store: Store) -> None:
    """All that the hint has no room for are told once a round, twenty at a time; and the next round is an hour later."""
    numbers = withdraw(store, 65)
    clock = FakeClock()
    reminding = Reminding(store, Signer(KEY, store, clock), clock)
    turns = list[set[int]]()
    for _ in range(10):
        turns.append(numbers_of(reminding.due()))
        assert reminding.due() == ()
        clock.advance(EVERY)
    retained = hinting.told(hinting.for_everybody(ledger.withdrawals(store)))
    assert set().union(*turns) == set(numbers) - retained
    assert sum(map(len, turns)) == len(numbers) - len(retained)
    clock.advance(ROUND_EVERY)
    assert numbers_of(reminding.due()) == turns[0]


def test_what_all_know_who_are_there_is_not_told(store: Store) -> None:
    """Nothing is said of what everybody has confirmed who is there, and nothing to those that are away."""
    numbers = withdraw(store, 40)
    confirm(store, *numbers[:-1], *numbers[-1:])
    clock = FakeClock()
    assert Reminding(store, Signer(KEY, store, clock), clock).due() == ()
    enrol(store, "away")
    assert Reminding(store, Signer(KEY, store, clock), clock).due() == ()


def test_long_names_have_a_turn_of_their_own(store: Store) -> None:
    """What has no room in one message comes with the next one; what has room nowhere keeps nobody else from it."""
    giant = ledger.withdraw(store, source="*", item="\N{ROCKET}" * 300, reason="", by="anna", at=OPENING).number
    numbers = withdraw(store, 20, named="\u05d0" * 290)
    withdraw(store, 20)
    clock = FakeClock()
    reminding = Reminding(store, Signer(KEY, store, clock), clock)
    told = set[int]()
    for _ in range(30):
        told |= numbers_of(reminding.due())
        clock.advance(EVERY)
    assert told >= set(numbers)
    assert giant not in told
