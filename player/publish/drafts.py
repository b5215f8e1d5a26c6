"""Drafts: the next version of a role, whole, that people sign one after the other.

A draft is a folder that people share by any means: `pending/<role>/<version>-<hash>/` with the metadata nobody has signed yet,
the documents that it newly lists, how it was made, and a signature from each person in a file of its own. It is named by its
content, so two people who make the same one meet in the same folder, and copying folders over each other joins them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.errors import OperatorError
from player.feed.signed.layout import INDEX, LIST, POLICY, ROOT, SIGNED_BY_PEOPLE, WITHDRAWN
from player.feed.text import clean
from player.publish import disk, documents, instants
from player.publish.disk import Disk
from player.publish.documents import Record
from player.publish.keys import Pen
from player.publish.metadata import parse
from player.publish.standard import Metadata, Root, Signature, Targets

MAX_SIGNATURE_BYTES: Final = 4096  # a signature is 200
RECIPE: Final = "made-from.json"
SIGNATURES: Final = "signatures"
LITTER: Final = frozenset({"thumbs.db", "desktop.ini"})  # what systems leave in folders that people look into
_DROPPED: Final = ".dropped"  # how a draft's folder ends while it is taken away: what a power cut leaves of it is no draft


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


@dataclass(frozen=True, slots=True)
class Look:
    """What lies in the folder of drafts."""

    drafts: tuple[Draft, ...]
    damaged: tuple[str, ...]
    """What cannot be read, a sentence each: a withdrawal may be in it, so a person must hear of it."""


class Pending:
    """The folder of drafts."""

    def __init__(self, folder: Path, shelf: Disk) -> None:
        self._folder = folder
        self._disk = shelf

    def all(self) -> tuple[Draft, ...]:
        """Return every draft that can be read; what cannot is none here, and is told by `look`."""
        return self.look().drafts

    def of(self, role: str) -> tuple[Draft, ...]:
        """Return the drafts of *role*."""
        return tuple(draft for draft in self.all() if draft.role == role)

    def look(self) -> Look:
        """Return every draft that can be read, and what is to be said of the rest (still being copied, perhaps)."""
        drafts: list[Draft] = []
        damaged: list[str] = []
        for folder in _entries(self._folder, damaged):
            if folder.name not in SIGNED_BY_PEOPLE:
                damaged.append(
                    f"{_called(folder, 1)}: is nothing that belongs there; if it is a copy of drafts, name it as they were"
                )
                continue
            for place in _entries(folder, damaged):
                draft = _draft(folder.name, place)
                if draft is None:
                    again = "withdraw" if folder.name == WITHDRAWN else "sign"
                    damaged.append(f"{_called(place)}: cannot be read; copy it again, or {again} again and then remove it")
                    continue
                drafts.append(draft)
                damaged += _unsigned(place, draft)
        return Look(tuple(drafts), tuple(damaged))

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
        """Take *draft* away: its folder gets a hidden name first, so that half of it is not met as a damaged one."""
        self.sweep()
        folder = self._place(draft)
        self._disk.move(folder, folder.with_name(f".{folder.name}{_DROPPED}"))
        self.sweep()

    def sweep(self) -> None:
        """Remove what was dropped, now or before a power cut. What another program still writes there goes the next time."""
        for folder in sorted(self._folder.glob(f"*/.*{_DROPPED}")):
            for path in sorted(folder.rglob("*"), reverse=True):
                if path.is_dir():
                    _empty(path)
                else:
                    self._disk.remove(path)
            _empty(folder)

    def _place(self, draft: Draft) -> Path:
        return self._folder / draft.role / draft.name


def _empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _entries(folder: Path, damaged: list[str]) -> list[Path]:
    """Return what lies in *folder*, without hidden files and litter; a line into *damaged* when nobody can tell."""
    try:
        names = sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        damaged.append(f"{_called(folder, 2)}: cannot be read ({error.strerror}); copy the drafts again, or sign again")
        return []
    return [path for path in names if not path.name.startswith(".") and path.name.lower() not in LITTER]


def _called(path: Path, above: int = 2) -> str:
    """Return how *path* is called in a message: with the folders above it, in one line whatever its name."""
    return "/".join(clean(part, 60) for part in path.parts[-1 - above :])


def _unsigned(folder: Path, draft: Draft) -> Iterator[str]:
    """Yield what is to be said of signatures that have not arrived whole: without them a withdrawal is none."""
    called = _called(folder)
    files = _signature_files(folder / SIGNATURES)
    if not draft.signatures:
        yield f"{called}: no signature in it can be read; copy it again, or sign again and then remove it"
        return
    for path in files:
        if _signature(path) is None:
            yield f"{called}/{SIGNATURES}/{clean(path.name, 60)}: cannot be read; copy it again, or sign again and then remove it"


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
    good = [signature for path in _signature_files(folder) if (signature := _signature(path)) is not None]
    return {signature.keyid: signature for signature in good}


def _signature_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.json") if not path.name.startswith(".")) if folder.is_dir() else []


def _signature(path: Path) -> Signature | None:
    try:
        said = documents.parsed(disk.read(path)[:MAX_SIGNATURE_BYTES], path.name)
        return Signature(str(said["keyid"]), str(said["sig"]))
    except (OperatorError, KeyError):
        return None
