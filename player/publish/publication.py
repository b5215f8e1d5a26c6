"""What is published: read from the public folder and verified from the first root on, as a reader does it.

Expiry is left to others: what has run out is still what the next version is made from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from player.errors import OperatorError
from player.feed.signed.layout import (
    APPROVED,
    CORE,
    INDEX,
    LIST,
    POLICY,
    ROOT,
    SIGNED_AT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    WITHDRAWN,
    metadata_path,
    page_path,
    target_path,
)
from player.publish import disk, documents, instants
from player.publish.documents import Policy, Record, Withdrawals
from player.publish.gone import Gone, gone
from player.publish.metadata import S, check, is_signed, parse
from player.publish.pages import Page
from player.publish.standard import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A whole publication, verified."""

    anchor: str
    """SHA-256 of the first root: what players pin."""
    root: Metadata[Root]
    timestamp: Metadata[Timestamp]
    snapshot: Metadata[Snapshot]
    targets: Metadata[Targets]
    approved: Metadata[Targets]
    withdrawn: Metadata[Targets]
    title: str
    policy: Policy
    core: tuple[Record, ...]
    pages: tuple[Page, ...]
    withdrawals: Withdrawals

    @property
    def signed_at(self) -> datetime:
        """When the newest timestamp was signed."""
        return instants.read(str(self.timestamp.signed.unrecognized_fields[SIGNED_AT]))

    @property
    def gone(self) -> Gone:
        """What is withdrawn."""
        return gone(self.withdrawals.entries, self.policy.reinstated)

    def items(self) -> dict[str, Record]:
        """Return every item on a page, by id, withdrawn ones too."""
        return {documents.id_of(item): item for page in self.pages for item in page.items}

    def papers(self) -> Mapping[str, Metadata[Root] | Metadata[Targets]]:
        """Return the metadata that people sign, by role."""
        return {ROOT: self.root, TARGETS: self.targets, APPROVED: self.approved, WITHDRAWN: self.withdrawn}


def load(public: Path, anchor: str) -> Published:
    """Return what is published in *public*.

    Args:
        public: The folder that the web server serves.
        anchor: SHA-256 of the first root, from a place that the folder's writer does not reach.

    Raises:
        OperatorError: Something is missing or damaged, or was signed by somebody else.
    """
    reader = _Reader(public)
    root = _root(reader, anchor)
    stamp = reader.metadata(metadata_path(TIMESTAMP), Timestamp)
    _check(root.signed, TIMESTAMP, stamp, reader)
    snapshot = reader.metadata(metadata_path(SNAPSHOT, stamp.signed.snapshot_meta.version), Snapshot)
    _check(root.signed, SNAPSHOT, snapshot, reader)
    targets = reader.targets(TARGETS, snapshot.signed)
    _check(root.signed, TARGETS, targets, reader)
    check(root.signed)
    check(targets.signed)
    delegated = {name: reader.targets(name, snapshot.signed) for name in (WITHDRAWN, APPROVED)}
    for name, metadata in delegated.items():
        _check(targets.signed, name, metadata, reader)
    approved = delegated[APPROVED].signed.targets
    names = documents.pages_in(reader.document(INDEX, approved), INDEX)
    core = reader.document(CORE, targets.signed.targets)
    return Published(
        anchor=anchor,
        root=root,
        timestamp=stamp,
        snapshot=snapshot,
        targets=targets,
        approved=delegated[APPROVED],
        withdrawn=delegated[WITHDRAWN],
        title=documents.title_in(core, CORE),
        policy=documents.read_policy(reader.document(POLICY, targets.signed.targets), POLICY),
        core=documents.items_in(core, CORE),
        pages=tuple(Page(name, documents.items_in(reader.document(page_path(name), approved), name)) for name in names),
        withdrawals=documents.read_withdrawals(reader.document(LIST, delegated[WITHDRAWN].signed.targets), LIST),
    )


class _Reader:
    """Reads below the public folder."""

    def __init__(self, public: Path) -> None:
        self.public = public

    def metadata(self, name: str, kind: type[S]) -> Metadata[S]:
        try:
            return parse(disk.read(self.public / name), kind, str(self.public / name))
        except OperatorError as error:
            raise OperatorError(f"{error}; {_mended(name)}") from error

    def targets(self, role: str, of: Snapshot) -> Metadata[Targets]:
        meta = of.meta.get(f"{role}.json")
        if meta is None:
            raise OperatorError(f"{self.public}: the snapshot does not name {role}")
        return self.metadata(metadata_path(role, meta.version), Targets)

    def document(self, path: str, files: Mapping[str, TargetFile]) -> bytes:
        listed = files.get(path)
        if listed is None:
            raise OperatorError(f"{self.public}: {path} is not listed")
        name = target_path(path, listed.hashes["sha256"])
        try:
            data = disk.read(self.public / name)
        except OperatorError as error:
            raise OperatorError(f"{error}; {_mended(name)}") from error
        if hashlib.sha256(data).hexdigest() != listed.hashes["sha256"]:
            raise OperatorError(f"{self.public}: {path} is not what was signed; {_mended(name)}")
        return data


def _root(reader: _Reader, anchor: str) -> Metadata[Root]:
    """Return the newest root, each verified by the one before it."""
    name = metadata_path(ROOT, 1)
    try:
        first = disk.read(reader.public / name)
    except OperatorError as error:
        raise OperatorError(f"{error}; {_mended(name)}") from error
    if hashlib.sha256(first).hexdigest() != anchor:
        raise OperatorError(f"{reader.public}: its first root is not the one of this studio; was the folder swapped?")
    root = parse(first, Root, "1.root.json")
    _check(root.signed, ROOT, root, reader)
    while (reader.public / metadata_path(ROOT, root.signed.version + 1)).exists():
        new = reader.metadata(metadata_path(ROOT, root.signed.version + 1), Root)
        if new.signed.version != root.signed.version + 1:
            raise OperatorError(f"{reader.public}: a root does not have the version of its name")
        _check(root.signed, ROOT, new, reader)
        _check(new.signed, ROOT, new, reader)
        root = new
    return root


def _check(delegator: Root | Targets, role: str, metadata: Metadata[S], reader: _Reader) -> None:
    if not is_signed(delegator, role, metadata.signed_bytes, metadata.signatures):
        name = metadata_path(role) if role == TIMESTAMP else metadata_path(role, metadata.signed.version)
        raise OperatorError(f"{reader.public}: {role} is not signed by enough of the right people; {_mended(name)}")


def _mended(name: str) -> str:
    """Say how a published file is mended. Not made anew here: readers know its version, and would refuse a lower one."""
    return f"copy public/{name} back from the web server, or from another copy of the studio: it is checked again"
