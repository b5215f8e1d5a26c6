"""The addresses of one Mastodon account, from the one that an operator writes: its profile, or its place in the API."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from player.errors import FeedError, OperatorError
from player.feed import loose
from player.feed.address import plain
from player.feed.document import document
from player.feed.text import shown

PAGE: Final = 40  # statuses; the most that a server gives at once
ASKED_AT_ONCE: Final = 20  # statuses by id; the most that a server answers for

_ID: Final = r"[0-9A-Za-z_-]{1,64}"  # numbers with Mastodon, letters too with its kin
_PROFILE: Final = re.compile(r"/(?:@|users/|web/@)([0-9A-Za-z_][0-9A-Za-z_.-]{0,63})(@[^/]*)?/?")
_IN_API: Final = re.compile(rf"/api/v1/accounts/({_ID})(?:/statuses)?/?")
_STATUSES: Final = re.compile(rf"/api/v1/accounts/({_ID})/statuses")
_CURSORS: Final = frozenset({"max_id", "min_id", "since_id", "offset"})


def is_id(text: str) -> bool:
    """Whether *text* has the shape of a server's id."""
    return re.fullmatch(_ID, text) is not None


def lookup_page(url: str) -> str | None:
    """Return where the server says which account the profile at *url* is; None when *url* names the account in the API already.

    Raises:
        OperatorError: *url* is neither, or the profile of an account of another server, whose boosts this one knows in part.
    """
    split = _split(url)
    if _IN_API.fullmatch(split.path):
        return None
    profile = _PROFILE.fullmatch(split.path)
    if profile is None:
        raise OperatorError(
            f"{plain(url)}: write the organiser's profile, as https://mastodon.example/@organiser:"
            " what that account boosts is approved, and nothing else is"
        )
    if profile[2]:
        raise OperatorError(f"{plain(url)}: this account lives on another server. Write its profile there")
    return _below(split, "/api/v1/accounts/lookup", {"acct": profile[1]})


def account_of(body: bytes, *, url: str) -> str:
    """Return the id of the account that the answer to ``lookup_page`` describes.

    Raises:
        FeedError: It describes none, another one than was asked for, or one of another server.
    """
    found = document(body, url=url, wanted="a Mastodon account")
    account, name = loose.identity(found.get("id")) or "", loose.text(found.get("acct"))
    wanted = dict(parse_qsl(urlsplit(url).query)).get("acct", "")
    if not is_id(account):
        raise FeedError(f"{plain(url)}: does not describe an account")
    if name.casefold() != wanted.casefold():
        raise FeedError(f"{plain(url)}: describes the account {shown(name)}, which was not asked for")
    return account


def first_page(url: str, account: str | None = None) -> str:
    """Return the address of the newest boosts.

    Args:
        url: As configured.
        account: The account's id, where ``lookup_page`` said that it must be asked for.

    Raises:
        OperatorError: Nobody says which account.
    """
    split = _split(url)
    in_api = _IN_API.fullmatch(split.path)
    if account is None and in_api:
        account = in_api[1]
    if account is None:
        raise OperatorError(f"{plain(url)}: which account this is must be asked for first")
    return _below(split, f"/api/v1/accounts/{account}/statuses", {"limit": str(PAGE)})


def stream_page(url: str) -> str:
    """Return the address of the account's own stream, at the server that *url* names; it wants the account's key."""
    return _below(_split(url), "/api/v1/streaming/user", {})


def question_page(url: str, names: list[str]) -> str:
    """Return the address that lists the statuses called *names* as far as they exist."""
    split = urlsplit(url)
    return urlunsplit((split.scheme, _host(split), "/api/v1/statuses", urlencode([("id[]", name) for name in names]), ""))


def account_in(url: str) -> str:
    """Return the id of the account whose boosts are at *url*.

    Raises:
        FeedError: It is the address of something else, such as a hashtag, which approves nothing.
    """
    found = _STATUSES.fullmatch(urlsplit(url).path)
    if found is None:
        raise FeedError(f"{plain(url)}: not the statuses of an account; nothing else here is an approval")
    return found[1]


def is_first(url: str) -> bool:
    """Whether a walk begins at *url*."""
    return not any(key in _CURSORS for key, _ in parse_qsl(urlsplit(url).query))


def next_page(url: str, last: str) -> str:
    """Return the address of the page after the one at *url*, whose last status is called *last*."""
    split = urlsplit(url)
    kept = [(key, value) for key, value in parse_qsl(split.query, keep_blank_values=True) if key not in _CURSORS]
    return urlunsplit(split._replace(query=urlencode([*kept, ("max_id", last)]), fragment=""))


def _split(url: str) -> SplitResult:
    try:
        split = urlsplit(url)
        _ = split.port
    except ValueError as error:
        raise OperatorError(f"{plain(url)}: not a usable address") from error
    if split.scheme not in {"https", "http"} or not split.hostname:
        raise OperatorError(f"{plain(url)}: write the organiser's profile, as https://mastodon.example/@organiser")
    return split


def _below(split: SplitResult, path: str, query: dict[str, str]) -> str:
    return urlunsplit((split.scheme, _host(split), path, urlencode(query), ""))


def _host(split: SplitResult) -> str:
    return split.netloc.rpartition("@")[2]  # user and password are the fetcher's to send
