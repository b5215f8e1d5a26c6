"""What may be believed: one source's policy, the verdict on a snapshot, and the verdict on each item. Pure; reads no clock.

A hashtag is never an approval, and neither is a feed: each item must carry its approval, or the operator must have said in the
configuration that this source shows approved items only. Whatever is missing, unknown or unreadable counts as not approved.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from player.errors import FeedError, OperatorError
from player.feed.item import Item, Snapshot, Status
from player.units import SECOND, Nanos, Seconds, nanos

MODERATED: Final = "moderated"
SIGNED: Final = "signed"
REVIEWED: Final = "reviewed"
SIGNED_APPROVALS: Final = 2  # people, whatever a signed feed or the configuration says: one may err, or be made to
REVIEWS: Final = 2  # people at this player, for the same reason
DEFAULT_LEASE_S: Final[Seconds] = 900.0  # how long a photo outlives a source that has fallen silent
MAX_LEASE_S: Final[Seconds] = 86_400.0  # for poor links; longer, and a withdrawal may not reach the wall for a day
MAX_SKEW: Final[Nanos] = nanos(
    86_400.0
)  # a local time written without its zone is up to 14 hours ahead; a day is no skew any more

_NUMBERS: Final = {2: "two", 3: "three", 4: "four", 5: "five"}


class State(StrEnum):
    """What becomes of an item. Only an approved one is fetched, prepared and shown."""

    APPROVED = "approved"
    PENDING = "pending"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state and, unless it is approved, the reason in words for the operator."""

    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the operator has written about one source."""

    trust: str
    """``signed``: its people sign what they approve. ``moderated``: the operator vouches that somebody approves it.
    ``reviewed``: nobody does, and people at this player approve each item."""
    min_approvals: int = 1
    """How many people must have approved an item; a feed may ask for more, never for fewer."""
    assume_approved: bool = False
    """The source has no approval signal and shows approved items only; the operator says so."""
    lease_s: Seconds | None = None
    """As configured; None leaves it to the feed."""
    is_core: bool = False
    """The set approved for offline use: no lease, but withdrawals apply."""

    def __post_init__(self) -> None:
        """Refuse a source whose word of trust is not known.

        Raises:
            OperatorError: With what to write instead.
        """
        if self.trust not in {SIGNED, MODERATED, REVIEWED}:
            raise OperatorError(
                f'trust: "{self.trust}" is no kind of trust.'
                f' Write "{MODERATED}" if this source shows only pictures that somebody approved'
            )
        if self.is_core and self.trust == REVIEWED:
            raise OperatorError("trust: the set for offline use is approved when it is made, not here")

    @property
    def reviewers(self) -> int:
        """How many people at this player must approve each item; 0: what the source says is enough."""
        return max(REVIEWS, self.min_approvals) if self.trust == REVIEWED else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What one snapshot, as a whole, is worth. Its explicit withdrawals count in every case."""

    confirms: bool
    """The items it lists are confirmed now, for the length of the lease."""
    absence_counts: bool
    """An item that it does not list is hidden and purged, without a tombstone."""
    is_halted: bool = False
    """Show the plate, raise an alarm, purge nothing."""
    alarm: str = ""
    """A sentence for the operator, empty when all is well."""
    lease_s: Seconds | None = DEFAULT_LEASE_S
    """None for the core set, which has no lease."""
    min_approvals: int = 1
    approvals: int = 0
    """How many people signed the whole list."""
    sequence: int | None = None
    """To be passed back as ``last_sequence`` next time."""


def receive(
    snapshot: Snapshot,
    *,
    policy: Policy,
    last_sequence: int | None,
    shown: AbstractSet[str] = frozenset(),
) -> Reception:
    """Judge *snapshot* as a whole.

    Args:
        snapshot: From one poll or one scan.
        policy: Of its source.
        last_sequence: The highest sequence that this source was believed at; None when it never had one.
        shown: Ids of this source that are approved now, so that "suddenly empty" can be told from "empty from the start".

    Raises:
        FeedError: It is older than what was believed before: nothing in it counts.
    """
    if last_sequence is not None and (snapshot.sequence is None or snapshot.sequence < last_sequence):
        had = "none" if snapshot.sequence is None else str(snapshot.sequence)
        raise FeedError(f"its sequence went back from {last_sequence} to {had}: an old copy, or a publisher that lost its count")
    halt = _halt(snapshot, shown)
    least = max(policy.min_approvals, SIGNED_APPROVALS if policy.trust == SIGNED else 1)
    alarm = halt or ("the publisher says that this feed is over" if snapshot.expired else "")
    return Reception(
        confirms=not alarm,
        absence_counts=snapshot.complete and not alarm,
        is_halted=bool(halt),
        alarm=alarm,
        lease_s=None if policy.is_core else lease(policy.lease_s, snapshot.lease_s),
        min_approvals=max(least, snapshot.min_approvals or 1),
        approvals=snapshot.approvals if policy.trust == SIGNED else 0,
        sequence=snapshot.sequence,
    )


