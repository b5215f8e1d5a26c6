"""Passwords: which are taken, and as what bytes. What is common is in a list of ours; nothing is asked of anybody elsewhere.

After NIST SP 800-63B: length counts, and not being guessed first; no rules about capitals and signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from functools import cache
from itertools import pairwise, product
from typing import Final

from player.places import INSTALLATION

MIN_CHARS: Final = 12  # as the issue wants it; shorter ones fall to somebody who has the file
MAX_CHARS: Final = 256  # a long sentence; more is somebody trying what it costs
MIN_DIFFERENT: Final = 5  # characters; "aaaabbbbcccc" has three
MIN_UNFORESEEN: Final = 7  # characters that do not follow from the two before them; "abcdefgh1234" has four
MAX_WORDS: Final = 3  # of the list in a row; the list has some hundred words, and four of them are a phrase
MIN_OWN: Final = 3  # letters of a name before it counts as a word: initials stand in too many others
COMMON: Final = INSTALLATION / "assets" / "console" / "common-passwords.txt"

_SIGNS: Final = "03457" + "@$!|+"
_LETTERS: Final = "oeast" + "asiit"
_LEET: Final = tuple(str.maketrans(_SIGNS + "1", _LETTERS + one) for one in "il")
"""How letters are written as signs; a 1 is an i or an l."""


class Weakness(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PLAIN = "plain"


SENTENCES: Final = {
    Weakness.SHORT: f"a password has at least {MIN_CHARS} characters: three or four words are easy to keep in mind",
    Weakness.LONG: f"a password has at most {MAX_CHARS} characters",
    Weakness.COMMON: "this password is one of the first that anybody would try: take words that have nothing in common",
    Weakness.PLAIN: "this password repeats itself, counts, or is numbers alone: take words that have nothing in common",
}


def settled(password: str) -> bytes:
    """Return what is hashed: the same, whichever keyboard wrote it; characters that are none are kept as they are."""
    return unicodedata.normalize("NFKC", password[: MAX_CHARS + 1]).encode("utf-8", "surrogatepass")


def weakness(password: str, *, common: Collection[str], own: Iterable[str] = ()) -> Weakness | None:
    """Return what is wrong with a new password; None: it may be taken.

    Args:
        password: As it was typed.
        common: What `common_words` returns.
        own: Names that anybody would try for this person and this place.
    """
    if len(password) > MAX_CHARS:
        return Weakness.LONG
    text = unicodedata.normalize("NFKC", password).casefold()
    if len(text) < MIN_CHARS:
        return Weakness.SHORT
    if _is_plain(text):
        return Weakness.PLAIN
    words = {*common, *(word for name in own for word in _own_words(name))}
    return Weakness.COMMON if any(_is_made_of(reading, words) for reading in _readings(text)) else None


@cache
def common_words() -> frozenset[str]:
    """Return the words of the list that came with the program, as `weakness` compares them."""
    return read_words(COMMON.read_text("utf-8"))


def read_words(text: str) -> frozenset[str]:
    """Return the words of a list: as many in a line as one likes, and remarks after #."""
    words = (word for line in text.splitlines() for word in line.partition("#")[0].split())
    return frozenset(_bare(unicodedata.normalize("NFKC", word).casefold()) for word in words)


def _bare(text: str) -> str:
    """Return the letters of *text* alone, as somebody without their own keyboard writes them."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text).replace("ł", "l") if letter.isalpha())


def _own_words(name: str) -> Iterator[str]:
    folded = unicodedata.normalize("NFKC", name).casefold()
    parts = re.split(r"[\W\d_]+", folded)
    yield from (word for word in (*parts, _bare(folded)) if len(word) >= MIN_OWN)


def _is_plain(text: str) -> bool:
    """Whether there is little in it: few characters, one part again and again, numbers alone, or steps of one."""
    period = (text + text).find(text, 1)
    letters = "".join(character for character in text if character.isalnum())
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    foreseen = sum(1 for before, after in pairwise(steps) if before == after and abs(after) <= 1)
    return (
        len(set(text)) < MIN_DIFFERENT
        or period < min(MIN_UNFORESEEN, len(text))
        or letters.isdecimal()
        or len(text) - foreseen < MIN_UNFORESEEN
    )


def _readings(text: str) -> Iterator[str]:
    """Yield the letters that *text* may have been made of, with its signs read as letters, and without them."""
    yield _bare(text)
    without_end = text.rstrip("0123456789!?.,-_*#+ ")
    for part, table in product({text, without_end, without_end.lstrip("0123456789!?.,-_*#+ ")}, _LEET):
        yield _bare(part.translate(table))


def _is_made_of(text: str, words: Collection[str]) -> bool:
    """Whether *text* is at most `MAX_WORDS` of *words* in a row, without anything between them."""
    reached = {0}
    for _ in range(MAX_WORDS):
        reached = {end for start in reached for end in range(start + 1, len(text) + 1) if text[start:end] in words}
        if len(text) in reached:
            return True
    return False
