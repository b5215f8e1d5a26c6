"""Taking old files out of the public folder, once no reader can still be fetching them. What is named is never touched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from player.errors import OperatorError
from player.feed.signed.layout import (
    APPROVED,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    WITHDRAWN,
    metadata_path,
    target_path,
)
from player.publish import disk, documents, instants
from player.publish.disk import Disk
from player.publish.publication import Published

GRACE: Final = timedelta(hours=2)  # the longest lease of a usual feed, twice: whoever began with the old version has finished
NOTE: Final = "unreferenced.json"


def prune(folder: Path, now: Published, at: datetime, shelf: Disk) -> None:
    """Remove from the studio's public folder what nothing has named for `GRACE`.

    Args:
        folder: The studio. When each file was first seen without a name is noted there.
        now: What is published.
        at: The time.
        shelf: What writes.
    """
    public, note = folder / "public", folder / NOTE
    before = _noted(note)
    named = set(_named(now))
    idle = [path for path in _files(public) if path not in named]
    since = {path: before.get(path, instants.written(at)) for path in idle}
    old = [path for path in idle if at - instants.read(since[path]) >= GRACE]
    for path in old:
        shelf.remove(public / path)
        del since[path]
    if since != before:
        shelf.write(note, documents.compact(dict(since)))


def _named(now: Published) -> Iterator[str]:
    """Yield the path of every file that the publication names. Roots are for ever: a player may have been off for a year."""
    yield metadata_path(TIMESTAMP)
    yield from (metadata_path(ROOT, version) for version in range(1, now.root.signed.version + 1))
    yield metadata_path(SNAPSHOT, now.snapshot.signed.version)
    for role, metadata in ((TARGETS, now.targets), (APPROVED, now.approved), (WITHDRAWN, now.withdrawn)):
        yield metadata_path(role, metadata.signed.version)
        yield from (target_path(path, file.hashes["sha256"]) for path, file in metadata.signed.targets.items())


def _files(public: Path) -> Iterator[str]:
    for part in ("metadata", "targets"):
        yield from (path.relative_to(public).as_posix() for path in sorted((public / part).rglob("*")) if path.is_file())


def _noted(note: Path) -> dict[str, str]:
    """Return since when each path was idle; what cannot be read only makes files stay longer."""
    if not note.exists():
        return {}
    try:
        said = documents.parsed(disk.read(note), str(note))
        noted = {path: str(since) for path, since in said.items()}
        for since in noted.values():
            instants.read(since)
    except (OperatorError, ValueError):
        return {}
    return noted
