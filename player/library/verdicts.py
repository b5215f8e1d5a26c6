"""What reviewers' verdicts on one item come to. Pure: rows in the order in which they were written go in, and nothing else.

Two people approve the same picture with the same words; one rejects, for good. Harm runs one way: whatever is in doubt takes
approval away. Whoever gave somebody else their password may be both, so the two count as one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from player.units import SECOND, Nanos

LEAST: Final = 2
"""People who must approve, whatever is configured: one may err, or be made to."""
UNDO_WITHIN: Final[Nanos] = 60 * SECOND  # a slip is noticed at once; what is noticed later is for an administrator
MACHINE: Final = "machine"
"""The role of whoever took a rejection back at the player itself."""
MAY_REVIEW: Final = frozenset({"reviewer", "admin"})
MAY_LIFT: Final = frozenset({"admin", MACHINE})

FROM_OTHERS: Final = " with a password from other hands"
"""What is needed where some of those who approve count as one."""
_NUMBERS: Final = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}


class Verdict(StrEnum):
    """What somebody says."""

    APPROVE = "approve"
    REJECT = "reject"
    UNDO = "undo"
    """They take back what they said last."""
    LIFT = "lift"
    """An administrator takes a rejection back: it is reviewed anew."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is approved: these bytes with these words. Anything else is something else."""

    sha256: str
    """Of the original, in lower case."""
    words: str
    """See `words_of`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One verdict of one person, as it was written down."""

    verdict: Verdict
    subject: Subject
    who: str
    """Names the person: what all spellings of their name have in common."""
    name: str
    role: str
    """At that time; what they may do now is of no account."""
    at: Nanos
    hands: frozenset[str] = frozenset()
    """In whose hands their password was, by the same names: theirs, and of whoever gave it to them. None: nobody knows."""
    person: int | None = None
    """Their number in the console's list of people."""
    reason: str = ""
    number: int = 0
    """The row; they count upwards."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Where an item stands."""

    approvals: Mapping[Subject, Mapping[str, frozenset[str]]] = field(default_factory=dict[Subject, Mapping[str, frozenset[str]]])
    """Who approved what, and in whose hands their passwords were."""
    rejected: Said | None = None

    def of(self, subject: Subject) -> Mapping[str, frozenset[str]]:
        """Return who approves *subject*, and in whose hands; nobody, once somebody has rejected the item."""
        return {} if self.rejected else self.approvals.get(subject, {})

    def missing(self, subject: Subject, needed: int) -> int:
        """Return how many people are still to approve *subject* where *needed* must; 0: none."""
        return max(0, max(LEAST, needed) - voices(self.of(subject).values()))


def words_of(caption: str, credit: str, language: str, country: str) -> str:
    """Return what names the words that go with a picture: another caption is another thing to approve."""
    text = repr((caption, credit, language, country))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def voices(hands: Iterable[frozenset[str]]) -> int:
    """Return as how many people those count whose passwords were in these *hands*.

    Whoever shares a hand with another is one with them. Where nobody knows whose they were, they count as nobody.
    """
    apart: list[frozenset[str]] = []
    for each in filter(None, hands):
        near = [others for others in apart if others & each]
        apart = [*(others for others in apart if not others & each), each.union(*near)]
    return len(apart)


def tally(said: Iterable[Said]) -> Tally:
    """Return where an item stands after all that was said of it, oldest first."""
    approvals: dict[Subject, dict[str, frozenset[str]]] = {}
    rejected: Said | None = None
    for each in said:
        if each.role not in (MAY_LIFT if each.verdict is Verdict.LIFT else MAY_REVIEW):
            continue
        match each.verdict:
            case Verdict.REJECT:
                rejected = each
            case Verdict.LIFT:
                approvals, rejected = {}, None
            case Verdict.UNDO if rejected and rejected.who == each.who:
                approvals, rejected = {}, None  # whoever approved looks again: a rejection once stood
            case Verdict.UNDO:
                approvals.get(each.subject, {}).pop(each.who, None)
            case Verdict.APPROVE if rejected is None:
                approvals.setdefault(each.subject, {}).setdefault(each.who, each.hands)
            case Verdict.APPROVE:
                pass  # too late
    return Tally(approvals, rejected)


def lack(stands: Tally, subject: Subject, needed: int) -> str:
    """Return why *subject* may not be shown where *needed* people must approve; nothing: it may."""
    if stands.rejected:
        return f"rejected by {stands.rejected.name}"
    missing = stands.missing(subject, needed)
    given = stands.of(subject).values()
    count = voices(given)
    return f"{needs(missing, is_rest=count > 0)}{FROM_OTHERS if len(given) > count else ''}" if missing else ""


def needs(missing: int, *, is_rest: bool = False) -> str:
    """Return that so many people are still to approve; *is_rest*: some have."""
    count = _NUMBERS.get(missing, str(missing))
    return f"needs {count}{' more' if is_rest else ''} reviewer{'s' * (missing != 1)}"


def undone(said: Sequence[Said], who: str, person: int, now: Nanos) -> Said | None:
    """Return what *who* may still take back of all that was *said* of an item, oldest first.

    Not after a minute, not once anybody else has acted on it, and not who was given the name of somebody else: another *person*.
    """
    last = said[-1] if said else None
    if last is None or (last.who, last.person) != (who, person) or last.verdict not in {Verdict.APPROVE, Verdict.REJECT}:
        return None
    return last if 0 <= now - last.at < UNDO_WITHIN else None
