"""The machine that publishes: takes what enough people signed, and signs that it is the newest.

Trusted with little: it checks every signature before it publishes, because a reader would, and it can add nothing of its own.
What is withdrawn leaves the public folder before anything else is done, whether or not its list can be published yet.

The order of writing is what keeps a reader from ever seeing half of a publication: what is named is there before what names it.
`timestamp.json` makes it all visible at once. A new root comes after it: everything else verifies under both, so a reader is well
served on either side, and after a power cut at any point the next run goes on from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from player.clock import Clock
from player.errors import OperatorError
from player.feed.signed.layout import (
    APPROVED,
    LIFETIMES,
    POLICY,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    WITHDRAWN,
    metadata_path,
    photo_path,
    target_path,
)
from player.publish import disk, documents, instants
from player.publish.choosing import Choice, choose, is_next, new_roots, signed_targets
from player.publish.disk import locked
from player.publish.documents import Reinstated
from player.publish.drafts import Draft
from player.publish.evidence import (
    added_items,
    delegator_of,
    halts_asked,
    has_enough,
    signed_draft,
    unsigned_lists,
    withdrawals_signed,
)
from player.publish.gone import gone, joined, missing
from player.publish.keys import Pen
from player.publish.metadata import assembled, good_signatures, role_of, signed_by, snapshot, timestamp
from player.publish.proposals import said_by
from player.publish.publication import Published
from player.publish.standard import Metadata, Root, Targets
from player.publish.studio import Studio
from player.publish.tidying import prune

RENEW_SNAPSHOT: Final = LIFETIMES[SNAPSHOT] / 2  # when less than this is left: twelve hours to notice that the signer is down
LOCK: Final = "signer.lock"


@dataclass(frozen=True, slots=True)
class Signing:
    """What one run of the signer did."""

    published: Published
    """As it is now."""
    news: tuple[str, ...] = ()
    """What was published, a line each."""
    warnings: tuple[str, ...] = ()
    """What a person must know."""
    damaged: tuple[str, ...] = ()
    """Drafts that cannot be read, a line each: a withdrawal may be in one."""


def sign_once(studio: Studio, clock: Clock) -> Signing:
    """Publish what is ready, and renew timestamp and snapshot.

    Raises:
        OperatorError: The clock is wrong, the keys are not here, another signer is at work, the disk is full. Nothing is lost.
    """
    with locked(studio.folder / LOCK, "another signer"):
        return _Run(studio, instants.moment(clock.wall())).go()


@dataclass(slots=True)
class _Run:
    """One run, collecting what it has to say."""

    studio: Studio
    at: datetime
    news: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])

    def go(self) -> Signing:
        now = self.studio.published()
        check_clock(now, self.at)
        pens = self.studio.machine_pens()
        look = self.studio.pending.look()
        drafts = look.drafts
        self._take_away(now, drafts)
        usable = [draft for draft in drafts if self._has_its_photos(draft)]
        choice = choose(now, usable, self.at, machine=frozenset(pen.key.keyid for pen in pens))
        self._place_photos(now, choice, drafts)
        self._write(now, choice, pens)
        after = self.studio.published()
        self._tell(now, after, choice, drafts)
        self._tidy(after, drafts)
        self._log()
        return Signing(after, tuple(self.news), tuple(self.warnings), look.damaged)

    def _take_away(self, now: Published, drafts: Iterable[Draft]) -> None:
        """Take the bytes of everything that anybody entitled withdrew out of the public folder, before all else."""
        entries = joined(withdrawals_signed(now, drafts))
        for sha256 in gone(entries, now.policy.reinstated).digests:
            self.studio.disk.remove(self.studio.public / photo_path(sha256))
        for half in (self.studio.public / "photos").glob(".*.part"):  # of a copy that a power cut ended; nobody else writes here
            self.studio.disk.remove(half)

    def _has_its_photos(self, draft: Draft) -> bool:
        """Whether each photo that *draft* adds is here and is the one that was signed."""
        line = missing_photo(self.studio, draft)
        self.warnings += [line] if line else []
        return not line

    def _place_photos(self, now: Published, choice: Choice, drafts: Iterable[Draft]) -> None:
        """Put into the public folder what the pages will name, and what was reinstated. A withdrawn photo is left out."""
        folder = self.studio.public / "photos"
        there = {path.name for path in folder.iterdir()} if folder.is_dir() else set[str]()
        withdrawn = gone(joined(withdrawals_signed(now, drafts)), _reinstated(now, choice))
        items = [*now.core, *(item for page in now.pages for item in page.items)]
        items += list(added_items(choice.approved).values()) if choice.approved else []
        for item in items:
            sha256 = documents.sha256_of(item)
            if sha256 in there or withdrawn.has_item(item):
                continue
            if self.studio.has_photo(sha256):
                self.studio.disk.place(self.studio.photo(sha256), folder / sha256)
            else:
                self.warnings.append(
                    f"the photo of {documents.id_of(item)} is missing in {self.studio.photos}: nobody can fetch it"
                )
            there.add(sha256)

    def _write(self, now: Published, choice: Choice, pens: Sequence[Pen]) -> None:
        """Write what is named before what names it."""
        roots = [now.root.signed, *new_roots(choice.root)]
        if roots[-1].expires <= self.at:
            raise OperatorError(
                f"the root ran out on {instants.written(roots[-1].expires)}: two of its keys must renew it "
                f"(weremember publish sign --key FILE), or this machine's clock is wrong: it says {instants.written(self.at)}"
            )
        for draft in choice.drafts():
            for path, data in draft.documents.items():
                self._put(target_path(path, hashlib.sha256(data).hexdigest()), data)
        for draft in choice.drafts():
            if draft is not choice.root:
                self._put(metadata_path(draft.role, draft.version), _publishable(now, choice, draft))
        versions = {role: now.papers()[role].signed.version for role in (TARGETS, APPROVED, WITHDRAWN)}
        versions |= {draft.role: draft.version for draft in choice.drafts() if draft is not choice.root}
        number = now.snapshot.signed.version
        if choice.drafts() or now.snapshot.signed.expires - self.at < RENEW_SNAPSHOT:
            number += 1
            papers = {role: (v, disk.read(self.studio.public / metadata_path(role, v))) for role, v in versions.items()}
            new = Metadata(snapshot(number, papers, self.at))
            self._put(metadata_path(SNAPSHOT, number), signed_by(new, _of(pens, roots, SNAPSHOT)))
        data = disk.read(self.studio.public / metadata_path(SNAPSHOT, number))
        stamp = Metadata(timestamp(now.timestamp.signed.version + 1, number, data, self.at))
        self._put(metadata_path(TIMESTAMP), signed_by(stamp, _of(pens, roots, TIMESTAMP)))
        if choice.root is not None:
            self._put(metadata_path(ROOT, choice.root.version), _publishable(now, choice, choice.root))

    def _put(self, path: str, data: bytes) -> None:
        self.studio.disk.write(self.studio.public / path, data)

    def _tell(self, now: Published, after: Published, choice: Choice, drafts: Iterable[Draft]) -> None:
        """Say what is new, what waits, and which withdrawal is on no published list."""
        before, there = now.items(), after.items()
        for draft in choice.drafts():
            who = ", ".join(signed_draft(delegator_of(after, draft.role), draft))
            more = ""
            if draft is choice.approved:
                more = f", {len(there.keys() - before.keys())} photos more, {len(before.keys() - there.keys())} fewer"
            self.news.append(f"published {draft.role} {draft.version}, signed by {who}{more}")
        self.news += [
            f"published the withdrawal of {entry.id}" for entry in missing(after.withdrawals.entries, now.withdrawals.entries)
        ]
        lists = withdrawals_signed(after, drafts)
        self.warnings += [
            f"{entry.id} was withdrawn on a list that another one overtook: its bytes are gone from here; players learn of it "
            "only when somebody signs again, at once please: weremember publish sign --key FILE"
            for entry in missing(joined(lists), after.withdrawals.entries)
        ]
        self.warnings += [unsigned_line(draft) for draft in unsigned_lists(after, drafts)]
        if halts_asked(after, drafts) and not after.withdrawals.halt:
            self.warnings.append("a halt was asked for on a list that another one overtook: weremember publish halt --key FILE")
        self.warnings += [
            f"{draft.role} {draft.name} is signed and waits: what is published was signed by somebody whom it removes, "
            "and must be signed anew first: weremember publish sign --key FILE"
            for draft in drafts
            if draft.role in {TARGETS, ROOT} and is_next(after, draft, self.at) and has_enough(after, draft)
        ]

    def _log(self) -> None:
        lines = [documents.compact({"at": instants.written(self.at), "news": line}) + b"\n" for line in self.news]
        if lines:
            self.studio.disk.append(self.studio.folder / "log.jsonl", b"".join(lines))

    def _tidy(self, after: Published, drafts: Iterable[Draft]) -> None:
        """Drop the drafts that have done their work, and files that nothing names any more."""
        self.studio.pending.sweep()
        items, standing = after.items(), after.gone
        for draft in drafts:
            if draft.version > after.papers()[draft.role].signed.version:
                continue
            is_needed = any(name not in items and name not in standing.ids for name in draft.adds)
            if draft.role == WITHDRAWN:
                lost_halt = halts_asked(after, [draft]) and not after.withdrawals.halt
                is_needed = lost_halt or bool(missing(said_by(draft).entries, after.withdrawals.entries))
            if not is_needed:
                self.studio.pending.drop(draft)
        prune(self.studio.folder, after, self.at, self.studio.disk)


def missing_photo(studio: Studio, draft: Draft) -> str:
    """Return why *draft* must wait for a photo that it adds; nothing when all are here, and are what was signed."""
    for name, item in added_items(draft).items() if draft.role == APPROVED else ():
        if not studio.has_photo(documents.sha256_of(item)):
            return (
                f"{draft.name} waits: the photo of {name} is not in {studio.photos}, or was changed: where it was added, "
                "copy photos/ as well as pending/ to here"
            )
    return ""


def unsigned_line(draft: Draft) -> str:
    """Say that a list of withdrawals counts for nothing (see `unsigned_lists`)."""
    return (
        f"pending/{WITHDRAWN}/{draft.name}: is signed by nobody who may withdraw, so nothing came of it; copy it again, or "
        "withdraw again and then remove it"
    )


def check_clock(now: Published, at: datetime, *, tolerance: timedelta = timedelta(0)) -> None:
    """Raise OperatorError when *at* is before the newest signature by more than *tolerance*: a clock that was set back."""
    if at + tolerance < now.signed_at:
        raise OperatorError(
            f"this machine's clock says {instants.written(at)}, but something was signed at {instants.written(now.signed_at)}: "
            "set the clock; nothing is signed until then"
        )


def _publishable(now: Published, choice: Choice, draft: Draft) -> bytes:
    """Return the metadata of *draft* with the signatures that people of its role made, and no others."""
    papers: list[Root | Targets] = [now.root.signed, *new_roots(choice.root)]
    if draft.role in {APPROVED, WITHDRAWN}:
        papers = [signed_targets(choice.targets).signed if choice.targets else now.targets.signed]
    metadata = draft.metadata
    good = [each for paper in papers for each in good_signatures(paper, draft.role, metadata.signed_bytes, draft.signatures)]
    return assembled(metadata, good)


def _of(pens: Iterable[Pen], roots: Sequence[Root], role: str) -> list[Pen]:
    """Return the machine's pens that any of *roots* gives *role*: while keys change, both sign."""
    ids = {keyid for root in roots for keyid in role_of(root, role).keyids}
    return [pen for pen in pens if pen.key.keyid in ids]


def _reinstated(now: Published, choice: Choice) -> tuple[Reinstated, ...]:
    """Return the reinstatements that will hold."""
    said = choice.targets.documents.get(POLICY) if choice.targets else None
    return documents.read_policy(said, POLICY).reinstated if said is not None else now.policy.reinstated
