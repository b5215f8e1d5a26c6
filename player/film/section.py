"""The sections of config.yaml that are about films: their keys, and what is wrong with a value in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import Enum, auto
from pathlib import Path
from typing import Annotated, Final, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from player.film.wire import Failed, Film
from player.loopback import is_loopback
from player.schema import Duration, Frozen, Line, did_you_mean

LONGEST_DELAY_S: Final = 1.0  # the slowest display's picture is a quarter of that late

MAX_STREAMS: Final = 50  # of a configuration; a campaign of a week has two
MAX_HOSTS: Final = 50  # of one stream; a service has a handful
LEAST_LATENCY_S: Final = 1.0  # less than a segment is held by no HLS
LONGEST_LATENCY_S: Final = 60.0  # beyond it, nobody would call it live
_HOST: Final = re.compile(r"(\*\.)?([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?|[0-9a-f:.]+", re.IGNORECASE)
_LIVE_WORDS: Final = 3  # live, its name, and what is shown else
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_TALKED: Final = ("rtmp", "rtmps", "rtsp", "rtsps")
_UNPLAYED: Final = ("srt", "udp", "rtp", "rtmpt", "rtmpe", "rtmpte", "mms", "ftp")
MAX_TALKED: Final = 500  # characters; FFmpeg cuts the name of an RTMP stream off at 512
Found: TypeAlias = tuple[tuple[str | int, ...], str]
"""Where in the file, and what is wrong."""


def _per_cent(value: object) -> object:
    return value.strip().removesuffix("%").rstrip() if isinstance(value, str) else value


class Sound(Frozen):
    """`sound:`, what films and streams are heard on."""

    enabled: bool | None = None
    """Whether films and streams are heard; None: films of a show that says so itself. False: nothing, whatever shows say."""
    device: Annotated[Line, Field(min_length=1, max_length=200)] = "auto"
    """The sound card, by its name or a part of it; `auto`: the system's own choice."""
    volume: Annotated[float, Field(ge=0, le=100), BeforeValidator(_per_cent)] = 100.0
    """0 to 100 %, counted as PulseAudio does: 50 % is 18 dB softer."""
    loudness: float = Field(default=-23.0, ge=-40, le=-10)
    """What all films are brought to, in LUFS; EBU R 128 has -23, streaming services -16."""
    delay: Annotated[Duration, Field(ge=0, le=LONGEST_DELAY_S)] = 0.0
    """How much later than it leaves here the picture is seen: displays and projectors take 20 to 150 ms."""


class Spoken(Enum):
    """How a stream is had."""

    WEB = auto()
    """HLS or DASH: playlists and pieces, fetched."""
    TALK = auto()
    """RTMP or RTSP: one connection, on which the server is spoken to."""
    FILE = auto()
    """A film on this machine that is played as if it were live."""


def spoken(url: str) -> Spoken:
    """Return how the stream at *url*, an address or a path, is had."""
    scheme = _SCHEME.match(url)
    if scheme is None:
        return Spoken.FILE
    return Spoken.TALK if scheme[1].lower() in _TALKED else Spoken.WEB


def _stream_address(url: str) -> str:
    """Keep an address of a stream on the web, of a server of one, or the path of a file."""
    if spoken(url) is Spoken.FILE:
        if url.lower().endswith((".m3u8", ".mpd")):
            raise ValueError("write the whole address of a playlist, such as https://live.example/ceremony.m3u8")
        return url
    try:
        parts = urlsplit(url)
        scheme, host, _ = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(f"is no address: {error}") from error
    if scheme in _UNPLAYED:
        raise ValueError(f"{scheme} is not played: give the stream's HLS, DASH, RTMP or RTSP address")
    if scheme not in {"https", "http", *_TALKED} or not host:
        raise ValueError("write the address of a stream, such as https://live.example/ceremony.m3u8, or the path of a film")
    if scheme == "http" and host != "localhost" and not is_loopback(host):
        raise ValueError("only https is fetched from other machines")
    if scheme in _TALKED:
        _check_talked(url, host, parts.path)
    return url


