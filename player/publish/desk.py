"""A person at their desk: their key is open, what is published has been verified, the clock has been looked at.

Everything that a person signs goes through here; what each act means lies in `approving`, `withdrawing`, `ruling` and `duties`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.errors import OperatorError
from player.feed.signed.layout import APPROVED, ROOT, TARGETS, WITHDRAWN
from player.publish import disk, instants
from player.publish.choosing import is_next
from player.publish.documents import Facts
from player.publish.drafts import Draft
from player.publish.evidence import delegator_of
from player.publish.keys import Pen, open_file, person_of
from player.publish.memory import Memory, recall, remember_root
from player.publish.metadata import keys_of, role_of
from player.publish.proposals import made_again, rules_of
from player.publish.publication import Published
from player.publish.signer import check_clock
from player.publish.standard import Root, Targets
from player.publish.studio import Studio

SKEW: Final = timedelta(minutes=2)  # two machines that both ask the time of the network differ by less


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who signs, on what, and when."""

    studio: Studio
    pen: Pen
    key_file: Path
    memory: Memory
    now: Published
    at: datetime
    photos: dict[str, Facts]
    """Those that are on no page, by id."""
    drafts: tuple[Draft, ...]
    damaged: tuple[str, ...]
    """Drafts that cannot be read, a line each."""

    @property
    def person(self) -> str:
        """Who sits here."""
        return self.pen.person

    @property
    def when(self) -> str:
        """The time, as drafts write it."""
        return instants.written(self.at)

    def needs(self, role: str) -> None:
        """Raise OperatorError unless this person's key is in *role*."""
        if not holds(delegator_of(self.now, role), role, self.pen):
            raise OperatorError(f"{self.person}'s key ({self.key_file}) is not in the role {role}; nothing was signed")

    def following(self, role: str) -> tuple[Draft, ...]:
        """Return the drafts of *role* that follow what is published and are what their recipe makes of it here."""
        return tuple(
            draft
            for draft in self.drafts
            if draft.role == role
            and is_next(self.now, draft, self.at)
            and instants.read(draft.at) <= self.at + SKEW  # a clock that can have been right: how long it lasts follows from that
            and made_again(draft, self.now, self.photos)
        )

    def sign(self, draft: Draft) -> Draft:
        """Keep *draft* if it is new, and leave this person's signature beside it."""
        if all(draft.name != each.name for each in self.drafts if each.role == draft.role):
            self.studio.pending.keep(draft)
        signed = self.studio.pending.sign(draft, self.pen)
        if not self.memory.anchor:
            remember_root(self.key_file, self.studio.anchor, self.studio.disk)
        return signed


def sit_down(studio: Studio, key_file: Path, passphrase: str, clock: Clock) -> Desk:
    """Return the desk of the person whose key is in *key_file*.

    Raises:
        OperatorError: The passphrase or the key is wrong, the studio is of another feed than the key remembers, or the clock was
            set back.
    """
    pen = open_file(disk.read(key_file), key_file.stem, passphrase, where=str(key_file))
    memory = recall(key_file)
    if memory.anchor and memory.anchor != studio.anchor:
        raise OperatorError(f"{studio.folder}: is not the studio that {key_file} signed for; was it swapped?")
    now = studio.published(memory.anchor or None)
    at = instants.moment(clock.wall())
    check_clock(now, at, tolerance=SKEW)
    look = studio.pending.look()
    return Desk(
        studio=studio,
        pen=Pen(_name(pen, now, look.drafts), pen.key, pen.private),
        key_file=key_file,
        memory=memory,
        now=now,
        at=max(at, now.signed_at),
        photos=studio.new_photos(now),
        drafts=look.drafts,
        damaged=look.damaged,
    )


def holds(delegator: Root | Targets, role: str, pen: Pen) -> bool:
    """Whether *pen* may sign for *role*."""
    return pen.key.keyid in role_of(delegator, role).keyids


def _name(pen: Pen, now: Published, drafts: Iterable[Draft]) -> str:
    """Return whose *pen* is, as the feed knows it; OperatorError when it is nobody's."""
    papers = [(delegator_of(now, role), role) for role in (ROOT, TARGETS, APPROVED, WITHDRAWN)]
    known = [key for paper, role in papers for key in keys_of(paper, role)]
    changes = [change for draft in drafts if draft.role in {ROOT, TARGETS} for change in rules_of(draft).changes]
    known += [key for change in changes for key in change.adds]
    for key in known:
        if key.keyid == pen.key.keyid:
            return person_of(key)
    raise OperatorError(f"{pen.person}: this key is in no role of this feed")
