"""The sections of config.yaml as frozen values, each with its defaults and what is wrong with a value in words."""

from __future__ import annotations

import re
import shlex
import zoneinfo
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeAlias, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from player.hashtag import refuse_hashtag
from player.loopback import is_loopback
from player.places import DEFAULT_DATA
from player.schema import ByteCount, Duration, Frozen, Line, did_you_mean
from player.secret import Secret, SecretRef
from player.units import FIRST_YEAR, LAST_YEAR, Size, parse_size

TRUST: Final = ("signed", "moderated", "reviewed")
NEAREST_M: Final = 0.5  # metres: somebody with a hand on the screen
FARTHEST_M: Final = 5_000.0  # metres: a mountain with letters on it; further is a slip
_METRES: Final = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*m", re.ASCII)


def _size(value: object) -> object:
    return None if value == "auto" else parse_size(value) if isinstance(value, str) else value


def _auto(value: object) -> object:
    return None if value == "auto" else value


def _metres(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = _METRES.fullmatch(value.strip())
    if not match:
        raise ValueError(f'write a length in metres with its unit, such as 100m or 8.5m, not "{value}"')
    return float(match[1])


def _in_sight(metres: float) -> float:
    if not NEAREST_M <= metres <= FARTHEST_M:
        raise ValueError(f"is from {NEAREST_M:g} m to {FARTHEST_M:g} m, not {metres:g} m")
    return metres


def _expandable(text: str) -> str:
    try:
        Path(text).expanduser()
    except RuntimeError:
        raise ValueError(f'there is no user "{text.partition("/")[0].removeprefix("~")}" on this machine') from None
    return text


def _feed_name(name: str) -> str:
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise ValueError(f'a feed is named with letters, digits, - and _, not "{name}"')
    if name == "core":
        raise ValueError('"core" is the name of the offline set: choose another')
    return name


def _day(value: object) -> object:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f'write a day as 2027-02-28, not "{value}"') from None
    if isinstance(found, date) and not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"days are from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31, not {found}")
    return found


def _nearest_zone(name: str) -> str:
    """Return which zone may have been meant, never an abbreviation: those know no summer time."""
    zones = sorted(each for each in zoneinfo.available_timezones() if not each.isupper())
    wanted = name.strip().replace(" ", "_")
    city = next((each for each in zones if each.rpartition("/")[2].lower() == wanted.lower()), None)
    hint = f' Did you mean "{city}"?' if city else did_you_mean(wanted, zones)
    return hint if "?" in hint else " Write it as Europe/Warsaw."


PathText: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_expandable)]
"""A path on this machine; `~` is the home folder."""
Metres: TypeAlias = Annotated[float, BeforeValidator(_metres), AfterValidator(_in_sight)]
FeedName: TypeAlias = Annotated[str, AfterValidator(_feed_name)]


class Site(Frozen):
    """Where the player stands."""

    name: Line = ""
    zone: str = "UTC"
    """IANA time zone."""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    clock: Literal["network", "own"] = "network"
    """By whose time shows begin: `network`, once a time server was heard; `own`, the machine's, which somebody keeps by hand."""

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value.isupper() and value != "UTC":
            raise ValueError(
                f'"{value}" is an abbreviation, which knows no summer time. Write Region/City, such as Europe/Warsaw.'
            )
        if value not in zoneinfo.available_timezones():
            raise ValueError(f'there is no time zone "{value}".{_nearest_zone(value)}')
        return value


def _keys(value: object) -> object:
    return {"auto": None, "true": True, "false": False}.get(value, value) if isinstance(value, str) else value


OperatorKeys: TypeAlias = bool | None
"""True: all keys; False: none; None: dark and light alone, and from a terminal all but the display's name."""


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
    operator_keys: Annotated[OperatorKeys, BeforeValidator(_keys)] = None
    """Which keys of a keyboard do something: true all, false none; None: B and L, dark and light, which everybody may need."""
    renderer: Literal["auto", "cpu", "gl"] = "auto"
    """What draws: `gl`, a graphics card; `cpu`; `auto`, a graphics card where there is a real one."""
    viewing_distance: Metres | None = None
    """How far away those stand who are to read it, in metres; with `wall_width`, `check` says which words nobody will read."""
    wall_width: Metres | None = None
    """How wide the whole picture is on the wall, in metres."""

    @model_validator(mode="after")
    def _can_be_judged(self) -> Self:
        if (self.viewing_distance is None) != (self.wall_width is None):
            missing, example = ("wall_width", "24m") if self.wall_width is None else ("viewing_distance", "100m")
            raise ValueError(f"to know what can be read from where people stand, write `{missing}: {example}` too")
        return self


class Lighting(Frozen):
    """How much light leaves for the wall, whatever is on it."""

    picture_level: float | None = Field(default=None, ge=0.05, le=1)
    """The greatest mean light of a picture, as a share of full white, so that nobody is dazzled; None: any.

    Photographs have 0.1 to 0.3, and words alone less.
    """


