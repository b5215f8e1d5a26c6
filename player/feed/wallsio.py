"""Walls.io, ``/v1/posts/changed`` and ``/v1/posts``: bytes of one page in, a Page out.

The list of changes is asked for from the beginning of time (``since=0``) at every poll, so that each poll is the whole wall.
It is sorted with the newest change first; when it is full, its end is cut off and no ``since`` leads there. Then the whole wall
is walked by id through ``/v1/posts``, where ``before`` leads from page to page until one is not full.

``status`` says true for what a moderator has put up and false for both "not yet" and "not any more". So false withdraws what this
player has listed, and says nothing of what it never saw; the last word on a post is always the moderator's.
"""

from __future__ import annotations

import re
from typing import Final, cast
from urllib.parse import urlsplit, urlunsplit

from player.errors import FeedError
from player.feed import loose
from player.feed.address import MAX_URL, is_web, plain
from player.feed.document import document
from player.feed.harvest import MAX_ITEMS, MAX_VERSION, Harvest
from player.feed.item import Item, Page, Status, Withdrawal
from player.feed.place import absolute
from player.feed.query import parameter, with_parameter, without_parameter
from player.feed.text import MAX_CREDIT, clean, language_tag, shown, usable_id

TOKEN: Final = "access_token"  # noqa: S105 - the parameter's name: its value is the fetcher's, and is cut out of every address here
DEFAULT_LIMIT: Final = 50  # posts on a page when none is asked for
_LARGEST: Final = 1000  # posts on a page, whatever is asked for
_PATH: Final = re.compile(r"(/posts)(/changed)?(\.json)?/?")  # at the end of the address
_MAX_DIGITS: Final = 18  # of an id that pages are walked by


def parse(body: bytes, *, url: str) -> Page:
    """Return the page that *body* holds.

    Args:
        body: As fetched, already bounded in size.
        url: Where it was fetched from; it says which page this is.

    Raises:
        FeedError: The page as a whole cannot be believed, or the address cannot tell of withdrawals.
    """
    url = without_parameter(url, TOKEN) if is_web(url) else url
    answer = document(body, url=url, wanted="a list of posts")
    if answer.get("status") != "success":
        raise FeedError(f"{plain(url)}: Walls.io answered {shown(loose.text(answer.get('status')))} instead of success")
    posts = answer.get("data")
    if not isinstance(posts, list):
        raise FeedError(f"{plain(url)}: an answer without a list of posts")
    posts = cast("list[object]", posts)
    if len(posts) > MAX_ITEMS:
        raise FeedError(f"{plain(url)}: more than {MAX_ITEMS:,} posts on one page")
    if is_web(url) and parameter(url, "include_inactive") != "1":
        raise FeedError(f"{plain(url)}: this address never tells of withdrawals; add include_inactive=1 to it")
    if is_web(url) and _endpoint(url) is None:
        raise FeedError(f"{plain(url)}: not the address of posts; write https://api.walls.io/v1/posts/changed?since=0&…")
    next_url = _next(posts, url)
    harvest = Harvest()
    for number, value in enumerate(posts, start=1):
        harvest.take(_post(value, url, harvest.lines, f"post {number}"))
    return harvest.page(next_url=next_url, complete=_is_whole(url) or (_is_changes(url) and next_url is not None))


def _post(value: object, url: str, lines: list[str], place: str) -> Item | Withdrawal | None:
    said = loose.record(value)
    name = loose.identity(said.get("id"))
    if name is None or not usable_id(name):
        lines.append(f"{place}: no usable id")
        return None
    status = _status(said)
    if status is Status.WITHDRAWN:
        return Withdrawal(name, "not active on its wall", if_seen=True)
    image = absolute(loose.text(said.get("post_image_cdn")), url) or absolute(loose.text(said.get("post_image")), url)
    if image is None:
        lines.append(f"{shown(name)}: no picture that may be fetched")
        return None
    return Item(
        id=name,
        image=image,
        status=status,
        caption=clean(loose.text(said.get("comment"))),
        credit=clean(loose.text(said.get("external_fullname")), MAX_CREDIT)
        or clean(loose.text(said.get("external_name")), MAX_CREDIT),
        language=language_tag(loose.text(said.get("language"))),
        version=clean(loose.identity(said.get("modified_timestamp")) or loose.text(said.get("modified")), MAX_VERSION),
    )


def _status(said: dict[str, object]) -> Status:
    """Only a plain true, and nothing that says spam, is an approval."""
    status = said.get("status")
    if status is False:
        return Status.WITHDRAWN
    spam = said.get("is_marked_as_spam")
    if status is True and (spam is None or spam is False):
        return Status.APPROVED
    return Status.PENDING if status is True and spam is True else Status.UNKNOWN


def _next(posts: list[object], url: str) -> str | None:
    """The page after this one, when this one is full; the changes go on as the whole wall, which goes on by its smallest id."""
    if not is_web(url) or len(posts) < _limit(url):
        return None
    if _is_changes(url):
        split, found = urlsplit(url), _endpoint(url)
        path = split.path[: found.start()] + found[1] + (found[3] or "") if found else split.path
        return without_parameter(urlunsplit(split._replace(path=path)), "since")
    ids = [_whole_id(loose.record(post).get("id")) for post in posts]
    known = [each for each in ids if each is not None]
    if not known:
        raise FeedError(f"{plain(url)}: a full page whose posts have no ids, so the next one cannot be asked for")
    there = with_parameter(url, "before", str(min(known)))
    if len(there) > MAX_URL:
        raise FeedError(f"{plain(url)}: the address of the next page is too long")
    return there


def _whole_id(value: object) -> int | None:
    digits = loose.identity(value) or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS else None


def _limit(url: str) -> int:
    asked = parameter(url, "limit") or ""
    limit = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _MAX_DIGITS else DEFAULT_LIMIT
    return max(1, min(_LARGEST, limit))


def _endpoint(url: str) -> re.Match[str] | None:
    """Which of the two lists *url* asks for; None when it asks for neither, or is a local file."""
    found = list(_PATH.finditer(urlsplit(url).path)) if is_web(url) else []
    return found[-1] if found and found[-1].end() == len(urlsplit(url).path) else None


def _is_changes(url: str) -> bool:
    found = _endpoint(url)
    return found is not None and found[2] is not None


def _is_whole(url: str) -> bool:
    """Whether the walk that begins here lists the whole wall: all changes since ever, or all posts from the newest."""
    if _is_changes(url):
        return parameter(url, "since") == "0"
    return not is_web(url) or (parameter(url, "after") is None and parameter(url, "before") is None)
