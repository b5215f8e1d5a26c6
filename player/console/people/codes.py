"""One-time codes: digits, for they are read out over the phone in any language. Who has one becomes an administrator."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Final

from player.units import SECOND, Nanos

GROUPS: Final = 8
DIGITS: Final = 3  # in each group; 24 digits are 80 bits, which nobody tries within the hour
VALID: Final[Nanos] = 3600 * SECOND  # long enough to fetch a phone, short enough for what stands in a journal
MAX_TYPED: Final = 200  # characters that are looked at; somebody may have put words around it


@dataclass(frozen=True, slots=True)
class Code:
    """A code, for the eyes of one person."""

    text: str
    until: Nanos


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file has of a code."""

    digest: bytes
    made: Nanos


def new_code(now: Nanos) -> Code:
    """Return a code, such as `381 004 657 220 918 443 075 162`."""
    groups = (f"{secrets.randbelow(10**DIGITS):0{DIGITS}}" for _ in range(GROUPS))
    return Code(" ".join(groups), now + VALID)


def digits_of(typed: str) -> str:
    """Return the digits in what somebody typed, of whatever script and however they are spaced."""
    decimals = (unicodedata.decimal(character, None) for character in typed[:MAX_TYPED])
    return "".join(str(digit) for digit in decimals if digit is not None)


def digest(typed: str) -> bytes:
    """Return what is kept of a code."""
    return hashlib.sha256(digits_of(typed).encode()).digest()


def is_alive(kept: Kept, now: Nanos) -> bool:
    """Whether a code that was not used yet still counts; not after a clock was set back before it was made."""
    return kept.made <= now < kept.made + VALID


def fits(kept: Kept | None, typed: str, now: Nanos) -> bool:
    """Whether *typed* is the code that was made, in time."""
    is_right = secrets.compare_digest(digest(typed), kept.digest if kept else bytes(32))
    return kept is not None and is_right and is_alive(kept, now)
