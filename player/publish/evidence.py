"""Who approved what, told by signatures alone. Pure.

A draft that somebody signed is the evidence that they approve what it adds: that photo, with those words. It stays evidence when
the draft itself has been overtaken by another version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from player.feed.signed.layout import APPROVED, INDEX, LIST, ROOT, WITHDRAWN
from player.publish import documents
from player.publish.documents import Facts, Record, Withdrawals
from player.publish.drafts import Draft
from player.publish.metadata import needed, signers
from player.publish.proposals import said_by
from player.publish.publication import Published
from player.publish.standard import Root, Targets


def signed_draft(delegator: Root | Targets, draft: Draft) -> tuple[str, ...]:
    """Return who of the people of its role signed *draft*."""
    return signers(delegator, draft.role, draft.metadata.signed_bytes, draft.signatures)


def delegator_of(now: Published, role: str) -> Root | Targets:
    """Return the published metadata that says whose keys *role* has."""
    return now.targets.signed if role in {APPROVED, WITHDRAWN} else now.root.signed


def has_enough(now: Published, draft: Draft) -> bool:
    """Whether enough people signed *draft*; a root by those of before and by those that it names."""
    people = len(signed_draft(delegator_of(now, draft.role), draft))
    if people < needed(delegator_of(now, draft.role), draft.role):
        return False
    new = draft.metadata.signed
    return draft.role != ROOT or not isinstance(new, Root) or len(signed_draft(new, draft)) >= needed(new, ROOT)


def added_items(draft: Draft) -> dict[str, Record]:
    """Return the items that a draft of `approved` adds, by id, from the pages that its signatures cover."""
    pages = (data for path, data in draft.documents.items() if path != INDEX)
    items = {documents.id_of(item): item for data in pages for item in documents.items_in(data, draft.name)}
    return {name: items[name] for name in draft.adds if name in items}


def approvals(now: Published, drafts: Iterable[Draft], photos: Mapping[str, Facts]) -> dict[str, tuple[str, ...]]:
    """Return, for each photo that is on no page, who approved it as it is now."""
    people: dict[str, dict[str, None]] = {name: {} for name in photos}
    for draft in drafts:
        if draft.role != APPROVED:
            continue
        who = signed_draft(now.targets.signed, draft)
        for name, item in added_items(draft).items() if who else ():
            if name in photos and documents.says_the_same(item, photos[name]):
                people[name].update(dict.fromkeys(who))
    return {name: tuple(who) for name, who in people.items()}


def withdrawals_signed(now: Published, drafts: Iterable[Draft]) -> tuple[Withdrawals, ...]:
    """Return every list of withdrawals that somebody of the role signed, whatever became of it, published or not."""
    return (now.withdrawals, *(said_by(draft) for draft in _signed_lists(now, drafts)))


def halts_asked(now: Published, drafts: Iterable[Draft]) -> bool:
    """Whether somebody asked for a halt on a list that is not published: one not yet, or one that another list overtook."""
    return any(draft.recipe.get("halts") is True and said_by(draft).halt for draft in _signed_lists(now, drafts))


def unsigned_lists(now: Published, drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """Return the lists of withdrawals whose signatures count for nothing: damaged, or of somebody who has left the role."""
    return tuple(
        draft for draft in drafts if draft.role == WITHDRAWN and draft.signatures and not signed_draft(now.targets.signed, draft)
    )


def _signed_lists(now: Published, drafts: Iterable[Draft]) -> list[Draft]:
    return [
        draft
        for draft in drafts
        if draft.role == WITHDRAWN and LIST in draft.documents and signed_draft(now.targets.signed, draft)
    ]
