"""The text of a subtitle without its tags: WebVTT's, and those that people write into SRT files."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

_READING: Final = re.compile(r"<rt\b[^>]{0,200}>.*?(?:</rt\s*>|(?=</ruby)|\Z)", re.IGNORECASE | re.DOTALL)
"""How a word is read, above it: too small for a wall, and no part of the line."""
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,400}>|<\d[\d:.]{0,20}>|</>")
"""WebVTT drops whatever follows a `<`. A sentence such as `1 < 2` is worth more than a tag that nobody knows."""
_OVERRIDE: Final = re.compile(r"\{\\[^{}]{0,200}\}")
_HIGH: Final = re.compile(r"\{\\an?[789]\b")
"""SubStation's numbers for the places at the top, which SRT files borrow."""
_UNSEEN: Final = frozenset({"Cc", "Cs", "Cn", "Co"})
_MARKUP_SPACE: Final = {"\\N": "\n", "\\n": "\n", "\\h": " "}


def is_marked_high(text: str) -> bool:
    """Return whether *text*, with its tags, asks for the top of the picture."""
    return _HIGH.search(text) is not None


def plain_lines(text: str) -> tuple[str, ...]:
    """Return the lines of *text* as they are read: tags away, `&amp;` as the sign it means, no empty ones."""
    text = _OVERRIDE.sub("", text)
    for mark, meaning in _MARKUP_SPACE.items():
        text = text.replace(mark, meaning)
    text = html.unescape(_TAG.sub("", _READING.sub("", text)))
    lines = (" ".join(_seen(line).split()) for line in text.split("\n"))
    return tuple(line for line in lines if line)


def _seen(line: str) -> str:
    """Return *line* without what no font draws; spaces of all kinds stay for now."""
    return "".join(each for each in line if each.isspace() or (unicodedata.category(each) not in _UNSEEN and each != "\ufeff"))
