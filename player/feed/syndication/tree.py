"""Bytes to an XML tree: encodings as they are declared, or wrongly declared; entity bombs and web pages refused."""

from __future__ import annotations

import codecs
import re
from html.entities import html5
from typing import Final
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from player.errors import FeedError
from player.feed.address import is_web, plain
from player.feed.place import absolute

ATOM: Final = "{http://www.w3.org/2005/Atom}"
MEDIA: Final = "{http://search.yahoo.com/mrss/}"
HISTORY: Final = "{http://purl.org/syndication/history/1.0}"
TOMBSTONE: Final = "{http://purl.org/atompub/tombstones/1.0}"
TERMS: Final = "{http://purl.org/dc/terms/}"
DUBLIN: Final = "{http://purl.org/dc/elements/1.1/}"
XML: Final = "{http://www.w3.org/XML/1998/namespace}"

_MEDIA_SPELT: Final = "{http://search.yahoo.com/mrss}"  # half of all feeds forget the slash at its end
_WEB_PAGE: Final = re.compile(r"(?i)(<!doctype\s+html|<html)[\s>]")
_HEAD: Final = 2000  # characters in which a document says what it is
_DECLARATION: Final = re.compile(r"<\?xml\s[^>]{0,200}\?>")
_DECLARED: Final = re.compile(rb"""\A<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_NAMED: Final = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30};)")  # &nbsp; and its like, which XML does not know
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# By the names that Python gives them. Other codecs (punycode, unicode_escape, utf-7) cost time or mean something else.
_MANY_BYTES: Final = frozenset(
    {"utf-8", "utf-16", "shift_jis", "cp932", "euc_jp", "iso2022_jp", "gb2312", "gbk", "gb18030", "big5", "euc_kr", "cp949"}
)
_ONE_BYTE: Final = re.compile(r"ascii|iso8859-\d{1,2}|cp125\d|koi8-[ru]|mac-\w{1,20}")


def tree(body: bytes, url: str) -> Element:
    """Return the root of *body*.

    Raises:
        FeedError: It is empty, a web page, not XML, or XML that would grow.
    """
    text = _text(body, url)
    if not text.strip():
        raise FeedError(f"{plain(url)}: empty")
    if _WEB_PAGE.search(text, 0, _HEAD):
        raise FeedError(f"{plain(url)}: a web page where a feed should be; is it a log-in page, or the wrong address?")
    try:
        root: Element = defusedxml.ElementTree.fromstring(_NAMED.sub(_character, text))
    except ParseError as error:
        raise FeedError(f"{plain(url)}: not XML (line {error.position[0]}: {str(error).partition(':')[0]})") from error
    except DefusedXmlException as error:
        raise FeedError(f"{plain(url)}: it declares entities, which no feed needs and bombs are made of") from error
    except ValueError as error:  # characters that cannot be in a document at all
        raise FeedError(f"{plain(url)}: not XML") from error
    for element in root.iter():
        if element.tag.startswith(_MEDIA_SPELT):
            element.tag = MEDIA + element.tag.removeprefix(_MEDIA_SPELT)
    return root


def words_of(element: Element | None) -> str:
    """The text of *element* and of all in it, trimmed; empty when there is none."""
    return "".join(element.itertext()).strip() if element is not None else ""


def base_of(element: Element, base: str | None) -> str | None:
    """Where relative addresses in *element* start (``xml:base``); None when that leads where it may not."""
    there = element.get(f"{XML}base")
    if there is None:
        return base
    return resolved(there, base)


def resolved(reference: str | None, base: str | None) -> str | None:
    """*reference* seen from *base*, as place.absolute; without a base only whole addresses lead anywhere."""
    if not reference:
        return None
    if base is None:
        return absolute(reference, reference.strip()) if is_web(reference.strip()) else None
    return absolute(reference, base)


def _text(body: bytes, url: str) -> str:
    for encoding in _candidates(body):
        try:
            text = body.decode(encoding)
        except UnicodeError:
            continue
        return _DECLARATION.sub("", text.removeprefix("\ufeff").lstrip(), count=1)
    raise FeedError(f"{plain(url)}: in no encoding that we know")


def _candidates(body: bytes) -> list[str]:
    """Encodings to try. UTF-8 comes before what has one byte a character: that reads everything, also what it is not."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return [encoding]
    if b"\x00" in body[:4]:
        return ["utf-16-be" if body.startswith(b"\x00") else "utf-16-le"]
    declared = _declared(body)
    if declared in _MANY_BYTES and declared != "utf-16":
        return [declared, "utf-8", "cp1252"]
    return ["utf-8", declared, "cp1252"] if _ONE_BYTE.fullmatch(declared) else ["utf-8", "cp1252"]


def _declared(body: bytes) -> str:
    found = _DECLARED.match(body.lstrip()[:_HEAD])
    if not found:
        return ""
    try:
        return codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return ""


def _character(found: re.Match[str]) -> str:
    meant = html5.get(found[1], "")
    return found[0] if not meant or meant in "<>&\"'" else meant
