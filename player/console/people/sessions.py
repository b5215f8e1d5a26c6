"""Sessions: how long somebody who has logged in stays known. The browser has a token; the file has what it hashes to."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from player.console.people.roles import Role
from player.units import SECOND, Nanos

TOKEN_BYTES: Final = 32  # 256 bits: nobody guesses one, so a fast hash is enough to keep it
MINUTE: Final[Nanos] = 60 * SECOND
HOUR: Final[Nanos] = 60 * MINUTE
SEEN_EVERY: Final[Nanos] = MINUTE  # how exactly a session's last use is kept: more would write to a memory card at every click
MAX_BACK: Final[Nanos] = 5 * MINUTE  # that a clock may be set back by; else a year back would be a year longer
MAX_OF_ONE: Final = 20  # sessions of one person; the one unused for longest ends

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a session lasts."""

    idle: Nanos
    """Without being used."""
    whole: Nanos
    """In all."""


_STRICT: Final = Limit(30 * MINUTE, 24 * HOUR)
_LONG: Final = Limit(12 * HOUR, 7 * 24 * HOUR)  # an evening's shift, and a week of them
LIMITS: Final[Mapping[Role, Limit]] = {
    Role.VIEWER: _LONG,
    Role.OPERATOR: _LONG,
    Role.REVIEWER: _STRICT,
    Role.ADMIN: _STRICT,
}


@dataclass(frozen=True, slots=True)
class Span:
    """When a session began, and when it was last used."""

    begun: Nanos
    seen: Nanos


def is_over(span: Span, role: Role, now: Nanos) -> bool:
    """Whether a session of somebody with *role* counts no more at *now*."""
    limit = LIMITS[role]
    is_from_the_future = now < max(span.begun, span.seen) - MAX_BACK
    return is_from_the_future or now - span.seen >= limit.idle or now - span.begun >= limit.whole


def is_news(span: Span, now: Nanos) -> bool:
    """Whether it is to be written down that a session was used at *now*."""
    return now - span.seen >= SEEN_EVERY


def ends(span: Span, role: Role) -> Nanos:
    """Return when a session ends if it is not used again."""
    limit = LIMITS[role]
    return min(span.seen + limit.idle, span.begun + limit.whole)


def new_token() -> str:
    """Return a token for a browser."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Whether *text* may be a token: anything else is not even looked up."""
    return _TOKEN.fullmatch(text) is not None


def digest(token: str) -> bytes:
    """Return what is kept of a token. Whoever reads the file cannot log in by it."""
    return hashlib.sha256(token.encode()).digest()
