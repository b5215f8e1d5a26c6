"""Deciding: a reviewer's verdict is asked of the rules and written down in one transaction, so that nobody comes in between.

A rejection is a withdrawal, dated with its instant: the screen obeys it at the next frame, its bytes go, and it binds for good.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from player.library import journal, reviews, tombstones
from player.library.database import transaction
from player.library.orders import ORDERS, Orders
from player.library.reviews import Name
from player.library.tombstones import Record
from player.library.verdicts import MAY_LIFT, MAY_REVIEW, Said, Subject, Tally, Verdict, lack, tally, undone
from player.units import Nanos

REJECTED: Final = "rejected at review"
MOST_SAID: Final = 200  # of one item: each look at the wall reads all of it, and whoever says yes and no for ever reviews nothing


class Outcome(StrEnum):
    """What became of a verdict."""

    DONE = "done"
    ALREADY = "already"
    """They said so before."""
    SETTLED = "settled"
    """Others have approved it meanwhile: it needs nobody any more."""
    GONE = "gone"
    """It was rejected or withdrawn meanwhile."""
    CHANGED = "changed"
    """What they looked at is another thing by now."""
    UNSEEN = "unseen"
    """They were not given its picture."""
    LATE = "late"
    """There is nothing that could still be taken back."""
    NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who decides, as of now."""

    who: str
    """What all spellings of their name have in common."""
    name: str
    role: str
    person: int
    hands: frozenset[str]
    """In whose hands their password was."""

    def says(self, verdict: Verdict, subject: Subject, at: Nanos, reason: str = "") -> Said:
        """Return a verdict of theirs."""
        return Said(
            verdict=verdict,
            subject=subject,
            who=self.who,
            name=self.name,
            role=self.role,
            at=at,
            person=self.person,
            reason=reason,
            hands=self.hands,
        )


def approve(orders: Orders, name: Name, subject: Subject, *, needed: int, by: Reviewer, at: Nanos) -> Outcome:
    """Write down that somebody approves *subject*, which is what they have seen; *needed* people must.

    Raises:
        LibraryError: it could not be written; nothing of it happened.
    """
    if by.role not in MAY_REVIEW:
        return Outcome.NOT_ALLOWED
    with transaction(orders.connection, ORDERS.name):
        said = _said(orders, name)
        stands = tally(said)
        if len(said) >= MOST_SAID:
            return Outcome.NOT_ALLOWED
        if stands.rejected or _is_withdrawn(orders, name, subject):
            return Outcome.GONE
        if by.who in stands.of(subject):
            return Outcome.ALREADY
        if not lack(stands, subject, needed):
            return Outcome.SETTLED
        _write(orders, name, by.says(Verdict.APPROVE, subject, at))
    return Outcome.DONE


def reject(orders: Orders, name: Name, subject: Subject, *, record: Record, by: Reviewer, at: Nanos) -> Outcome:
    """Write down that somebody rejects an item, approved or not, and withdraw it as *record* says.

    Raises:
        LibraryError: it could not be written; nothing of it happened.
    """
    if by.role not in MAY_REVIEW:
        return Outcome.NOT_ALLOWED
    with transaction(orders.connection, ORDERS.name):
        if _tally(orders, name).rejected or _is_withdrawn(orders, name, subject):
            return Outcome.GONE
        _write(orders, name, by.says(Verdict.REJECT, subject, at, record.reason))
        reason = f"{REJECTED}: {record.reason}" if record.reason else REJECTED
        orders.withdraw_within(replace(record, reason=reason, at=at, by=by.name), at)
    return Outcome.DONE


def last(orders: Orders, by: Reviewer, at: Nanos) -> tuple[Name, Said] | None:
    """Return what a person may still take back.

    Raises:
        LibraryError: it cannot be read.
    """
    name = reviews.last_of(orders.connection, by.who)
    found = undone(_said(orders, name), by.who, by.person, at) if name else None
    return (name, found) if name and found else None


def undo(orders: Orders, by: Reviewer, at: Nanos) -> tuple[Name, Said] | None:
    """Take back what somebody said last; return what that was. None: it is too late, or somebody else has acted on it.

    After a rejection of theirs all look again who had approved; it stays withdrawn if anybody else withdrew it, too.

    Raises:
        LibraryError: it could not be written; nothing of it happened.
    """
    if by.role not in MAY_REVIEW:
        return None
    with transaction(orders.connection, ORDERS.name):
        found = last(orders, by, at)
        if found is None:
            return None
        name, said = found
        _write(orders, name, by.says(Verdict.UNDO, said.subject, at))
        if said.verdict is Verdict.REJECT:
            orders.lift_within(name.source, name.item, said.at, by=by.name, at=at)
    return found


def lift(orders: Orders, name: Name, *, by: Reviewer, at: Nanos) -> Outcome:
    """Take a rejection back, in the name of an administrator; it is reviewed anew.

    Raises:
        LibraryError: it could not be written; nothing of it happened.
    """
    if by.role not in MAY_LIFT:
        return Outcome.NOT_ALLOWED
    with transaction(orders.connection, ORDERS.name):
        standing = _tally(orders, name).rejected
        if standing is None:
            return Outcome.GONE
        _write(orders, name, by.says(Verdict.LIFT, standing.subject, at))
        orders.lift_within(name.source, name.item, standing.at, by=by.name, at=at)
    return Outcome.DONE


def _said(orders: Orders, name: Name) -> tuple[Said, ...]:
    return reviews.said(orders.connection, name.source, [name.item]).get(name.item, ())


def _tally(orders: Orders, name: Name) -> Tally:
    return tally(_said(orders, name))


def _is_withdrawn(orders: Orders, name: Name, subject: Subject) -> bool:
    connection = orders.connection
    return bool(tombstones.items(connection, name.source, [name.item]) or tombstones.digests(connection, [subject.sha256]))


def _write(orders: Orders, name: Name, said: Said) -> None:
    reviews.add(orders.connection, name, said)
    what: dict[str, object] = {
        "source": name.source,
        "item": name.item,
        "sha256": said.subject.sha256,
        "words": said.subject.words,
        "verdict": said.verdict.value,
        "by": said.name,
        "person": said.person,
        "role": said.role,
        "hands": reviews.written(said.hands),
        "reason": said.reason,
    }
    journal.append(orders.connection, writer=orders.writer, kind=reviews.KIND, what=what, at=said.at)
