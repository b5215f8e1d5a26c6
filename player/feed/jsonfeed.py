"""JSON Feed 1.1 with ``_we_remember``: bytes of one page in, a Page out (https://www.jsonfeed.org/version/1.1/).

One bad item never fails the rest: it is left out with a line that says why. What concerns the whole feed (its withdrawals, its
sequence, how many must approve) is either understood or the page is refused, for then nothing is confirmed.
"""

from __future__ import annotations

from typing import Final, cast

from player.errors import FeedError
from player.feed import loose
from player.feed.address import plain
from player.feed.document import document
from player.feed.entry import Heritage, authors, entry
from player.feed.harvest import MAX_ITEMS, MAX_REASON, bounded
from player.feed.item import Item, Page, Withdrawal
from player.feed.once import each_once, withdrawals_once
from player.feed.place import absolute
from player.feed.text import clean, language_tag, shown, usable_id

VERSIONS: Final = frozenset({"https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"})
SCHEMA: Final = 1  # of _we_remember; a later one may mean other things by the same words


def parse(body: bytes, *, url: str, photos: str = "") -> Page:
    """Return the page that *body* holds.

    Args:
        body: As fetched, already bounded in size.
        url: Where it was fetched from, or the absolute path of a local feed; relative addresses start there.
        photos: Where photos lie by their hash (see ``Heritage``), in a feed that names no addresses.

    Raises:
        FeedError: The page as a whole cannot be believed.
    """
    feed = document(body, url=url, wanted="a JSON Feed")
    version = loose.text(feed.get("version"))
    if version not in VERSIONS:
        raise FeedError(f"{plain(url)}: not a JSON Feed 1.1 (its version says {shown(version)})")
    ours = ours_of(feed, url)
    lines: list[str] = []
    gone = _withdrawn(ours.get("withdrawn"), url, lines)
    items = _items(feed, Heritage(url, authors(feed), language_tag(loose.text(feed.get("language"))), photos), lines, gone)
    once, contradictions = each_once(items, gone)
    lines += contradictions
    return Page(
        items=once,
        withdrawn=withdrawals_once(gone),
        discarded=bounded(lines),
        next_url=_next_url(feed.get("next_url"), url),
        complete=ours.get("complete") is True,
        sequence=_number(ours, "sequence", url, least=0),
        generated_at=loose.moment(ours.get("generated_at")),
        lease_s=_lease(ours, url),
        min_approvals=_number(ours, "min_approvals", url, least=0),
        halt=ours.get("halt") not in (None, False),
        expired=feed.get("expired") not in (None, False),
    )


def ours_of(feed: dict[str, object], url: str) -> dict[str, object]:
    """Return our own part of a feed, empty when it has none; FeedError when it cannot be understood."""
    ours = feed.get("_we_remember")
    if ours is None:
        return {}
    if not isinstance(ours, dict):
        raise FeedError(f"{plain(url)}: _we_remember is not an object")
    ours = cast("dict[str, object]", ours)
    if ours.get("schema", SCHEMA) != SCHEMA:
        raise FeedError(f"{plain(url)}: _we_remember has a schema that this version does not know; update the player")
    return ours


def _items(feed: dict[str, object], heritage: Heritage, lines: list[str], gone: list[Withdrawal]) -> list[Item]:
    url = heritage.url
    listed = feed.get("items")
    if not isinstance(listed, list):
        raise FeedError(f"{plain(url)}: a JSON Feed without a list of items")
    if len(cast("list[object]", listed)) > MAX_ITEMS:
        raise FeedError(f"{plain(url)}: more than {MAX_ITEMS:,} items on one page; use next_url")
    items: list[Item] = []
    for number, value in enumerate(cast("list[object]", listed), start=1):
        match entry(value, heritage, lines, f"item {number}"):
            case Item() as item:
                items.append(item)
            case Withdrawal() as withdrawal:
                gone.append(withdrawal)
            case None:
                pass
    return items


def _withdrawn(value: object, url: str, lines: list[str]) -> list[Withdrawal]:
    """The feed's list of withdrawals. A list that is none is no "nothing withdrawn": the page is refused."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise FeedError(f"{plain(url)}: _we_remember.withdrawn is not a list")
    gone: list[Withdrawal] = []
    for number, each in enumerate(cast("list[object]", value), start=1):
        said = loose.record(each)
        name = loose.identity(said.get("id") if said else each)
        if name is None or not usable_id(name):
            lines.append(f"withdrawal {number}: no usable id")
            continue
        gone.append(Withdrawal(name, clean(loose.text(said.get("reason")), MAX_REASON), loose.moment(said.get("at"))))
    return gone


def _next_url(value: object, url: str) -> str | None:
    """The next page. One that cannot be followed refuses this page: the rest of the feed would look withdrawn."""
    if value is None or value == "":
        return None
    there = absolute(value, url) if isinstance(value, str) else None
    if there is None:
        raise FeedError(f"{plain(url)}: its next_url cannot be followed")
    return there


def _number(ours: dict[str, object], key: str, url: str, *, least: int) -> int | None:
    value = ours.get(key)
    number = loose.whole(value, least)
    if value is not None and number is None:
        raise FeedError(f"{plain(url)}: _we_remember.{key} is not a whole number")
    return number


def _lease(ours: dict[str, object], url: str) -> float | None:
    value = ours.get("lease_s")
    lease_s = loose.real(value)
    if value is not None and (lease_s is None or lease_s <= 0):
        raise FeedError(f"{plain(url)}: _we_remember.lease_s is not a number of seconds")
    return lease_s
