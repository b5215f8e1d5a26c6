"""Where things lie unless somebody says otherwise: known before any configuration is read."""

from __future__ import annotations

import json
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
RUN_DATA: Final = "WEREMEMBER_RUN_DATA"
"""In the environment of a player's processes: the data folder as it was when the player began."""

_STORED: Final = re.compile(r"^storage:(?:[ \t]*\{[^}]*?|(?:[ \t]*(?:#.*)?\n(?:[ \t].*)?)*?[ \t]+)(?=\bdata:)", re.MULTILINE)
_DATA: Final = re.compile(r"(?:^|[{,\s])data:[ \t]*([^,}#\n]+)")
_MOST: Final = 1_000_000  # characters of a configuration; a long one has ten thousand


def beside(folder: Path, text: str) -> Path:
    """Return the file that somebody means who writes *text* in a file that lies in *folder*; `~` is his home."""
    try:
        return folder / Path(text).expanduser()
    except RuntimeError:  # a user that there is not
        return folder / text


def find(file: str | None) -> Path:
    """Return which configuration file is meant: the one named, else here, else as installed."""
    if file:
        return Path(file).expanduser().absolute()
    here = Path("config.yaml").absolute()
    return here if here.exists() else Path(os.environ.get("WEREMEMBER_HOME") or INSTALLATION) / "config.yaml"


def probable_data(config: Path) -> Path:
    """Return the data folder that *config* names, as far as that shows without reading it in earnest.

    For the very first picture, which cannot wait for the configuration: a folder that no player has worked in is not believed.
    A file that is gone, or empty, names none: then it is the folder that the player began with, or one beside the file.
    """
    text, home = _text(config), config.parent
    named = _named(text, home) if text.strip() else _worked_in(home)
    return next((folder for folder in named if (folder / LAST_CLEAN).exists()), Path(DEFAULT_DATA).expanduser())


def data_to_be(config: Path) -> Path:
    """Return the data folder of a player that is about to begin by *config*; perhaps nobody has worked in it yet."""
    text = _text(config)
    stored = _STORED.search(text)
    return next(_named(text[stored.end() :], config.parent), None) or probable_data(config) if stored else probable_data(config)


def _text(config: Path) -> str:
    try:
        return config.read_text("utf-8")[:_MOST]
    except (OSError, ValueError):
        return ""


def _worked_in(home: Path) -> Iterator[Path]:
    """Yield where a player may have kept the configuration whose *home* this is."""
    began_with = os.environ.get(RUN_DATA)
    if began_with:
        yield Path(began_with)
    for copy in sorted(home.glob(f"*/{LAST_CLEAN}")):
        try:
            kept: object = json.loads(copy.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(kept, dict) and ("home", str(home)) in kept.items():
            yield copy.parent


def _named(text: str, home: Path) -> Iterator[Path]:
    for found in _DATA.finditer(text):
        try:
            yield home / Path(found[1].strip().strip("'\"")).expanduser()
        except RuntimeError:
            continue  # a user that there is not
