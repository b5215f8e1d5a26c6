"""config.yaml and its playlists to frozen values, or every problem at once with its line.

Also the last clean copy: what a player runs on while the operator's file has a mistake in it.
"""

from __future__ import annotations

import ipaddress
import os
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from player.errors import OperatorError
from player.schema import ByteCount, Document, Duration, Frozen, Problem, did_you_mean, read, validate
from player.show.playlist import MissingShowError, Playlist, Show, WordsChoice, settle
from player.units import Size, parse_size

LAST_CLEAN: Final = "last-clean.json"
DEFAULT_DATA: Final = "~/.local/share/weremember"
INSTALLATION: Final = Path(__file__).resolve().parent.parent
"""Where the program lies, with the playlists and assets that it came with."""

_TRUST: Final = {
    "signed": "trust: signed comes with a later version; use moderated, or wait",
    "reviewed": "trust: reviewed needs the review desk of a later version; use moderated, or wait",
}


def _size(value: object) -> object:
    return None if value == "auto" else parse_size(value) if isinstance(value, str) else value


def _auto(value: object) -> object:
    return None if value == "auto" else value


class Site(Frozen):
    """Where the player stands."""

    name: str = ""
    zone: str = "UTC"
    """IANA time zone."""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in zoneinfo.available_timezones():
            raise ValueError(f'there is no time zone "{value}".{did_you_mean(value, zoneinfo.available_timezones())[:80]}')
        return value


class Display(Frozen):
    """The window and the canvas."""

    output: Annotated[Annotated[int, Field(ge=0, le=15)] | None, BeforeValidator(_auto)] = None
    """The display's number from 0; None: the first."""
    fullscreen: bool = True
    size: Annotated[Size | None, BeforeValidator(_size)] = None
    """The window's size in pixels; None: the display's own."""
    fps: Annotated[Annotated[float, Field(ge=1, le=240)] | None, BeforeValidator(_auto)] = None
    """Frames a second; None: the display's own rate, or 60."""
    rotate: Annotated[Literal[0, 90, 180, 270], BeforeValidator(lambda v: int(v) if str(v).isdecimal() else v)] = 0
    """Clockwise, for displays that hang on their side."""
    margin: float = Field(default=0.06, ge=0, le=0.25)
    """Safe margin on all sides, in heights of the picture."""


class Feed(Frozen):
    """One source of approved photos."""

    kind: Literal["jsonfeed", "folder"]
    url: str = Field(min_length=1)
    """An https address, or a path: of a feed file, or of a folder."""
    trust: str
    every: Annotated[Duration, Field(ge=1, le=86400)] = 60.0
    """How often to ask."""
    lease: Annotated[Duration, Field(ge=30, le=86400)] | None = None
    """How long its word counts without being confirmed; None: as the feed says, or 15 minutes."""
    min_approvals: int = Field(default=1, ge=1, le=100)
    """How many people must have approved each item; the feed may ask for more."""
    assume_approved: bool = False
    """Take items without any approval signal as approved: for sources that list approved items only."""

    @field_validator("trust")
    @classmethod
    def _known_trust(cls, value: str) -> str:
        if value != "moderated":
            raise ValueError(
                _TRUST.get(
                    value, f'"{value}" is no approval: a hashtag is not one. Write moderated if somebody approves each item'
                )
            )
        return value

    @property
    def is_remote(self) -> bool:
        """Whether it is asked over the network."""
        return "://" in self.url


class Core(Frozen):
    """The set of photos that the operator approved for offline use."""

    kind: Literal["folder"] = "folder"
    url: str = Field(min_length=1)


class Network(Frozen):
    """How the feeds are reached."""

    proxy: str | None = None
    ca_file: str | None = None
    allow: tuple[str, ...] = ()
    """Hosts (host or host:port) that may have a private address."""


class Storage(Frozen):
    """The data folder."""

    data: str = DEFAULT_DATA
    budget: Annotated[ByteCount, Field(ge=50_000_000)] = 4_000_000_000
    """How much the prepared pictures may take."""


class Settings(Frozen):
    """Everything that an operator may set, settled."""

    site: Site = Site()
    display: Display = Display()
    feeds: dict[str, Feed]
    core: Core | None = None
    words: WordsChoice = WordsChoice(only_checked=True, languages=())
    network: Network = Network()
    show: str = "wall"
    storage: Storage = Storage()

    @field_validator("feeds")
    @classmethod
    def _names(cls, feeds: dict[str, Feed]) -> dict[str, Feed]:
        for name in feeds:
            if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
                raise ValueError(f'a feed is named with letters, digits, - and _, not "{name}"')
            if name == "core":
                raise ValueError('"core" is the name of the offline set: choose another')
        return feeds

    @model_validator(mode="before")
    @classmethod
    def _empty_feeds(cls, tree: object) -> object:
        if isinstance(tree, dict) and tree.get("feeds") == "":  # pyright: ignore[reportUnknownMemberType] - straight from the file
            raise ValueError("feeds: is empty. Write `feeds: {}` for a show of words alone")
        return tree  # pyright: ignore[reportUnknownVariableType] - straight from the file


