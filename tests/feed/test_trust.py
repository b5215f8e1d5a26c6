"""Trust: each rule of approval, lease, sequence and halt as a row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from player.errors import FeedError, OperatorError
from player.feed.item import Item, Snapshot, Status, Withdrawal
from player.feed.trust import MAX_SKEW, Policy, State, judge, lease, receive
from player.units import SECOND

NOW = 1_800_432_000 * SECOND
HOUR = 3600 * SECOND
MODERATED = Policy(trust="moderated")
ITEM = Item(id="p-1", image="https://h.example/1.jpg", status=Status.APPROVED)
SHA = "a" * 64


@pytest.mark.parametrize("word", ["", "yes", "Reviewed", "Moderated", "Signed", "none"])
def test_other_words_of_trust_are_refused(word: str) -> None:
    """A source whose approval nobody vouches for is refused at start, with what to write."""
    with pytest.raises(OperatorError, match='Write "moderated"'):
        Policy(trust=word)


@pytest.mark.parametrize(
    ("item", "state"),
    [
        (ITEM, State.APPROVED),
        (replace(ITEM, status=Status.PENDING), State.PENDING),
        (replace(ITEM, status=Status.UNKNOWN), State.PENDING),
        (replace(ITEM, status=Status.UNSTATED), State.PENDING),
        (replace(ITEM, status=Status.WITHDRAWN), State.WITHDRAWN),
        (replace(ITEM, status=Status.WITHDRAWN, valid_until=0), State.WITHDRAWN),
        (replace(ITEM, approved_at=NOW - HOUR, modified_at=NOW - HOUR), State.APPROVED),
        (replace(ITEM, approved_at=NOW - HOUR, modified_at=NOW - HOUR + 1), State.PENDING),
        (replace(ITEM, approved_at=NOW - HOUR, modified_at=NOW, sha256=SHA), State.PENDING),
        (replace(ITEM, approved_at=NOW - HOUR), State.APPROVED),
        (replace(ITEM, modified_at=NOW - HOUR), State.PENDING),
        (replace(ITEM, modified_at=NOW - HOUR, sha256=SHA), State.APPROVED),
        (replace(ITEM, modified_at=NOW + 400 * HOUR, approved_at=NOW), State.PENDING),
        (replace(ITEM, approved_at=NOW + MAX_SKEW), State.APPROVED),
        (replace(ITEM, approved_at=NOW + MAX_SKEW + 1), State.PENDING),
        (replace(ITEM, valid_until=NOW + 1), State.APPROVED),
        (replace(ITEM, valid_until=NOW), State.EXPIRED),
        (replace(ITEM, valid_until=-(2**63) + 1), State.EXPIRED),
    ],
)
def test_only_approved_is_shown(item: Item, state: State) -> None:
    """Unknown, unstated, edited since, expired, or approved by a wrong clock: none is approved, and each has a reason."""
    verdict = judge(item, policy=MODERATED, min_approvals=1, now=NOW)

    assert verdict.state is state
    assert bool(verdict.reason) is (state is not State.APPROVED)


def test_expiry_is_said() -> None:
    """An approval that ran out says until when it was."""
    verdict = judge(replace(ITEM, valid_until=NOW), policy=MODERATED, min_approvals=1, now=NOW)

    assert verdict.reason == "it was approved until 2027-01-20 08:00 UTC"


@pytest.mark.parametrize("item", [ITEM, replace(ITEM, modified_at=NOW)])
def test_assume_approved_vouches_for_silent_sources_only(item: Item) -> None:
    """The operator's word stands for a signal that the source does not have, not for one that says no."""
    vouched = Policy(trust="moderated", assume_approved=True)
    states = {
        status: judge(replace(item, status=status), policy=vouched, min_approvals=1, now=NOW).state
        for status in Status
        if status != "approved"
    }

    assert states == {
        Status.UNSTATED: State.APPROVED,
        Status.PENDING: State.PENDING,
        Status.UNKNOWN: State.PENDING,
        Status.WITHDRAWN: State.WITHDRAWN,
    }


@pytest.mark.parametrize(
    ("names", "wanted", "state"),
    [
        ((), 1, State.APPROVED),
        ((), 2, State.PENDING),
        (("a",), 2, State.PENDING),
        (("a", "A"), 2, State.PENDING),
        (("a", "b"), 2, State.APPROVED),
        (("a", "b"), 3, State.PENDING),
    ],
)
def test_approvals_are_counted_distinct(names: tuple[str, ...], wanted: int, state: State) -> None:
    """One reviewer is one approval, however often the name stands there; a feed's bare word is one."""
    assert judge(replace(ITEM, approved_by=names), policy=MODERATED, min_approvals=wanted, now=NOW).state is state


@pytest.mark.parametrize(("configured", "feeds", "wanted"), [(1, None, 1), (2, 1, 2), (1, 3, 3), (2, None, 2), (1, 0, 1)])
def test_the_larger_number_of_approvals_counts(configured: int, feeds: int | None, wanted: int) -> None:
    """A feed may ask for more approvals than the configuration, never for fewer."""
    policy = Policy(trust="moderated", min_approvals=configured)

    assert receive(Snapshot(items=(ITEM,), min_approvals=feeds), policy=policy, last_sequence=None).min_approvals == wanted


