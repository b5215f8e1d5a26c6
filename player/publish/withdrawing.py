"""Withdrawing: one person is enough, and nothing that one of them withdrew is ever forgotten, whoever was faster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from player.errors import OperatorError
from player.feed.signed.layout import WITHDRAWN
from player.feed.text import clean
from player.publish import documents, instants
from player.publish.desk import Desk
from player.publish.documents import Entry, Withdrawals
from player.publish.drafts import Draft
from player.publish.evidence import halts_asked, withdrawals_signed
from player.publish.gone import joined, missing
from player.publish.proposals import withdrawal

MAX_REASON: Final = 80  # characters; what players keep of it


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What came of withdrawing."""

    draft: Draft
    new: tuple[Entry, ...]
    others: tuple[Entry, ...]
    """Of other people, on no published list yet: this one carries them too."""


def withdraw(desk: Desk, names: Iterable[str], reason: str, *, when: str = "") -> Withdrawn:
    """Sign a list on which the photos *names* are withdrawn, dated *when*: now, if that is empty.

    Raises:
        OperatorError: No photo has one of these ids, or this key may not withdraw.
    """
    desk.needs(WITHDRAWN)
    digests = {name: facts.sha256 for name, facts in desk.photos.items()}
    digests |= {documents.id_of(item): documents.sha256_of(item) for item in (*desk.now.core, *desk.now.items().values())}
    known = joined(withdrawals_signed(desk.now, desk.drafts))
    dates = {entry.id: entry.at for entry in known}
    digests |= {entry.id: entry.sha256 for entry in known if entry.id not in digests}
    wanted = tuple(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in digests]
    if unknown:
        raise OperatorError(f"{unknown[0]}: no photo of this id is published or in the studio; nothing was signed")
    why = clean(reason, MAX_REASON)
    new = tuple(Entry(name, _later(dates.get(name, ""), when or desk.when), why, digests[name]) for name in wanted)
    return _sign(desk, new, halts=None)


def halt(desk: Desk, *, lift: bool, reason: str = "") -> Withdrawn:
    """Sign a list that shows the plate everywhere, or that shows the photos again; OperatorError when this key may not."""
    desk.needs(WITHDRAWN)
    return _sign(desk, (), halts=not lift, reason=clean(reason, MAX_REASON))


def again(desk: Desk) -> Withdrawn:
    """Sign a list with everything that anybody withdrew and no published list has, for as long as a list lasts."""
    desk.needs(WITHDRAWN)
    return _sign(desk, (), halts=None)


def _sign(desk: Desk, new: tuple[Entry, ...], *, halts: bool | None, reason: str = "") -> Withdrawn:
    lists = withdrawals_signed(desk.now, desk.drafts)
    entries = joined([*lists, Withdrawals(new)])
    stands = desk.now.withdrawals.halt or halts_asked(desk.now, desk.drafts)
    said = Withdrawals(entries, stands if halts is None else halts)
    means = True if said.halt and halts is not False else halts
    draft = desk.sign(withdrawal(desk.now, said, halts=means, at=desk.when, reason=reason))
    named = {entry.id for entry in new}
    others = tuple(entry for entry in missing(entries, desk.now.withdrawals.entries) if entry.id not in named)
    return Withdrawn(draft, new, others)


def _later(before: str, now: str) -> str:
    """Return *now*, or a second after *before*: a withdrawal that follows a reinstatement must have a date of its own."""
    return now if before < now else instants.written(instants.read(before) + timedelta(seconds=1))
