"""A centre that acts: its file, its key and its line to the broker, opened together for one command."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from player.centre.founding import Office, opened
from player.centre.link import Link
from player.centre.listening import TOPICS
from player.centre.signing import Signer
from player.centre.store import Store
from player.clock import Clock
from player.errors import OperatorError
from player.fleet.topics import CENTRE
from player.schedule.zones import zone
from player.settings import Configuration, load

CONFIG: Final = "config.yaml"
"""In the centre's folder: of the player whose library programmes are made of."""


@dataclass(frozen=True, slots=True)
class Acting:
    """An open centre."""

    office: Office
    store: Store
    signer: Signer
    clock: Clock
    zone: str
    """In whose time it speaks, an IANA name: that of its own player, else UTC."""

    @property
    def here(self) -> ZoneInfo:
        """The same with its rules."""
        return zone(self.zone)

    def link(self, topics: Sequence[str] = TOPICS) -> Link:
        """Return a line to the broker, not yet open, beside the collector's.

        Raises:
            OperatorError: paho is missing, or the papers cannot be used.
        """
        return self.office.link(f"{CENTRE}-{secrets.token_hex(4)}", topics=tuple(topics))


@contextmanager
def acting(folder: Path, clock: Clock) -> Generator[Acting]:
    """Open the centre in *folder*.

    Raises:
        OperatorError: there is none, or its key cannot be read.
        LibraryError: its file cannot be used.
    """
    office = opened(folder)
    key = office.signing_key()
    with Store(folder) as store:
        yield Acting(office, store, Signer(key, store, clock), clock, _zone(folder))


def configuration_of(folder: Path, file: str | None) -> Configuration:
    """Return the configuration of the player whose library programmes are made of: *file*, else the one in the centre's folder.

    Raises:
        OperatorError: there is none, or its first problem.
    """
    path = Path(file) if file is not None else folder / CONFIG
    if not path.exists():
        raise OperatorError(
            f"there is no {path}: a programme is made of the library of a player with the same feeds and playlists; name its"
            " configuration with --config FILE"
        )
    loaded = load(path)
    if loaded.configuration is None:
        raise OperatorError(f"{loaded.problems[0]}")
    return loaded.configuration


def configured(centre: Acting) -> tuple[str, ...]:
    """Return the names of the feeds in the centre's own configuration; none where there is none, or it is faulty."""
    file = centre.office.folder / CONFIG
    found = load(file).configuration if file.exists() else None
    return tuple(found.settings.feeds) if found else ()


def _zone(folder: Path) -> str:
    found = load(folder / CONFIG).configuration if (folder / CONFIG).exists() else None
    return found.settings.site.zone if found else "UTC"
