"""HLS playlists (RFC 8216) to values: bytes in, values or a FilmError out. Pure; addresses in it are judged by who fetches."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from player.errors import FilmError
from player.film.live.listed.media import (
    ENCRYPTED,
    ENDLESS,
    MAX_VARIANTS,
    NO_PICTURES,
    PARTS,
    Key,
    Media,
    Playlist,
    Segment,
    Variant,
    is_page,
    is_played,
    joined,
    segment_length,
)
from player.units import SECOND, Nanos, Size

MAX_LINES: Final = 20_000  # five hours of segments of 6 s with four lines each
MAX_LINE: Final = 8192  # bytes; a signed address has 2,000
MAX_SOUNDS: Final = 100  # of a stream: languages, times qualities

# Looked for behind commas alone, and a name has an end: a line of 8,000 letters would be read 8,000 times otherwise.
_ATTRIBUTE: Final = re.compile(r'(?:^|,)[ \t]{0,8}([A-Z0-9-]{1,64})=("[^"]*"|[^,"]*)')
_MARK: Final = b"\xef\xbb\xbf"  # what some editors begin a text with
_VECTOR: Final = re.compile(r"0x([0-9a-f]{1,32})", re.IGNORECASE)


def parse(body: bytes, url: str) -> Playlist:
    """Return the renditions, or the segments, that a playlist from *url* lists.

    Raises:
        FilmError: It is none, or none that can be played; a sentence.
    """
    lines = _lines(body)
    if any(line.startswith("#EXT-X-STREAM-INF:") for line in lines):
        return _variants(lines, url)
    return _media(lines, url)


def _lines(body: bytes) -> list[str]:
    if not body.startswith((b"#EXTM3U", _MARK + b"#EXTM3U")):
        beginning = body[:MAX_LINE].decode("utf-8-sig", "replace")
        is_markup = is_page(beginning) or beginning.lstrip().startswith("<?xml")
        raise FilmError(
            "it is a web page, not a stream: ask for its playback address, .m3u8 or .mpd"
            if is_markup
            else "it is no playlist of a stream"
        )
    if body.count(b"\n") > MAX_LINES or body.count(b"\r") > MAX_LINES:
        raise FilmError(ENDLESS)
    lines = body.removeprefix(_MARK).splitlines()
    if len(lines) > MAX_LINES or any(len(line) > MAX_LINE for line in lines):
        raise FilmError(ENDLESS)
    return [text for line in lines if (text := line.decode("utf-8", "replace").strip())]


def _attributes(text: str) -> dict[str, str]:
    return {key: value.strip('"') for key, value in _ATTRIBUTE.findall(text)}


def _variants(lines: list[str], url: str) -> tuple[Variant, ...]:
    sounds = _sounds(lines, url)
    found: list[Variant] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if not line.startswith("#EXT-X-STREAM-INF:") or not following or following.startswith("#"):
            continue
        said = _attributes(line.partition(":")[2])
        if is_played(said.get("CODECS", "")) and len(found) < MAX_VARIANTS:
            found.append(
                Variant(
                    url=joined(url, following),
                    bandwidth=_whole(said.get("BANDWIDTH", "")),
                    size=_size(said.get("RESOLUTION", "")),
                    rate=_real(said.get("FRAME-RATE", "")),
                    sound=sounds.get(said.get("AUDIO", ""), ""),
                )
            )
    if not found:
        raise FilmError(NO_PICTURES)
    return tuple(found)


def _sounds(lines: list[str], url: str) -> dict[str, str]:
    """The address of the sound that is meant to be heard in each group; empty: it is in the pictures' segments."""
    best: dict[str, tuple[int, str]] = {}
    said_of = [_attributes(line.partition(":")[2]) for line in lines if line.startswith("#EXT-X-MEDIA:")]
    for said in said_of[:MAX_SOUNDS]:
        if said.get("TYPE") != "AUDIO":
            continue
        rank = 2 * (said.get("DEFAULT") == "YES") + (said.get("AUTOSELECT") == "YES")
        group = said.get("GROUP-ID", "")
        if group not in best or rank > best[group][0]:
            best[group] = rank, joined(url, said["URI"]) if said.get("URI") else ""
    return {group: address for group, (_, address) in best.items()}


