"""What is known of a request from its headers alone, before anything of it is read or looked up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from player.console.door import cookies
from player.console.door.cookies import Cookies
from player.console.routes import Route
from player.console.strings import LANGUAGES, preferred

DOCUMENT: Final = "document"
"""What a browser asks for when somebody goes to a page, in Sec-Fetch-Dest; what a script asks by itself is none."""
BY_ITSELF: Final = b"every="
"""In the query of a page that loads itself again and again, where there is no script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Where a request goes, where it comes from, and what the browser brought along."""

    headers: Headers
    path: str
    query: bytes
    method: str
    address: str
    local: str
    """Where it arrived."""
    cookies: Cookies
    language: str
    is_new: bool
    """Whether the browser had no guest's cookie yet."""


def visit_of(scope: Scope, *, is_secure: bool) -> Visit:
    """Return what is known of a request."""
    found = Headers(scope=scope)
    brought = cookies.read(found.get("cookie", ""), is_secure=is_secure)
    is_new = not brought.guest
    client, server = scope.get("client") or ("",), scope.get("server") or ("",)
    return Visit(
        headers=found,
        path=scope["path"],
        query=scope["query_string"],
        method=scope["method"],
        address=str(client[0]),
        local=str(server[0] or ""),
        cookies=replace(brought, guest=cookies.new_guest()) if is_new else brought,
        language=brought.language if brought.language in LANGUAGES else preferred(found.get("accept-language", "")),
        is_new=is_new,
    )


def is_act(visit: Visit, route: Route) -> bool:
    """Whether a person did something by it: what a page asks by itself keeps no session alive.

    A program says nothing of where it asks from, and is taken for the person whom it asks for.
    """
    if route.kind in {"stream", "file"} or route.reserved:  # what is reserved waits for no disk
        return False
    is_by_script = visit.headers.get("sec-fetch-dest", DOCUMENT) != DOCUMENT
    return route.changes or not (is_by_script or BY_ITSELF in visit.query)
