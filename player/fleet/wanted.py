"""What the configuration says of the fleet, from its last clean copy: as plain JSON, for reading it in earnest takes 25 MB.

The other processes have found it sound before they kept it. What is not as they write it is as if there were none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

from player.library import record_file
from player.places import LAST_CLEAN, find, probable_data

MAX_BYTES: Final = 10_000_000  # of the copy; a long configuration comes to a hundredth


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is, and by what we know each other."""

    host: str
    port: int
    is_tls: bool = True
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    user: str | None = None
    password: str | None = None
    """Where it is to be found."""

    def __str__(self) -> str:
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The fleet that this player belongs to."""

    broker: Broker
    player: str
    groups: tuple[str, ...] = ()
    centre: str | None = None
    """The file with the key whose signature counts; None: nobody orders anything from afar."""
    has_home_assistant: bool = False
    feed: str | None = None
    """Which feed a hint is about: the one beside which programmes lie, or the first."""
    site: str = ""
    has_own_clock: bool = False
    """Whether the site keeps its clock by hand."""


class Copy:
    """The last clean copy of one player, looked at again and again."""

    def __init__(self, config: str | None, data: str | None) -> None:
        """Look in the data folder *data*, or where the file *config* says."""
        self._config = find(config)
        self._data = data

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self._data).expanduser() if self._data else probable_data(self._config)

    def stamp(self) -> tuple[Path, int]:
        """Return what another copy would differ in."""
        path = self.folder / LAST_CLEAN
        try:
            return path, path.stat().st_mtime_ns
        except OSError:
            return path, 0

    def read(self) -> Wanted | None:
        """Return what is wanted; None: no fleet."""
        return wanted(record_file.read(self.folder / LAST_CLEAN, MAX_BYTES))


def wanted(copy: object) -> Wanted | None:
    """Return what a *copy* of the configuration says of the fleet; None: there is none, or nobody can read it."""
    settings = _object(_object(copy).get("settings"))
    fleet = _object(settings.get("fleet"))
    address, player = _text(fleet.get("broker")), _text(fleet.get("id"))
    try:
        parts = urlsplit(address or "")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or not port or not player:
        return None
    feeds = _object(settings.get("feeds"))
    broker = Broker(
        host,
        port,
        is_tls=parts.scheme == "mqtts",
        ca=_text(fleet.get("ca")),
        certificate=_text(fleet.get("certificate")),
        key=_text(fleet.get("key")),
        user=_text(fleet.get("user")),
        password=_text(fleet.get("password")),
    )
    groups, site = fleet.get("groups"), _object(settings.get("site"))
    return Wanted(
        broker=broker,
        player=player,
        groups=tuple(map(str, cast("list[object]", groups))) if isinstance(groups, list) else (),
        centre=_text(fleet.get("centre")),
        has_home_assistant=fleet.get("home_assistant") is True,
        feed=_text(fleet.get("programmes")) or next(iter(feeds), None),
        site=_text(site.get("name")) or player,
        has_own_clock=site.get("clock") == "own",
    )


def _object(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