def _media(lines: list[str], url: str) -> Media:
    reading = _Reading(url)
    for line in lines:
        if line.startswith("#"):
            reading.tag(*line.partition(":")[::2])
        else:
            reading.address(line)
    segments = tuple(reading.segments)
    target = reading.target or max((segment.length for segment in segments), default=0)
    if not target:
        raise FilmError("its playlist lists no segments and does not say how long they are")
    return Media(segments=segments, target=target, has_ended=reading.has_ended, has_eras=reading.has_eras)


@dataclass(slots=True)
class _Reading:
    """A list of segments, read down to a line."""

    url: str
    number: int = 0
    length: Nanos = 0
    target: Nanos = 0
    head: str = ""
    key_url: str = ""
    """Empty: what follows is not encrypted."""
    vector: int | None = None
    """None: it is the segment's number (RFC 8216, 5.2)."""
    head_key: Key | None = None
    start: Nanos | None = None
    era: int = 0
    is_new: bool = False
    has_eras: bool = False
    has_ended: bool = False
    segments: list[Segment] = field(default_factory=list[Segment])

    def tag(self, name: str, value: str) -> None:
        """Take a line that is no address."""
        match name:
            case "#EXTINF":
                self.length = segment_length(_real(value.partition(",")[0]))
            case "#EXT-X-MEDIA-SEQUENCE":
                # It belongs before all segments (RFC 8216, 4.3.3.2); one that comes later would make a hole in their numbers.
                self.number = self.number if self.segments else _whole(value)
            case "#EXT-X-DISCONTINUITY-SEQUENCE":
                self.era, self.has_eras = self.era + _whole(value), True
            case "#EXT-X-TARGETDURATION":
                self.target = segment_length(_real(value))
            case "#EXT-X-DISCONTINUITY":
                self.era, self.is_new, self.start = self.era + 1, True, None
            case "#EXT-X-PROGRAM-DATE-TIME":
                self.start = _instant(value)
            case "#EXT-X-ENDLIST":
                self.has_ended = True
            case "#EXT-X-BYTERANGE":
                raise FilmError(PARTS)
            case "#EXT-X-MAP" | "#EXT-X-KEY":
                self._before(name, _attributes(value))
            case _:
                pass  # whoever does not know a tag leaves it (RFC 8216, 6.3.1)

    def _before(self, name: str, said: dict[str, str]) -> None:
        """Take a line that holds for all segments from here on."""
        if name == "#EXT-X-MAP":
            if "BYTERANGE" in said:
                raise FilmError(PARTS)
            self.head, self.head_key = joined(self.url, said.get("URI", "")), self._key()
        elif said.get("METHOD", "NONE") == "NONE":
            self.key_url = ""
        elif said["METHOD"] == "AES-128" and said.get("KEYFORMAT", "identity") == "identity" and said.get("URI"):
            vector = _VECTOR.fullmatch(said.get("IV", ""))
            self.key_url, self.vector = joined(self.url, said["URI"]), int(vector[1], 16) if vector else None
        else:
            raise FilmError(ENCRYPTED)

    def _key(self) -> Key | None:
        """The key that holds now."""
        if not self.key_url:
            return None
        vector = self.number if self.vector is None else self.vector
        return Key(self.key_url, vector.to_bytes(16, "big"))

    def address(self, line: str) -> None:
        """Take the address of a segment; one without a length is none."""
        if not self.length:
            return
        made = Segment(
            number=self.number,
            url=joined(self.url, line),
            length=self.length,
            head=self.head,
            is_new=self.is_new,
            era=self.era,
            start=self.start,
            key=self._key(),
            head_key=self.head_key,
        )
        self.segments.append(made)
        self.start = None if self.start is None else self.start + self.length
        self.number, self.length, self.is_new = self.number + 1, 0, False


def _instant(text: str) -> Nanos | None:
    """Nanoseconds since 1970; None when it is no instant, or one of nowhere."""
    try:
        said = datetime.fromisoformat(text.strip())
        return None if said.tzinfo is None else round(said.timestamp() * SECOND)
    except (ValueError, OverflowError):
        return None


def _real(text: str) -> float:
    return float(text) if re.fullmatch(r"\s*\d{1,9}(\.\d{0,12})?\s*", text, re.ASCII) else 0.0


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"\s*\d{1,15}\s*", text, re.ASCII) else 0


def _size(text: str) -> Size | None:
    width, _, height = text.lower().partition("x")
    size = Size(_whole(width), _whole(height))
    return size if min(size) > 0 else None
