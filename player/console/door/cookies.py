"""The two cookies, and the token that forms carry.

`guest` names a browser, from its first page on and for good; `session` names a log-in. Both hold chance and nothing else. The
token is made from them, so it needs no memory: it outlives the console's own restart, and a page that was opened before logging
in or out can still make the wall dark, for what needs no log-in looks at the first half alone.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import cookie_parser

FIELD: Final = "csrf"
HEADER: Final = "x-csrf-token"
LANGUAGE: Final = "language"

GUEST: Final = "weremember-guest"
SESSION: Final = "weremember-session"
BROWSERS_LIMIT_S: Final = 400 * 24 * 3600  # browsers keep nothing for longer

_BYTES: Final = 32
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes in base64url
_MAX_CHARS: Final = 8192


@dataclass(frozen=True, slots=True)
class Cookies:
    """What a browser brought along; empty where it brought nothing of the kind."""

    guest: str
    session: str = ""
    language: str = ""

    def csrf(self) -> str:
        """Return the token for the forms of a page."""
        return f"{_signed(self.guest, '')}.{_signed(self.guest, self.session)}"

    def with_session(self, token: str) -> Cookies:
        """Return what the browser has once it is logged in by *token*."""
        return replace(self, session=token)

    def is_token(self, token: str, *, of_session: bool) -> bool:
        """Whether *token* is of a page of this browser; and of this very log-in, where that matters."""
        first, _, second = token.partition(".")
        if not self.guest or not _is_same(first, _signed(self.guest, "")):
            return False
        return not of_session or _is_same(second, _signed(self.guest, self.session))


def read(header: str, *, is_secure: bool) -> Cookies:
    """Return what a Cookie header holds of ours; what has not the form of a token is not looked at."""
    found = cookie_parser(header[:_MAX_CHARS])
    guest, session = found.get(name_of(GUEST, is_secure=is_secure), ""), found.get(name_of(SESSION, is_secure=is_secure), "")
    return Cookies(
        guest if _TOKEN.fullmatch(guest) else "",
        session if _TOKEN.fullmatch(session) else "",
        found.get(name_of(LANGUAGE, is_secure=is_secure), "")[:2],
    )


def new_guest() -> str:
    """Return a name for a browser that has none."""
    return secrets.token_urlsafe(_BYTES)


def name_of(name: str, *, is_secure: bool) -> str:
    """Return what a cookie is called: with TLS, so that no other program on this host or beside it can set it (RFC 6265bis)."""
    return f"__Host-{name}" if is_secure else name


def setting(name: str, value: str, *, is_secure: bool, is_kept: bool = False) -> str:
    """Return the header that sets a cookie; an empty *value* takes it away. Unless *is_kept* it ends with the browser."""
    age = "; Max-Age=0" if not value else f"; Max-Age={BROWSERS_LIMIT_S}" if is_kept else ""
    secure = "; Secure" if is_secure else ""
    return f"{name_of(name, is_secure=is_secure)}={value}; Path=/; HttpOnly; SameSite=Strict{age}{secure}"


def _signed(guest: str, session: str) -> str:
    return hmac.new(guest.encode(), f"csrf {session}".encode(), hashlib.sha256).hexdigest()


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())
