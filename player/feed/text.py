"""Strangers' words made fit for a wall: plain, bounded, in one direction's order, without tricks.

Nothing here decides what may be shown; it only sees to it that a caption cannot break a line, a log or a layout.
"""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import Final

MAX_CAPTION: Final = 280  # characters: two lines of a wall at a readable size
MAX_CREDIT: Final = 120  # characters: one line
MAX_ALT: Final = 500  # characters: a description may be longer than a caption, but is not a novel
MAX_ID: Final = 512  # characters; the longest ids met are URLs

_LOOKED_AT: Final = 20_000  # characters of one text that are read at all, so that no text costs more than its neighbours
_HTML_LOOKED_AT: Final = 8000  # characters of HTML, of whose words 280 are shown
_TAGS_LOOKED_AT: Final = 150  # of those; each one that is never closed costs a look at all the rest (20,000 characters: 4 s)
_BACKTRACK: Final = 24  # characters we give up to end a shortened text between two words

# Joiners (U+200C, U+200D) shape Persian and emoji, marks of direction (U+200E, U+200F, U+061C) are honest; both stay. Embeddings,
# overrides and isolates turn the words after them around, the rest is invisible or belongs to nobody.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u115f\u1160\u180b-\u180f\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\U000f0000-\U0010ffff]"
)
_STACKED: Final = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{4})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,6}")
_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
_UNSAFE_IN_ID: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_SILENT_TAGS: Final = frozenset({"script", "style", "template", "title", "noscript", "iframe", "svg", "math"})
_JOINING_TAGS: Final = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "code", "em", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u"}
)


def clean(text: str, limit: int = MAX_CAPTION) -> str:
    """*text* in NFC on one line, without control characters and tricks of direction, at most *limit* characters."""
    text = text[:_LOOKED_AT]
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
        text = _STACKED.sub(r"\1", text)
    return _shortened(" ".join(text.split()), limit)


def from_html(html: str, limit: int = MAX_CAPTION) -> str:
    """The words of *html*, cleaned; empty when they cannot be had."""
    reader = _Words()
    try:
        reader.feed("<".join(html[:_HTML_LOOKED_AT].split("<", _TAGS_LOOKED_AT)[:_TAGS_LOOKED_AT]))
        reader.close()
    except (AssertionError, RecursionError, ValueError):  # html.parser asserts on some malformed declarations
        return ""
    return clean("".join(reader.words), limit)


def usable_id(text: str) -> bool:
    """Whether *text* can name an item: not empty, bounded, storable as UTF-8, and harmless in a log."""
    return bool(text.strip()) and len(text) <= MAX_ID and not _UNSAFE_IN_ID.search(text)


def shown(text: str) -> str:
    """*text* as part of a message: cleaned, at most 40 characters, in quotation marks."""
    return f'"{clean(text, 40)}"'


def language_tag(text: str) -> str:
    """*text* when it has the shape of a BCP 47 tag, else nothing."""
    return text if _LANGUAGE.fullmatch(text) else ""


def country_code(text: str) -> str:
    """*text* in upper case when it has the shape of an ISO 3166-1 alpha-2 code, else nothing."""
    return text.upper() if _COUNTRY.fullmatch(text) else ""


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and (unicodedata.combining(text[end]) or text[end] in "\u200c\u200d\ufe0f" or text[end - 1] == "\u200d"):
        end -= 1  # never between a letter and its marks, nor inside a joined emoji
    space = text.rfind(" ", max(0, end - _BACKTRACK), end + 1)
    return text[: space if space > 0 else end].rstrip() + "…"


class _Words(HTMLParser):
    """Collects the text of a document; tags that break the flow become spaces."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if not self._silent and tag in _SILENT_TAGS:
            self._silent = tag
        self._break(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)

    def _break(self, tag: str) -> None:
        if tag not in _JOINING_TAGS:
            self.words.append(" ")
