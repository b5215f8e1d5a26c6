"""Drafts: the next version of a role, whole, that people sign one after the other.

A draft is a folder that people share by any means: `pending/<role>/<version>-<hash>/` with the metadata nobody has signed yet,
the documents that it newly lists, how it was made, and a signature from each person in a file of its own. It is named by its
content, so two people who make the same one meet in the same folder, and copying folders over each other joins them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.errors import OperatorError
from player.feed.signed.layout import INDEX, LIST, POLICY, ROOT, SIGNED_BY_PEOPLE
from player.publish import disk, documents, instants
from player.publish.disk import Disk
from player.publish.documents import Record
from player.publish.keys import Pen
from player.publish.metadata import parse
from player.publish.standard import Metadata, Root, Signature, Targets

MAX_SIGNATURE_BYTES: Final = 4096  # a signature is 200
RECIPE: Final = "made-from.json"
SIGNATURES: Final = "signatures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The next version of a role."""

    role: str
    payload: bytes
    """The metadata, with no signature in it."""
    documents: Mapping[str, bytes]
    """What it lists and the version before it did not, by path."""
    recipe: Record
    """What it was made from: whoever makes it again from this and the same publication arrives at the same bytes."""
    signatures: Mapping[str, Signature]
    """By key id. Nothing says yet that they are good."""

    @property
    def metadata(self) -> Metadata[Root] | Metadata[Targets]:
        """The metadata, parsed anew."""
        if self.role == ROOT:
            return parse(self.payload, Root, self.name)
        return parse(self.payload, Targets, self.name)

    @property
    def version(self) -> int:
        """Which version of its role it would be."""
        return self.metadata.signed.version

    @property
    def name(self) -> str:
        """How its folder is called."""
        digest = hashlib.sha256(self.payload).hexdigest()[:16]
        return f"{json.loads(self.payload)['signed']['version']}-{digest}"

    @property
    def adds(self) -> tuple[str, ...]:
        """The ids that it says it adds."""
        return documents.texts(self.recipe, "adds")

    @property
    def at(self) -> str:
        """When it was made."""
        return str(self.recipe.get("at", ""))


class Pending:
    """The folder of drafts."""

    def __init__(self, folder: Path, shelf: Disk) -> None:
        self._folder = folder
        self._disk = shelf

    def all(self) -> tuple[Draft, ...]:
        """Return every draft that can be read; what cannot (still being copied, perhaps) is none."""
        return tuple(self._each())

    def of(self, role: str) -> tuple[Draft, ...]:
        """Return the drafts of *role*."""
        return tuple(draft for draft in self._each((role,)))

    def keep(self, draft: Draft) -> None:
        """Put *draft* into the folder, its metadata last."""
        folder = self._place(draft)
        for path, data in draft.documents.items():
            self._disk.write(folder / "documents" / path, data)
        self._disk.write(folder / RECIPE, documents.compact(draft.recipe))
        self._disk.write(folder / f"{draft.role}.json", draft.payload)

    def sign(self, draft: Draft, pen: Pen) -> Draft:
        """Leave the signature of *pen* beside *draft*, and return it with it."""
        signature = pen.sign(draft.metadata.signed_bytes)
        said = {"person": pen.person, "keyid": signature.keyid, "sig": signature.signature}
        self._disk.write(self._place(draft) / SIGNATURES / f"{pen.person}.json", documents.compact(said))
        return Draft(
            role=draft.role,
            payload=draft.payload,
            documents=draft.documents,
            recipe=draft.recipe,
            signatures={**draft.signatures, signature.keyid: signature},
        )

    def drop(self, draft: Draft) -> None:
        """Take *draft* away: its metadata first, so that half of it is none."""
        folder = self._place(draft)
        self._disk.remove(folder / f"{draft.role}.json")
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir():
                path.rmdir()
            else:
                self._disk.remove(path)
        folder.rmdir()

    def _each(self, roles: tuple[str, ...] = SIGNED_BY_PEOPLE) -> Iterator[Draft]:
        for role in roles:
            folders = sorted((self._folder / role).glob("*-*")) if (self._folder / role).is_dir() else []
            for folder in folders:
                draft = _draft(role, folder)
                if draft is not None:
                    yield draft

    def _place(self, draft: Draft) -> Path:
        return self._folder / draft.role / draft.name


def _draft(role: str, folder: Path) -> Draft | None:
    """Return the draft in *folder*; None when it is not whole, or not what its name says."""
    try:
        draft = Draft(
            role=role,
            payload=disk.read(folder / f"{role}.json"),
            documents=_documents(folder / "documents"),
            recipe=documents.parsed(disk.read(folder / RECIPE), RECIPE),
            signatures=_signatures(folder / SIGNATURES),
        )
        is_whole = draft.name == folder.name and _is_whole(draft) and _is_readable(draft)
    except (OperatorError, ValueError, KeyError, TypeError):
        return None
    return draft if is_whole else None


def _is_whole(draft: Draft) -> bool:
    """Whether each document is the one that the metadata lists."""
    metadata = draft.metadata
    if not isinstance(metadata.signed, Targets):
        return not draft.documents
    listed = metadata.signed.targets
    return all(
        path in listed and listed[path].hashes.get("sha256") == hashlib.sha256(data).hexdigest()
        for path, data in draft.documents.items()
    )


def _is_readable(draft: Draft) -> bool:
    """Whether all of it can be read, so that nobody need be ready for nonsense who reads it later; raises when not."""
    instants.read(draft.at)
    for path, data in draft.documents.items():
        if path == LIST:
            documents.read_withdrawals(data, path)
        elif path == POLICY:
            documents.read_policy(data, path)
        elif path != INDEX:
            documents.items_in(data, path)
    return True


def _documents(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    files = sorted(path for path in folder.rglob("*.json") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): disk.read(path) for path in files}


def _signatures(folder: Path) -> dict[str, Signature]:
    """Return the signatures in *folder*; a file that holds none is left aside."""
    found: dict[str, Signature] = {}
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            said = documents.parsed(disk.read(path)[:MAX_SIGNATURE_BYTES], path.name)
            found[str(said["keyid"])] = Signature(str(said["keyid"]), str(said["sig"]))
        except (OperatorError, KeyError):
            continue
    return found
