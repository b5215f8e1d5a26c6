"""What a person's key remembers, in a file beside it: which feed it is for, and what its owner signed last.

The studio may lie in a folder that others write to. The key is at its owner's: a swapped publication is seen here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from player.publish import disk, documents
from player.publish.disk import Disk
from player.publish.documents import Record, compact, texts


@dataclass(frozen=True, slots=True)
class Memory:
    """What a key remembers."""

    anchor: str = ""
    """SHA-256 of the first root, or nothing: it has never signed."""
    items: frozenset[str] = frozenset()
    """A mark of each item that was on the last list its owner signed."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of those items."""
        return tuple(sorted(each.partition(" ")[2] for each in self.items))


def recall(key: Path) -> Memory:
    """Return what the key in the file *key* remembers; nothing when it never signed."""
    file = _file(key)
    if not file.exists():
        return Memory()
    said = documents.parsed(disk.read(file), str(file))
    return Memory(str(said.get("root", "")), frozenset(texts(said, "items")))


def remember_root(key: Path, anchor: str, shelf: Disk) -> None:
    """Note beside *key* which feed it is for."""
    shelf.write(_file(key), compact({"root": anchor}))


def remember(key: Path, anchor: str, items: Iterable[Record], shelf: Disk) -> None:
    """Note beside *key* what its owner has signed now."""
    said: Record = {"root": anchor, "items": [mark(item) for item in items]}
    shelf.write(_file(key), compact(said))


def mark(item: Record) -> str:
    """Return what tells *item* from what its id stood for before: each approval has its own date."""
    return f"{documents.ours_of(item).get('approved_at', '')} {documents.id_of(item)}"


def _file(key: Path) -> Path:
    return key.with_name(f"{key.name}.signed.json")
