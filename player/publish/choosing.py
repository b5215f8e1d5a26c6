"""What can be published now. Pure.

A publication is put together from what is published and from drafts that enough people signed, and only if all of it verifies
from end to end: under the root that readers have, and under the one that they are about to get. So a reviewer who is removed
stays in the published keys until what they signed has been signed anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from player.errors import OperatorError
from player.feed.signed.layout import APPROVED, LIST, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, WITHDRAWN
from player.publish.drafts import Draft
from player.publish.evidence import added_items, has_enough, withdrawals_signed
from player.publish.gone import Gone, gone, joined, missing
from player.publish.metadata import is_signed, role_of
from player.publish.proposals import said_by
from player.publish.publication import Published
from player.publish.standard import Metadata, Root, Targets


@dataclass(frozen=True, slots=True)
class Choice:
    """Which drafts are published together; None where the role stays as it is."""

    root: Draft | None = None
    targets: Draft | None = None
    withdrawn: Draft | None = None
    approved: Draft | None = None

    def drafts(self) -> tuple[Draft, ...]:
        """Return those that are, in the order in which their metadata is written."""
        return tuple(each for each in (self.withdrawn, self.approved, self.targets, self.root) if each is not None)


def choose(now: Published, drafts: Iterable[Draft], at: datetime, *, machine: frozenset[str]) -> Choice:
    """Return what to publish, withdrawals before everything else.

    Args:
        now: What is published.
        drafts: All that might be; what is of another version, signed by too few, or has run out as it lay, is left aside.
        at: The time.
        machine: The ids of the keys that the machine holds.

    Raises:
        OperatorError: The machine does not hold the keys of timestamp and snapshot.
    """
    everything = tuple(drafts)
    standing = gone(joined(withdrawals_signed(now, everything)), now.policy.reinstated)
    following = [draft for draft in everything if is_next(now, draft, at)]
    by_role = {role: [draft for draft in following if draft.role == role] for role in (ROOT, TARGETS)}
    by_role[WITHDRAWN] = [draft for draft in following if draft.role == WITHDRAWN and _forgets_nothing(now, draft)]
    by_role[APPROVED] = [draft for draft in following if draft.role == APPROVED and _adds_nothing_gone(standing, draft)]
    roots = [None, *(draft for draft in by_role[ROOT] if has_enough(now, draft))]
    options = [
        choice
        for root, targets in product(roots, [None, *by_role[TARGETS]])
        for choice in _choices(now, by_role, root=root, targets=targets)
        if _holds_keys(machine, [now.root.signed, *new_roots(root)])
    ]
    if not options:
        raise OperatorError(
            "this machine does not hold the keys of timestamp and snapshot: the signer runs where keys/online.key is"
        )
    return max(options, key=lambda choice: _worth(now, choice))


def is_next(now: Published, draft: Draft, at: datetime) -> bool:
    """Whether *draft* follows what is published, is still good at *at*, and lacks nothing that it lists."""
    there, signed = now.papers()[draft.role].signed, draft.metadata.signed
    if signed.version != there.version + 1 or signed.expires <= at:
        return False
    if not isinstance(signed, Targets) or not isinstance(there, Targets):
        return True
    old = there.targets
    return all(
        path in draft.documents or (path in old and old[path].hashes == file.hashes) for path, file in signed.targets.items()
    )


def signed_targets(draft: Draft) -> Metadata[Targets]:
    """Return *draft* as metadata with its signatures."""
    metadata = draft.metadata
    if not isinstance(metadata.signed, Targets):
        raise TypeError(draft.role)
    return Metadata(metadata.signed, dict(draft.signatures))


def new_roots(draft: Draft | None) -> tuple[Root, ...]:
    """Return the root that *draft* would bring, if it is one: for lists of roots."""
    signed = draft.metadata.signed if draft is not None else None
    return (signed,) if isinstance(signed, Root) else ()


def _choices(
    now: Published, by_role: Mapping[str, Sequence[Draft]], *, root: Draft | None, targets: Draft | None
) -> Iterator[Choice]:
    """Yield the choices with this root and these targets that verify from end to end."""
    ruling = now.targets if targets is None else signed_targets(targets)
    if all(_verifies(each, TARGETS, ruling) for each in (now.root.signed, *new_roots(root))):
        withdrawn = _verified(ruling.signed, now.withdrawn, by_role[WITHDRAWN])
        approved = _verified(ruling.signed, now.approved, by_role[APPROVED])
        for chosen in product(withdrawn, approved):
            yield Choice(root, targets, *chosen)


def _verified(ruling: Targets, there: Metadata[Targets], drafts: Sequence[Draft]) -> list[Draft | None]:
    """Return what may stand for a role under *ruling*: drafts, and None for what is there."""
    good: list[Draft | None] = [draft for draft in drafts if _verifies(ruling, draft.role, signed_targets(draft))]
    role = WITHDRAWN if LIST in there.signed.targets else APPROVED
    return [None, *good] if _verifies(ruling, role, there) else good


def _worth(now: Published, choice: Choice) -> tuple[int, bool, bool, int, bool, str, str]:
    """What is published first: withdrawals, then keys, then approvals, then what is only newer."""
    withdrawn = len(said_by(choice.withdrawn).entries) if choice.withdrawn else len(now.withdrawals.entries)
    adds = len(choice.approved.adds) if choice.approved else 0
    date_w, date_a = (draft.at + draft.name if draft else "" for draft in (choice.withdrawn, choice.approved))
    return (withdrawn, choice.root is not None, choice.targets is not None, adds, choice.withdrawn is not None, date_w, date_a)


def _holds_keys(machine: frozenset[str], roots: Iterable[Root]) -> bool:
    return all(machine.intersection(role_of(root, role).keyids) for root in roots for role in (SNAPSHOT, TIMESTAMP))


def _forgets_nothing(now: Published, draft: Draft) -> bool:
    return LIST in draft.documents and not missing(now.withdrawals.entries, said_by(draft).entries)


def _adds_nothing_gone(standing: Gone, draft: Draft) -> bool:
    """Whether nothing that *draft* adds was withdrawn meanwhile, be it on a list that is not published yet."""
    return not any(standing.has_item(item) for item in added_items(draft).values())


def _verifies(delegator: Root | Targets, role: str, metadata: Metadata[Targets]) -> bool:
    return is_signed(delegator, role, metadata.signed_bytes, metadata.signatures)
