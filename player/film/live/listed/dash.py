"""DASH manifests (ISO/IEC 23009-1) to the values that HLS playlists become: bytes in, values or a FilmError out. Pure.

A manifest says which segments there are by the time that it is, so reading it and listing them are two steps: `read`, then
`Manifest.media` as often as is needed. One document holds all renditions: which one, is said after a `#` of its address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final
from urllib.parse import quote, unquote, urldefrag
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from player.errors import FilmError
from player.film.live.listed import template
from player.film.live.listed.media import (
    ENCRYPTED,
    MAX_VARIANTS,
    NO_PICTURES,
    Media,
    Segment,
    Variant,
    is_heard,
    is_played,
    joined,
    segment_length,
)
from player.film.live.listed.template import MAX_LISTED, MAX_TIME_S, Addressing, Addressings, Place, Span
from player.units import SECOND, Nanos, Size

MAX_ELEMENTS: Final = 100_000  # of a manifest; a day of segments of 2 s with a line for each is 43,200
MAX_ATTRIBUTES: Final = 100  # of an element; the standard has 30
MAX_SAID: Final = 8000  # characters of all attributes of an element that speaks for many; two templates with signatures have 4000
MAX_KINDS: Final = 10_000  # representations of all periods together; an evening with advertising has 20 in each of 500
MAX_BASE: Final = 4000  # characters of an address that others begin with; a signed one has 2,000
MAX_PERIODS: Final = 500  # of an evening with advertising
SLACK: Final[Nanos] = SECOND // 2  # that a segment may come later than its time; a listing ahead of it would be a hole
LEAST_FRESH: Final[Nanos] = SECOND  # between two looks at the manifest, whatever it says
FAR: Final = 1000  # numbers between two listings that do not touch
MOST_FRESH: Final[Nanos] = 30 * SECOND  # likewise at most: what has ended is seen by then

TOO_LONG: Final = "its manifest is longer than any honest one"

_LENGTH: Final = re.compile(r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?")
_PICTURES, _SOUND = "pictures", "sound"
_DIRECT: Final = "urn:mpeg:dash:utc:direct:2014"
_SPOKEN_FOR: Final = frozenset({"Period", "AdaptationSet", "Representation", "SegmentTemplate", "SegmentList"})
_ASIDE: Final = frozenset({"description", "commentary", "emergency", "karaoke"})  # roles of sound that is not for everybody


def is_manifest(body: bytes) -> bool:
    """Whether *body* is a manifest of DASH, as far as its beginning says."""
    return b"<MPD" in body[:4000]


@dataclass(frozen=True, slots=True)
class _Kind:
    """One representation of a period."""

    name: str
    bandwidth: int
    size: Size | None
    rate: float
    is_protected: bool
    addressing: Addressing


@dataclass(frozen=True, slots=True)
class _Period:
    begin: Fraction
    """Seconds from the beginning of the whole."""
    end: Fraction | None
    pictures: tuple[_Kind, ...]
    sound: tuple[_Kind, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """One document, as it was when it was read."""

    url: str
    """What its renditions' addresses begin with."""
    asked_next: str
    """Where it is to be asked for next."""
    is_live: bool
    begin: Nanos
    """The wall-clock instant at which the first period begins; 0 where it does not matter."""
    depth: Fraction | None
    """Seconds of segments that are kept; None: all."""
    fresh: Nanos
    """For how long it need not be asked for again."""
    now: Nanos | None
    """What time it was when it was made, nanoseconds since 1970, if it says so itself."""
    published: Nanos | None
    """When it was made; it cannot be earlier than that."""
    periods: tuple[_Period, ...]

    @property
    def renditions(self) -> tuple[Variant, ...]:
        """Of the newest period; FilmError when there is none to be played."""
        period = self.periods[-1]
        pictures = [each for each in period.pictures if not each.is_protected]
        if not pictures:
            raise FilmError(ENCRYPTED if period.pictures else NO_PICTURES)
        sounds = sorted((each for each in period.sound if not each.is_protected), key=lambda each: each.bandwidth)
        sound = f"{self.url}#{_SOUND}={quote(sounds[-1].name, safe='')}" if sounds else ""
        return tuple(
            Variant(
                url=f"{self.url}#{_PICTURES}={quote(each.name, safe='')}",
                bandwidth=each.bandwidth,
                size=each.size,
                rate=each.rate,
                sound=sound,
            )
            for each in pictures[:MAX_VARIANTS]
        )

    def media(self, url: str, now: Nanos) -> Media:
        """Return the segments of a rendition that there are at *now*, nanoseconds since 1970.

        Numbers count within this listing: see `numbered`. FilmError when there is no such rendition, or it cannot be followed.
        """
        kind, _, name = urldefrag(url).fragment.partition("=")
        parts: list[tuple[Segment, ...]] = []
        lengths: list[Nanos] = []
        left = MAX_LISTED
        for index, period in reversed(tuple(enumerate(self.periods))):
            kinds = period.sound if kind == _SOUND else period.pictures
            chosen = _nearest(kinds, unquote(name))
            if chosen is None:
                continue
            lengths.append(segment_length(float(chosen.addressing.usual)))
            found = tuple(_segments(chosen, period, self._span(period, now), begin=self.begin, is_later=index > 0))
            parts.append(found[-left:])
            left -= len(found)
            if left <= 0:
                break
        if not lengths:
            raise FilmError(NO_PICTURES)
        return Media(
            segments=tuple(segment for part in reversed(parts) for segment in part),
            target=max(lengths),
            has_ended=not self.is_live or self._span(self.periods[-1], now).is_over,
            has_eras=True,
            is_reckoned=self.is_live,
        )

    def _span(self, period: _Period, now: Nanos) -> Span:
        """Which part of *period* there is by now."""
        if not self.is_live:
            return Span(None, None if period.end is None else period.end - period.begin, is_over=True)
        past = Fraction(now - self.begin - SLACK, SECOND)
        is_over = period.end is not None and past >= period.end
        until = (past if period.end is None else min(period.end, past)) - period.begin
        since = None if self.depth is None else past - self.depth - period.begin
        return Span(since, until, is_over=is_over)


