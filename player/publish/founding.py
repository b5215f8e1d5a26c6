"""Founding a studio: keys for people and for the machine, the first root, and an empty publication that readers can verify."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.errors import OperatorError
from player.feed.signed.layout import (
    APPROVED,
    CORE,
    INDEX,
    LIST,
    POLICY,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    WITHDRAWN,
    metadata_path,
    target_path,
)
from player.publish import documents, instants
from player.publish.disk import PRIVATE, Disk
from player.publish.documents import Policy, Withdrawals
from player.publish.keys import STRETCH, Pen, locked_file, machine_file, machine_pen, new_pen, public_file
from player.publish.memory import remember_root
from player.publish.metadata import check, first_root, first_targets, listed, listing, signed_by, snapshot, timestamp
from player.publish.standard import Metadata
from player.publish.studio import FILE, Studio, studio_file

OFFICERS: Final = 3  # people with the keys of root and targets: two are needed, and one may be ill or have lost a stick
DAWN: Final = datetime(2026, 11, 1, tzinfo=UTC)  # before this program existed no clock can have been right
TITLE: Final = "We Remember"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who gets a key."""

    name: str
    passphrase: str


def found(
    folder: Path,
    people: Sequence[Person],
    clock: Clock,
    *,
    title: str = TITLE,
    stretch: int = STRETCH,
    shelf: Disk | None = None,
) -> Studio:
    """Make a studio in *folder* and return it.

    Args:
        folder: Made if need be; must not hold a studio.
        people: At least three. All review; the first three also hold the keys of root and targets.
        clock: Says when.
        title: Of the feed.
        stretch: Of the passphrases (see `keys`).
        shelf: What writes.

    Raises:
        OperatorError: A studio is there, too few people or one twice, a weak passphrase, a clock that cannot be right.
    """
    disk = shelf or Disk()
    check_people(folder, [person.name for person in people])
    at = instants.moment(clock.wall())
    if at < DAWN:
        raise OperatorError(f"this machine's clock says {instants.written(at)}, which cannot be: set it first")
    pens = [new_pen(person.name) for person in people]
    machine = machine_pen()
    locked = [locked_file(pen, person.passphrase, stretch=stretch) for pen, person in zip(pens, people, strict=True)]
    files = _publication(pens, machine, title, at)
    anchor = hashlib.sha256(files[metadata_path(ROOT, 1)]).hexdigest()
    studio = Studio(folder, title, anchor, disk)
    for pen, data in zip(pens, locked, strict=True):
        key = studio.keys / f"{pen.person}.key"
        disk.write(key, data, mode=PRIVATE)
        disk.write(studio.keys / f"{pen.person}.pub", public_file(pen.key))
        remember_root(key, anchor, disk)
    disk.write(studio.keys / "online.key", machine_file(machine), mode=PRIVATE)
    for path, data in files.items():
        disk.write(studio.public / path, data)
    (studio.public / "photos").mkdir(exist_ok=True)
    names = tuple(person.name for person in people)
    disk.write(folder / FILE, studio_file(title, anchor, names, names[:OFFICERS]))
    return studio


def make_key(folder: Path, person: str, passphrase: Callable[[], str], *, stretch: int = STRETCH) -> Path:
    """Make a key for *person* in *folder* and return its file; OperatorError when there is one of this name."""
    key = folder / f"{person}.key"
    if key.exists() or key.with_suffix(".pub").exists():
        raise OperatorError(f"{key}: is there already, and is not overwritten")
    pen, shelf = new_pen(person), Disk()
    shelf.write(key, locked_file(pen, passphrase(), stretch=stretch), mode=PRIVATE)
    shelf.write(key.with_suffix(".pub"), public_file(pen.key))
    return key


def check_people(folder: Path, names: Sequence[str]) -> None:
    """Raise OperatorError when no studio can be founded in *folder* for *names*: known before anybody types a passphrase."""
    if (folder / FILE).exists() or (folder / "keys").exists() or (folder / "public").exists():
        raise OperatorError(f"{folder}: there is a studio already, or the beginning of one; its keys are not overwritten")
    if len({name.casefold() for name in names}) < len(names):
        raise OperatorError("two people have the same name; each signature must tell who gave it")
    if len(names) < OFFICERS:
        raise OperatorError(f"at least {OFFICERS} people are needed, not {len(names)}: two must agree, and one may be ill")


def _publication(pens: Sequence[Pen], machine: Pen, title: str, at: datetime) -> dict[str, bytes]:
    """Return the files of a publication in which nothing is approved, by path, in the order in which to write them."""
    officers = pens[:OFFICERS]
    when = instants.written(at)
    ruled = {POLICY: documents.policy(Policy()), CORE: documents.page(title, [])}
    approved = {INDEX: documents.index(title, [], sequence=1, at=when)}
    withdrawn = {LIST: documents.withdrawals(Withdrawals())}
    files = {target_path(path, hashlib.sha256(data).hexdigest()): data for path, data in (approved | withdrawn | ruled).items()}
    root = Metadata(first_root([pen.key for pen in officers], machine.key, at))
    targets = Metadata(first_targets([pen.key for pen in pens], ruled, at))
    check(root.signed)
    check(targets.signed)
    papers = {
        metadata_path(WITHDRAWN, 1): signed_by(Metadata(listing(WITHDRAWN, 1, listed(withdrawn), at)), pens[:1]),
        metadata_path(APPROVED, 1): signed_by(Metadata(listing(APPROVED, 1, listed(approved), at)), pens[:2]),
        metadata_path(TARGETS, 1): signed_by(targets, officers[:2]),
    }
    named = {role: (1, papers[metadata_path(role, 1)]) for role in (TARGETS, APPROVED, WITHDRAWN)}
    state = signed_by(Metadata(snapshot(1, named, at)), [machine])
    files |= papers | {
        metadata_path(SNAPSHOT, 1): state,
        metadata_path(ROOT, 1): signed_by(root, officers),
        metadata_path(TIMESTAMP): signed_by(Metadata(timestamp(1, 1, state, at)), [machine]),
    }
    return files
