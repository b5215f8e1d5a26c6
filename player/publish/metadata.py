"""TUF metadata as values: made, parsed and verified here, so that the rest of the room need not know its library. Pure."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

from player.errors import FeedError, OperatorError
from player.feed.signed.layout import (
    DELEGATIONS,
    LIFETIMES,
    ROOT,
    SIGNED_AT,
    SNAPSHOT,
    TARGETS,
    THRESHOLDS,
    TIMESTAMP,
)
from player.feed.signed.roles import check_root, check_targets
from player.publish.instants import written
from player.publish.keys import Pen, person_of
from player.publish.standard import (
    DelegatedRole,
    Delegations,
    DeserializationError,
    Key,
    Metadata,
    MetaFile,
    Role,
    Root,
    Signature,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

Paper: TypeAlias = Metadata[Root] | Metadata[Targets] | Metadata[Snapshot] | Metadata[Timestamp]
S = TypeVar("S", Root, Targets, Snapshot, Timestamp)

Signatures: TypeAlias = Mapping[str, Signature]
"""By key id."""


@dataclass(frozen=True, slots=True)
class KeyChange:
    """Keys that a role gains, and the people it loses."""

    role: str
    adds: tuple[Key, ...] = ()
    removes: tuple[str, ...] = ()


def parse(data: bytes, kind: type[S], where: str) -> Metadata[S]:
    """Return the metadata in *data*; OperatorError when it is of another kind or none."""
    try:
        read = Metadata[S].from_bytes(data)
    except DeserializationError as error:
        raise OperatorError(f"{where}: cannot be read as metadata") from error
    if read.signed.type != kind.type:
        raise OperatorError(f"{where}: holds {read.signed.type}, not {kind.type}")
    return read


def unsigned(signed: S) -> bytes:
    """Return *signed* as metadata that nobody has signed yet."""
    return Metadata(signed).to_bytes()


def assembled(metadata: Paper, signatures: Iterable[Signature]) -> bytes:
    """Give *metadata* these signatures and no others, in the order of their key ids, and return it."""
    metadata.signatures.clear()
    metadata.signatures.update({each.keyid: each for each in sorted(signatures, key=lambda each: each.keyid)})
    return metadata.to_bytes()


def signed_by(metadata: Paper, pens: Iterable[Pen]) -> bytes:
    """Return *metadata* signed by all *pens*."""
    return assembled(metadata, [pen.sign(metadata.signed_bytes) for pen in pens])


def role_of(delegator: Root | Targets, role: str) -> Role:
    """Return the keys and threshold that *delegator* gives *role*; OperatorError when it knows none."""
    try:
        return delegator.get_delegated_role(role)
    except ValueError as error:
        raise OperatorError(f"the role {role} is not in {delegator.type}.json") from error


def keys_of(delegator: Root | Targets, role: str) -> tuple[Key, ...]:
    """Return the keys of *role*, in order."""
    return tuple(delegator.get_key(keyid) for keyid in role_of(delegator, role).keyids)


def good_signatures(delegator: Root | Targets, role: str, payload: bytes, signatures: Signatures) -> tuple[Signature, ...]:
    """Return the signatures of *payload* that keys of *role* made."""
    result = delegator.get_verification_result(role, payload, dict(signatures))
    return tuple(signatures[keyid] for keyid in result.signed)


def signers(delegator: Root | Targets, role: str, payload: bytes, signatures: Signatures) -> tuple[str, ...]:
    """Return the people of *role* who signed *payload*, each once. The machine has no name."""
    good = {each.keyid for each in good_signatures(delegator, role, payload, signatures)}
    return tuple(dict.fromkeys(person_of(key) for key in keys_of(delegator, role) if key.keyid in good))


def needed(delegator: Root | Targets, role: str) -> int:
    """Return how many people must sign for *role*: as many as it says, and never fewer than the rules of the feed."""
    return max(role_of(delegator, role).threshold, THRESHOLDS[role])


def is_signed(delegator: Root | Targets, role: str, payload: bytes, signatures: Signatures) -> bool:
    """Whether enough different people signed *payload* for *role*."""
    return len(signers(delegator, role, payload, signatures)) >= needed(delegator, role)


def first_root(officers: Iterable[Key], machine: Key, at: datetime) -> Root:
    """Return version 1 of the root, with the *officers* for root and targets and the *machine* for the rest."""
    people = list(officers)
    root = Root(
        1, None, at + LIFETIMES[ROOT], {}, {name: Role([], THRESHOLDS[name]) for name in (ROOT, TARGETS, SNAPSHOT, TIMESTAMP)}
    )
    for key in people:
        root.add_key(key, ROOT)
        root.add_key(key, TARGETS)
    root.add_key(machine, SNAPSHOT)
    root.add_key(machine, TIMESTAMP)
    return root


def first_targets(reviewers: Iterable[Key], documents: Mapping[str, bytes], at: datetime) -> Targets:
    """Return version 1 of targets, with all *reviewers* in both delegations."""
    keys = {key.keyid: key for key in reviewers}
    roles = {
        name: DelegatedRole(name, list(keys), THRESHOLDS[name], terminating=True, paths=[pattern])
        for name, pattern in DELEGATIONS
    }
    return Targets(1, None, at + LIFETIMES[TARGETS], listed(documents), Delegations(keys, roles))


def listing(role: str, version: int, files: Mapping[str, TargetFile], at: datetime) -> Targets:
    """Return a version of `approved` or `withdrawn` that lists *files*."""
    return Targets(version, None, at + LIFETIMES[role], dict(files))


def snapshot(version: int, roles: Mapping[str, tuple[int, bytes]], at: datetime) -> Snapshot:
    """Return the snapshot that names one version of each role, and its bytes.

    A studio that came back from a backup counts once more from where it was then: by their versions alone, readers would take
    what they have for what is new, and never hear of a withdrawal.
    """
    meta = {f"{name}.json": _named(number, data) for name, (number, data) in roles.items()}
    return Snapshot(version, None, at + LIFETIMES[SNAPSHOT], meta)


def timestamp(version: int, of_snapshot: int, data: bytes, at: datetime) -> Timestamp:
    """Return the timestamp that names one version of the snapshot, and its bytes, and says when it did."""
    return Timestamp(version, None, at + LIFETIMES[TIMESTAMP], _named(of_snapshot, data), {SIGNED_AT: written(at)})


def _named(version: int, data: bytes) -> MetaFile:
    return MetaFile(version, None, {"sha256": hashlib.sha256(data).hexdigest()})


def listed(documents: Mapping[str, bytes]) -> dict[str, TargetFile]:
    """Return what metadata says of *documents*, by path."""
    return {path: TargetFile.from_data(path, data, ["sha256"]) for path, data in documents.items()}


def changed_root(root: Root, changes: Iterable[KeyChange], at: datetime) -> Root:
    """Return the next version of *root*. OperatorError when it would leave a role without enough people."""
    new = Root.from_dict(copy.deepcopy(root.to_dict()))
    new.version += 1
    new.expires = at + LIFETIMES[ROOT]
    for change in changes:
        _change(new, change)
    return new


def changed_targets(targets: Targets, changes: Iterable[KeyChange], documents: Mapping[str, bytes], at: datetime) -> Targets:
    """Return the next version of *targets*, with *documents* in place of those that it listed."""
    new = Targets.from_dict(copy.deepcopy(targets.to_dict()))
    new.version += 1
    new.expires = at + LIFETIMES[TARGETS]
    new.targets = {**new.targets, **listed(documents)}
    for change in changes:
        _change(new, change)
    return new


def _change(paper: Root | Targets, change: KeyChange) -> None:
    """Give and take keys of one role; OperatorError says why it cannot be."""
    there = {person_of(key): key for key in keys_of(paper, change.role)}
    for name in change.removes:
        if name not in there:
            raise OperatorError(f"{name or 'the machine'} has no key in {change.role}")
        paper.revoke_key(there.pop(name).keyid, change.role)
    for key in change.adds:
        name = person_of(key)
        if name in there or key.keyid in role_of(paper, change.role).keyids:
            raise OperatorError(f"{name or 'this key'} is in {change.role} already; remove the old key in the same rotation")
        paper.add_key(key, change.role)
        there[name] = key
    if len(there) < needed(paper, change.role):
        raise OperatorError(f"{change.role} would have {len(there)} people left and needs {needed(paper, change.role)} to sign")
    check(paper)


def check(paper: Root | Targets) -> None:
    """Raise OperatorError when players would refuse *paper*, whoever signed it: a person or a key twice, another threshold."""
    try:
        if isinstance(paper, Root):
            check_root(paper)
        else:
            check_targets(paper)
    except FeedError as error:
        raise OperatorError(f"players would refuse this: {error}") from error
