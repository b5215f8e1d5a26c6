"""Which page an item goes on. Pure.

Items are added to the last page, the open one, until it is full: then it is sealed and another is begun. A sealed page is written
again only when something on it is withdrawn, and is never filled up: a reader who has it keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from player.feed.signed.layout import MAX_PAGE_BYTES, MAX_PAGE_ITEMS, page_name
from player.publish.documents import Record, compact, page

_NUMBER: Final = slice(len("page-"), -len(".json"))


@dataclass(frozen=True, slots=True)
class Page:
    """A page and what is on it."""

    name: str
    items: tuple[Record, ...]


def after(pages: Sequence[Page], *, adds: Iterable[Record], is_gone: Callable[[Record], bool], title: str) -> tuple[Page, ...]:
    """Return the pages with *adds* at the end and without what is gone. A page that has not changed is the same object.

    A page on which nothing is left is dropped.
    """
    kept = [_without(each, is_gone) for each in pages]
    new = [each for each in kept if each.items]
    highest = max((_number(each.name) for each in pages), default=0)
    room = _Room(title, new[-1].items if new else ())
    for item in adds:
        if not new or not room.takes(item):
            highest += 1
            new.append(Page(page_name(highest), ()))
            room = _Room(title, ())
            room.takes(item)
        new[-1] = Page(new[-1].name, room.items())
    return tuple(new)


class _Room:
    """What still fits on the open page."""

    def __init__(self, title: str, items: tuple[Record, ...]) -> None:
        self._items = list(items)
        self._bytes = len(page(title, items))

    def takes(self, item: Record) -> bool:
        """Add *item* if it fits; an empty page takes any."""
        more = len(compact(item)) + bool(self._items)  # and its comma
        if self._items and (len(self._items) >= MAX_PAGE_ITEMS or self._bytes + more > MAX_PAGE_BYTES):
            return False
        self._items.append(item)
        self._bytes += more
        return True

    def items(self) -> tuple[Record, ...]:
        return tuple(self._items)


def _without(there: Page, is_gone: Callable[[Record], bool]) -> Page:
    left = tuple(item for item in there.items if not is_gone(item))
    return there if len(left) == len(there.items) else Page(there.name, left)


def _number(name: str) -> int:
    digits = name[_NUMBER]
    return int(digits) if digits.isdecimal() else 0
