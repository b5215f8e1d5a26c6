"""Titles, descriptions, authors and dates as feedparser reads them: from a flat copy of the tree, so that both see the same.

feedparser flattens media groups, keeps one tombstone, and reads on where XML is broken. So it is given neither the pictures nor
the document, but a small one made here: one entry for each of the tree's, in its order, with nothing but words in it.
"""

from __future__ import annotations

import calendar
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, cast
from xml.etree.ElementTree import Element, SubElement, tostring

import feedparser

from player.feed import loose
from player.feed.harvest import MAX_VERSION
from player.feed.syndication.tree import ATOM, DUBLIN, words_of
from player.feed.text import MAX_CREDIT, clean, from_html

_parse = cast(
    "Callable[..., dict[str, object]]",
    feedparser.parse,  # pyright: ignore[reportUnknownMemberType]  it does not say its types
)
_LOOKED_AT: Final = 8000  # characters of one text that are read at all
_RSS: Final = ("title", "description", "author", f"{DUBLIN}creator", "pubDate", f"{DUBLIN}date", f"{ATOM}updated")
_ATOM: Final = (f"{ATOM}title", f"{ATOM}summary", f"{ATOM}content", f"{ATOM}updated", f"{ATOM}published")
_AUTHOR: Final = f"{ATOM}author/{ATOM}name"
_PLAIN: Final = frozenset({"text", "xhtml", "text/plain"})  # of xhtml we copy the words alone
_MARKUP: Final = frozenset({"html", "text/html"})


@dataclass(frozen=True, slots=True)
class Words:
    """What one entry says in words, cleaned."""

    caption: str = ""
    author: str = ""
    changed: str = ""
    """When it was last changed: seconds since 1970, or as it is written where nobody can read it. Compared, never read."""


def words(entries: Sequence[Element], head: Element, *, is_atom: bool) -> list[Words]:
    """Return the words of each of *entries*, in their order; *head* is asked for an author where an entry has none."""
    read = _parse(io.BytesIO(_copy(entries, head, is_atom=is_atom)), sanitize_html=False, resolve_relative_uris=False)
    found = {loose.text(entry.get("id")): entry for entry in map(_plainly, loose.listed(read.get("entries")))}
    return [_words(found.get(str(number), {}), is_atom=is_atom) for number in range(len(entries))]


def _copy(entries: Sequence[Element], head: Element, *, is_atom: bool) -> bytes:
    root = Element(f"{ATOM}feed") if is_atom else Element("rss", version="2.0")
    parent = root if is_atom else SubElement(root, "channel")
    organiser = head.find(_AUTHOR)
    for number, entry in enumerate(entries):
        copied = SubElement(parent, f"{ATOM}entry" if is_atom else "item")
        SubElement(copied, f"{ATOM}id" if is_atom else "guid").text = str(number)
        if is_atom:
            _copy_atom(entry, organiser, copied)
        else:
            for tag in _RSS:
                _copy_text(entry.find(tag), copied)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _copy_atom(entry: Element, organiser: Element | None, copied: Element) -> None:
    for tag in _ATOM:
        said = entry.find(tag)
        kind = "text" if said is None else (said.get("type") or "text").strip().lower()
        if kind in _PLAIN:
            _copy_text(said, copied, type="text")
        elif kind in _MARKUP:
            _copy_text(said, copied, type="html")
    named = entry.find(_AUTHOR)
    _copy_text(organiser if named is None else named, SubElement(copied, f"{ATOM}author"))


def _copy_text(said: Element | None, parent: Element, **attributes: str) -> None:
    if said is not None:
        SubElement(parent, said.tag, attributes).text = words_of(said)[:_LOOKED_AT]


def _plainly(entry: object) -> dict[str, object]:
    """An entry as a plain dictionary: feedparser's own answers to names that it does not have with others."""
    return dict(cast("dict[str, object]", entry)) if isinstance(entry, dict) else {}


def _words(entry: dict[str, object], *, is_atom: bool) -> Words:
    contents = [_plainly(each) for each in loose.listed(entry.get("content"))]
    details = [_plainly(entry.get("title_detail")), _plainly(entry.get("summary_detail")), *contents]
    captions = (_caption(each, is_atom=is_atom) for each in details)
    author = clean(loose.text(_plainly(entry.get("author_detail")).get("name")), MAX_CREDIT)
    return Words(
        caption=next((caption for caption in captions if caption), ""),
        author="" if "@" in author else author,  # an address of mail where a name should be is shown to nobody
        changed=_date(entry, "updated") or _date(entry, "published"),
    )


def _caption(detail: dict[str, object], *, is_atom: bool) -> str:
    """RSS says of none of its texts whether it is HTML; Atom does."""
    value = loose.text(detail.get("value"))
    return clean(value) if is_atom and detail.get("type") == "text/plain" else from_html(value)


def _date(entry: dict[str, object], which: str) -> str:
    read = entry.get(f"{which}_parsed")
    if isinstance(read, tuple):
        try:
            return str(calendar.timegm(cast("tuple[int, ...]", read)))
        except (ValueError, OverflowError):  # a year that no calendar has
            pass
    return clean(loose.text(entry.get(which)), MAX_VERSION)
