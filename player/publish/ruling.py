"""What two of the targets keys decide: reinstating, the offline set, and whose keys count. And the root's own keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.errors import OperatorError
from player.feed.signed.layout import APPROVED, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, WITHDRAWN
from player.publish.desk import Desk, holds
from player.publish.disk import PRIVATE
from player.publish.drafts import Draft
from player.publish.evidence import delegator_of, has_enough, signed_draft
from player.publish.keys import machine_file, machine_pen, person_of
from player.publish.metadata import KeyChange, needed
from player.publish.proposals import Rules, rooting, rules_of, ruling
from player.publish.standard import Key, Root

OF_ROOT: Final = (ROOT, TARGETS, SNAPSHOT, TIMESTAMP)  # whose keys stand in root.json; the others' stand in targets.json
OF_MACHINE: Final = (SNAPSHOT, TIMESTAMP)


@dataclass(frozen=True, slots=True)
class Ruled:
    """What came of signing."""

    draft: Draft
    missing: int
    """How many more people must sign it."""


def reinstate(desk: Desk, names: Iterable[str]) -> Ruled:
    """Sign that the withdrawals of the photos *names* are taken back.

    Raises:
        OperatorError: One of them is not withdrawn, or this key is not one of the targets keys.
    """
    return _rule(desk, Rules(reinstates=tuple(sorted(set(names)))))


def set_core(desk: Desk, names: Iterable[str]) -> Ruled:
    """Sign that the photos *names*, and no others, may be shown while there is no network.

    Raises:
        OperatorError: As `reinstate`; or there is no set, and there is to be none.
    """
    wanted = set(names)
    asked = any(rules_of(draft).core for draft in desk.following(TARGETS))
    if not wanted and not desk.now.core and not asked:
        raise OperatorError("there is no offline set, so nothing changes: name the photos; nothing was signed")
    return _rule(desk, Rules(core=tuple(sorted(wanted))))


def rotate(desk: Desk, role: str, *, adds: Iterable[Key] = (), removes: Iterable[str] = ()) -> Ruled:
    """Sign that people gain or lose a key in *role*.

    Raises:
        OperatorError: Somebody would be there twice, or too few would be left; or this key may not say so.
    """
    if role not in {ROOT, TARGETS, APPROVED, WITHDRAWN}:
        raise OperatorError(f"{role}: no role of people")
    change = KeyChange(role, tuple(sorted(adds, key=person_of)), tuple(sorted(removes)))
    return _root(desk, change) if role in OF_ROOT else _rule(desk, Rules(changes=(change,)))


def rotate_machine(desk: Desk, role: str) -> tuple[Ruled, Path]:
    """Make the machine a new key for *role*, sign that it replaces the old one, and return where it lies."""
    desk.needs(ROOT)
    pen = machine_pen()
    path = desk.studio.keys / f"online-{pen.key.keyid[:8]}.key"
    desk.studio.disk.write(path, machine_file(pen), mode=PRIVATE)  # first: a key that no root names harms nobody
    return _root(desk, KeyChange(role, (pen.key,), ("",))), path


def renewal(desk: Desk, role: str) -> Draft:
    """Return the next version of targets or root with nothing changed but its end."""
    return rooting(desk.now, (), at=desk.when) if role == ROOT else ruling(desk.now, Rules(), at=desk.when)


def may_sign(desk: Desk, draft: Draft) -> bool:
    """Whether this person's signature counts on a draft of targets or root, by the keys of before or those that it brings."""
    papers = [delegator_of(desk.now, draft.role)]
    new = draft.metadata.signed
    if draft.role == ROOT and isinstance(new, Root):
        papers.append(new)
    if draft.role == TARGETS:
        papers += [paper for each in desk.following(ROOT) if isinstance(paper := each.metadata.signed, Root)]
    return any(holds(paper, draft.role, desk.pen) for paper in papers)


def _rule(desk: Desk, rules: Rules) -> Ruled:
    desk.needs(TARGETS)
    return _sign(desk, TARGETS, rules)


def _root(desk: Desk, change: KeyChange) -> Ruled:
    desk.needs(ROOT)
    return _sign(desk, ROOT, Rules(changes=(change,)))


def _sign(desk: Desk, role: str, rules: Rules) -> Ruled:
    """Sign the draft that changes exactly this; else one that changes this and all that only this person asked for before."""
    there = desk.following(role)
    same = [draft for draft in there if rules_of(draft) == rules]
    mine = [] if same else [draft for draft in there if signed_draft(delegator_of(desk.now, role), draft) == (desk.person,)]
    whole = _joined([*(rules_of(draft) for draft in mine), rules])
    draft = same[0] if same else _made(desk, role, whole)
    signed = desk.sign(draft)
    for old in mine:
        if old.name != draft.name:
            desk.studio.pending.drop(old)
    people = signed_draft(delegator_of(desk.now, role), signed)
    lacking = max(0, needed(delegator_of(desk.now, role), role) - len(people))
    return Ruled(signed, lacking or int(not has_enough(desk.now, signed)))


def _made(desk: Desk, role: str, rules: Rules) -> Draft:
    return rooting(desk.now, rules.changes, at=desk.when) if role == ROOT else ruling(desk.now, rules, at=desk.when)


def _joined(all_rules: list[Rules]) -> Rules:
    """Return what all of these ask for; of two offline sets the last."""
    reinstates = tuple(sorted({name for rules in all_rules for name in rules.reinstates}))
    cores = [rules.core for rules in all_rules if rules.core is not None]
    return Rules(reinstates, cores[-1] if cores else None, tuple(change for rules in all_rules for change in rules.changes))
