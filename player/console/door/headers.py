"""What every answer of the console carries, errors and pictures too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

POLICY: Final = (
    "default-src 'self'; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"  # no script of ours makes markup of text
)
ALWAYS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: with that a browser says `Origin: null` of our own forms (Fetch, 3.2), and they look like others'.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    # No Strict-Transport-Security: with a certificate of one's own it would take away the way past the browser's warning.
}
NO_STORE: Final = "no-store"
"""Who is on the wall, and who is logged in, stays in no cache; what is the same for everybody says so itself."""

MAX_NUMBER: Final = 64  # a browser sends twenty
MAX_BYTES: Final = 16_384  # of all together; cookies of other programs on the same host are among them


def put(headers: MutableHeaders) -> None:
    """Put on an answer what it must carry."""
    for name, value in ALWAYS.items():
        headers[name] = value
    headers.setdefault("cache-control", NO_STORE)


def carrying(send: Send, cookies: Sequence[str] = ()) -> Send:
    """Return *send*, so that whatever is answered carries what it must, and sets *cookies*."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            put(headers)
            for cookie in cookies:
                headers.append("set-cookie", cookie)
        await send(message)

    return sending


def are_too_many(raw: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether a request's headers are more than anybody sends who means well."""
    return len(raw) > MAX_NUMBER or sum(len(name) + len(value) for name, value in raw) > MAX_BYTES