class Feed(Frozen):
    """One source of photos that somebody approves: there, or at this player."""

    kind: Literal["jsonfeed", "folder", "rss", "wallsio", "mapped", "mastodon", "bluesky"]
    trust: str
    """signed, moderated, or reviewed: by people at this player, where the console has a review desk."""
    url: str = Field(min_length=1)
    """An https address, or a path: of a feed file, of a folder, or of a signed feed's folder."""
    map: str = ""
    """For ``mapped``: the name of a map that came with the program, or a file of your own."""
    token: SecretRef | None = None
    """Where the source's key is to be found; never the key itself."""
    every: Annotated[Duration, Field(ge=1, le=86400)] = 60.0
    """How often to ask."""
    lease: Annotated[Duration, Field(ge=30, le=86400)] | None = None
    """How long its word counts without being confirmed; None: as the feed says, or 15 minutes."""
    min_approvals: int = Field(default=1, ge=1, le=100)
    """How many people must have approved each item; the feed may ask for more. A signed or reviewed one: two at least."""
    assume_approved: bool = False
    """Take items without any approval signal as approved: for sources that list approved items only."""
    film_size: Annotated[ByteCount, Field(ge=1_000_000)] = 1_000_000_000
    """How large a film of it may be; only those are fetched that a playlist names."""

    @field_validator("url")
    @classmethod
    def _usable_address(cls, value: str, info: ValidationInfo) -> str:
        kind = str(info.data.get("kind"))
        reason = _address_problem(value, kind)
        # A feed of a hashtag is for the review desk; of an account there is somebody who boosts, there as well.
        is_raw = kind == "rss" and info.data.get("trust") == "reviewed"
        if not reason and is_address(value) and kind in {"mastodon", "bluesky", "rss"} and not is_raw:
            # What a feed of a blog is asked by may well be called a tag; where it lies tells.
            reason = refuse_hashtag(value.partition("?")[0] if kind == "rss" else value)
        if reason:
            raise ValueError(reason)
        return value

    @field_validator("trust")
    @classmethod
    def _known_trust(cls, value: str, info: ValidationInfo) -> str:
        if value == "signed" and info.data.get("kind") not in {None, "jsonfeed"}:
            raise ValueError("only a jsonfeed is signed. Write `kind: jsonfeed`, or moderated if somebody approves each item")
        if value not in TRUST:
            raise ValueError(f'"{value}" is no approval: a hashtag is not one. Write moderated if somebody approves each item')
        return value

    @field_validator("map")
    @classmethod
    def _of_a_mapped_feed(cls, value: str, info: ValidationInfo) -> str:
        if value and info.data.get("kind") != "mapped":
            raise ValueError("only `kind: mapped` reads a map")
        return _expandable(value)

    @field_validator("token")
    @classmethod
    def _to_an_address(cls, value: SecretRef | None, info: ValidationInfo) -> SecretRef | None:
        if value and not is_address(str(info.data.get("url", "https://"))):
            raise ValueError("a path on this machine asks for no key")
        return value

    @model_validator(mode="after")
    def _has_its_map(self) -> Self:
        if self.kind == "mapped" and not self.map:
            raise ValueError("a mapped feed needs its map: write `map: curator`, taggbox, juicer, or a file of your own")
        if self.assume_approved and self.trust == "reviewed":
            raise ValueError("either people review it here, or it is assumed to be approved: leave assume_approved out")
        return self


class Core(Frozen):
    """The set of photos that the operator approved for offline use."""

    kind: Literal["folder"] = "folder"
    url: PathText


class Network(Frozen):
    """How the feeds are reached."""

    proxy: str | None = None
    ca_file: PathText | None = None
    allow: tuple[str, ...] = ()
    """Hosts (host or host:port) that may have a private address."""


class Storage(Frozen):
    """The data folder."""

    data: PathText = DEFAULT_DATA
    budget: Annotated[ByteCount, Field(ge=50_000_000)] = 4_000_000_000
    """How much the prepared pictures may take."""


class Retention(Frozen):
    """How long what people sent is kept."""

    delete_after: Annotated[date | None, BeforeValidator(_day)] = None
    """From the beginning of this day, in the site's zone, photos, captions and counts are gone."""


AlarmName: TypeAlias = Literal[
    "screen",
    "plate",
    "lease",
    "missed",
    "dark",
    "disk",
    "clock",
    "signature",
    "journal",
    "withdrawal",
    "ingest",
    "projector",
    "output",
    "stream",
]
COMMAND: Final = "command:"
"""What an alarm's target begins with when it is a program on this machine."""


def _alarm_target(text: str) -> str:
    if not text.startswith(COMMAND):
        try:
            return str(Secret(text))
        except ValueError:
            raise ValueError(
                "write where the address is to be found, not the address: env:NAME, or file:/path with it as the first line;"
                " or a program as command:/path/of/it with its arguments"
            ) from None
    try:
        words = shlex.split(text.removeprefix(COMMAND))
    except ValueError as error:
        raise ValueError(f"cannot be taken apart into words: {error}") from None
    if not words or not words[0].startswith("/"):
        raise ValueError("name the program by its whole path: command:/usr/local/bin/ring --loud")
    return text


def _several(value: object) -> object:
    return [value] if isinstance(value, str) and value else value


class AlarmTarget(Frozen):
    """Who is told of what."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    to: Annotated[str, Field(max_length=1000), AfterValidator(_alarm_target)]
    """Where an address that apprise knows is to be found, or `command:/path args`."""
    about: Annotated[tuple[AlarmName, ...], Field(min_length=1), BeforeValidator(_several)] = Field(
        default=get_args(AlarmName), validation_alias="from"
    )
    """Which alarms; `from` in the file. By default all."""


def is_address(text: str) -> bool:
    """Whether *text* is an address and not a path."""
    return "://" in text


def _address_problem(url: str, kind: str) -> str:
    if not is_address(url):
        _expandable(url)
        return ""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return f"is not an address: {error}"
    if kind == "folder":
        return "a folder is a path on this machine, not an address"
    if parts.scheme == "http" and host != "localhost" and not is_loopback(host):
        return f"http is only for this machine: use https://{parts.netloc.rpartition('@')[2]}{parts.path}"
    if parts.scheme not in {"http", "https"}:
        return f"{parts.scheme}:// is not supported: use https://"
    return "" if host else "has no host"