@pytest.mark.parametrize(
    ("configured", "feeds", "length"),
    [
        (None, None, 900),
        (None, 3600, 3600),
        (None, 1e9, 86400),
        (600, None, 600),
        (600, 60, 60),
        (600, 3600, 600),
        (1e9, None, 86400),
    ],
)
def test_the_lease(configured: float | None, feeds: float | None, length: float) -> None:
    """15 minutes by default; the feed may shorten what the operator set, and set what the operator did not; never over a day."""
    assert lease(configured, feeds) == length


def test_the_core_set_has_no_lease() -> None:
    """Core photos are approved for offline use."""
    policy = Policy(trust="moderated", is_core=True, lease_s=5)

    assert receive(Snapshot(items=(ITEM,), lease_s=5), policy=policy, last_sequence=None).lease_s is None


@pytest.mark.parametrize("sequence", [None, 0, 411])
def test_sequence_never_goes_back(sequence: int | None) -> None:
    """An older publication, or one that has lost its count, confirms nothing."""
    with pytest.raises(FeedError, match="went back from 412"):
        receive(Snapshot(items=(ITEM,), sequence=sequence), policy=MODERATED, last_sequence=412)


@pytest.mark.parametrize(("last", "sequence"), [(None, None), (None, 0), (412, 412), (412, 500)])
def test_sequence_goes_on(last: int | None, sequence: int | None) -> None:
    """The same or a later publication is received, and remembered."""
    got = receive(Snapshot(items=(ITEM,), sequence=sequence), policy=MODERATED, last_sequence=last)

    assert (got.confirms, got.sequence) == (True, sequence)


EMPTY = Snapshot(items=(), complete=True)


@pytest.mark.parametrize(
    ("snapshot", "shown", "confirms", "absence", "halted"),
    [
        (Snapshot(items=(ITEM,)), {"p-1"}, True, False, False),
        (Snapshot(items=(ITEM,), complete=True), {"p-1"}, True, True, False),
        (Snapshot(items=(ITEM,), complete=True, halt=True), {"p-1"}, False, False, True),
        (Snapshot(items=(ITEM,), complete=True, halt=True, expired=True), {"p-1"}, False, False, True),
        (Snapshot(items=(ITEM,), complete=True, expired=True), {"p-1"}, False, False, False),
        (EMPTY, {"p-1"}, False, False, True),
        (EMPTY, set[str](), True, True, False),
        (replace(EMPTY, complete=False), {"p-1"}, True, False, False),
        (replace(EMPTY, withdrawn=(Withdrawal("p-1"),)), {"p-1"}, True, True, False),
        (replace(EMPTY, withdrawn=(Withdrawal("p-1"),)), {"p-1", "p-2"}, False, False, True),
    ],
)
def test_what_a_snapshot_is_worth(snapshot: Snapshot, shown: set[str], *, confirms: bool, absence: bool, halted: bool) -> None:
    """Absence counts in a complete snapshot only; halt, sudden emptiness and the feed's end confirm and purge nothing."""
    got = receive(snapshot, policy=MODERATED, last_sequence=None, shown=shown)

    assert (got.confirms, got.absence_counts, got.is_halted) == (confirms, absence, halted)
    assert bool(got.alarm) is not confirms


SIGNED_FEED = Policy(trust="signed")


@pytest.mark.parametrize(
    ("policy", "feed", "wanted"),
    [
        (SIGNED_FEED, None, 2),
        (SIGNED_FEED, 1, 2),
        (SIGNED_FEED, 3, 3),
        (replace(SIGNED_FEED, min_approvals=4), 3, 4),
        (MODERATED, None, 1),
    ],
)
def test_a_signed_feed_wants_two_people_whatever_it_says(policy: Policy, feed: int | None, wanted: int) -> None:
    """A feed or a configuration may ask for more than two, never for fewer."""
    reception = receive(Snapshot(items=(ITEM,), min_approvals=feed, approvals=2), policy=policy, last_sequence=None)
    assert reception.min_approvals == wanted


@pytest.mark.parametrize(("signed", "state"), [(0, State.PENDING), (1, State.PENDING), (2, State.APPROVED), (3, State.APPROVED)])
def test_an_item_of_a_signed_feed_is_approved_by_those_who_signed_its_list(signed: int, state: State) -> None:
    """One signature is not enough, whatever names the item itself carries."""
    item = replace(ITEM, approved_by=() if signed else ("a",))
    reception = receive(Snapshot(items=(item,), approvals=signed), policy=SIGNED_FEED, last_sequence=None)
    verdict = judge(item, policy=SIGNED_FEED, min_approvals=reception.min_approvals, approvals=reception.approvals, now=NOW)
    assert verdict.state is state


def test_an_unsigned_feed_cannot_claim_signatures() -> None:
    """What a moderated source says of signatures counts for nothing."""
    reception = receive(Snapshot(items=(ITEM,), approvals=5), policy=MODERATED, last_sequence=None)
    assert not reception.approvals


def test_a_list_whose_pages_have_not_changed_is_not_empty() -> None:
    """Pages that were read before count as listed, so nobody is taken to be gone."""
    snapshot = Snapshot(items=(), kept=("p-1",), complete=True, approvals=2)
    assert not receive(snapshot, policy=SIGNED_FEED, last_sequence=None, shown={"p-1"}).is_halted
