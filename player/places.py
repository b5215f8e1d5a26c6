"""Where things lie unless somebody says otherwise: known before any configuration is read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

INSTALLATION: Final = Path(__file__).resolve().parent.parent
"""Where the program lies, with the playlists and assets that it came with."""
DEFAULT_DATA: Final = "~/.local/share/weremember"
"""The data folder."""
LAST_CLEAN: Final = "last-clean.json"
"""In the data folder: the configuration as it was when it last had no mistake in it."""

_DATA: Final = re.compile(r"(?:^|[{,\s])data:[ \t]*([^,}#\n]+)")
_MOST: Final = 1_000_000  # characters of a configuration; a long one has ten thousand


def find(file: str | None) -> Path:
    """Return which configuration file is meant: the one named, else here, else as installed."""
    if file:
        return Path(file).expanduser().absolute()
    here = Path("config.yaml").absolute()
    return here if here.exists() else Path(os.environ.get("WEREMEMBER_HOME") or INSTALLATION) / "config.yaml"


def probable_data(config: Path) -> Path:
    """Return the data folder that *config* names, as far as that shows without reading it in earnest.

    For the very first picture, which cannot wait for the configuration: a folder that no player has worked in is not believed.
    """
    usual = Path(DEFAULT_DATA).expanduser()
    try:
        text = config.read_text("utf-8")[:_MOST]
    except (OSError, ValueError):
        return usual
    return next((folder for folder in _named(text, config.parent) if (folder / LAST_CLEAN).exists()), usual)


def _named(text: str, home: Path) -> Iterator[Path]:
    for found in _DATA.finditer(text):
        try:
            yield home / Path(found[1].strip().strip("'\"")).expanduser()
        except RuntimeError:
            continue  # a user that there is not