def _segments(kind: _Kind, period: _Period, span: Span, *, begin: Nanos, is_later: bool) -> Iterator[Segment]:
    head = kind.addressing.head()
    is_new = is_later
    for slot in kind.addressing.slots(span):
        yield Segment(
            number=0,
            url=kind.addressing.url(slot),
            length=segment_length(float(slot.length)),
            head=head,
            is_new=is_new,
            era=round(period.begin * 1000),
            start=begin + round((period.begin + slot.at) * SECOND),
            offset=-round(kind.addressing.zero * SECOND),
        )
        is_new = False


def _nearest(kinds: Sequence[_Kind], name: str) -> _Kind | None:
    """The representation called *name*, or the best there is: names may change with the period."""
    open_ones = [each for each in kinds if not each.is_protected]
    return next((each for each in open_ones if each.name == name), open_ones[-1] if open_ones else None)


def read(body: bytes, url: str, *, called: str) -> Manifest:
    """Return what a manifest from *url* says; *called*: what its renditions' addresses begin with, the same at every look.

    Raises:
        FilmError: It is none, or none that can be played; a sentence.
    """
    if body.count(b"<") > 2 * MAX_ELEMENTS:  # each has one or two of them: a tree of a million is not made first
        raise FilmError(TOO_LONG)
    try:
        root: Element = defusedxml.ElementTree.fromstring(body)
        elements = sum(1 for _ in root.iter())
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise FilmError("its manifest is damaged: it is no XML that can be read") from error
    if elements > MAX_ELEMENTS:
        raise FilmError(TOO_LONG)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if any(_is_endless(element) for element in root.iter()):
        raise FilmError(TOO_LONG)
    if root.tag != "MPD":
        raise FilmError("it is no manifest of a stream")
    is_live = root.get("type", "static") == "dynamic"
    location = root.findtext("Location", "").strip()
    every = _seconds(root.get("minimumUpdatePeriod", ""))
    return Manifest(
        url=urldefrag(called).url,
        asked_next=joined(url, location) if location else urldefrag(called).url,
        is_live=is_live,
        begin=_instant(root.get("availabilityStartTime", "")) or 0,
        depth=_seconds(root.get("timeShiftBufferDepth", "")),
        fresh=MOST_FRESH if every is None else min(MOST_FRESH, max(LEAST_FRESH, round(every * SECOND))),
        now=next(
            (_instant(each.get("value", "")) for each in root.findall("UTCTiming") if each.get("schemeIdUri") == _DIRECT), None
        ),
        published=_instant(root.get("publishTime", "")),
        periods=_periods(root, _based(url, root)),
    )


def _is_endless(element: Element) -> bool:
    """Whether it says more than it may: what an adaptation set says is read once for each of its representations."""
    said = element.attrib
    return len(said) > MAX_ATTRIBUTES or (element.tag in _SPOKEN_FOR and sum(map(len, said.values())) > MAX_SAID)


