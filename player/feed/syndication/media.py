"""The picture of one entry, or its film, and what Media RSS says of it: best rendition, status, rating, hash, end of validity.

What is said nearer to the picture counts for it, and so does everything above it that forbids: content, group, entry, feed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from player.feed import loose
from player.feed.item import Status
from player.feed.kinds import FILM_BYTES, FILMS, PICTURES, is_film
from player.feed.syndication.tree import ATOM, MEDIA, TERMS, base_of, resolved, words_of
from player.units import Nanos

_SUFFIXES: Final = re.compile(r"(?i)\.(jpe?g|webp|png|avif|heic|gif)([?#]|$)")
_BIGGEST: Final = 25_000_000  # bytes; a rendition that says it is larger would be refused when fetched
_ACTIVE: Final = "active"
_GONE: Final = frozenset({"blocked", "deleted"})
_HARMLESS: Final = frozenset({"nonadult", "g", "pg", "pg-13"})  # urn:simple and urn:mpaa
_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")
_END: Final = re.compile(r"(?:^|;)\s*end\s*=\s*([^;]*)")
_DIGITS: Final = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Pictures, or films."""

    kinds: tuple[str, ...]
    medium: str
    biggest: int
    """Bytes; a rendition that says it is larger would be refused when fetched."""
    by_address: Callable[[str], bool]


_PICTURES: Final = _Wanted(PICTURES, "image", _BIGGEST, lambda address: bool(_SUFFIXES.search(address)))
_FILMS: Final = _Wanted(FILMS, "video", FILM_BYTES, lambda address: is_film("", address))


@dataclass(frozen=True, slots=True)
class Picture:
    """One rendition of a picture or a film, and the elements that speak of it, nearest first."""

    image: str
    scopes: tuple[Element, ...]
    size_in_bytes: int | None
    width: int | None
    height: int | None
    is_film: bool = False


def picture(entry: Element, base: str | None) -> Picture | None:
    """Return the first picture of *entry*, in the best of its renditions: of a group, else alone, else enclosed.

    An entry without any picture may have a film, likewise.
    """
    return _first(entry, base, _PICTURES) or _first(entry, base, _FILMS)


def _first(entry: Element, base: str | None, wanted: _Wanted) -> Picture | None:
    for group in entry.iterfind(f"{MEDIA}group"):
        found = list(_pictures(group.iterfind(f"{MEDIA}content"), base_of(group, base), (group, entry), wanted))
        if found:
            return max(found, key=lambda pair: pair[0])[1]
    alone = _pictures(entry.iterfind(f"{MEDIA}content"), base, (entry,), wanted)
    return next((found for _, found in alone), None) or next(_enclosed(entry, base, wanted), None)


def status_of(scopes: Sequence[Element], beside: Sequence[Element]) -> tuple[Status, str]:
    """Return what is said of the approval of what *scopes* speak of, and the reason given for a withdrawal, or for a doubt.

    ``media:status`` is the signal. Blocked or deleted at any rendition of the entry withdraws it; active must stand at the
    picture itself or above it. A rating can only forbid.

    Args:
        scopes: The elements that speak of the picture.
        beside: All renditions and groups of the entry.
    """
    said = [(_word(each.get("state")), each.get("reason") or "") for each in _all((*scopes, *beside), "status")]
    for state, reason in said:
        if state in _GONE:
            return Status.WITHDRAWN, reason
    if any(state != _ACTIVE for state, _ in said):
        return Status.UNKNOWN, "its media:status is not one that we know"
    if not _is_harmless((*scopes, *beside)):
        return Status.UNKNOWN, "rated adult, or in a way that we do not know"
    return (Status.APPROVED if _all(scopes, "status") else Status.UNSTATED), ""


def doubt_of(head: Element) -> str:
    """Return what forbids every picture of a feed, in words; what is put over the whole feed approves none and withdraws none."""
    if any(_word(each.get("state")) != _ACTIVE for each in _all((head,), "status")):
        return "the media:status of the whole feed is not active"
    return "" if _is_harmless((head,)) else "the whole feed is rated adult, or in a way that we do not know"


