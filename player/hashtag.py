"""Addresses that list whatever anybody marks with a hashtag, or a search finds. That is no approval: such a source is refused."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

_PATHS: Final = re.compile(
    r"/(?:api/v1/timelines/tag|api/v1/streaming/hashtag|(?:web/|deck/)?(?:timelines/tag|tags?|hashtag|explore/tags)|search)(?:[/.].*)?"
    r"|/api/v[12]/search.*"
    r"|/xrpc/app\.bsky\.feed\.(?:searchPosts|getFeed|getListFeed|getTimeline).*"
    r"|/api/v1/timelines/.*",
    re.IGNORECASE,
)
_QUERIES: Final = frozenset({"tag", "tagged", "hashtag", "q"})


def refuse_hashtag(url: str) -> str:
    """Return why the source at *url*, of Mastodon or Bluesky, is refused; nothing when it is no hashtag, search or timeline."""
    try:
        split = urlsplit(url)
        query = {key.lower() for key, value in parse_qsl(split.query) if value}
    except ValueError:
        return ""  # no address at all: somebody else will say so
    if not _PATHS.fullmatch(unquote(split.path).rstrip("/")) and not query & _QUERIES:
        return ""
    return (
        "a hashtag, a search or a timeline lists what anybody posts, and that is no approval."
        " Write the profile of an account whose boosts or reposts are your approval"
    )
