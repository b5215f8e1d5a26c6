"""What strangers put into feeds, for the tests of every adapter; and JSON of any shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from player.feed.item import Page
from player.feed.text import MAX_CAPTION, MAX_CREDIT

PAYLOADS: Final = Path(__file__).parent / "payloads"

FAMILY: Final = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # three people, joined to one picture
TEXTS: Final = [
    ("a\u202eb\u2066c", "abc"),
    ("a\x00\x07\x1bb", "ab"),
    ("a\ud800b", "ab"),
    ("one\n\n\ttwo", "one two"),
    (f"we {FAMILY} remember", f"we {FAMILY} remember"),
    ("\u200f\u05d6\u05db\u05d5\u05e8", "\u200f\u05d6\u05db\u05d5\u05e8"),
]
"""What comes in, and what may be shown of it, from every source."""
XML_TEXTS: Final = [pair for pair in TEXTS if not set(pair[0]) & set("\x00\x07\x1b\ud800")]
"""Those that an XML document can hold at all."""
IMAGES: Final = [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:image/png;base64,AA",
    "ftp://photos.example.org/1.jpg",
    "https://[broken",
    "https://photos.example.org/" + "a" * 5000,
    "",
]
"""Addresses that no picture is fetched from."""
BODIES: Final = [
    b"",
    b" \n",
    b"\xef\xbb\xbf",
    b"<!DOCTYPE html><html><body>Please log in</body></html>",
    b"\xef\xbb\xbf<html><body>Please log in</body></html>",
    b"\x00\x01\x02",
    b"\xff\xfe\xfd",
    b"Service Unavailable",
]
"""What is no feed of any kind."""

JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
"""Any JSON value."""


def some(names: list[str], value: st.SearchStrategy[Any] = JSON) -> st.SearchStrategy[dict[str, Any]]:
    """An object with a few of *names*."""
    return st.dictionaries(st.sampled_from(names), value, max_size=5)


def assert_storable(page: Page) -> None:
    """Every text of *page* can be stored and is bounded, and every id is on it once."""
    repr(page).encode("utf-8")
    for each in page.items:
        for text in (each.id, each.image, each.caption, each.credit, each.alt, each.language, each.country):
            text.encode("utf-8")
        assert len(each.caption) <= MAX_CAPTION
        assert len(each.credit) <= MAX_CREDIT
    for gone in page.withdrawn:
        assert gone.item.encode("utf-8")
    assert len({each.id for each in page.items}) == len(page.items)
