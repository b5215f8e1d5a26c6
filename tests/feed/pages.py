"""Small JSON Feeds for the tests of their parser."""

from __future__ import annotations

import json
from typing import Any

from player.feed.item import Item, Page
from player.feed.jsonfeed import parse
from player.units import SECOND

URL = "https://feed.example/wall/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"
AT = 1_800_432_000 * SECOND  # 2027-01-20T08:00:00Z


def body(*items: Any, ours: Any = None, **feed: Any) -> bytes:
    """A feed of *items*, with *ours* as its ``_we_remember`` and *feed* as more fields."""
    document = {"version": VERSION, "items": list(items), **feed}
    if ours is not None:
        document["_we_remember"] = ours
    return json.dumps(document).encode()


def page(*items: Any, url: str = URL, **more: Any) -> Page:
    """The parsed page of *items*."""
    return parse(body(*items, **more), url=url)


def item(url: str = URL, **fields: Any) -> Item:
    """The one item of a page, with *fields* over a plain one."""
    (only,) = page({"id": "p-1", "image": "1.jpg", **fields}, url=url).items
    return only


def ours(**fields: Any) -> Item:
    """The one item of a page, approved, with *fields* in its ``_we_remember``."""
    return item(_we_remember={"status": "approved", **fields})
