"""One document of RSS or Atom: bytes in, a Page out.

A feed is a sliding window unless it says ``fh:complete``: what it does not list any more is then no withdrawal. Tombstones and
``media:status`` withdraw explicitly. How an organiser approves an item in a feed: ``<media:status state="active"/>`` in it.
"""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from player.errors import FeedError
from player.feed import loose
from player.feed.address import plain
from player.feed.harvest import MAX_ITEMS, MAX_REASON, Harvest
from player.feed.item import Page, Withdrawal
from player.feed.syndication.entry import entry, heritage
from player.feed.syndication.tree import ATOM, DUBLIN, HISTORY, TOMBSTONE, XML, base_of, resolved, tree, words_of
from player.feed.syndication.words import words
from player.feed.text import clean, language_tag, usable_id

_PAGES: Final = ("next", "prev-archive")  # RFC 5005: of a paged feed, else of an archived one


def parse(body: bytes, *, url: str) -> Page:
    """Return the page that *body* holds.

    Args:
        body: As fetched, already bounded in size.
        url: Where it was fetched from, or the absolute path of a local feed; relative addresses start there.

    Raises:
        FeedError: The page as a whole cannot be believed.
    """
    root = tree(body, url)
    head, is_atom = _head(root, url)
    entries = list(head.iterfind(f"{ATOM}entry" if is_atom else "item"))
    if len(entries) > MAX_ITEMS:
        raise FeedError(f"{plain(url)}: more than {MAX_ITEMS:,} entries on one page")
    base = base_of(root, url)
    base = base if head is root else base_of(head, base)
    harvest = Harvest()
    for number, each in enumerate(head.iterfind(f"{TOMBSTONE}deleted-entry"), start=1):
        harvest.take(_deleted(each, harvest.lines, f"deleted entry {number}"))
    above = heritage(head, base, _language(root, head))
    for number, (each, said) in enumerate(zip(entries, words(entries, head, is_atom=is_atom), strict=True), start=1):
        harvest.take(entry(each, said, above, harvest.lines, f"entry {number}"))
    is_archive = head.find(f"{HISTORY}archive") is not None
    return harvest.page(
        next_url=_next_url(head, base, url),
        complete=head.find(f"{HISTORY}complete") is not None and not is_archive,
    )


def _head(root: Element, url: str) -> tuple[Element, bool]:
    """The element that holds the entries, and whether it is Atom."""
    if root.tag == f"{ATOM}feed":
        return root, True
    channels = root.findall("channel") if root.tag == "rss" else []
    if len(channels) != 1:
        raise FeedError(f"{plain(url)}: XML, but neither RSS 2.0 nor Atom")
    return channels[0], False


def _deleted(element: Element, lines: list[str], place: str) -> Withdrawal | None:
    """One tombstone (RFC 6721). It counts whatever its date is, and also when the entry is listed beside it."""
    name = (element.get("ref") or "").strip()
    if not usable_id(name):
        lines.append(f"{place}: no usable id")
        return None
    reason = clean(words_of(element.find(f"{TOMBSTONE}comment")), MAX_REASON)
    return Withdrawal(name, reason, loose.moment(element.get("when")))


def _next_url(head: Element, base: str | None, url: str) -> str | None:
    """The next page. One that cannot be followed refuses this page: what it withdraws would never be heard."""
    for rel in _PAGES:
        links = [each for each in head.iterfind(f"{ATOM}link") if each.get("rel") == rel]
        if not links:
            continue
        there = {resolved(each.get("href"), base_of(each, base)) for each in links}
        if len(there) != 1 or None in there:
            raise FeedError(f"{plain(url)}: its link to the next page cannot be followed")
        return there.pop()
    return None


def _language(root: Element, head: Element) -> str:
    said = head.get(f"{XML}lang") or root.get(f"{XML}lang") or words_of(head.find("language"))
    return language_tag(said or words_of(head.find(f"{DUBLIN}language")))