def _periods(root: Element, base: str) -> tuple[_Period, ...]:
    elements = root.findall("Period")[-MAX_PERIODS:]
    if sum(len(each.findall("AdaptationSet/Representation")) for each in elements) > MAX_KINDS:
        raise FilmError(TOO_LONG)
    addressings = Addressings()
    whole = _seconds(root.get("mediaPresentationDuration", ""))
    found: list[_Period] = []
    reached: Fraction | None = Fraction(0)
    begins = [_seconds(each.get("start", "")) for each in elements]
    for each, said, following in zip(elements, begins, [*begins, whole][1:], strict=True):
        length = _seconds(each.get("duration", ""))
        begin = said if said is not None else reached
        if begin is None:
            continue  # one that is announced, and nobody knows for when
        reached = begin + length if length is not None else following
        kinds = [(_sort(one), one) for one in each.findall("AdaptationSet")]
        within = _based(base, each)
        pictures = [kind for sort, one in kinds if sort == _PICTURES for kind in _kinds((each, one), within, sort, addressings)]
        heard = [one for sort, one in kinds if sort == _SOUND and not _is_aside(one)]
        main = [one for one in heard if _roles(one) & {"main"}] or heard
        sound = _kinds((each, main[0]), within, _SOUND, addressings) if main else []
        ordered = sorted(pictures, key=lambda kind: kind.bandwidth)
        found.append(_Period(begin, reached, tuple(ordered), tuple(sound)))
    if not found:
        raise FilmError("its manifest lists nothing yet")
    return tuple(found)


def _sort(one: Element) -> str:
    first = one.find("Representation")
    said = one.get("contentType") or one.get("mimeType") or ("" if first is None else first.get("mimeType", ""))
    return _PICTURES if said.startswith("video") else _SOUND if said.startswith("audio") else ""


def _roles(one: Element) -> set[str]:
    return {role.get("value", "") for role in one.findall("Role")}


def _is_aside(one: Element) -> bool:
    return bool(_roles(one) & _ASIDE)


def _kinds(levels: tuple[Element, Element], base: str, sort: str, addressings: Addressings) -> list[_Kind]:
    found: list[_Kind] = []
    one = levels[1]
    outer = _based(base, one)
    for each in one.findall("Representation"):
        codecs = each.get("codecs") or one.get("codecs", "")
        mime = each.get("mimeType") or one.get("mimeType", "")
        is_known = (is_heard if sort == _SOUND else is_played)(codecs) and mime in {"", "video/mp4", "audio/mp4", "video/mp2t"}
        if not is_known:
            continue
        width, height = (template.whole(each.get(side) or one.get(side, "")) for side in ("width", "height"))
        bandwidth = template.whole(each.get("bandwidth", ""))
        name = each.get("id") or str(bandwidth)
        place = Place(_based(outer, each), name, bandwidth)
        found.append(
            _Kind(
                name,
                bandwidth,
                Size(width, height) if width and height else None,
                _rate(each.get("frameRate") or one.get("frameRate", "")),
                any(level.find("ContentProtection") is not None for level in (one, each)),
                addressings.of((*levels, each), place),
            )
        )
    return found


def _based(base: str, element: Element) -> str:
    said = element.findtext("BaseURL", "").strip()
    found = joined(base, said) if said else base
    if len(found) > MAX_BASE:
        raise FilmError(TOO_LONG)
    return found


def _rate(text: str) -> float:
    found = re.fullmatch(r"(\d{1,7})(?:/(\d{1,7}))?", text.strip(), re.ASCII)
    return int(found[1]) / max(1, int(found[2] or 1)) if found else 0.0


def _seconds(text: str) -> Fraction | None:
    found = _LENGTH.fullmatch(text.strip())
    if not text.strip() or found is None:
        return None
    days, hours, minutes, seconds = (Fraction(part or 0) for part in found.groups())
    return min(Fraction(MAX_TIME_S), 86_400 * days + 3600 * hours + 60 * minutes + seconds)


def _instant(text: str) -> Nanos | None:
    try:
        said = datetime.fromisoformat(text.strip())
        said = said.replace(tzinfo=UTC) if said.tzinfo is None else said
        return round(said.timestamp() * SECOND)
    except (ValueError, OverflowError):
        return None


class Numbering:
    """Gives segments numbers that stay theirs while the listing moves on, as HLS has them."""

    def __init__(self) -> None:
        self._known: dict[Nanos, int] = {}

    def numbered(self, media: Media) -> Media:
        """Return *media* with numbers; what does not touch what was listed before is far from it."""
        starts = [each.start or 0 for each in media.segments]
        shared = next((index for index, start in enumerate(starts) if start in self._known), None)
        if shared is not None:
            first = self._known[starts[shared]] - shared
        elif self._known and starts and starts[0] > max(self._known):
            first = max(self._known.values()) + FAR
        else:
            first = 0
        if starts:
            self._known = {start: first + index for index, start in enumerate(starts)}
        return replace(media, segments=tuple(replace(each, number=first + n) for n, each in enumerate(media.segments)))
