"""What people are told: what is pending, what runs out, whose signature is next. Lines and values; prints nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from player.feed.signed.layout import APPROVED, SIGNED_BY_PEOPLE, SNAPSHOT, TIMESTAMP
from player.feed.text import clean
from player.publish import documents, instants
from player.publish.approving import Review
from player.publish.choosing import is_next
from player.publish.documents import Record
from player.publish.drafts import Draft
from player.publish.evidence import approvals, has_enough, unsigned_lists
from player.publish.metadata import needed
from player.publish.owing import Debt, Kind, owed
from player.publish.publication import Published
from player.publish.signer import missing_photo, unsigned_line
from player.publish.studio import Studio

SHOWN: Final = 20  # lines of one kind; whoever approves a thousand photos looks at the sheet, not at a thousand lines


@dataclass(frozen=True, slots=True)
class Waiting:
    """A photo that is on no page."""

    id: str
    file: str
    caption: str
    approved_by: tuple[str, ...]
    needs: str


@dataclass(frozen=True, slots=True)
class Status:
    """How a studio stands."""

    now: Published
    at: datetime
    debts: tuple[Debt, ...]
    waiting: int
    damaged: tuple[str, ...]
    """Drafts that cannot be read or count for nothing, a line each."""
    held: tuple[str, ...]
    """Lists that cannot be published yet because a photo is not here, a line each."""

    @property
    def is_alarming(self) -> bool:
        """Whether a signature is due within 72 hours, the signer has not renewed the timestamp, or a draft cannot be read."""
        is_late = self.now.timestamp.signed.expires <= self.at
        return is_late or bool(self.damaged) or any(debt.is_urgent(self.at) for debt in self.debts)


def pending(studio: Studio, at: datetime) -> tuple[Waiting, ...]:
    """Return the photos on no page, with who approved each and what is still needed."""
    now = studio.published()
    drafts, photos = studio.pending.all(), studio.new_photos(now)
    who = approvals(now, drafts, photos)
    enough = needed(now.targets.signed, APPROVED)
    rows: list[Waiting] = []
    gone = now.gone
    for name, facts in sorted(photos.items(), key=lambda pair: (pair[1].file, pair[0])):
        if gone.has(name, facts.sha256):
            continue
        lacks = enough - len(who[name])
        needs = f"{lacks} more" if lacks > 0 else "both signatures on one list: weremember publish sign --key FILE"
        if any(name in draft.adds and is_next(now, draft, at) and has_enough(now, draft) for draft in drafts):
            needs = "the signer: weremember publish sign"
        rows.append(Waiting(name, facts.file, facts.caption, who[name], needs))
    return tuple(rows)


def photo_line(*words: str) -> str:
    """Return *words* about a photo as one line, without what would break it: a name of a file can hold anything."""
    return "  ".join(shown for word in words if (shown := clean(word)))


def waiting_lines(rows: Iterable[Waiting]) -> list[str]:
    """Say what waits, two lines for each photo."""
    return [
        f"{photo_line(row.id, row.file, row.caption)}\n"
        f"    approved by {', '.join(row.approved_by) or 'nobody'}; needs {row.needs}"
        for row in rows
    ]


def status(studio: Studio, at: datetime) -> Status:
    """Return how the studio stands at *at*."""
    now = studio.published()
    look, photos = studio.pending.look(), studio.new_photos(now)
    gone = now.gone
    waiting = sum(not gone.has(name, facts.sha256) for name, facts in photos.items())
    damaged = (*look.damaged, *map(unsigned_line, unsigned_lists(now, look.drafts)))
    next_lists = [draft for draft in look.drafts if draft.role == APPROVED and is_next(now, draft, at)]
    held = tuple(line for draft in next_lists if (line := missing_photo(studio, draft)))
    return Status(now, at, owed(now, look.drafts, photos, at), waiting, damaged, held)


def status_lines(stands: Status) -> list[str]:
    """Say how a studio stands: what is damaged, then what waits now, then what runs out when."""
    now, at, gone = stands.now, stands.at, stands.now.gone
    waits = [debt for debt in stands.debts if debt.lacks and (debt.kind is not Kind.RENEW or debt.is_urgent(at))]
    lines = [*stands.damaged, _next_line(stands, waits), *(debt_line(debt, at) for debt in waits[1:]), *stands.held]
    if now.timestamp.signed.expires <= at:
        lines.append("the signer does not run: players show the offline set or the plate (weremember publish sign --every 5m)")
    if now.withdrawals.halt or now.policy.halt:
        lines.append("halted: the plate is shown everywhere (weremember publish halt --lift --key FILE)")
    shown = sum(not gone.has_item(item) for item in now.items().values())
    lines.append(
        f"{shown} photos published, {stands.waiting} pending, {len(gone.ids)} withdrawn, {len(now.core)} for offline use"
    )
    for role in SIGNED_BY_PEOPLE:
        metadata = now.papers()[role]
        lines.append(f"{role:10} version {metadata.signed.version:<5} {_end(metadata.signed.expires, at)}")
    for role, end in ((SNAPSHOT, now.snapshot.signed.expires), (TIMESTAMP, now.timestamp.signed.expires)):
        lines.append(f"{role:10} by the machine  {_end(end, at)}")
    lines.append(f"the signer last signed at {instants.written(now.signed_at)}")
    return lines


def status_record(stands: Status) -> Record:
    """Return how a studio stands, for programs."""
    now, gone = stands.now, stands.now.gone
    ends = {role: instants.written(metadata.signed.expires) for role, metadata in now.papers().items()}
    ends |= {SNAPSHOT: instants.written(now.snapshot.signed.expires), TIMESTAMP: instants.written(now.timestamp.signed.expires)}
    return {
        "alarm": stands.is_alarming,
        "signed_at": instants.written(now.signed_at),
        "expires": ends,
        "versions": {role: metadata.signed.version for role, metadata in now.papers().items()},
        "published": sum(not gone.has_item(item) for item in now.items().values()),
        "pending": stands.waiting,
        "withdrawn": len(gone.ids),
        "halt": now.withdrawals.halt or now.policy.halt,
        "damaged": list(stands.damaged),
        "held": list(stands.held),
        "owed": [
            {
                "kind": str(debt.kind),
                "role": debt.role,
                "people": list(debt.people),
                "lacks": debt.lacks,
                "due": instants.written(debt.due) if debt.due else None,
                "urgent": debt.is_urgent(stands.at),
                "draft": f"{debt.role}/{debt.draft.name}" if debt.draft else None,
            }
            for debt in stands.debts
            if debt.lacks
        ],
    }


def debt_line(debt: Debt, at: datetime) -> str:
    """Say who owes what."""
    who = " or ".join(debt.people) if debt.lacks == 1 else f"{debt.lacks} of {', '.join(debt.people)}"
    why = {
        Kind.RENEW: f"it {_end(debt.due, at)}" if debt.due else "",
        Kind.ANEW: "those who stay must sign it anew before somebody's key can go",
        Kind.AGAIN: "a withdrawal is on no published list",
        Kind.COUNTERSIGN: "both approved the same photos on different lists",
        Kind.DECIDE: "somebody proposed a change",
    }[debt.kind]
    named = f" {debt.role}/{debt.draft.name}" if debt.draft and debt.kind is Kind.DECIDE else ""
    return f"{debt.role}: {who} must sign ({why}): weremember publish sign{named} --key FILE"


def review_lines(seen: Review) -> list[str]:
    """Say what a person is asked to sign."""
    lines = _listed("published since you last signed", [_item_line(item) for item in seen.new_since])
    lines += _listed("gone since you last signed", list(seen.gone_since))
    lines += _listed("leaves the pages, because it is withdrawn", [_item_line(item) for item in seen.removes])
    adds = [photo_line(facts.id, facts.file, facts.caption) for facts in seen.adds]
    return [*lines, *_listed("you approve", adds)]


def draft_lines(drafts: Iterable[Draft]) -> list[str]:
    """Say what was signed."""
    return [f"signed {draft.role}/{draft.name}" + (f": {len(draft.adds)} photos" if draft.adds else "") for draft in drafts]


def _next_line(stands: Status, waits: Sequence[Debt]) -> str:
    real = [*waits, *(debt for debt in stands.debts if debt.lacks)]
    if not real:
        return "nobody owes a signature"
    return f"next: {debt_line(real[0], stands.at)}"


def _listed(heading: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    more = [f"  and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return [f"{heading} ({len(lines)}):", *(f"  {line}" for line in lines[:SHOWN]), *more]


def _item_line(item: Record) -> str:
    return photo_line(documents.id_of(item), str(item.get("content_text", "")))


def _end(end: datetime, at: datetime) -> str:
    left = end - at
    if left <= timedelta(0):
        return f"ran out on {instants.written(end)}"
    hours, minutes = divmod(round(left / timedelta(minutes=1)), 60)
    short = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    length = f"{left.days} days" if left.days > 1 else short
    return f"runs out on {instants.written(end)}, in {length}"
