"""Small documents of RSS and Atom for the tests of their parser."""

from __future__ import annotations

from typing import Final

from player.feed.item import Item, Page
from player.feed.syndication import parse

URL: Final = "https://feed.example.org/wall/feed.xml"
SPACES: Final = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:fh="http://purl.org/syndication/history/1.0" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
    ' xmlns:dcterms="http://purl.org/dc/terms/"'
)
PICTURE: Final = '<enclosure url="1.jpg" type="image/jpeg" length="0"/>'
ACTIVE: Final = '<media:status state="active"/>'


def rss(*items: str, head: str = "") -> str:
    """A document of RSS with *items*, each the content of one."""
    return f'<rss version="2.0" {SPACES}><channel>{head}{"".join(f"<item>{each}</item>" for each in items)}</channel></rss>'


def atom(*entries: str, head: str = "") -> str:
    """A document of Atom with *entries*, each the content of one."""
    inside = "".join(f"<entry>{each}</entry>" for each in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}>{head}{inside}</feed>'


def page(text: str, url: str = URL) -> Page:
    """The page of a document."""
    return parse(text.encode(), url=url)


def item(inside: str = "", *, picture: str = PICTURE, head: str = "", url: str = URL) -> Item:
    """The one item of a feed, with *inside* beside its guid and picture."""
    (only,) = page(rss(f"<guid>p-1</guid>{picture}{inside}", head=head), url).items
    return only