def sha256_of(scopes: Sequence[Element]) -> tuple[str | None, bool]:
    """Return the SHA-256 that the nearest of *scopes* states, and whether one is stated that cannot be read."""
    for scope in scopes:
        stated = [each for each in scope.iterfind(f"{MEDIA}hash") if _word(each.get("algo")).replace("-", "") == "sha256"]
        digits = {words_of(each).lower() for each in stated}
        if len(digits) == 1 and _SHA256.fullmatch(next(iter(digits))):
            return digits.pop(), False
        if digits:
            return None, True
    return None, False


def end_of(scopes: Sequence[Element]) -> tuple[Nanos | None, bool]:
    """Return until when the picture may be shown (``dcterms:valid``), and whether an end is given that cannot be read."""
    ends: list[Nanos] = []
    for scope in scopes:
        for each in scope.iterfind(f"{TERMS}valid"):
            said = _END.search(words_of(each))
            if said is None:
                continue
            end = loose.moment(said[1].strip())
            if end is None:
                return None, True
            ends.append(end)
    return min(ends, default=None), False


def nearest(scopes: Sequence[Element], tag: str) -> str:
    """The words of the nearest *tag*; empty when nobody says it."""
    said = (words_of(each) for scope in scopes for each in scope.iterfind(tag))
    return next((words for words in said if words), "")


def _pictures(
    contents: Iterator[Element], base: str | None, above: tuple[Element, ...], wanted: _Wanted
) -> Iterator[tuple[tuple[int, ...], Picture]]:
    """Each content that is *wanted* and may be fetched, with its worth: the largest that we may fetch, then the better kind."""
    for content in contents:
        image = resolved(content.get("url"), base_of(content, base))
        kind = _kind(content.get("type"))
        if image is None or not _is_one(kind, content.get("medium"), image, wanted):
            continue
        size = _number(content.get("fileSize"))
        width, height = _number(content.get("width")), _number(content.get("height"))
        fits = size or 0 if (size or 0) <= wanted.biggest else -1
        kinds = wanted.kinds
        worth = ((width or 0) * (height or 0) if fits >= 0 else -1, fits, -kinds.index(kind) if kind in kinds else -len(kinds))
        yield worth, Picture(image, (content, *above), size, width, height, wanted is _FILMS)


def _enclosed(entry: Element, base: str | None, wanted: _Wanted) -> Iterator[Picture]:
    for each in entry.iterfind("enclosure"):
        image = resolved(each.get("url"), base_of(each, base))
        if image is not None and _is_one(_kind(each.get("type")), None, image, wanted):
            yield Picture(image, (entry,), _number(each.get("length")), None, None, wanted is _FILMS)
    for each in entry.iterfind(f"{ATOM}link"):
        image = resolved(each.get("href"), base_of(each, base)) if each.get("rel") == "enclosure" else None
        if image is not None and _is_one(_kind(each.get("type")), None, image, wanted):
            yield Picture(image, (entry,), _number(each.get("length")), None, None, wanted is _FILMS)


def _is_one(kind: str, medium: str | None, address: str, wanted: _Wanted) -> bool:
    """By its type; without one by its medium; without either by how its address ends."""
    if kind:
        return kind in wanted.kinds
    return medium == wanted.medium if medium else wanted.by_address(address)


def _is_harmless(scopes: Sequence[Element]) -> bool:
    ratings = {words_of(each).lower() for each in _all(scopes, "rating")}
    adult = {words_of(each).lower() for each in _all(scopes, "adult")}  # the older word for the same
    return ratings <= _HARMLESS and adult <= {"false"}


def _all(scopes: Sequence[Element], name: str) -> list[Element]:
    return [each for scope in scopes for each in scope.iterfind(MEDIA + name)]


def _kind(value: str | None) -> str:
    kind = _word((value or "").partition(";")[0])
    return "image/jpeg" if kind in {"image/jpg", "image/pjpeg"} else kind


def _word(value: str | None) -> str:
    return (value or "").strip().lower()


def _number(value: str | None) -> int | None:
    digits = (value or "").strip()
    return int(digits) or None if _DIGITS.fullmatch(digits) else None
