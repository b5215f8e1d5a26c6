"""What a data folder holds beside rows and pictures, and what a withdrawal must not leave in it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from player.errors import LibraryError
from player.library.files import sync_folder
from player.library.schema import LIBRARY
from player.units import Nanos

PREVIEW: Final = "preview.jpg"
"""The wall as it was a second ago, written by the screen."""
SIGNED: Final = "signed"
"""The folder of what was fetched of signed feeds, captions among it: only a cache."""
_SET_ASIDE: Final = f"{LIBRARY.name}.damaged-*"


def drop_old_preview(folder: Path, known_at: Nanos) -> None:
    """Delete the preview if it is from before *known_at*: it may show what was withdrawn then. A screen that runs makes another.

    Raises:
        LibraryError: it could not be deleted.
    """
    _drop([path for path in _previews(folder) if _written(path) <= known_at])


def drop_previews(folder: Path) -> None:
    """Delete the preview, and what an interrupted writing of it left.

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


def _previews(folder: Path) -> list[Path]:
    return [folder / PREVIEW, *folder.glob(f"{Path(PREVIEW).stem}.*.part")]


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
