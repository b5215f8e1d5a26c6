"""Approving: a person names photos, sees what that changes, and signs exactly that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from player.errors import OperatorError
from player.feed.signed.layout import APPROVED
from player.publish.desk import Desk
from player.publish.documents import Facts, Record
from player.publish.drafts import Draft
from player.publish.evidence import added_items, approvals, signed_draft
from player.publish.memory import mark, remember
from player.publish.metadata import needed
from player.publish.proposals import approval


@dataclass(frozen=True, slots=True)
class Review:
    """What a person is asked to sign."""

    adds: tuple[Facts, ...]
    removes: tuple[Record, ...]
    """Items that leave the pages because they are withdrawn."""
    new_since: tuple[Record, ...]
    """Published by others since this person last signed."""
    gone_since: tuple[str, ...]
    """Ids that were on the list that this person last signed and are no longer."""
    countersigns: tuple[Draft, ...]
    """Drafts of others with nothing in them but what this person names or approved before."""


@dataclass(frozen=True, slots=True)
class Approved:
    """What came of signing."""

    drafts: tuple[Draft, ...]
    complete: tuple[str, ...]
    """Ids that enough people have approved on one list: the signer publishes them next."""
    lacking: tuple[str, ...]
    """What is still needed, a sentence each."""


def review(desk: Desk, names: Iterable[str]) -> Review:
    """Return what approving the photos *names* means.

    Raises:
        OperatorError: An id is unknown, withdrawn or published; or this person is no reviewer.
    """
    desk.needs(APPROVED)
    named = tuple(dict.fromkeys(names))
    if not named:
        raise OperatorError("nothing is pending: add photos first (weremember publish add FOLDER)")
    _draft(desk, named)  # raises for what cannot be approved
    for name in named:
        if not desk.studio.has_photo(desk.photos[name].sha256):
            raise OperatorError(f"{name}: its picture in {desk.studio.photos} is missing or another one; nothing was signed")
    published, gone = desk.now.items(), desk.now.gone
    return Review(
        adds=tuple(desk.photos[name] for name in in_order(desk, named)),
        removes=tuple(item for item in published.values() if gone.has_item(item)),
        new_since=tuple(item for item in published.values() if mark(item) not in desk.memory.items),
        gone_since=tuple(name for name in desk.memory.ids if name not in published),
        countersigns=_covered(desk, frozenset(named)),
    )


def approve(desk: Desk, names: Iterable[str]) -> Approved:
    """Sign for the photos *names*: every draft with nothing else in it, and one with exactly these.

    Raises:
        OperatorError: As `review`.
    """
    seen = review(desk, names)
    named = tuple(facts.id for facts in seen.adds)
    drafts = list(seen.countersigns)
    if not any(frozenset(draft.adds) == frozenset(named) for draft in drafts):
        drafts.append(_draft(desk, named))
    return _sign(desk, drafts)


def countersign(desk: Desk, drafts: Sequence[Draft]) -> Approved:
    """Sign *drafts*, which hold only what this person approved already, or renew a list without adding to it."""
    return _sign(desk, drafts)


def approved_by_me(desk: Desk) -> frozenset[str]:
    """Return the ids, on no page yet, that this person's signatures approve."""
    found = approvals(desk.now, desk.drafts, desk.photos)
    return frozenset(name for name, people in found.items() if desk.person in people)


def in_order(desk: Desk, names: Iterable[str]) -> tuple[str, ...]:
    """Return *names* in the order in which they come onto a page: that of their files, the same for everybody."""
    return tuple(sorted(names, key=lambda name: (desk.photos[name].file, name) if name in desk.photos else ("", name)))


def renewal(desk: Desk) -> Draft:
    """Return the next version of the list with nothing added, and without what is withdrawn."""
    return _draft(desk, ())


def _draft(desk: Desk, names: Iterable[str]) -> Draft:
    gone = desk.now.gone
    removes = [name for name, item in desk.now.items().items() if gone.has_item(item)]
    return approval(desk.now, desk.photos, adds=in_order(desk, names), removes=removes, at=desk.when)


def _covered(desk: Desk, named: frozenset[str]) -> tuple[Draft, ...]:
    """Return the drafts that add nothing but what is *named* or was approved by this person, and that they have not signed."""
    mine = named | approved_by_me(desk)
    return tuple(
        draft
        for draft in desk.following(APPROVED)
        if draft.adds and mine.issuperset(draft.adds) and not named.isdisjoint(draft.adds) and not _has_signed(desk, draft)
    )


def _has_signed(desk: Desk, draft: Draft) -> bool:
    return desk.person in signed_draft(desk.now.targets.signed, draft)


def _sign(desk: Desk, drafts: Sequence[Draft]) -> Approved:
    signed = tuple(desk.sign(draft) for draft in drafts)
    widest = max(signed, key=lambda draft: len(draft.adds), default=None)
    if widest is not None:
        items = [*desk.now.items().values(), *added_items(widest).values()]
        remember(desk.key_file, desk.studio.anchor, items, desk.studio.disk)
    enough = needed(desk.now.targets.signed, APPROVED)
    complete: dict[str, None] = {}
    for draft in signed:
        if len(signed_draft(desk.now.targets.signed, draft)) >= enough:
            complete.update(dict.fromkeys(draft.adds))
    return Approved(signed, tuple(complete), tuple(_lacking(desk, signed, frozenset(complete))))


def _lacking(desk: Desk, signed: Sequence[Draft], complete: frozenset[str]) -> list[str]:
    """Say what each list still needs, and who could give it without looking again."""
    people = approvals(desk.now, (*desk.drafts, *signed), desk.photos)
    lines: list[str] = []
    for draft in signed:
        if not draft.adds or complete.issuperset(draft.adds):
            continue
        everybody = {who for name in draft.adds for who in people.get(name, ())} - {desk.person}
        ready = sorted(who for who in everybody if all(who in people[name] for name in draft.adds))
        what = draft.adds[0] if len(draft.adds) == 1 else f"these {len(draft.adds)}"
        lines += [
            f"{who} approved {what} too, in another list: {who} signs this one with: weremember publish sign --key {who}.key"
            for who in ready
        ]
        if not ready:
            lines.append(f"one more person must approve {what}: weremember publish approve ID… --key FILE")
    return lines
