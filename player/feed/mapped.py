"""The declarative mapper: a map, and then bytes of one page of a service's JSON in, a Page out.

Everything that a service may say and a map does not name is nothing; every item is approved only as its map says, to the letter.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from player.errors import FeedError, OperatorError
from player.feed import lookup, loose
from player.feed.address import MAX_URL, is_web, plain
from player.feed.document import document
from player.feed.harvest import MAX_ITEMS, Harvest
from player.feed.item import Item, Page, Status, Withdrawal
from player.feed.lookup import MISSING, Lookup
from player.feed.mapspec import Conditions, Map
from player.feed.place import absolute
from player.feed.poll import Parse
from player.feed.query import with_parameter, without_parameter
from player.feed.text import MAX_ALT, MAX_CREDIT, clean, country_code, from_html, language_tag, shown, usable_id
from player.schema import read, validate
from player.units import Nanos

_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")
_UNITS: Final = {"seconds": 1_000_000_000, "milliseconds": 1_000_000}
_MAX_DIGITS: Final = 16  # of a date as a number; more is no time that matters
_MAX_CURSOR: Final = 2000  # characters; opaque ones met are about 100


def load(path: Path) -> Map:
    """Return the map in the file at *path*.

    Raises:
        OperatorError: It cannot be read, or does not make sense; with every reason and its line.
    """
    found = read(path, str(path))
    spec = validate(found, Map)
    if spec is None:
        raise OperatorError("\n".join(str(problem) for problem in found.problems) or f"{path}: is no map")
    return spec


def parser(spec: Map) -> Parse:
    """Return the parser of the pages that *spec* describes."""
    return _Parser(spec).parse


@dataclass(frozen=True, slots=True)
class _Parser:
    spec: Map

    def parse(self, body: bytes, *, url: str) -> Page:
        spec = self.spec
        if spec.token and spec.token.query and is_web(url):
            url = without_parameter(url, spec.token.query)
        answer = document(body, url=url, wanted=f"an answer of {spec.name}")
        if spec.ok and not _one_holds(spec.ok, answer):
            raise FeedError(f"{plain(url)}: {spec.name} does not say that it answered with success")
        listed = spec.items.of(answer)
        if not isinstance(listed, list):
            raise FeedError(f"{plain(url)}: an answer without a list at {spec.items.text}")
        listed = cast("list[object]", listed)
        if len(listed) > MAX_ITEMS:
            raise FeedError(f"{plain(url)}: more than {MAX_ITEMS:,} items on one page")
        harvest = Harvest()
        for number, value in enumerate(listed, start=1):
            harvest.take(self._item(value, url, harvest.lines, f"item {number}"))
        next_url = self._next(answer, url, is_empty=not listed)
        return harvest.page(next_url=next_url, complete=spec.absent_means == "hidden")

    def _item(self, value: object, url: str, lines: list[str], place: str) -> Item | Withdrawal | None:
        spec = self.spec
        name = loose.identity(spec.id.of(value))
        if name is None or not usable_id(name):
            lines.append(f"{place}: no usable id")
            return None
        status = self._status(value)
        if status is Status.WITHDRAWN:
            return Withdrawal(name, f"withdrawn at {spec.name}", if_seen=spec.withdrawn_only_if_seen)
        picture = _address(spec.image, value, url)
        image = picture or _address(spec.film, value, url)
        if image is None:
            lines.append(f"{shown(name)}: no picture that may be fetched")
            return None
        limits, is_broken = _limits(spec, value)
        if is_broken:
            lines.append(f"{shown(name)}: a date or its sha256 cannot be read, so it counts as not approved")
            status = Status.UNKNOWN
        texts = [loose.text(path.of(value)) for path in spec.caption]
        to_words = from_html if _one_holds(spec.html_when, value) else clean
        return Item(
            id=name,
            image=image,
            status=status,
            caption=next((words for text in texts if (words := to_words(text))), ""),
            credit=_first(spec.credit, value, MAX_CREDIT),
            alt=_first(spec.alt, value, MAX_ALT),
            language=language_tag(_text(spec.language, value)),
            country=country_code(_text(spec.country, value)),
            approved_at=limits.approved_at,
            modified_at=limits.modified_at,
            valid_until=limits.valid_until,
            version=_version(spec, value),
            sha256=limits.sha256,
            width=loose.whole(spec.width.of(value), 1) if spec.width else None,
            height=loose.whole(spec.height.of(value), 1) if spec.height else None,
            is_film=picture is None,
        )

    def _status(self, value: object) -> Status:
        """An approval is exactly what the map calls one; a map that names none leaves it to the operator to vouch."""
        spec = self.spec
        if _one_holds(spec.withdrawn_when, value):
            return Status.WITHDRAWN
        if not spec.approved_when:
            return Status.UNSTATED
        return Status.APPROVED if _one_holds(spec.approved_when, value) else Status.UNKNOWN

    def _next(self, answer: dict[str, object], url: str, *, is_empty: bool) -> str | None:
        """The next page; one that is promised and cannot be asked for refuses this one, or the rest would look withdrawn."""
        turn = self.spec.next
        if turn is None or not is_web(url):
            return None
        more = turn.more.of(answer) if turn.more else not is_empty
        if more is False:
            return None
        cursor = _cursor(turn.cursor.of(answer)) if turn.cursor else _page_after(turn.page.of(answer) if turn.page else None)
        if more is not True or (cursor is None and turn.more):
            raise FeedError(f"{plain(url)}: {self.spec.name} does not say how its next page is asked for")
        if cursor is None:
            return None
        there = with_parameter(url, turn.query, cursor)
        if len(there) > MAX_URL:
            raise FeedError(f"{plain(url)}: the address of the next page is too long")
        return there


@dataclass(frozen=True, slots=True)
class _Limits:
    """What an approval is bound to."""

    approved_at: Nanos | None = None
    modified_at: Nanos | None = None
    valid_until: Nanos | None = None
    sha256: str | None = None


def _limits(spec: Map, value: object) -> tuple[_Limits, bool]:
    """What the approval is bound to, and whether any of it is there and cannot be read."""
    places = (spec.approved_at, spec.modified_at, spec.valid_until)
    given = [MISSING if place is None else place.of(value) for place in places]
    dates = [_date(each, spec.dates) for each in given]
    stated = MISSING if spec.sha256 is None else spec.sha256.of(value)
    digits = loose.text(stated)
    sha256 = digits.lower() if _SHA256.fullmatch(digits) else None
    read = zip((*given, stated), (*dates, sha256), strict=True)
    is_broken = any(said is not MISSING and said is not None and meant is None for said, meant in read)
    return _Limits(dates[0], dates[1], dates[2], sha256), is_broken


def _date(value: object, unit: str) -> Nanos | None:
    if unit == "iso":
        return loose.moment(value)
    digits = lookup.spelt(value) or ""
    number = loose.whole(int(digits)) if digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS else None
    return None if number is None else min(loose.MAX_NANOS, number * _UNITS[unit])


def _address(paths: tuple[Lookup, ...], value: object, url: str) -> str | None:
    """The first of *paths* that leads to an address that may be fetched."""
    return next((there for path in paths if (there := absolute(loose.text(path.of(value)), url))), None)


def _one_holds(conditions: Conditions, said: object) -> bool:
    return any(lookup.holds(group, said) for group in conditions)


def _text(path: Lookup | None, value: object) -> str:
    return loose.text(path.of(value)) if path else ""


def _first(paths: tuple[Lookup, ...], value: object, limit: int) -> str:
    """The first of *paths* that has words."""
    return next((words for path in paths if (words := clean(loose.text(path.of(value)), limit))), "")


def _version(spec: Map, value: object) -> str:
    """A token of all that the map counts to the version; whatever type it has."""
    said = [path.of(value) for path in spec.version]
    if all(each is MISSING or each is None for each in said):
        return ""
    try:
        text = json.dumps(said, default=_unreadable, sort_keys=True)
    except RecursionError:
        return ""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _unreadable(value: object) -> str:
    return type(value).__name__


def _cursor(value: object) -> str | None:
    """An opaque cursor as text."""
    text = loose.identity(value)
    return text if text and len(text) <= _MAX_CURSOR and text.isprintable() else None


def _page_after(value: object) -> str | None:
    digits = lookup.spelt(value) or ""
    return str(int(digits) + 1) if digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS else None
