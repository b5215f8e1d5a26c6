"""Words as people type them when they look for a photo: without case and accents, so that `muller` finds Müller.

Not a full-text index: SQLite's own keeps the terms of deleted rows in its segments (they can be erased from 3.42 on), and a
withdrawn name must be gone. A folded copy in a covering index is searched as fast, and is erased with its row.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_WORDS: Final = 8  # that are looked for: a name and a line of a caption
MAX_SOUGHT: Final = 100  # characters: nobody types more, and each costs a look at every photo

_STROKES: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
"""Letters that Unicode does not take apart."""
_MARKS: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
"""Accents and vowel points of Latin, Greek, Cyrillic, Hebrew and Arabic; to ask letter by letter takes ten times as long."""
_GLOB: Final = re.compile(r"[*?\[]")


def folded(text: str) -> str:
    """Return *text* without case, accents and vowel points."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_STROKES)


def sought(text: str) -> tuple[str, ...]:
    """Return the words of what somebody typed, folded; each must be somewhere in a photo's."""
    return tuple(dict.fromkeys(folded(text[:MAX_SOUGHT]).split()))[:MAX_WORDS]


def pattern(word: str) -> str:
    """Return what SQLite's GLOB takes for *word* somewhere in a text."""
    return f"*{_GLOB.sub(lambda found: f'[{found[0]}]', word)}*"
