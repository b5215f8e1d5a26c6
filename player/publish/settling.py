"""Settling: a person gives the signatures that they owe, having been shown what each is for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from player.feed.signed.layout import APPROVED, WITHDRAWN
from player.publish import approving, ruling, withdrawing
from player.publish.desk import Desk
from player.publish.drafts import Draft
from player.publish.evidence import delegator_of, signed_draft
from player.publish.keys import fingerprint, person_of
from player.publish.owing import Debt, Kind, owed
from player.publish.proposals import Rules, rules_of


@dataclass(frozen=True, slots=True)
class Duty:
    """One signature that this person can give now."""

    debt: Debt
    sentence: str
    needs_thought: bool
    """It decides something: it is signed on a person's yes, never in passing."""

    @property
    def name(self) -> str:
        """How it can be named on the command line."""
        return f"{self.debt.role}/{self.debt.draft.name}" if self.debt.draft else self.debt.role


def duties(desk: Desk) -> tuple[Duty, ...]:
    """Return what this person owes. What was drafted by others is only there if it can be made again here to the same bytes."""
    found: list[Duty] = []
    for debt in owed(desk.now, desk.drafts, desk.photos, desk.at):
        if desk.person not in debt.people or not debt.lacks:
            continue
        if debt.kind is Kind.RENEW and not debt.is_urgent(desk.at):
            continue
        if debt.kind in {Kind.COUNTERSIGN, Kind.DECIDE} and not _is_sound(desk, debt.draft):
            continue
        found.append(Duty(debt, _sentence(desk, debt), debt.kind is Kind.DECIDE))
    return tuple(found)


def settle(desk: Desk, chosen: Iterable[Duty]) -> tuple[Draft, ...]:
    """Give the signatures of *chosen*, and return what was signed."""
    signed: dict[str, Draft] = {}
    for duty in chosen:
        for draft in _settled(desk, duty.debt, signed):
            signed[f"{draft.role}/{draft.name}"] = draft
    return tuple(signed.values())


def _settled(desk: Desk, debt: Debt, signed: dict[str, Draft]) -> tuple[Draft, ...]:
    if debt.role == WITHDRAWN:
        done = [draft for draft in signed.values() if draft.role == WITHDRAWN]
        return tuple(done) or (withdrawing.again(desk).draft,)
    draft = debt.draft if _is_sound(desk, debt.draft) else None
    if debt.role == APPROVED:
        return approving.countersign(desk, [draft or approving.renewal(desk)]).drafts
    return (desk.sign(draft or ruling.renewal(desk, debt.role)),)


def _is_sound(desk: Desk, draft: Draft | None) -> bool:
    return draft is not None and any(draft.name == each.name for each in desk.following(draft.role))


def _sentence(desk: Desk, debt: Debt) -> str:
    """Say what is signed."""
    end = debt.due.strftime("%Y-%m-%d %H:%M UTC") if debt.due else ""
    match debt.kind:
        case Kind.RENEW:
            return f"{debt.role}: runs out on {end}; signing makes it last again, and adds nothing to it"
        case Kind.ANEW:
            return f"{debt.role}: must be signed by people who keep their keys, before one who loses theirs can leave"
        case Kind.AGAIN:
            return (
                "withdrawn: somebody's withdrawal is on no published list, because another list was faster; this one carries it"
            )
        case Kind.COUNTERSIGN:
            ids = ", ".join(debt.draft.adds) if debt.draft else ""
            return f"approved: a list with {ids}, which you approved already in another list"
        case Kind.DECIDE:
            who = signed_draft(delegator_of(desk.now, debt.role), debt.draft) if debt.draft else ()
            by = f" (signed by {', '.join(who)})" if who else ""
            return f"{debt.role}: {_told(rules_of(debt.draft)) if debt.draft else ''}{by}"


def _told(rules: Rules) -> str:
    parts = [f"take back the withdrawal of {', '.join(rules.reinstates)}"] if rules.reinstates else []
    if rules.core is not None:
        parts.append(f"approve for offline use: {', '.join(rules.core) or 'nothing'}")
    for change in rules.changes:
        parts += [
            f"give {person_of(key) or 'the machine'} a key in {change.role} (fingerprint {fingerprint(key)})"
            for key in change.adds
        ]
        parts += [f"take the key of {name or 'the machine'} out of {change.role}" for name in change.removes]
    return "; ".join(parts)