def lease(configured_s: Seconds | None, feed_s: Seconds | None) -> Seconds:
    """How long a confirmation lasts: the operator's word, which the feed may shorten; without one the feed's; at most a day."""
    if configured_s is None:
        return min(MAX_LEASE_S, DEFAULT_LEASE_S if feed_s is None else feed_s)
    return min(MAX_LEASE_S, configured_s if feed_s is None else min(configured_s, feed_s))


def judge(item: Item, *, policy: Policy, min_approvals: int, now: Nanos, approvals: int = 0) -> Verdict:
    """Judge one item.

    An approval must be of this version of the item: one that was modified after it was approved is pending. Where a feed says
    that an item was modified but not when it was approved, the approval is believed only if it names the bytes (sha256).

    Args:
        item: As its source describes it.
        policy: Of its source.
        min_approvals: From ``receive``, the larger of the policy's and the feed's.
        now: Wall time.
        approvals: From ``receive``: how many people signed the list that it is on.
    """
    if policy.reviewers and item.status is not Status.WITHDRAWN:
        return _for_review(item, policy.reviewers, now)
    match item.status:
        case Status.WITHDRAWN:
            return Verdict(State.WITHDRAWN, "withdrawn by its publisher")
        case Status.PENDING:
            return Verdict(State.PENDING, "not approved yet")
        case Status.UNKNOWN:
            return Verdict(State.PENDING, "its status is not one that we know, so it counts as not approved")
        case Status.UNSTATED if not policy.assume_approved:
            return Verdict(
                State.PENDING, "the source does not say whether it is approved (assume_approved: true would vouch for it)"
            )
        case Status.UNSTATED | Status.APPROVED:
            return _judge_approval(item, min_approvals, approvals, now)


def _for_review(item: Item, reviewers: int, now: Nanos) -> Verdict:
    """Whatever the source approves counts for nothing; what it is not sure of itself is shown to nobody."""
    if item.status is Status.UNKNOWN:
        return Verdict(State.REFUSED, "what its source says of it is not clear, so reviewers are not asked")
    if item.valid_until is not None and item.valid_until <= now:
        return Verdict(State.EXPIRED, f"its own end was {_date(item.valid_until)}")
    return Verdict(State.PENDING, f"needs {_NUMBERS.get(reviewers, reviewers)} reviewers")


def _judge_approval(item: Item, min_approvals: int, signed: int, now: Nanos) -> Verdict:
    if item.valid_until is not None and item.valid_until <= now:
        return Verdict(State.EXPIRED, f"it was approved until {_date(item.valid_until)}")
    if item.approved_at is not None and item.approved_at > now + MAX_SKEW:
        return Verdict(State.PENDING, f"approved in the future ({_date(item.approved_at)}): a wrong clock, there or here")
    if _is_edited(item):
        return Verdict(State.PENDING, "modified after it was approved, or nobody says when it was approved")
    approvals = signed or max(1, len({name.casefold() for name in item.approved_by}))  # the source's word alone is one
    if approvals < min_approvals:
        return Verdict(State.PENDING, f"approved by {approvals}, where {min_approvals} are wanted")
    return Verdict(State.APPROVED)


def _is_edited(item: Item) -> bool:
    """Whether the approval may be of an earlier version. A source that the operator vouches for has no approvals to compare."""
    if item.modified_at is None or item.status is Status.UNSTATED:
        return False
    if item.approved_at is None:
        return item.sha256 is None
    return item.approved_at < item.modified_at


def _halt(snapshot: Snapshot, shown: AbstractSet[str]) -> str:
    if snapshot.halt:
        return "the publisher has halted the show"
    if snapshot.complete and not snapshot.items and not snapshot.kept and shown - {gone.item for gone in snapshot.withdrawn}:
        return "the feed is suddenly empty; nothing is purged"
    return ""


def _date(at: Nanos) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%d %H:%M} UTC"