def _check_talked(url: str, host: str, path: str) -> None:
    if len(url) > MAX_TALKED:
        raise ValueError(f"has {len(url)} characters; servers of RTMP and RTSP understand {MAX_TALKED}")
    if url.lower().startswith("rtmp") and "/" not in path.strip("/"):
        raise ValueError(f"name the application and the stream too, as in rtmp://{host}/live/ceremony")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("write it as it goes over the wire: letters, digits and signs of ASCII, %20 for a space")


def _host_name(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError(f'write the name of a host, such as cdn.example or *.cdn.example, not "{text}"')
    return text.rstrip(".").lower()


HostName: TypeAlias = Annotated[str, Field(max_length=253), AfterValidator(_host_name)]
StreamName: TypeAlias = Annotated[str, Field(pattern=r"^\S{1,60}$")]


class Stream(Frozen):
    """One of `streams:`, a ceremony that is shown while it happens."""

    url: Annotated[Line, Field(max_length=4096), AfterValidator(_stream_address)]
    """Of its HLS playlist, the one that lists the renditions where there are several; of its DASH manifest; of its RTMP or RTSP
    server (rtmp, rtmps, rtsp, rtsps); or the path of a film, which is played from its beginning whenever it is opened, again and
    again: for rehearsals."""
    hosts: Annotated[tuple[HostName, ...], Field(max_length=MAX_HOSTS)] = ()
    """Other hosts that it may lead to: of renditions, segments and redirects. `*.cdn.example` is all below cdn.example."""
    latency: Annotated[Duration, Field(ge=LEAST_LATENCY_S, le=LONGEST_LATENCY_S)] = 8.0
    """How far behind its newest moment it is begun: a reserve for a bad line. RTMP and RTSP: how far behind it may fall."""
    most: Annotated[float, Field(gt=0, le=1000)] | None = None
    """Mbit/s; renditions with more are not played."""
    sound: bool = True
    """Whether it is heard, where `sound:` is on."""

    @property
    def spoken(self) -> Spoken:
        """How it is had."""
        return spoken(self.url)


Streams: TypeAlias = Annotated[dict[StreamName, Stream], Field(max_length=MAX_STREAMS)]


def unnamed(streams: Collection[str], shows: Iterable[tuple[tuple[str | int, ...], str]]) -> Iterator[Found]:
    """Yield which of *shows*, as the schedule settles them (`live NAME else SHOW`), wait for a stream that there is not."""
    for path, show in shows:
        words = show.split(maxsplit=2)
        if words[:1] == ["live"] and len(words) == _LIVE_WORDS and words[1] not in streams:
            hint = did_you_mean(words[1], streams) or " Name it under `streams:`, with its url."
            yield path, f'there is no stream "{words[1]}".{hint}'


def placed(streams: Mapping[str, Stream], home: Path) -> dict[str, Stream]:
    """Return *streams* with each path of a file made whole: from the configuration's folder *home*."""
    return {
        name: each.model_copy(update={"url": str(home / Path(each.url).expanduser())}) if each.spoken is Spoken.FILE else each
        for name, each in streams.items()
    }


def unplayable(streams: Mapping[str, Stream], home: Path, look: Callable[[Path], Film | Failed] | None = None) -> Iterator[Found]:
    """Yield which of *streams* are files that there are not, seen from the configuration's folder *home*, or that are no films.

    *look* says what is in a file; None: nobody opens it.
    """
    for name, each in placed(streams, home).items():
        if each.spoken is not Spoken.FILE:
            continue
        if not Path(each.url).is_file():
            yield ("streams", name, "url"), f"there is no file {each.url}"
        elif look and isinstance(seen := look(Path(each.url)), Failed):
            yield ("streams", name, "url"), f"{each.url}: {seen.why}"
