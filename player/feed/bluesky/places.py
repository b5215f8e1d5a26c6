"""The addresses of one Bluesky account, from the one that an operator writes: its profile, or its feed in the API."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from player.errors import FeedError, OperatorError
from player.feed.address import plain

API: Final = "public.api.bsky.app"  # answers without a key
PAGE: Final = 100  # entries; the most that it gives at once
ASKED_AT_ONCE: Final = 25  # posts by id; the most that it answers for
MAX_CURSOR: Final = 1000  # characters; they are dates with a hash

_FEED: Final = "/xrpc/app.bsky.feed.getAuthorFeed"
_POSTS: Final = "/xrpc/app.bsky.feed.getPosts"
_PROFILE: Final = re.compile(r"/profile/([^/]+)/?")
_ACTOR: Final = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]{1,256}|[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")


def first_page(url: str) -> str:
    """Return the address of the newest reposts.

    Args:
        url: As configured: the curator's profile, or its feed in the API.

    Raises:
        OperatorError: It is neither.
    """
    try:
        split = urlsplit(url)
        _ = split.port
    except ValueError as error:
        raise OperatorError(f"{plain(url)}: not a usable address") from error
    profile = _PROFILE.fullmatch(split.path)
    actor = unquote(profile[1]) if profile else _actor(url)
    if split.scheme not in {"https", "http"} or not split.hostname or not _ACTOR.fullmatch(actor):
        raise OperatorError(
            f"{plain(url)}: write the curator's profile, as https://bsky.app/profile/curator.example:"
            " what that account reposts is approved, and nothing else is"
        )
    place = ("https", API) if profile else (split.scheme, split.netloc.rpartition("@")[2])
    return urlunsplit((*place, _FEED, urlencode({"actor": actor, "limit": str(PAGE)}), ""))


def curator_in(url: str) -> str:
    """Return the account whose reposts are at *url*: a handle in lower case, or a DID.

    Raises:
        FeedError: It is the address of something else, such as a search, which approves nothing.
    """
    actor = _actor(url)
    if not actor:
        raise FeedError(f"{plain(url)}: not the feed of an account; nothing else here is an approval")
    return actor if actor.startswith("did:") else actor.lower()


def is_first(url: str) -> bool:
    """Whether a walk begins at *url*."""
    return "cursor" not in _query(url)


def next_page(cursor: object, url: str) -> str | None:
    """Return the address of the page after the one at *url*; None when that was the last.

    Raises:
        FeedError: The cursor cannot be followed. The rest of the feed would look withdrawn.
    """
    if cursor is None:
        return None
    if not isinstance(cursor, str) or not cursor.isprintable() or not 0 < len(cursor) <= MAX_CURSOR:
        raise FeedError(f"{plain(url)}: its cursor cannot be followed")
    split = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(split.query, keep_blank_values=True) if key != "cursor"]
    return urlunsplit(split._replace(query=urlencode([*query, ("cursor", cursor)]), fragment=""))


def question_page(url: str, uris: Iterable[str]) -> str:
    """Return the address that lists the posts called *uris* as far as they exist."""
    split = urlsplit(url)
    return urlunsplit((split.scheme, split.netloc.rpartition("@")[2], _POSTS, urlencode([("uris", uri) for uri in uris]), ""))


def _actor(url: str) -> str:
    actor = _query(url).get("actor", "")
    return actor if urlsplit(url).path == _FEED and _ACTOR.fullmatch(actor) else ""


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
