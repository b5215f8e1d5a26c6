"""What a data folder holds beside rows and pictures, and what a withdrawal must not leave in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from player.errors import LibraryError
from player.library.files import sync_folder
from player.library.schema import LIBRARY
from player.units import Nanos

PREVIEW: Final = "preview.jpg"
"""The wall as it was a second ago, written by the screen."""
THUMBNAIL: Final = "preview-small.jpg"
"""The same, small enough for a message."""
THUMBNAIL_BYTES: Final = 2800  # what fits as text in 4096 bytes, with what else a message says
SIGNED: Final = "signed"
"""The folder of what was fetched of signed feeds, captions among it: only a cache."""
_SET_ASIDE: Final = f"{LIBRARY.name}.damaged-*"


def drop_old_preview(folder: Path, known_at: Nanos) -> None:
    """Delete the previews if they are from before *known_at*: they may show what was withdrawn then.

    A screen that runs makes others.

    Raises:
        LibraryError: it could not be deleted.
    """
    _drop([path for path in _previews(folder) if _written(path) <= known_at])


def drop_previews(folder: Path) -> None:
    """Delete the previews, and what an interrupted writing of one left.

    Raises:
        LibraryError: one could not be deleted.
    """
    _drop(_previews(folder))


def drop_set_aside(folder: Path) -> int:
    """Delete damaged libraries that were set aside, for they hold captions of everybody; return how many files.

    Raises:
        LibraryError: one could not be deleted.
    """
    found = list(folder.glob(_SET_ASIDE))
    _drop(found)
    return len(found)


def drop_cache(folder: Path) -> None:
    """Delete what was fetched of signed feeds.

    Raises:
        LibraryError: it could not be deleted.
    """
    try:
        shutil.rmtree(folder / SIGNED)
    except FileNotFoundError:
        return
    except OSError as error:
        raise LibraryError(f"{SIGNED} could not be deleted: {error.strerror}") from error


def drop_pages_naming(folder: Path, items: Iterable[str]) -> int:
    """Delete documents fetched of signed feeds that name one of *items*: their captions are on them. Return how many.

    What is still listed is fetched again when it is wanted, from a publisher that has taken it off by then.

    Raises:
        LibraryError: one could not be deleted.
    """
    names = [form.encode() for item in items for form in {json.dumps(item), json.dumps(item, ensure_ascii=False)}]
    found: list[Path] = []
    try:
        for path in (folder / SIGNED).glob("*/targets/*") if names else ():
            body = path.read_bytes()
            if any(name in body for name in names):
                found.append(path)
    except OSError as error:
        raise LibraryError(f"{SIGNED} could not be read: {error.strerror}") from error
    _drop(found)
    return len(found)


def _previews(folder: Path) -> list[Path]:
    return [path for name in (PREVIEW, THUMBNAIL) for path in (folder / name, *folder.glob(f"{Path(name).stem}.*.part"))]


def _written(path: Path) -> Nanos:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _drop(paths: list[Path]) -> None:
    found = [path for path in paths if path.is_file()]
    try:
        for path in found:
            path.unlink(missing_ok=True)
        for folder in {path.parent for path in found}:
            sync_folder(folder)  # no power cut brings one back
    except OSError as error:
        raise LibraryError(f"{Path(error.filename or '').name} could not be deleted: {error.strerror}") from error
