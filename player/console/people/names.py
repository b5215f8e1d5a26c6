"""The names that people log in by."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_CHARS: Final = 40  # one line on a phone; longer ones are addresses or sentences

_NAME: Final = re.compile(r"[^\W_](?:[\w .'-]{0,38}[^\W_])?")
_SPACES: Final = re.compile(" +")


def checked(text: str) -> str:
    """Return the name that *text* is, in any script, as it will be shown.

    Raises:
        ValueError: it is none; the message says how to write one.
    """
    name = _settled(text)
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"a name is 1 to {MAX_CHARS} letters, digits, spaces, dots, apostrophes, - and _, "
            "and begins and ends with a letter or digit"
        )
    return name


def key_of(text: str) -> str:
    """Return what two spellings of one name have in common; anything may be asked for, whatever somebody typed."""
    return _settled(_settled(text).casefold()).rstrip()


def _settled(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[: 4 * MAX_CHARS]).replace("’", "'")  # which telephones write by themselves
    return _SPACES.sub(" ", plain.strip())[: MAX_CHARS + 1]
