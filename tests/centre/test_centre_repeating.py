"""What is retained is said anew to a broker that has lost it."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from player.centre import ledger, releasing, repeating
from player.centre.ledger import Release
from player.centre.signing import Signer
from player.centre.store import Store
from player.fleet import envelope, messages
from player.show.instep import Measure
from player.units import SECOND
from tests.fakes.acting import enrol
from tests.fakes.clock import OPENING, FakeClock

MINUTE = 60 * SECOND


def test_everything_that_is_retained_is_said_anew(tmp_path: Path) -> None:
    """The withdrawals, each group's programme and its commit, what is desired of each player: signed, retained, by its topic."""
    key, clock = Ed25519PrivateKey.generate(), FakeClock()
    with Store(tmp_path) as store:
        enrol(store, "a-1", "a-2")
        taken = ledger.withdraw(store, source="*", item="p-17", reason="", by="anna", at=OPENING)
        on = Release("memorial", "on", "aa" * 32, OPENING - MINUTE, OPENING - 30 * MINUTE, OPENING - 5 * MINUTE)
        coming = Release("memorial", "next", "bb" * 32, OPENING + 30 * MINUTE, OPENING)
        for each in (on, coming):
            ledger.release(store, each)
            releasing.keep_facts(store, each.hash, Measure((0,), (1,), (0,)), 99)
        signer = Signer(key, store, clock)
        said = [each.signed(signer) for each in repeating.words(store, clock.wall())]
        assert [each.topic for each in said] == [each.topic for each in repeating.words(store, clock.wall())]
        said += [repeating.desired(signer, name, 500) for name in ("a-1", "a-2")]
    assert all(each.is_retained and each.expiry_s is None for each in said)
    bodies = {each.topic: envelope.opened(each.payload, each.topic, key.public_key()).body for each in said}
    assert list(bodies) == [
        "wr/1/all/hint",
        "wr/1/g/memorial/hint",
        "wr/1/g/memorial/commit",
        "wr/1/p/a-1/desired",
        "wr/1/p/a-2/desired",
    ]
    assert [each.number for each in messages.hint(bodies["wr/1/all/hint"]).withdrawn] == [taken.number]
    announced = messages.hint(bodies["wr/1/g/memorial/hint"]).coming
    assert announced is not None
    assert (announced.release.version, announced.bytes) == ("next", 99)
    assert messages.commit(bodies["wr/1/g/memorial/commit"]).version == "on"
    assert messages.desired(bodies["wr/1/p/a-1/desired"]) == messages.Desired(500, 300)


def test_a_release_that_is_over_is_announced_no_more(tmp_path: Path) -> None:
    """What nobody committed in time is passed over: a group is told what is in force, or nothing."""
    late = Release("memorial", "late", "cc" * 32, OPENING + MINUTE, OPENING - 30 * MINUTE)
    with Store(tmp_path) as store:
        ledger.release(store, late)
        releasing.keep_facts(store, late.hash, Measure((0,), (1,), (0,)), 99)
        assert releasing.hint_of(store, [late], OPENING).coming is None
