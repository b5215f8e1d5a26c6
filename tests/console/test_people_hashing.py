"""Argon2 within bounds: what it costs, how many at once, and that a name that there is not costs the same."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from player.console.people import hashing
from player.console.people.hashing import AT_ONCE, COST, MAX_OF_ONE, MAX_WAITING, BusyError, Cost, Hashing
from tests.fakes.people import CHEAP, HOME


@pytest.fixture
def cheap() -> Generator[Hashing]:
    """Hashing that costs nothing."""
    made = Hashing(CHEAP)
    yield made
    made.close()


def test_a_password_is_known_again(cheap: Hashing) -> None:
    """It alone, and never twice as the same text."""
    kept = cheap.new(b"one", by=HOME)
    assert cheap.check(kept, b"one", by=HOME)
    assert not cheap.check(kept, b"two", by=HOME)
    assert cheap.new(b"one", by=HOME) != kept


def test_it_is_argon2id_as_it_should_be() -> None:
    """19 MiB, four passes, one thread, a salt and a hash as RFC 9106 wants them; one at a time fits the console's memory."""
    dear = Hashing()
    found = extract_parameters(dear.new(b"one", by=HOME))
    dear.close()
    assert found.type is Type.ID
    assert (found.memory_cost, found.time_cost, found.parallelism) == (19_456, 4, 1)
    assert (found.salt_len, found.hash_len) == (16, 32)
    assert COST.memory_kib * AT_ONCE <= 20_000


def test_nobody_costs_as_much_as_somebody(cheap: Hashing, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that there is not is worked on at the same cost, and is never right."""
    worked: list[Cost] = []
    verify = hashing.verify_secret

    def noted(kept: bytes, password: bytes, kind: Type) -> bool:
        found = extract_parameters(kept.decode())
        worked.append(Cost(found.memory_cost, found.time_cost))
        return verify(kept, password, kind)

    monkeypatch.setattr(hashing, "verify_secret", noted)
    kept = cheap.new(b"one", by=HOME)
    assert cheap.check(kept, b"one", by=HOME)
    assert not cheap.check(None, b"one", by=HOME)
    assert not cheap.check(None, b"", by=HOME)
    assert worked == [CHEAP] * 3


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "plain text",
        "$argon2id$v=19$m=4194304,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
        "$argon2id$v=19$m=8,t=1000000,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
        "$argon2id$v=19$m=8,t=1,p=900$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
        "$argon2d$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
        "$argon2id$v=19$m=eight,t=1,p=1$c2FsdA$aGFzaA",
    ],
)
def test_what_is_none_of_ours_is_not_worked_on(cheap: Hashing, kept: str) -> None:
    """A file that somebody changed takes no gigabyte, and lets nobody in."""
    assert not cheap.check(kept, b"one", by=HOME)


def test_so_many_wait_and_no_more(cheap: Hashing) -> None:
    """Two at once and eight waiting; the next is told at once; when they are done there is room again."""
    go, begun = threading.Event(), [threading.Event() for _ in range(AT_ONCE + MAX_WAITING)]

    def work(number: int) -> None:
        def held() -> None:
            begun[number].set()
            assert go.wait(10)

        cheap.in_turn(held, f"192.0.2.{number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(begun))]
    for thread in threads:
        thread.start()
    while cheap.busy < len(begun):
        go.wait(0.001)
    assert sum(each.is_set() for each in begun) <= AT_ONCE
    with pytest.raises(BusyError, match="try again"):
        cheap.check(None, b"one", by="198.51.100.1")
    go.set()
    for thread in threads:
        thread.join()
    assert not cheap.check(None, b"one", by="198.51.100.1")
    assert cheap.busy == 0


@pytest.mark.parametrize("address", ["192.0.2.{}", "2001:db8::{}"])
def test_one_address_cannot_fill_the_queue(cheap: Hashing, address: str) -> None:
    """It has its share, and others come in beside it; of version 6, one household has more addresses than there are places."""
    go = threading.Event()
    own = [address.format(1 if "." in address else number) for number in range(MAX_OF_ONE + 1)]
    flood = [threading.Thread(target=cheap.in_turn, args=(lambda: go.wait(10), each)) for each in own[1:]]
    for thread in flood:
        thread.start()
    while cheap.busy < MAX_OF_ONE:
        go.wait(0.001)
    with pytest.raises(BusyError):
        cheap.new(b"one", by=own[0])
    other = threading.Thread(target=cheap.in_turn, args=(go.is_set, "192.0.2.2"))
    other.start()
    while cheap.busy <= MAX_OF_ONE:
        go.wait(0.001)
    go.set()
    for thread in (*flood, other):
        thread.join()


def test_the_show_comes_first(cheap: Hashing) -> None:
    """Threads that hash have the lowest rank; the others keep theirs."""
    mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert cheap.in_turn(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), HOME) == hashing.RANK
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == mine


def test_an_old_cost_is_noticed(cheap: Hashing) -> None:
    """So that a password is kept at the present one when it is next heard."""
    other = Hashing(Cost(16, 2))
    kept = other.new(b"one", by=HOME)
    other.close()
    assert cheap.is_dated(kept)
    assert not other.is_dated(kept)
    assert cheap.check(kept, b"one", by=HOME)


def test_want_of_memory_is_no_wrong_password(cheap: Hashing, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said to be busy, and another try may do."""
    kept = cheap.new(b"one", by=HOME)

    def short(*_: object) -> bool:
        raise hashing.VerificationError("Memory allocation error")

    def short_too(*_: object) -> bytes:
        raise hashing.HashingError("Memory allocation error")

    monkeypatch.setattr(hashing, "verify_secret", short)
    monkeypatch.setattr(hashing, "hash_secret", short_too)
    with pytest.raises(BusyError, match="Memory"):
        cheap.check(kept, b"one", by=HOME)
    with pytest.raises(BusyError, match="Memory"):
        cheap.new(b"one", by=HOME)
