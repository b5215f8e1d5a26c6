"""Whose signature is next: what runs out, what waits, what was lost. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from player.feed.signed.layout import APPROVED, ROOT, SIGNED_BY_PEOPLE, TARGETS, WITHDRAWN
from player.publish.choosing import is_next
from player.publish.documents import Facts
from player.publish.drafts import Draft
from player.publish.evidence import approvals, delegator_of, halts_asked, has_enough, signed_draft, withdrawals_signed
from player.publish.gone import joined, missing
from player.publish.keys import names
from player.publish.metadata import is_signed, keys_of, needed
from player.publish.publication import Published
from player.publish.standard import Root, Targets

AHEAD: Final = timedelta(hours=72)  # a long weekend: whoever must be called can be reached within it


class Kind(StrEnum):
    """Why a signature is owed."""

    RENEW = "renew"  # it runs out
    ANEW = "sign anew"  # who signed what is published is about to lose their key
    AGAIN = "withdraw again"  # a withdrawal lost a race
    COUNTERSIGN = "countersign"  # of approvals: everything in it was approved by this person already
    DECIDE = "decide"  # of targets and root


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """A signature that is owed, or will be."""

    kind: Kind
    role: str
    people: tuple[str, ...]
    """Any of these can give it."""
    lacks: int
    """How many of them must."""
    due: datetime | None
    """When it must have been given; None: nothing runs out, something waits."""
    draft: Draft | None = None
    """What is to be signed, when it is there already."""

    def is_urgent(self, at: datetime) -> bool:
        """Whether it should be given now."""
        return self.due is not None and self.due - at <= AHEAD


def owed(now: Published, drafts: Iterable[Draft], photos: Mapping[str, Facts], at: datetime) -> tuple[Debt, ...]:
    """Return every signature that people owe, the first to run out first; what merely waits comes last."""
    everything = tuple(drafts)
    following = [draft for draft in everything if is_next(now, draft, at)]
    debts = [
        *(_renewal(now, role, following) for role in SIGNED_BY_PEOPLE),
        *_lost(now, everything, at),
        *_anew(now, following, at),
        *_countersigns(now, everything, following, photos),
        *_decisions(now, following),
    ]
    return tuple(sorted(debts, key=lambda debt: (debt.due is None, debt.due or at, debt.role)))


def people_of(delegator: Root | Targets, role: str) -> tuple[str, ...]:
    """Return the people of *role*."""
    return names(keys_of(delegator, role))


def _renewal(now: Published, role: str, following: list[Draft]) -> Debt:
    """The role's own end. A draft that adds nothing and is signed by some is the one to go on with."""
    delegator = delegator_of(now, role)
    plain = [draft for draft in following if draft.role == role and is_plain(draft)]
    begun = max(plain, key=lambda draft: len(signed_draft(delegator, draft)), default=None)
    signed = signed_draft(delegator, begun) if begun is not None else ()
    return Debt(
        kind=Kind.RENEW,
        role=role,
        people=tuple(name for name in people_of(delegator, role) if name not in signed),
        lacks=max(0, needed(delegator, role) - len(signed)),
        due=now.papers()[role].signed.expires,
        draft=begun,
    )


def is_plain(draft: Draft) -> bool:
    """Whether *draft* only makes its role last longer."""
    said = draft.recipe
    return (
        draft.role != WITHDRAWN
        and not any(said.get(key) for key in ("adds", "changes", "reinstates"))
        and said.get("core") is None
    )


def _lost(now: Published, drafts: tuple[Draft, ...], at: datetime) -> list[Debt]:
    """Withdrawals that no published list has and no list to come: their list was overtaken."""
    coming = [draft for draft in drafts if draft.role == WITHDRAWN and is_next(now, draft, at) and has_enough(now, draft)]
    lists = withdrawals_signed(now, drafts)
    safe = joined(withdrawals_signed(now, coming))
    halt_lost = halts_asked(now, drafts) and not now.withdrawals.halt and not halts_asked(now, coming)
    if not missing(joined(lists), safe) and not halt_lost:
        return []
    return [Debt(kind=Kind.AGAIN, role=WITHDRAWN, people=people_of(now.targets.signed, WITHDRAWN), lacks=1, due=at)]


def _anew(now: Published, following: list[Draft], at: datetime) -> list[Debt]:
    """What must be signed by those who stay, before those who leave can."""
    debts: list[Debt] = []
    for change in following:
        if change.role not in {TARGETS, ROOT} or not has_enough(now, change):
            continue
        new = change.metadata.signed
        roles = (TARGETS,) if change.role == ROOT else (APPROVED, WITHDRAWN)
        debts += [debt for role in roles if (debt := _to_sign_anew(now, role, new, following, at)) is not None]
    return debts


def _to_sign_anew(now: Published, role: str, new: Root | Targets, following: list[Draft], at: datetime) -> Debt | None:
    there = now.papers()[role]
    if is_signed(new, role, there.signed_bytes, there.signatures):
        return None
    candidates = [draft for draft in following if draft.role == role]
    ready = [draft for draft in candidates if is_signed(new, role, draft.metadata.signed_bytes, draft.signatures)]
    if ready:
        return None
    plain = [draft for draft in candidates if is_plain(draft)]
    begun = max(plain, key=lambda draft: len(signed_draft(new, draft)), default=None)
    signed = signed_draft(new, begun) if begun is not None else ()
    people = tuple(name for name in people_of(new, role) if name not in signed)
    return Debt(kind=Kind.ANEW, role=role, people=people, lacks=needed(new, role) - len(signed), due=at, draft=begun)


def _countersigns(now: Published, drafts: tuple[Draft, ...], following: list[Draft], photos: Mapping[str, Facts]) -> list[Debt]:
    """Lists with nothing in them but what somebody approved already who has not signed this one."""
    who = approvals(now, drafts, photos)
    debts: list[Debt] = []
    for draft in following:
        if draft.role != APPROVED or not draft.adds or has_enough(now, draft):
            continue
        signed = signed_draft(now.targets.signed, draft)
        everybody = dict.fromkeys(name for each in draft.adds for name in who.get(each, ()))
        ready = tuple(name for name in everybody if name not in signed and all(name in who.get(each, ()) for each in draft.adds))
        if signed and ready:
            lacks = needed(now.targets.signed, APPROVED) - len(signed)
            debts.append(Debt(kind=Kind.COUNTERSIGN, role=APPROVED, people=ready, lacks=lacks, due=None, draft=draft))
    return debts


def _decisions(now: Published, following: list[Draft]) -> list[Debt]:
    """What somebody decided for targets or root and others have yet to."""
    debts: list[Debt] = []
    for draft in following:
        if draft.role not in {TARGETS, ROOT} or is_plain(draft) or has_enough(now, draft):
            continue
        papers = [delegator_of(now, draft.role)]
        new = draft.metadata.signed
        if draft.role == ROOT and isinstance(new, Root):
            papers.append(new)
        signed = {name for paper in papers for name in signed_draft(paper, draft)}
        people = tuple(dict.fromkeys(name for paper in papers for name in people_of(paper, draft.role) if name not in signed))
        lacks = max(needed(paper, draft.role) - len(signed_draft(paper, draft)) for paper in papers)
        debts.append(Debt(kind=Kind.DECIDE, role=draft.role, people=people, lacks=lacks, due=None, draft=draft))
    return debts
