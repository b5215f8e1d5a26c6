"""What players are to hear when they come is kept by the broker, also by one that has lost everything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from player.centre import ledger
from player.centre.collecting import link_of
from player.centre.enrolling import Wish, enrol
from player.centre.keeping import Keeper
from player.centre.link import Link
from player.centre.signing import Signer
from player.centre.store import Store
from player.fleet import envelope, messages
from player.fleet.topics import Kind
from player.units import SECOND
from tests.fakes.broker import needs_mosquitto, until
from tests.fakes.centre import enrolled, player_link, running, speak, status
from tests.fakes.clock import OPENING, FakeClock


def _heard(link: Link, count: int) -> dict[str, bytes]:
    found = dict[str, bytes]()
    until(
        lambda: found.update({each.topic: each.payload for each in link.take(50, 0.1)}) or len(found) >= count, "what is retained"
    )
    return found


@needs_mosquitto
def test_a_broker_that_lost_everything_is_told_again(tmp_path: Path) -> None:
    """Killed before it had written anything, the broker is told everything; one that knows is told the withdrawals alone."""
    with running(tmp_path) as (office, broker), Store(office.folder) as store:
        a = enrolled(office, store, "a")
        ledger.withdraw(store, source="*", item="x", reason="", by="me", at=OPENING)
        clock, key = FakeClock(), office.signing_key()
        with link_of(office).open() as link:
            keeper = Keeper(store, link, Signer(key, store, clock), clock, players=20)
            keeper.step()
            with player_link(office, a, "a", "wr/1/all/hint", "wr/1/p/a/desired") as player:
                before = _heard(player, 2)
            broker.restart()
            until(lambda: not link.is_connected or link.forgotten == 2, "the end")
            until(lambda: link.is_listening and link.forgotten == 2, "the connection")
            keeper.step()
            with player_link(office, a, "a", "wr/1/all/hint", "wr/1/p/a/desired") as player:
                after = _heard(player, 2)
        with link_of(office).open() as link:
            assert link.forgotten == 0
            sequence = store.next_sequence(0)
            Keeper(store, link, Signer(key, store, clock), clock, players=20).step()
            assert store.next_sequence(0) == sequence + 2, "one message was signed in between"

    numbers = list[int]()
    for said in (before, after):
        hint = envelope.opened(said["wr/1/all/hint"], "wr/1/all/hint", key.public_key())
        assert [each.item for each in messages.hint(hint.body).withdrawn] == ["x"]
        desired = envelope.opened(said["wr/1/p/a/desired"], "wr/1/p/a/desired", key.public_key())
        numbers += [hint.seq, desired.seq]
        assert messages.desired(desired.body) == messages.Desired(20, 300)
    assert numbers == sorted(set(numbers))


@needs_mosquitto
def test_who_is_enrolled_meanwhile_is_told_what_is_desired(tmp_path: Path) -> None:
    """A player that is enrolled while the collector runs finds its wishes at the broker, once."""
    with running(tmp_path) as (office, _), Store(office.folder) as store:
        clock = FakeClock()
        with link_of(office).open() as link:
            keeper = Keeper(store, link, Signer(office.signing_key(), store, clock), clock, players=20)
            keeper.step()
            new = enrol(office, store, Wish(id="new", group="g"), OPENING + SECOND)
            clock.advance(10 * SECOND)
            keeper.step()
            with player_link(office, new, "new", "wr/1/p/new/desired") as player:
                assert _heard(player, 1)
            sequence = store.next_sequence(0)
            clock.advance(10 * SECOND)
            keeper.step()
            assert store.next_sequence(0) == sequence + 1


@needs_mosquitto
def test_the_collector_is_a_process(tmp_path: Path) -> None:
    """`fleet collect` takes in what players say until it is told to end, keeps a second one out, and ends in order."""
    with running(tmp_path) as (office, _), Store(office.folder) as store:
        done = enrolled(office, store, "a")
        command = [sys.executable, "-m", "player", "fleet", "collect", "--centre", str(office.folder)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": {**os.environ, "JOURNAL_STREAM": ""}}
        with subprocess.Popen(command, **pipes) as first:  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownVariableType]
            with player_link(office, done, "a") as player:
                speak(player, "a", Kind.STATUS, status(), is_retained=True)
                until(lambda: (found := store.player("a")) and found.state == "online", "what it said")
            second = subprocess.run(command, capture_output=True, text=True, check=False)
            first.send_signal(signal.SIGTERM)
            out, error = first.communicate(timeout=20)

    assert (second.returncode, second.stderr.count("\n")) == (1, 1)
    assert "collected already" in second.stderr
    assert first.returncode == 0, error
    assert "messages taken in" in str(out)