class Configuration(Frozen):
    """The settings with the shows that they can play: what the last clean copy holds."""

    settings: Settings
    playlists: dict[str, Playlist]
    home: str
    """The folder of config.yaml; relative paths start here."""

    def show(self, name: str | None = None) -> Show:
        """Return a show by name; None: the one that is on."""
        return settle(name or self.settings.show, self.playlists)

    def words_of(self, show: Show) -> WordsChoice:
        """Return which languages *show* speaks: its own choice over the configuration's over the defaults."""
        own, general = show.words, self.settings.words
        checked = next((c.only_checked for c in (own, general) if c.only_checked is not None), True)
        languages = next((c.languages for c in (own, general) if c.languages is not None), ())
        return WordsChoice(only_checked=checked, languages=languages)

    @property
    def words_file(self) -> Path:
        """Where the words in all languages are: beside config.yaml, else as installed."""
        own = Path(self.home) / "assets" / "words.yaml"
        return own if own.exists() else INSTALLATION / "assets" / "words.yaml"

    @property
    def data(self) -> Path:
        """The data folder."""
        return _path(self.settings.storage.data, Path(self.home))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What reading the configuration came to."""

    configuration: Configuration | None
    problems: tuple[Problem, ...]


def find(file: str | None) -> Path:
    """Return which configuration file is meant: the one named, else here, else as installed."""
    if file:
        return Path(file).expanduser().absolute()
    here = Path("config.yaml").absolute()
    return here if here.exists() else Path(os.environ.get("WEREMEMBER_HOME") or INSTALLATION) / "config.yaml"


def load(file: Path) -> Loaded:
    """Read *file* and the playlists beside it."""
    document = read(file, _shown(file, file.parent))
    settings = validate(document, Settings)
    playlists, documents = _playlists(file.parent)
    problems = [problem for each in documents.values() for problem in each.problems]
    if settings:
        document.problems += _checked(settings, document, playlists, documents)
    problems = [*document.problems, *problems]
    if settings is None or problems:
        return Loaded(None, tuple(sorted(problems)))
    home = file.parent
    feeds = {name: feed.model_copy(update={"url": _place(feed.url, home)}) for name, feed in settings.feeds.items()}
    core = settings.core.model_copy(update={"url": _place(settings.core.url, home)}) if settings.core else None
    settled = settings.model_copy(update={"feeds": feeds, "core": core})
    return Loaded(Configuration(settings=settled, playlists=playlists, home=str(home)), ())


def with_data(configuration: Configuration, data: str | None) -> Configuration:
    """Return *configuration* with another data folder, when one is given."""
    if not data:
        return configuration
    storage = configuration.settings.storage.model_copy(update={"data": str(Path(data).expanduser().absolute())})
    return configuration.model_copy(update={"settings": configuration.settings.model_copy(update={"storage": storage})})


def keep_clean(configuration: Configuration) -> None:
    """Keep a copy in the data folder for the day that the file has a mistake in it.

    Raises:
        OperatorError: it could not be written.
    """
    path = configuration.data / LAST_CLEAN
    text = configuration.model_dump_json()
    try:
        if path.exists() and path.read_text("utf-8") == text:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.part")
        temporary.write_text(text, "utf-8")
        temporary.rename(path)
    except OSError as error:
        raise OperatorError(f"{path} could not be written: {error.strerror}") from error


def last_clean(data: Path) -> Configuration | None:
    """Return the copy kept in *data*; None when there is none that can be used."""
    try:
        return Configuration.model_validate_json((data / LAST_CLEAN).read_text("utf-8"))
    except (OSError, ValueError, ValidationError):
        return None


def _playlists(home: Path) -> tuple[dict[str, Playlist], dict[str, Document]]:
    folder = home / "playlists"
    if not folder.is_dir():
        folder = INSTALLATION / "playlists"
    found: dict[str, Playlist] = {}
    documents: dict[str, Document] = {}
    for file in sorted(folder.glob("*.yaml")):
        document = read(file, _shown(file, home))
        documents[file.stem] = document
        playlist = validate(document, Playlist)
        if playlist:
            found[file.stem] = playlist
    for name in found:
        try:
            settle(name, found)
        except MissingShowError as error:
            if error.name not in documents or error.name in found:
                hint = did_you_mean(error.name, documents) if error.name not in documents else ""
                documents[name].problems.append(documents[name].problem(("slides", error.index), f"{error}.{hint}"))
    return found, documents


def _checked(
    settings: Settings,
    document: Document,
    playlists: Mapping[str, Playlist],
    documents: Mapping[str, Document],
) -> list[Problem]:
    """Find what no single field can know."""
    problems: list[Problem] = []
    if settings.show not in playlists and settings.show not in documents:
        problems.append(
            document.problem(("show",), f'there is no playlist "{settings.show}".{did_you_mean(settings.show, documents)}')
        )
    for name, feed in settings.feeds.items():
        reason = _address_problem(feed)
        if reason:
            problems.append(document.problem(("feeds", name, "url"), reason))
    return problems


def _address_problem(feed: Feed) -> str:
    try:
        parts = urlsplit(feed.url)
        host = parts.hostname or ""
    except ValueError as error:
        return f"is not an address: {error}"
    if not feed.is_remote:
        return ""
    if feed.kind == "folder":
        return "a folder is a path on this machine, not an address"
    if parts.scheme == "http" and not _is_loopback(host):
        return f"http is only for this machine: use https://{parts.netloc}{parts.path}"
    if parts.scheme not in {"http", "https"}:
        return f"{parts.scheme}:// is not supported: use https://"
    return "" if host else "has no host"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _place(url: str, home: Path) -> str:
    return url if "://" in url else str(_path(url, home))


def _path(text: str, home: Path) -> Path:
    path = Path(text).expanduser()
    return path if path.is_absolute() else home / path


def _shown(file: Path, home: Path) -> str:
    return str(file.relative_to(home)) if file.is_relative_to(home) else str(file)
